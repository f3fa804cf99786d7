"""After any doubt, look before you write: queries that tell what became of writes whose answer is missing.

A verdict needs evidence: the GUID we gave the transaction, or its certain absence. Where the evidence does not decide,
the document waits for a person with both candidates shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS, agrees, compile_change, compile_look, compile_read
from qbwc_server.posting.compilers.sale import NAME, same_name
from qbwc_server.posting.ensure import query_for
from qbwc_server.posting.entry_answers import present
from qbwc_server.posting.options import options_of
from qbwc_server.posting.post_answers import posted
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.work import DocumentHead, Work
from qbwc_server.queue.delivery import RequestRow, requests_by_id
from qbwc_server.queue.enqueue import NewRequest, put, supply
from qbwc_server.queue.models import MessageSet, Passenger
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Answer, DeletedDateRangeFilter, TxnDeletedQueryRq, render
from qbxml.status import Outcome, status

MARGIN = timedelta(days=2)  # the PC's clock and time zone are not ours
MOST_LOOKS = 3  # refused look-ups before a person is asked
ADDS = frozenset({"InvoiceAdd", "SalesReceiptAdd", "CreditMemoAdd", "ReceivePaymentAdd"})


def look_for(db: Session, company: Company, uncertain: Sequence[RequestRow], now: datetime) -> None:
    """Queue a look-up for each uncertain write; look-ups leave before anything else, and alone."""
    if not uncertain:
        return
    documents = {
        row.id: row
        for row in db.scalars(
            select(DocumentRow).where(
                DocumentRow.id.in_({int(r.subject) for r in uncertain if r.purpose == Purpose.POST})
            )
        )
    }
    entries = {
        row.id: row
        for row in db.scalars(
            select(ListEntry).where(
                ListEntry.id.in_({int(r.subject) for r in uncertain if r.purpose == Purpose.CREATE})
            )
        )
    }
    new = []
    for row in uncertain:
        guid = new_id()
        if row.purpose == Purpose.CREATE:
            xml = query_for(entries[int(row.subject)], guid)
        else:
            xml = _look_at(documents[int(row.subject)], row.message, guid, company)
        new.append(_look(Purpose.LOOK, row.id, xml, guid))
    put(db, company.id, new, now)


def _look_at(document: DocumentRow, message: str, guid: UUID, company: Company) -> str:
    if message not in ADDS and document.txn_id is not None:
        return compile_read(document.kind, guid, txn_id=document.txn_id)[1]
    number = document.number
    if number is not None:
        number = Texts(options_of(company).characters).name(number, "number", 20)
    return compile_look(document.kind, guid, number=number, day=document.date)


def _look(purpose: Purpose, about: UUID, xml: str, guid: UUID) -> NewRequest:
    return NewRequest(purpose, str(about), "Look", False, Priority.LOOK, xml, (), guid)


def read_look(work: Work, row: RequestRow, answer: Answer) -> None:
    """What the look-up found of an uncertain write."""
    rets = list(answer.rets)  # before anything is settled: an answer that breaks off is no answer
    about = _about(work, row)
    if about is None:
        return
    said = status(answer.status_code, answer.status_message or "")
    if said.outcome not in (Outcome.DONE, Outcome.NOTHING_FOUND):
        _cannot_look(work, row, about, answer)
    elif about.purpose == Purpose.CREATE:
        _judge_entry(work, about, rets)
    elif about.message == "TxnVoid":
        _judge_void(work, about, rets)
    elif about.message in ADDS:
        _judge_add(work, about, rets)
    else:
        _judge_change(work, about, rets)


def _about(work: Work, row: RequestRow) -> RequestRow | None:
    """The write that was looked for, if it is still uncertain; the look-up itself is done either way."""
    found = requests_by_id(work.db, work.company.id, [UUID(row.subject)])
    if not work.settle(row, RequestEvent.DONE) or not found:
        return None
    about = found[0]
    work.states.setdefault(about.id, about.state)
    if work.states[about.id] is not RequestState.UNCERTAIN:
        return None
    if about.purpose == Purpose.POST:
        work.learn_documents({int(about.subject)})
    return about


def _judge_entry(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    if rets:  # added by us, or there by then: the same thing
        present(work, about, work.db.get_one(ListEntry, int(about.subject)), rets[0].list_id)
    else:
        work.settle(about, RequestEvent.AGAIN)


def _judge_void(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    head = work.head(int(about.subject))
    total = KINDS[head.kind].total(rets[0]) if rets else Decimal(0)
    if total == 0:
        if work.settle(about, RequestEvent.DONE, result_id=head.txn_id):
            work.post(head.id, Event.WITHDRAWN, about.id, {}, {"found": "void" if rets else "gone"})
    else:
        work.settle(about, RequestEvent.AGAIN)


def _judge_change(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    """Content decides, not the edit sequence: that one has only the resolution of a second."""
    head = work.head(int(about.subject))
    if not rets:
        _ask(work, about, head, [], f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.")
        return
    document = work.document(head.id)
    content = load_document(document.body)
    if agrees(content, rets[0], work.options):
        posted(work, about, head, head.txn_id or "", rets[0], None, {"found": "changed as wanted"})
        return
    try:
        compiled = compile_change(content, rets[0], about.id, work.options)
    except CannotWrite as cannot:
        _ask(work, about, head, rets, cannot.problem.message)
        return
    if work.settle(about, RequestEvent.AGAIN):
        supply(work.db, {about.id: compiled.xml})


def _judge_add(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    head = work.head(int(about.subject))
    ours = [ret for ret in rets if _guid(ret) == about.id]
    if len(ours) > 1:
        if work.settle(about, RequestEvent.DONE, result_id=ours[0].txn_id):
            work.hold(
                head.id,
                about.id,
                reason=Reason.TWICE,
                message="QuickBooks holds this document two times: " + ", ".join(str(ret.txn_id) for ret in ours),
                advice="Void or delete all but one in QuickBooks, then say which one stays.",
                detail={"transactions": [_candidate(head, ret) for ret in ours]},
            )
        return
    if ours:
        posted(work, about, head, ours[0].txn_id, ours[0], None, {"found": "by its GUID"})
        return
    # no GUID at all: typed by hand, or QuickBooks does not tell. If it also says what ours says, only a person can
    # know.
    document = work.document(head.id)
    customer = Texts(work.options.characters).name(document.customer, "customer", NAME)
    alike = [
        ret
        for ret in rets
        if _guid(ret) is None
        and same_name(customer, ret.customer)
        and (head.total is None or KINDS[head.kind].total(ret) in (None, head.total))
    ]
    if alike:
        _ask(work, about, head, alike, "QuickBooks holds one like it that does not bear our mark.")
        return
    guid = new_id()
    since = _first_sent(work, about) - MARGIN
    query = TxnDeletedQueryRq(
        txn_del_types=(KINDS[head.kind].txn_type,),
        deleted_date_range_filter=DeletedDateRangeFilter(from_deleted_date=since),
        request_id=str(guid),
    )
    work.put(_look(Purpose.LOOK_DELETED, about.id, render(query), guid))


def read_look_deleted(work: Work, row: RequestRow, answer: Answer) -> None:
    """Not in the books: was it there and deleted since? Only if not, it is queued again."""
    rets: list[Any] = list(answer.rets)  # before anything is settled: an answer that breaks off is no answer
    about = _about(work, row)
    if about is None:
        return
    said = status(answer.status_code, answer.status_message or "")
    if said.outcome not in (Outcome.DONE, Outcome.NOTHING_FOUND):
        _cannot_look(work, row, about, answer)
        return
    head = work.head(int(about.subject))
    since = _first_sent(work, about) - MARGIN
    deleted = [
        ret
        for ret in rets
        if (head.number is None or ret.ref_number == head.number)
        and (ret.time_created is None or _aware(ret.time_created) >= since)
    ]
    if deleted:
        _ask(work, about, head, deleted, "One of that number was deleted in QuickBooks after it had been sent.")
    else:
        work.settle(about, RequestEvent.AGAIN)


def _cannot_look(work: Work, row: RequestRow, about: RequestRow, answer: Answer) -> None:
    """QuickBooks refused the look-up itself: try again a few times, then ask a person. Never guess."""
    said = status(answer.status_code, answer.status_message or "")
    looks = work.db.scalar(select(func.count()).select_from(Passenger).where(Passenger.request_id == row.id))
    if said.outcome is Outcome.TRY_AGAIN and (looks or 0) < MOST_LOOKS and about.purpose == Purpose.POST:
        document = work.document(int(about.subject))
        guid = new_id()
        work.put(_look(Purpose.LOOK, about.id, _look_at(document, about.message, guid, work.company), guid))
    elif about.purpose == Purpose.POST:
        _ask(work, about, work.head(int(about.subject)), [], f"QuickBooks could not be asked: {said.meaning}")
    else:
        work.settle(about, RequestEvent.AGAIN)  # adding a list entry again can only meet "name in use"


def _ask(work: Work, about: RequestRow, head: DocumentHead, found: Sequence[Any], why: str) -> None:
    """A person decides, with both candidates shown."""
    if not work.settle(about, RequestEvent.UNDECIDED):
        return
    work.hold(
        head.id,
        about.id,
        reason=Reason.OUTCOME_UNKNOWN,
        message=f"It was sent to QuickBooks, but the answer was lost. {why}",
        advice="Look in QuickBooks: if it is there, say under which TxnID; if it is not, say so and it is sent again.",
        detail={"candidates": [_candidate(head, ret) for ret in found]},
    )


def _candidate(head: DocumentHead, ret: Any) -> dict[str, Any]:
    """A transaction as far as a person needs it to recognise it."""
    names = ("txn_id", "ref_number", "txn_date", "time_created", "time_deleted", "memo")
    shown = {name: str(value) for name in names if (value := getattr(ret, name, None)) is not None}
    customer = getattr(ret, "customer", None)
    if customer is not None and customer.full_name:
        shown["customer"] = customer.full_name
    if hasattr(ret, "customer"):
        total = KINDS[head.kind].total(ret)
        if total is not None:
            shown["total"] = str(total)
    return shown


def _guid(ret: Any) -> UUID | None:
    value = ret.external_guid
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def _aware(moment: datetime) -> datetime:
    """A time that came without its offset is the PC's own; the margin is wide enough for any zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _first_sent(work: Work, about: RequestRow) -> datetime:
    sent = work.db.scalar(
        select(func.min(MessageSet.sent_at))
        .join(Passenger, Passenger.message_set_id == MessageSet.id)
        .where(Passenger.request_id == about.id)
    )
    return sent or work.now
