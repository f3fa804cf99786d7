"""Bodies go after a time; that a fact is known, and the digest, stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbwc_server.channels.connections.retention import shorten_records
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.contract import Page
from qbwc_server.db import pieces
from tests.channels.connected import Connected
from tests.qbwc_server.channels.scripted import Script, fact


def shorten(connected: Connected) -> str:
    return shorten_records(
        database=connected.database, settings=connected.settings, clock=connected.clock, checkpoint=lambda: None
    )


def test_old_bodies_go_and_the_fact_stays_known(
    connected: Connected, script: Script, connection: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qbwc_server.channels.connections.retention.ROWS", 2)
    assert pieces.ROWS > 2
    now = connected.clock()
    page = Page([fact(f"s{n}", "1.00", now) for n in range(5)])
    script.tells(page)
    connected.run(connection)
    digests = [record.digest for record in connected.records()]
    connected.clock.advance(days=89)
    assert shorten(connected) == ""
    connected.clock.advance(days=2)
    assert shorten(connected) == "Records shortened: 5."
    assert [(record.body, record.digest) for record in connected.records()] == [(None, one) for one in digests]
    script.tells(page)
    report = connected.run(connection)  # fetched again, it has its body again and comes to the same document
    assert (report.documents.counts.same, connected.last_run(connection).known) == (5, 5)
    assert len(connected.documents()) == 5
    assert all(record.body for record in connected.records())


def test_what_is_not_drafted_keeps_its_body(connected: Connected, script: Script, connection: int) -> None:
    script.tells(fact("a", "1.00", connected.clock()), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        connected.run(connection)
    connected.clock.advance(days=200)
    assert shorten(connected) == ""
    connected.run(connection)
    assert len(connected.documents()) == 1


def test_a_group_of_which_a_part_is_gone_is_not_drafted_by_halves(
    connected: Connected, script: Script, connection: int
) -> None:
    start = connected.clock()
    both = [fact(key, "5.00", start, group="day") for key in ("a", "b")]
    script.tells(Page(both))
    connected.run(connection)
    before = connected.documents()
    connected.clock.advance(days=91)
    shorten(connected)
    edited = fact("b", "6.00", start + timedelta(days=90), group="day")
    script.tells(edited)
    assert connected.run(connection).set_aside == 1
    assert connected.documents() == before
    assert [record.code for record in connected.records() if record.state is RecordState.SET_ASIDE] == ["body_gone"]
    script.tells(Page([both[0], edited]))
    connected.run(connection, since=start - timedelta(days=1))
    assert {record.state for record in connected.records()} == {RecordState.DRAFTED}
    assert [total for _, total, _ in connected.documents().values()] == ["11.00"]


def test_the_log_of_runs_is_kept_for_more_than_a_year(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    connected.clock.advance(days=399)
    assert shorten(connected) == ""
    connected.clock.advance(days=2)
    assert shorten(connected) == "Runs dropped: 1."
