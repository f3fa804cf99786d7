"""Estimates."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import BookDate, SalesRepName, Short, TermsName
from qbwc_server.documents.kinds.sale import Sale


class Estimate(Sale):
    """What a sale would come to."""

    kind: Literal["estimate"] = "estimate"
    po_number: Short | None = None
    due_date: BookDate | None = None
    terms: TermsName | None = None
    sales_rep: SalesRepName | None = None

    title = "estimate"
    titles = "estimates"
    negative_advice = "Correct the lines."
