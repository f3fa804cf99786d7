"""Credit card credits."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName
from qbwc_server.documents.kinds.purchase import PaidPurchase


class CreditCardCredit(PaidPurchase):
    """What a credit card gets back; amounts are positive."""

    kind: Literal["credit_card_credit"] = "credit_card_credit"
    card_account: AccountName

    title = "credit card credit"
    titles = "credit card credits"
    negative_advice = "Enter it as a credit card charge, with positive amounts."
