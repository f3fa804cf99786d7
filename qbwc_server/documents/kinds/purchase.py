"""What bills, checks, credit card charges and the like share: what was bought, on accounts and as items."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field

from qbwc_server.documents.kinds.account_lines import ExpenseLine
from qbwc_server.documents.kinds.document import Document, parties_of
from qbwc_server.documents.kinds.item_lines import PurchaseLine, check_lines, sum_of
from qbwc_server.documents.kinds.party import Customer, OtherName, Vendor
from qbwc_server.documents.problems import Problem


class Purchase(Document):
    """A document that spends something, or gets it back."""

    expenses: tuple[ExpenseLine, ...] = Field(default=(), max_length=1000)
    items: tuple[PurchaseLine, ...] = Field(default=(), max_length=1000)

    def adds_up_to(self) -> Decimal | None:
        """The sum of expenses and items."""
        return sum_of([*(line.amount for line in self.expenses), *(line.comes_to() for line in self.items)])

    def check(self) -> Iterator[Problem]:
        """There is something in it, and each line is right."""
        if not self.expenses and not self.items:
            yield Problem("no_lines", "expenses", "It has no lines.", "Say what was bought: expenses, or items.")
        for index, line in enumerate(self.expenses):
            yield from line.problems(f"expenses[{index}]")
        yield from check_lines(self.items, "items")


class PaidPurchase(Purchase):
    """A purchase that is paid at once: to a vendor, a customer, another name, or to somebody who stays unnamed."""

    vendor: Vendor | None = None
    customer: Customer | None = None
    other_name: OtherName | None = None

    def check(self) -> Iterator[Problem]:
        """It is paid to one payee."""
        yield from super().check()
        payees = [name for name in parties_of(type(self)) if getattr(self, name) is not None]
        if len(payees) > 1:
            yield Problem(
                "several_payees",
                payees[1],
                f"It names more than one payee: {', '.join(payees)}.",
                "Name the one who was paid.",
            )
