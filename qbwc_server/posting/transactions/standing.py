"""A transaction as the books hold it, the same for all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from qbwc_server.documents.kinds.fields import CENT, LARGEST_AMOUNT
from qbwc_server.posting.pc_clock import aware
from qbxml import Aggregate, Ref
from qbxml.returned import TxnRet


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list, as an answer names it."""

    list_id: str | None
    name: str | None

    def is_called(self, name: str) -> bool:
        """Whether this is its full name; QuickBooks compares without case."""
        return (self.name or "").lower() == name.lower()


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One line of a transaction in the books."""

    txn_line_id: str | None
    entry: Entry | None  # the item or account; None for a line of text
    description: str | None
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    members: tuple[StandingLine, ...] | None  # of a group; None for a plain line
    ret: Aggregate  # as it was read

    @property
    def is_group(self) -> bool:
        """Whether it is a group item with lines of its own."""
        return self.members is not None

    def says(self) -> str:
        """The line for a reader: Seat, "Seats", 3 x 10.00, 30.00."""
        price = " x ".join(f"{number:f}" for number in (self.quantity, self.rate) if number is not None)
        words = f'"{self.description}"' if self.description else None
        name = self.entry.name if self.entry is not None else None
        amount = None if self.amount is None else f"{self.amount:,.2f}"
        return ", ".join(part for part in (name, words, price or None, amount) if part) or "an empty line"


class Lines(Protocol):
    """One set of lines of a kind of transaction."""

    @property
    def key(self) -> str:
        """The field of a line's id."""

    def of(self, ret: Aggregate) -> tuple[Aggregate, ...]:
        """The lines as they were read."""

    def read(self, ret: Aggregate) -> tuple[StandingLine, ...]:
        """The lines in common terms."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A transaction as the books hold it. What the answer does not tell is None."""

    kind: str
    txn_id: str
    edit_sequence: str | None
    number: str | None
    day: date | None
    party: Entry | None
    total: Decimal | None  # with tax
    subtotal: Decimal | None  # without tax that QuickBooks computes
    memo: str | None
    time_created: datetime | None  # in UTC, by the clock of the PC
    time_modified: datetime | None
    mark: UUID | None  # the id of the request that entered it, where it was one of ours
    ret: TxnRet  # as it was read
    sets: tuple[Lines, ...]  # how its lines are read: thousands of transactions are posted without a look at them

    @property
    def lines(self) -> tuple[StandingLine, ...]:
        """Its lines, one set after the other."""
        return tuple(line for lines in self.sets for line in lines.read(self.ret))

    @property
    def line_ids(self) -> list[list[str | None]]:
        """The TxnLineIDs of each set."""
        return [[getattr(line, lines.key, None) for line in lines.of(self.ret)] for lines in self.sets]

    @property
    def touched(self) -> bool:
        """Whether it was changed after it was entered, be it by a PC whose clock is behind."""
        made, changed = self.time_created, self.time_modified
        return made is not None and changed is not None and changed != made

    @property
    def voided(self) -> bool:
        """Whether every line is zero, as a void leaves it; a total of zero alone may be a sum of plus and minus."""
        told = self.total is not None or self.subtotal is not None
        return told and not self.total and not self.subtotal and not any(_amounts(self.lines))

    @property
    def paid(self) -> Decimal | None:
        """What payments and credits are applied to it, of kinds that tell it; below zero as QuickBooks writes it."""
        return money(getattr(self.ret, "applied_amount", None))

    @property
    def digest(self) -> str:
        """Stands for what people change: the same as long as nobody has. Names are left out: entries are renamed."""
        header = [_plain(getattr(self.ret, name, None)) for name in _CHANGED_BY_PEOPLE]
        party = None if self.party is None else self.party.list_id
        lines = [line for lines in self.sets for line in lines.of(self.ret)]
        of_lines = [[_plain(getattr(line, name, None)) for name in _CHANGED_IN_LINES] for line in lines]
        said = repr([header, party, _plain(self.total), self.line_ids, of_lines])
        return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def as_candidate(self) -> dict[str, str]:
        """As far as a person needs it to recognise it."""
        shown = {
            "txn_id": self.txn_id,
            "ref_number": self.number,
            "txn_date": self.day,
            "party": None if self.party is None else self.party.name,
            "total": self.total,
            "time_created": self.time_created,
            "memo": self.memo,
        }
        return {name: str(value) for name, value in shown.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the books say something else than a document; ``None``: nothing."""

    field: str  # "due date", "line 2"
    ours: str | None
    books: str | None

    def as_record(self) -> dict[str, str | None]:
        """As stored and shown."""
        return {"field": self.field, "ours": self.ours, "books": self.books}


_CHANGED_BY_PEOPLE = ("txn_date", "ref_number", "memo", "due_date", "ship_date", "po_number", "other", "amount")
_CHANGED_IN_LINES = ("desc", "memo", "quantity", "rate", "cost", "amount", "service_date")


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")


def entry_of(ref: Ref | None) -> Entry | None:
    """The entry that a reference of an answer names."""
    return None if ref is None else Entry(ref.list_id, ref.full_name)


def money(found: Decimal | None) -> Decimal | None:
    """An amount as QuickBooks writes it; answers are read generously, and what is none is not kept."""
    return found if found is not None and abs(found) <= LARGEST_AMOUNT and found == found.quantize(CENT) else None


def in_utc(moment: datetime | None) -> datetime | None:
    """A time that QuickBooks tells; None for one outside all years."""
    try:
        return None if moment is None else aware(moment).astimezone(UTC)
    except OverflowError:
        return None


def guid_of(ret: Any) -> UUID | None:
    """The ExternalGUID of what was read, where it is one."""
    value = getattr(ret, "external_guid", None)
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def _amounts(lines: tuple[StandingLine, ...]) -> list[Decimal | None]:
    return [one.amount for line in lines for one in (line, *(line.members or ()))]
