"""Requests of programs as records."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.asked.asking import PRIORITIES, has_left, page_of
from qbwc_server.asked.models import AskedRequest, AskedState

_OUTCOMES = {
    AskedState.DONE: "done",
    AskedState.UNKNOWN: "unknown",
    AskedState.REFUSED: "refused",
    AskedState.UNANSWERED: "unknown",
    AskedState.EXPIRED: "not_sent",
    AskedState.CANCELLED: "not_sent",
}
_WHEN = {int(priority): when.value for (when, _), priority in PRIORITIES.items()}


def asked_record(db: Session, row: AskedRequest) -> dict[str, Any]:
    """A request, and how far its answer is."""
    outcome = _OUTCOMES.get(row.state) or ("unknown" if has_left(db, row) else "not_sent")
    return {
        "id": row.id,
        "message": row.message,
        "state": row.state.value,
        "outcome": outcome,
        "changes_books": row.writes,
        "when": _WHEN[row.priority],
        "after": row.after_id,
        "by": row.by,
        "qbxml": row.xml,
        "created_at": row.created_at.isoformat(),
        "expires_at": None if row.expires_at is None else row.expires_at.isoformat(),
        "settled_at": None if row.settled_at is None else row.settled_at.isoformat(),
        "status_code": row.status_code,
        "detail": row.message_told,
        "advice": row.advice,
        "pages": row.pages,
        "objects": row.objects,
        "remaining": row.expected,
        "whole": row.whole,
    }


def whole_asked_record(db: Session, row: AskedRequest, page: int) -> dict[str, Any]:
    """The same with one page of its answer."""
    body = page_of(db, row, page)
    return {
        **asked_record(db, row),
        "page": page,
        "next": page + 1 if page < row.pages else None,
        "answer": [] if body is None else json.loads(body),
    }
