"""Sales receipts."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName, PaymentMethodName, Short
from qbwc_server.documents.kinds.sale import DeliveredSale


class SalesReceipt(DeliveredSale):
    """A sale that is paid at once."""

    kind: Literal["sales_receipt"] = "sales_receipt"
    payment_method: PaymentMethodName | None = None
    check_number: Short | None = None
    deposit_to: AccountName | None = None
    to_be_printed: bool | None = None

    title = "sales receipt"
    titles = "sales receipts"
