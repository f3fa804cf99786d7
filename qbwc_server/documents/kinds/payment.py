"""Payments received."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import AccountName, Fields, Origin, PaymentMethodName, PositiveAmount
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem


class Application(Fields):
    """How much of a payment belongs to one invoice, named by its origin."""

    invoice: Origin
    amount: PositiveAmount


class Payment(Document):
    """A payment received; it waits until the invoices it pays are posted. Nothing named: QuickBooks applies it."""

    kind: Literal["payment"] = "payment"
    customer: Customer
    amount: PositiveAmount
    payment_method: PaymentMethodName | None = None
    deposit_to: AccountName | None = None
    ar_account: AccountName | None = None
    applies_to: tuple[Application, ...] = Field(default=(), max_length=200)

    title = "payment"
    titles = "payments"
    number_limit = 20
    comes_last = True

    def adds_up_to(self) -> Decimal:
        """The payment."""
        return self.amount

    def waits_for(self) -> tuple[str, ...]:
        """The invoices it pays."""
        return tuple(part.invoice for part in self.applies_to)

    def remark(self) -> str | None:
        """Who says what it pays."""
        return None if self.applies_to else "Nothing named: QuickBooks applies it."

    def check(self) -> Iterator[Problem]:
        """No more is applied than was paid."""
        applied = sum((part.amount for part in self.applies_to), Decimal(0))
        if applied > self.amount:
            yield Problem(
                "applied_too_much",
                "applies_to",
                f"{applied} is applied to invoices, but the payment is {self.amount}.",
                "Correct the amounts so that no more than the payment is applied.",
            )
