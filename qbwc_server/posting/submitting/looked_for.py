"""What may be in the books already is looked for before its request leaves for the first time.

Nobody knows when a PC that was asleep executes what it was sent. Nor does anybody know what our own database has
forgotten, where QuickBooks does not tell which of our marks it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.doubt.evidence import look_by_content, sendings_of
from qbwc_server.posting.patience import PAUSE
from qbwc_server.posting.requests import OneDocument, OneKind, OneRequest, Purpose, ask, open_of
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.queue.enqueue import NewRequest, hold_back, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import TRANSITIONS, Event, RequestState
from qbwc_server.tenancy.models import Company


def looks_before(
    db: Session, company_id: int, ready: Sequence[tuple[DocumentRow, NewRequest]], now: datetime
) -> dict[UUID, NewRequest]:
    """The look-up that each of these requests has to wait for, where its document may be in the books already."""
    adds = [(row, request) for row, request in ready if row.txn_id is None]
    said = sendings_of(db, company_id, [row.id for row, _ in adds if row.changed_at != row.created_at])
    untold = _untold(db, company_id, {row.kind for row, _ in adds}, now)
    looks = {}
    for row, request in adds:
        rules, before = TRANSACTIONS[row.kind], said.get(row.id)
        if before is not None and before.marks:
            query = look_by_content(rules, before.numbers, before.last.day or row.date)
        elif row.kind in untold:
            number = Sent.from_record(request.sent).number
            query = look_by_content(rules, () if number is None else (number,), row.date)
        else:
            continue
        looks[request.id] = ask(Purpose.LOOK, OneRequest(request.id), query)
    return looks


def _untold(db: Session, company_id: int, kinds: Collection[str], now: datetime) -> set[str]:
    """Kinds of which QuickBooks did not tell lately which marks it holds; each session with work asks it anew."""
    subjects = {str(OneKind(kind)): kind for kind in kinds}
    failed = db.scalars(
        select(QueuedRequest.subject)
        .where(
            QueuedRequest.company_id == company_id,
            QueuedRequest.purpose == Purpose.MARKS,
            QueuedRequest.subject.in_(subjects),
            QueuedRequest.state == RequestState.FAILED,
            QueuedRequest.settled_at > now - PAUSE,
        )
        .distinct()
    )
    return {subjects[subject] for subject in failed}


def look_for_unsent(db: Session, company: Company, kind: str, now: datetime) -> None:
    """QuickBooks did not tell which marks of this kind it holds: each that is still to be entered is looked for."""
    rules = TRANSACTIONS[kind]
    unsent = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject, QueuedRequest.sent).where(
            QueuedRequest.company_id == company.id,
            QueuedRequest.state.in_([state for state, events in TRANSITIONS.items() if Event.HELD_BACK in events]),
            QueuedRequest.purpose == Purpose.POST,
            QueuedRequest.message == rules.add_name,
            QueuedRequest.attempts == 0,
        )
    ).all()
    asked = open_of(db, company.id, Purpose.LOOK, [OneRequest(one.id) for one in unsent])
    documents = {OneDocument.of(one).document for one in unsent}
    rows = db.execute(select(DocumentRow.id, DocumentRow.date).where(DocumentRow.id.in_(documents)))
    days = {row.id: row.date for row in rows}
    looks = {}
    for one in unsent:
        if str(OneRequest(one.id)) not in asked:
            number = Sent.from_record(one.sent).number
            query = look_by_content(rules, () if number is None else (number,), days[OneDocument.of(one).document])
            looks[one.id] = ask(Purpose.LOOK, OneRequest(one.id), query)
    put(db, company.id, list(looks.values()), now)
    hold_back(db, company.id, {guid: look.id for guid, look in looks.items()})
