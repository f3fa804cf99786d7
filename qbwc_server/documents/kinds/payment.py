"""Payments received."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.applied import Applied, check_twice, elsewhere_in, origins_in, total_of
from qbwc_server.documents.kinds.document import Document, Elsewhere
from qbwc_server.documents.kinds.fields import (
    AccountName,
    Origin,
    PaymentMethodName,
    PositiveAmount,
)
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem


class Application(Applied):
    """How much of a payment belongs to one invoice."""

    invoice: Origin | None = None

    known_by = ("invoice", "number", "txn_id")


class Payment(Document):
    """A payment received; it waits until the invoices it pays are posted.

    Nothing named: QuickBooks applies it, unless it is to stay ``unapplied``, as a credit of the customer.
    """

    kind: Literal["payment"] = "payment"
    customer: Customer
    amount: PositiveAmount
    payment_method: PaymentMethodName | None = None
    deposit_to: AccountName | None = None
    ar_account: AccountName | None = None
    applies_to: tuple[Application, ...] = Field(default=(), max_length=200)
    unapplied: bool | None = None

    title = "payment"
    titles = "payments"
    number_limit = 20
    comes_last = True

    def adds_up_to(self) -> Decimal:
        """The payment."""
        return self.amount

    def waits_for(self) -> tuple[str, ...]:
        """The invoices it pays, as far as they are documents here."""
        return origins_in(self.applies_to)

    def names_elsewhere(self) -> tuple[Elsewhere, ...]:
        """Those it pays that were entered by hand."""
        return elsewhere_in(self.applies_to, "invoice", "applies_to")

    def remark(self) -> str | None:
        """Who says what it pays."""
        if self.unapplied:
            return "It pays no invoice: it is a credit of the customer."
        return None if self.applies_to else "Nothing named: QuickBooks applies it."

    def check(self) -> Iterator[Problem]:
        """No more is applied than was paid."""
        yield from check_twice(self.applies_to, self.title, "invoice", "applies_to")
        applied = total_of(self.applies_to)
        if self.unapplied and self.applies_to:
            yield Problem(
                "applied_and_unapplied",
                "unapplied",
                "The payment is to stay unapplied, and names invoices that it pays.",
                "Leave out one of the two.",
            )
        if applied > self.amount:
            yield Problem(
                "applied_too_much",
                "applies_to",
                f"{applied} is applied to invoices, but the payment is {self.amount}.",
                "Correct the amounts so that no more than the payment is applied.",
            )
