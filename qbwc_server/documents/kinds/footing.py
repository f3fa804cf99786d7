"""Foot before post: sums that must be the same, declared by each kind and by the source, and checked here alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from qbwc_server.documents.kinds.fields import Amount, Fields, Short
from qbwc_server.documents.problems import Problem

DOES_NOT_FOOT = "does_not_foot"


class Sum(NamedTuple):
    """A sum, and the words that tell what it is: "the lines add up to"."""

    words: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.words} {self.amount}"


class Agreement(NamedTuple):
    """Two sums that must be the same, and what is told where they are not."""

    field: str
    one: Sum
    other: Sum
    advice: str
    code: str = DOES_NOT_FOOT
    because: str = ""  # ends the sentence: "and there is no tax item to explain it"


class Tender(Fields):
    """One way in which it was paid, and how much that way."""

    name: Short
    amount: Amount


class Stated(Fields):
    """What the source says that its document is made of; all sums that it gives must be the same.

    ``lines``, ``tax``, ``tips`` and ``rounding`` together are what the document comes to, and so are the ``tenders``.
    """

    lines: Amount | None = None
    tax: Amount | None = None
    tips: Amount | None = None
    rounding: Amount | None = None
    total: Amount | None = None
    tenders: tuple[Tender, ...] = Field(default=(), max_length=50)

    def sums(self) -> Iterator[tuple[str, Sum]]:
        """What is given, by the field that gives it."""
        if self.total is not None:
            yield "stated.total", Sum("its source says", self.total)
        parts = {name: amount for name in _PARTS if (amount := getattr(self, name)) is not None}
        if self.lines is not None:
            yield "stated.lines", Sum(f"its parts ({_told(parts.items())}) come to", sum(parts.values(), Decimal(0)))
        if self.tenders:
            paid = [(one.name, one.amount) for one in self.tenders]
            yield "stated.tenders", Sum(f"the tenders ({_told(paid)}) come to", sum((a for _, a in paid), Decimal(0)))

    def problems(self) -> Iterator[Problem]:
        """A part alone is no sum."""
        if self.lines is None and any(getattr(self, name) is not None for name in _PARTS):
            yield Problem(
                "stated_without_lines",
                "stated.lines",
                "Tax, tips or rounding are stated, but not what the lines come to.",
                "State the lines as well.",
            )


def _or_nothing(stated: Stated | None) -> Stated | None:
    return stated if stated != Stated() else None


StatedOrNothing = Annotated[Stated | None, AfterValidator(_or_nothing)]
_PARTS = ("lines", "tax", "tips", "rounding")
_MOST_TOLD = 5


def _told(amounts: Iterable[tuple[str, Decimal]]) -> str:
    told = [f"{name} {amount}" for name, amount in amounts]
    more = [f"{len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    return ", ".join((*told[:_MOST_TOLD], *more))


def agreements_of(stated: Stated, comes_to: Decimal | None) -> Iterator[Agreement]:
    """What the source states must be what the document comes to; where only QuickBooks knows that, it must agree."""
    sums = list(stated.sums())
    first = Sum("the document comes to", comes_to) if comes_to is not None else None
    for field, one in sums:
        if first is not None:
            yield Agreement(field, first, one, "Correct the document, or what its source states.")
        else:
            first = one


def disagreements(agreements: Iterable[Agreement]) -> Iterator[Problem]:
    """Each pair of sums that are not the same, told once."""
    seen: set[tuple[str, frozenset[Decimal]]] = set()
    for one in agreements:
        pair = one.code, frozenset((one.one.amount, one.other.amount))
        if one.one.amount == one.other.amount or pair in seen:
            continue
        seen.add(pair)
        sentence = f"{one.one}, but {one.other}{one.because}."
        yield Problem(one.code, one.field, sentence[:1].upper() + sentence[1:], one.advice)
