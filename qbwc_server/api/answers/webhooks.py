"""Webhooks and what they were told, as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import WebhookEvent


class WebhookAnswer(Answer):
    """A webhook; its secret is in none of its records."""

    id: int
    url: str
    events: list[WebhookEvent]
    enabled: bool
    disabled_at: datetime | None
    disabled_why: str | None = Field(description="null: a person switched it off, or it is on.")
    created_at: datetime
    delivered_at: datetime | None = Field(description="When it took something last.")
    failing_since: datetime | None
    resting_until: datetime | None = Field(description="It is not called before.")
    old_secret_until: datetime | None = Field(description="Until then what is told bears a signature of each secret.")
    deliveries: dict[DeliveryState, int]


class NewWebhookAnswer(WebhookAnswer):
    """The same with its secret, shown this once."""

    secret: str = Field(description="whsec_ and the key in base64, as libraries of Standard Webhooks take it.")


class WebhooksAnswer(Answer):
    """All webhooks of a company."""

    webhooks: list[WebhookAnswer]


class WebhookRemovedAnswer(Answer):
    """Which one is gone."""

    id: int


class DeliveryAnswer(Answer):
    """One event on its way to a webhook."""

    id: int
    message_id: str = Field(description="webhook-id: the same through every attempt.")
    event: WebhookEvent
    state: DeliveryState
    attempts: int
    status: int | None = Field(description="That the program answered with last.")
    trouble: str | None
    created_at: datetime
    tried_at: datetime | None
    due_at: datetime
    ended_at: datetime | None
    body: str = Field(description="What is told, word for word.")


class DeliveriesAnswer(Answer):
    """A page of deliveries, the newest first."""

    deliveries: list[DeliveryAnswer]
    next: int | None
