"""Webhooks added, changed, given another secret, tried and removed; their log, and what is sent once more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.addresses import check_url
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.outbox.delivering import try_again
from qbwc_server.outbox.rows import DeliveryEvent, DeliveryState
from qbwc_server.outbox.webhooks import (
    CHOSEN,
    LONGEST_URL,
    Told,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    events_of,
    shown_url,
    tell,
)
from qbwc_server.settings import Settings
from qbwc_server.shortening import storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.sealing import seal
from qbwc_server.webhooks.sending import disable
from qbwc_server.webhooks.signing import new_secret

MOST_WEBHOOKS = 10  # of one company
OLD_SECRET_GOOD = timedelta(hours=24)


class TooManyWebhooks(Conflict):
    """The company has as many webhooks as it may have."""

    code = "too_many_webhooks"
    advice = "Remove one that is not needed any more."


class WebhookOff(Conflict):
    """The webhook is switched off."""

    code = "webhook_is_off"
    advice = "Switch it on first."


class NotToBeSentAgain(Conflict):
    """This waits for its time already."""

    code = "delivery_waits"
    advice = "It is sent when its time has come."


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be otherwise from now on; None: as it is."""

    url: str | None = None
    events: Collection[WebhookEvent] | None = None
    enabled: bool | None = None


def add_webhook(
    db: Session,
    settings: Settings,
    company: Company,
    url: str,
    *,
    events: Collection[WebhookEvent] = CHOSEN,
    by: Actor,
    now: datetime,
) -> tuple[Webhook, SecretStr]:
    """A new one, with its secret, which cannot be shown again.

    Raises:
        AddressRefused: it cannot be called at all, or not over the public Internet.
        Invalid: no event.
        TooManyWebhooks: there are enough.
        SealingTrouble: no key to seal the secret with.
    """
    url = _checked(settings, url)
    # the row of the company keeps two at a time from being one too many
    db.scalar(select(Company.id).where(Company.id == company.id).with_for_update())
    count = db.scalar(select(func.count()).select_from(Webhook).where(Webhook.company_id == company.id)) or 0
    if count >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"A company has at most {MOST_WEBHOOKS} webhooks.")
    secret = new_secret()
    row = Webhook(
        company_id=company.id, url=url, events=_names(events), secret=seal(settings, secret), created_at=now, failures=0
    )
    db.add(row)
    db.flush()
    note_audit(
        db, Audited.WEBHOOK_ADDED, by=by, now=now, company_id=company.id, subject=shown_url(row), after=_state(row)
    )
    return row, secret


def change_webhook(
    db: Session, settings: Settings, webhook: Webhook, changes: Changes, *, by: Actor, now: datetime
) -> None:
    """Another address, other events, on or off. Raises as ``add_webhook`` does."""
    before = _state(webhook)
    if changes.url is not None:
        webhook.url = _checked(settings, changes.url)
    if changes.events is not None:
        webhook.events = _names(changes.events)
    if changes.enabled is False:
        disable(db, webhook, why=None, by=by, now=now)
    if changes.enabled or changes.url is not None:
        webhook.failing_since = webhook.resting_until = None
        webhook.failures = 0
    if changes.enabled:
        webhook.disabled_at = webhook.disabled_why = None
    db.flush()
    note_audit(
        db, Audited.WEBHOOK_CHANGED, by=by, now=now, company_id=webhook.company_id, subject=shown_url(webhook),
        before=before, after=_state(webhook),
    )  # fmt: skip


def rotate_secret(db: Session, settings: Settings, webhook: Webhook, *, by: Actor, now: datetime) -> SecretStr:
    """Another secret, shown this once; for a day what is told is signed with the one before, too."""
    secret = new_secret()
    webhook.old_secret, webhook.old_until = webhook.secret, now + OLD_SECRET_GOOD
    webhook.secret = seal(settings, secret)
    db.flush()
    note_audit(db, Audited.WEBHOOK_SECRET, by=by, now=now, company_id=webhook.company_id, subject=shown_url(webhook))
    return secret


