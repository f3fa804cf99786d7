"""Refunds to the credit card of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.applied import Applied, check_twice, elsewhere_in, origins_in, total_of
from qbwc_server.documents.kinds.document import Document, Elsewhere
from qbwc_server.documents.kinds.fields import AccountName, Origin, PaymentMethodName
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem


class RefundedCredit(Applied):
    """How much of a credit memo or of a payment is given back."""

    refunded: Origin | None = None

    known_by = ("refunded", "number", "txn_id")


class CardRefund(Document):
    """Credit that is given back to a card; it waits until the credit memos in it are posted."""

    kind: Literal["card_refund"] = "card_refund"
    customer: Customer
    refunds: tuple[RefundedCredit, ...] = Field(min_length=1, max_length=200)
    refund_from: AccountName | None = None
    ar_account: AccountName | None = None
    payment_method: PaymentMethodName | None = None

    title = "card refund"
    titles = "card refunds"
    comes_last = True

    def adds_up_to(self) -> Decimal:
        """The credits in it."""
        return total_of(self.refunds)

    def waits_for(self) -> tuple[str, ...]:
        """The credits in it, as far as they are documents here."""
        return origins_in(self.refunds)

    def names_elsewhere(self) -> tuple[Elsewhere, ...]:
        """The credit memos in it that were entered by hand."""
        return elsewhere_in(self.refunds, "credit_memo", "refunds")

    def check(self) -> Iterator[Problem]:
        """Each credit is named once."""
        yield from check_twice(self.refunds, self.title, "credit", "refunds")
