"""The transactions of a company file and the indexes by which they are found without looking at all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.shapes import Values
from qbxml.shared import Ref

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class TxnKind:
    """One kind of transaction; ``tag`` is its name in TxnDelType and in ``<tag>Ret``."""

    tag: str
    posts: bool = True
    entity: str = ""  # field that holds the customer, vendor or payee
    draws_numbers: bool = False  # takes the next RefNumber when none is given
    owes: str = ""  # "customer" or "vendor": has a balance that payments reduce


TXN_KINDS = {
    kind.tag: kind
    for kind in (
        TxnKind("Invoice", entity="customer", draws_numbers=True, owes="customer"),
        TxnKind("SalesReceipt", entity="customer", draws_numbers=True),
        TxnKind("CreditMemo", entity="customer", draws_numbers=True),
        TxnKind("Estimate", posts=False, entity="customer", draws_numbers=True),
        TxnKind("SalesOrder", posts=False, entity="customer", draws_numbers=True),
        TxnKind("ReceivePayment", entity="customer"),
        TxnKind("Deposit"),
        TxnKind("Check", entity="payee_entity", draws_numbers=True),
        TxnKind("CreditCardCharge", entity="payee_entity"),
        TxnKind("CreditCardCredit", entity="payee_entity"),
        TxnKind("ARRefundCreditCard", entity="customer", draws_numbers=True),
        TxnKind("Bill", entity="vendor", owes="vendor"),
        TxnKind("VendorCredit", entity="vendor"),
        TxnKind("ItemReceipt", entity="vendor"),
        TxnKind("PurchaseOrder", posts=False, entity="vendor", draws_numbers=True),
        TxnKind("JournalEntry", draws_numbers=True),
        TxnKind("Transfer"),
        TxnKind("InventoryAdjustment", entity="customer", draws_numbers=True),
    )
}


@dataclass(eq=False)
class Application:
    """A payment or credit (``source``) used to pay an invoice or bill (``target``). Amounts are positive."""

    source: str
    target: str
    amount: Decimal
    discount: Decimal = ZERO
    discount_account: str = ""
    via: str = ""  # the payment in which a credit was used, if any

    @property
    def paid(self) -> Decimal:
        """By how much the balance of the target falls."""
        return self.amount + self.discount


@dataclass(frozen=True)
class StockMove:
    """Pieces of an inventory item that came in (positive) or went out, and their value."""

    item: str
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class Line:
    """One line of a transaction for people and tests to look at."""

    item: str
    desc: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    txn_line_id: str


@dataclass(eq=False)
class Transaction:
    """One transaction. ``values`` holds the header of its Ret, ``lines`` the typed line aggregates in order.

    ``total`` is what the document says at its foot, in home currency; zero once voided.
    """

    kind: TxnKind
    values: Values
    lines: tuple[Any, ...] = ()
    total: Decimal = ZERO
    postings: tuple[Posting, ...] = ()
    stock: tuple[StockMove, ...] = ()
    line_accounts: dict[str, str] = field(default_factory=dict)  # TxnLineID to the account that the line posts to
    is_void: bool = False
    applications: list[Application] = field(default_factory=list)  # in which this is source or target
    deposited_in: str = ""  # TxnID of the deposit that holds this payment
    rendered: dict[tuple[object, ...], str] = field(default_factory=dict, repr=False)  # kept until the next change

    @property
    def txn_id(self) -> str:
        return str(self.values["txn_id"])

    @property
    def txn_number(self) -> int:
        return int(self.values["txn_number"])

    @property
    def edit_sequence(self) -> str:
        return str(self.values["edit_sequence"])

    @property
    def time_created(self) -> datetime:
        created: datetime = self.values["time_created"]
        return created

    @property
    def time_modified(self) -> datetime:
        modified: datetime = self.values["time_modified"]
        return modified

    @property
    def txn_date(self) -> date:
        day: date = self.values["txn_date"]
        return day

    @property
    def ref_number(self) -> str:
        """The document number; empty where there is none."""
        return self.values.get("ref_number") or ""

    @property
    def external_guid(self) -> UUID | None:
        guid: UUID | None = self.values.get("external_guid")
        return guid

    @property
    def memo(self) -> str:
        return self.values.get("memo") or ""

    @property
    def entity(self) -> Ref | None:
        """The customer, vendor or payee."""
        reference: Ref | None = self.values.get(self.kind.entity) if self.kind.entity else None
        return reference

    @property
    def entity_id(self) -> str:
        """ListID of the customer, vendor or payee; empty where there is none."""
        return (self.entity.list_id or "") if self.entity else ""

    @property
    def customer(self) -> str:
        """Full name of the customer, vendor or payee; empty where there is none."""
        return (self.entity.full_name or "") if self.entity else ""

    @property
    def is_pending(self) -> bool:
        """A pending document posts nothing."""
        return bool(self.values.get("is_pending"))

    @property
    def applied_as_target(self) -> Decimal:
        """What payments and credits have paid of it."""
        return sum((a.paid for a in self.applications if a.target == self.txn_id), ZERO)

    @property
    def applied_as_source(self) -> Decimal:
        """What of this payment or credit has been used."""
        return sum((a.amount for a in self.applications if a.source == self.txn_id), ZERO)

    @property
    def balance(self) -> Decimal:
        """What is still to be paid of an invoice or bill."""
        return self.total - self.applied_as_target

    @property
    def unused(self) -> Decimal:
        """What is left of a payment or credit."""
        return self.total - self.applied_as_source


def shown_lines(txn: Transaction) -> tuple[Line, ...]:
    """The lines of a transaction in one plain form, group members after their group."""
    found: list[Line] = []
    for line in _flat(txn.lines):
        item = getattr(line, "item", None) or getattr(line, "item_group", None) or getattr(line, "account", None)
        found.append(
            Line(
                item=(item.full_name or "") if item else "",
                desc=getattr(line, "desc", None) or getattr(line, "memo", None) or "",
                quantity=getattr(line, "quantity", None),
                rate=getattr(line, "rate", None),
                amount=getattr(line, "amount", None),
                txn_line_id=getattr(line, "txn_line_id", None) or "",
            )
        )
    return tuple(found)


def members_of(line: Any) -> tuple[Any, ...]:
    """The lines inside a group line; nothing for an ordinary line."""
    for name in (
        "invoice_line_rets",
        "sales_receipt_line_rets",
        "credit_memo_line_rets",
        "estimate_line_rets",
        "sales_order_line_rets",
        "item_line_rets",
        "purchase_order_line_rets",
    ):
        if found := getattr(line, name, ()):
            return tuple(found)
    return ()


def _flat(lines: Iterable[Any]) -> Iterator[Any]:
    for line in lines:
        yield line
        yield from members_of(line)


class Transactions:
    """All transactions that were not deleted."""

    def __init__(self) -> None:
        self._by_id: dict[str, Transaction] = {}
        self._by_modification: dict[str, Transaction] = {}  # least recently changed first
        self._in_order = True  # of time, as long as the clock runs forward
        self._latest: datetime | None = None
        self._by_kind: defaultdict[str, dict[str, Transaction]] = defaultdict(dict)
        self._by_ref: defaultdict[str, dict[str, Transaction]] = defaultdict(dict)
        self._by_date: defaultdict[date, dict[str, Transaction]] = defaultdict(dict)
        self._by_guid: defaultdict[UUID, dict[str, Transaction]] = defaultdict(dict)
        self._by_entity: defaultdict[str, dict[str, Transaction]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Transaction]:
        return iter(self._by_id.values())

    def get(self, txn_id: str) -> Transaction | None:
        """By TxnID."""
        return self._by_id.get(txn_id)

    def of(self, *tags: str) -> list[Transaction]:
        """Those of these kinds; in the order of creation for one kind."""
        return [txn for tag in tags for txn in self._by_kind[tag].values()]

    def numbered(self, ref_number: str) -> list[Transaction]:
        """Those of this number, whatever its case."""
        return list(self._by_ref.get(ref_number.lower(), {}).values())

    def with_guid(self, guid: UUID) -> list[Transaction]:
        """Those created with this ExternalGUID."""
        return list(self._by_guid.get(guid, {}).values())

    def of_entity(self, list_id: str) -> list[Transaction]:
        """Those of one customer, vendor or payee, in the order of creation."""
        return list(self._by_entity.get(list_id, {}).values())

    def dated(self, start: date | None, end: date | None) -> list[Transaction]:
        """Those dated from ``start`` to ``end``, both included."""
        days = [day for day in self._by_date if (not start or day >= start) and (not end or day <= end)]
        return [txn for day in days for txn in self._by_date[day].values()]

    def changed_since(self, start: datetime) -> list[Transaction]:
        """Those changed at ``start`` or later, the last change first."""
        found: list[Transaction] = []
        for txn in reversed(self._by_modification.values()):
            if txn.time_modified >= start:
                found.append(txn)
            elif self._in_order:
                break
        return found

    def add(self, txn: Transaction) -> None:
        """Take a new transaction in."""
        self._by_id[txn.txn_id] = txn
        self._by_kind[txn.kind.tag][txn.txn_id] = txn
        self.index(txn)

    def remove(self, txn: Transaction) -> None:
        """Take a deleted transaction out."""
        self.unindex(txn)
        del self._by_id[txn.txn_id]
        del self._by_kind[txn.kind.tag][txn.txn_id]

    def index(self, txn: Transaction) -> None:
        """Make a new or changed transaction findable; :meth:`unindex` must have come before a change."""
        key = txn.txn_id
        if self._latest is not None and txn.time_modified < self._latest:
            self._in_order = False  # the PC's clock was set back
        self._latest = txn.time_modified
        self._by_modification[key] = txn
        self._by_date[txn.txn_date][key] = txn
        if txn.ref_number:
            self._by_ref[txn.ref_number.lower()][key] = txn
        if txn.external_guid is not None:
            self._by_guid[txn.external_guid][key] = txn
        if txn.entity_id:
            self._by_entity[txn.entity_id][key] = txn

    def moved(self, txn: Transaction, before: str) -> None:
        """The transaction belongs to another customer, vendor or payee than ``before`` (ListIDs)."""
        if txn.entity_id != before:
            _drop(self._by_entity, before, txn.txn_id)
            if txn.entity_id:
                self._by_entity[txn.entity_id][txn.txn_id] = txn

    def unindex(self, txn: Transaction) -> None:
        """Forget how a transaction is found, before its values change."""
        key = txn.txn_id
        self._by_modification.pop(key, None)
        _drop(self._by_date, txn.txn_date, key)
        _drop(self._by_ref, txn.ref_number.lower(), key)
        _drop(self._by_entity, txn.entity_id, key)
        if txn.external_guid is not None:
            _drop(self._by_guid, txn.external_guid, key)


def _drop(index: defaultdict[_Key, dict[str, Transaction]], value: _Key, key: str) -> None:
    if value in index:
        index[value].pop(key, None)
        if not index[value]:
            del index[value]
