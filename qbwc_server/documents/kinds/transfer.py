"""Transfers of money between accounts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import AccountName, ClassName, PositiveAmount
from qbwc_server.documents.problems import Problem


class Transfer(Document):
    """Money that moves from one account of the balance sheet to another."""

    kind: Literal["transfer"] = "transfer"
    transfer_from: AccountName
    transfer_to: AccountName
    amount: PositiveAmount
    class_name: ClassName | None = Field(default=None, alias="class")

    title = "transfer"
    titles = "transfers"
    number_limit = 0

    def adds_up_to(self) -> Decimal:
        """What is moved."""
        return self.amount

    def check(self) -> Iterator[Problem]:
        """It goes somewhere."""
        if self.transfer_from.casefold() == self.transfer_to.casefold():
            yield Problem(
                "same_account",
                "transfer_to",
                f"The money goes from {self.transfer_from} to the same account.",
                "Name the account that it goes to.",
            )
