"""Invoices."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName, BookDate, SalesRepName, Short, TermsName
from qbwc_server.documents.kinds.sale import DeliveredSale


class Invoice(DeliveredSale):
    """A sale that the customer owes."""

    kind: Literal["invoice"] = "invoice"
    po_number: Short | None = None
    due_date: BookDate | None = None
    terms: TermsName | None = None
    sales_rep: SalesRepName | None = None
    ship_date: BookDate | None = None
    ar_account: AccountName | None = None
    to_be_printed: bool | None = None

    title = "invoice"
    titles = "invoices"
