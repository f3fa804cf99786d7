"""Sends what webhooks are told: one call at a time to each, bounded, again for a day, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.alarms.telling import letters
from qbwc_server.channels.addresses import AddressRefused, CheckedTransport, Resolve, resolve
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.outbox.delivering import NobodyThere, NotDelivered, Patience, Round, deliver_due
from qbwc_server.outbox.mail import put_letter
from qbwc_server.outbox.rows import TRANSITIONS, DeliveryEvent, DeliveryState
from qbwc_server.outbox.webhooks import Webhook, WebhookDelivery, shown_url
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.mail_choices import ByMail
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.sealing import unseal
from qbwc_server.webhooks.signing import signed_headers

PATIENCE = Patience(first=timedelta(seconds=30), longest=timedelta(hours=4), all_in_all=timedelta(days=1), jitter=0.25)
LONGEST_FAILURE = timedelta(days=3)  # then it is switched off
_WHOLE_S = 10.0  # seconds for one call, from its first byte to its last
_TIMES = httpx.Timeout(_WHOLE_S, connect=5.0)
_ROUND = timedelta(seconds=30)  # what is due then is for the next round
_KEPT = timedelta(days=30)  # what has left, or was given up
_TAKES = range(200, 300)
_GONE = 410  # the program says itself that it wants no more
_JOB = Actor(ActorKind.JOB, "deliver_webhooks")


class NotTaken(NobodyThere):
    """The program did not take it."""

    code = "webhook_not_taken"


class SaysGone(NotTaken):
    """The program says that it wants no more."""

    code = "webhook_gone"


class SwitchedOff(NobodyThere):
    """The webhook is switched off."""

    code = "webhook_off"


@dataclass(frozen=True, slots=True)
class _Where:
    url: str
    keys: tuple[SecretStr, ...]


def deliver_webhook(
    *,
    database: Database,
    settings: Settings,
    clock: Clock,
    subject_id: int,
    checkpoint: Callable[[], None],
    resolve: Resolve = resolve,
    **_: object,
) -> str:
    """Tell one webhook what is due; the first call that fails ends the round. A job."""
    now = clock()
    with database.reading() as db:
        webhook = db.get(Webhook, subject_id)
        if webhook is None or webhook.disabled_at is not None or _rests(webhook, now):
            return ""
    transport = CheckedTransport(private=settings.private_upstreams, resolve=resolve, whole_s=_WHOLE_S)
    answers: dict[int, int] = {}
    with httpx.Client(transport=transport, follow_redirects=False, trust_env=False, timeout=_TIMES) as client:

        def send(row: WebhookDelivery) -> None:
            _send(client, _where(database, settings, subject_id, clock()), row, clock(), answers)

        def noted(db: Session, row: WebhookDelivery, trouble: NotDelivered | None, at: datetime) -> None:
            _note(db, settings, row, answers.get(row.id), trouble, at)

        of_it = Round(only=WebhookDelivery.webhook_id == subject_id, noted=noted, until=now + _ROUND)
        done = deliver_due(
            database, WebhookDelivery, send, PATIENCE, clock=clock, checkpoint=checkpoint, this_round=of_it
        )
    return f"Webhook {subject_id}: {done}." if str(done) else ""


def _rests(webhook: Webhook, now: datetime) -> bool:
    return webhook.resting_until is not None and webhook.resting_until > now


def _where(database: Database, settings: Settings, webhook_id: int, now: datetime) -> _Where:
    """Where it is by now: somebody may have changed it since the round began."""
    with database.reading() as db:
        webhook = db.get(Webhook, webhook_id)
        if webhook is None or webhook.disabled_at is not None:
            raise SwitchedOff
        kept = [webhook.secret]
        if webhook.old_secret is not None and webhook.old_until is not None and webhook.old_until > now:
            kept.append(webhook.old_secret)
        return _Where(webhook.url, tuple(unseal(settings, one) for one in kept))


def _send(client: httpx.Client, where: _Where, row: WebhookDelivery, now: datetime, answers: dict[int, int]) -> None:
    body = row.body.encode()
    headers = signed_headers(where.keys, row.message_id, now, body)
    headers |= {"content-type": "application/json", "user-agent": "qbwc-server", "accept-encoding": "identity"}
    try:
        with client.stream("POST", where.url, content=body, headers=headers) as response:  # its body is not read
            status = answers[row.id] = response.status_code
    except AddressRefused as refused:
        raise NotTaken(str(refused)) from refused
    except httpx.TimeoutException as late:
        raise NotTaken(f"There was no answer within {_WHOLE_S:.0f} seconds.") from late
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotTaken(f"The address cannot be reached ({type(error).__name__}).") from error
    if status == _GONE:
        raise SaysGone("The program answered with 410: it wants no more.")
    if status not in _TAKES:
        raise NotTaken(f"The program answered with {status}; what is not from 200 to 299 counts as not taken.")


def _note(
    db: Session,
    settings: Settings,
    row: WebhookDelivery,
    status: int | None,
    trouble: NotDelivered | None,
    now: datetime,
) -> None:
    """What the attempt says of the webhook itself."""
    if isinstance(trouble, SwitchedOff):
        return
    tried = update(WebhookDelivery).where(WebhookDelivery.id == row.id).values(tried_at=now, status=status)
    db.execute(tried.execution_options(synchronize_session=False))
    webhook = db.get(Webhook, row.webhook_id, with_for_update=True)
    if webhook is None:
        return
    if trouble is None:
        webhook.delivered_at, webhook.failing_since, webhook.failures, webhook.resting_until = now, None, 0, None
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.resting_until = now + PATIENCE.pause(webhook.failures, salt=f"webhook {webhook.id}")
    if isinstance(trouble, SaysGone) or now - webhook.failing_since >= LONGEST_FAILURE:
        _give_up(db, settings, webhook, trouble, now)


def _give_up(db: Session, settings: Settings, webhook: Webhook, trouble: NotDelivered, now: datetime) -> None:
    """Switch it off, and tell those who see to the company."""
    disable(db, webhook, why=str(trouble), by=_JOB, now=now)
    company = db.get(Company, webhook.company_id)
    if company is None or settings.smtp_host is None:
        return
    said = [
        f"The webhook {shown_url(webhook)} is switched off: it took nothing for long, or does not want any more.",
        f"At last: {trouble}",
        "Correct what is wrong there, switch it on again, and send again what it missed.",
    ]
    for to, letter in letters(db, settings, company, ByMail.ALARMS, "a webhook is switched off", said, counts=False):
        key = f"webhook {webhook.id} off {int(now.timestamp())}"
        put_letter(db, key, [to], letter, now=now, company_id=company.id)


def disable(db: Session, webhook: Webhook, *, why: str | None, by: Actor, now: datetime) -> None:
    """Nothing is told to it any more; what waits is given up, and may be sent again later."""
    if webhook.disabled_at is not None:
        return
    webhook.disabled_at, webhook.disabled_why = now, why
    note_audit(
        db, Audited.WEBHOOK_OFF, by=by, now=now, company_id=webhook.company_id, subject=shown_url(webhook),
        after={"why": why},
    )  # fmt: skip
    waiting = (WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == DeliveryState.WAITING)
    dead = TRANSITIONS[DeliveryState.WAITING][DeliveryEvent.GIVEN_UP]
    given_up = update(WebhookDelivery).where(*waiting).values(state=dead, ended_at=now)
    db.execute(given_up.execution_options(synchronize_session=False))


def due_webhooks(db: Session) -> list[tuple[int, int, datetime]]:
    """Number, company and first moment of each webhook for which something waits."""
    waiting = select(WebhookDelivery.webhook_id).where(WebhookDelivery.state == DeliveryState.WAITING)
    found = db.execute(
        select(Webhook.id, Webhook.company_id, Webhook.created_at)
        .where(Webhook.id.in_(waiting), Webhook.disabled_at.is_(None))
        .order_by(Webhook.id)
    )
    return [(number, company_id, since) for number, company_id, since in found]


def purge_deliveries(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Drop what webhooks were told long ago; a job."""
    ended = (WebhookDelivery.state != DeliveryState.WAITING, WebhookDelivery.ended_at < clock() - _KEPT)
    dropped = delete_in_pieces(database, WebhookDelivery.id, *ended, checkpoint=checkpoint)
    return f"Deliveries to webhooks dropped: {dropped}." if dropped else ""
