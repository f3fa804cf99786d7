"""The start of a connection as the API shows it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.starting.room import RoomState
from qbwc_server.channels.starting.steps import StartStep, StepStands


class SaidAnswer(Answer):
    """A sentence, and what to do."""

    message: str
    advice: str


class StartStepAnswer(Answer):
    """One step before the start."""

    step: StartStep
    stands: StepStands
    said: list[SaidAnswer]


class LackingAnswer(Answer):
    """A permission that the key lacks."""

    name: str
    missing: str = Field(description="What is missing in the books without it.")
    needed: bool


class LookedAnswer(Answer):
    """What upstream said."""

    at: datetime
    lacking: list[LackingAnswer]
    coming: dict[str, int] = Field(description="By option, how many entries are to come.")
    balances: dict[str, str]
    remarks: list[str]
    code: str | None
    message: str | None
    advice: str | None


class TaxAnswer(Answer):
    """Sales tax of the company file."""

    is_charged: bool | None = Field(description="null: it has not said.")
    item: str | None
    rate: str | None
    code: str | None
    code_is_free: bool
    item_coming: str | None = Field(description="A sales tax item that is added with the next update.")


class SuggestedAccountAnswer(Answer):
    """An account that may be meant."""

    name: str
    likeness: int


class CategoryAnswer(Answer):
    """A category of the books, and its account."""

    place: str
    title: str
    fits: list[str] = Field(description="Types of accounts that may be chosen; empty: all.")
    chosen: str | None
    type: str | None
    problem: str | None
    suggested: list[SuggestedAccountAnswer]


class NamesAnswer(Answer):
    """Whether the lists have room for entries one by one."""

    option: str
    title: str
    is_detailed: bool
    coming: int | None
    rows: int | None
    limit: int | None
    state: RoomState
    sentence: str


class OpeningAnswer(Answer):
    """A balance before the first day."""

    code: str
    title: str
    account: str | None
    is_owed: bool
    upstream_says: str | None


class StartAnswer(Answer):
    """All that is to be seen before the start of a connection."""

    connection: int
    account: str
    state: ConnectionState
    started_at: datetime | None
    is_ready: bool
    steps: list[StartStepAnswer]
    looked: LookedAnswer | None
    tax: TaxAnswer
    accounts: list[CategoryAnswer]
    names: list[NamesAnswer]
    begins: date | None
    openings: list[OpeningAnswer]


class WouldBeAnswer(Answer):
    """A document as it would be."""

    origin: str
    kind: str
    number: str | None
    date: date
    party: str | None
    total: str | None
    unmapped: list[str] = Field(description="Words in it that nobody has mapped yet.")
    problems: list[Free]
    document: Free


class WouldBringAnswer(Answer):
    """What a source would bring of its last two days; nothing is kept."""

    documents: list[WouldBeAnswer]
    counts: dict[str, int]
    sums: dict[str, str]
    left_out: list[str]
    remarks: list[str]
    is_cut: bool = Field(description="Whether upstream has more of these days.")
    code: str | None
    message: str | None
    advice: str | None
