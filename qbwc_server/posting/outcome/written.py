"""QuickBooks has it: posted, void, or, what must never be hidden, there twice."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import Operation
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.documents.store import add_notes
from qbwc_server.errors import Notice
from qbwc_server.posting.outcome.differing import look_closer, may_differ, total_differs
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.pc_clock import modified_at
from qbwc_server.posting.requests import requests_of
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import ADDS
from qbwc_server.posting.transactions.compiled import comes_to, own_lines
from qbwc_server.posting.transactions.entries_shown import entries_shown
from qbwc_server.posting.transactions.last_writing import last_writing, left_by, left_on
from qbwc_server.posting.transactions.standing import Standing, StandingLine
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbxml import Aggregate, MissingElement

LONGEST_ID = 36  # IDTYPE
VOID = "TxnVoid"


def written(work: Work, ret: Aggregate | None) -> dict[str, Any]:
    """What is remembered of a writing that QuickBooks has shown: by this an older copy of the file is recognised."""
    return {"written_at": None if ret is None else work.now, "time_modified": modified_at(ret)}


def posted(
    work: Work,
    row: RequestRow,
    head: DocumentHead,
    txn_id: str,
    ret: Aggregate | None,
    reply: Reply | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """QuickBooks has it: under which id, with which number and total. Raises MissingElement for what is no id."""
    if len(txn_id) > LONGEST_ID:
        raise MissingElement(f"{row.message} was answered with an id of {len(txn_id)} characters")
    if not work.settle(row, RequestEvent.DONE, reply, result_id=txn_id):
        _executed_again(work, row, head, txn_id)
        return
    if row.message == VOID or head.operation is Operation.VOID:  # lines on an invoice of somebody else are taken back
        work.post(head.id, Event.WITHDRAWN, row.id, written(work, ret), detail)
        return
    earlier = _earlier_sending(work, row, head)
    if earlier not in (None, txn_id):
        twice(work, row, head, str(earlier), txn_id)
        return
    if head.undecided and head.reason == Reason.OUTCOME_UNKNOWN:
        _heard_late(work, row, head, txn_id)
        return
    as_posted(work, row, head, txn_id, ret, detail)


def as_posted(
    work: Work,
    row: RequestRow,
    head: DocumentHead,
    txn_id: str,
    ret: Aggregate | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """The document stands in the books as it is now."""
    standing = None if ret is None else head.rules.standing(ret)
    total = None if standing is None else standing.total
    left = None if standing is None else left_by(standing, head.revision, _others(work, row, head))
    host = row.message not in ADDS and work.document(head.id).host is not None
    if host:
        left, total = _left_there(work, head, standing)
    values = {
        "txn_id": txn_id,
        "written": left,
        "edit_sequence": (getattr(ret, "edit_sequence", None) or "")[:16] or None,
        "posted_number": (getattr(ret, "ref_number", None) or "")[:30] or None,
        "posted_total": total,
        "posted_at": work.now,
        **written(work, ret),
    }
    if standing is not None:
        if not host:
            _compare(work, head, standing)
        work.taken[head.id] = entries_shown(standing)
        if head.txn_id is not None:  # it may have stood there for another entry before
            work.settled_work.append((WorkKind.OTHER_ENTRY, str(head.id)))
        if row.message in ADDS and standing.touched:  # found by a look-up, and by somebody else before that
            work.put(look_closer(head.rules.kind, head.id, txn_id))
    work.post(head.id, Event.POSTED, row.id, values, detail)


def _compare(work: Work, head: DocumentHead, standing: Standing) -> None:
    """Whether QuickBooks came to what the document says: a person is told where it did not."""
    found = None
    if may_differ(head.total, head.subtotal, standing):
        document = work.document(head.id)
        if not last_writing(work.db, document).guests:  # what others of ours put onto it counts for those
            found = total_differs(document, standing, work.options)
    if found is not None:
        work.findings.append(found)
    elif head.txn_id is not None:  # it was there before, and may have differed then
        work.settled_work.append((WorkKind.TOTAL_DIFFERS, str(head.id)))


def _left_there(work: Work, head: DocumentHead, standing: Standing | None) -> tuple[dict[str, Any], Decimal | None]:
    """What our writing left on an invoice of somebody else, and what our lines there come to."""
    document = work.document(head.id)
    content = load_document(document.body)
    lines: list[StandingLine | None] = []
    with suppress(CannotWrite):  # the options have changed since: our lines are found by their keys
        if standing is not None:
            lines = own_lines(content, standing, work.options, last_writing(work.db, document))
    if standing is not None and standing.paid:  # QuickBooks need not count that as a change of the invoice
        add_notes(document, ["Something had been paid on the invoice when our lines came onto it."])
    total = comes_to(lines)
    ids = [None if line is None else line.txn_line_id for line in lines]
    if standing is None:
        return {"revision": head.revision, "lines": [ids]}, total
    return left_on(standing, head.revision, ids), total


def _others(work: Work, row: RequestRow, head: DocumentHead) -> list[str]:
    """Lines that were not ours when a change was written."""
    if not row.message.endswith("Mod"):
        return []
    others: list[str] = (work.document(head.id).written or {}).get("others", [])
    return others


def _earlier_sending(work: Work, row: RequestRow, head: DocumentHead) -> str | None:
    """The id under which an earlier request of this document came into the books unseen, where that is known.

    Only a document that is held for it can have one, while a later request of it was on its way.
    """
    if head.reason != Reason.OUTCOME_UNKNOWN:
        return None
    ended = (RequestState.FAILED, RequestState.CANCELLED)
    others = (one for one in requests_of(work.db, work.company.id, head.id) if one.id != row.id)
    return next((one.result_id for one in others if one.result_id is not None and one.state in ended), None)


def _executed_again(work: Work, row: RequestRow, head: DocumentHead, txn_id: str) -> None:
    """A request that is settled already was executed, says a second answer: once more, or against all that was known.

    It must never happen, and if it does it must never be hidden.
    """
    known = work.result_of(row)
    if txn_id in (known, head.txn_id) or row.message == VOID:
        return
    if known is not None:
        twice(work, row, head, known, txn_id)
        return
    work.db.get_one(QueuedRequest, row.id).result_id = txn_id  # refused or cancelled, and in the books all the same
    if head.txn_id is not None:
        twice(work, row, head, head.txn_id, txn_id)
        return
    _heard_late(work, row, head, txn_id)


def _heard_late(work: Work, row: RequestRow, head: DocumentHead, txn_id: str) -> None:
    work.hold(
        head.id,
        row.id,
        Notice(
            Reason.OUTCOME_UNKNOWN,
            f"An answer that came late says that an earlier sending of it is in QuickBooks as {txn_id}.",
            "Look in QuickBooks: if it is there, say under which TxnID; if it is not, say so and it is sent again.",
        ),
        {"candidates": [{"txn_id": txn_id}]},
    )


def twice(work: Work, row: RequestRow, head: DocumentHead, one: str, other: str) -> None:
    """QuickBooks holds it as ``one``, which is known, and as ``other``: a person ends that."""
    message = f"QuickBooks holds this document two times: as {one} and as {other}."
    advice = "Void or delete one of the two in QuickBooks, then say which one stays."
    if head.operation is Operation.VOID:
        message = f"It was to be void as {one}, and QuickBooks holds it a second time, as {other}."
        advice = f"Void or delete {other} in QuickBooks, see that {one} is void, then say that {one} stays."
    work.hold(
        head.id,
        row.id,
        Notice(Reason.TWICE, message, advice),
        {"transactions": [one, other]},
    )
