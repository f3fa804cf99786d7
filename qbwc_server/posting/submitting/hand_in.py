"""How documents arrive: kept under their origin, recalled where they are revised, submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents import store
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import (
    Saved,
    SaveResult,
    ask,
    remember_called,
    remember_entries,
    remember_given,
    show_problems,
)
from qbwc_server.documents.words import DocumentWords, words_in
from qbwc_server.errors import Conflict
from qbwc_server.posting.options import options_of
from qbwc_server.posting.requests import OneDocument, of_documents
from qbwc_server.posting.submitting.automatic import Automatic, submit_by_itself
from qbwc_server.posting.submitting.changed_here import replaces_a_change
from qbwc_server.posting.submitting.questions import learn_words, questions, still_asked, words_of
from qbwc_server.posting.submitting.submit import Submitted, lock, shortcomings, submit_locked
from qbwc_server.posting.submitting.waiting import cancel_with_entries
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.last_writing import not_answered
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event, RequestState, after
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_UNDER_WAY = (
    RequestState.WAITING,
    RequestState.QUEUED,
    RequestState.RESTING,
    RequestState.SENT,
    RequestState.UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class Aside:
    """What a source says beside the document: what a person should see first, and its own words for names.

    ``called``: a name in the document, and the word that the source has for it, where that is another one. ``words``
    are those that somebody has to map, or has mapped. ``given``: by place, what else gave it its entry. ``entries``:
    what is kept of its lines as a statement says them.
    """

    reviews: Sequence[Problem] = ()
    called: Mapping[str, str] | None = None
    words: DocumentWords | None = None
    given: Mapping[str, str] | None = None
    entries: Mapping[str, Any] | None = None


@dataclass
class HandedIn:
    """One result per document, in the order given, and what was submitted of them.

    ``asked`` says of those that a person should see first, by id, why.
    """

    results: list[SaveResult | Conflict]
    submitted: Submitted
    asked: dict[int, list[Problem]]


def hand_in(
    db: Session,
    company: Company,
    documents: Sequence[Document],
    *,
    by: Actor,
    now: datetime,
    revise: bool = False,
    submit_now: bool = True,
    automatic: Automatic | None = None,
    asides: Sequence[Aside] = (),
) -> HandedIn:
    """Keep documents under their origin and submit what is new or revised: how files and programs bring them.

    Args:
        submit_now: off, everything waits for a person; what is missing or to be asked is said all the same.
        automatic: the connection that brings them, without anybody's asking for it.
        asides: one per document, or none at all.
    """
    lock(db, company)
    kept: list[tuple[Document, SaveResult | Conflict]] = []
    changed_here: dict[int, Problem] = {}
    for batch in _apart(documents):
        kept += _keep(db, company, batch, changed_here, by=by, now=now, revise=revise)
    fresh = {
        result.row.id: (result.row, document, aside)
        for (document, result), aside in zip(kept, asides or [Aside()] * len(documents), strict=True)
        if isinstance(result, SaveResult) and (result.saved is not Saved.SAME or _words_differ(result.row, aside))
    }
    for row, _, aside in fresh.values():
        remember_called(row, aside.called or {})
        remember_given(row, aside.given or {})
        remember_entries(row, aside.entries or {})
        row.words = None if aside.words is None else aside.words.as_record()
    asked = {
        row.id: [*filter(None, [changed_here.get(row.id)]), *aside.reviews]
        for row, _, aside in fresh.values()
        if aside.reviews or row.id in changed_here
    }
    words = words_of(db, company, [(row, document) for row, document, _ in fresh.values()])
    unasked = [
        row
        for row, _, aside in fresh.values()
        if row.id not in asked and not (aside.words is not None and aside.words.unresolved)
    ]
    asked.update({row_id: [question] for row_id, question in questions(db, company, unasked, words, now=now).items()})
    ready = [(row, document) for row, document, _ in fresh.values() if submit_now and row.id not in asked]
    if automatic is None:
        submitted = submit_locked(db, company, ready, by=by, now=now)
    else:
        submitted = submit_by_itself(db, company, ready, automatic, by=by, now=now)
    options = options_of(db, company.id)
    for row, document, _ in fresh.values():
        if row.id in asked or not submit_now:
            show_what_lacks(row, asked.get(row.id, []), shortcomings(row, document, options))
            submitted.not_ready.append(row)
    learnt = [one for row in submitted.submitted for one in words[row.id]]
    learn_words(db, company, learnt, sure=False, now=now)
    return HandedIn([result for _, result in kept], submitted, asked)


def _words_differ(row: DocumentRow, aside: Aside) -> bool:
    """Whether the same document waits, and its words have become other entries, or entries at all, since."""
    if aside.words is None or row.state is not State.FOR_REVIEW or row.body_digest != row.source_digest:
        return False
    before = words_in(row)
    return before is None or before.words != aside.words.words


def show_what_lacks(row: DocumentRow, asked: Sequence[Problem], lacking: Sequence[Problem]) -> None:
    """What is asked about the document first, then what it lacks besides; asked alone, submitting is the answer."""
    about = {question.field for question in asked}
    show_problems(row, [*asked, *(one for one in lacking if one.field not in about)] if lacking else [])
    if asked and not lacking:
        ask(row, asked)


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
    db: Session,
    company: Company,
    documents: Sequence[Document],
    changed_here: dict[int, Problem],
    *,
    by: Actor,
    now: datetime,
    revise: bool,
) -> list[tuple[Document, SaveResult | Conflict]]:
    """Keep each document under its origin: as it is kept, and the result, in the same order.

    Args:
        changed_here: gets what is to be asked of those that replace what somebody has changed here, or of which nobody
            has answered yet.
    """
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
            question = replaces_a_change(verdict.row, verdict.document)
            question = question or still_asked(db, verdict.row, verdict.document)
            results.append(_revise(db, company, verdict, verdict.row, by=by, now=now))
            if question is not None and isinstance(results[-1], SaveResult):
                changed_here[verdict.row.id] = question
    return [(verdict.document, result) for verdict, result in zip(verdicts, results, strict=True)]


def _revise(
    db: Session, company: Company, verdict: store.Verdict, row: DocumentRow, *, by: Actor, now: datetime
) -> SaveResult | Conflict:
    try:
        make_way(db, company, row, now=now)
        return SaveResult(store.revise(db, verdict, by=by, now=now), Saved.REVISED)
    except Conflict as conflict:
        return conflict


def make_way(db: Session, company: Company, row: DocumentRow, *, now: datetime) -> None:
    """Let a document have another content: nothing of the old one leaves any more. Raises NotNow."""
    _refuse_unchangeable(row)
    if row.state is State.SUBMITTED:
        recall(db, company, row, now=now)
    if row.reason == Reason.EDITED:
        not_answered(row)


def _refuse_unchangeable(row: DocumentRow) -> None:
    """Raises NotNow where QuickBooks holds it and lets no program change it."""
    rules = TRANSACTIONS[row.kind]
    if row.txn_id is not None and rules.mod_message is None:
        raise NotNow(
            f"QuickBooks lets no program change a {rules.document.title}: document {row.id} stays as it is there. "
            "Change it in QuickBooks, or void it and hand in another."
        )


def recall(db: Session, company: Company, row: DocumentRow, *, now: datetime) -> None:
    """Take the requests of a submitted document out of the queue.

    Raises:
        NotNow: one may have left already; then all of them stay, since the document may stay submitted.
    """
    recall_all(db, company, [row], now=now)


def recall_all(db: Session, company: Company, rows: Sequence[DocumentRow], *, now: datetime) -> None:
    """The same for many; where one of one may have left, those of all stay."""
    if not rows:
        return
    lock(db, company)
    open_ones = db.execute(
        select(QueuedRequest.id, QueuedRequest.state, QueuedRequest.subject).where(
            of_documents(company.id, [row.id for row in rows]), QueuedRequest.state.in_(_UNDER_WAY)
        )
    ).all()
    left = next((one for one in open_ones if not after(one.state, Event.CANCELLED)), None)
    if left is not None:
        raise NotNow(
            f"Document {OneDocument.of(left).document} is on its way to QuickBooks.",
            detail="a request of it is in a message set whose answer is owed, or is being looked up",
        )
    cancel_with_entries(db, [one.id for one in open_ones], now)
