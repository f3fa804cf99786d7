"""Vendor credits."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName
from qbwc_server.documents.kinds.party import Vendor
from qbwc_server.documents.kinds.purchase import Purchase


class VendorCredit(Purchase):
    """What a vendor gives back; amounts are positive."""

    kind: Literal["vendor_credit"] = "vendor_credit"
    vendor: Vendor
    ap_account: AccountName | None = None

    title = "vendor credit"
    titles = "vendor credits"
    number_limit = 20
    negative_advice = "Enter it as a bill, with positive amounts."
