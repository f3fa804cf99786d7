"""A rule and what it makes of an entry: pure, the first rule that matches counts, every cent stays where it was."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from qbwc_server.documents.kinds.fields import CENT

LONGEST_TEXT = 80  # characters of a description that a rule looks for
MOST_SPLITS = 9
MOST_RULES = 1_000  # of a company
LARGEST = Decimal("999999999.99")


class Match(StrEnum):
    """How the text of a rule is compared with a description."""

    EXACT = "exact"
    PARTIAL = "partial"


class Direction(StrEnum):
    """Which way money goes."""

    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A line of a statement, an order or a receipt as its source tells it.

    Attributes:
        amount: as it is, without a sign.
        source: the account that it stands on.
        reduced_tax: whether it is taxed at a reduced rate; None: unknown.
        edited: a person has changed it here by hand: no rule touches it.
    """

    description: str
    direction: Direction
    amount: Decimal
    source: str | None = None
    reduced_tax: bool | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A part that goes to an account of its own: an amount, or a part of the whole in percent."""

    account: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a person said of entries that look so.

    Attributes:
        text: what the description is, or holds; compared without case and blanks.
        least, most: of the amount, both included.
        description: in the place of the one of the source.
        splits: parts to accounts of their own; the rest goes to ``account``.
    """

    text: str
    account: str
    match: Match = Match.PARTIAL
    direction: Direction | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    source: str | None = None
    reduced_tax: bool | None = None
    class_name: str | None = None
    description: str | None = None
    splits: tuple[Split, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line that an entry becomes."""

    account: str
    amount: Decimal
    description: str
    class_name: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """The lines of an entry, and what gave it them: ``rule 3``, ``learnt``."""

    lines: tuple[Line, ...]
    why: str


def plain_text(text: str) -> str:
    """A description as it is compared: one width of letters, no case, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def matches(rule: Rule, entry: StatementEntry) -> bool:
    """Whether a rule is about an entry."""
    said, told = plain_text(rule.text), plain_text(entry.description)
    return (
        (said == told if rule.match is Match.EXACT else said in told)
        and rule.direction in (None, entry.direction)
        and (rule.least is None or rule.least <= entry.amount)
        and (rule.most is None or entry.amount <= rule.most)
        and (rule.source is None or (entry.source is not None and rule.source.lower() == entry.source.lower()))
        and rule.reduced_tax in (None, entry.reduced_tax)
    )


def booked_by(rules: Iterable[Rule], entry: StatementEntry) -> Booked | None:
    """What the first rule that fits makes of an entry; None: none fits, or a person has edited it.

    A rule does not fit an entry that its parts are more than.
    """
    if entry.edited:
        return None
    for rule in rules:
        if matches(rule, entry) and (lines := _lines(rule, entry)) is not None:
            return Booked(tuple(lines), f"rule {rule.id}")
    return None


def _lines(rule: Rule, entry: StatementEntry) -> Sequence[Line] | None:
    words = rule.description or entry.description
    lines = []
    for split in rule.splits:
        amount = split.amount if split.amount is not None else _part(entry.amount, split.percent or Decimal(0))
        if amount:
            lines.append(Line(split.account, amount, split.description or words, rule.class_name))
    rest = entry.amount - sum((line.amount for line in lines), Decimal(0))
    if rest < 0:
        return None
    if rest or not lines:
        lines.insert(0, Line(rule.account, rest, words, rule.class_name))
    return lines


def _part(amount: Decimal, percent: Decimal) -> Decimal:
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)
