"""Open work: what a person has to see to, whether or not a document waits for it, until it is done or dismissed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, JsonRecord, Key, UtcDateTime, Words
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.actor import Actor, ActorColumn

LONGEST_KEY = 200
_AT_A_TIME = 500  # keys in one statement


class WorkKind(StrEnum):
    """What there is to see to. Each value is part of the API."""

    TOTAL_DIFFERS = "total_differs"  # QuickBooks came to another total than the document
    EDITED_IN_QUICKBOOKS = "edited_in_quickbooks"  # a posted document is not as it was left
    TYPED_BESIDE = "typed_beside"  # somebody entered the same number for the same party beside ours
    GONE_FROM_QUICKBOOKS = "gone_from_quickbooks"  # a posted document was voided or deleted by somebody there
    KEPT_ON_INVOICE = "kept_on_invoice"  # lines of others with an item of ours stay on an invoice that was found
    STAYS_IN_QUICKBOOKS = "stays_in_quickbooks"  # a revision took something away that QuickBooks keeps
    CREDIT_MEMO_WANTED = "credit_memo_wanted"  # a sale that is here was cancelled at its source
    PAYMENT_UNAPPLIED = "payment_unapplied"  # what was paid on a document that was voided belongs to nothing
    PAYMENT_WANTED = "payment_wanted"  # a source kept money for which there is no sale
    NAMES_FELL_TOGETHER = "names_fell_together"  # two names upstream are one name in QuickBooks
    ENTRY_RENAMED = "entry_renamed"  # a list entry has another name in QuickBooks now, or was merged or deleted there
    OTHER_ENTRY = "other_entry"  # a posted document stands there for another entry of the name than the one known here
    ENTRY_INACTIVE = "entry_inactive"  # a list entry that documents name is inactive in QuickBooks
    CONNECTION_TROUBLE = "connection_trouble"  # a connection needs a key, or has failed for long
    RECORDS_SET_ASIDE = "records_set_aside"  # what a connection brought could not be used
    BILLING_NEEDS_YOU = "billing_needs_you"  # from the day before on: what keeps a billing day from going by itself
    MAPPING_LOST = "mapping_lost"  # what a word of a source stands for is inactive or gone in QuickBooks
    KEYS_LEFT = "keys_left"  # somebody who may make no keys any more has made some that still open
    REQUEST_UNKNOWN = "request_unknown"  # what became of a change that a program asked for, nobody knows
    UNKNOWN_MARK = "unknown_mark"  # QuickBooks holds a transaction with a mark of ours that is not known here


GONE_WORK = (WorkKind.CREDIT_MEMO_WANTED, WorkKind.STAYS_IN_QUICKBOOKS)  # of what is gone at its source, by its id


class Ended(StrEnum):
    """How an item ended."""

    DONE = "done"  # a person has seen to it
    DISMISSED = "dismissed"  # a person says that nothing is to be done
    SETTLED = "settled"  # it does not hold any more


class OpenWork(Base):
    """One thing to see to. There is never more than one open item of the same kind about the same thing."""

    __tablename__ = "open_work"
    __table_args__ = (
        Index(
            "one_open_item_each",
            "company_id",
            "work",
            "key",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_open_work_document", "document_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    work: Mapped[WorkKind] = mapped_column(EnumValue(WorkKind))
    key: Mapped[str] = mapped_column(Cut(LONGEST_KEY))  # what it is about
    message: Mapped[str] = mapped_column(Words(2000))
    advice: Mapped[str] = mapped_column(Words(2000))
    detail: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[Ended | None] = mapped_column(EnumValue(Ended))
    ended_by: Mapped[Actor | None] = mapped_column(ActorColumn)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person has to see to, as whoever found it says it.

    ``key`` tells what it is about, within its kind of work: found again, it is the same item.
    """

    work: WorkKind
    key: str
    message: str
    advice: str
    document_id: int | None = None
    detail: Mapping[str, Any] | None = None


class AlreadyEnded(Conflict):
    """This has been seen to already."""

    code = "work_ended"


