"""The double-entry ledger of a simulated company file: postings, running balances, trial balance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
FIVE_PLACES = Decimal("0.00001")
LARGEST_AMOUNT = Decimal("9999999999999.99")  # thirteen digits before the point


def cents(value: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """``value`` as an amount of money: two decimals, half a cent away from zero unless told otherwise."""
    return value.quantize(CENT, rounding)


class Unbalanced(Exception):
    """Debits and credits of one transaction differ."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a transaction on one account.

    ``amount`` is in home currency, debit positive, credit negative. ``entity`` is the ListID of the
    customer or vendor on a receivable or payable account, else empty.
    """

    account: str
    amount: Decimal
    entity: str = ""


def combined(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same postings with one per account and entity, zero ones left out."""
    sums: dict[tuple[str, str], Decimal] = {}
    for posting in postings:
        key = (posting.account, posting.entity)
        sums[key] = sums.get(key, ZERO) + posting.amount
    return tuple(Posting(account, amount, entity) for (account, entity), amount in sums.items() if amount)


class Ledger:
    """Balances by account and by entity, kept while transactions come, change and go."""

    def __init__(self) -> None:
        self._accounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._entities: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)

    def post(self, postings: tuple[Posting, ...]) -> None:
        """Enter the postings of one transaction.

        Raises:
            Unbalanced: they do not add up to zero; nothing was entered.
        """
        difference = sum((posting.amount for posting in postings), ZERO)
        if difference:
            raise Unbalanced(f"debits exceed credits by {difference}")
        for posting in postings:
            self._accounts[posting.account] += posting.amount
            if posting.entity:
                self._entities[posting.account, posting.entity] += posting.amount

    def withdraw(self, postings: tuple[Posting, ...]) -> None:
        """Take the postings of one transaction back."""
        self.post(tuple(Posting(posting.account, -posting.amount, posting.entity) for posting in postings))

    def balance(self, account: str) -> Decimal:
        """What the account holds: debit positive."""
        return self._accounts.get(account, ZERO)

    def entity_balance(self, account: str, entity: str) -> Decimal:
        """What one customer or vendor has on one receivable or payable account: debit positive."""
        return self._entities.get((account, entity), ZERO)

    def entity_total(self, entity: str, accounts: Iterable[str]) -> Decimal:
        """What one customer or vendor has on all of ``accounts``."""
        return sum((self.entity_balance(account, entity) for account in accounts), ZERO)

    def balances(self) -> Mapping[str, Decimal]:
        """Account to balance, accounts at zero left out; the values add up to zero."""
        return {account: amount for account, amount in self._accounts.items() if amount}
