"""Update sessions and runs of connections over REST, page by page; none of another company."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from qbwc_server.channels.connections.runs import begin, end
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import RunOutcome
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.connector.logins import add_login
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import SessionState
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

SET = UUID("12345678-1234-5678-1234-567812345678")


@pytest.fixture
def sessions(app: Flask, alice: Caller, clock: TurnableClock) -> list[int]:
    """Five that ended, the first with a message set."""
    with app.extensions["database"].transaction() as db:
        company = find_company(db, "acme")
        add_login(db, company)
        rows = [
            UpdateSessionRow(
                company_id=company.id, ticket_digest=f"secret-{number}", state=SessionState.CLOSED,
                started_at=clock() + timedelta(minutes=number), last_call_at=clock(), ended_at=clock(),
                posted={"invoices": number}, connector_version="2.3.0.215", closing_words=f"{number} invoices posted.",
            )
            for number in range(5)
        ]  # fmt: skip
        db.add_all(rows)
        db.flush()
        db.add(
            MessageSet(
                id=SET, company_id=company.id, session_id=rows[0].id, delivery=Delivery.ANSWERED, writes=True,
                request_count=1, body="<QBXML>sent</QBXML>", sent_at=clock(), answer="<QBXML>answered</QBXML>",
            )
        )  # fmt: skip
        return [row.id for row in rows]


def test_sessions_are_read_page_by_page_the_newest_first(alice: Caller, charlie: Caller, sessions: list[int]) -> None:
    first = alice.get("/updates?limit=3").get_json()
    assert [one["id"] for one in first["updates"]] == sessions[:1:-1]
    assert first["updates"][0]["closing_words"] == "4 invoices posted."
    rest = alice.get(f"/updates?limit=3&before={first['next']}").get_json()
    assert [one["id"] for one in rest["updates"]] == sessions[1::-1]
    assert rest["next"] is None
    assert charlie.get("/updates").get_json() == {"updates": [], "next": None}
    assert "secret" not in alice.get("/updates").text


def test_one_session_shows_its_sets_and_each_its_texts(alice: Caller, charlie: Caller, sessions: list[int]) -> None:
    one = f"/updates/{sessions[0]}"
    shown = alice.get(one).get_json()
    assert [(row["id"], row["delivery"], row["writes"]) for row in shown["sets"]] == [(str(SET), "answered", True)]
    assert "sent</QBXML>" not in alice.get(one).text
    texts = alice.get(f"{one}/sets/{SET}").get_json()
    assert (texts["sent"], texts["answer"]) == ("<QBXML>sent</QBXML>", "<QBXML>answered</QBXML>")
    assert alice.get(f"/updates/{sessions[1]}/sets/{SET}").status_code == 404
    assert alice.get(f"/updates/{sessions[1]}").get_json()["sets"] == []
    for path in (one, f"{one}/sets/{SET}"):
        assert charlie.get(path).status_code == 404


def test_runs_of_a_connection_are_read_page_by_page(
    app: Flask, alice: Caller, charlie: Caller, clock: TurnableClock
) -> None:
    with app.extensions["database"].transaction() as db:
        company = find_company(db, "acme")
        connection = add_connection(
            db, company, FEED, {"address": "https://feed.example", "name": "tea"}, Choices(),
            settings=load(database_url="sqlite:///unused.db"), by=SERVER, now=clock(),
        )  # fmt: skip
        for _ in range(4):
            end(db, begin(db, connection, by=SERVER, now=clock()).id, RunOutcome.DONE, now=clock())
        path = f"/connections/{connection.id}/runs"
    first = alice.get(f"{path}?limit=3").get_json()
    assert [run["outcome"] for run in first["runs"]] == ["done"] * 3
    rest = alice.get(f"{path}?limit=3&before={first['next']}").get_json()
    assert (len(rest["runs"]), rest["next"]) == (1, None)
    ids = [run["id"] for run in (*first["runs"], *rest["runs"])]
    assert ids == sorted(ids, reverse=True)
    assert charlie.get(path).status_code == 404
