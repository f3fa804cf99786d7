"""What is kept of the lists of a company file: entries, their former names, their words, how far each list is read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, SortKey, UtcDateTime, Words
from qbwc_server.list_kinds import ListKind

LONGEST_NAME = 255
LONGEST_WORD = 60  # characters of a word that is searched by, also of an e-mail address


class Gone(StrEnum):
    """Why an entry does not stand in its list any more."""

    DELETED = "deleted"  # QuickBooks tells when: somebody deleted it, or merged it into another one
    MISSING = "missing"  # QuickBooks does not have it, and does not say since when


class Reading(StrEnum):
    """How a list is read."""

    WHOLE = "whole"
    CHANGES = "changes"  # what QuickBooks changed since it was read last


class MirrorEntry(Base):
    """An entry of a list, as QuickBooks told it last. One that is gone stays: it can be told what became of it."""

    __tablename__ = "mirror_entries"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "list_id"),
        Index("ix_mirror_entries_name", "company_id", "kind", "name_key"),
        Index("ix_mirror_entries_search", "company_id", "search_key", "kind"),
        Index("ix_mirror_entries_changed", "company_id", "changed_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[ListKind] = mapped_column(EnumValue(ListKind))
    list_id: Mapped[str] = mapped_column(Exact(40))
    full_name: Mapped[str] = mapped_column(Cut(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(Cut(LONGEST_NAME))  # full name as QuickBooks compares it: in lower case
    search_key: Mapped[str] = mapped_column(SortKey(LONGEST_NAME))  # as people compare it, see ``keys``
    parent_id: Mapped[str | None] = mapped_column(Cut(40))  # ListID of the entry above it
    entry_type: Mapped[str | None] = mapped_column(Cut(40))  # of an item, account, template ...: QuickBooks' word
    active: Mapped[bool]
    email: Mapped[str | None] = mapped_column(Cut(LONGEST_NAME))
    number: Mapped[str | None] = mapped_column(Cut(100))  # account number of a party or account, part number of an item
    company_name: Mapped[str | None] = mapped_column(Cut(100))
    time_modified: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by the clock of QuickBooks
    rest: Mapped[dict[str, Any]] = mapped_column(JsonRecord)
    gone: Mapped[Gone | None] = mapped_column(EnumValue(Gone))
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by the clock of QuickBooks, where it tells
    seen_in: Mapped[int] = mapped_column(Integer)  # number of the reading that showed it last
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was found new, renamed, (in)active or gone


class FormerName(Base):
    """A full name that an entry had until it was renamed, or stood below another one."""

    __tablename__ = "mirror_former_names"
    __table_args__ = (Index("ix_mirror_former_names_name", "company_id", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("mirror_entries.id", ondelete="CASCADE"), index=True)
    full_name: Mapped[str] = mapped_column(Cut(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(Cut(LONGEST_NAME))
    until: Mapped[datetime] = mapped_column(UtcDateTime)  # when the other name was read


class EntryWord(Base):
    """A word by which an entry is found: of its name or company name, the whole name in one, its e-mail, its number."""

    __tablename__ = "mirror_words"
    __table_args__ = (
        Index("ix_mirror_words_word", "company_id", "word", "kind", "entry_id"),
        Index("ix_mirror_words_backwards", "company_id", "backwards", "kind"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("mirror_entries.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(SortKey(LONGEST_WORD), primary_key=True)
    backwards: Mapped[str] = mapped_column(SortKey(LONGEST_WORD))  # the word from its end
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[ListKind] = mapped_column(EnumValue(ListKind))


class MirrorList(Base):
    """How far a list has been read, and how it is being read now."""

    __tablename__ = "mirror_lists"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ListKind] = mapped_column(EnumValue(ListKind), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)  # of the latest reading, counted from 1
    wanted: Mapped[Reading | None] = mapped_column(EnumValue(Reading))  # a reading that has not begun
    reading: Mapped[Reading | None] = mapped_column(EnumValue(Reading))  # the one under way
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the one under way
    shown: Mapped[int] = mapped_column(Integer)  # entries that it has shown
    remaining: Mapped[int | None] = mapped_column(Integer)  # entries that QuickBooks said were still to come
    mark: Mapped[str | None] = mapped_column(Cut(LONGEST_NAME))  # the name that it showed last
    restarts: Mapped[int] = mapped_column(Integer)  # times that it had to begin again
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when what is known was asked for
    whole_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when all of it was asked for
    newest: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last change known, by the clock of QuickBooks
    capacity: Mapped[int | None] = mapped_column(Integer)  # entries that the file takes, where it has told
    trouble: Mapped[str | None] = mapped_column(Words(500))  # why the latest reading came to nothing
