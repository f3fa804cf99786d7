"""How each kind of transaction is entered and changed: by a request of a program, or by a person at the PC."""

from dataclasses import dataclass
from typing import Any

from qbwc_server.simulator import adjustments, deposits, journal, payments, purchases, refunds, sales, transfers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.purchase_kinds import PURCHASE_KINDS
from qbwc_server.simulator.refusals import Remark
from qbwc_server.simulator.sales_kinds import SALES_KINDS
from qbwc_server.simulator.transactions import Transaction

Entered = tuple[Transaction | None, Remark]


@dataclass(frozen=True)
class Entering:
    """The two ways into the books; each takes the books and what is asked for, in the shape of an Add or a Mod.

    Raises:
        Refused: with the status that QuickBooks would give; nothing was changed.
    """

    tag: str
    ways: Any

    def add(self, books: Books, message: Any) -> Entered:
        """Enter a new transaction; None where none arises."""
        entered: Entered = self.ways.add(books, self.tag, message)
        return entered

    def modify(self, books: Books, message: Any) -> Entered:
        """Change one."""
        entered: Entered = self.ways.modify(books, self.tag, message)
        return entered


ENTERING: dict[str, Entering] = {
    tag: Entering(tag, ways)
    for tags, ways in (
        (SALES_KINDS, sales),
        (("ReceivePayment",), payments),
        (("Deposit",), deposits),
        (("ARRefundCreditCard",), refunds),
        (PURCHASE_KINDS, purchases),
        (("JournalEntry",), journal),
        (("Transfer",), transfers),
        (("InventoryAdjustment",), adjustments),
    )
    for tag in tags
}
