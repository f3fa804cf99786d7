"""What a person does with a connection is checked, sealed and audited."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import (
    AlreadyConnected,
    AnotherAccount,
    BadSchedule,
    SecretsElsewhere,
    read_since,
    try_connection,
)
from qbwc_server.channels.connections.states import ConnectionNotNow, ConnectionState
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause
from qbwc_server.channels.contract import Channel, LiveCheck
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.http import SignInRefused, Upstream
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Invalid
from qbwc_server.tenancy.audit import audit_of
from tests.channels.connected import ANN, Connected
from tests.channels.upstream_server import Told, standing
from tests.qbwc_server.channels.scripted import Script, fact


def with_check(script: Script, error: Exception | None) -> Channel:
    def check(options: object, upstream: Upstream) -> str:
        if error is not None:
            raise error
        return "All is well."

    script.channel = Channel(**{**vars(script.channel), "checks": (LiveCheck("key", "Try it", check),)})
    return script.channel


@pytest.mark.parametrize(
    ("error", "code", "state"),
    [
        (None, None, ConnectionState.RUNNING),
        (SignInRefused("No."), "sign_in_refused", ConnectionState.BEING_SET_UP),
        (KeyError("hunter2"), "channel_broke", ConnectionState.BEING_SET_UP),
    ],
)
def test_a_live_check_says_what_it_found(
    connected: Connected, script: Script, monkeypatch: pytest.MonkeyPatch, error: Exception | None, code: str | None,
    state: ConnectionState,
) -> None:  # fmt: skip
    monkeypatch.setitem(CHANNELS, "scripted", with_check(script, error))
    connection = connected.add(script.channel, {})
    (tried,) = try_connection(connected.database, 1, connection, settings=connected.settings, clock=connected.clock)
    assert (tried.notice and tried.notice.code) == code
    assert "hunter2" not in str(tried)
    row = connected.connection(connection)
    assert (row.state, row.code) == (state, code)


def test_secrets_are_sealed_in_the_database_and_audited_as_changed(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {"key": "hunter2hunter2"})
    connected.change(connection, {"key": "hunter3hunter3", "refuse": "Coffee"}, every_minutes=9)
    connected.change(connection, {})
    with connected.database.reading() as db:
        rows = db.execute(text("SELECT * FROM connections")).all()
        records = audit_of(db, company_id=1)
    assert "hunter" not in str(rows)
    told = [(one.action.value, one.before, one.after) for one in records if "connect" in one.action.value]
    assert told == [
        ("connection_changed", {"refuse": None, "every_minutes": 5, "secrets": "***"},
         {"refuse": "Coffee", "every_minutes": 9, "secrets": "***"}),
        ("connected", None, {"title": "Scripted", "every_minutes": 5, "submits": False, "since": None,
                             "secrets": "***"}),
    ]  # fmt: skip


def test_pausing_and_disconnecting_are_audited(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    with connected.database.transaction() as db:
        pause(db, db.get_one(Connection, connection), by=ANN, now=connected.clock())
    disconnect(connected.database, "shop", connection, Unposted.KEEP, by=ANN, clock=connected.clock)
    with connected.database.reading() as db:
        assert [one.action.value for one in audit_of(db, company_id=1)][:2] == ["disconnected", "connection_paused"]


def test_a_disconnected_connection_has_forgotten_its_secrets(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {"key": "hunter2hunter2"})
    disconnect(connected.database, "shop", connection, Unposted.KEEP, by=ANN, clock=connected.clock)
    assert connected.connection(connection).sealed is None
    with pytest.raises(ConnectionNotNow):
        connected.change(connection, {"refuse": "x"})
    with pytest.raises(ConnectionNotNow):
        try_connection(connected.database, 1, connection, settings=connected.settings, clock=connected.clock)
    with pytest.raises(ConnectionNotNow):
        disconnect(connected.database, "shop", connection, Unposted.KEEP, by=ANN, clock=connected.clock)


def test_one_account_is_one_connection(connected: Connected, script: Script, connection: int) -> None:
    with pytest.raises(AlreadyConnected):
        connected.add(script.channel, {})
    with pytest.raises(AnotherAccount):
        connected.change(connection, {"name": "another"})
    assert connected.add(script.channel, {"name": "another"}) != connection


@pytest.mark.parametrize("minutes", [1, 0, -5, 1441])
def test_a_schedule_is_one_that_the_channel_allows(connected: Connected, script: Script, minutes: int) -> None:
    with pytest.raises(BadSchedule, match="2 to 1440"):
        connected.add(script.channel, {}, every_minutes=minutes)


def test_what_is_removed_in_pieces_is_removed_to_the_end(
    connected: Connected, script: Script, connection: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qbwc_server.channels.connections.stopping._AT_A_TIME", 2)
    script.tells(*[fact(f"s{n}", "1.00", connected.clock()) for n in range(5)])
    connected.run(connection)
    done = disconnect(connected.database, "shop", connection, Unposted.REMOVE, by=ANN, clock=connected.clock)
    assert (done.removed, done.stayed) == (5, 0)
    again = disconnect(connected.database, "shop", connection, Unposted.REMOVE, by=ANN, clock=connected.clock)
    assert (again.removed, again.stayed) == (0, 5)


def test_what_stands_in_quickbooks_is_not_removed(connected: Connected, script: Script, connection: int) -> None:
    script.tells(*[fact(f"s{n}", "1.00", connected.clock()) for n in range(2)])
    connected.run(connection)
    with connected.database.transaction() as db:
        row = db.scalars(select(DocumentRow).order_by(DocumentRow.id)).first()
        assert row is not None
        row.state, row.txn_id = State.POSTED, "1-2"
    done = disconnect(connected.database, "shop", connection, Unposted.REMOVE, by=ANN, clock=connected.clock)
    assert (done.removed, done.stayed) == (1, 1)


@pytest.mark.parametrize(
    ("text_", "found"),
    [
        ("2026-03-31", "2026-03-31T04:00:00+00:00"),
        ("2026-03-31T12:00:00Z", "2026-03-31T12:00:00+00:00"),
        (" 2026-03-31T12:00:00+09:00 ", "2026-03-31T03:00:00+00:00"),
    ],
)
def test_a_day_begins_where_the_books_are_kept(text_: str, found: str) -> None:
    moment = read_since(text_, "America/New_York")
    assert moment is not None
    assert moment.isoformat() == found


@pytest.mark.parametrize("text_", ["", "yesterday", "2026-13-01", "0001-01-01"])
def test_what_is_no_day_is_refused(text_: str) -> None:
    with pytest.raises(Invalid):
        read_since(text_, "Asia/Tokyo")


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00:00+14:00", "1899-12-31", "9999-12-31T23:59:59Z", "x"])
def test_a_day_from_which_nobody_can_reckon_is_refused(day: str) -> None:
    with pytest.raises(Invalid):
        read_since(day, "Asia/Tokyo")
    assert read_since("1900-01-02", "Asia/Tokyo") == datetime(1900, 1, 1, 15, tzinfo=UTC)


def test_a_secret_is_not_learnt_by_giving_another_address(connected: Connected) -> None:
    """Nobody is shown a secret, and nobody has it sent to himself."""
    told = Told(body=b'{"title": "Tea"}')
    with standing(lambda _: told) as here, standing(lambda _: told) as elsewhere:
        options = {"address": f"{here.address}/feed", "name": "tea", "key": "sesame-sesame"}
        connection = connected.add(FEED, options)
        for address in (elsewhere.address, here.address.replace("127.0.0.1", "localhost")):
            for values in ({"address": address}, {"address": address, "page_size": 9}):
                with pytest.raises(SecretsElsewhere, match="key"):
                    connected.change(connection, values)
        connected.change(connection, {"address": f"{here.address}/books"})  # of the same system
        connected.run(connection)
        assert {asked.path for asked in here.asked} == {"/books/sales", "/books/payments"}
        assert elsewhere.asked == []
        connected.change(connection, {"address": elsewhere.address, "key": "another-key"})
        connected.change(connection, {"address": here.address, "key": None})
        connected.change(connection, {"address": elsewhere.address})  # there is no secret any more
        connected.run(connection)
        assert not any("Authorization" in asked.headers for asked in elsewhere.asked)
