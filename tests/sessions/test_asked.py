"""Questions of programs, in whole sessions: answered, followed page by page, lost on the way, refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qbwc_server.asked import messages, reading
from qbwc_server.settings import Settings
from qbwc_server.simulator import Break, Faults, WireFault
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.sessions.world import World, invoice, losing

MANY = 23


@pytest.fixture
def world(settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(messages, "PAGE", 10)
    made = World(settings, clock)
    made.update()
    for number in range(MANY):
        made.books.books.create("Customer", f"Customer {number:03}")
    yield made
    made.database.engine.dispose()


@pytest.fixture
def program(world: World) -> Caller:
    with world.database.transaction() as db:
        _, token = add_token(db, world.company(db), label="program", now=world.clock())
    return Caller(world.app.test_client(), world.code, token)


def ask(program: Caller, **values: Any) -> str:
    answer = program.post("/requests", json={"request": {"CustomerQueryRq": values}})
    assert answer.status_code == 202, answer.get_json()
    return f"/requests/{answer.get_json()['id']}"


def names(program: Caller, one: str) -> list[str]:
    """All that an answer shows, page by page."""
    found: list[str] = []
    page: int | None = 1
    while page is not None:
        record = program.get(f"{one}?page={page}").get_json()
        found += [shown["full_name"] for shown in record["answer"]]
        page = record["next"]
    return found


def there(world: World) -> list[str]:
    return sorted(entry.full_name for entry in world.books.books.lists.of("Customer"))


def test_a_question_is_answered_in_the_next_session(world: World, program: Caller) -> None:
    one = ask(program, full_names=["Customer 007"])
    world.update()
    record = program.get(f"{one}?wait=5").get_json()
    assert (record["state"], record["outcome"], record["status_code"]) == ("done", "done", 0)
    assert [(shown["type"], shown["full_name"]) for shown in record["answer"]] == [("CustomerRet", "Customer 007")]
    assert record["answer"][0]["is_active"] is True
    assert (record["pages"], record["objects"], record["remaining"], record["whole"]) == (1, 1, None, True)


def test_a_long_answer_is_followed_page_by_page(world: World, program: Caller) -> None:
    one = ask(program, active_status="All")
    world.update()
    record = program.get(one).get_json()
    assert (record["state"], record["pages"], record["objects"]) == ("done", 3, MANY)
    assert sorted(names(program, one)) == there(world)


def test_what_is_not_there_is_an_answer_without_objects(world: World, program: Caller) -> None:
    one = ask(program, full_names=["Nobody"])
    world.update()
    record = program.get(one).get_json()
    assert (record["state"], record["outcome"], record["answer"]) == ("done", "done", [])
    assert record["status_code"] in (1, 500)


@pytest.mark.parametrize("kind", [Break.REQUEST_LOST, Break.RESPONSE_CUT])
def test_an_answer_that_is_lost_is_asked_for_again(world: World, program: Caller, kind: Break) -> None:
    one = ask(program)
    world.update(losing("CustomerQueryRs", kind))
    for _ in range(3):
        world.update()
    record = program.get(one).get_json()
    assert (record["state"], record["objects"]) == ("done", MANY)
    assert sorted(names(program, one)) == there(world)


def test_a_page_that_is_lost_in_the_middle_leaves_nothing_out(world: World, program: Caller) -> None:
    one = ask(program)
    lost = Faults.of(
        WireFault(Break.REQUEST_LOST, "receiveResponseXML", about='iteratorRemainingCount="3"'),
    )
    world.update(lost)
    for _ in range(4):
        world.update()
    record = program.get(one).get_json()
    assert (record["state"], record["objects"]) == ("done", MANY)
    assert sorted(names(program, one)) == there(world)


def test_between_leaving_and_answer_the_outcome_is_unknown(world: World, program: Caller) -> None:
    one = ask(program)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", about="<CustomerQueryRs ")))
    record = program.get(one).get_json()
    assert (record["state"], record["outcome"]) == ("waiting", "unknown")
    assert program._open("DELETE", one).get_json()["code"] == "request_not_waiting"


def test_documents_are_not_kept_waiting_by_a_question(world: World, program: Caller) -> None:
    one = ask(program)
    world.hand_in(invoice("shop:1"))
    world.update(losing("CustomerQueryRs"))
    world.update()
    world.update()
    assert world.row("shop:1").state == "posted"
    assert program.get(one).get_json()["state"] == "done"


def test_what_quickbooks_refuses_is_told_in_its_words(world: World, program: Caller) -> None:
    answer = program.post("/requests", json={"request": {"TemplateQueryRq": {}}})
    one = f"/requests/{answer.get_json()['id']}"
    query = program.post("/requests", json={"request": {"InvoiceQueryRq": {"txn_ids": ["1-1"]}}}).get_json()["id"]
    world.update()
    assert program.get(one).get_json()["state"] == "done"
    record = program.get(f"/requests/{query}").get_json()
    assert record["state"] in ("done", "refused")
    assert record["detail"]


def test_an_answer_forgotten_again_and_again_is_given_up(
    world: World, program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_RESTARTS", 0)
    one = ask(program)
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", about='iteratorRemainingCount="3"')))
    for _ in range(3):
        world.update()
    record = program.get(one).get_json()
    assert (record["state"], record["outcome"], record["answer"]) == ("unanswered", "unknown", [])
    assert record["detail"] == reading.AGAIN_AND_AGAIN
