"""Is a transaction the document? Asked of what a person named, and of what is about to be changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import KINDS, load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.open_work import WorkKind, known_keys
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.requests import OneDocument, Purpose, requests_of
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.compiled import compile_add, differences, is_on
from qbwc_server.posting.transactions.last_writing import last_writing
from qbwc_server.posting.transactions.standing import Difference, Standing
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.settling import requests_by_id

DECIDED, CONFIRMED, NAMED = "decided", "confirmed", "named"  # in the details of events


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a document is in QuickBooks, as a person said last."""

    txn_id: str
    confirmed: bool  # although it differs, which was shown


def unlike(work: Work, document: DocumentRow, found: Standing) -> list[Difference]:
    """Where a transaction that a person named differs from the document; nothing if the person has confirmed it.

    With our mark it is the document, whatever somebody has corrected in it. Else number, party and total decide.
    """
    own = _requests(work, document)
    decided = _last_decision(work, document)
    if found.mark in _marks(own) or (decided == Decision(found.txn_id, confirmed=True)):
        return []
    if document.host is not None:
        return _without_our_lines(work, document, found)
    return _differences(work, document, found, own)


def _without_our_lines(work: Work, document: DocumentRow, found: Standing) -> list[Difference]:
    """An invoice of somebody else is known by the lines of ours on it, and by nothing else."""
    with suppress(CannotWrite):  # the options have changed since
        if is_on(load_document(document.body), found, work.options, last_writing(work.db, document)):
            return []
    return [Difference("lines", "with the keys of this document", "without them")]


def is_marked(work: Work, document: DocumentRow, found: Standing) -> bool:
    """Whether a transaction bears a mark of this document: we entered it."""
    return found.mark in _marks(_requests(work, document))


def strangers(work: Work, document: DocumentRow, found: Standing) -> list[Difference]:
    """Where a transaction that is about to be changed shows that it is none of ours; nothing if it may be."""
    own = _requests(work, document)
    if found.mark in _marks(own):
        return []
    decided = _last_decision(work, document)
    if decided is not None and decided.txn_id == found.txn_id:
        looked_at = document.edit_sequence is not None
        return [] if looked_at or decided.confirmed else _differences(work, document, found, own)
    if found.mark is None and _may_be_ours(work, document, found, own):
        return []
    return _differences(work, document, found, own)


def not_the_one(document: DocumentRow, found: Standing, differences: Sequence[Difference]) -> Notice:
    """What a person is told of a transaction that differs: both sides."""
    title = KINDS[document.kind].title
    said = "; ".join(f"{one.field}: {one.books or 'none'} there, {one.ours or 'none'} here" for one in differences)
    return Notice(
        Reason.OUTCOME_UNKNOWN,
        f"The {title} that QuickBooks holds as {found.txn_id} is not like this document. {said[:1].upper()}{said[1:]}.",
        "If it is this document all the same, say its TxnID once more and confirm it; else name another TxnID, or say "
        "that it is not there.",
    )


def as_shown(found: Standing, differences: Sequence[Difference]) -> dict[str, object]:
    """The detail of an event that shows both sides."""
    return {
        NAMED: found.txn_id,
        "candidates": [found.as_candidate()],
        "differences": [one.as_record() for one in differences],
    }


def was_shown(db: Session, document_id: int, txn_id: str) -> bool:
    """Whether the last thing that a document was held for is that this transaction differs."""
    held = [one for one in history(db, document_id) if one.event == Event.HELD.value]
    return bool(held) and (held[-1].detail or {}).get(NAMED) == txn_id


def _requests(work: Work, document: DocumentRow) -> list[QueuedRequest]:
    return requests_of(work.db, work.company.id, document.id, [Purpose.POST])


def _marks(own: Sequence[QueuedRequest]) -> set[UUID]:
    return {one.id for one in own}


