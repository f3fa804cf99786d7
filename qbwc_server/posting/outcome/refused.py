"""QuickBooks did not execute it: it goes once more, or a person is told why."""

from __future__ import annotations

from contextlib import suppress

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Reason
from qbwc_server.posting.entries.ensure import forget
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import LONGEST_LOCK, MOST_REPEATS
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbxml import Answer
from qbxml.outcome import Outcome
from qbxml.status_codes import Status

UNKNOWN_NAMES = frozenset({3120, 3130, 3140})
AT_ONCE = frozenset({3230, 3231})  # another request of the set failed
CLOSED_PERIOD = frozenset({3161, 3171})


def tried_again(work: Work, row: RequestRow, said: Status, answer: Answer) -> bool:
    """Whether a request that was certainly not executed goes once more.

    What met a lock rests until the next session: whoever has the entry open now will have it open in a second too.
    """
    if said.outcome is not Outcome.TRY_AGAIN:
        return False
    event = RequestEvent.AGAIN if said.doubtful or said.code in AT_ONCE else RequestEvent.LOCKED
    if row.attempts >= MOST_REPEATS:
        since = first_sent(work.db, row.id) or work.now
        if event is RequestEvent.AGAIN or work.now - since > LONGEST_LOCK:
            return False
    work.settle(row, event, code=answer.status_code, message=answer.status_message)
    return True


def refused(work: Work, row: RequestRow, document_id: int, said: Status, answer: Answer) -> None:
    """QuickBooks said no; everybody else in the set is untouched."""
    if not work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
        return
    words = (answer.status_message or "").strip()
    message = f"{said.meaning} QuickBooks says: {words}" if words else said.meaning
    if answer.status_code in CLOSED_PERIOD or "closing date" in words.lower():
        work.hold(document_id, row.id, reason=Reason.CLOSING_DATE, message=message, advice=said.advice or _RE_DATE)
        return
    if answer.status_code in UNKNOWN_NAMES:
        with suppress(CannotWrite):  # the options have changed since; it will be asked anew under the new names
            forget(
                work.db,
                work.company.id,
                load_document(work.document(document_id).body),
                Texts(work.options.characters),
            )
    advice = said.advice
    if said.outcome is Outcome.TRY_AGAIN:
        advice = f"It was tried {row.attempts} times. See that nobody has it open in QuickBooks, then submit it again."
    work.fail(document_id, row.id, reason=f"quickbooks_{answer.status_code}", message=message, advice=advice)


_RE_DATE = "Hand it in again with a date after the closing date, or exclude it."
