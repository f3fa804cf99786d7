"""Webhooks in a browser: added, tried, sent again, switched, given another secret, removed."""

from __future__ import annotations

import re

from qbwc_server.outbox.webhooks import CHOSEN, Webhook
from qbwc_server.tenancy.permissions import Role
from qbwc_server.webhooks.setting_up import find_webhook, webhooks_of
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/webhooks"
URL = "https://hooks.example.com/acme"
SECRET = re.compile(r">(whsec_[\w+/=]{44})<")


def add(browser: Browser, **fields: object) -> str:
    data = {"proof": browser.proof(ALL), "url": URL, "event": [event.value for event in CHOSEN], **fields}
    return browser.client.post(f"/portal{ALL}", data=data).text


def only(town: Town) -> Webhook:
    with town.database.reading() as db:
        (row,) = webhooks_of(db, town.found("acme").id)
        return row


def test_a_webhook_from_its_beginning_to_its_end(town: Town, owner: Browser) -> None:
    assert "No webhook yet" in said(owner.get(ALL))
    found = SECRET.search(add(owner, event=["document.posted"]))
    assert found
    assert found[1] not in owner.get(ALL).text
    row = only(town)
    one = f"{ALL}/{row.id}"
    assert row.events == "document.posted"
    assert owner.send(f"{one}/test", one).status_code == 303
    shown = said(owner.get(one))
    assert "A test" in shown
    assert "Waits" in shown
    assert owner.send(f"{one}/deliveries/1/again", one).status_code == 409  # it waits
    assert owner.send(f"{one}/off", one).status_code == 303
    assert "Switched off" in said(owner.get(one))
    assert owner.send(f"{one}/test", one).status_code == 409
    assert owner.send(f"{one}/on", one).status_code == 303
    assert owner.send(f"{one}/deliveries/1/again", one).status_code == 303
    renewed = SECRET.search(owner.send(f"{one}/secret", one).text)
    assert renewed
    assert renewed[1] != found[1]
    assert owner.send(one, one, url=f"{URL}/2", event="connector.back").status_code == 303
    assert (only(town).url, only(town).events) == (f"{URL}/2", "connector.back")
    assert owner.send(f"{one}/remove", one).status_code == 303
    assert owner.get(one).status_code == 404


def test_what_cannot_be_is_refused_and_what_was_typed_stays(town: Town, owner: Browser) -> None:
    text = add(owner, url="http://hooks.example.com/mine")
    assert "must begin with https://" in text
    assert 'value="http://hooks.example.com/mine"' in text
    assert "needs at least one event" in add(owner, event=[])
    add(owner)
    one = f"{ALL}/{only(town).id}"
    assert owner.send(one, one, url="ftp://x", event="connector.back").status_code == 422
    assert owner.send(one, one, url=URL).status_code == 422
    assert only(town).url == URL


def test_a_webhook_of_another_company_does_not_exist(town: Town, owner: Browser) -> None:
    add(owner)
    town.company("other")
    stranger = town.person("ben@other.example", other=Role.OWNER)
    theirs = f"/companies/other/webhooks/{only(town).id}"
    assert stranger.get(theirs).status_code == 404
    for act in ("", "/test", "/off", "/secret", "/remove", "/deliveries/1/again"):
        assert stranger.send(f"{theirs}{act}", "/", url=URL, event="connector.back").status_code == 404, act
    with town.database.reading() as db:
        assert find_webhook(db, town.found("acme").id, only(town).id).disabled_at is None
