"""A worker does runs: what it hands to the job, what it writes down of it, and what becomes of a run that it loses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import Invalid
from qbwc_server.jobs import leases
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.each import COMPANY, SERVER
from qbwc_server.jobs.schedule import Job
from qbwc_server.jobs.states import RunEvent, RunState
from qbwc_server.jobs.watch import Watch
from qbwc_server.jobs.worker import Worker
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import MINUTE, a_job, due, handed_out, log_of, rows


def _worker(database: Database, settings: Settings, clock: TurnableClock, *jobs: Job) -> Worker:
    return Worker(database, settings, jobs, clock)


def test_a_job_gets_database_settings_and_clock_and_no_transaction(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    got: dict[str, object] = {}

    def work(
        *,
        database: Database,
        settings: Settings,
        clock: Clock,
        due_at: datetime,
        subject_id: int,
        checkpoint: Callable[[], None],
    ) -> str:
        checkpoint()
        with database.transaction() as db:  # on SQLite this would wait for ever for a transaction that is open
            db.execute(text("DELETE FROM login_failures"))
        got.update(settings=settings, now=clock(), due_at=due_at, subject_id=subject_id)
        return "All swept."

    handed_out(database, due("sweep", clock(), 7))
    clock.advance(seconds=5)
    worker = _worker(database, settings, clock, Job("sweep", Every(1), COMPANY, work))
    assert worker.work_off() == 1
    assert worker.work_off() == 0
    assert got == {
        "settings": settings, "now": clock(), "due_at": clock() - timedelta(seconds=5), "subject_id": 7,
    }  # fmt: skip
    assert log_of(database) == [("sweep", 7, RunState.DONE, "All swept.")]


def test_a_job_that_had_nothing_to_do_says_nothing(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    handed_out(database, due("sweep", clock()))
    with capture_logs() as logged:
        _worker(database, settings, clock, a_job("sweep")).work_off()
    assert log_of(database) == [("sweep", 0, RunState.DONE, None)]
    assert logged == []


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            ZeroDivisionError("hunter2"),
            "job_broke",
            "The job stumbled over something nobody expected (ZeroDivisionError). It is tried again when it is next "
            "due. When it breaks every time, report what the log says of it.",
        ),
        (Invalid("No such key."), "invalid", "No such key. Correct what the message names and send it again."),
        (SystemExit(1), "job_broke", "The job stumbled over something nobody expected (SystemExit). It is tried again"),
    ],
)
def test_what_breaks_for_one_company_is_logged_by_code_and_leaves_the_others_untouched(
    database: Database, settings: Settings, clock: TurnableClock, error: BaseException, code: str, words: str
) -> None:
    def work(_: datetime, subject_id: int) -> str:
        if subject_id == 2:
            raise error
        return "Done."

    handed_out(database, *(due("sync", clock(), number) for number in (1, 2, 3)))
    with capture_logs() as logged:
        assert _worker(database, settings, clock, a_job("sync", work)).work_off() == 3
    assert [state for _, _, state, _ in log_of(database)] == [RunState.DONE, RunState.FAILED, RunState.DONE]
    failed = rows(database)[1]
    assert failed.code == code
    assert failed.detail is not None
    assert failed.detail.startswith(words)
    assert "hunter2" not in failed.detail
    (entry,) = [entry for entry in logged if entry["log_level"] == "error"]
    assert (entry["event"], entry["code"]) == ("job failed", code)
    handed_out(database, due("sync", clock() + MINUTE, 2))  # next time it is tried again
    assert _worker(database, settings, clock, a_job("sync")).work_off() == 1


def test_half_a_transaction_of_a_job_that_breaks_is_undone(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    def work(_: datetime, __: int) -> str:
        with database.transaction() as db:
            db.execute(text("INSERT INTO login_failures (key, count, last_at) VALUES ('k', 1, '2026-03-02 15:00:00')"))
            raise ZeroDivisionError

    handed_out(database, due("sweep", clock()))
    _worker(database, settings, clock, a_job("sweep", work)).work_off()
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM login_failures")).scalar_one() == 0


def _at_checkpoints(before: Callable[[], None], reached: list[int]) -> Job:
    """A job of three pieces of work, each followed by a checkpoint; ``before`` happens in the second."""

    def work(*, checkpoint: Callable[[], None], **_: object) -> str:
        for piece in (1, 2, 3):
            reached.append(piece)
            if piece == 2:
                before()
            checkpoint()
        return "All three."

    return Job("long", Every(1), SERVER, work)


def test_a_worker_that_is_to_stop_hands_back_what_passes_a_checkpoint(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    handed_out(database, due("long", clock()))
    reached: list[int] = []

    def stop() -> None:
        worker.stop.set()

    worker = _worker(database, settings, clock, _at_checkpoints(stop, reached))
    worker.work_off()
    assert reached == [1, 2]
    assert log_of(database) == [("long", 0, RunState.DUE, None)]
    assert worker.work_off() == 0
    assert _worker(database, settings, clock, _at_checkpoints(lambda: None, reached)).work_off() == 1
    assert reached == [1, 2, 1, 2, 3]
    assert log_of(database) == [("long", 0, RunState.DONE, "All three.")]


def test_who_loses_the_lease_ends_at_the_next_checkpoint_and_does_not_record_itself_as_done(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    """As a process does that was asleep for long: another took the run over, and did it meanwhile."""
    handed_out(database, due("long", clock()))
    reached: list[int] = []

    def overslept() -> None:
        watch = Watch(database, 0, clock)
        assert watch.look() == [("long", 0)]
        other = a_job("long", lambda *_: "Done by another.")
        assert _worker(database, settings, clock, other).work_off() == 1

    with capture_logs() as logged:
        _worker(database, settings, clock, _at_checkpoints(overslept, reached)).work_off()
    assert reached == [1, 2]
    assert log_of(database) == [("long", 0, RunState.DONE, "Done by another.")]
    assert "job_lease_lost" in [entry.get("code") for entry in logged]


@pytest.mark.parametrize("breaks", [False, True])
def test_without_a_checkpoint_too_a_lost_lease_is_not_recorded(
    database: Database, settings: Settings, clock: TurnableClock, breaks: bool
) -> None:
    def work(_: datetime, __: int) -> str:
        assert Watch(database, 0, clock).look() == [("sweep", 0)]
        if breaks:
            raise ZeroDivisionError
        return "I was here."

    handed_out(database, due("sweep", clock()))
    worker = _worker(database, settings, clock, a_job("sweep", work))
    with capture_logs() as logged:
        assert worker.work_one()
    assert log_of(database) == [("sweep", 0, RunState.DUE, "The process that did it ended in the middle.")]
    assert "job_lease_lost" in [entry.get("code") for entry in logged]


def test_beats_renew_the_leases_of_what_is_done_here_and_of_nothing_else(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    def beats() -> dict[int, int]:
        with database.reading() as db:
            return {lease.id: lease.beat for lease in leases.running(db)}

    def work(_: datetime, __: int) -> str:
        before = beats()
        worker.beat()
        after = beats()
        assert {number for number in before if after[number] != before[number]} == {rows(database)[1].id}
        return "Beaten."

    worker = _worker(database, settings, clock, a_job("b", work))
    handed_out(database, due("a", clock()), due("b", clock()))
    with database.transaction() as db:
        assert leases.claim(db, ["a"], holder="another", now=clock()) is not None
    worker.beat()
    worker.work_off()
    worker.beat()
    assert log_of(database)[1] == ("b", 0, RunState.DONE, "Beaten.")


def test_what_became_of_a_run_is_written_when_the_database_is_back(
    database: Database, settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, outages = leases.finish, 2

    def away(*arguments: object, **named: object) -> bool:
        nonlocal outages
        if outages:
            outages -= 1
            raise OperationalError("", {}, Exception("away"))
        return finish(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "finish", away)
    handed_out(database, due("sweep", clock()))
    quick = settings.model_copy(update={"job_lease_s": 0.01})
    with capture_logs() as logged:
        _worker(database, quick, clock, a_job("sweep", lambda *_: "Done.")).work_off()
    assert log_of(database) == [("sweep", 0, RunState.DONE, "Done.")]
    assert [entry["code"] for entry in logged if entry["log_level"] == "error"] == ["job_end_not_written"] * 2


def test_many_threads_do_each_run_once(database: Database, settings: Settings, clock: TurnableClock) -> None:
    done: list[int] = []

    def work(_: datetime, subject_id: int) -> str:
        done.append(subject_id)
        return ""

    handed_out(database, *(due("sync", clock(), number) for number in range(1, 41)))
    worker = _worker(database, settings, clock, a_job("sync", work))
    threads = [threading.Thread(target=worker.work_off) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.work_off()  # what a race of two for one subject may have left
    assert sorted(done) == list(range(1, 41))
    assert {state for _, _, state, _ in log_of(database)} == {RunState.DONE}


def test_a_run_ends_once(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()))
    with database.transaction() as db:
        run = leases.claim(db, ["a"], holder="h", now=clock())
        assert run is not None
        assert leases.finish(db, run, RunEvent.DONE, now=clock())
        assert not leases.finish(db, run, RunEvent.FAILED, now=clock())