def _last_decision(work: Work, document: DocumentRow) -> Decision | None:
    for event in reversed(history(work.db, document.id)):
        detail = event.detail or {}
        if DECIDED in detail:
            return Decision(str(detail[DECIDED]), bool(detail.get(CONFIRMED)))
    return None


def _contents(work: Work, document: DocumentRow, own: Sequence[QueuedRequest]) -> Iterator[Sent]:
    """What the document says, and all that was ever sent of it, newest first."""
    with suppress(CannotWrite):
        content = load_document(document.body)
        now = compile_add(content, new_id(), work.options, defaultdict(lambda: "1-1")).sent
        if now is not None:
            yield now
    sent: list[Sent] = []
    for one in own:
        if one.attempts and one.sent:
            said = Sent.from_record(one.sent)
            if sent:  # a modification says only what it changes
                said = replace(said, number=said.number or sent[-1].number, party=said.party or sent[-1].party)
            sent.append(said)
    yield from reversed(sent)


def _differences(work: Work, document: DocumentRow, found: Standing, own: Sequence[QueuedRequest]) -> list[Difference]:
    """From the content that it is most like."""
    of_content = [_from(said, found) for said in _contents(work, document, own)]
    least = min(of_content, key=len, default=[])
    if not least and _says_little(document):
        least = _from_content(work, document, found)
    return [*_from_mark(work, found), *_from_void(document, found), *least]


def _says_little(document: DocumentRow) -> bool:
    """Whether number, party and total do not tell one of its kind from another: it has not all of them."""
    return document.party is None or (document.total is None and document.subtotal is None)


def _from_content(work: Work, document: DocumentRow, found: Standing) -> list[Difference]:
    """Day, accounts and lines, of what the document says now or said when it was written last; not its memo."""
    last = last_writing(work.db, document)
    seen: list[list[Difference]] = []
    for content in (load_document(document.body), last.document):
        with suppress(CannotWrite):
            seen.append([one for one in differences(found, work.options, last, content) if one.field != "memo"])
    return min(seen, key=len, default=[])


def _from(said: Sent, found: Standing) -> list[Difference]:
    differences = []
    if said.number is not None and (found.number or "").lower() != said.number.lower():
        differences.append(Difference("number", said.number, found.number))
    party = None if found.party is None else found.party.name
    if said.party is not None and (found.party is None or not found.party.is_called(said.party)):
        differences.append(Difference("name", said.party, party))
    amounts = {found.total, found.subtotal} - {None}
    if said.total is not None and amounts and said.total not in amounts:
        differences.append(Difference("total", str(said.total), str(found.total)))
    return differences


def _from_mark(work: Work, found: Standing) -> list[Difference]:
    """A mark that is not ours; not one that our database had forgotten, and the person was shown."""
    if found.mark is None:
        return []
    known = requests_by_id(work.db, work.company.id, [found.mark])
    if known:
        return [Difference("mark", None, f"that of document {OneDocument.of(known[0]).document}")]
    if known_keys(work.db, work.company.id, WorkKind.UNKNOWN_MARK, [found.txn_id]):
        return []
    return [Difference("mark", None, "one that is not known here")]


def _from_void(document: DocumentRow, found: Standing) -> list[Difference]:
    if found.voided and document.comes_to_something and document.operation is not Operation.VOID:
        return [Difference("state", "not void", "void")]
    return []


def _may_be_ours(work: Work, document: DocumentRow, found: Standing, own: Sequence[QueuedRequest]) -> bool:
    """Without any mark: the number or the party is one that we ever sent, or that QuickBooks gave."""
    contents = list(_contents(work, document, own))
    numbers = {one.number for one in contents} | {document.posted_number}
    known = {number.lower() for number in numbers if number is not None}
    parties = [one.party for one in contents if one.party is not None]
    if not known and not parties:
        return True
    if (found.number or "").lower() in known:
        return True
    return found.party is not None and any(found.party.is_called(party) for party in parties)
