"""Webhooks are set up within bounds, their secrets are sealed, and what was done stands in the audit."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from qbwc_server.channels.addresses import AddressRefused
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.outbox.webhooks import CHOSEN, WebhookEvent
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.audit import Audited, audit_of
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.resealing import rotate
from qbwc_server.webhooks import setting_up
from qbwc_server.webhooks.setting_up import (
    Changes,
    NotToBeSentAgain,
    TooManyWebhooks,
    WebhookOff,
    add_webhook,
    change_webhook,
    find_webhook,
    read_events,
    remove_webhook,
    rotate_secret,
    send_again,
    try_webhook,
    webhooks_of,
)
from tests.qbwc_server.tenants import tenant
from tests.qbwc_server.webhooks.conftest import Town

REFUSED = [
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "https://",
    "https://user:word@hooks.example.com/",
    "https://hooks.example.com:0/",
    "hooks.example.com",
    "javascript:alert(1)",
    "",
]
UNREADABLE = ["https://hooks.example.com/" + "x" * 500, "https://hooks.example.com/a b", "https://hooks.example.com/\n"
              "X: y", "https://höoks.example.com/"]  # fmt: skip


def add(town: Town, url: str = "https://hooks.example.com/a") -> int:
    with town.database.transaction() as db:
        company = db.get_one(Company, town.company_id)
        return add_webhook(db, town.settings, company, url, by=SERVER, now=town.clock())[0].id


@pytest.mark.parametrize("url", REFUSED)
def test_what_cannot_be_called_from_outside_is_refused(town: Town, url: str) -> None:
    town.settings = town.settings.model_copy(update={"private_upstreams": False})
    with pytest.raises(AddressRefused):
        add(town, url)
    with town.database.transaction() as db, pytest.raises(AddressRefused):
        row = find_webhook(db, town.company_id, town.webhook_id)
        change_webhook(db, town.settings, row, Changes(url=url or "x"), by=SERVER, now=town.clock())


@pytest.mark.parametrize("url", UNREADABLE, ids=["long", "blank", "line", "letters"])
def test_what_is_no_address_is_refused(town: Town, url: str) -> None:
    with pytest.raises(Invalid):
        add(town, url)


def test_there_are_not_more_than_may_be(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_up, "MOST_WEBHOOKS", 2)
    add(town)
    with pytest.raises(TooManyWebhooks):
        add(town)


def test_events_are_chosen_by_their_names() -> None:
    assert read_events("document.posted, connector.back") == {
        WebhookEvent.DOCUMENT_POSTED,
        WebhookEvent.CONNECTOR_BACK,
    }
    for said in ("everything", "webhook.test"):
        with pytest.raises(Invalid):
            read_events(said)


def test_no_event_is_refused(town: Town) -> None:
    with town.database.transaction() as db, pytest.raises(Invalid):
        row = find_webhook(db, town.company_id, town.webhook_id)
        change_webhook(db, town.settings, row, Changes(events=[]), by=SERVER, now=town.clock())


def test_the_secret_is_sealed_and_survives_another_key(town: Town) -> None:
    with town.database.transaction() as db:
        row = find_webhook(db, town.company_id, town.webhook_id, locked=True)
        fresh = rotate_secret(db, town.settings, row, by=SERVER, now=town.clock()).get_secret_value()
    with town.database.reading() as db:
        stored = str(db.execute(text("SELECT secret, old_secret FROM webhooks")).all())
    assert fresh.removeprefix("whsec_") not in stored
    assert town.secret.removeprefix("whsec_") not in stored
    assert rotate(town.database, town.settings, by=SERVER, now=town.clock()).resealed == 2
    town.happens()
    assert "delivered: 1" in town.deliver()
    assert town.program.heard[0].is_signed_with(fresh)


def test_everything_that_was_done_stands_in_the_audit_without_a_secret(town: Town) -> None:
    with town.database.transaction() as db:
        row = find_webhook(db, town.company_id, town.webhook_id, locked=True)
        url = "https://hooks.example.com/?key=hidden"
        change_webhook(db, town.settings, row, Changes(url=url), by=SERVER, now=town.clock())
        rotate_secret(db, town.settings, row, by=SERVER, now=town.clock())
        remove_webhook(db, row, by=SERVER, now=town.clock())
    with town.database.reading() as db:
        noted = audit_of(db, company_id=town.company_id)
        said = [row.action for row in reversed(noted) if "webhook" in row.action.value]
        everything = str([(row.subject, row.before, row.after) for row in noted])
    assert said == [
        Audited.WEBHOOK_ADDED,
        Audited.WEBHOOK_CHANGED,
        Audited.WEBHOOK_SECRET,
        Audited.WEBHOOK_REMOVED,
    ]
    assert "hidden" not in everything
    assert "https://hooks.example.com/?…" in everything


def test_what_is_removed_is_told_nothing_and_another_company_has_none_of_it(town: Town) -> None:
    town.happens()
    with town.database.transaction() as db:
        stranger = tenant(db, town.clock(), "other")
        assert webhooks_of(db, stranger.id) == []
        with pytest.raises(NotFound):
            find_webhook(db, stranger.id, town.webhook_id)
        remove_webhook(db, find_webhook(db, town.company_id, town.webhook_id), by=SERVER, now=town.clock())
    assert town.deliver() == ""
    assert town.program.heard == []


def test_one_can_be_tried_whatever_it_is_told_of(town: Town) -> None:
    with town.database.transaction() as db:
        row = find_webhook(db, town.company_id, town.webhook_id)
        only = [WebhookEvent.CONNECTOR_BACK]
        change_webhook(db, town.settings, row, Changes(events=only), by=SERVER, now=town.clock())
        try_webhook(db, row, by=SERVER, now=town.clock())
    town.happens()  # it does not want to know
    assert "delivered: 1" in town.deliver()
    assert town.bodies()[0]["type"] == "webhook.test"


def test_what_was_taken_can_be_sent_again_and_what_waits_is_not_doubled(town: Town) -> None:
    town.happens()
    town.deliver()
    (row,) = town.rows()
    with town.database.transaction() as db:
        webhook = find_webhook(db, town.company_id, town.webhook_id)
        send_again(db, webhook, row.id, now=town.clock())
        with pytest.raises(NotToBeSentAgain):
            send_again(db, webhook, row.id, now=town.clock())
        with pytest.raises(NotFound):
            send_again(db, webhook, row.id + 1, now=town.clock())
    town.deliver()
    assert len(town.program.heard) == 2
    assert len({heard.headers["webhook-id"] for heard in town.program.heard}) == 1
    with town.database.transaction() as db:
        webhook = find_webhook(db, town.company_id, town.webhook_id)
        change_webhook(db, town.settings, webhook, Changes(enabled=False), by=SERVER, now=town.clock())
        with pytest.raises(WebhookOff):
            send_again(db, webhook, row.id, now=town.clock())
        with pytest.raises(WebhookOff):
            try_webhook(db, webhook, by=SERVER, now=town.clock())


def test_every_event_fits_into_its_column() -> None:
    assert len(" ".join(CHOSEN)) <= 300
