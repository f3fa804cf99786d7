"""Lines that name accounts: expenses."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from qbwc_server.documents.kinds.fields import AccountName, Amount, ClassName, CustomerName, Fields, Long
from qbwc_server.documents.kinds.item_lines import check_billable
from qbwc_server.documents.problems import Problem


class ExpenseLine(Fields):
    """One line of a purchase that names an account; an amount below zero takes something off."""

    account: AccountName
    amount: Amount
    memo: Long | None = None
    customer: CustomerName | None = None  # for whom it was spent
    class_name: ClassName | None = Field(default=None, alias="class")
    billable: bool | None = None  # to be passed on to the customer

    def problems(self, at: str) -> Iterator[Problem]:
        """What is wrong with the line, which stands at ``at``: expenses[0]."""
        yield from check_billable(at, billable=self.billable, customer=self.customer)
