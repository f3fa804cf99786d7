"""A stored document and its history as records: amounts are text, moments ISO 8601 in UTC."""

from __future__ import annotations

import json
from typing import Any

from qbwc_server.documents.models import DocumentEvent, DocumentRow


def document_record(row: DocumentRow) -> dict[str, Any]:
    """A stored document as programs see it."""
    return {
        "id": row.id,
        "origin": row.origin,
        "kind": row.kind,
        "number": row.number,
        "date": row.date.isoformat(),
        "customer": row.customer,
        "total": None if row.total is None else str(row.total),
        "state": row.state.value,
        "operation": row.operation.value,
        "revision": row.revision,
        "reason": row.reason,
        "message": row.message,
        "advice": row.advice,
        "problems": problems_of(row),
        "notes": (row.notes or {}).get("notes", []),
        "txn_id": row.txn_id,
        "posted_number": row.posted_number,
        "posted_total": None if row.posted_total is None else str(row.posted_total),
        "posted_at": None if row.posted_at is None else row.posted_at.isoformat(),
        "created_at": row.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
    }


def body_record(row: DocumentRow) -> dict[str, Any]:
    """The document itself, as it was handed in."""
    body: dict[str, Any] = json.loads(row.body)
    return body


def event_record(event: DocumentEvent) -> dict[str, Any]:
    """One step of a document's history."""
    return {
        "at": event.at.isoformat(),
        "by": str(event.by),
        "event": event.event,
        "from": event.from_state,
        "to": event.to_state,
        "request_id": event.request_id,
        "detail": event.detail,
    }


def problems_of(row: DocumentRow) -> list[dict[str, str]]:
    """What keeps a document from being submitted."""
    found: list[dict[str, str]] = (row.problems or {}).get("problems", [])
    return found
