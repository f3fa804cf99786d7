"""After any doubt, look before you write: queries that tell what became of writes whose answer is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.models import DocumentRow
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import Sendings, look_by_content, sendings_of
from qbwc_server.posting.entries.ensure import query_for, query_for_added
from qbwc_server.posting.options import options_of
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.pc_clock import reach_back
from qbwc_server.posting.requests import OneDocument, OneEntry, OneRequest, Purpose, ask
from qbwc_server.posting.transactions import ADDS, TRANSACTIONS
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow
from qbwc_server.tenancy.models import Company
from qbxml.message import Request
from qbxml.messages.transaction import DeletedDateRangeFilter, TxnDeletedQueryRq


def look_at_added(work: Work, about: RequestRow, row: RequestRow) -> None:
    """Ask, after ``row``, for the entries that were added since it first left: ours may have another name by now."""
    since = reach_back(work.db, work.company.id, first_sent(work.db, about.id) or work.now)
    query = query_for_added(work.entry_of(about).kind, since, new_id())
    work.put(ask(Purpose.LOOK_CHANGED, OneRequest(about.id), query), instead_of=row.id)


_CANDIDATES = "candidates"


def look_for(db: Session, company: Company, uncertain: Sequence[RequestRow], now: datetime) -> None:
    """Queue a look-up for each uncertain write; look-ups leave before anything else, and alone."""
    posts = {row.id: OneDocument.of(row).document for row in uncertain if row.purpose == Purpose.POST}
    entries = {row.id: OneEntry.of(row).entry for row in uncertain if row.purpose == Purpose.CREATE}
    queries: dict[object, Request] = {}
    if posts:
        said = sendings_of(db, company.id, set(posts.values()), also=posts)
        documents = db.scalars(select(DocumentRow).where(DocumentRow.id.in_(said)))
        known = {row.id: row for row in documents}
        queries |= {
            row.id: _look_at(known[posts[row.id]], row.message, said[posts[row.id]])
            for row in uncertain
            if row.id in posts
        }
    if entries:
        found = {row.id: row for row in db.scalars(select(ListEntry).where(ListEntry.id.in_(entries.values())))}
        options = options_of(db, company.id)
        queries |= {key: query_for(found[entry], options, new_id()) for key, entry in entries.items()}
    put(db, company.id, [ask(Purpose.LOOK, OneRequest(row.id), queries[row.id]) for row in uncertain], now)


def _look_at(document: DocumentRow, message: str, said: Sendings) -> Request:
    rules = TRANSACTIONS[document.kind]
    if message not in ADDS and document.txn_id is not None:
        return rules.by_id([document.txn_id], new_id())
    return look_by_content(rules, said.numbers, said.last.day or document.date)


def sendings(work: Work, about: RequestRow) -> Sendings:
    """Those of the document that the request ``about`` was to enter."""
    document = OneDocument.of(about).document
    return sendings_of(work.db, work.company.id, [document], also=[about.id])[document]


def look_at_changed(
    work: Work, about: RequestRow, row: RequestRow, candidates: Sequence[Mapping[str, str]] = ()
) -> None:
    """Ask, after ``row``, for what was changed since it first left: its number, date or party may be another by now.

    Args:
        candidates: what was found that may be it, unless one with its mark is found now.
    """
    rules = work.head_of(about).rules
    query = rules.modified_since(_since(work, sendings(work, about)), new_id())
    question = ask(Purpose.LOOK_CHANGED, OneRequest(about.id), query)
    if candidates:
        question = replace(question, sent={_CANDIDATES: list(candidates)})
    work.put(question, instead_of=row.id)


def candidates_before(work: Work, row: RequestRow) -> Sequence[Mapping[str, str]]:
    """What an earlier look-up had found when ``row`` was put."""
    found: list[dict[str, str]] = (work.db.get_one(QueuedRequest, row.id).sent or {}).get(_CANDIDATES, [])
    return found


def look_at_deleted(work: Work, about: RequestRow, row: RequestRow) -> None:
    """Ask, after ``row``, for what was deleted since it first left."""
    deleted_type = work.head_of(about).rules.deleted_type
    query = TxnDeletedQueryRq(
        txn_del_types=() if deleted_type is None else (deleted_type,),
        deleted_date_range_filter=DeletedDateRangeFilter(from_deleted_date=_since(work, sendings(work, about))),
        request_id=str(new_id()),
    )
    work.put(ask(Purpose.LOOK_DELETED, OneRequest(about.id), query), instead_of=row.id)


def _since(work: Work, said: Sendings) -> datetime:
    return reach_back(work.db, work.company.id, said.first_sent(work.db) or work.now)
