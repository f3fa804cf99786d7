"""Webhooks: who is told of which events, and a row for each telling, in the transaction that caused it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, Key, UtcDateTime, Whole, Words
from qbwc_server.ids import new_id
from qbwc_server.outbox.rows import DeliveryState, Outgoing
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.sealing import Sealed, SealedColumn

VERSION = 1
"""Of what is told. A name that is added does not change it; one that goes, or means something else, does."""
LONGEST_URL = 500
_IS_WAITING = text(f"state = '{DeliveryState.WAITING}'")


class WebhookEvent(StrEnum):
    """What programs may be told. Each value is part of the API."""

    DOCUMENT_POSTED = "document.posted"
    DOCUMENT_FAILED = "document.failed"
    DOCUMENT_NEEDS_A_PERSON = "document.needs_a_person"
    CONNECTOR_SILENT = "connector.silent"
    CONNECTOR_BACK = "connector.back"
    REQUEST_ANSWERED = "request.answered"
    WEBHOOK_TEST = "webhook.test"


EVENTS: Mapping[WebhookEvent, str] = {
    WebhookEvent.DOCUMENT_POSTED: "a document stands in QuickBooks",
    WebhookEvent.DOCUMENT_FAILED: "QuickBooks refused a document",
    WebhookEvent.DOCUMENT_NEEDS_A_PERSON: "a document is held, or was set back, until a person decides",
    WebhookEvent.CONNECTOR_SILENT: "the Web Connector does not call any more",
    WebhookEvent.CONNECTOR_BACK: "the Web Connector calls again",
    WebhookEvent.REQUEST_ANSWERED: "a request of a program is answered, or is over",
    WebhookEvent.WEBHOOK_TEST: "somebody tries the webhook; each takes it",
}
"""Every event, and when it is told."""
CHOSEN = tuple(event for event in EVENTS if event is not WebhookEvent.WEBHOOK_TEST)
"""Those that somebody may choose."""


class Webhook(Base):
    """One address of a program that is told of events of one company."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Exact(LONGEST_URL))
    events: Mapped[str] = mapped_column(Exact(300))  # names, divided by blanks
    secret: Mapped[Sealed] = mapped_column(SealedColumn)
    old_secret: Mapped[Sealed | None] = mapped_column(SealedColumn)  # what is told is signed with it, too
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_why: Mapped[str | None] = mapped_column(Words(500))  # None: a person did it
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it last took something
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # since then, one behind the other
    resting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it is not called before


class WebhookDelivery(Outgoing, Base):
    """One event on its way to one webhook."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        Index(
            "ix_webhook_deliveries_due",
            "webhook_id",
            "due_at",
            "id",
            postgresql_where=_IS_WAITING,
            sqlite_where=_IS_WAITING,
        ),
        Index("ix_webhook_deliveries_ended_at", "ended_at"),
    )

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(Exact(40))  # the same through every attempt
    event: Mapped[WebhookEvent] = mapped_column(EnumValue(WebhookEvent))
    body: Mapped[str] = mapped_column(Whole("what is told of an event names a bounded number of things"))
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(Integer)  # that the program answered with last


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened.

    Args:
        about: names and values, each of them short and none of them secret.
    """

    event: WebhookEvent
    about: Mapping[str, Any]


def listening(db: Session, company_id: int, events: Collection[WebhookEvent]) -> list[Webhook]:
    """The webhooks of this company that are told of some of these."""
    if not events:
        return []
    switched_on = select(Webhook).where(Webhook.company_id == company_id, Webhook.disabled_at.is_(None))
    with db.no_autoflush:
        found = db.scalars(switched_on.order_by(Webhook.id)).all()
    return [webhook for webhook in found if not events_of(webhook).isdisjoint(events)]


def events_of(webhook: Webhook) -> frozenset[WebhookEvent]:
    """Which events it is told of."""
    return frozenset(WebhookEvent(name) for name in webhook.events.split())


def shown_url(webhook: Webhook) -> str:
    """Its address for logs and letters: what stands behind the question mark may be a key."""
    address, mark, _ = webhook.url.partition("?")
    return f"{address}{mark}…" if mark else address


def tell(db: Session, webhooks: Sequence[Webhook], told: Sequence[Told], *, now: datetime) -> None:
    """Have them told of this, each of what it wants to know, when the transaction has come to its end."""
    if not webhooks or not told:
        return
    with db.no_autoflush:  # whoever moves a document has not said everything of it yet
        code = db.scalar(select(Company.code).where(Company.id == webhooks[0].company_id))
    rows = [
        _row(webhook, one.event, message_id, body, now)
        for one in told
        for message_id, body in [(f"msg_{new_id().hex}", written(code or "", one, now))]
        for webhook in webhooks
        if one.event in events_of(webhook) or one.event is WebhookEvent.WEBHOOK_TEST
    ]
    if rows:
        db.connection().execute(insert(WebhookDelivery), rows)


def tell_company(db: Session, company_id: int, told: Sequence[Told], *, now: datetime) -> None:
    """The same for all webhooks of a company."""
    tell(db, listening(db, company_id, {one.event for one in told}), told, now=now)


def written(code: str, told: Told, now: datetime) -> str:
    """What is told, as JSON."""
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = {"company": code, **told.about}
    body = {"type": told.event.value, "timestamp": at, "version": VERSION, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _row(webhook: Webhook, event: WebhookEvent, message_id: str, body: str, now: datetime) -> dict[str, Any]:
    return {
        "company_id": webhook.company_id,
        "webhook_id": webhook.id,
        "message_id": message_id,
        "event": event,
        "body": body,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "created_at": now,
        "since": now,
        "due_at": now,
    }
