"""How documents arrive: kept under their origin, recalled where they are revised, submitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents import store
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import Saved, SaveResult
from qbwc_server.errors import Conflict
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.submitting.submit import Submitted, lock, submit_locked
from qbwc_server.queue.enqueue import cancel
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_UNDER_WAY = (
    RequestState.WAITING,
    RequestState.QUEUED,
    RequestState.RESTING,
    RequestState.SENT,
    RequestState.UNCERTAIN,
)


@dataclass
class HandedIn:
    """One result per document, in the order given, and what was submitted of them."""

    results: list[SaveResult | Conflict]
    submitted: Submitted


def hand_in(
    db: Session,
    company: Company,
    documents: Sequence[Document],
    *,
    by: Actor,
    now: datetime,
    revise: bool = False,
    submit_now: bool = True,
) -> HandedIn:
    """Keep documents under their origin and submit what is new or revised: how files and programs bring them."""
    lock(db, company)
    results: list[SaveResult | Conflict] = []
    for batch in _apart(documents):
        results += _keep(db, company, batch, by=by, now=now, revise=revise)
    fresh = {
        result.row.id: result.row
        for result in results
        if isinstance(result, SaveResult) and result.saved is not Saved.SAME
    }
    if not submit_now:
        return HandedIn(results, Submitted(not_ready=list(fresh.values())))
    return HandedIn(results, submit_locked(db, company, list(fresh.values()), by=by, now=now))


def _apart(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Batches in which no origin comes twice: what comes again is compared with what came before."""
    batch: dict[str, Document] = {}
    for document in documents:
        if document.origin in batch:
            yield list(batch.values())
            batch = {}
        batch[document.origin] = document
    yield list(batch.values())


def _keep(
    db: Session, company: Company, documents: Sequence[Document], *, by: Actor, now: datetime, revise: bool
) -> list[SaveResult | Conflict]:
    """Keep each document under its origin, one result per document in the same order."""
    verdicts = store.compare(db, company.id, documents, revise=revise)
    added = iter(store.add(db, company.id, [one for one in verdicts if one.saved is Saved.ADDED], by=by, now=now))
    results: list[SaveResult | Conflict] = []
    for verdict in verdicts:
        if verdict.saved is None:
            results.append(verdict.conflict or Conflict())
        elif verdict.row is None:
            results.append(SaveResult(next(added), Saved.ADDED))
        elif verdict.saved is Saved.SAME:
            results.append(SaveResult(verdict.row, Saved.SAME))
        else:
            results.append(_revise(db, company, verdict, verdict.row, by=by, now=now))
    return results


def _revise(
    db: Session, company: Company, verdict: store.Verdict, row: DocumentRow, *, by: Actor, now: datetime
) -> SaveResult | Conflict:
    try:
        if row.state is State.SUBMITTED:
            recall(db, company, row, now=now)
        return SaveResult(store.revise(db, verdict, by=by, now=now), Saved.REVISED)
    except Conflict as conflict:
        return conflict


def recall(db: Session, company: Company, row: DocumentRow, *, now: datetime) -> None:
    """Take the requests of a submitted document out of the queue. Raises NotNow when one may have left already."""
    lock(db, company)
    open_ones = set(
        db.scalars(
            select(QueuedRequest.id).where(
                QueuedRequest.company_id == company.id,
                QueuedRequest.purpose.in_((Purpose.POST, Purpose.READ_FOR_CHANGE)),
                QueuedRequest.subject == str(row.id),
                QueuedRequest.state.in_(_UNDER_WAY),
            )
        )
    )
    if cancel(db, open_ones, now) != open_ones:
        raise NotNow(
            f"Document {row.id} is on its way to QuickBooks.",
            detail="a request of it is in a message set whose answer is owed, or is being looked up",
        )
