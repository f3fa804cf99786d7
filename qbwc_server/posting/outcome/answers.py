"""Answers to the requests that write a document, and to those that read what stands there before a change."""

from __future__ import annotations

from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import Operation
from qbwc_server.errors import Notice
from qbwc_server.posting.onto.there import choose_another, queue_change_there, queue_take_back
from qbwc_server.posting.outcome.changing import queue_change, queue_void, read_again
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.outcome.refused import disputed, refused, tried_again
from qbwc_server.posting.outcome.written import VOID, posted, written
from qbwc_server.posting.patience import MOST_REPEATS
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Ended
from qbwc_server.queue.states import Event as RequestEvent
from qbxml.outcome import Cause, Outcome

_NOT_THERE = {"found": "QuickBooks does not have it any more"}


def read_post(work: Work, row: RequestRow, reply: Reply) -> None:
    """The answer to an Add, Mod or Void of a document."""
    head, said = work.head_of(row), reply.said
    txn_id = getattr(reply.first, "txn_id", None) or reply.recovered
    if reply.ended_by is Ended.BREAKDOWN:
        disputed(work, row, head.id, reply)
    elif txn_id is not None:  # what was written came back: whatever remark the code makes, it is there
        posted(work, row, head, txn_id, reply.first, reply)
    elif said.doubtful or said.outcome is Outcome.DONE:  # done, says the code; but what was done? look
        work.doubt(row)
    elif said.cause is Cause.STALE and row.message.endswith("Mod"):
        read_again(work, row, head, reply)
    elif tried_again(work, row, reply):
        pass
    elif said.cause is Cause.NOT_THERE and row.message == VOID:
        # it is not in the books: that is what was wanted
        if work.settle(row, RequestEvent.DONE, reply):
            work.post(head.id, Event.WITHDRAWN, row.id, written(work, None), _NOT_THERE)
    else:
        refused(work, row, head.id, reply)


def _only_chosen(work: Work, document_id: int) -> bool:
    return work.document(document_id).only_chosen


def read_for_change(work: Work, row: RequestRow, reply: Reply) -> None:
    """What stands in the books now: the modification is written from it, with its edit sequence and line ids."""
    head, said = work.head_of(row), reply.said
    void, host = head.operation is Operation.VOID, work.document(head.id).host
    if reply.first is not None and host is not None:
        (queue_take_back if void else queue_change_there)(work, row, head, reply.first)
    elif reply.first is not None:
        (queue_void if void else queue_change)(work, row, head, reply.first)
    elif tried_again(work, row, reply):
        pass
    elif void and (reply.proves_absence or said.cause is Cause.NOT_THERE):
        if work.settle(row, RequestEvent.DONE, reply):
            work.post(head.id, Event.WITHDRAWN, row.id, written(work, None), _NOT_THERE)
    elif (said.outcome is Outcome.NOTHING_FOUND or said.cause is Cause.NOT_THERE) and _only_chosen(work, head.id):
        if work.settle(row, RequestEvent.DONE, reply):
            choose_another(work, row, work.document(head.id))
    elif said.outcome is Outcome.NOTHING_FOUND or said.cause is Cause.NOT_THERE:
        if work.settle(row, RequestEvent.REFUSED, reply):
            work.hold(
                head.id,
                row.id,
                Notice(
                    Reason.MISSING,
                    f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.",
                    "Exclude it if it was deleted on purpose; or say that it is not there, and it is entered anew.",
                ),
            )
    elif said.outcome is Outcome.DONE:  # and yet nothing came
        if row.attempts < MOST_REPEATS:
            work.settle(row, RequestEvent.AGAIN)
        elif work.settle(row, RequestEvent.REFUSED, reply):
            what = "voided" if void else "changed"
            work.fail(
                head.id,
                row.id,
                Notice(
                    Reason.MISSING,
                    f"QuickBooks does not show what stands in the books as {head.txn_id}, so it was not {what}.",
                    "Look at it in QuickBooks, then submit it again.",
                ),
            )
    else:
        refused(work, row, head.id, reply)
