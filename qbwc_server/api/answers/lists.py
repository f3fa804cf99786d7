"""Lists of the company file and mappings as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free, Mistake
from qbwc_server.books.mirror.fate import Standing
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.exchange import Effect
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision


class ListAnswer(Answer):
    """How far a list is read."""

    list: ListKind
    title: str
    read_at: datetime | None
    whole_at: datetime | None
    reading: str | None
    shown: int
    remaining: int | None
    trouble: str | None


class ListsAnswer(Answer):
    """Every list, and what the company file says of itself."""

    lists: list[ListAnswer]
    preferences: Free


class FullnessAnswer(Answer):
    """How full a list is, with what is to come."""

    list: str
    title: str
    entries: int
    coming: int
    limit: int | None
    left: int | None
    near: bool
    limit_told_by_quickbooks: bool
    read: bool


class LimitsAnswer(Answer):
    """How full the lists are."""

    limits: list[FullnessAnswer]


class EntryAnswer(Answer):
    """An entry of a list."""

    list: ListKind
    list_id: str
    name: str
    parent_id: str | None
    type: str | None
    standing: Standing
    email: str | None
    number: str | None
    company_name: str | None
    time_modified: datetime | None
    details: Free


class HitAnswer(EntryAnswer):
    """An entry that a text may mean."""

    found_by: str
    likeness: float


class EntriesAnswer(Answer):
    """Entries that a text may mean, the likeliest first."""

    entries: list[HitAnswer]


class AskedAnswer(Answer):
    """The lists that QuickBooks is asked for."""

    asked_for: list[ListKind]


class FateAnswer(Answer):
    """What became of a ListID."""

    list_id: str
    standing: Standing
    entry: EntryAnswer | None
    former_names: list[str]
    gone_at: datetime | None
    perhaps_merged_into: list[EntryAnswer]


class MappingAnswer(Answer):
    """What was said of a word."""

    id: int
    kind: WordKind
    word: str
    connection: int | None = Field(description="Whose word it is; null: that of all.")
    decision: Decision
    list_id: str | None
    name: str | None
    by: str
    changed_at: datetime


class ListedMappingAnswer(MappingAnswer):
    """The same with the name that the entry has now, or why it cannot be used."""

    name_now: str | None
    problem: Mistake | None


class MappingsAnswer(Answer):
    """A page of mappings."""

    mappings: list[ListedMappingAnswer]
    next: int | None


class WentOnAnswer(Answer):
    """What became of the documents that waited."""

    submitted: int
    waiting: int
    left_out: int


class MappedAnswer(MappingAnswer):
    """A mapping that was made or taken back now."""

    documents: WentOnAnswer


class WaitingWordAnswer(Answer):
    """A word that keeps documents waiting."""

    kind: WordKind
    word: str
    connection: int | None
    title: str = ""
    number: str = ""
    email: str = ""
    documents: int
    code: str
    message: str


class WaitingAnswer(Answer):
    """Every word that keeps documents waiting."""

    waiting: list[WaitingWordAnswer]


class SuggestionAnswer(Answer):
    """What a word may stand for."""

    list_id: str
    name: str
    reason: str
    likeness: float
    sure: bool


class SuggestedAnswer(WaitingWordAnswer):
    """A word with what it may stand for."""

    entries: list[SuggestionAnswer]


class SuggestionsAnswer(Answer):
    """Words with what they may stand for."""

    suggestions: list[SuggestedAnswer]


class TakenAnswer(Answer):
    """What was said or taken back together."""

    batch: str | None
    mappings: list[MappingAnswer]
    documents: WentOnAnswer


class RowChangeAnswer(Answer):
    """What a row of a file changes."""

    line: int
    effect: Effect
    kind: str
    word: str
    before: str
    after: str
    problem: str


class ImportedAnswer(Answer):
    """What a file of mappings changes."""

    changes: list[RowChangeAnswer]
    applied: bool
