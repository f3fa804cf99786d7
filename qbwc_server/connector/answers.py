"""Answers of QuickBooks: read outside of any transaction, then worked in, each by the reader of its purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from traceback import extract_tb
from typing import BinaryIO
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from qbwc_server.asked import reading as asked
from qbwc_server.books.costs import writing as costs
from qbwc_server.books.mirror import reading as mirror
from qbwc_server.posting import readers as posting
from qbwc_server.posting.doubt.sieve import Sieve
from qbwc_server.posting.outcome.outcome import Counts, Work
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.transactions import DETAILS
from qbwc_server.queue.reply import Reply, request_id_of
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Ended, Event, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Aggregate, Answer, MissingElement, ParseError, read_answers

log = structlog.get_logger()

DATABASE_FAILED = (OperationalError, InterfaceError)  # not what is to be written, but the database itself

_MOST_KEPT = 50_000  # objects of one answer document
_MOST_ANSWERS = 10_000  # in one document, of which a set of ours holds a few hundred at most
_MOST_STRAYS = 1_000


def _read_greeting(work: Work, row: RequestRow, reply: Reply) -> None:
    work.settle(row, Event.DONE, reply)


READERS: dict[str, posting.Reader] = {
    **posting.READERS,
    **mirror.READERS,
    **costs.READERS,
    **asked.READERS,
    Purpose.GREETING: _read_greeting,
}


@dataclass
class Received:
    """What an answer document says, as typed objects, in bounded memory."""

    replies: list[tuple[UUID, Reply]] = field(default_factory=list)  # in its order
    broken: str | None = None  # why the document could not be read to its end
    strays: dict[UUID, None] = field(default_factory=dict)  # requests that it answers beside those asked for
    _kept: int = 0

    def read(
        self, open_answer: Callable[[], BinaryIO], rows: Iterable[RequestRow], sieves: Mapping[UUID, Sieve]
    ) -> None:
        """Read the document from its beginning to its end, and keep the answers to these requests.

        Args:
            sieves: which objects of an answer matter; all do where there is none.
        """
        known = {row.id: row for row in rows}
        try:
            with open_answer() as source:
                for answer in read_answers(source, skip=_unread(known)):
                    self._take(answer, known, sieves)
        except ParseError as error:
            self.broken = str(error)
        except Exception as error:  # noqa: BLE001  # what was read before is an answer all the same
            log_breakdown(error)
            self.broken = f"it could not be read ({type(error).__name__})"

    def _take(self, answer: Answer, known: Mapping[UUID, RequestRow], sieves: Mapping[UUID, Sieve]) -> None:
        request_id = request_id_of(answer)
        if request_id is None:
            return
        if request_id not in known:
            if len(self.strays) < _MOST_STRAYS:
                self.strays[request_id] = None
        elif len(self.replies) < _MOST_ANSWERS:
            try:
                self.replies.append((request_id, self._reply(answer, sieves.get(request_id))))
            except MissingElement as error:  # it says nothing that can be used; the others do
                self.broken = str(error)

    def _reply(self, answer: Answer, matters: Sieve | None) -> Reply:
        kept: list[Aggregate] = []
        shown, whole = 0, True
        for ret in answer.rets:
            shown += 1
            if matters is None or matters(ret):
                whole = whole and self._kept + len(kept) < _MOST_KEPT
                if whole:
                    kept.append(ret)
        self._kept += len(kept)
        return Reply.of(answer, tuple(kept), shown=shown, whole=whole)


def _unread(rows: Mapping[UUID, RequestRow]) -> frozenset[str]:
    """Parts of objects that nobody looks at."""
    only_written = all(row.purpose in (Purpose.POST, Purpose.CREATE) for row in rows.values())
    return DETAILS if only_written else frozenset()


@dataclass
class Applied:
    """What an answer document brought."""

    counts: Counts = field(default_factory=Counts)
    broken: str | None = None  # why it could not be read to its end
    unanswered: int = 0
    late_only: bool = False  # it answered nothing of the set that is owed, only earlier requests
    answered: set[UUID] = field(default_factory=set)
    states: dict[UUID, RequestState] = field(default_factory=dict)
    uncertain: list[RequestRow] = field(default_factory=list)


def work_in(
    db: Session, company: Company, rows: list[RequestRow], received: Received, now: datetime, *, one_by_one: bool
) -> Applied:
    """Let each reply be read by the reader of its purpose.

    Replies are matched by request id alone, so one that comes late or for the second time finds its own request.

    Args:
        rows: the requests of the set that is owed; empty when none is, as with an answer that comes late.
        one_by_one: each reply by itself, so that one that cannot be written down leaves the others alone.
    """
    applied = Applied(broken=received.broken, states={row.id: row.state for row in rows})
    owed = {row.id: row for row in rows}
    others = {request_id for request_id, _ in received.replies} - owed.keys()
    late = {row.id: row for row in requests_by_id(db, company.id, others)} if others else {}
    replies = [(owed[key], reply) for key, reply in received.replies if key in owed]
    replies += [(late[key], reply) for key, reply in received.replies if key in late]
    if not one_by_one:
        _read(db, company, replies, late, applied, now)
        return applied
    for row, reply in replies:
        try:
            with db.begin_nested():
                _read(db, company, _as_it_stands(db, company, row, reply), late, applied, now)
        except DATABASE_FAILED:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the other replies are written down
            log_breakdown(error, row)
            with db.begin_nested():
                broken = Reply.none(Ended.BREAKDOWN)
                _read(db, company, _as_it_stands(db, company, row, broken), late, applied, now)
    return applied


def _as_it_stands(db: Session, company: Company, row: RequestRow, reply: Reply) -> list[tuple[RequestRow, Reply]]:
    """The request as the replies before have left it."""
    return [(requests_by_id(db, company.id, [row.id])[0], reply)]


def _read(
    db: Session,
    company: Company,
    replies: list[tuple[RequestRow, Reply]],
    late: Mapping[UUID, RequestRow],
    applied: Applied,
    now: datetime,
) -> None:
    work = Work(db, company, now)
    work.late.update(late)
    work.expect([row for row, _ in replies])
    answered = set(_answered(work, replies, applied))
    applied.uncertain += work.finish()
    applied.counts.add(work.counts)
    applied.answered |= answered
    applied.states |= work.states


def _answered(work: Work, replies: list[tuple[RequestRow, Reply]], applied: Applied) -> Iterator[UUID]:
    for row, reply in replies:
        try:
            with work.one_answer():
                READERS[row.purpose](work, row, reply)
        except MissingElement as error:  # it says nothing that can be used; the others do
            applied.broken = str(error)
            continue
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001  # one reader that breaks must not stop the company
            log_breakdown(error, row)
            with work.one_answer():
                READERS[row.purpose](work, row, Reply.none(Ended.BREAKDOWN))
        yield row.id


def log_breakdown(error: Exception, row: RequestRow | None = None) -> None:
    """Where it broke, but nothing of what the answer says: that is customers' data."""
    where = extract_tb(error.__traceback__)[-1]
    log.error(
        "answer could not be worked in",
        request=None if row is None else str(row.id),
        purpose=None if row is None else row.purpose,
        error=type(error).__name__,
        at=f"{where.filename.rpartition('/')[2]}:{where.lineno}",
    )
