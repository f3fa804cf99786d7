"""What only a person can help is open work, and ends with its cause."""

from __future__ import annotations

import pytest

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause
from qbwc_server.channels.http import SignInRefused, UpstreamUnreachable
from qbwc_server.documents.open_work import WorkKind, open_work
from qbwc_server.reports.company import company_report
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, CLOCK, Connected
from tests.qbwc_server.channels.scripted import Script


def told(connected: Connected) -> list[str]:
    with connected.database.reading() as db:
        return [item.message for item in open_work(db, 1, work=WorkKind.CONNECTION_TROUBLE)]


@pytest.mark.parametrize("end", ["run", "change", "pause", "disconnect"])
def test_a_refused_key_is_told_until_its_cause_is_gone(
    connected: Connected, script: Script, connection: int, end: str
) -> None:
    connected.run(connection)
    script.tells(SignInRefused("No."))
    connected.run(connection, by=CLOCK)
    assert told(connected) == ["Connection 1, Scripted, needs another key: No."]
    with connected.database.reading() as db:
        assert not company_report(db, find_company(db, "shop"), now=connected.clock()).healthy
    if end == "run":
        connected.run(connection)
    elif end == "change":
        connected.change(connection, {"key": "another-key"})
    elif end == "pause":
        with connected.database.transaction() as db:
            pause(db, db.get_one(Connection, connection), by=ANN, now=connected.clock())
    else:
        disconnect(connected.database, "shop", connection, Unposted.KEEP, by=ANN, clock=connected.clock)
    assert told(connected) == []


def test_a_failure_is_told_when_it_has_lasted_for_a_day(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    for _ in range(24):
        script.tells(UpstreamUnreachable("Away."))
        connected.run(connection, by=CLOCK)
        connected.clock.advance(hours=1)
    assert told(connected) == []
    script.tells(UpstreamUnreachable("Away."))
    connected.run(connection, by=CLOCK)
    assert told(connected) == ["Connection 1, Scripted, fails since 2026-03-02: Away."]
    connected.run(connection, by=CLOCK)
    assert told(connected) == []
