"""Answers to the requests that write a document, and to those that read what stands there before a change."""

from __future__ import annotations

from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.posting.outcome.changing import STALE_EDIT_SEQUENCE, queue_change, read_again
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.outcome.refused import refused, tried_again
from qbwc_server.posting.outcome.written import posted, written
from qbwc_server.posting.patience import MOST_REPEATS
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbxml import Answer
from qbxml.outcome import Outcome
from qbxml.status import status

NOT_THERE = 3120


def read_post(work: Work, row: RequestRow, answer: Answer) -> None:
    """The answer to an Add, Mod or Void of a document."""
    said = status(answer.status_code, answer.status_message or "")
    head = work.head(int(row.subject))
    ret = next(iter(answer.rets), None)
    txn_id = getattr(ret, "txn_id", None) or getattr(answer.error_recovery, "txn_id", None)
    if txn_id is not None:  # what was written came back: whatever remark the code makes, it is there
        posted(work, row, head, txn_id, ret, answer)
    elif said.doubtful or said.outcome is Outcome.DONE:  # done, says the code; but what was done? look
        work.doubt(row)
    elif answer.status_code == STALE_EDIT_SEQUENCE and row.message.endswith("Mod"):
        read_again(work, row, head, answer)
    elif tried_again(work, row, said, answer):
        pass
    elif answer.status_code == NOT_THERE and row.message == "TxnVoid":
        # it is not in the books: that is what was wanted
        if work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
            found = {"found": "QuickBooks does not have it any more"}
            work.post(head.id, Event.WITHDRAWN, row.id, written(work, None), found)
    else:
        refused(work, row, head.id, said, answer)


def read_for_change(work: Work, row: RequestRow, answer: Answer) -> None:
    """What stands in the books now: the modification is written from it, with its edit sequence and line ids."""
    said = status(answer.status_code, answer.status_message or "")
    head = work.head(int(row.subject))
    ret = next(iter(answer.rets), None)
    if ret is not None:
        queue_change(work, row, head, ret)
    elif tried_again(work, row, said, answer):
        pass
    elif said.outcome is Outcome.NOTHING_FOUND or answer.status_code == NOT_THERE:
        if work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
            work.hold(
                head.id,
                row.id,
                reason=Reason.MISSING,
                message=f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.",
                advice="Exclude it if it was deleted on purpose; or say that it is not there, and it is entered anew.",
            )
    elif said.outcome is Outcome.DONE:  # and yet nothing came
        if row.attempts < MOST_REPEATS:
            work.settle(row, RequestEvent.AGAIN)
        elif work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
            work.fail(
                head.id,
                row.id,
                reason=Reason.MISSING.value,
                message=f"QuickBooks does not show what stands in the books as {head.txn_id}, so it was not changed.",
                advice="Look at it in QuickBooks, then submit it again.",
            )
    else:
        refused(work, row, head.id, said, answer)
