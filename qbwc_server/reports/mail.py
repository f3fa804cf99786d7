"""E-mails as records, and what to say where some could not be delivered."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.outbox.delivering import counts
from qbwc_server.outbox.mail import OutgoingMail, newest_mail
from qbwc_server.outbox.rows import DeliveryState


def mail_record(row: OutgoingMail) -> dict[str, Any]:
    """An e-mail, without what it says."""
    return {
        "id": row.id,
        "address": row.address,
        "subject": row.subject,
        "state": row.state.value,
        "attempts": row.attempts,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "ended_at": None if row.ended_at is None else row.ended_at.isoformat(),
        "trouble": row.trouble,
    }


def mail_trouble(db: Session) -> str | None:
    """A sentence where e-mails were given up; None where all is well."""
    dead = counts(db, OutgoingMail).get(DeliveryState.DEAD, 0)
    if not dead:
        return None
    (newest,) = newest_mail(db, state=DeliveryState.DEAD, limit=1)
    which = "1 e-mail was" if dead == 1 else f"{dead} e-mails were"
    return (
        f"{which} given up. The newest, to {newest.address}: {newest.trouble} See: qbwc-server mail list --state dead"
    )
