"""Connections are run by their own schedules, and only those that run at all."""

from __future__ import annotations

from datetime import timedelta

from qbwc_server.channels.connections.by_the_clock import run_by_the_clock
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.http import UpstreamBusy
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.each import CONNECTION
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.worker import Worker
from tests.channels.connected import Connected
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
