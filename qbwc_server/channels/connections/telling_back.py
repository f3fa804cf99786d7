"""Tells a system upstream what became of what it brought: each change at least once, always under the same key.

What changed is written down first, together with how far the history was read. It is told outside of transactions, and
what upstream took is marked behind that: whoever dies in between tells it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, RecordDocument, ToldBack
from qbwc_server.channels.connections.setting_up import ChannelBroke
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.tellings import Became, Push, Telling
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentEvent, DocumentRow
from qbwc_server.errors import QbwcError
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.models import Company

log = structlog.get_logger(__name__)

BECAME = {
    State.POSTED: Became.POSTED,
    State.FAILED: Became.FAILED,
    State.HELD: Became.NEEDS_A_PERSON,
    State.FOR_REVIEW: Became.NEEDS_A_PERSON,
    State.EXCLUDED: Became.EXCLUDED,
    State.WITHDRAWN: Became.WITHDRAWN,
}
"""What is on its way is told once it has arrived."""
_SHORT = 12  # hexadecimal digits of a digest in a key
_STEPS = 1_000  # of the history that are read at once
_AT_A_TIME = 100  # documents that are told together
_Pair = tuple[DocumentRow, str]


class TellingBack:
    """One run's telling; ``tell`` says how many were told, and how many upstream did not take."""

    def __init__(
        self,
        database: Database,
        company: Company,
        connection: Connection,
        push: Push,
        options: Any,
        *,
        guard: Callable[[Session], None],
        go_on: Callable[[], None],
    ) -> None:
        """``guard`` is called in every transaction, ``go_on`` before each; both end the work by raising."""
        self._database, self._company, self._connection = database, company, connection
        self._push, self._options, self._guard, self._go_on = push, options, guard, go_on

    def tell(self, upstream: Upstream) -> tuple[int, int]:
        """Write down what has changed, and tell what waits. Raises UpstreamError; what was taken is told."""
        self._write_down()
        told, left, after_id = 0, 0, 0
        while rows := self._waiting(after_id):
            self._go_on()
            after_id = rows[-1].id
            taken = self._tell(upstream, rows)
            told, left = told + taken, left + len(rows) - taken
        return told, left

    def _write_down(self) -> None:
        with self._database.transaction() as db:
            self._guard(db)
            lock(db, self._company)  # behind it every step of the history up to the last is there to be read
            mark = db.get_one(Connection, self._connection.id).told_until
            last = db.scalar(select(func.max(DocumentEvent.id))) or 0
        steps = self._all_brought() if mark is None else self._changed(mark, last)
        for _ in steps:
            self._go_on()
        with self._database.transaction() as db:
            self._guard(db)
            db.get_one(Connection, self._connection.id).told_until = last

    def _all_brought(self) -> Iterator[None]:
        """Everything that the connection has brought so far."""
        after_id: int | None = 0
        while after_id is not None:
            with self._database.transaction() as db:
                self._guard(db)
                lock(db, self._company)
                found = db.scalars(
                    select(RecordDocument.id)
                    .where(RecordDocument.connection_id == self._connection.id, RecordDocument.id > after_id)
                    .order_by(RecordDocument.id)
                    .limit(_STEPS)
                ).all()
                _note(db, self._connection, _pairs(db, self._connection, RecordDocument.id.in_(found)))
                after_id = found[-1] if found else None
            yield

    def _changed(self, mark: int, last: int) -> Iterator[None]:
        """What moved since, by the history: the newest counts."""
        while mark < last:
            with self._database.transaction() as db:
                self._guard(db)
                lock(db, self._company)
                steps = db.execute(
                    select(DocumentEvent.id, DocumentEvent.document_id)
                    .where(
                        DocumentEvent.id > mark,
                        DocumentEvent.id <= last,
                        DocumentEvent.company_id == self._company.id,
                    )
                    .order_by(DocumentEvent.id)
                    .limit(_STEPS)
                ).all()
                moved = {document_id for _, document_id in steps}
                _note(db, self._connection, _pairs(db, self._connection, DocumentRow.id.in_(moved)))
                mark = steps[-1][0] if len(steps) == _STEPS else last
            yield

    def _waiting(self, after_id: int) -> Sequence[ToldBack]:
        with self._database.reading() as db:
            return db.scalars(
                select(ToldBack)
                .where(ToldBack.connection_id == self._connection.id, ToldBack.waits.is_(True), ToldBack.id > after_id)
                .order_by(ToldBack.id)
                .limit(_AT_A_TIME)
            ).all()

    def _tell(self, upstream: Upstream, rows: Sequence[ToldBack]) -> int:
        """How many of these upstream has taken."""
        by_key = {row.body["key"]: row for row in rows if row.body is not None}
        taken: list[ToldBack] = []
        try:
            for key in self._push(self._options, upstream, [Telling.of(row.body) for row in rows if row.body]):
                if (row := by_key.pop(key, None)) is not None:
                    taken.append(row)
        except QbwcError:
            self._mark(taken)
            raise
        except Exception as error:
            self._go_on()  # it may be the end of the run that the channel has caught
            log.exception("channel broke", code=ChannelBroke.code, connection_id=self._connection.id)
            self._mark(taken)
            raise ChannelBroke.over(error) from error
        self._mark(taken)
        return len(taken)

    def _mark(self, taken: Sequence[ToldBack]) -> None:
        """They are told, unless something has changed meanwhile."""
        if not taken:
            return
        with self._database.transaction() as db:
            self._guard(db)
            for row in taken:
                as_it_was = ToldBack.id == row.id, ToldBack.event_id == row.event_id
                db.execute(update(ToldBack).where(*as_it_was).values(waits=False, body=None))