def remove_webhook(db: Session, webhook: Webhook, *, by: Actor, now: datetime) -> None:
    """It is gone, with its log."""
    note_audit(
        db, Audited.WEBHOOK_REMOVED, by=by, now=now, company_id=webhook.company_id, subject=shown_url(webhook),
        before=_state(webhook),
    )  # fmt: skip
    db.delete(webhook)
    db.flush()


def try_webhook(db: Session, webhook: Webhook, *, by: Actor, now: datetime) -> None:
    """Have it told of nothing but that it was tried. Raises WebhookOff."""
    if webhook.disabled_at is not None:
        raise WebhookOff
    webhook.resting_until = None
    tell(db, [webhook], [Told(WebhookEvent.WEBHOOK_TEST, {"webhook": webhook.id, "by": str(by)})], now=now)


def find_webhook(db: Session, company_id: int, webhook_id: int, *, locked: bool = False) -> Webhook:
    """One of this company, or NotFound."""
    asked = select(Webhook).where(Webhook.company_id == company_id, Webhook.id == webhook_id)
    row = db.scalars(asked.with_for_update() if locked else asked).one_or_none()
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id} in this company.")
    return row


def webhooks_of(db: Session, company_id: int) -> list[Webhook]:
    """All of this company, in the order in which they were added."""
    return list(db.scalars(select(Webhook).where(Webhook.company_id == company_id).order_by(Webhook.id)))


def deliveries_of(
    db: Session,
    webhook: Webhook,
    *,
    state: DeliveryState | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> list[WebhookDelivery]:
    """What it was told, or is to be told, the newest first; behind ``before_id``."""
    asked = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    if state is not None:
        asked = asked.where(WebhookDelivery.state == state)
    if before_id is not None:
        asked = asked.where(WebhookDelivery.id < before_id)
    return list(db.scalars(asked.order_by(WebhookDelivery.id.desc()).limit(limit)))


def send_again(db: Session, webhook: Webhook, delivery_id: int, *, now: datetime) -> WebhookDelivery:
    """Have it told once more, under the same id; what waits is not doubled.

    Raises:
        NotFound: it was not told of any such thing.
        WebhookOff: it is told nothing.
        NotToBeSentAgain: it waits already.
    """
    of_it = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.id == delivery_id)
    row = db.scalars(of_it.with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id} to this webhook.")
    if webhook.disabled_at is not None:
        raise WebhookOff
    if not try_again(row, now, DeliveryEvent.ONCE_MORE):
        raise NotToBeSentAgain
    webhook.resting_until = None
    db.flush()
    return row


def read_events(said: str) -> frozenset[WebhookEvent]:
    """Events by their names, divided by blanks or commas. Raises Invalid."""
    names = said.replace(",", " ").split()
    unknown = [name for name in names if name not in CHOSEN]
    if unknown:
        raise Invalid(f"There is no event {unknown[0][:40]!r}. Events are: {', '.join(CHOSEN)}.")
    return frozenset(WebhookEvent(name) for name in names)


def _checked(settings: Settings, url: str) -> str:
    url = url.strip()
    if len(url) > LONGEST_URL or url != storable(url) or not url.isascii() or any(one.isspace() for one in url):
        raise Invalid(f"The address has at most {LONGEST_URL} characters, and no blanks.")
    check_url(url, private=settings.private_upstreams)
    return url


def _names(events: Collection[WebhookEvent]) -> str:
    if not events:
        raise Invalid(f"A webhook needs at least one event: {', '.join(CHOSEN)}.")
    return " ".join(event for event in CHOSEN if event in events)


def _state(row: Webhook) -> dict[str, object]:
    return {"url": shown_url(row), "events": sorted(events_of(row)), "enabled": row.disabled_at is None}
