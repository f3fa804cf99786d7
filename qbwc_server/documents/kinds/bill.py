"""Bills."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName, BookDate, TermsName
from qbwc_server.documents.kinds.party import Vendor
from qbwc_server.documents.kinds.purchase import Purchase


class Bill(Purchase):
    """What a vendor is owed."""

    kind: Literal["bill"] = "bill"
    vendor: Vendor
    due_date: BookDate | None = None
    terms: TermsName | None = None
    ap_account: AccountName | None = None

    title = "bill"
    titles = "bills"
    number_limit = 20
    negative_advice = "Enter it as a vendor credit, with positive amounts."
