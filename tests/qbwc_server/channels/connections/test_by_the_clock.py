"""Connections are run by their own schedules, and only those that run at all."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from qbwc_server.channels.connections.by_the_clock import run_by_the_clock
from qbwc_server.channels.connections.models import Connection, ConnectionRun
from qbwc_server.channels.connections.states import ConnectionState, RunOutcome
from qbwc_server.channels.contract import BrokenPage, Fact, Page, Window
from qbwc_server.channels.http import UpstreamBusy
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.each import CONNECTION
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.runs import DueRun, hand_out
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.watch import Watch
from qbwc_server.jobs.worker import Worker
from tests.channels.connected import Connected, Killed, KilledAt
from tests.qbwc_server.channels.scripted import Script, fact


def run_now(connected: Connected, connection: int) -> str:
    return run_by_the_clock(
        database=connected.database,
        settings=connected.settings,
        clock=connected.clock,
        subject_id=connection,
        checkpoint=lambda: None,
    )


def test_each_connection_that_runs_is_due_by_its_own_schedule(connected: Connected, script: Script) -> None:
    kinds = [state for state in ConnectionState for _ in range(1)]
    for minutes, state in enumerate(kinds, 2):
        made = connected.add(script.channel, {"name": state.value}, every_minutes=minutes)
        with connected.database.transaction() as db:
            db.get_one(Connection, made).state = state
    with connected.database.reading() as db:
        due = {subject.id: subject.when for subject in CONNECTION.subjects(db)}
    assert due == {2: Every(3), 3: Every(4)}  # running, failing


def test_the_scheduler_runs_it_once_for_each_time_it_is_due(
    connected: Connected, script: Script, connection: int
) -> None:
    connected.run(connection)
    jobs = [job for job in JOBS if job.name == "run_connection"]
    lookout = Lookout(connected.database, jobs)
    worker = Worker(connected.database, connected.settings, jobs, connected.clock)
    for minute in range(15):  # due every five
        connected.clock.advance(minutes=1)
        script.tells(fact(f"s{minute}", "1.00", connected.clock() - timedelta(seconds=30)))
        lookout.look(connected.clock())
        worker.work_off()
    assert len(script.windows) == 1 + 3
    assert len(connected.documents()) == 3
    assert connected.last_run(connection).by.label == "run_connection"


def test_upstream_is_left_alone_until_the_time_that_it_named(
    connected: Connected, script: Script, connection: int
) -> None:
    connected.run(connection)
    script.tells(UpstreamBusy("Busy.", 600))
    assert "Busy." in run_now(connected, connection)
    connected.clock.advance(minutes=9)
    assert "asked for patience" in run_now(connected, connection)
    connected.clock.advance(minutes=1)
    assert run_now(connected, connection) == ""
    assert len(script.windows) == 3


def test_what_was_paused_or_is_gone_meanwhile_is_no_failure(
    connected: Connected, script: Script, connection: int
) -> None:
    assert "being set up" in run_now(connected, connection)
    assert run_now(connected, 77) == ""


def test_hours_of_two_schedulers_of_which_one_is_killed(connected: Connected, script: Script) -> None:
    """Each due time is run once; whatever changed upstream is fetched, and becomes one document."""
    names = ("one", "two", "three")
    told: dict[str, list[Fact]] = {name: [] for name in names}
    asked: Counter[tuple[str, datetime]] = Counter()

    def pull(options: Any, upstream: object, window: Window) -> Iterator[Page | BrokenPage]:
        asked[options.name, window.until] += 1
        since = window.since or datetime.min.replace(tzinfo=UTC)
        found = [one for one in told[options.name] if one.changed_at and since <= one.changed_at < window.until]
        yield Page(found)
        yield Page([], complete_until=window.until)

    channel = replace(script.channel, pull=pull)
    CHANNELS["scripted"] = channel  # the fixture takes it back
    for name in names:
        connected.run(connected.add(channel, {"name": name}))
    asked.clear()
    jobs = [job for job in JOBS if job.name == "run_connection"]
    dice = random.Random(8)
    killed: Any = connected.database
    for minute in range(30):
        connected.clock.advance(minutes=1)
        for name in names:
            if dice.random() < 0.3:
                at = connected.clock() - timedelta(seconds=dice.randrange(1, 500))  # told late, within the overlap
                told[name].append(fact(f"s{minute}", "1.00", at))
        if minute == 14:  # it is a quarter past: in the middle of a run
            killed = KilledAt(connected.database, 9, committed=True)
        for database in (killed, connected.database):
            with suppress(Killed):
                Lookout(database, jobs).look(connected.clock())
                Worker(database, connected.settings, jobs, connected.clock).work_off()
        if minute >= 14:
            killed = connected.database
            watch = Watch(connected.database, 0, connected.clock)
            watch.look()  # the run of the dead one is for another
            Worker(connected.database, connected.settings, jobs, connected.clock).work_off()
    connected.clock.advance(minutes=5)
    for number in range(1, 4):
        connected.run(number)
    expected = {f"feed:{name}:{one.key}" for name, facts in told.items() for one in facts}
    assert set(connected.documents()) == expected
    assert len(connected.records()) == len(expected)
    due = [(name, moment) for name, moment in asked if moment.minute % 5 == 0]
    assert len({moment for _, moment in due}) == 6 + 1
    again = [place for place in due if asked[place] > 1]
    assert len(again) <= 1  # the run that was killed is done again
    with connected.database.reading() as db:
        outcomes = Counter(db.scalars(select(ConnectionRun.outcome)))
    assert (outcomes[RunOutcome.BROKE_OFF], set(outcomes)) == (1, {RunOutcome.BROKE_OFF, RunOutcome.DONE})


def test_the_same_process_does_not_run_a_connection_twice_at_a_time(
    connected: Connected, script: Script, connection: int
) -> None:
    connected.run(connection)
    ask = DueRun("run_connection", connection, 1, connected.clock(), connected.clock() + timedelta(days=7))
    with connected.database.transaction() as db:
        assert len(hand_out(db, [ask, ask])) == 1
    with connected.database.transaction() as db:
        assert hand_out(db, [ask]) == []