def _pairs(db: Session, connection: Connection, *which: Any) -> list[_Pair]:
    """Documents that the connection brought, each with the group of its facts."""
    brought = (RecordDocument.company_id == DocumentRow.company_id) & (RecordDocument.origin == DocumentRow.origin)
    rows = db.execute(
        select(DocumentRow, RecordDocument.group_key)
        .join(RecordDocument, brought)
        .where(DocumentRow.company_id == connection.company_id, RecordDocument.connection_id == connection.id, *which)
        .order_by(DocumentRow.id)
        .execution_options(populate_existing=True)
    )
    return [(row, group) for row, group in rows]


def _note(db: Session, connection: Connection, pairs: Sequence[_Pair]) -> None:
    """Write down what is to be told of these documents, where it is something else than what was told last."""
    if not pairs:
        return
    of_ids = DocumentEvent.document_id.in_([row.id for row, _ in pairs])
    steps = select(DocumentEvent.document_id, func.max(DocumentEvent.id).label("last")).where(of_ids)
    last = {one.document_id: one.last for one in db.execute(steps.group_by(DocumentEvent.document_id))}
    origins = [row.origin for row, _ in pairs]
    known = db.scalars(
        select(ToldBack).where(ToldBack.connection_id == connection.id, ToldBack.origin.in_(origins))
    ).all()
    by_origin = {one.origin: one for one in known}
    for row, group in pairs:
        if row.state not in BECAME:
            continue
        event_id = last.get(row.id, 0)
        record = _telling(row, group).as_record()
        digest = _digest(record)
        kept = by_origin.get(row.origin)
        if kept is None:
            kept = ToldBack(company_id=connection.company_id, connection_id=connection.id, origin=row.origin)
            db.add(kept)
        elif kept.digest == digest:
            continue
        record["key"] = f"{row.id}-{event_id}-{digest[:_SHORT]}"  # the last part: an older database counts again
        kept.event_id, kept.body, kept.digest, kept.waits = event_id, record, digest, True
    db.flush()


def _telling(row: DocumentRow, group: str) -> Telling:
    """What is told of it, its key still left out."""
    became = BECAME[row.state]
    stands = became is Became.POSTED
    return Telling(
        key="",
        origin=row.origin,
        group=group,
        became=became,
        at=row.changed_at,
        kind=row.kind,
        revision=row.revision,
        txn_id=row.txn_id,
        number=row.posted_number if stands else row.number,
        total=row.posted_total if stands else row.total,
        code=None if stands else row.reason,
        message=None if stands else row.message,
    )


def _digest(record: dict[str, Any]) -> str:
    """Of what is told, whenever and under whichever key."""
    told = {name: value for name, value in record.items() if name not in ("key", "at")}
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
