"""A mark of ours stands where it is not expected: executed by a PC of which nobody heard, or taken for gone."""

from __future__ import annotations

from collections.abc import Iterable

from qbwc_server.documents.history import history
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import Operation
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.written import posted, twice
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.requests import OneDocument, Purpose, ask, open_of
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbxml.outcome import Outcome

_NOT_LOOKED_FOR = (RequestState.WAITING, RequestState.QUEUED, RequestState.RESTING)


def marks_stand(work: Work, shown: Iterable[Standing]) -> None:
    """Whether what bears marks of ours stands where it is known to."""
    shown = [one for one in shown if one.mark is not None]
    marks = {one.mark for one in shown if one.mark is not None}
    known = {row.id: row for row in requests_by_id(work.db, work.company.id, marks)} if marks else {}
    work.expect(list(known.values()))
    for one in shown:
        if one.mark in known:
            stands(work, known[one.mark], one)


def stands(work: Work, request: RequestRow, found: Standing) -> None:
    """What a request entered that left at some time stands in the file as ``found``: is that known?"""
    if request.purpose != Purpose.POST:
        return
    head = work.head_of(request)
    if found.total == 0 and head.comes_to_something:  # that one is void
        return
    if head.undecided or (head.txn_id == found.txn_id and not _left_out(head)):
        return
    how = {"found": "by its mark"}
    if head.state is State.SUBMITTED and head.txn_id is None:
        if work.states[request.id] in _NOT_LOOKED_FOR:  # it was looked for, and executed after that
            posted(work, request, head, found.txn_id, found.ret, None, how)
    elif _left_out(head) and head.txn_id in (None, found.txn_id):
        if found.total == 0:  # its lines tell whether it is void
            _look(work, head, found.txn_id)
            return
        detail = {"candidates": [found.as_candidate()]}
        work.hold(head.id, request.id, stands_all_the_same(head.state, found.txn_id), detail)
    elif head.txn_id is None:
        posted(work, request, head, found.txn_id, found.ret, None, how)
    elif not _was_told(work, head, found.txn_id):
        _look(work, head, found.txn_id)


def _left_out(head: DocumentHead) -> bool:
    """Whether it is not in the books as far as is known: a person said so, or it was deleted or left out there."""
    return head.state is State.EXCLUDED or (head.state is State.WITHDRAWN and head.operation is not Operation.VOID)


def stands_all_the_same(state: State, txn_id: str) -> Notice:
    """What a person is told of what was left out here and stands in the books."""
    here = "excluded" if state is State.EXCLUDED else "taken for deleted"
    return Notice(
        Reason.OUTCOME_UNKNOWN,
        f"It is {here} here, and QuickBooks holds it as {txn_id}.",
        "If it is to stay in QuickBooks, say that it is there under that TxnID. If not, delete it there, then say that "
        "it is not there, and exclude it.",
    )


def _was_told(work: Work, head: DocumentHead, txn_id: str) -> bool:
    """Whether a person has seen already that it is there under this TxnID too."""
    held = (one for one in history(work.db, head.id) if one.event == Event.HELD.value)
    return any(txn_id in str(one.detail) for one in held)


def _look(work: Work, head: DocumentHead, other: str) -> None:
    if open_of(work.db, work.company.id, Purpose.LOOK_TWICE, [OneDocument(head.id)]):
        return
    query = head.rules.by_id(list(dict.fromkeys(filter(None, [head.txn_id, other]))), new_id())
    work.put(ask(Purpose.LOOK_TWICE, OneDocument(head.id), query))


def read_look_twice(work: Work, row: RequestRow, reply: Reply) -> None:
    """Both are there: then a person decides. Only the other one is: then it stands there under that TxnID."""
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    document = work.document(OneDocument.of(row).document)
    work.learn_documents({document.id})
    head = work.head_of(row)
    shown = {one.txn_id: one for one in map(head.rules.standing, reply.rets)}
    if not work.settle(row, RequestEvent.DONE, reply) or head.undecided:
        return
    *before, other = Sent.from_record(work.db.get_one(QueuedRequest, row.id).sent).txn_ids
    known, found = document.txn_id, shown.get(other)
    if found is None or found.voided or known not in (before or (None, other)):
        return
    if _left_out(head):
        detail = {"candidates": [found.as_candidate()]}
        work.hold(head.id, row.id, stands_all_the_same(head.state, other), detail)
    elif known is None or known == other:
        return  # it has been found meanwhile
    elif known in shown or head.state is not State.POSTED:
        twice(work, row, head, known, other)
    elif reply.tells_all:
        how = {"found": "by its GUID, under another TxnID", "before": known}
        document.txn_id, document.edit_sequence, document.time_modified = other, None, found.time_modified
        move(work.db, document, Event.POSTED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=how)
