"""Open work as records."""

from __future__ import annotations

from typing import Any

from qbwc_server.documents.open_work import OpenWork


def work_record(item: OpenWork) -> dict[str, Any]:
    """One item as programs see it."""
    return {
        "id": item.id,
        "work": item.work.value,
        "about": item.key,
        "document": item.document_id,
        "message": item.message,
        "advice": item.advice,
        "detail": item.detail,
        "found_at": item.found_at.isoformat(),
        "ended_at": None if item.ended_at is None else item.ended_at.isoformat(),
        "ended": None if item.ended is None else item.ended.value,
        "ended_by": None if item.ended_by is None else str(item.ended_by),
    }
