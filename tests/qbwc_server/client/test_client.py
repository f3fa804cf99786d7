"""The client against the real application: what is lost on the way is not done twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

import qbwc_server.client
import qbwc_server.client.client as client_module
from qbwc_server.client import Client, NoAnswer, Problem
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock
from tests.sessions.world import World, losing

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "origin": "shop:1001",
    "date": "2026-03-02",
    "customer": {"name": "Acme"},
    "lines": [{"item": "Seat", "quantity": "2", "rate": "10.50"}],
}


class Faulty(httpx.BaseTransport):
    """A line on which some answers are lost: the server has done its work, and the caller hears nothing."""

    def __init__(self, app: Flask) -> None:
        self._line = httpx.WSGITransport(app=app)
        self.losing: list[str] = []  # "answer" or "request", one for each call to come
        self.calls: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        fault = self.losing.pop(0) if self.losing else ""
        if fault == "request":
            raise httpx.ConnectError("refused")
        response = self._line.handle_request(request)
        response.read()
        if fault == "answer":
            raise httpx.ReadError("broken")
        return response


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    made.update()
    yield made
    made.database.engine.dispose()


@pytest.fixture
def line(world: World) -> Faulty:
    return Faulty(world.app)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(world: World, line: Faulty, slept: list[float]) -> Iterator[Client]:
    database: Database = world.database
    with database.transaction() as db:
        _, token = add_token(db, world.company(db), label="client", now=world.clock())
    with Client("http://localhost", world.code, token, transport=line, sleep=slept.append) as made:
        yield made


def test_an_invoice_is_posted(world: World, client: Client) -> None:
    made = client.create_document(INVOICE)
    assert (made.state, str(made.total), made.party) == ("submitted", "21.00", "Acme")
    world.update()
    found = client.document(made.id)
    assert found.state == "posted"
    assert found.txn_id
    assert found.record["proof"]["txn_id"] == found.txn_id
    assert [one.id for one in client.documents(state="posted")] == [made.id]
    assert client.status()["healthy"] is True
    assert client.company()["code"] == world.code


@pytest.mark.parametrize("faults", [["answer"], ["request"], ["answer", "request", "answer"]])
def test_what_is_lost_is_asked_again_under_the_same_key(
    client: Client, line: Faulty, slept: list[float], faults: list[str]
) -> None:
    line.losing = [*faults]
    made = client.create_document(INVOICE)
    assert made.state == "submitted"
    assert len([*client.documents()]) == 1
    keys = {call.headers.get("Idempotency-Key") for call in line.calls if call.method == "POST"}
    assert len(keys) == 1
    assert slept == [0.5 * 2**number for number in range(len(faults))]


def test_what_never_answers_is_given_up_with_its_key(client: Client, line: Faulty) -> None:
    line.losing = ["answer"] * 5
    with pytest.raises(NoAnswer) as lost:
        client.create_document(INVOICE)
    again = client.create_document(INVOICE, key=lost.value.key)
    assert [one.id for one in client.documents()] == [again.id]
    assert line.calls[-2].headers["Idempotency-Key"] == lost.value.key


def test_a_refusal_is_an_exception_with_a_code(client: Client) -> None:
    with pytest.raises(Problem) as wrong:
        client.create_document({**INVOICE, "lines": [{"item": "Seat", "quantty": "2"}]})
    assert (wrong.value.code, wrong.value.status, wrong.value.outcome) == ("invalid_document", 422, "not_sent")
    assert "quantty" in str(wrong.value)
    client.create_document(INVOICE)
    with pytest.raises(Problem) as conflict:
        client.create_document({**INVOICE, "memo": "other"})
    assert conflict.value.code == "origin_conflict"
    assert not conflict.value.retryable
    assert client.create_document({**INVOICE, "memo": "other"}, revise=True).record["revision"] == 2


def test_an_action_is_done_to_what_was_read(client: Client) -> None:
    read = client.document(client.create_document(INVOICE, review=True).id)
    client.create_document({**INVOICE, "memo": "other"}, revise=True, review=True)
    with pytest.raises(Problem) as changed:
        client.act("exclude", read, match=True)
    assert changed.value.code == "document_changed"
    assert client.act("exclude", client.document(read.id), match=True).state == "excluded"
    assert client.act("restore", read.id).state == "for_review"
    with pytest.raises(Problem):
        client.decide(read.id, not_posted=True)


def test_a_question_is_answered_also_where_the_answer_is_lost(world: World, client: Client) -> None:
    for number in range(3):
        world.books.books.create("Customer", f"Customer {number}")
    asked = client.ask({"CustomerQueryRq": {"max_returned": 2}})
    as_qbxml = client.ask("<CompanyQueryRq/>", soon=True, expires_in_s=3600)
    assert (asked.state, client.asked(asked.id).outcome) == ("waiting", "not_sent")
    world.update(losing("CustomerQueryRs"))
    for _ in range(2):
        world.update()
    assert client.asked(asked.id, wait=5).state == "done"
    assert {one["full_name"] for one in client.answer(asked)} >= {f"Customer {number}" for number in range(3)}
    assert [one["type"] for one in client.answer(as_qbxml.id)] == ["CompanyRet"]


def test_open_work_is_told(client: Client) -> None:
    assert [*client.open_work()] == []


def test_the_server_says_when_to_come_again(slept: list[float]) -> None:
    answers = iter((429, 503, 200))

    def answer(_: httpx.Request) -> httpx.Response:
        status = next(answers)
        headers = {"Retry-After": "7"} if status == 429 else {}
        return httpx.Response(status, headers=headers, json={"code": "x"} if status != 200 else {"healthy": True})

    with Client("http://s", "acme", "t", transport=httpx.MockTransport(answer), sleep=slept.append) as client:
        assert client.status() == {"healthy": True}
    assert slept == [7.0, 1.0]


def test_an_answer_that_is_none_of_ours_is_a_problem() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(404, text="<html>"))
    with Client("http://s", "acme", "t", transport=transport) as client, pytest.raises(Problem) as found:
        client.status()
    assert (found.value.status, found.value.code, found.value.outcome) == (404, "unknown", "unknown")


def test_it_needs_nothing_of_the_server() -> None:
    folder = Path(qbwc_server.client.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("qbwc_server") or name.startswith("qbwc_server.client"), (file.name, name)
                assert name.partition(".")[0] not in ("flask", "sqlalchemy", "qbxml", "pydantic"), (file.name, name)


def many(count: int) -> list[dict[str, Any]]:
    return [{**INVOICE, "origin": f"shop:{number}"} for number in range(count)]


def test_many_documents_go_in_by_the_thousand_and_a_lost_answer_does_not_double_them(
    client: Client, line: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_MOST", 40)
    line.losing = ["answer", "request", "", "answer"]
    told = list(client.create_documents([*many(99), {"kind": "invoice"}]))
    assert [one.result for one in told] == ["added"] * 99 + ["refused"]
    assert [one.origin for one in told[:99]] == [f"shop:{number}" for number in range(99)]
    assert told[0].document is not None
    assert told[0].document.state == "submitted"
    assert told[-1].document is None
    assert told[-1].problem is not None
    assert told[-1].problem["code"] == "invalid_document"
    assert len({call.headers["Idempotency-Key"] for call in line.calls}) == 3
    assert len(line.calls) == 6
    assert sum(1 for _ in client.documents()) == 99
