"""A source that nobody has heard of has all the steps of the start by its declaration alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.runs import RunLost, begin, hear
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.channels.start import AccountFor, NamesFor, OpeningBalance, SeenUpstream, Start
from qbwc_server.channels.starting.begin import reset, start
from qbwc_server.channels.starting.choosing import take_suggested
from qbwc_server.channels.starting.looking import look_upstream
from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.reports.starting import start_record
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected
from tests.qbwc_server.channels.scripted import Script, ScriptedOptions
from tests.qbwc_server.channels.starting.beginning import told


class TillOptions(ScriptedOptions):
    """Options of a till that no other code knows."""

    from_day: date | None = None
    suppliers: str = "detailed"
    takings: str | None = None
    equity: str | None = None


def accounts(options: Any) -> Sequence[AccountFor]:
    return (AccountFor("takings", "takings", ("Bank",), ("Till",)), AccountFor("equity", "the other side", ("Equity",)))


def look(options: Any, upstream: Upstream) -> SeenUpstream:
    return SeenUpstream(coming={"suppliers": 14_000}, balances={"float": Decimal("150.00")})


TILL = replace(
    Script().channel,
    options=TillOptions,
    start=Start(
        look,
        accounts,
        "from_day",
        names=(NamesFor("suppliers", "Suppliers", ListKind.VENDOR),),
        openings=(OpeningBalance("float", "the float", "takings"),),
        against="equity",
    ),
)


@pytest.fixture
def till(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setitem(CHANNELS, TILL.code, TILL)
    with connected.database.transaction() as db:
        company = find_company(db, "shop")
        told(db, company.id, connected.clock())
        values = {"from_day": "2026-03-01", "equity": "Opening Balance Equity"}
        more: dict[str, Any] = {"settings": connected.settings, "by": ANN, "now": connected.clock()}
        return add_connection(db, company, TILL, values, Choices(), **more).id


def test_it_is_looked_at_started_and_reset_as_a_shop_is(connected: Connected, till: int) -> None:
    more: dict[str, Any] = {"settings": connected.settings, "by": ANN, "now": connected.clock()}
    with pytest.raises(NotRunning):
        connected.run(till)
    with connected.database.reading() as db:
        company_id = find_company(db, "shop").id
    look_upstream(connected.database, company_id, till, settings=connected.settings, clock=connected.clock)
    with connected.database.transaction() as db:
        row = find_connection(db, company_id, till, locked=True)
        assert take_suggested(db, row, **more) == {"takings": "Till"}
        record = start_record(db, row)
        assert [one["step"] for one in record["steps"]] == ["access", "tax", "accounts", "names", "begin"]
        assert record["names"][0]["state"] == "near"  # 14,000 suppliers to come in Pro
        start(db, find_company(db, "shop"), row, {"float": Decimal("150.00")}, by=ANN, now=connected.clock())
    with connected.database.reading() as db:
        assert db.scalars(select(DocumentRow.origin)).all() == ["scripted:opening:script"]
    connected.run(till)


def test_a_reset_breaks_off_the_run_that_is_under_way(connected: Connected, till: int) -> None:
    with connected.database.transaction() as db:
        row = find_connection(db, find_company(db, "shop").id, till, locked=True)
        row.started_at = connected.clock()
        run = begin(db, row, by=ANN, now=connected.clock()).id
        db.flush()
    with connected.database.transaction() as db:
        row = find_connection(db, find_company(db, "shop").id, till, locked=True)
        row.state = ConnectionState.RUNNING
        reset(db, row, row.account, by=ANN, now=connected.clock())
    with pytest.raises(RunLost), connected.database.transaction() as db:
        hear(db, run, now=connected.clock())
