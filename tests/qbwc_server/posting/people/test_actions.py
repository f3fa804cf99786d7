"""The one table of what is done with documents: every face has all of it, and what it offers is not refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from qbwc_server.cli.documents import documents
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.portal.actions import ACTIONS as BUTTONS
from qbwc_server.posting.people.actions import ACTIONS, allowed_actions
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.permissions import RULES, Role
from tests.conftest import TurnableClock


def test_every_face_has_every_action(app: Flask) -> None:
    assert {*ACTIONS} == {*BUTTONS}
    assert {*ACTIONS} <= {*documents.commands}
    rules = {rule.endpoint: str(rule) for rule in app.url_map.iter_rules()}
    for endpoint in ("api.act", "portal.act"):
        assert all(f'"{code}"' in rules[endpoint] for code in ACTIONS)


@pytest.mark.parametrize("code", ACTIONS)
def test_an_action_is_declared_whole(code: str) -> None:
    action = ACTIONS[code]
    assert action.code == code
    assert action.says.endswith(".")
    assert action.title
    assert action.done
    assert action.states
    assert RULES[action.permission].role is Role.BOOKKEEPER


@pytest.mark.parametrize(
    ("submitted", "offered"), [(False, ["submit", "exclude"]), (True, ["exclude"])], ids=["for review", "submitted"]
)
def test_what_is_offered_can_be_done(
    database: Database, clock: TurnableClock, submitted: bool, offered: list[str]
) -> None:
    lines: list[dict[str, Any]] = [{"item": "Tea", "amount": "5.00"}]
    of = {"kind": "sales_receipt", "origin": "o", "date": "2026-03-02", "customer": "Ann", "lines": lines}
    with database.transaction() as db:
        company = add_company(db, code="shop", name="Shop", time_zone="UTC", now=clock())
        handed = hand_in(db, company, [read_document(of)], by=SERVER, now=clock(), submit_now=submitted)
        (result,) = handed.results
        row: Any = getattr(result, "row", None)
        assert [action.code for action in allowed_actions(row)] == offered
        allowed_actions(row)[-1].work(db, company, row, by=SERVER, now=clock())
        assert row.state is State.EXCLUDED
        assert [action.code for action in allowed_actions(row)] == ["restore"]
