"""``qbwc-server request``."""

from __future__ import annotations

import pytest

from qbwc_server import clock
from qbwc_server.asked.asking import Wish, ask
from qbwc_server.asked.messages import read_values
from qbwc_server.asked.models import AskedState
from qbwc_server.cli.output import Exit
from qbwc_server.db import Database
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.cli.conftest import CommandLine

ACCOUNT = {"account_add": {"name": "Postage", "account_type": "Expense"}}


@pytest.fixture
def unknown(run: CommandLine, acme: str) -> int:
    """A change of which nobody knows what became."""
    database = Database(run.url)
    with database.transaction() as db:
        change = read_values("AccountAddRq", ACCOUNT)
        row = ask(db, find_company(db, "acme").id, change, Wish(), by=SERVER, now=clock.now())
        row.state, row.message_told, row.advice = AskedState.UNKNOWN, "Its answer was lost.", "Look there."
        db.get_one(QueuedRequest, row.request_id).state = RequestState.DISPUTED
        number = row.id
    database.engine.dispose()
    return number


def test_what_is_unknown_is_listed_with_what_to_do(run: CommandLine, unknown: int) -> None:
    text = run("request", "list", "acme", "--state", "unknown").stdout
    assert "AccountAddRq" in text
    assert "Its answer was lost." in text
    assert "Look there." in text
    assert run.json("request", "list", "acme")["requests"][0]["id"] == unknown
    assert "no such requests" in run("request", "list", "acme", "--state", "done").stdout


@pytest.mark.parametrize(("decision", "state"), [("done", "done"), ("again", "waiting"), ("over", "cancelled")])
def test_somebody_says_what_became_of_it(run: CommandLine, unknown: int, decision: str, state: str) -> None:
    assert run.json("request", "decide", "acme", unknown, decision)["state"] == state
    assert run("request", "decide", "acme", unknown, decision).exit_code == Exit.CONFLICT
    assert run("request", "decide", "acme", 4711, decision).exit_code == Exit.NOT_FOUND
