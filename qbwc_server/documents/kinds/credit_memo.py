"""Credit memos."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName, Short
from qbwc_server.documents.kinds.sale import DeliveredSale


class CreditMemo(DeliveredSale):
    """A credit to a customer; amounts are positive."""

    kind: Literal["credit_memo"] = "credit_memo"
    po_number: Short | None = None
    ar_account: AccountName | None = None
    to_be_printed: bool | None = None

    title = "credit memo"
    titles = "credit memos"
    negative_advice = "Enter it as an invoice, with positive amounts."
