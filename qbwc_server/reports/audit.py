"""The audit as records."""

from __future__ import annotations

from typing import Any

from qbwc_server.tenancy.audit import AuditRecord


def audit_record(row: AuditRecord) -> dict[str, Any]:
    """One change: who, when, from where, what, before and after."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "by": str(row.by),
        "by_kind": row.by.kind.value,
        "by_id": row.by.id or None,
        "place": row.place or None,
        "action": row.action.value,
        "subject": row.subject or None,
        "before": row.before,
        "after": row.after,
    }
