"""Why a document does not move by itself, who can do something about it, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, RecordDocument
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.mapping.resolving import LOST, MISFIT, NEVER, UNMAPPED
from qbwc_server.posting.people.actions import allowed_actions, may_decide
from qbwc_server.posting.submitting.automatic import GOES_ON_LATER
from qbwc_server.reports.documents import problems_of
from qbwc_server.tenancy.permissions import Permission


class WaitsFor(StrEnum):
    """What has to happen before it moves."""

    PERSON = "person"
    LATER_RUN = "later_run"  # it is tried again by itself; a person may act before
    QUICKBOOKS = "quickbooks"  # the next update of the Web Connector


@dataclass(frozen=True, slots=True)
class Who:
    """Who can do something about it, and what they must be allowed."""

    words: str
    permission: Permission


_KEEPS_BOOKS = Who("whoever keeps the books", Permission.POST_DOCUMENTS)
_MAPS = Who("whoever says what the words of a source stand for", Permission.MAP)
_LOOKS = Who("whoever can look into QuickBooks", Permission.POST_DOCUMENTS)
_OPENS = Who("whoever keeps the books, or the accountant who has closed the period", Permission.POST_DOCUMENTS)
_CONNECTOR = Who("the Web Connector, at its next update", Permission.SEE_DOCUMENTS)
WHO: dict[str, Who] = {
    **dict.fromkeys((UNMAPPED, LOST, MISFIT, NEVER, "entry_unusable"), _MAPS),
    **dict.fromkeys((Reason.OUTCOME_UNKNOWN, Reason.TWICE, Reason.MISSING), _LOOKS),
    Reason.CLOSING_DATE: _OPENS,
}
"""By reason; everything else is for whoever keeps the books."""


def waits_record(db: Session, row: DocumentRow) -> dict[str, Any] | None:
    """Why it waits, who acts, what may be done; None where there is nothing to wait for."""
    if row.state is State.SUBMITTED:
        why = [_why("next_update", "It goes to QuickBooks with the next update.", "Nothing to do.")]
        if row.reason is not None:
            why = [_why(row.reason, row.message or "", row.advice or "")]
        return _record(WaitsFor.QUICKBOOKS, why, _CONNECTOR, row)
    if row.state not in NEEDS_A_PERSON:
        return None
    what = WaitsFor.LATER_RUN if row.reason in GOES_ON_LATER else WaitsFor.PERSON
    return _record(what, _reasons(db, row), WHO.get(row.reason or "", _KEEPS_BOOKS), row)


def _record(what: WaitsFor, why: list[dict[str, str]], who: Who, row: DocumentRow) -> dict[str, Any]:
    decides = [{"code": "decide", "title": "Say what became of it"}] if may_decide(row) else []
    actions = [{"code": one.code, "title": one.title} for one in allowed_actions(row)]
    return {
        "for": what.value,
        "why": why,
        "who": {"words": who.words, "permission": who.permission.value},
        "actions": [*decides, *actions],
    }


def _reasons(db: Session, row: DocumentRow) -> list[dict[str, str]]:
    """What its problems say, else its reason, else why it is not submitted by itself."""
    if found := problems_of(row):
        return found
    if row.reason is not None:
        return [_why(row.reason, row.message or "", row.advice or "")]
    look = "Look at it, then submit or exclude it."
    if row.body_digest != row.source_digest:
        return [_why("edited_by_hand", "Somebody has edited it here: it is submitted by hand.", look)]
    connection = _connection_of(db, row)
    if connection is not None and not connection.submits:
        told = f"Connection {connection.id} ({connection.title}) submits nothing by itself."
        return [_why("connection_for_review", told, look)]
    return [_why("for_review", "It was brought for review: nothing is submitted before a person has looked.", look)]


def _connection_of(db: Session, row: DocumentRow) -> Connection | None:
    brought = select(RecordDocument.connection_id).where(
        RecordDocument.company_id == row.company_id, RecordDocument.origin == row.origin
    )
    return db.scalars(select(Connection).where(Connection.id.in_(brought)).order_by(Connection.id)).first()


def _why(code: str, message: str, advice: str) -> dict[str, str]:
    return {"code": code, "field": "", "message": message, "advice": advice}
