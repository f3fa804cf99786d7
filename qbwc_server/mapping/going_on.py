"""What waited goes on by itself once its words have entries, and goes back where they have none any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import change_body, entries_of, given_of, show_problems
from qbwc_server.documents.words import DocumentWords, still_there
from qbwc_server.mapping.documents import entries_put, leave_out_never
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import ALL_CONNECTIONS
from qbwc_server.mapping.resolving import NEVER, resolve
from qbwc_server.mapping.said import Said
from qbwc_server.mapping.waiting import documents_with_words, said_of
from qbwc_server.posting.people.exclude import restore
from qbwc_server.posting.submitting.automatic import Automatic
from qbwc_server.posting.submitting.hand_in import Aside, hand_in, recall
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

MOST = 1_000  # documents of one transaction; the job takes the rest
_AT_A_TIME = 200
_NOT_LEFT = (State.FOR_REVIEW, State.SUBMITTED, State.FAILED)
_Worded = tuple[DocumentRow, DocumentWords]


@dataclass
class WentOn:
    """What became of documents: submitted, waiting still (for a person or another word), left out for good.

    ``last_id``: that of the document that was looked at last, where there may be more.
    """

    submitted: int = 0
    waiting: int = 0
    left_out: int = 0
    last_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Changed:
    row: DocumentRow
    document: Document
    words: DocumentWords


def go_on(
    db: Session,
    company: Company,
    *,
    by: Actor,
    now: datetime,
    word: tuple[WordKind, str] | None = None,
    after_id: int = 0,
    limit: int = MOST,
) -> WentOn:
    """Give the documents that have not left the entries that their words have now; who waits for nothing, leaves.

    What a person has edited by hand in a document stays as he left it.

    Args:
        word: only documents that name it, also those on their way; left out: all that wait.
        limit: documents that are looked at.
    """
    lock(db, company)
    went = WentOn()
    looked_at = 0
    for page in _pages(_candidates(db, company.id, word, after_id, limit)):
        looked_at += len(page)
        went.last_id = page[-1][0].id
        changed = list(_changed(db, company.id, page))
        for submits in (True, False):
            some = [one for one in changed if one.words.submits is submits]
            _hand_in(db, company, some, went, submits=submits, by=by, now=now)
    if looked_at < limit:
        went.last_id = None
    return went


def _candidates(
    db: Session, company_id: int, word: tuple[WordKind, str] | None, after_id: int, limit: int
) -> Iterator[_Worded]:
    key = None if word is None else word[1]
    states = (State.FOR_REVIEW,) if word is None else _NOT_LEFT
    found = documents_with_words(db, company_id, states, word=key, after_id=after_id, limit=limit)
    excluded = documents_with_words(db, company_id, (State.EXCLUDED,), word=key, reason=NEVER, after_id=after_id)
    rows = sorted((*found, *islice(excluded, limit)), key=lambda one: one[0].id)[:limit]
    if word is None:
        return iter(rows)
    kind = word[0].value
    return (one for one in rows if any(each.kind == kind and each.key == key for each in one[1].words))


def _pages(candidates: Iterator[_Worded]) -> Iterator[list[_Worded]]:
    while page := list(islice(candidates, _AT_A_TIME)):
        yield page


def _changed(db: Session, company_id: int, page: Sequence[_Worded]) -> Iterator[_Changed]:
    """Those whose words come to something else than before."""
    by_connection: dict[int, list[_Worded]] = {}
    for row, words in page:
        by_connection.setdefault(words.connection_id, []).append((row, words))
    for connection_id, some in by_connection.items():
        said: list[Said] = [said_of(one.word, one.kind, one.hints) for _, words in some for one in words.words]
        outcomes = resolve(db, company_id, connection_id, said)
        for row, words in some:
            before = load_document(row.body)
            kept = still_there(words.words, before)
            document, told = entries_put(before, kept, outcomes)
            if told != words.words:
                yield _Changed(row, document, replace(words, words=told))


def _hand_in(
    db: Session,
    company: Company,
    changed: Sequence[_Changed],
    went: WentOn,
    *,
    submits: bool,
    by: Actor,
    now: datetime,
) -> None:
    again = [one for one in changed if one.row.body_digest == one.row.source_digest]
    edited = [one for one in changed if one.row.body_digest != one.row.source_digest]
    for one in again:
        _take_back(db, company, one, by=by, now=now)
    ready = [one for one in again if one.row.state is not State.SUBMITTED or not one.words.unresolved]
    for connection_id in dict.fromkeys(one.words.connection_id for one in ready):
        some = [one for one in ready if one.words.connection_id == connection_id]
        hand_in(
            db,
            company,
            [one.document for one in some],
            by=by,
            now=now,
            revise=True,
            submit_now=submits,
            automatic=None if connection_id == ALL_CONNECTIONS else Automatic(connection_id),
            asides=[
                Aside(one.words.reviews, words=one.words, given=given_of(one.row), entries=entries_of(one.row))
                for one in some
            ],
        )
    for one in edited:
        _follow_edited(db, one, by=by, now=now)
    rows = [one.row for one in changed]
    went.left_out += len(leave_out_never(db, company, rows, by=by, now=now))
    went.submitted += sum(row.state is State.SUBMITTED for row in rows)
    went.waiting += sum(row.state is State.FOR_REVIEW for row in rows)


def _take_back(db: Session, company: Company, one: _Changed, *, by: Actor, now: datetime) -> None:
    """Back to where it can be handed in again; what has left stays where it is."""
    if one.row.state is State.EXCLUDED:
        restore(db, company, one.row, by=by, now=now)
        one.row.tell(None)
    elif one.row.state in (State.SUBMITTED, State.FAILED) and one.words.unresolved:
        try:
            with db.begin_nested():
                recall(db, company, one.row, now=now)
                change_body(db, one.row, load_document(one.row.body), by=by, now=now)
        except NotNow:
            db.refresh(one.row)


def _follow_edited(db: Session, one: _Changed, *, by: Actor, now: datetime) -> None:
    """A person has edited the document: he submits it himself, once its words have entries."""
    if one.row.state is not State.FOR_REVIEW:
        return
    change_body(db, one.row, one.document, by=by, now=now)
    one.row.words = one.words.as_record()
    show_problems(one.row, [*one.words.problems, *one.document.problems()])
