"""Item receipts."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName
from qbwc_server.documents.kinds.party import Vendor
from qbwc_server.documents.kinds.purchase import Purchase


class ItemReceipt(Purchase):
    """What has arrived from a vendor before his bill."""

    kind: Literal["item_receipt"] = "item_receipt"
    vendor: Vendor
    ap_account: AccountName | None = None

    title = "item receipt"
    titles = "item receipts"
    number_limit = 20
    negative_advice = "Enter what goes back as a vendor credit, with positive amounts."
