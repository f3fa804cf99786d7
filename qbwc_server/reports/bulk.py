"""Bulk actions and their results, as faces show them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.bulk.acts import BULK
from qbwc_server.bulk.asking import counts_of
from qbwc_server.bulk.models import BulkAction, BulkItem, ItemState


def bulk_record(db: Session, row: BulkAction) -> dict[str, Any]:
    """What was asked for, and how far it is."""
    counts = counts_of(db, row.id)
    undone = db.scalar(select(BulkAction.id).where(BulkAction.undoes == row.id))
    return {
        "id": row.id,
        "action": row.action,
        "title": BULK[row.action].title,
        "wanted": row.wanted,
        "undoes": row.undoes,
        "undone_by": undone,
        "state": row.state.value,
        "total": row.total,
        **{state.value: counts.get(state, 0) for state in ItemState},
        "by": str(row.by),
        "asked_at": row.asked_at.isoformat(),
        "ended_at": None if row.ended_at is None else row.ended_at.isoformat(),
    }


def item_record(item: BulkItem) -> dict[str, Any]:
    """What became of one document."""
    return {
        "document": item.document_id,
        "state": item.state.value,
        "before": None if item.before is None else item.before.value,
        "after": None if item.after is None else item.after.value,
        "code": item.code,
        "message": item.message,
    }
