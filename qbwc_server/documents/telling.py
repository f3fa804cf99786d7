"""Which steps of documents programs are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.outbox.webhooks import Told, WebhookEvent, listening, tell

# The table, not the class: an answer of QuickBooks is written past what a session holds.
_DOCUMENTS = Base.metadata.tables["documents"]
_AT_A_TIME = 500
_BY_STATE = {
    State.POSTED.value: WebhookEvent.DOCUMENT_POSTED,
    State.FAILED.value: WebhookEvent.DOCUMENT_FAILED,
    State.HELD.value: WebhookEvent.DOCUMENT_NEEDS_A_PERSON,
}
_SET_BACK = {Event.VANISHED.value, Event.REVIVED.value}  # by what was found in QuickBooks, not by who brings it


def event_of(entry: Mapping[str, Any]) -> WebhookEvent | None:
    """What programs are told of a step in the history; None: nothing."""
    if entry["event"] in _SET_BACK:
        return WebhookEvent.DOCUMENT_NEEDS_A_PERSON
    return None if entry["from_state"] == entry["to_state"] else _BY_STATE.get(entry["to_state"])


def tell_of_documents(db: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    """Have programs told of these steps, all of one company."""
    steps = [(event, entry) for entry in entries if (event := event_of(entry)) is not None]
    if not steps:
        return
    webhooks = listening(db, steps[0][1]["company_id"], {event for event, _ in steps})
    for start in range(0, len(steps) if webhooks else 0, _AT_A_TIME):
        piece = steps[start : start + _AT_A_TIME]
        told = _named(db, [entry["document_id"] for _, entry in piece])
        about = [
            Told(event, {"document": {**told[entry["document_id"]], "state": entry["to_state"]}})
            for event, entry in piece
        ]
        tell(db, webhooks, about, now=piece[0][1]["at"])


def _named(db: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    shown = (_DOCUMENTS.c[name] for name in ("id", "origin", "kind", "number"))
    found = db.connection().execute(select(*shown).where(_DOCUMENTS.c.id.in_(ids)))
    return {row.id: dict(row._mapping) for row in found}  # noqa: SLF001  # SQLAlchemy's name for it, and public
