"""Rules, and what they make of a line, as the API shows them."""

from __future__ import annotations

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.mapping.rules.rule import Direction, Match


class PartAnswer(Answer):
    """A part that goes to an account of its own: an amount, or a percentage."""

    account: str
    amount: str | None
    percent: str | None


class RuleAnswer(Answer):
    """What a person said of lines that look so."""

    id: int
    text: str
    match: Match
    direction: Direction | None
    least: str | None
    most: str | None
    source: str | None
    reduced_tax: bool | None
    account: str
    class_: str | None = Field(alias="class")
    description: str | None
    splits: list[PartAnswer]


class RulesAnswer(Answer):
    """The rules of the company, the first to be tried first."""

    rules: list[RuleAnswer]


class RuleMovedAnswer(Answer):
    """A rule at its place."""

    id: int
    place: int


class RuleRemovedAnswer(Answer):
    """A rule that is gone."""

    id: int


class BookedLineAnswer(Answer):
    """A line that an entry becomes."""

    account: str
    amount: str
    description: str
    class_: str | None = Field(alias="class")


class BookedAnswer(Answer):
    """What rules, and what was learnt, make of a line."""

    why: str | None = Field(description="rule 3, learnt 7; null: a person has to say.")
    lines: list[BookedLineAnswer]


class LearntAnswer(Answer):
    """Whether a choice is remembered."""

    remembered: bool
