"""What was posted stands there once more, typed by hand under the same number: it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds.one_deal import as_kinds
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind, known_keys, note_work
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import without_our_mark
from qbwc_server.posting.outcome.differing import called
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.requests import OneKind, Purpose, ask, open_of
from qbwc_server.posting.same_file.inventory import CHUNK
from qbwc_server.posting.same_file.twice import marks_stand
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent

NUMBER = func.coalesce(DocumentRow.posted_number, DocumentRow.number)


def look_beside(db: Session, company_id: int, numbered: Iterable[tuple[str, str | None]]) -> list[NewRequest]:
    """The questions what else bears these numbers; of a kind that is asked for already, none.

    Args:
        numbered: kinds and numbers of what was posted.
    """
    kinds: dict[str, dict[str, None]] = {}
    for kind, number in numbered:
        for one in as_kinds(kind) if number is not None else ():
            if TRANSACTIONS[one].is_asked_by_number:
                kinds.setdefault(one, {})[str(number)] = None
    asked = open_of(db, company_id, Purpose.LOOK_BESIDE, [OneKind(kind) for kind in kinds])
    return [
        ask(Purpose.LOOK_BESIDE, OneKind(kind), TRANSACTIONS[kind].glimpse_of_numbers(chunk, new_id()))
        for kind, numbers in kinds.items()
        if str(OneKind(kind)) not in asked
        for chunk in _chunks(list(numbers))
    ]


def _chunks(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]


def read_look_beside(work: Work, row: RequestRow, reply: Reply) -> None:
    """What bears a number of ours, is for the same party, and is none of ours; whoever was told of it knows."""
    kind = OneKind.of(row).kind
    shown = [TRANSACTIONS[kind].standing(ret) for ret in reply.rets]
    if not work.settle(row, RequestEvent.DONE, reply) or not shown:
        return
    ours = _ours(work, kind, shown)
    ids = {document.txn_id for document in ours}
    strangers = without_our_mark(work.db, work.company.id, [one for one in shown if one.txn_id not in ids])
    told = known_keys(work.db, work.company.id, WorkKind.TYPED_BESIDE, [one.txn_id for one in strangers])
    here = {one.txn_id: one for one in shown}
    found = [
        _finding(document, one)
        for one in strangers
        if one.txn_id not in told
        for document in ours
        if _is_the_same(document, here.get(document.txn_id or ""), one)
    ]
    note_work(work.db, work.company.id, found, now=work.now)
    marks_stand(work, [one for one in shown if one.txn_id not in ids])


def _ours(work: Work, kind: str, shown: Sequence[Standing]) -> Sequence[DocumentRow]:
    numbers = {one.number for one in shown if one.number is not None}
    return work.db.scalars(
        select(DocumentRow).where(
            DocumentRow.company_id == work.company.id,
            DocumentRow.kind.in_(as_kinds(kind)),
            DocumentRow.state.not_in((State.WITHDRAWN, State.EXCLUDED)),  # what waits for a person stands there, too
            DocumentRow.txn_id.is_not(None),
            NUMBER.in_(numbers),
        )
    ).all()


def _is_the_same(document: DocumentRow, ours: Standing | None, one: Standing) -> bool:
    """Whether it has the number and the party of ours: as QuickBooks shows it, whose names may be others by now.

    What comes to zero is void, where ours comes to something.
    """
    if one.total == 0 and (ours is None or ours.total != 0):
        return False
    if (one.number or "").lower() != (document.posted_number or document.number or "").lower():
        return False  # QuickBooks compares without case
    if one.kind != document.kind and one.total not in (document.posted_total, document.total):
        return False  # each kind has numbers of its own
    party = document.party if ours is None or ours.party is None else ours.party.name
    return party is None or one.party is None or one.party.is_called(party)


def _finding(document: DocumentRow, one: Standing) -> Finding:
    comes_to = "" if one.total is None else f", {one.total:,.2f}"
    what = f"a {TRANSACTIONS[one.kind].document.title}" if one.kind != document.kind else "another one"
    return Finding(
        WorkKind.TYPED_BESIDE,
        one.txn_id,
        f"{called(document, one.number)} stands in QuickBooks, and so does {what} of that number{comes_to} that was "
        "not entered from here.",
        "Look at both in QuickBooks: if they are the same, delete the one that was typed by hand.",
        document.id,
        {"ours": document.txn_id, "beside": one.as_candidate()},
    )
