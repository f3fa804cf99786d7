"""Connection, how far each of its streams is, its runs, its records, and the documents that came of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, Money, UtcDateTime, Whole, Words
from qbwc_server.errors import Notice
from qbwc_server.tenancy.actor import Actor, ActorColumn
from qbwc_server.tenancy.sealing import Sealed, SealedColumn

MAX_RECORD_CHARACTERS = 1_000_000  # of one fact, as JSON
LONGEST_KEY = 200  # characters of what upstream calls a fact, or a group of them
_UNDER_WAY = text(f"outcome = '{RunOutcome.UNDER_WAY}' AND file IS NULL")
_WAITS = text("waits")
_UNDRAFTED = text(f"state <> '{RecordState.DRAFTED}' AND state <> '{RecordState.KEPT}'")


class Connection(Base):
    """One channel switched on for one company."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("company_id", "channel", "account"),)  # connected again, it is the same one

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Exact(40))
    account: Mapped[str] = mapped_column(Exact(200))  # which one upstream, as its channel says it
    title: Mapped[str] = mapped_column(Cut(100))  # what people call it
    options: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # without secrets
    sealed: Mapped[Sealed | None] = mapped_column(SealedColumn)  # its secrets: names and values as JSON
    state: Mapped[ConnectionState] = mapped_column(EnumValue(ConnectionState), index=True)
    every_minutes: Mapped[int] = mapped_column(Integer)
    submits: Mapped[bool]  # documents without problems are submitted at once; else a person looks at them
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nothing that changed before is asked for
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by a person, where its channel has a start
    started_as: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # what was chosen then and has to stay so
    looked: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # what upstream said before the start
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)  # upstream asked for patience until then
    told_until: Mapped[int | None] = mapped_column(Key)  # step of the history up to which upstream is told; None: never
    code: Mapped[str | None] = mapped_column(Cut(60))  # why it does not run as it should
    message: Mapped[str | None] = mapped_column(Words(2000))
    advice: Mapped[str | None] = mapped_column(Words(2000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def tell(self, notice: Notice | None) -> None:
        """Why it does not run as it should; None: nothing is in its way."""
        self.code, self.message, self.advice = (
            (None, None, None) if notice is None else (notice.code, notice.message, notice.advice)
        )


class StreamMark(Base):
    """How far a stream of a connection is: all that changed before ``complete_until`` is here."""

    __tablename__ = "stream_marks"
    __table_args__ = (UniqueConstraint("connection_id", "stream"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    stream: Mapped[str] = mapped_column(Exact(40))
    complete_until: Mapped[datetime] = mapped_column(UtcDateTime)


class ConnectionRun(Base):
    """One run of a connection, and while it is under way the proof that it is the only one.

    Every transaction of the run writes its row, and finds out so whether another has taken its place. Uploads go on
    side by side: each is the run of its own file.
    """

    __tablename__ = "connection_runs"
    __table_args__ = (
        Index(
            "one_run_under_way_per_connection",
            "connection_id",
            unique=True,
            postgresql_where=_UNDER_WAY,
            sqlite_where=_UNDER_WAY,
        ),
        Index("ix_connection_runs_connection", "connection_id", "id"),
        Index("ix_connection_runs_ended", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    by: Mapped[Actor] = mapped_column(ActorColumn)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it last did something
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[RunOutcome] = mapped_column(EnumValue(RunOutcome))
    file: Mapped[str | None] = mapped_column(Cut(255))  # the name of what was uploaded; None: upstream was asked
    windows: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # {"orders": {"since": ..., "until": ...}}
    pages: Mapped[int] = mapped_column(Integer, default=0)
    new: Mapped[int] = mapped_column(Integer, default=0)  # records of facts that were not here
    changed: Mapped[int] = mapped_column(Integer, default=0)  # records of another version of a known fact
    known: Mapped[int] = mapped_column(Integer, default=0)
    set_aside: Mapped[int] = mapped_column(Integer, default=0)  # records and pages
    documents: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # counts of the intake
    code: Mapped[str | None] = mapped_column(Cut(60))  # of what went wrong
    message: Mapped[str | None] = mapped_column(Words(2000))  # with upstream's own words, shortened
    advice: Mapped[str | None] = mapped_column(Words(2000))


class Record(Base):
    """One fact in one version as upstream told it, never edited. Its body goes after a time, its digest stays."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("connection_id", "stream", "source_key", "version"),
        Index("ix_records_group", "connection_id", "group_key"),
        Index("ix_records_undrafted", "connection_id", "id", postgresql_where=_UNDRAFTED, sqlite_where=_UNDRAFTED),
        Index(
            "ix_records_with_body",
            "received_at",
            "id",
            postgresql_where=text("body IS NOT NULL"),
            sqlite_where=text("body IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    run_id: Mapped[int] = mapped_column(Key)  # that brought it first
    stream: Mapped[str] = mapped_column(Exact(40))
    source_key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))
    version: Mapped[str] = mapped_column(Exact(120))  # moment, sequence and digest: sorts as the versions follow
    group_key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))  # what is drafted together
    gone: Mapped[bool]
    body: Mapped[str | None] = mapped_column(Whole("MAX_RECORD_CHARACTERS"))  # canonical JSON
    digest: Mapped[str] = mapped_column(Exact(64))  # SHA-256 of the body
    state: Mapped[RecordState] = mapped_column(EnumValue(RecordState))
    code: Mapped[str | None] = mapped_column(Cut(60))  # why it is set aside, or waits
    message: Mapped[str | None] = mapped_column(Words(500))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordDocument(Base):
    """Of which group of records a document came: the pair that is found again after disconnecting."""

    __tablename__ = "record_documents"
    __table_args__ = (
        UniqueConstraint("connection_id", "origin"),
        Index("ix_record_documents_group", "connection_id", "group_key"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    group_key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))
    origin: Mapped[str] = mapped_column(Exact(120))
    follows: Mapped[str | None] = mapped_column(Exact(120))  # origin of the document that it follows, if it does


class ConnectionFigure(Base):
    """An amount of a day as the source tells it, or as a document that came of it should; see ``contract.Figure``."""

    __tablename__ = "connection_figures"
    __table_args__ = (
        Index("ix_connection_figures_group", "connection_id", "group_key"),
        Index("ix_connection_figures_day", "connection_id", "day", "part"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    group_key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(Exact(20))
    way: Mapped[str] = mapped_column(Cut(60))
    place: Mapped[str] = mapped_column(Cut(60))
    place_name: Mapped[str] = mapped_column(Cut(100))
    amount: Mapped[Decimal] = mapped_column(Money)
    source: Mapped[str] = mapped_column(Cut(LONGEST_KEY))  # what tells of it, such as an order
    called: Mapped[str] = mapped_column(Cut(100))
    origin: Mapped[str] = mapped_column(Exact(120))  # of the document that says it; empty: the source itself
    kind: Mapped[str] = mapped_column(Exact(20))  # what that document has to be


class ToldBack(Base):
    """What a system upstream is told last of one document that it brought."""

    __tablename__ = "told_back"
    __table_args__ = (
        UniqueConstraint("connection_id", "origin"),
        Index("ix_told_back_waits", "connection_id", "id", postgresql_where=_WAITS, sqlite_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(Exact(120))
    event_id: Mapped[int] = mapped_column(Key)  # the step of the history that made it so
    digest: Mapped[str] = mapped_column(Exact(64))  # SHA-256 of what is told, but for its key and time
    body: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # as it is told; None: upstream has taken it
    waits: Mapped[bool]
