"""After any doubt, look before you write: queries that tell what became of writes whose answer is missing.

A verdict needs evidence: the GUID we gave the transaction, or its certain absence. Where the evidence does not decide,
the document waits for a person with both candidates shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS, agrees, compile_change, compile_look, compile_read
from qbwc_server.posting.compilers.sale import same_name
from qbwc_server.posting.ensure import query_for
from qbwc_server.posting.entry_answers import present, refuse
from qbwc_server.posting.pc_clock import MARGIN, aware
from qbwc_server.posting.post_answers import posted, written
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.sent import Sent, read_sent
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.work import DocumentHead, Work
from qbwc_server.queue.delivery import RequestRow, first_sent, requests_by_id, times_alone
from qbwc_server.queue.enqueue import NewRequest, put, supply
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Answer, MissingElement, render
from qbxml.messages.transaction import DeletedDateRangeFilter, TxnDeletedQueryRq
from qbxml.outcome import Outcome
from qbxml.shared import ListFilter, ModifiedDateRangeFilter
from qbxml.status import status

MOST_LOOKS = 3  # refused look-ups before a person is asked
MOST_ALONE = 6  # journeys of a write that was alone in its set and not done, then it is given up
MOST_ATTEMPTS = 20  # of any write
ADDS = frozenset({"InvoiceAdd", "SalesReceiptAdd", "CreditMemoAdd", "ReceivePaymentAdd"})
_TELLS_ALL = frozenset({0, 1, 500})


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
        new.append(_look(Purpose.LOOK, row.id, xml, guid))
    put(db, company.id, new, now)


def _look_at(document: DocumentRow, message: str, sent: str | None, guid: UUID) -> str:
    if message not in ADDS and document.txn_id is not None:
        return compile_read(document.kind, guid, txn_id=document.txn_id)[1]
    added = read_sent(sent)
    return compile_look(document.kind, guid, number=added.number, day=added.day or document.date)


def _look(purpose: Purpose, about: UUID, xml: str, guid: UUID) -> NewRequest:
    return NewRequest(purpose, str(about), "Look", False, Priority.LOOK, xml, (), guid)


def _refuse_strangers(rets: Sequence[Any], about: RequestRow | None) -> None:
    """Raises MissingElement where an entry is of another sort or does not say which it is: that is no answer."""
    if about is not None:
        name = "list_id" if about.purpose == Purpose.CREATE else "txn_id"
        if any(getattr(ret, name, None) is None for ret in rets):
            raise MissingElement(f"what was found of {about.message} comes without {name}")


def read_look(work: Work, row: RequestRow, answer: Answer) -> None:
    """What the look-up found of an uncertain write."""
    rets = list(answer.rets)  # before anything is settled: an answer that breaks off is no answer
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
    elif not rets and not proves_absence(answer):
        _cannot_look(work, row, about, answer)
    elif work.settle(row, RequestEvent.DONE):
        if about.purpose == Purpose.CREATE:
            _judge_entry(work, about, rets)
        elif about.message == "TxnVoid":
            _judge_void(work, about, rets)
        elif about.message in ADDS:
            if not _judge_add(work, about, rets, answer):
                _look_at_changed(work, about)
        else:
            _judge_change(work, about, rets)


def read_look_changed(work: Work, row: RequestRow, answer: Answer) -> None:
    """Nothing of that number or date: did somebody give it another one since? Then it still bears our mark."""
    rets = list(answer.rets)
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
    elif not rets and not proves_absence(answer):
        _cannot_look(work, row, about, answer)
    elif work.settle(row, RequestEvent.DONE):
        marked = [ret for ret in rets if guid_of(ret) is not None]
        if not _judge_add(work, about, marked, answer):
            _look_at_deleted(work, about)


def read_look_deleted(work: Work, row: RequestRow, answer: Answer) -> None:
    """Not in the books: was it there and deleted since? Only if not, it is queued again."""
    rets: list[Any] = list(answer.rets)
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
        return
    if not tells_all(answer) or not (rets or proves_absence(answer)):
        _cannot_look(work, row, about, answer)
        return
    if not work.settle(row, RequestEvent.DONE):
        return
    number = _sent(work, about).number
    since = (first_sent(work.db, about.id) or work.now) - MARGIN
    deleted = [
        ret
        for ret in rets
        if (number is None or (ret.ref_number or "").lower() == number.lower())
        and (ret.time_created is None or aware(ret.time_created) >= since)
    ]
    if deleted:
        which = "One of that number" if number is not None else "One that may be it"
        _ask(work, about, work.head(int(about.subject)), deleted, f"{which} was deleted in QuickBooks since.")
    else:
        _again(work, about)


def tells_all(answer: Answer) -> bool:
    """Whether there is nothing else beside the entries of an answer."""
    return answer.status_code in _TELLS_ALL


def proves_absence(answer: Answer) -> bool:
    """Whether an answer says that something asked for is not there: status 0 without any entry says nothing."""
    said = status(answer.status_code, answer.status_message or "")
    return said.outcome is Outcome.NOTHING_FOUND and not said.doubtful


def _about(work: Work, row: RequestRow) -> RequestRow | None:
    """The write that was looked for, while its fate or the number of its executions is open."""
    found = requests_by_id(work.db, work.company.id, [UUID(row.subject)])
    if not found:
        return None
    about = found[0]
    work.states.setdefault(about.id, about.state)
    if work.states[about.id] is not RequestState.UNCERTAIN and not executed_before(found):
        return None
    if about.purpose == Purpose.POST:
        work.learn_documents({int(about.subject)})
    return about


def _judge_entry(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    if rets:  # added by us, or there by then: the same thing
        present(work, about, work.db.get_one(ListEntry, int(about.subject)), rets[0].list_id)
    else:
        _again(work, about)


def _judge_void(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    head = work.head(int(about.subject))
    total = KINDS[head.kind].total(rets[0]) if rets else Decimal(0)
    if total == 0:
        if work.settle(about, RequestEvent.DONE, result_id=head.txn_id):
            values = written(work, rets[0] if rets else None)
            work.post(head.id, Event.WITHDRAWN, about.id, values, {"found": "void" if rets else "gone"})
    else:
        _again(work, about)


def _judge_change(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    """Content decides, not the edit sequence: that one has only the resolution of a second."""
    head = work.head(int(about.subject))
    if not rets:
        _ask(work, about, head, [], f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.")
        return
    document = work.document(head.id)
    content = load_document(document.body)
    try:
        if agrees(content, rets[0], work.options):
            posted(work, about, head, head.txn_id or "", rets[0], None, {"found": "changed as wanted"})
            return
        compiled = compile_change(content, rets[0], about.id, work.options)
    except CannotWrite as cannot:
        _ask(work, about, head, rets, cannot.problem.message)
        return
    if _again(work, about):
        supply(work.db, {about.id: compiled.xml})


def _judge_add(work: Work, about: RequestRow, rets: Sequence[Any], answer: Answer) -> bool:
    """Whether what was found settles the matter; if not, it was not found."""
    head = work.head(int(about.subject))
    ours = [ret for ret in rets if guid_of(ret) == about.id]
    known = work.result_of(about)
    if len(ours) > 1 or any(known not in (None, ret.txn_id) for ret in ours):
        _found_twice(work, about, head, ours)
        return True
    if work.states[about.id] is RequestState.DONE:
        return True
    if ours:
        posted(work, about, head, ours[0].txn_id, ours[0], None, {"found": "by its GUID"})
        return True
    # no GUID at all: typed by hand, or QuickBooks does not tell. If it also says what ours says, only a person can
    # know.
    others = alike(head.kind, head.total, _sent(work, about).customer, rets)
    if others:
        _ask(work, about, head, others, "QuickBooks holds one like it that does not bear our mark.")
    elif not tells_all(answer):
        _ask(work, about, head, [], "QuickBooks could not show all that it holds of that number or date.")
    else:
        return False
    return True


def alike(kind: str, total: Decimal | None, customer: str | None, rets: Sequence[Any]) -> list[Any]:
    """Those without any mark that say what a document says."""
    return [
        ret
        for ret in rets
        if guid_of(ret) is None
        and same_name(customer, ret.customer)
        and (total is None or KINDS[kind].total(ret) in (None, total))
    ]


def _found_twice(work: Work, about: RequestRow, head: DocumentHead, ours: Sequence[Any]) -> None:
    work.settle(about, RequestEvent.DONE, result_id=ours[0].txn_id)
    ids = dict.fromkeys([*filter(None, [about.result_id]), *(str(ret.txn_id) for ret in ours)])
    work.hold(
        head.id,
        about.id,
        reason=Reason.TWICE,
        message=f"QuickBooks holds this document {len(ids)} times: {', '.join(ids)}.",
        advice="Void or delete all but one in QuickBooks, then say which one stays.",
        detail={"transactions": [candidate(head.kind, ret) for ret in ours]},
    )


def _look_at_changed(work: Work, about: RequestRow) -> None:
    guid = new_id()
    customer = _sent(work, about).customer
    if customer is None:
        _look_at_deleted(work, about)
        return
    query = KINDS[work.head(int(about.subject)).kind].query(
        modified_date_range_filter=ModifiedDateRangeFilter(
            from_modified_date=(first_sent(work.db, about.id) or work.now) - MARGIN
        ),
        entity_filter=ListFilter(full_names=(customer,)),
        request_id=str(guid),
    )
    work.put(_look(Purpose.LOOK_CHANGED, about.id, render(query), guid))


def _look_at_deleted(work: Work, about: RequestRow) -> None:
    guid = new_id()
    query = TxnDeletedQueryRq(
        txn_del_types=(KINDS[work.head(int(about.subject)).kind].txn_type,),
        deleted_date_range_filter=DeletedDateRangeFilter(
            from_deleted_date=(first_sent(work.db, about.id) or work.now) - MARGIN
        ),
        request_id=str(guid),
    )
    work.put(_look(Purpose.LOOK_DELETED, about.id, render(query), guid))


def _again(work: Work, about: RequestRow) -> bool:
    """It was certainly not executed: it may leave once more, unless that has been in vain too often."""
    few = about.attempts < MOST_ALONE
    if few or (about.attempts < MOST_ATTEMPTS and times_alone(work.db, about.id) < MOST_ALONE):
        return work.settle(about, RequestEvent.AGAIN)
    message = (
        f"It was sent to QuickBooks {about.attempts} times. Each time QuickBooks broke off, or its answer was lost. "
        "Each time it was looked for, and it is not in the books."
    )
    advice = (
        "See what QuickBooks says when it is entered by hand on that computer; then submit it again, or exclude it."
    )
    if about.purpose == Purpose.CREATE:
        refuse(work, about, work.db.get_one(ListEntry, int(about.subject)), message, advice, None)
    elif work.settle(about, RequestEvent.REFUSED, message=message):
        work.fail(int(about.subject), about.id, reason=Reason.SENT_IN_VAIN.value, message=message, advice=advice)
    return False


def _cannot_look(work: Work, row: RequestRow, about: RequestRow, answer: Answer) -> None:
    """QuickBooks refused the look-up itself: try again a few times, then ask a person. Never guess."""
    said = status(answer.status_code, answer.status_message or "")
    if said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_LOOKS:
        work.settle(row, RequestEvent.AGAIN)
        return
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    if about.purpose == Purpose.POST:
        why = said.meaning if said.outcome is not Outcome.DONE else "its answer shows nothing."
        _ask(work, about, work.head(int(about.subject)), [], f"QuickBooks could not be asked: {why}")
    else:
        _again(work, about)  # adding a list entry again can only meet "name in use"


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
        detail={"candidates": [candidate(head.kind, ret) for ret in found]},
    )


def candidate(kind: str, ret: Any) -> dict[str, Any]:
    """A transaction as far as a person needs it to recognise it."""
    names = ("txn_id", "ref_number", "txn_date", "time_created", "time_deleted", "memo")
    shown = {name: str(value) for name in names if (value := getattr(ret, name, None)) is not None}
    customer = getattr(ret, "customer", None)
    if customer is not None and customer.full_name:
        shown["customer"] = customer.full_name
    if hasattr(ret, "customer"):
        total = KINDS[kind].total(ret)
        if total is not None:
            shown["total"] = str(total)
    return shown


def guid_of(ret: Any) -> UUID | None:
    """The mark that a transaction bears, None where it bears none of ours."""
    value = ret.external_guid
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def _sent(work: Work, about: RequestRow) -> Sent:
    return read_sent(work.db.get_one(QueuedRequest, about.id).xml)
