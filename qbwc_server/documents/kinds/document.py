"""What every kind of document has, and what it must answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import ClassVar, NamedTuple

from qbwc_server.documents.kinds.fields import (
    LARGEST_AMOUNT,
    BookDate,
    Fields,
    Long,
    Names,
    Number,
    Origin,
    fields_in,
    marks_of,
)
from qbwc_server.documents.kinds.footing import Agreement, StatedOrNothing, agreements_of, disagreements
from qbwc_server.documents.kinds.party import Party
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind


class Named(NamedTuple):
    """An entry of a list of the company file that a document names."""

    list_kind: ListKind
    name: str
    field: str  # path in the document: lines[0].item
    party: Party | None = None  # what else is known of it


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A transaction of QuickBooks that a document names and that is no document here: by its number, or its TxnID."""

    kind: str  # what it is: "invoice"
    key: str  # as the document knows it; no origin looks like this
    field: str  # path in the document: applies_to[0]
    number: str | None = None
    txn_id: str | None = None

    def __str__(self) -> str:
        what = self.kind.replace("_", " ")
        return f"{what} {self.number}" if self.number is not None else f"the {what} with TxnID {self.txn_id}"


class Document(Fields):
    """What ought to stand in the books.

    A kind adds its fields, sets the class variables, and answers ``check``, ``adds_up_to``, and where it differs
    ``agreements``, ``comes_to`` and ``waits_for``; what lists it names follows from the types of its fields.
    """

    origin: Origin  # the caller's own key: the same origin is the same document, for ever
    number: Number | None = None
    date: BookDate
    memo: Long | None = None
    stated: StatedOrNothing = None  # given: the document must come to it
    kind: str

    title: ClassVar[str]  # "sales receipt"
    titles: ClassVar[str]
    number_limit: ClassVar[int] = 11  # characters of a number that QuickBooks keeps; 0: it has none
    negative_advice: ClassVar[str | None] = None  # what to do below zero; None: it may be
    adds_items: ClassVar[bool] = False  # what it names and QuickBooks lacks may be added: it is sold
    comes_last: ClassVar[bool] = False  # enters after all others: QuickBooks looks for what it belongs to

    @property
    def party(self) -> Party | None:
        """The customer, vendor or other name that the document is about, if it has one."""
        for name in parties_of(type(self)):
            found = getattr(self, name)
            if isinstance(found, Party):
                return found
        return None

    def problems(self) -> list[Problem]:
        """What keeps the document from being submitted, as far as it alone can tell."""
        stated = () if self.stated is None else self.stated.problems()
        return [
            *self._check_number(),
            *self.check(),
            *stated,
            *disagreements(self.agreements()),
            *self._check_sum(),
        ]

    def check(self) -> Iterator[Problem]:
        """What is wrong with the kind's own fields."""
        yield from ()

    def agreements(self) -> Iterator[Agreement]:
        """The sums that must be the same; a kind adds its own in front."""
        if self.stated is not None:
            yield from agreements_of(self.stated, self.comes_to())

    def adds_up_to(self) -> Decimal | None:
        """What the lines come to, before tax that QuickBooks computes; None where only QuickBooks knows a price."""
        raise NotImplementedError

    def comes_to(self) -> Decimal | None:
        """What QuickBooks' own total is compared with; None where only QuickBooks can know it."""
        return self.adds_up_to()

    def waits_for(self) -> tuple[str, ...]:
        """Origins of the documents that must stand in the books before: this one names their TxnIDs."""
        return ()

    def names_elsewhere(self) -> tuple[Elsewhere, ...]:
        """What stands in the books by another hand and is looked up before: this one names its TxnID."""
        return ()

    def remark(self) -> str | None:
        """What a reader should know that no field says."""
        return None

    def names(self) -> list[Named]:
        """Every entry of a list that the document names, in the order of its fields."""
        found: list[Named] = []
        _gather(found, self, "")
        return found

    def _check_number(self) -> Iterator[Problem]:
        if self.number is None or len(self.number) <= self.number_limit:
            return
        if not self.number_limit:
            yield Problem(
                "no_number",
                "number",
                f"A {self.title} has no number in QuickBooks.",
                "Leave the number out; say it in the memo if it matters.",
            )
            return
        yield Problem(
            "number_too_long",
            "number",
            f"The number {self.number} has {len(self.number)} characters; QuickBooks keeps {self.number_limit}.",
            "Give the document a shorter number, or leave it out and let QuickBooks draw the next one.",
        )

    def _check_sum(self) -> Iterator[Problem]:
        comes_to = self.adds_up_to()
        if comes_to is None:
            return
        if abs(comes_to) > LARGEST_AMOUNT:
            yield Problem(
                "too_large",
                "lines",
                f"The document comes to {comes_to}; QuickBooks has room for {LARGEST_AMOUNT}.",
                "Correct quantities and rates.",
            )
        if comes_to < 0 and self.negative_advice is not None:
            yield Problem(
                "negative_total",
                "lines",
                f"The document comes to {comes_to}; QuickBooks takes no {self.title} below zero.",
                self.negative_advice,
            )


# -- what follows from the types of the fields ----------------------------------------------------------------------


class _Part(NamedTuple):
    field: str
    shown: str  # as callers call it
    list_kind: ListKind | None  # of a name
    holds: type[Fields] | None  # of fields, or of a tuple of them


@cache
def _parts(cls: type[Fields]) -> tuple[_Part, ...]:
    """The fields of a record that name entries, or hold fields that do."""
    found = []
    for field, info in cls.model_fields.items():
        named, holds = marks_of(info, Names), fields_in(info)
        if named or (holds is not None and (issubclass(holds, Party) or _parts(holds))):
            found.append(_Part(field, info.alias or field, named[0].list_kind if named else None, holds))
    return tuple(found)


@cache
def parties_of(cls: type[Document]) -> tuple[str, ...]:
    """The fields of a kind that name the party of the document; at most one of them is given."""
    return tuple(part.field for part in _parts(cls) if part.holds is not None and issubclass(part.holds, Party))


def _gather(found: list[Named], record: Fields, before: str) -> None:
    held = record.__dict__
    for field, shown, list_kind, _ in _parts(type(record)):
        value = held[field]
        if value is None:
            continue
        if list_kind is not None:
            found.append(Named(list_kind, value, f"{before}{shown}"))
        elif isinstance(value, tuple):
            for index, one in enumerate(value):
                _gather(found, one, f"{before}{shown}[{index}].")
        elif isinstance(value, Party):
            found.append(Named(value.list_kind, value.name, f"{before}{shown}", value))
        else:
            _gather(found, value, f"{before}{shown}.")
