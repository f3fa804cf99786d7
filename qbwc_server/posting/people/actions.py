"""What a person or program may do with a document: the one table from which command line, API and portal derive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import UNDECIDED, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.posting.people.re_date import re_date
from qbwc_server.posting.people.void import keep, void
from qbwc_server.posting.submitting.submit import SUBMITTABLE, submit
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission


def _always(_: DocumentRow) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class DocumentAction:
    """One thing that is done with a document.

    Args:
        code: its name in commands and addresses.
        title: of the button.
        says: what it does, in a sentence.
        done: what is said of a document afterwards.
        states: in which it makes sense; the function itself refuses what cannot be done.
        work: called with (db, company, row, *, by, now); raises NotNow.
        fits: whether it makes sense for this document in one of these states.
        question: put to the person before it is done.
    """

    code: str
    title: str
    says: str
    done: str
    states: tuple[State, ...]
    work: Callable[..., object]
    fits: Callable[[DocumentRow], bool] = _always
    question: str | None = None
    permission: Permission = Permission.POST_DOCUMENTS


def _submit(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    submit(db, company, [row], by=by, now=now)


def _is_decided(row: DocumentRow) -> bool:
    return row.reason not in UNDECIDED


def _waits_for_an_open_day(row: DocumentRow) -> bool:
    return row.reason == Reason.CLOSING_DATE


def _may_be_submitted(row: DocumentRow) -> bool:
    return _is_decided(row) and not (row.state is State.HELD and _waits_for_an_open_day(row))


def _may_be_excluded(row: DocumentRow) -> bool:
    return (row.txn_id is None or row.only_chosen or row.reason == Reason.MISSING) and _is_decided(row)


def _may_be_void(row: DocumentRow) -> bool:
    return TRANSACTIONS[row.kind].voidable


def _may_be_kept(row: DocumentRow) -> bool:
    return row.operation is Operation.VOID and _is_decided(row)


ACTIONS: dict[str, DocumentAction] = {
    action.code: action
    for action in (
        DocumentAction(
            "re-date",
            "Enter it on the first open day",
            "Enter documents whose day is closed on the first open day; the memo tells the day they had.",
            "is re-dated",
            (State.HELD,),
            re_date,
            _waits_for_an_open_day,
        ),
        DocumentAction(
            "submit",
            "Submit to QuickBooks",
            "Submit documents: after a refusal was dealt with, or after a review.",
            "is submitted",
            SUBMITTABLE,
            _submit,
            _may_be_submitted,
        ),
        DocumentAction(
            "keep",
            "Keep it in QuickBooks",
            "Take back a void that has not left.",
            "stays in the books",
            (State.SUBMITTED, State.FAILED, State.HELD),
            keep,
            _may_be_kept,
        ),
        DocumentAction(
            "restore",
            "Restore",
            "Take excluded documents back for review.",
            "is back",
            (State.EXCLUDED,),
            restore,
        ),
        DocumentAction(
            "exclude",
            "Exclude",
            "Keep documents out of the books; nothing is deleted, and restore takes it back.",
            "is excluded",
            (*SUBMITTABLE, State.SUBMITTED),
            exclude,
            _may_be_excluded,
        ),
        DocumentAction(
            "void",
            "Void…",
            "Void posted documents in QuickBooks at the next update; until then keep takes it back.",
            "will be void after the next update",
            (State.POSTED,),
            void,
            _may_be_void,
            "Void this in QuickBooks? It keeps its number and comes to zero.",
        ),
    )
}
"""By code, the remedy first."""


def allowed_actions(row: DocumentRow) -> list[DocumentAction]:
    """What makes sense for this document as it stands, the remedy first."""
    return [action for action in ACTIONS.values() if row.state in action.states and action.fits(row)]


def may_decide(row: DocumentRow) -> bool:
    """Whether only a person can say what became of it."""
    return row.state is State.HELD and row.reason in (*UNDECIDED, Reason.MISSING)
