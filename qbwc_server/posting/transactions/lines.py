"""The lines of a kind of transaction: how they are written, how they are read back, and when they say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from qbwc_server.documents.kinds.fields import CENT
from qbwc_server.posting.transactions.standing import Entry, StandingLine, entry_of, money
from qbxml import Aggregate, Ref
from qbxml.messages.purchase_lines import BillableStatus
from qbxml.shared import Address

PRICES = frozenset({"rate", "cost", "amount", "payment_amount", "refund_amount"})  # what comes of them is compared
NEW_LINE = "-1"
_ADDRESS = ("addr1", "addr2", "addr3", "addr4", "addr5", "city", "state", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class LineValues:
    """A line in QuickBooks' terms. Either rate or amount is given, so that it computes what we mean, to the cent."""

    values: Mapping[str, Any]  # under qbxml's names; what is not said is not there
    amount: Decimal | None  # what the line comes to; None where only QuickBooks knows the price
    sort: str = ""  # where one set holds several sorts: debit, credit

    def named(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """What the line is about, without regard to case."""
        return (self.sort, *(_key(self.values.get(name)) for name in names))


def line_values(values: Mapping[str, Any], amount: Decimal | None, sort: str = "") -> LineValues:
    """A line from what may be said of it; None is left out."""
    return LineValues({name: value for name, value in values.items() if value is not None}, amount, sort)


@dataclass(frozen=True)
class LineSet:
    """One sort of line of a transaction.

    ``add`` and ``mod`` make the line of a message from its values, ``group_mod`` names a group by its id, ``clear``
    is the field of a modification that takes all lines away. ``names`` are the fields that say what a line is about:
    a line about something else is another line.
    """

    add_field: str
    add: Callable[..., Aggregate]
    ret_field: str
    ret: type[Aggregate] | tuple[type[Aggregate], ...]
    mod_field: str = ""
    mod: Callable[..., Aggregate] | None = None
    group_mod: Callable[..., Aggregate] | None = None
    clear: str | None = None
    names: tuple[str, ...] = ("item",)
    words: str = "desc"  # the field of the text
    key: str = "txn_line_id"  # the field of its id
    amount: str = "amount"  # the field of what it comes to
    kept: frozenset[str] = field(default_factory=frozenset)  # what a modification cannot take away from a line

    # -- writing

    def write_add(self, line: LineValues) -> Aggregate:
        """The line of a new transaction."""
        return self.add(**line.values)

    def write_new(self, line: LineValues) -> Aggregate:
        """A new line of a transaction that is changed."""
        return self._mod(txn_line_id=NEW_LINE, **line.values)

    def write_kept(self, found: StandingLine) -> Aggregate:
        """A line that stays as it is: left out, it would be deleted."""
        if found.is_group and self.group_mod is not None:
            return self.group_mod(txn_line_id=found.txn_line_id)
        return self._mod(txn_line_id=found.txn_line_id)

    def write_changed(self, found: StandingLine, changes: Mapping[str, Any]) -> Aggregate:
        """A line that says something else from now on."""
        return self._mod(txn_line_id=found.txn_line_id, **changes)

    def write_gone(self, found: StandingLine) -> Aggregate | None:
        """What takes away a line where none of its set remains; None where ``clear`` does."""
        return None

    @property
    def _mod(self) -> Callable[..., Aggregate]:
        return cast("Callable[..., Aggregate]", self.mod)

    # -- reading

    def of(self, ret: Aggregate) -> tuple[Aggregate, ...]:
        """The lines of this sort that a transaction has, as they were read."""
        return getattr(ret, self.ret_field, None) or ()

    def read(self, ret: Aggregate) -> tuple[StandingLine, ...]:
        """The same in common terms."""
        return tuple(self._line(line) for line in self.of(ret))

    def _line(self, line: Any) -> StandingLine:
        plain = isinstance(line, self.ret)
        members = None if plain else tuple(self._line(one) for one in _members(line, self.ret))
        amount = getattr(line, self.amount, None) if plain else getattr(line, "total_amount", None)
        return StandingLine(
            txn_line_id=getattr(line, self.key, None),
            entry=self._entry(line) if plain else entry_of(getattr(line, "item_group", None)),
            description=getattr(line, self.words if plain else "desc", None),
            quantity=getattr(line, "quantity", None),
            rate=getattr(line, "rate", None) or getattr(line, "cost", None),
            amount=money(amount),
            members=members,
            ret=line,
        )

    def _entry(self, line: Any) -> Entry | None:
        refs = (getattr(line, name, None) for name in self.names)
        return next((entry_of(ref) for ref in refs if isinstance(ref, Ref)), None)

    def named(self, line: StandingLine) -> tuple[str, ...]:
        """What a line of the books is about, to be compared with that of :class:`LineValues`."""
        return (self.sort_of(line.ret), *(_key(getattr(line.ret, name, None)) for name in self.names))

    def sort_of(self, line: Aggregate) -> str:
        """The sort of a line, to be compared with that of :class:`LineValues`."""
        return ""

    def says(self, wanted: LineValues, found: StandingLine) -> bool:
        """Whether a line in the books says what was wanted; what was left open may be anything."""
        return (
            not found.is_group
            and wanted.named(self.names) == self.named(found)
            and (wanted.amount is None or found.amount == wanted.amount)
            and all(
                holds(value, getattr(found.ret, name, None))
                for name, value in wanted.values.items()
                if name not in PRICES and name not in self.names
            )
            and (any(wanted.named(self.names)[1:]) or (found.description or "") == wanted.values.get(self.words, ""))
        )

    def changed(self, wanted: LineValues, last: LineValues | None, found: StandingLine) -> dict[str, Any] | None:
        """What is to be said to the line so that it becomes what is wanted; None: only a new line can.

        Args:
            last: what we wrote there last; what it said and ``wanted`` does not is taken away.
        """
        gone = {} if last is None else self._taken_away(wanted, last, found)
        if gone is None:
            return None
        if found.quantity is not None and "quantity" not in wanted.values and wanted.amount is not None:
            return None  # a line cannot lose its quantity
        if found.quantity is None and "quantity" in wanted.values:
            return None
        if {"quantity", "amount"} <= wanted.values.keys() and not _multiplies(wanted, found):
            return None  # QuickBooks may work the amount out from the rate that stands there
        return {name: value for name, value in wanted.values.items() if name not in self.names} | gone

    def _taken_away(self, wanted: LineValues, last: LineValues, found: StandingLine) -> dict[str, Any] | None:
        if last.amount is not None and wanted.amount is None:
            return None  # QuickBooks would keep the price that we gave
        gone: dict[str, Any] = {}
        for name in last.values.keys() - wanted.values.keys() - PRICES:
            there = getattr(found.ret, name, None)
            if not there:
                continue
            if name in self.kept or not isinstance(there, str | Ref):
                return None
            gone[name] = Ref(full_name="") if isinstance(there, Ref) else ""
        return gone

    def is_rid_of(self, wanted: LineValues, last: LineValues | None, found: StandingLine) -> bool:
        """Whether nothing stands there any more that is to be taken away."""
        return last is None or self._taken_away(wanted, last, found) == {}


def _multiplies(wanted: LineValues, found: StandingLine) -> bool:
    """Whether the rate of before gives the amount that is wanted."""
    if found.rate is None or wanted.amount is None:
        return True
    return (found.rate * Decimal(wanted.values["quantity"])).quantize(CENT, ROUND_HALF_UP) == wanted.amount


def holds(wanted: Any, found: Any) -> bool:
    """Whether ``found`` is what was wanted; names have no case, and an empty text, or no, and nothing are the same."""
    if isinstance(wanted, Ref):
        if wanted.list_id is not None:
            return found is not None and found.list_id == wanted.list_id
        return (found.full_name or "" if found is not None else "").lower() == (wanted.full_name or "").lower()
    if wanted == BillableStatus.BILLABLE:
        return found in (BillableStatus.BILLABLE, BillableStatus.HAS_BEEN_BILLED)
    if isinstance(wanted, Address):
        return all((getattr(wanted, one) or "") == (getattr(found, one, None) or "") for one in _ADDRESS)
    return bool(wanted == found) or not (wanted or found)


def _members(group: Aggregate, plain: type[Aggregate] | tuple[type[Aggregate], ...]) -> tuple[Any, ...]:
    return tuple(
        one for value in vars(group).values() if isinstance(value, tuple) for one in value if isinstance(one, plain)
    )


def _key(value: Any) -> str:
    if isinstance(value, Ref):
        return (value.full_name or value.list_id or "").lower()
    return "" if value is None else str(value)
