"""Credit card charges."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName
from qbwc_server.documents.kinds.purchase import PaidPurchase


class CreditCardCharge(PaidPurchase):
    """A purchase by credit card."""

    kind: Literal["credit_card_charge"] = "credit_card_charge"
    card_account: AccountName

    title = "credit card charge"
    titles = "credit card charges"
    negative_advice = "Enter it as a credit card credit, with positive amounts."
