"""Words that sources use for list entries: two words that become one name in QuickBooks are a question, once."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, Key, UtcDateTime
from qbwc_server.documents.open_work import Finding, WorkKind, ended_by_people, note_work, settle_work
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind

LONGEST_WORD = 300
ADVICE = "If both are the same, submit the document: it is not asked again. Else give one of them another name."
_Name = tuple[ListKind, str]  # list, and the name as QuickBooks compares it


class KnownWord(Base):
    """A word for an entry of QuickBooks that documents were submitted with.

    ``sure``: it is the name itself, or the entry was added under it, or a person has seen that both are the same.
    """

    __tablename__ = "known_words"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "word"),
        Index("ix_known_words_name", "company_id", "kind", "name_key"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[ListKind] = mapped_column(EnumValue(ListKind))
    name_key: Mapped[str] = mapped_column(Exact(255))  # the name that it becomes, as QuickBooks compares it
    word: Mapped[str] = mapped_column(Exact(LONGEST_WORD))
    sure: Mapped[bool]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Word:
    """A word for an entry, as a document or its source says it, and the name that it becomes in QuickBooks."""

    kind: ListKind
    name: str
    said: str
    field: str = dataclasses.field(default="", compare=False)  # where a document says it

    @property
    def text(self) -> str:
        """The word as it is compared: letters and accents put together."""
        return unicodedata.normalize("NFC", self.said)[:LONGEST_WORD]

    @property
    def is_the_name(self) -> bool:
        """Whether QuickBooks would find the entry by the word as it stands."""
        return self.text.lower() == self.name.lower()

    def steps(self) -> Iterator[Word]:
        """The word with all that stands above it: of Customer:Job, Customer and Customer:Job."""
        names, said = self.name.split(":"), self.said.split(":")
        if len(names) != len(said):
            yield self
            return
        for depth in range(1, len(names) + 1):
            yield Word(self.kind, ":".join(names[:depth]), ":".join(said[:depth]), self.field)


class Words:
    """What is known of some words; learns while their documents are gone through."""

    def __init__(self, db: Session, company_id: int, words: Iterable[Word]) -> None:
        self._db, self._company_id = db, company_id
        self._known: dict[_Name, dict[str, bool]] = {}  # words, and whether each is sure
        self._entries: dict[_Name, str] = {}  # what QuickBooks has, by its own name
        self._learnt: dict[tuple[ListKind, str], tuple[Word, bool]] = {}
        self._used: dict[str, Word] = {}  # by what a question of it is about
        self._asked: dict[str, Finding] = {}  # the same
        self._through: dict[Word, bool] = {}  # learnt already, and whether as sure: most come again and again
        names = {step.name.lower() for one in set(words) for step in one.steps()}
        if not names:
            return
        known = select(KnownWord.kind, KnownWord.name_key, KnownWord.word, KnownWord.sure).where(
            KnownWord.company_id == company_id, KnownWord.name_key.in_(names)
        )
        for row in db.execute(known):
            self._known.setdefault((row.kind, row.name_key), {})[row.word] = row.sure
        present = select(ListEntry.kind, ListEntry.name_key, ListEntry.full_name).where(
            ListEntry.company_id == company_id,
            ListEntry.name_key.in_(names),
            ListEntry.presence == Presence.PRESENT,
        )
        self._entries = {(entry.kind, entry.name_key): entry.full_name for entry in db.execute(present)}

    def question(self, one: Word) -> Problem | None:
        """Why a person should see the word before it is used, if it was not used before."""
        if one in self._through:
            return None
        for step in one.steps():
            key = step.kind, step.name.lower()
            known = self._known.get(key, {})
            if step.text in known:
                continue
            other = next(iter(known), None) or (None if step.is_the_name else self._entries.get(key))
            if other is not None:
                asked = fell_together(step, other)
                self._asked.setdefault(_about(step), open_question(step, asked))
                return asked
        return None

    def learn(self, one: Word, *, sure: bool) -> None:
        """From now on the word is known."""
        if self._through.get(one) in (sure, True):
            return
        self._through[one] = sure
        for step in one.steps():
            known = self._known.setdefault((step.kind, step.name.lower()), {})
            certain = sure or step.is_the_name
            self._used[_about(step)] = step
            if known.get(step.text) in (certain, True):
                continue
            known[step.text] = certain
            self._learnt[step.kind, step.text] = step, certain

    def tell(self, now: datetime) -> None:
        """What was asked is open work until the question is answered; what a person has ended is not opened again."""
        seen = ended_by_people(self._db, self._company_id, WorkKind.NAMES_FELL_TOGETHER, self._asked)
        found = [finding for about, finding in self._asked.items() if about not in seen]
        note_work(self._db, self._company_id, found, now=now)

    def keep(self, now: datetime) -> None:
        """Write down what was learnt; a word that became another name until now becomes this one."""
        answered = [about for about, one in self._used.items() if self._falls_together(one)]
        settle_work(self._db, self._company_id, WorkKind.NAMES_FELL_TOGETHER, answered, now=now)
        if not self._learnt:
            return
        texts = {text for _, text in self._learnt}
        before = {
            (row.kind, row.word): row
            for row in self._db.scalars(
                select(KnownWord).where(KnownWord.company_id == self._company_id, KnownWord.word.in_(texts))
            )
        }
        for (kind, text), (one, sure) in self._learnt.items():
            row = before.get((kind, text))
            if row is None:
                row = KnownWord(company_id=self._company_id, kind=kind, word=text, since=now)
                self._db.add(row)
            row.name_key, row.sure = one.name.lower(), sure
        self._learnt.clear()
        self._db.flush()

    def _falls_together(self, one: Word) -> bool:
        key = one.kind, one.name.lower()
        return len(self._known.get(key, {})) > 1 or (key in self._entries and not one.is_the_name)


def _about(one: Word) -> str:
    """What a question is about: the word and the name that it becomes."""
    return f"{one.kind.value} {one.name.lower()[:90]}: {one.text[:90]}"


def open_question(one: Word, asked: Problem) -> Finding:
    """The same question as open work."""
    return Finding(WorkKind.NAMES_FELL_TOGETHER, _about(one), asked.message, asked.advice)


def fell_together(one: Word, other: str) -> Problem:
    """Two words are one name."""
    return Problem(
        "names_fall_together",
        one.field,
        f'For QuickBooks the {one.kind.value.replace("_", " ")} "{one.said}" is the same as "{other}", which '
        f"stands in QuickBooks or on other documents.",
        ADVICE,
    )


def unsure_word(db: Session, entry: ListEntry) -> str | None:
    """A word that became the name of ``entry`` and that nobody has compared with it yet."""
    return db.scalar(
        select(KnownWord.word)
        .where(
            KnownWord.company_id == entry.company_id,
            KnownWord.kind == entry.kind,
            KnownWord.name_key == entry.name_key,
            KnownWord.sure.is_(False),
        )
        .order_by(KnownWord.id)
        .limit(1)
    )


def be_sure(db: Session, entry: ListEntry) -> None:
    """All words that became the name of ``entry`` until now mean it."""
    db.execute(
        update(KnownWord)
        .where(
            KnownWord.company_id == entry.company_id,
            KnownWord.kind == entry.kind,
            KnownWord.name_key == entry.name_key,
        )
        .values(sure=True)
    )
