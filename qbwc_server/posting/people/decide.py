"""What only a person can say: what happened to a document whose fate the evidence does not decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import DECIDED as DECISION
from qbwc_server.documents.history import entry, record, revisions_since
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.lifecycle import UNDECIDED, Event, NotNow, Reason, State
from qbwc_server.documents.models import DocumentEvent, DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.errors import Invalid
from qbwc_server.posting.outcome.named import CONFIRMED, DECIDED, was_shown
from qbwc_server.posting.requests import OneDocument, Purpose, open_of, requests_of
from qbwc_server.posting.same_file.inventory import check_one
from qbwc_server.posting.submitting.forgotten import decided_about
from qbwc_server.posting.submitting.submit import lock, submit
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.queue.enqueue import cancel, hand_over
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.settling import Settlement, settle
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_TXN_ID = re.compile(r"[0-9A-F]{1,12}-[0-9]{1,12}")


def decide(
    db: Session,
    company: Company,
    row: DocumentRow,
    *,
    posted_as: str | None,
    confirmed: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """A person has looked in QuickBooks: the document is there under ``posted_as``, or it is not there (None).

    What stands there is read in the next session, and compared; if it differs, the document is held again.

    Args:
        confirmed: it is this transaction although it differs, which was shown.

    Raises:
        NotNow: there is nothing to decide about this document.
        Invalid: that is no TxnID, or it is the one of another document, or there is nothing to confirm about it.
    """
    lock(db, company, [row])
    if row.state is not State.HELD or row.reason not in (*UNDECIDED, Reason.MISSING):
        raise NotNow(f"There is nothing to decide about document {row.id}.")
    if row.reason == Reason.TWICE and posted_as is None:
        raise Invalid("It is in QuickBooks two times: name the TxnID of the one that stays.")
    txn_id = None if posted_as is None else _txn_id(db, company, row, posted_as)
    decided: dict[str, object] = {DECIDED: txn_id or "not there"}
    if confirmed:
        _refuse_unseen(db, row, txn_id)
        decided[CONFIRMED] = True
    own = requests_of(db, company.id, row.id, [Purpose.POST])
    open_ones = [one for one in own if one.state is RequestState.DISPUTED]
    older = _older_content(db, row, [one for one in own if one not in open_ones], txn_id)
    nowhere = txn_id is None and row.host is not None  # a change of what is not there any more is not sent again
    verdict = RequestEvent.REFUSED if nowhere else RequestEvent.AGAIN if txn_id is None else RequestEvent.DONE
    settle(
        db,
        {request.id: request.state for request in open_ones},
        [Settlement(request.id, verdict, result_id=txn_id) for request in open_ones],
        now,
    )
    if len(open_ones) > 1 and txn_id is None and not nowhere:
        cancel(db, [request.id for request in open_ones[:-1]], now)  # one of them is enough
    if not open_ones and open_of(db, company.id, Purpose.POST, [OneDocument(row.id)]):
        raise NotNow(f"Document {row.id} was sent once more and has no answer yet; wait for the next update session.")
    request_id = str(open_ones[-1].id) if open_ones else None
    row.tell(None)
    decided_about(db, company.id, row, txn_id, by=by, now=now)
    if not open_ones or older or nowhere:
        _once_more(db, company, row, txn_id, decided, by=by, now=now)
    elif txn_id is None:
        move(db, row, Event.SUBMITTED, by=by, now=now, request_id=request_id, detail=decided)
    else:
        _posted(db, company, row, txn_id, request_id, decided, by=by, now=now)


def _refuse_unseen(db: Session, row: DocumentRow, txn_id: str | None) -> None:
    """What was not shown to differ cannot be confirmed."""
    if txn_id is None or not was_shown(db, row.id, txn_id):
        raise Invalid(
            "There is nothing to confirm: what differs is shown when QuickBooks has been asked for that TxnID."
        )


def _older_content(db: Session, row: DocumentRow, sent: Sequence[QueuedRequest], txn_id: str | None) -> bool:
    """Whether what stands there is known to come from an earlier sending, and the document was revised since."""
    source = next((one for one in sent if txn_id is not None and one.result_id == txn_id), None)
    return source is not None and bool(revisions_since(db, row.id, {str(source.id): source.created_at}))


def _txn_id(db: Session, company: Company, row: DocumentRow, said: str) -> str:
    txn_id = said.strip().upper()
    if not _TXN_ID.fullmatch(txn_id):
        raise Invalid(f"{said!r} is no TxnID; QuickBooks' look like 1A2B-1760000000.")
    other = db.scalars(
        select(DocumentRow).where(
            DocumentRow.company_id == company.id, DocumentRow.txn_id == txn_id, DocumentRow.id != row.id
        )
    ).first()
    if other is not None and not _is_put_onto(row):  # lines of several may stand on one invoice
        raise Invalid(f"{txn_id} is already document {other.id} ({other.origin}).")
    return txn_id


def _posted(
    db: Session,
    company: Company,
    row: DocumentRow,
    txn_id: str,
    request_id: str | None,
    decided: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
) -> None:
    if txn_id == row.txn_id and _was_void(db, row):  # the other one is gone: what was void stays so
        move(db, row, Event.WITHDRAWN, by=by, now=now, request_id=request_id, detail=decided)
        return
    host = _host(row, txn_id)
    row.not_in_books()  # as far as QuickBooks has shown
    row.txn_id, row.posted_at, row.host = txn_id, now, host
    row.written = None if host is None else {"revision": row.revision, "lines": [[]]}
    move(db, row, Event.POSTED, by=by, now=now, request_id=request_id, detail=decided)
    question = check_one(db, company, row, now)
    for request in requests_of(db, company.id, row.id):  # what waits for it waits until QuickBooks was asked
        hand_over(db, request.id, question)


def _once_more(
    db: Session,
    company: Company,
    row: DocumentRow,
    txn_id: str | None,
    decided: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """No request of it is open: it starts anew, from nothing or from an older revision that stands in the books."""
    if txn_id is not None and (TRANSACTIONS[row.kind].mod_message is None or not _revised_since(db, row)):
        _posted(db, company, row, txn_id, None, decided, by=by, now=now)
        return
    host = _host(row, txn_id)
    row.not_in_books()
    if txn_id is not None:
        row.txn_id, row.operation, row.host = txn_id, Operation.CHANGE, host
    record(db, [entry(company.id, row.id, DECISION, row.state, row.state, by=by, now=now, detail=decided)])
    submit(db, company, [row], by=by, now=now, look_first=False)


def _host(row: DocumentRow, txn_id: str | None) -> dict[str, Any] | None:
    """What is known of the invoice of somebody else that a document with ``onto`` is said to stand on."""
    if txn_id is None or not _is_put_onto(row):
        return None
    known = (row.host or {}).get("former", {}) if row.txn_id == txn_id else {}
    return {"former": known}


def _is_put_onto(row: DocumentRow) -> bool:
    document = load_document(row.body)
    return isinstance(document, Invoice) and document.onto is not None


def _was_void(db: Session, row: DocumentRow) -> bool:
    """Whether QuickBooks has said that it is void, since that was asked for last."""
    last = db.scalar(
        select(DocumentEvent.event)
        .where(
            DocumentEvent.document_id == row.id,
            DocumentEvent.event.in_((Event.VOID_ASKED.value, Event.WITHDRAWN.value)),
        )
        .order_by(DocumentEvent.id.desc())
        .limit(1)
    )
    return row.operation is Operation.VOID and last == Event.WITHDRAWN.value


def _revised_since(db: Session, row: DocumentRow) -> bool:
    """Whether the document has got another content since it was first sent."""
    own = requests_of(db, row.company_id, row.id, [Purpose.POST])
    return bool(revisions_since(db, row.id, {str(one.id): one.created_at for one in own if one.attempts}))
