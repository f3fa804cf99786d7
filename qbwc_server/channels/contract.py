"""What a channel hands over, whether it reads a file or asks the network: drafts, mistakes, skipped records, remarks.

Outcomes come one after another, so that memory does not grow with the source. One broken record costs the document it
belongs to, never the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem


@dataclass(frozen=True, slots=True)
class Stored:
    """What a channel may know of a document that is here already."""

    origin: str
    kind: str
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its source tells it, ready to be kept.

    ``line_number`` counts lines of a file from 1 and names the first row of the document. ``notes`` are remarks for
    the bookkeeper that change nothing. ``reviews`` say why a person should look before it is submitted, although the
    document itself may be complete. ``called`` gives the source's own words for names that the channel had to change.

    What the source says may be here already in another form. ``twin`` tells whether a stored document of the same
    number, with the given origin, is the same sale under another key; ``same_as``, whether what is stored under the
    same origin says the same in its own way. ``follow_ups`` are further documents, given what is stored under this
    origin and under those that begin with it and a colon: this draft itself is among them.
    """

    document: Document
    line_number: int | None = None
    notes: tuple[str, ...] = ()
    reviews: tuple[Problem, ...] = ()
    twin: Callable[[str], bool] | None = None
    called: Mapping[str, str] | None = None
    same_as: Callable[[Stored], bool] | None = None
    follow_ups: Callable[[Sequence[Stored]], Iterable[Draft]] | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A mistake that keeps a document out, with its line; ``problem.field`` is the column or field.

    ``document_line`` is the first line of the document it belongs to: several mistakes of one document share it.
    """

    problem: Problem
    line_number: int
    document_line: int
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row or order that is left out on purpose, and why; nothing is left out silently.

    ``money_kept`` came in for it and was not given back: that is for a person to enter.
    """

    problem: Problem
    origin: str
    line_number: int | None = None
    money_kept: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the source as a whole that the user should know."""

    message: str


Outcome = Draft | RowProblem | Skipped | Remark
