"""All that a company file holds, and the few operations on it that every kind of request needs."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.kinds import LIST_KINDS, REFERENCES
from qbwc_server.simulator.ledger import LARGEST_AMOUNT, ZERO, Ledger, Posting, Unbalanced, combined
from qbwc_server.simulator.lists import Entry, Lists
from qbwc_server.simulator.numbering import Counters, PcClock, edit_sequence
from qbwc_server.simulator.refusals import NOT_ENABLED, Refused, cannot_save, closed_period, unknown_object
from qbwc_server.simulator.shapes import Values, build, redirected, references, values_of
from qbwc_server.simulator.switches import Switches
from qbwc_server.simulator.transactions import StockMove, Transaction, Transactions
from qbxml.aggregate import Aggregate
from qbxml.shared import Ref


@dataclass
class CompanyFacts:
    """What the preferences and the company window say."""

    company_name: str = "Sample Trading Company"
    email: str = "books@example.com"
    sales_tax: bool = False
    default_sales_tax_item: str = ""  # ListID
    class_tracking: bool = True
    multi_currency: bool = False
    closing_date: date | None = None
    closing_date_password: bool = True


@dataclass(frozen=True)
class Deleted:
    """What is remembered of a deleted list element or transaction."""

    tag: str
    identity: str
    time_created: datetime
    time_deleted: datetime
    name: str  # full name, or document number


@dataclass
class CustomField:
    """A definition of additional data: by owner and name, with the objects that may carry it."""

    owner: str  # "0" for the fields that people see, else a GUID in braces
    name: str
    data_type: str = "STR255TYPE"
    objects: tuple[str, ...] = ()


# Accounts that QuickBooks itself posts to, made when first needed: full name, type, special type.
SPECIAL_ACCOUNTS = {
    "AccountsReceivable": ("Accounts Receivable", "AccountsReceivable"),
    "AccountsPayable": ("Accounts Payable", "AccountsPayable"),
    "UndepositedFunds": ("Undeposited Funds", "OtherCurrentAsset"),
    "SalesTaxPayable": ("Sales Tax Payable", "OtherCurrentLiability"),
    "InventoryAssets": ("Inventory Asset", "OtherCurrentAsset"),
    "CostOfGoodsSold": ("Cost of Goods Sold", "CostOfGoodsSold"),
    "OpeningBalanceEquity": ("Opening Balance Equity", "Equity"),
    "RetainedEarnings": ("Retained Earnings", "Equity"),
    "Estimates": ("Estimates", "NonPosting"),
    "SalesOrders": ("Sales Orders", "NonPosting"),
}


@dataclass
class Books:
    """Lists, transactions, ledger and counters of one company file."""

    facts: CompanyFacts
    switches: Switches
    clock: PcClock
    lists: Lists
    transactions: Transactions = field(default_factory=Transactions)
    ledger: Ledger = field(default_factory=Ledger)
    counters: Counters = field(default_factory=Counters)
    deleted_entries: list[Deleted] = field(default_factory=list)
    deleted_transactions: list[Deleted] = field(default_factory=list)
    custom_fields: dict[tuple[str, str], CustomField] = field(default_factory=dict)
    extensions: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)  # object id to values
    specials: dict[str, str] = field(default_factory=dict)  # special account type to ListID
    changed_entries: dict[str, Entry] = field(default_factory=dict)  # since the last save
    changed_transactions: dict[str, Transaction] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # ids deleted since the last save
    at_the_keyboard: bool = False  # a person is at work, who knows the password

    # -- lists -----------------------------------------------------------------------------------

    def resolve(self, field_name: str, reference: Ref, where: str) -> Entry:
        """The list element to which ``field_name`` refers; 3140 if there is none."""
        return self.lists.resolve(
            field_name, reference, where, refuse_inactive=self.switches.refuse_inactive_references
        )

    def resolve_all(self, values: Values, where: str) -> None:
        """Replace every reference by one with both id and full name; an empty one means: not given."""
        for name, value in list(values.items()):
            resolved = self._resolved(name, value, where)
            if resolved is None:
                del values[name]
            elif resolved is not value:
                values[name] = resolved

    def _resolved(self, name: str, value: Any, where: str) -> Any:
        if isinstance(value, Ref):
            if name not in REFERENCES or not (value.list_id or value.full_name):
                return None
            return self.resolve(name, value, where).ref
        if isinstance(value, tuple):
            return tuple(self._resolved(name, one, where) for one in value)
        if isinstance(value, Aggregate) and any(isinstance(one, Ref) for one in vars(value).values()):
            inner = values_of(value)
            self.resolve_all(inner, where)
            return build(type(value), inner)
        return value

    def special(self, special_type: str) -> Entry:
        """The account that QuickBooks itself posts to; made if there is none yet."""
        if special_type not in self.specials:
            name, account_type = SPECIAL_ACCOUNTS[special_type]
            values: Values = {"account_type": account_type, "special_account_type": special_type}
            self.specials[special_type] = self.create("Account", name, values=values).list_id
        return self.lists.entry(self.specials[special_type])

    def tax_code(self, *, taxable: bool) -> Entry:
        """The default sales tax code: ``Tax`` or ``Non``."""
        code = self.lists.named("tax code", "Tax" if taxable else "Non")
        if code is None:
            code = self.create(
                "SalesTaxCode",
                "Tax" if taxable else "Non",
                values={"is_taxable": taxable, "desc": "Taxable Sales" if taxable else "Non-Taxable Sales"},
            )
        return code

    def create(
        self,
        tag: str,
        name: str,
        *,
        parent: Entry | None = None,
        is_active: bool = True,
        values: Values | None = None,
        members: tuple[tuple[str, Decimal], ...] = (),
    ) -> Entry:
        """A new list element, its name already checked."""
        now = self.clock.time()
        entry = Entry(
            kind=LIST_KINDS[tag],
            list_id=self.counters.list_id(now),
            name=name,
            parent=parent,
            is_active=is_active,
            time_created=now,
            time_modified=now,
            edit_sequence=edit_sequence(now, None, coarse=True),
            values=values or {},
            members=members,
        )
        self.lists.insert(entry)
        self.changed_entries[entry.list_id] = entry
        return entry

    def touch_entry(self, entry: Entry) -> None:
        """Note that a list element has changed."""
        now = self.clock.time()
        entry.edit_sequence = edit_sequence(now, entry.edit_sequence, coarse=self.switches.coarse_edit_sequence)
        entry.time_modified = now
        entry.refresh()
        self.changed_entries[entry.list_id] = entry

    def rename(self, entry: Entry, name: str, parent: Entry | None) -> None:
        """Change a name or parent; whatever refers to the element shows the new full name from now on."""
        for one in self.lists.rename(entry, name, parent):
            self.changed_entries[one.list_id] = one
            self.redirect(one.list_id, one)

    def redirect(self, list_id: str, target: Entry) -> None:
        """Let whatever refers to ``list_id`` refer to ``target``, under its name of today; nothing else changes."""
        for other in self.lists:
            if any(reference.list_id == list_id for reference in references(other.values.values())):
                other.values = _redirected_values(other.values, list_id, target)
                other.refresh()
                self.changed_entries[other.list_id] = other
        for txn in self.transactions:
            if self.uses(txn, list_id):
                before = txn.entity_id
                txn.values = _redirected_values(txn.values, list_id, target)
                txn.lines = redirected(txn.lines, list_id, target.ref)
                self.transactions.moved(txn, before)
                self.note_change(txn)

    def merge(self, source: Entry, target: Entry) -> Deleted:
        """Let ``target`` take the place of ``source`` everywhere, in the ledger too; the source is gone afterwards."""
        for child in [one for one in self.lists if one.parent is source]:
            self.rename(child, child.name, target)
        self.redirect(source.list_id, target)
        swap = {source.list_id: target.list_id}
        for txn in self.transactions:
            if any(one.account in swap or one.entity in swap for one in txn.postings):
                self.ledger.withdraw(txn.postings)
                txn.postings = combined(
                    Posting(swap.get(one.account, one.account), one.amount, swap.get(one.entity, one.entity))
                    for one in txn.postings
                )
                self.ledger.post(txn.postings)
                self.note_change(txn)
            txn.line_accounts = {line: swap.get(account, account) for line, account in txn.line_accounts.items()}
            if any(move.item in swap for move in txn.stock):
                txn.stock = tuple(StockMove(swap.get(one.item, one.item), one.quantity, one.value) for one in txn.stock)
        target.quantity += source.quantity
        target.stock_value += source.stock_value
        return self.forget(source)

    def forget(self, entry: Entry) -> Deleted:
        """Take a list element out and remember that it was there."""
        self.lists.remove(entry)
        note = Deleted(entry.kind.tag, entry.list_id, entry.time_created, self.clock.time(), entry.full_name)
        self.deleted_entries.append(note)
        self.changed_entries.pop(entry.list_id, None)
        self.extensions.pop(entry.list_id, None)
        self.gone.add(entry.list_id)
        return note

    def uses(self, txn: Transaction, list_id: str) -> bool:
        """Whether a transaction refers to a list element or posts to it."""
        return any(reference.list_id == list_id for reference in references((*txn.values.values(), *txn.lines))) or any(
            posting.account == list_id for posting in txn.postings
        )

    def require(self, enabled: bool) -> None:
        """Refuse (3250) what this file has not switched on, unless the switch lets it through."""
        if not enabled and self.switches.refuse_switched_off_features:
            raise Refused(3250, NOT_ENABLED)

    # -- transactions ----------------------------------------------------------------------------

    def find(self, tag: str, txn_id: str) -> Transaction:
        """A transaction of this kind; 3120 if there is none."""
        txn = self.transactions.get(txn_id)
        if txn is None or txn.kind.tag != tag:
            raise unknown_object(txn_id)
        return txn

    def check_open(self, day: date, verb: str, tag: str) -> None:
        """Refuse what is dated in the closed period, where a password protects it from programs."""
        closed = self.facts.closing_date is not None and day <= self.facts.closing_date
        if closed and self.facts.closing_date_password and not self.at_the_keyboard:
            raise closed_period(verb, tag)

    def check_total(self, total: Decimal, tag: str, *, positive: bool = False) -> None:
        """Refuse a total that is negative (or zero where ``positive``) or too large."""
        if total < 0 or (positive and total == 0):
            raise Refused(
                3210,
                f'The "total" field has an invalid value "{total}".',
                f"The total of a {tag} must {'be greater than zero' if positive else 'not be negative'}.",
            )
        if total > LARGEST_AMOUNT:
            raise Refused(3110, f"The resulting amount of the {tag} is too large.")

    def stamp_new(self, values: Values) -> datetime:
        """Give a new transaction its ids and times."""
        now = self.clock.time()
        values["txn_id"] = self.counters.txn_id(now)
        values["time_created"] = values["time_modified"] = now
        values["edit_sequence"] = edit_sequence(now, None, coarse=True)
        values["txn_number"] = self.counters.txn_number()
        return now

    def number(self, tag: str, values: Values, series: str | None = None) -> None:
        """Draw a document number where none was given; an empty one stays empty."""
        given = values.get("ref_number")
        series = series or tag
        if given is None:
            values["ref_number"] = self.counters.next_ref(series)
        elif given:
            self.counters.used_ref(series, given)
        else:
            del values["ref_number"]

    def enter(self, txn: Transaction) -> None:
        """Take a new, checked transaction into the books."""
        self._post(txn)
        self.transactions.add(txn)
        self.note_change(txn)

    def amend(self, txn: Transaction, values: Values, **changes: object) -> None:
        """Replace header, lines, postings and total of a transaction after all checks have passed."""
        self._withdraw(txn)
        self.transactions.unindex(txn)
        txn.values = values
        for name, value in changes.items():
            setattr(txn, name, value)
        self._post(txn)
        self.stamp(txn)
        self.transactions.index(txn)

    def touch(self, txn: Transaction, *, counts_as_change: bool = True) -> None:
        """Something about a transaction has changed that is not in its own fields, e.g. a payment."""
        if counts_as_change:
            self.transactions.unindex(txn)
            self.stamp(txn)
            self.transactions.index(txn)
        self.note_change(txn)

    def stamp(self, txn: Transaction) -> None:
        """Move time and edit sequence of a changed transaction."""
        now = self.clock.time()
        txn.values["time_modified"] = now
        txn.values["edit_sequence"] = edit_sequence(now, txn.edit_sequence, coarse=self.switches.coarse_edit_sequence)
        self.note_change(txn)

    def note_change(self, txn: Transaction) -> None:
        """The rendered forms of the transaction are no longer right, nor is the saved one."""
        txn.rendered.clear()
        self.changed_transactions[txn.txn_id] = txn

    def delete(self, txn: Transaction) -> Deleted:
        """Take a transaction out and remember that it was there."""
        self._withdraw(txn)
        self.transactions.remove(txn)
        note = Deleted(txn.kind.tag, txn.txn_id, txn.time_created, self.clock.time(), txn.ref_number)
        self.deleted_transactions.append(note)
        self.changed_transactions.pop(txn.txn_id, None)
        self.extensions.pop(txn.txn_id, None)
        self.gone.add(txn.txn_id)
        return note

    def _post(self, txn: Transaction) -> None:
        txn.postings = combined(txn.postings)
        try:
            self.ledger.post(txn.postings)
        except Unbalanced as problem:
            raise cannot_save(txn.kind.tag, f"The transaction is not in balance: {problem}.") from problem
        self._move_stock(txn.stock, +1)

    def _withdraw(self, txn: Transaction) -> None:
        self.ledger.withdraw(txn.postings)
        self._move_stock(txn.stock, -1)

    def _move_stock(self, moves: tuple[StockMove, ...], sign: int) -> None:
        for move in moves:
            item = self.lists.entry(move.item)
            item.quantity += sign * move.quantity
            item.stock_value += sign * move.value
            self.changed_entries[item.list_id] = item

    # -- balances --------------------------------------------------------------------------------

    def trial_balance(self) -> dict[str, Decimal]:
        """Account to balance by full name; debit positive, accounts at zero left out; adds up to zero."""
        named = {self.lists.entry(account).full_name: amount for account, amount in self.ledger.balances().items()}
        return dict(sorted(named.items()))

    def owed(self, entry: Entry) -> Decimal:
        """What a customer owes (or a vendor is owed), without jobs."""
        tag = "AccountsPayable" if entry.kind.tag == "Vendor" else "AccountsReceivable"
        accounts = [a.list_id for a in self.lists.of("Account") if a.value("account_type") == tag]
        total = self.ledger.entity_total(entry.list_id, accounts)
        return -total if tag == "AccountsPayable" else total

    def recomputed(self) -> dict[str, Decimal]:
        """The trial balance from the transactions alone, to hold against :meth:`trial_balance`."""
        sums: dict[str, Decimal] = {}
        for txn in self.transactions:
            for posting in txn.postings:
                sums[posting.account] = sums.get(posting.account, ZERO) + posting.amount
        named = {self.lists.entry(account).full_name: amount for account, amount in sums.items() if amount}
        return dict(sorted(named.items()))


def _redirected_values(values: Values, list_id: str, target: Entry) -> Values:
    return {name: redirected(value, list_id, target.ref) for name, value in values.items()}
