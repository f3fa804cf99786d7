"""Runs: whatever the order in which facts come, the documents are the same; nothing that breaks stops the rest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from qbwc_server.channels.connections import drafting
from qbwc_server.channels.connections.models import Connection, ConnectionRun, RecordDocument
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.runs import SILENT_AFTER, RunLost, RunUnderWay, begin
from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause, resume
from qbwc_server.channels.contract import BrokenFact, BrokenPage, Fact, Page
from qbwc_server.channels.http import UpstreamBusy, patience
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.channels.tellings import Telling
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import WorkKind, open_work
from qbwc_server.documents.problems import Problem
from tests.channels.connected import ANN, CLOCK, Connected, Killed
from tests.qbwc_server.channels.scripted import Script, fact, gone

PROBLEM = Problem("not_a_fact", "", "It is no fact.", "Correct it.")
MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def totals(connected: Connected) -> dict[str, str]:
    return {origin: total for origin, (state, total, _) in connected.documents().items() if state != "excluded"}


def test_whatever_the_order_the_documents_are_the_same(connected: Connected, script: Script) -> None:
    """Late, doubled, deleted before it was made: every order of deliveries comes to the newest version."""
    now = connected.clock()
    versions = [
        fact("a", "1.00", now - 3 * MINUTE),
        fact("a", "2.00", now - 2 * MINUTE),
        fact("a", "1.00", now - MINUTE),  # as it was at first
        gone("b", now - MINUTE),
        fact("b", "5.00", now - 2 * MINUTE),
        fact("c", "7.00", now - MINUTE, sequence=9),
        fact("c", "8.00", now - MINUTE, sequence=10),
    ]
    orders = list(itertools.permutations(range(len(versions))))[:: 5040 // 36]
    for number, order in enumerate(orders):
        connection = connected.add(script.channel, {"name": f"script{number}"})
        for start in range(0, len(order), 3):  # three runs, each with what came doubled
            some = [versions[one] for one in order[start : start + 3]]
            script.tells(Page([*some, some[0]]), *some[:1])
            connected.run(connection)
        found = {origin: total for origin, total in totals(connected).items() if f"script{number}:" in origin}
        assert found == {f"feed:script{number}:a": "1.00", f"feed:script{number}:c": "8.00"}, order


def test_two_versions_of_one_moment_come_to_the_same_in_either_order(connected: Connected, script: Script) -> None:
    now = connected.clock()
    pair = [fact("a", "1.00", now), fact("a", "2.00", now)]
    for name, some in (("one", pair), ("two", pair[::-1])):
        connection = connected.add(script.channel, {"name": name})
        for each in some:
            script.tells(each)
            connected.run(connection)
    found = totals(connected)
    assert found["feed:one:a"] == found["feed:two:a"]


def test_facts_of_a_group_are_one_document_and_move_between_groups(
    connected: Connected, script: Script, connection: int
) -> None:
    now = connected.clock()
    script.tells(
        Page([fact(key, "5.00", now - 9 * MINUTE, group="monday") for key in ("a", "b")]),
        fact("c", "7.00", now - 9 * MINUTE, group="tuesday"),
    )
    connected.run(connection)
    assert totals(connected) == {"feed:script:monday": "10.00", "feed:script:tuesday": "7.00"}
    script.tells(fact("b", "6.00", now - 8 * MINUTE, group="tuesday"))
    connected.run(connection)
    assert totals(connected) == {"feed:script:monday": "5.00", "feed:script:tuesday": "13.00"}
    script.tells(fact("a", "5.00", now - 7 * MINUTE, group="tuesday"))
    connected.run(connection)
    assert totals(connected) == {"feed:script:tuesday": "18.00"}
    assert connected.states()["feed:script:monday"] == "excluded"


def test_a_fact_on_which_the_channel_breaks_is_set_aside_alone(
    connected: Connected, script: Script, connection: int
) -> None:
    now = connected.clock()
    script.tells(Page([fact("a", "1.00", now), fact("b", "2.00", now, item="Break"), fact("c", "3.00", now)]))
    report = connected.run(connection)
    assert (report.outcome, report.set_aside, report.needs_a_person) == (RunOutcome.DONE, 1, True)
    assert set(totals(connected)) == {"feed:script:a", "feed:script:c"}
    (aside,) = [record for record in connected.records() if record.state is RecordState.SET_ASIDE]
    assert (aside.source_key, aside.code) == ("b", "channel_broke")
    assert "hunter2" not in (aside.message or "")
    script.tells(fact("b", "2.00", now + MINUTE))
    assert connected.run(connection).set_aside == 0  # the version that broke does not count any more
    assert set(totals(connected)) == {"feed:script:a", "feed:script:b", "feed:script:c"}


def test_what_the_options_refuse_is_drafted_when_they_change(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {"refuse": "Coffee"})
    now = connected.clock()
    script.tells(Page([fact("a", "1.00", now), fact("b", "2.00", now, item="Coffee")]))
    assert connected.run(connection).set_aside == 1
    assert connected.run(connection).set_aside == 1
    assert sorted(script.drafted) == [["a"], ["b"]]  # what is set aside is not tried in every run
    connected.change(connection, {"refuse": None})
    assert connected.run(connection).set_aside == 0
    assert totals(connected) == {"feed:script:a": "1.00", "feed:script:b": "2.00"}


def test_records_set_aside_are_open_work_until_none_is_left(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {"refuse": "Coffee"})

    def told() -> list[str]:
        with connected.database.reading() as db:
            return [item.message for item in open_work(db, 1, work=WorkKind.RECORDS_SET_ASIDE)]

    script.tells(fact("b", "2.00", connected.clock(), item="Coffee"))
    connected.run(connection)
    assert told() == ["1 records of Scripted could not be used and are set aside. The newest: Coffee is not wanted."]
    connected.run(connection)
    assert len(told()) == 1
    connected.change(connection, {"refuse": None})
    connected.run(connection)
    assert told() == []


@pytest.mark.parametrize(
    "odd",
    [
        fact("", "1.00", NOW),
        fact("k" * 201, "1.00", NOW),
        fact("a\0", "1.00", NOW),
        fact("a", "1.00", NOW, group="g" * 201),
        fact("a", "1.00", NOW.replace(tzinfo=None)),
        fact("a", "1.00", NOW, sequence=-1),
        fact("a", "1.00", NOW, sequence=10**18),
        Fact("a", NOW, {"no": object()}),
        Fact("a", NOW, {"n": float("nan")}),
        Fact("a", NOW, {"long": "x" * 1_000_001}),
    ],
)
def test_what_cannot_be_a_fact_is_set_aside_with_its_reason(
    connected: Connected, script: Script, connection: int, odd: Fact
) -> None:
    good = fact("good", "3.00", connected.clock())
    for _ in range(2):
        script.tells(Page([odd, good]))
        assert connected.run(connection).outcome is RunOutcome.DONE
    (aside,) = [record for record in connected.records() if record.state is RecordState.SET_ASIDE]
    assert (aside.code, bool(aside.message)) == ("not_a_fact", True)
    assert totals(connected) == {"feed:script:good": "3.00"}


def test_any_text_upstream_can_be_kept(connected: Connected, script: Script, connection: int) -> None:
    script.tells(fact("ü", "3.00", connected.clock(), item="Tee\ud800\0 & 茶"))
    assert connected.run(connection).outcome is RunOutcome.DONE
    (record,) = connected.records()
    assert record.body is not None


def test_what_is_no_fact_is_asked_for_once_more_and_then_set_aside(
    connected: Connected, script: Script, connection: int
) -> None:
    now = connected.clock()
    broken = BrokenFact(PROBLEM, "{half a li")
    script.tells(Page([fact("a", "1.00", now - 5 * MINUTE)], [broken], complete_until=now))
    report = connected.run(connection)
    assert (report.outcome, connected.last_run(connection).set_aside) == (RunOutcome.DONE, 1)
    connected.clock.advance(minutes=60)
    script.tells(Page([fact("a", "1.00", now - 5 * MINUTE)], [broken], complete_until=now))
    assert connected.run(connection).set_aside == 1
    assert script.windows[1].since is None  # the mark stayed where it was
    connected.clock.advance(minutes=60)
    connected.run(connection)
    assert script.windows[2].since == now + 50 * MINUTE  # the second time it did not hold the rest


def test_what_could_be_read_the_second_time_is_not_set_aside(
    connected: Connected, script: Script, connection: int
) -> None:
    now = connected.clock()
    script.tells(Page([], [BrokenFact(PROBLEM, "{half a li")]))
    connected.run(connection)
    script.tells(fact("a", "1.00", now))
    assert connected.run(connection).set_aside == 0
    assert {record.state for record in connected.records()} == {RecordState.DRAFTED}


def test_behind_a_broken_page_facts_are_kept_and_the_mark_is_not_moved(
    connected: Connected, script: Script, connection: int
) -> None:
    now = connected.clock()
    first = Page([fact("a", "1.00", now - 9 * MINUTE)], complete_until=now - 9 * MINUTE)
    script.tells(first, BrokenPage(PROBLEM), fact("c", "3.00", now - MINUTE))
    report = connected.run(connection)
    assert (report.outcome, report.notice and report.notice.code) == (RunOutcome.FAILED, "pages_broke")
    assert set(totals(connected)) == {"feed:script:a", "feed:script:c"}
    script.tells(Page([fact(key, "1.00", now - 5 * MINUTE) for key in "ab"]))
    connected.run(connection)
    assert script.windows[1].since == now - 19 * MINUTE
    assert set(totals(connected)) == {"feed:script:a", "feed:script:b", "feed:script:c"}


def test_a_window_that_leaves_a_gap_does_not_move_the_mark(connected: Connected, script: Script) -> None:
    now = connected.clock()
    connection = connected.add(script.channel, {}, since=now - 60 * MINUTE)
    connected.run(connection, since=now - 30 * MINUTE)
    connected.run(connection)
    connected.run(connection, since=now - 90 * MINUTE)
    connected.run(connection)
    assert [window.since for window in script.windows] == [
        now - 30 * MINUTE, now - 60 * MINUTE, now - 90 * MINUTE, now - 10 * MINUTE,
    ]  # fmt: skip


def test_a_mark_never_goes_back_and_never_runs_ahead(connected: Connected, script: Script, connection: int) -> None:
    now = connected.clock()
    script.tells(Page([], complete_until=now + timedelta(days=400)), Page([], complete_until=now - timedelta(days=9)))
    connected.run(connection)
    connected.clock.advance(minutes=5)
    connected.run(connection)
    assert script.windows[1].since == now - 10 * MINUTE


def test_runs_of_one_connection_do_not_overlap(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    with connected.database.transaction() as db:
        begin(db, connected.connection(connection), by=ANN, now=connected.clock())
    with pytest.raises(RunUnderWay, match="Ann"):
        connected.run(connection)
    with pytest.raises(RunUnderWay):
        connected.run(connection, by=CLOCK)
    connected.clock.advance(seconds=SILENT_AFTER.total_seconds())
    assert connected.run(connection).outcome is RunOutcome.DONE  # a run that is silent for so long has died
    with connected.database.reading() as db:
        outcomes = db.scalars(select(ConnectionRun.outcome).order_by(ConnectionRun.id)).all()
    assert outcomes == [RunOutcome.DONE, RunOutcome.BROKE_OFF, RunOutcome.DONE]


def test_a_run_whose_place_was_taken_writes_nothing_more(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    script.windows.clear()

    def taken() -> None:
        if script.windows and connected.last_run(connection).by == CLOCK:
            with connected.database.transaction() as db:
                begin(db, connected.connection(connection), by=CLOCK, now=connected.clock())

    script.tells(fact("a", "1.00", connected.clock()))
    with pytest.raises(RunLost):
        connected.run(connection, by=CLOCK, checkpoint=taken)
    assert [record.state for record in connected.records()] == [RecordState.NEW]  # of the page before
    assert connected.documents() == {}


def test_a_run_that_is_told_to_stop_keeps_what_came(connected: Connected, script: Script, connection: int) -> None:
    class Stop(Exception):
        pass

    calls = itertools.count()

    def stop() -> None:
        if next(calls) == 2:
            raise Stop

    now = connected.clock()
    script.tells(fact("a", "1.00", now), fact("b", "2.00", now))
    with pytest.raises(Stop):
        connected.run(connection, checkpoint=stop)
    assert connected.last_run(connection).outcome is RunOutcome.BROKE_OFF
    assert len(connected.records()) in (1, 2)
    script.tells(fact("a", "1.00", now), fact("b", "2.00", now))
    connected.run(connection)
    assert len(totals(connected)) == 2


def test_a_channel_that_stumbles_is_a_failure_in_words(connected: Connected, script: Script, connection: int) -> None:
    script.tells(fact("a", "1.00", connected.clock()), KeyError("hunter2"))
    report = connected.run(connection)
    assert report.notice is not None
    assert (report.notice.code, "hunter2" in report.notice.message) == ("channel_broke", False)
    assert set(totals(connected)) == {"feed:script:a"}


def test_patience_that_upstream_asks_for_has_an_end(connected: Connected, script: Script, connection: int) -> None:
    script.tells(UpstreamBusy("Busy.", 1e12))
    connected.run(connection)
    assert connected.connection(connection).not_before == connected.clock() + timedelta(days=1)


def test_what_is_paused_or_disconnected_is_not_run(connected: Connected, script: Script, connection: int) -> None:
    connected.run(connection)
    with connected.database.transaction() as db:
        pause(db, db.get_one(Connection, connection), by=ANN, now=connected.clock())
    for by in (ANN, CLOCK):
        with pytest.raises(NotRunning, match="paused"):
            connected.run(connection, by=by)
    with connected.database.transaction() as db:
        resume(db, db.get_one(Connection, connection), by=ANN, now=connected.clock())
    connected.run(connection, by=CLOCK)
    disconnect(connected.database, "shop", connection, Unposted.KEEP, by=ANN, clock=connected.clock)
    with pytest.raises(NotRunning, match="disconnected"):
        connected.run(connection)


def test_what_is_being_set_up_is_run_by_a_person_only(connected: Connected, script: Script, connection: int) -> None:
    with pytest.raises(NotRunning, match="being set up"):
        connected.run(connection, by=CLOCK)
    connected.run(connection)
    assert connected.connection(connection).state is ConnectionState.RUNNING


def test_a_revision_of_what_is_on_its_way_waits_for_the_next_run(
    connected: Connected, script: Script, connection: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = connected.clock()
    script.tells(fact("a", "1.00", now))
    connected.run(connection)
    with connected.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        row.state, row.reason = State.HELD, "outcome_unknown"
    script.tells(fact("a", "2.00", now + MINUTE))
    connected.run(connection)
    assert totals(connected) == {"feed:script:a": "1.00"}
    assert [record.state for record in connected.records()] == [RecordState.DRAFTED, RecordState.WAITING]
    with connected.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        row.state, row.reason = State.FOR_REVIEW, None
    connected.run(connection)
    assert totals(connected) == {"feed:script:a": "2.00"}
    assert {record.state for record in connected.records()} == {RecordState.DRAFTED}


def test_a_payment_that_comes_runs_before_its_invoice_goes_with_it(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True)
    now = connected.clock()
    applied = [{"invoice": "feed:script:i", "amount": "5.00"}]
    paid = {"kind": "payment", "date": "2026-03-02", "customer": "Ann", "amount": "5.00", "applies_to": applied}
    script.tells(Fact("p", now, paid))
    connected.run(connection)
    assert connected.states() == {"feed:script:p": "for_review"}
    connected.run(connection)
    script.tells(Fact("i", now, {**fact("i", "5.00", now).body, "kind": "invoice"}))
    connected.run(connection)
    assert connected.states() == {"feed:script:i": "submitted", "feed:script:p": "submitted"}
    connected.run(connection)
    assert {record.state for record in connected.records()} == {RecordState.DRAFTED}


def test_drafting_goes_by_batches(
    connected: Connected, script: Script, connection: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "RECORDS", 3)
    now = connected.clock()
    script.tells(*[fact(f"s{n}", "1.00", now) for n in range(8)], fact("x", "1.00", now, group="s0"))
    connected.run(connection)
    assert len(totals(connected)) == 8
    assert totals(connected)["feed:script:s0"] == "2.00"


def test_the_kill_leaves_no_trace_of_a_half_page(connected: Connected, script: Script, connection: int) -> None:
    script.tells(fact("a", "1.00", connected.clock()), Killed())
    with pytest.raises(Killed):
        connected.run(connection, by=ANN)
    assert connected.last_run(connection).outcome is RunOutcome.BROKE_OFF
    assert len(connected.records()) == 1


FAR_AWAY = [
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+00:00",
]  # fmt: skip


@pytest.mark.parametrize("moment", FAR_AWAY)
def test_a_fact_of_a_time_that_cannot_be_is_set_aside_and_nothing_else(
    connected: Connected, script: Script, connection: int, moment: str
) -> None:
    when = datetime.fromisoformat(moment)
    for _ in range(2):
        script.tells(Page([fact("a", "1.00", when), fact("b", "2.00", connected.clock())], complete_until=when))
        assert connected.run(connection).outcome is RunOutcome.DONE
    assert totals(connected) == {"feed:script:b": "2.00"}
    assert connected.run(connection).set_aside == 1


def test_upstream_may_ask_for_more_patience_than_there_is_time(
    connected: Connected, script: Script, connection: int
) -> None:
    script.tells(UpstreamBusy("Busy.", patience("1e300")))
    assert connected.run(connection).outcome is RunOutcome.FAILED
    assert connected.connection(connection).not_before == connected.clock() + timedelta(days=1)


def test_what_follows_a_document_has_its_pair_and_goes_and_comes_back_with_it(
    connected: Connected, script: Script
) -> None:
    connection = connected.add(script.channel, {})
    now = connected.clock()
    sale, refund = "feed:script:a", "feed:script:a:refund"
    script.refunded = {sale}
    script.tells(fact("a", "5.00", now - 9 * MINUTE), fact("b", "7.00", now - 9 * MINUTE))
    connected.run(connection)
    with connected.database.reading() as db:
        pairs = {one.origin: (one.group_key, one.follows) for one in db.scalars(select(RecordDocument))}
    assert pairs == {sale: ("a", None), refund: ("a", sale), "feed:script:b": ("b", None)}
    script.tells(fact("a", "6.00", now - 8 * MINUTE))  # edited: its refund is here, and not made again
    connected.run(connection)
    assert totals(connected) == {sale: "6.00", refund: "5.00", "feed:script:b": "7.00"}
    script.tells(gone("a", now - 7 * MINUTE))
    connected.run(connection)
    assert totals(connected) == {"feed:script:b": "7.00"}
    script.tells(fact("a", "6.00", now - 6 * MINUTE))
    connected.run(connection)
    assert totals(connected) == {sale: "6.00", refund: "5.00", "feed:script:b": "7.00"}
    done = disconnect(connected.database, "shop", connection, Unposted.REMOVE, by=ANN, clock=connected.clock)
    assert done.removed == 3


def test_pages_that_stay_broken_keep_nobody_from_being_told(
    connected: Connected, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What upstream cannot be told is only what it does not take, or when it does not answer at all."""
    told: list[str] = []

    def push(options: object, upstream: object, tellings: Sequence[Telling]) -> Iterator[str]:
        for one in tellings:
            told.append(f"{one.group} {one.became}")
            yield one.key

    script.channel = replace(script.channel, push=push)
    monkeypatch.setitem(CHANNELS, script.channel.code, script.channel)
    connection = connected.add(script.channel, {})
    now = connected.clock()
    script.tells(fact("a", "1.00", now - 9 * MINUTE), BrokenPage(PROBLEM))
    assert connected.run(connection).outcome is RunOutcome.FAILED
    assert told == ["a needs_a_person"]
    script.tells(fact("b", "1.00", now - 8 * MINUTE), UpstreamBusy("Later."))
    connected.run(connection)
    assert told == ["a needs_a_person"]
    connected.run(connection)
    assert told == ["a needs_a_person", "b needs_a_person"]
