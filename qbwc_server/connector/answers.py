"""Answers of QuickBooks: each to the reader of its purpose; then what is missing, doubted, or came too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import UUID

from qbwc_server.posting import readers as posting
from qbwc_server.posting.outcome.outcome import Counts, Work
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.transactions import DETAILS
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml import Answer, MissingElement, ParseError, read_answers


def _read_greeting(work: Work, row: RequestRow, answer: Answer) -> None:
    work.settle(row, Event.DONE, code=answer.status_code)


READERS: dict[Purpose, Callable[[Work, RequestRow, Answer], None]] = {
    **posting.READERS,
    Purpose.GREETING: _read_greeting,
}


@dataclass
class Applied:
    """What an answer document brought."""

    counts: Counts
    broken: str | None = None  # why the document could not be read to its end
    unanswered: int = 0
    strays: int = 0
    late_only: bool = False  # it answered nothing of the set that is owed, only earlier requests
    answered_ids: set[UUID] = field(default_factory=set)


def read(
    work: Work, applied: Applied, rows: dict[UUID, RequestRow], open_answer: Callable[[], BinaryIO]
) -> dict[UUID, None]:
    """Read the document once for ``rows``; returns the ids of answers to other requests."""
    work.expect(list(rows.values()))
    strays: dict[UUID, None] = {}
    try:
        with open_answer() as source:
            for answer in read_answers(source, skip=_unread(rows)):
                request_id = _uuid(answer.request_id)
                row = None if request_id is None else rows.get(request_id)
                if row is not None:
                    try:
                        with work.one_answer():
                            READERS[Purpose(row.purpose)](work, row, answer)
                    except MissingElement as error:  # it says nothing that can be used; the others do
                        applied.broken = str(error)
                    else:
                        applied.answered_ids.add(row.id)
                elif request_id is not None and request_id not in applied.answered_ids:
                    strays[request_id] = None
    except ParseError as error:
        applied.broken = str(error)
    return strays


def _unread(rows: dict[UUID, RequestRow]) -> frozenset[str]:
    """Parts of objects that nobody looks at: of what was just written, id, number, total and line ids say all."""
    only_written = all(row.purpose in (Purpose.POST, Purpose.CREATE) for row in rows.values())
    return DETAILS if only_written else frozenset()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
