"""What a document names and somebody else has entered: found by number or TxnID, and of the right party, or not."""

from __future__ import annotations

from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.document import Elsewhere
from qbwc_server.errors import Notice
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.outcome.refused import tried_again
from qbwc_server.posting.requests import OnePart
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml.outcome import Outcome

_CODE = "named_not_found"


def read_find(work: Work, row: RequestRow, reply: Reply) -> None:
    """The one transaction that is meant: what waits for it gets its TxnID. Else the document is told what there is."""
    subject = OnePart.of(row)
    document = load_document(work.document(subject.document).body)
    named = document.names_elsewhere()
    if subject.part >= len(named):  # revised meanwhile; whatever waits now waits for other questions
        work.settle(row, Event.DONE, reply)
        return
    wanted = named[subject.part]
    rules = TRANSACTIONS[wanted.kind]
    found = [rules.standing(ret) for ret in reply.rets if isinstance(ret, rules.ret)]
    meant = [one for one in found if _is_meant(one, wanted, document)]
    if len(meant) == 1 and meant[0].txn_id:
        work.settle(row, Event.DONE, reply, result_id=meant[0].txn_id)
    elif not found and tried_again(work, row, reply):
        pass
    else:
        told = found or reply.said.outcome in (Outcome.DONE, Outcome.NOTHING_FOUND)
        message = _what_there_is(wanted, document, found, meant) if told else reply.said.meaning
        if work.settle(row, Event.REFUSED, reply, words=message):
            work.cannot_wait(row.id, Notice(_CODE, message, _ADVICE if told else reply.said.advice))


_ADVICE = "Correct number, TxnID or customer, and hand the document in again; or enter it in QuickBooks."


def _is_meant(one: Standing, wanted: Elsewhere, document: Document) -> bool:
    by_number = wanted.number is not None and (one.number or "").lower() == wanted.number.lower()
    by_id = wanted.txn_id is not None and one.txn_id == wanted.txn_id
    party = document.party
    return (by_number or by_id) and party is not None and one.party is not None and one.party.is_called(party.name)


def _what_there_is(wanted: Elsewhere, document: Document, found: list[Standing], meant: list[Standing]) -> str:
    party = document.party.name if document.party is not None else "nobody"
    if len(meant) > 1:
        days = ", ".join(f"{one.day} ({one.txn_id})" for one in meant)
        return f"QuickBooks holds {wanted} of {party} {len(meant)} times: {days}. Name it by its TxnID."
    if found:
        others = ", ".join(dict.fromkeys(one.party.name or "nobody" for one in found if one.party is not None))
        return f"The {document.title} of {party} names {wanted}, which is of {others} in QuickBooks."
    return f"The {document.title} names {wanted}, which QuickBooks does not hold."
