"""Payments received."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qbwc_server.documents.kinds.document import Document, Elsewhere
from qbwc_server.documents.kinds.fields import (
    AccountName,
    Fields,
    Number,
    Origin,
    PaymentMethodName,
    PositiveAmount,
    TxnId,
)
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem

_BY_NUMBER, _BY_TXN_ID = "\N{NUMERO SIGN}", "\N{IDENTICAL TO}"


class Application(Fields):
    """How much of a payment belongs to one invoice, named by its origin; one entered by hand by its number or TxnID."""

    invoice: Origin | None = None
    number: Number | None = None
    txn_id: TxnId | None = None
    amount: PositiveAmount

    @model_validator(mode="after")
    def _names_one(self) -> Application:
        if sum(name is not None for name in (self.invoice, self.number, self.txn_id)) != 1:
            raise PydanticCustomError("one_of_three", "exactly one of invoice, number and txn_id names the invoice")
        return self

    @property
    def key(self) -> str:
        """What the payment calls the invoice: its origin, or what no origin can be, since it is not ASCII."""
        if self.invoice is not None:
            return self.invoice
        return f"{_BY_NUMBER}{self.number}" if self.number is not None else f"{_BY_TXN_ID}{self.txn_id}"


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
        """The invoices it pays, as far as they are documents here."""
        return tuple(part.invoice for part in self.applies_to if part.invoice is not None)

    def names_elsewhere(self) -> tuple[Elsewhere, ...]:
        """Those it pays that were entered by hand."""
        return tuple(
            Elsewhere("invoice", part.key, f"applies_to[{index}]", part.number, part.txn_id)
            for index, part in enumerate(self.applies_to)
            if part.invoice is None
        )

    def remark(self) -> str | None:
        """Who says what it pays."""
        return None if self.applies_to else "Nothing named: QuickBooks applies it."

    def check(self) -> Iterator[Problem]:
        """No more is applied than was paid."""
        keys = [part.key for part in self.applies_to]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            yield Problem(
                "invoice_twice",
                "applies_to",
                f"The payment names invoice {twice.lstrip(_BY_NUMBER + _BY_TXN_ID)} twice.",
                "Name each invoice once, with all that is paid of it.",
            )
        applied = sum((part.amount for part in self.applies_to), Decimal(0))
        if applied > self.amount:
            yield Problem(
                "applied_too_much",
                "applies_to",
                f"{applied} is applied to invoices, but the payment is {self.amount}.",
                "Correct the amounts so that no more than the payment is applied.",
            )
