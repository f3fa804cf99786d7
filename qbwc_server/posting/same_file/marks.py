"""Does the file bear marks that we do not know as sent? Then our own database is older than the file.

A database is restored from a backup, or a replica takes over that had not heard of everything: what was sent since is
queued here once more, or not known at all. Every transaction of ours bears the id of the request that entered it, so
one small question at the start of a session tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qbwc_server.asked import changes as asked
from qbwc_server.asked.asking import coming
from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, OpenWork, WorkKind, known_keys, note_work
from qbwc_server.ids import has_our_layout, new_id
from qbwc_server.posting.outcome.outcome import Work as Answers
from qbwc_server.posting.outcome.written import posted
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.pc_clock import MARGIN, NEWEST, UNKNOWN_LAG
from qbwc_server.posting.requests import OneDocument, OneKind, Purpose, ask, open_of
from qbwc_server.posting.same_file.newest import asked_in_vain
from qbwc_server.posting.same_file.twice import stands
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.submitting.forgotten import as_forgotten, forgotten, said_by, still_open, told_of
from qbwc_server.posting.submitting.looked_for import look_for_unsent
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import Mark
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml.outcome import Outcome

_NOTHING = timedelta(0)
_OFFSETS = timedelta(hours=2)  # QuickBooks is known to tell one moment with different offsets
_EACH = timedelta(hours=20)  # that often it is asked further back
_AT_A_TIME = 500  # marks looked up in one statement


def ask_for_marks(db: Session, company: Company, now: datetime) -> None:
    """At the start of a session with work: queue the question what bears a mark and was changed since we last heard."""
    if asked_in_vain(db, company, now, Purpose.MARKS):
        return
    since = _since(db, company, now)
    subjects = [OneKind(kind) for kind in _kinds(db, company.id) if TRANSACTIONS[kind].mark is not Mark.CONTENT]
    queued = open_of(db, company.id, Purpose.MARKS, subjects)
    put(
        db,
        company.id,
        [
            ask(Purpose.MARKS, subject, TRANSACTIONS[subject.kind].modified_since(since, new_id()))
            for subject in subjects
            if str(subject) not in queued
        ],
        now,
    )


def _since(db: Session, company: Company, now: datetime) -> datetime:
    """From when on it is asked: by the clock of the PC, of any that wrote for us lately, since our last writing.

    Before QuickBooks has told any time: the time before all. What is queued here for the first time may have been
    written already, and that be forgotten. Once a day it is asked further back: a set may lie in a PC that sleeps.
    """
    newest = db.execute(
        select(DocumentRow.written_at, DocumentRow.time_modified)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.written_at.is_not(None),
            DocumentRow.time_modified.is_not(None),
        )
        .order_by(DocumentRow.written_at.desc())
        .limit(NEWEST)
    ).all()
    if not newest:
        return company.created_at - UNKNOWN_LAG
    behind = min((one.time_modified - one.written_at for one in newest), default=_NOTHING)
    further = _OFFSETS if _asked_since(db, company.id, now - _EACH) else MARGIN
    heard: datetime = newest[0].written_at
    return heard + min(behind, _NOTHING) - further


def _asked_since(db: Session, company_id: int, moment: datetime) -> bool:
    lately = exists().where(
        QueuedRequest.company_id == company_id,
        QueuedRequest.purpose == Purpose.MARKS,
        QueuedRequest.created_at > moment,
    )
    return bool(db.scalar(select(lately)))


def _kinds(db: Session, company_id: int) -> Iterator[str]:
    """The kinds of document that this company has, and those that programs are about to add."""
    have = set(_kinds_of_documents(db, company_id))
    yield from have
    about_to = coming(db, company_id)
    yield from (kind for kind, rules in TRANSACTIONS.items() if kind not in have and rules.add_name in about_to)


def _kinds_of_documents(db: Session, company_id: int) -> Iterable[str]:
    """Each is found by one step along an index, all in one statement."""
    ours = DocumentRow.company_id == company_id
    found = select(func.min(DocumentRow.kind).label("kind")).where(ours).cte("kinds", recursive=True)
    following = select(func.min(DocumentRow.kind)).where(ours, DocumentRow.kind > found.c.kind).scalar_subquery()
    found = found.union_all(select(following).select_from(found).where(found.c.kind.is_not(None)))
    return db.scalars(select(found.c.kind).where(found.c.kind.is_not(None)))


def read_marks(work: Answers, row: RequestRow, reply: Reply) -> None:
    """Marks of requests that have not left, or that are not known, come from what our database has forgotten.

    A mark of a request that left says where the document stands, and whether it does so although it is not known here.
    """
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    rules = TRANSACTIONS[OneKind.of(row).kind]
    marked = [(found.mark, found) for found in map(rules.standing, reply.rets) if found.mark is not None]
    told = reply.tells_all and (reply.shown > 0 or reply.proves_absence)
    if not work.settle(row, RequestEvent.DONE if told else RequestEvent.REFUSED, reply):
        return
    if not told:
        look_for_unsent(work.db, work.company, rules.kind, work.now)
    if not marked:
        return
    known = {request.id: request for request in _requests(work.db, work.company.id, {mark for mark, _ in marked})}
    unsent = [request for request in known.values() if not request.attempts and request.result_id is None]
    strangers = [standing for mark, standing in marked if mark not in known and has_our_layout(mark)]
    new = _not_noted(work, strangers)
    here = dict(marked)
    work.expect(list(known.values()))
    for request in known.values():
        asked.stands(work, request, here[request.id].ret)
    for request in unsent:
        if request.purpose != Purpose.POST:
            continue
        found = here[request.id]
        posted(
            work, request, work.head_of(request), found.txn_id, found.ret, None, {"found": "by its mark, unsent here"}
        )
    for mark, found in marked:
        if mark in known and known[mark] not in unsent:
            stands(work, known[mark], found)
    if new:
        note_work(work.db, work.company.id, [_finding(standing) for standing in new], now=work.now)
    if strangers:
        _hold_older(work, rules.kind, rules.add_name, known.keys())
    if unsent or new:
        _hold(work, len(unsent), len(new))


def _hold_older(work: Answers, kind: str, add_name: str, shown: Collection[UUID]) -> None:
    """What is still to be entered may be what is not known: brought again since; or its request is older, and it was
    revised or submitted again under one that is forgotten.

    Args:
        shown: marks of those that stand in the file.
    """
    unknown = forgotten(work.db, work.company.id)
    if not unknown.items:
        return
    open_ones = work.db.execute(
        select(QueuedRequest.id, QueuedRequest.subject, QueuedRequest.sent)
        .where(
            QueuedRequest.company_id == work.company.id,
            QueuedRequest.state.in_(_TO_BE_ENTERED),
            QueuedRequest.purpose == Purpose.POST,
            QueuedRequest.message == add_name,
            QueuedRequest.id.not_in(shown),
        )
        .order_by(QueuedRequest.id)
    ).all()
    for request in open_ones:
        said = Sent.from_record(request.sent)
        if not request.sent:  # its text waits for others
            said = said_by(work.document(OneDocument.of(request).document), None)
        if found := unknown.like(kind, said, request.id):
            _hold_one(work, request.id, found)


def _hold_one(work: Answers, request_id: UUID, found: Sequence[OpenWork]) -> None:
    (row,) = requests_by_id(work.db, work.company.id, [request_id])
    work.expect([row])
    found = still_open(work.db, work.document(OneDocument.of(row).document), found)
    if found:
        if row.state is RequestState.UNCERTAIN:
            work.settle(row, RequestEvent.UNDECIDED)
        detail = {"candidates": [item.detail for item in found]}
        work.hold(OneDocument.of(row).document, row.id, told_of(found), detail)


_TO_BE_ENTERED = (RequestState.WAITING, RequestState.QUEUED, RequestState.RESTING, RequestState.UNCERTAIN)


def _requests(db: Session, company_id: int, marks: Collection[UUID]) -> Iterator[RequestRow]:
    ids = sorted(marks)
    for start in range(0, len(ids), _AT_A_TIME):
        yield from requests_by_id(db, company_id, ids[start : start + _AT_A_TIME])


def _not_noted(work: Answers, strangers: Sequence[Standing]) -> list[Standing]:
    """Those that nobody has been told of yet."""
    keys = known_keys(work.db, work.company.id, WorkKind.UNKNOWN_MARK, [one.txn_id for one in strangers])
    return [one for one in strangers if one.txn_id not in keys]


def _finding(found: Standing) -> Finding:
    title = TRANSACTIONS[found.kind].document.title
    about = " ".join(
        part
        for part in (
            title,
            found.number,
            None if found.party is None else f"for {found.party.name}",
            None if found.day is None else f"of {found.day:%Y-%m-%d}",
            None if found.total is None else f"over {found.total:,.2f}",
        )
        if part
    )
    return Finding(
        WorkKind.UNKNOWN_MARK,
        found.txn_id,
        f"QuickBooks holds a transaction with a mark of this server that is not known here: {about}, TxnID "
        f"{found.txn_id}. The database of this server was restored, or another server writes to this file.",
        "When the source brings that document again, it waits for you: say that it is in QuickBooks under this TxnID.",
        detail=as_forgotten(found),
    )


def _hold(work: Answers, forgotten: int, strangers: int) -> None:
    """Nothing leaves before a person has seen it."""
    found = [
        *([f"{forgotten} that this server believed unsent, and takes for posted now"] if forgotten else []),
        *([f"{strangers} that it does not know"] if strangers else []),
    ]
    put_on_hold(
        work.db,
        work.company.id,
        HoldKind.RESTORED_DATABASE,
        f"The company file holds transactions with marks of this server: {' and '.join(found)}. The database of this "
        "server seems to be older than the file.",
        by=QUICKBOOKS,
        now=work.now,
    )
