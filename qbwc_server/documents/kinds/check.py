"""Checks."""

from __future__ import annotations

from typing import Literal

from qbwc_server.documents.kinds.fields import AccountName
from qbwc_server.documents.kinds.purchase import PaidPurchase


class Check(PaidPurchase):
    """Money that leaves a bank account."""

    kind: Literal["check"] = "check"
    bank_account: AccountName
    to_be_printed: bool | None = None

    title = "check"
    titles = "checks"
    negative_advice = "Enter it as a deposit, with positive amounts."
