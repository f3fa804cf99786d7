"""A program knows whether it was the server that called."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from flask import Flask
from pydantic import SecretStr

from qbwc_server.client import Client, NoAnswer, NotSigned, Problem, verified
from qbwc_server.client.webhooks import TOLERANCE_S
from qbwc_server.outbox.webhooks import Told, WebhookEvent, tell_company
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.tokens import add_token
from qbwc_server.webhooks.signing import new_secret, signed_headers
from tests.conftest import TurnableClock

BODY = '{"type":"document.posted","data":{"document":{"origin":"Müller"}}}'.encode()
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
NOW = AT.timestamp()
OLD, NEW = new_secret(), new_secret()


def heard(*keys: SecretStr) -> dict[str, str]:
    return signed_headers(keys, "msg_1", AT, BODY)


@pytest.mark.parametrize("secret", [OLD, NEW], ids=["old", "new"])
def test_what_the_server_signed_is_taken_with_either_secret(secret: SecretStr) -> None:
    event = verified(secret.get_secret_value(), heard(NEW, OLD), BODY, now=NOW + 10)
    assert event["data"]["document"]["origin"] == "Müller"


def test_how_the_headers_are_spelt_does_not_count() -> None:
    loud = {name.title(): value for name, value in heard(NEW).items()}
    assert verified(NEW.get_secret_value(), loud, BODY, now=NOW)["type"] == "document.posted"


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW) + 1)},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "²"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v2," + heard(NEW)["webhook-signature"].partition(",")[2]},
        {"webhook-signature": heard(OLD)["webhook-signature"]},
    ],
    ids=["id", "time", "no-time", "no-number", "no-digit", "none", "empty", "no-base64", "version", "other-secret"],
)
def test_what_was_changed_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        verified(NEW.get_secret_value(), {**heard(NEW), **changed}, BODY, now=NOW)


def test_another_body_is_refused() -> None:
    with pytest.raises(NotSigned):
        verified(NEW.get_secret_value(), heard(NEW), BODY + b" ", now=NOW)


@pytest.mark.parametrize("off", [TOLERANCE_S + 1, -TOLERANCE_S - 1])
def test_what_somebody_kept_and_sends_later_is_refused(off: float) -> None:
    with pytest.raises(NotSigned):
        verified(NEW.get_secret_value(), heard(NEW), BODY, now=NOW + off)
    assert verified(NEW.get_secret_value(), heard(NEW), BODY, now=NOW + off * 0.9)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


def test_webhooks_are_added_looked_after_and_removed(app: Flask, clock: TurnableClock) -> None:
    database = app.extensions["database"]
    with database.transaction() as db:
        company = add_company(db, code="acme", name="Acme", time_zone="America/New_York", now=clock())
        company_id, (_, token) = company.id, add_token(db, company, label="tests", now=clock())
    with Client("http://localhost", "acme", token, transport=httpx.WSGITransport(app=app)) as client:
        made = client.add_webhook("https://hooks.example.com/", ["document.posted"])
        assert made["secret"].startswith("whsec_")
        assert [one["events"] for one in client.webhooks()] == [["document.posted"]]
        with pytest.raises(Problem, match="must begin with https"):
            client.add_webhook("http://hooks.example.com/")
        with database.transaction() as db:
            told = [Told(WebhookEvent.DOCUMENT_POSTED, {"document": {"id": number}}) for number in range(3)]
            tell_company(db, company_id, told, now=clock())
        assert [one["state"] for one in client.deliveries(made["id"])] == ["waiting"] * 3
        assert list(client.deliveries(made["id"], state="dead")) == []
        with pytest.raises(Problem) as refused:
            client.send_again(made["id"], next(client.deliveries(made["id"]))["id"])
        assert refused.value.code == "delivery_waits"
        assert list(client.updates()) == []
        client.remove_webhook(made["id"])
        assert client.webhooks() == []


def test_what_shows_a_secret_is_not_asked_for_twice() -> None:
    calls: list[httpx.Request] = []

    def lost(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.ReadError("broken")

    client = Client("http://localhost", "acme", "token", transport=httpx.MockTransport(lost), sleep=lambda _: None)
    with client, pytest.raises(NoAnswer):
        client.add_webhook("https://hooks.example.com/")
    assert len(calls) == 1
    assert "Idempotency-Key" not in calls[0].headers
