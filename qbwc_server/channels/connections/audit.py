"""What people do with connections is audited: what was chosen before and after, secrets only as having changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.posting.submitting.automatic import limits_of
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit


def settled(db: Session, row: Connection) -> dict[str, object]:
    """What a person has chosen. The sealed text stands under a name that is blotted out, and tells only a change."""
    return {
        **row.options,
        "title": row.title,
        "every_minutes": row.every_minutes,
        "submits": row.submits,
        **{f"limit {name}": most for name, most in limits_of(db, row.id).as_record().items() if most is not None},
        "since": row.since,
        "secrets": None if row.sealed is None else row.sealed.text,
    }


def note_connection(
    db: Session,
    action: Audited,
    row: Connection,
    *,
    by: Actor,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Keep what ``by`` did with a connection."""
    note_audit(
        db,
        action,
        by=by,
        now=now,
        company_id=row.company_id,
        subject=f"connection {row.id}: {row.title} ({row.channel}, {row.account})",
        before=before,
        after=after,
    )
