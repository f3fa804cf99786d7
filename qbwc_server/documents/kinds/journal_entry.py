"""Journal entries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import (
    AccountName,
    ClassName,
    CustomerName,
    Fields,
    Long,
    OtherNameName,
    PositiveAmount,
    VendorName,
)
from qbwc_server.documents.kinds.footing import Agreement, Sum
from qbwc_server.documents.problems import Problem


class JournalLine(Fields):
    """A debit or a credit of an account. Receivables want a customer, payables a vendor."""

    account: AccountName
    debit: PositiveAmount | None = None
    credit: PositiveAmount | None = None
    memo: Long | None = None
    customer: CustomerName | None = None
    vendor: VendorName | None = None
    other_name: OtherNameName | None = None
    class_name: ClassName | None = Field(default=None, alias="class")
    billable: bool | None = None  # to be passed on to the customer

    @property
    def entity(self) -> str | None:
        """Whom it is about."""
        return self.customer or self.vendor or self.other_name

    def problems(self, at: str) -> Iterator[Problem]:
        """What is wrong with the line, which stands at ``at``: lines[0]."""
        if (self.debit is None) == (self.credit is None):
            yield Problem(
                "debit_or_credit",
                f"{at}.debit",
                "A line is either a debit or a credit.",
                "Give one of the two amounts.",
            )
        if sum(name is not None for name in (self.customer, self.vendor, self.other_name)) > 1:
            yield Problem("several_names", f"{at}.customer", "The line names more than one party.", "Name one of them.")


class JournalEntry(Document):
    """Debits and credits that are equal; the memo stands on its first line, since the entry itself has none."""

    kind: Literal["journal_entry"] = "journal_entry"
    lines: tuple[JournalLine, ...] = Field(min_length=2, max_length=1000)
    adjustment: bool | None = None

    title = "journal entry"
    titles = "journal entries"

    def adds_up_to(self) -> Decimal:
        """The debits."""
        return sum((line.debit for line in self.lines if line.debit is not None), Decimal(0))

    def check(self) -> Iterator[Problem]:
        """What is wrong with a line."""
        for index, line in enumerate(self.lines):
            yield from line.problems(f"lines[{index}]")

    def agreements(self) -> Iterator[Agreement]:
        """Debits and credits are equal."""
        credited = sum((line.credit for line in self.lines if line.credit is not None), Decimal(0))
        debits, credits_ = Sum("the debits come to", self.adds_up_to()), Sum("the credits come to", credited)
        yield Agreement("lines", debits, credits_, "Correct the amounts.", "does_not_balance")
        yield from super().agreements()
