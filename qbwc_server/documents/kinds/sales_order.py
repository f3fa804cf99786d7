"""Sales orders."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import BookDate, SalesRepName, Short, TermsName
from qbwc_server.documents.kinds.sale import Sale


class SalesOrder(Sale):
    """What a customer has ordered."""

    kind: Literal["sales_order"] = "sales_order"
    po_number: Short | None = None
    due_date: BookDate | None = None
    terms: TermsName | None = None
    sales_rep: SalesRepName | None = None
    ship_date: BookDate | None = None
    to_be_printed: bool | None = None

    title = "sales order"
    titles = "sales orders"
    negative_advice = "Correct the lines."