def note_work(db: Session, company_id: int, findings: Sequence[Finding], *, now: datetime) -> list[OpenWork]:
    """Open an item for each finding; what is open already is told in the new words. Call it under the lock."""
    if not findings:
        return []
    open_ones = {
        (item.work, item.key): item
        for item in db.scalars(
            select(OpenWork).where(
                OpenWork.company_id == company_id,
                OpenWork.ended_at.is_(None),
                OpenWork.work.in_({finding.work for finding in findings}),
                OpenWork.key.in_({finding.key[:LONGEST_KEY] for finding in findings}),
            )
        )
    }
    items = []
    for finding in findings:
        key = finding.key[:LONGEST_KEY]
        item = open_ones.get((finding.work, key))
        if item is None:
            item = open_ones[finding.work, key] = OpenWork(
                company_id=company_id, work=finding.work, key=key, document_id=finding.document_id, found_at=now
            )
            db.add(item)
        item.message, item.advice = finding.message, finding.advice
        item.detail = dict(finding.detail) if finding.detail else None
        items.append(item)
    db.flush()
    return items


def known_keys(db: Session, company_id: int, work: WorkKind, keys: Collection[str]) -> set[str]:
    """Which of these were ever found, whatever became of it."""
    found: set[str] = set()
    wanted = [key[:LONGEST_KEY] for key in keys]
    for start in range(0, len(wanted), _AT_A_TIME):
        some = wanted[start : start + _AT_A_TIME]
        found.update(
            db.scalars(
                select(OpenWork.key).where(
                    OpenWork.company_id == company_id, OpenWork.work == work, OpenWork.key.in_(some)
                )
            )
        )
    return found


def ended_by_people(db: Session, company_id: int, work: WorkKind, keys: Collection[str]) -> set[str]:
    """Which of these a person has called done or dismissed."""
    if not keys:
        return set()
    return set(
        db.scalars(
            select(OpenWork.key).where(
                OpenWork.company_id == company_id,
                OpenWork.work == work,
                OpenWork.key.in_({key[:LONGEST_KEY] for key in keys}),
                OpenWork.ended.in_((Ended.DONE, Ended.DISMISSED)),
            )
        )
    )


def ended_by_a_person(db: Session, company_id: int, finding: Finding) -> bool:
    """Whether a person has called this done or dismissed it, said in the same words."""
    item = db.scalar(
        select(OpenWork)
        .where(
            OpenWork.company_id == company_id,
            OpenWork.work == finding.work,
            OpenWork.key == finding.key[:LONGEST_KEY],
        )
        .order_by(OpenWork.id.desc())
        .limit(1)
    )
    by_a_person = item is not None and item.ended in (Ended.DONE, Ended.DISMISSED)
    return by_a_person and item is not None and item.message == finding.message


def settle_work(db: Session, company_id: int, work: WorkKind, keys: Collection[str], *, now: datetime) -> None:
    """What was found does not hold any more."""
    if keys:
        db.execute(
            update(OpenWork)
            .where(
                OpenWork.company_id == company_id,
                OpenWork.work == work,
                OpenWork.key.in_({key[:LONGEST_KEY] for key in keys}),
                OpenWork.ended_at.is_(None),
            )
            .values(ended_at=now, ended=Ended.SETTLED)
        )


def end_work(db: Session, company_id: int, item_id: int, ended: Ended, *, by: Actor, now: datetime) -> OpenWork:
    """A person says that an item is done, or dismisses it.

    Raises:
        NotFound: this company has no such item.
        AlreadyEnded: it is not open any more.
    """
    item = db.get(OpenWork, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.company_id != company_id:
        raise NotFound(f"There is no open work {item_id} in this company.")
    if item.ended_at is not None:
        raise AlreadyEnded(f"Open work {item_id} was {item.ended} already.")
    item.ended, item.ended_at, item.ended_by = ended, now, by
    return item


def open_work(
    db: Session, company_id: int, *, work: WorkKind | None = None, after_id: int = 0, limit: int = 100
) -> list[OpenWork]:
    """What is open, oldest first, a page at a time."""
    query = select(OpenWork).where(
        OpenWork.company_id == company_id, OpenWork.ended_at.is_(None), OpenWork.id > after_id
    )
    if work is not None:
        query = query.where(OpenWork.work == work)
    return list(db.scalars(query.order_by(OpenWork.id).limit(limit)))


def open_work_of(db: Session, document_id: int) -> list[OpenWork]:
    """What is open about one document."""
    return list(
        db.scalars(
            select(OpenWork)
            .where(OpenWork.document_id == document_id, OpenWork.ended_at.is_(None))
            .order_by(OpenWork.id)
        )
    )


def count_open_work(db: Session, company_id: int) -> dict[WorkKind, int]:
    """How much is open, by kind of work."""
    rows = db.execute(
        select(OpenWork.work, func.count().label("number"))
        .where(OpenWork.company_id == company_id, OpenWork.ended_at.is_(None))
        .group_by(OpenWork.work)
    )
    return {row.work: row.number for row in rows}
