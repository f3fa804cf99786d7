"""After any doubt, look before you write: queries that tell what became of writes whose answer is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.models import DocumentRow
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import read_sent, sent_by
from qbwc_server.posting.entries.ensure import query_for
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.pc_clock import MARGIN
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.transactions import ADDS, TRANSACTIONS
from qbwc_server.posting.transactions.compiled import compile_look, compile_read
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import render
from qbxml.messages.transaction import DeletedDateRangeFilter, TxnDeletedQueryRq
from qbxml.shared import ListFilter, ModifiedDateRangeFilter


def executed_before(rows: Sequence[RequestRow]) -> list[RequestRow]:
    """Of a set whose answer is missing: what the late answer to an earlier set has settled since it left.

    Whether it was executed a second time is to be looked up too.
    """
    return [row for row in rows if row.state is RequestState.DONE and row.message in ADDS]


def look_for(db: Session, company: Company, uncertain: Sequence[RequestRow], now: datetime) -> None:
    """Queue a look-up for each uncertain write; look-ups leave before anything else, and alone."""
    if not uncertain:
        return
    posts = {row.id: int(row.subject) for row in uncertain if row.purpose == Purpose.POST}
    documents = {row.id: row for row in db.scalars(select(DocumentRow).where(DocumentRow.id.in_(set(posts.values()))))}
    entries = {
        row.id: row
        for row in db.scalars(
            select(ListEntry).where(
                ListEntry.id.in_({int(r.subject) for r in uncertain if r.purpose == Purpose.CREATE})
            )
        )
    }
    texts = {
        row.id: row.xml
        for row in db.execute(select(QueuedRequest.id, QueuedRequest.xml).where(QueuedRequest.id.in_(posts)))
    }
    new = []
    for row in uncertain:
        guid = new_id()
        if row.purpose == Purpose.CREATE:
            xml = query_for(entries[int(row.subject)], guid)
        else:
            xml = _look_at(documents[int(row.subject)], row.message, texts[row.id], guid)
        new.append(look(Purpose.LOOK, row.id, xml, guid))
    put(db, company.id, new, now)


def _look_at(document: DocumentRow, message: str, sent: str | None, guid: UUID) -> str:
    if message not in ADDS and document.txn_id is not None:
        return compile_read(document.kind, guid, txn_id=document.txn_id)[1]
    added = read_sent(sent)
    return compile_look(document.kind, guid, number=added.number, day=added.day or document.date)


def look(purpose: Purpose, about: UUID, xml: str, guid: UUID) -> NewRequest:
    """A question about the request ``about``; it leaves before anything else is written."""
    return NewRequest(purpose, str(about), "Look", False, Priority.LOOK, xml, (), guid)


def look_at_changed(work: Work, about: RequestRow) -> None:
    """Ask for what was changed since it first left: its number or date may be another by now."""
    guid = new_id()
    customer = sent_by(work, about).customer
    if customer is None:
        look_at_deleted(work, about)
        return
    query = TRANSACTIONS[work.head(int(about.subject)).kind].query_message(
        modified_date_range_filter=ModifiedDateRangeFilter(
            from_modified_date=(first_sent(work.db, about.id) or work.now) - MARGIN
        ),
        entity_filter=ListFilter(full_names=(customer,)),
        request_id=str(guid),
    )
    work.put(look(Purpose.LOOK_CHANGED, about.id, render(query), guid))


def look_at_deleted(work: Work, about: RequestRow) -> None:
    """Ask for what was deleted since it first left."""
    guid = new_id()
    query = TxnDeletedQueryRq(
        txn_del_types=(TRANSACTIONS[work.head(int(about.subject)).kind].txn_type,),
        deleted_date_range_filter=DeletedDateRangeFilter(
            from_deleted_date=(first_sent(work.db, about.id) or work.now) - MARGIN
        ),
        request_id=str(guid),
    )
    work.put(look(Purpose.LOOK_DELETED, about.id, render(query), guid))
