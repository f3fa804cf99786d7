"""Looking into a simulated company file without asking it: for tests and for people who want to see the books."""

from decimal import Decimal
from uuid import UUID

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.transactions import Transaction


class Inspection:
    """What lies in ``books``, in plain terms."""

    books: Books

    def entries(self, *tags: str) -> list[Entry]:
        """List elements of these kinds, e.g. ``Customer``, ``ItemService``."""
        return list(self.books.lists.of(*tags))

    @property
    def accounts(self) -> list[Entry]:
        return self.entries("Account")

    @property
    def customers(self) -> list[Entry]:
        return self.entries("Customer")

    @property
    def vendors(self) -> list[Entry]:
        return self.entries("Vendor")

    @property
    def items(self) -> list[Entry]:
        return [entry for entry in self.books.lists if entry.kind.space == "item"]

    def transactions_of(self, *tags: str) -> list[Transaction]:
        """Transactions of these kinds, e.g. ``Invoice``, in the order of creation within each kind."""
        return self.books.transactions.of(*tags)

    @property
    def transactions(self) -> list[Transaction]:
        """All, in the order of creation."""
        return list(self.books.transactions)

    @property
    def invoices(self) -> list[Transaction]:
        return self.transactions_of("Invoice")

    @property
    def sales_receipts(self) -> list[Transaction]:
        return self.transactions_of("SalesReceipt")

    @property
    def credit_memos(self) -> list[Transaction]:
        return self.transactions_of("CreditMemo")

    @property
    def payments(self) -> list[Transaction]:
        return self.transactions_of("ReceivePayment")

    def find_by_guid(self, guid: UUID) -> list[Transaction]:
        """The transactions created with this ExternalGUID; more than one is possible."""
        return self.books.transactions.with_guid(guid)

    def find_by_ref(self, ref_number: str) -> list[Transaction]:
        """The transactions of this number, whatever its case."""
        return self.books.transactions.numbered(ref_number)

    def trial_balance(self) -> dict[str, Decimal]:
        """Account to balance by full name; debit positive; accounts at zero are left out."""
        return self.books.trial_balance()

    def balance_of(self, customer: str) -> Decimal:
        """What a customer owes, by full name; jobs not counted."""
        entry = self.books.lists.named("name", customer)
        return self.books.owed(entry) if entry is not None else Decimal("0.00")
