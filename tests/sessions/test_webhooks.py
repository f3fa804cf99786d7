"""Programs are told of what came of documents, questions and the Web Connector, in the transaction that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.alarms.watching import watch_companies
from qbwc_server.documents.lifecycle import State
from qbwc_server.outbox.webhooks import WebhookDelivery
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.tokens import add_token
from qbwc_server.webhooks.sending import deliver_webhook
from qbwc_server.webhooks.setting_up import add_webhook
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.webhooks.program import Program
from tests.sessions.world import World, invoice, losing


@pytest.fixture
def world(settings: Settings, clock: TurnableClock, tmp_path: Path) -> Iterator[World]:
    kept = settings.model_copy(update={"private_upstreams": True, "secrets_file": tmp_path / "keys"})
    made = World(kept, clock)
    made.update()
    with made.database.transaction() as db:
        add_webhook(db, kept, made.company(db), "https://hooks.example.com/", by=SERVER, now=clock())
    yield made
    made.database.engine.dispose()


def told(world: World) -> list[dict[str, Any]]:
    """Everything, in the order in which it happened."""
    with world.database.reading() as db:
        return [json.loads(body) for body in db.scalars(select(WebhookDelivery.body).order_by(WebhookDelivery.id))]


def of_documents(world: World) -> list[tuple[str, str, str]]:
    return [
        (one["type"].removeprefix("document."), one["data"]["document"]["origin"], one["data"]["document"]["state"])
        for one in told(world)
        if one["type"].startswith("document.")
    ]


def submitted(world: World, *origins: str) -> None:
    world.hand_in(*(invoice(origin) for origin in origins))


def test_a_posted_document_is_told_once(world: World) -> None:
    submitted(world, "shop:1", "shop:2")
    assert of_documents(world) == []
    world.update()
    world.update()
    assert of_documents(world) == [("posted", "shop:1", "posted"), ("posted", "shop:2", "posted")]
    row = world.row("shop:1")
    assert told(world)[0]["data"] == {
        "company": "kern",
        "document": {"id": row.id, "origin": "shop:1", "kind": "invoice", "number": row.number, "state": "posted"},
    }


def test_a_lost_answer_is_told_of_when_it_is_known_and_not_before(world: World) -> None:
    submitted(world, "shop:1")
    world.update(losing("InvoiceAddRs"))
    assert of_documents(world) == []
    world.update()
    assert of_documents(world) == [("posted", "shop:1", "posted")]


def test_what_quickbooks_refuses_is_told_as_failed(world: World) -> None:
    world.options(create_items=None, item_income_account=None)
    submitted(world, "shop:1")
    world.update()
    assert world.row("shop:1").state is State.FAILED
    assert of_documents(world) == [("failed", "shop:1", "failed")]


def test_a_question_of_a_program_is_told_of_when_it_is_answered(world: World) -> None:
    with world.database.transaction() as db:
        _, token = add_token(db, world.company(db), label="program", now=world.clock())
    program = Caller(world.app.test_client(), world.code, token)
    asked = program.post("/requests", json={"request": {"CustomerQueryRq": {}}}).get_json()["id"]
    assert told(world) == []
    world.update()
    (one,) = told(world)
    assert one["type"] == "request.answered"
    assert one["data"]["request"] == {"id": asked, "message": "CustomerQueryRq", "state": "done", "status_code": 1}


def test_silence_and_its_end_are_told_also_at_night(world: World) -> None:
    def watch(**after: float) -> list[str]:
        world.clock.advance(**after)
        before = len(told(world))
        watch_companies(database=world.database, settings=world.settings, clock=world.clock, checkpoint=lambda: None)
        return [one["type"] for one in told(world)[before:]]

    submitted(world, "shop:1")
    world.clock.advance(hours=14)  # past midnight there
    assert watch() == ["connector.silent"]
    assert watch(minutes=5) == []
    world.update()
    assert watch() == ["connector.back"]
    assert watch(minutes=5) == []


def test_what_is_told_reaches_the_program(world: World) -> None:
    with Program() as program:
        with world.database.transaction() as db:
            row, made = add_webhook(db, world.settings, world.company(db), program.url, by=SERVER, now=world.clock())
            webhook_id, secret = row.id, made.get_secret_value()
        submitted(world, "shop:1")
        world.update()
        deliver_webhook(
            database=world.database, settings=world.settings, clock=world.clock, subject_id=webhook_id,
            checkpoint=lambda: None,
        )  # fmt: skip
        (heard,) = program.heard
        assert heard.is_signed_with(secret)
        assert json.loads(heard.body)["data"]["document"]["origin"] == "shop:1"
