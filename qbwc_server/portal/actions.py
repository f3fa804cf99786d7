"""What a person may do with a document, and when it makes sense to offer it; whether it can be done is said below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import UNDECIDED, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.portal.translation import lazy_gettext
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.posting.people.re_date import re_date
from qbwc_server.posting.people.void import keep, void
from qbwc_server.posting.submitting.submit import SUBMITTABLE, submit
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Action:
    """One button."""

    name: str
    words: lazy_gettext
    work: Callable[..., object]  # (db, company, row, *, by, now)
    fits: Callable[[DocumentRow], bool]
    asks_first: bool = False  # there is a page that says what will happen


def _submit(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    submit(db, company, [row], by=by, now=now)


def _is_decided(row: DocumentRow) -> bool:
    return row.reason not in UNDECIDED


def _may_be_submitted(row: DocumentRow) -> bool:
    return row.state in SUBMITTABLE and _is_decided(row) and not _is_re_dated(row)


def _may_be_excluded(row: DocumentRow) -> bool:
    outside = row.txn_id is None or row.reason == Reason.MISSING
    return row.state in (*SUBMITTABLE, State.SUBMITTED) and outside and _is_decided(row)


def _may_be_void(row: DocumentRow) -> bool:
    return row.state is State.POSTED and TRANSACTIONS[row.kind].voidable


def _may_be_kept(row: DocumentRow) -> bool:
    return row.operation is Operation.VOID and row.state in (State.SUBMITTED, State.FAILED) and _is_decided(row)


def _is_re_dated(row: DocumentRow) -> bool:
    return row.state is State.HELD and row.reason == Reason.CLOSING_DATE


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("re-date", lazy_gettext("Enter it on the first open day"), re_date, _is_re_dated),
        Action("submit", lazy_gettext("Submit to QuickBooks"), _submit, _may_be_submitted),
        Action("keep", lazy_gettext("Keep it in QuickBooks"), keep, _may_be_kept),
        Action("restore", lazy_gettext("Restore"), restore, lambda row: row.state is State.EXCLUDED),
        Action("exclude", lazy_gettext("Exclude"), exclude, _may_be_excluded),
        Action("void", lazy_gettext("Void…"), void, _may_be_void, asks_first=True),
    )
}


def allowed_actions(row: DocumentRow) -> list[Action]:
    """What is offered for this document as it stands, the remedy first."""
    return [action for action in ACTIONS.values() if action.fits(row)]


def may_decide(row: DocumentRow) -> bool:
    """Whether only a person can say what became of it."""
    return row.state is State.HELD and row.reason in (*UNDECIDED, Reason.MISSING)
