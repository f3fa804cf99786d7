"""Webhooks and what they were told, as records; no secret is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import Webhook, WebhookDelivery, events_of


def webhook_record(db: Session, row: Webhook) -> dict[str, Any]:
    """One webhook, and how many of its deliveries stand where."""
    counted = select(WebhookDelivery.state, func.count()).where(WebhookDelivery.webhook_id == row.id)
    rows = db.execute(counted.group_by(WebhookDelivery.state))
    numbers = {state: number for state, number in rows}  # noqa: C416  # rows are no pairs to mypy
    return {
        "id": row.id,
        "url": row.url,
        "events": sorted(events_of(row)),
        "enabled": row.disabled_at is None,
        "disabled_at": _moment(row.disabled_at),
        "disabled_why": row.disabled_why,
        "created_at": row.created_at.isoformat(),
        "delivered_at": _moment(row.delivered_at),
        "failing_since": _moment(row.failing_since),
        "resting_until": _moment(row.resting_until),
        "old_secret_until": _moment(row.old_until),
        "deliveries": {state.value: numbers.get(state, 0) for state in DeliveryState},
    }


def delivery_record(row: WebhookDelivery) -> dict[str, Any]:
    """One event on its way, with what it says."""
    return {
        "id": row.id,
        "message_id": row.message_id,
        "event": row.event.value,
        "state": row.state.value,
        "attempts": row.attempts,
        "status": row.status,
        "trouble": row.trouble,
        "created_at": row.created_at.isoformat(),
        "tried_at": _moment(row.tried_at),
        "due_at": row.due_at.isoformat(),
        "ended_at": _moment(row.ended_at),
        "body": row.body,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
