"""A stored document and its history as records: amounts are text, moments ISO 8601 in UTC."""

from __future__ import annotations

import json
from typing import Any

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.models import DocumentEvent, DocumentRow


def document_record(row: DocumentRow) -> dict[str, Any]:
    """A stored document as programs see it."""
    return {
        "id": row.id,
        "origin": row.origin,
        "kind": row.kind,
        "number": row.number,
        "date": row.date.isoformat(),
        "party": row.party,
        "party_kind": row.party_kind,
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


def called(row: DocumentRow) -> str:
    """How a sentence names a document: "Invoice INV-7 for Acme, 120.00"."""
    title = KINDS[row.kind].title
    number = row.posted_number or row.number
    known_as = shown(number) if number else f"without a number (origin {shown(row.origin)})"
    total = "" if row.total is None else f", {row.total:,.2f}"
    whose = "" if row.party is None else f" for {shown(row.party)}"
    return f"{title[:1].upper()}{title[1:]} {known_as}{whose}{total}"


def shown(text: str, longest: int = 80) -> str:
    """A text from outside within a sentence: one line, and not longer than a sentence bears."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
