"""``/companies/CODE/qwc``, ``postpone`` and ``connector-password``: the same as the command line does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from qbwc_server.connector import logins
from qbwc_server.db import Database
from qbwc_server.tenancy.companies import find_company
from qwc_templates import read
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def user(app: Flask, alice: Caller, clock: TurnableClock) -> str:
    """The login of acme's Web Connector."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        added = logins.add_login(db, find_company(db, "acme"))
        return added[0].user


def test_the_qwc_file_names_the_login_and_how_often_it_calls(alice: Caller, user: str) -> None:
    answer = alice.get("/qwc?every=5")
    assert (answer.status_code, answer.content_type) == (200, "application/xml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme.qwc"'
    found = read(answer.get_data())
    assert (found.user_name, found.run_every_minutes) == (user, 5)
    assert read(alice.get("/qwc").get_data()).run_every_minutes is None
    assert alice.get("/qwc?every=1441").status_code == 422


def test_updates_are_postponed_and_that_is_lifted(alice: Caller, user: str, clock: TurnableClock) -> None:
    until = (clock() + timedelta(minutes=90)).isoformat()
    assert alice.post("/postpone", json={"minutes": 90}).get_json()["postpone_until"] == until
    assert alice.post("/postpone", json={"minutes": 0}).get_json()["postpone_until"] is None


@pytest.mark.parametrize("body", [{}, {"minutes": -1}, {"minutes": 43_201}, {"minutes": "5"}, {"minutes": True}])
def test_a_time_that_is_none_is_refused(alice: Caller, user: str, body: dict[str, Any]) -> None:
    assert alice.post("/postpone", json=body).status_code == 422
    assert alice.get("").get_json()["postpone_until"] is None


def test_a_new_password_is_shown_once_and_is_another_one_each_time(alice: Caller, user: str) -> None:
    first, second = (alice.post("/connector-password").get_json() for _ in range(2))
    assert first["connector_user"] == user
    assert first["connector_password"] != second["connector_password"]
    assert second["connector_password"] not in alice.get("").get_data(as_text=True)


def test_a_company_without_a_web_connector_has_none_of_it(alice: Caller) -> None:
    assert [alice.get("/qwc").status_code, alice.post("/postpone", json={"minutes": 1}).status_code] == [404, 404]
