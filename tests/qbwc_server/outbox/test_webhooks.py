"""Events stand in the outbox of whom they concern, or nowhere where the transaction was rolled back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.outbox.webhooks import CHOSEN, EVENTS, Told, WebhookDelivery, WebhookEvent, tell_company
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.webhooks.setting_up import Changes, add_webhook, change_webhook
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

POSTED = Told(WebhookEvent.DOCUMENT_POSTED, {"document": {"id": 1}})
FAILED = Told(WebhookEvent.DOCUMENT_FAILED, {"document": {"id": 1}})


def test_each_is_told_what_it_wants_to_know_and_no_other_company_is(
    database: Database, database_url: str, tmp_path: Path, clock: TurnableClock
) -> None:
    settings, now = load(database_url=database_url, secrets_file=tmp_path / "keys"), clock()
    url = "https://hooks.example.com/"
    with database.transaction() as db:
        kern, other = tenant(db, now), tenant(db, now, "other")
        everything, _ = add_webhook(db, settings, kern, url, by=SERVER, now=now)
        failures, _ = add_webhook(db, settings, kern, url, events=[WebhookEvent.DOCUMENT_FAILED], by=SERVER, now=now)
        off, _ = add_webhook(db, settings, kern, url, by=SERVER, now=now)
        change_webhook(db, settings, off, Changes(enabled=False), by=SERVER, now=now)
        add_webhook(db, settings, other, url, by=SERVER, now=now)
        wanted = {
            (everything.id, "document.posted"),
            (everything.id, "document.failed"),
            (failures.id, "document.failed"),
        }
        kern_id = kern.id
    with pytest.raises(NotFound), database.transaction() as db:
        tell_company(db, kern_id, [POSTED], now=now)
        raise NotFound
    with database.transaction() as db:
        tell_company(db, kern_id, [POSTED, FAILED], now=now)
        tell_company(db, kern_id, [], now=now)
    with database.reading() as db:
        rows = db.scalars(select(WebhookDelivery)).all()
    assert {(row.webhook_id, row.event.value) for row in rows} == wanted
    assert len(rows) == 3
    assert {json.loads(row.body)["data"]["company"] for row in rows} == {"kern"}
    assert len({row.message_id for row in rows}) == 2  # the same event has the same id wherever it is told


def test_where_nobody_listens_nothing_is_written(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        tell_company(db, tenant(db, clock()).id, [POSTED], now=clock())
        assert db.scalar(select(func.count()).select_from(WebhookDelivery)) == 0


def test_every_event_says_when_it_is_told() -> None:
    assert set(EVENTS) == set(WebhookEvent)
    assert set(CHOSEN) == set(WebhookEvent) - {WebhookEvent.WEBHOOK_TEST}
