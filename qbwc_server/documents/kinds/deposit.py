"""Bank deposits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import (
    AccountName,
    Amount,
    ClassName,
    CustomerName,
    Fields,
    Long,
    Origin,
    OtherNameName,
    PaymentMethodName,
    Short,
    TxnId,
    VendorName,
)
from qbwc_server.documents.kinds.footing import Agreement, Sum
from qbwc_server.documents.kinds.item_lines import sum_of
from qbwc_server.documents.problems import Problem


class DepositedPayment(Fields):
    """A payment or sales receipt that lies in Undeposited Funds, named by its origin or its TxnID."""

    payment: Origin | None = None
    txn_id: TxnId | None = None
    amount: Amount | None = None  # what it came to, where that is known

    known_by = ("payment", "txn_id")


class DepositLine(Fields):
    """Money from elsewhere; an amount below zero is taken off, as a processor does with its fees."""

    account: AccountName
    amount: Amount
    memo: Long | None = None
    customer: CustomerName | None = None
    vendor: VendorName | None = None
    other_name: OtherNameName | None = None
    check_number: Short | None = None
    payment_method: PaymentMethodName | None = None
    class_name: ClassName | None = Field(default=None, alias="class")

    @property
    def entity(self) -> str | None:
        """From whom it came."""
        return self.customer or self.vendor or self.other_name


class Deposit(Document):
    """Money that reaches a bank account; it waits until the payments in it are posted."""

    kind: Literal["deposit"] = "deposit"
    deposit_to: AccountName
    payments: tuple[DepositedPayment, ...] = Field(default=(), max_length=1000)
    lines: tuple[DepositLine, ...] = Field(default=(), max_length=1000)
    total: Amount | None = None  # given: QuickBooks' own total is compared with it

    title = "deposit"
    titles = "deposits"
    number_limit = 0
    negative_advice = "A deposit below zero is a check."
    comes_last = True

    def adds_up_to(self) -> Decimal | None:
        """The payments, where their amounts are known, and the lines."""
        return sum_of([*(part.amount for part in self.payments), *(line.amount for line in self.lines)])

    def comes_to(self) -> Decimal | None:
        """The total as given, else what is in it."""
        return self.adds_up_to() if self.total is None else self.total

    def waits_for(self) -> tuple[str, ...]:
        """The payments in it."""
        return tuple(part.payment for part in self.payments if part.payment is not None)

    def check(self) -> Iterator[Problem]:
        """There is something in it."""
        if not self.payments and not self.lines:
            yield Problem("no_lines", "lines", "There is nothing in it.", "Name payments, or lines with accounts.")
        for index, part in enumerate(self.payments):
            if (part.payment is None) == (part.txn_id is None):
                yield Problem(
                    "which_payment",
                    f"payments[{index}].payment",
                    "A payment in a deposit is named by its origin or by its TxnID.",
                    "Give one of the two.",
                )

    def agreements(self) -> Iterator[Agreement]:
        """What is in it is the total."""
        parts = self.adds_up_to()
        if parts is not None and self.total is not None:
            made_of, total = Sum("payments and lines add up to", parts), Sum("the total says", self.total)
            yield Agreement("total", made_of, total, "Correct the parts or the total.")
        yield from super().agreements()
