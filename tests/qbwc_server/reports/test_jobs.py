"""How the timed jobs stand, for whoever runs the server."""

from __future__ import annotations

from datetime import datetime, timedelta

from qbwc_server.db import Database
from qbwc_server.jobs.due import Daily, Every, MonthDay
from qbwc_server.jobs.each import COMPANY
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import Job
from qbwc_server.jobs.worker import Worker
from qbwc_server.reports.jobs import JobsReport, jobs_report
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import a_job
from tests.qbwc_server.tenants import tenant


def _report(database: Database, clock: TurnableClock, *jobs: Job) -> JobsReport:
    with database.reading() as db:
        return jobs_report(db, now=clock(), jobs=jobs)


def test_where_nothing_ever_ran_nobody_is_at_work(database: Database, clock: TurnableClock) -> None:
    report = _report(database, clock, a_job("a", when=Every(5)), a_job("b", when=MonthDay(31, 2, 5)))
    assert (report.scheduler_seen, report.scheduler_is_silent, report.needs_a_person) == (None, True, True)
    assert [(job.name, job.when, job.each, job.last_ended) for job in report.jobs] == [
        ("a", "every 5 minutes", "server", None), ("b", "on day 31 of the month at 02:05", "server", None),
    ]  # fmt: skip


def test_what_failed_last_is_told_until_it_succeeds(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    with database.transaction() as db:
        acme, kern = tenant(db, clock(), "acme"), tenant(db, clock(), "kern")
    broken = {kern.id}

    def work(_: datetime, subject_id: int) -> str:
        if subject_id in broken:
            raise ZeroDivisionError
        return "Done."

    job = a_job("sync", work, when=Every(5), each=COMPANY)
    lookout = Lookout(database, [job])

    def run() -> None:
        clock.advance(minutes=5)
        lookout.look(clock())
        Worker(database, settings, [job], clock).work_off()

    run()
    report = _report(database, clock, job)
    (standing,) = report.jobs
    assert (standing.failed, standing.waiting, standing.running, standing.last_ended) == (1, 0, 0, clock())
    (failure,) = standing.failures
    assert (failure.company, failure.subject_id, failure.code, failure.due_at) == (
        "kern",
        kern.id,
        "job_broke",
        clock(),
    )
    assert failure.message is not None
    assert "ZeroDivisionError" in failure.message
    assert (report.scheduler_is_silent, report.needs_a_person) == (False, True)
    broken.clear()
    run()
    report = _report(database, clock, job)
    assert (report.jobs[0].failures, report.needs_a_person) == ([], False)
    broken.add(acme.id)
    run()
    assert [failure.company for failure in _report(database, clock, job).jobs[0].failures] == ["acme"]


def test_what_waits_and_what_runs_is_counted(database: Database, settings: Settings, clock: TurnableClock) -> None:
    seen: list[tuple[int, int]] = []

    def work(_: datetime, __: int) -> str:
        (standing,) = _report(database, clock, a_job("sync", each=COMPANY)).jobs
        seen.append((standing.waiting, standing.running))
        return ""

    with database.transaction() as db:
        for code in ("a", "b", "c"):
            tenant(db, clock(), code)
    clock.advance(minutes=1)
    job = a_job("sync", work, each=COMPANY)
    Lookout(database, [job]).look(clock())
    Worker(database, settings, [job], clock).work_off()
    assert seen == [(2, 1), (1, 1), (0, 1)]


def test_a_scheduler_that_has_said_nothing_for_minutes_is_silent(database: Database, clock: TurnableClock) -> None:
    job = a_job("sweep", when=Every(1))
    Lookout(database, [job]).look(clock())
    clock.advance(minutes=5)
    assert not _report(database, clock, job).scheduler_is_silent
    clock.advance(seconds=1)
    report = _report(database, clock, job)
    assert (report.scheduler_is_silent, report.scheduler_seen) == (True, clock() - timedelta(minutes=5, seconds=1))


def test_schedules_in_words() -> None:
    assert [str(when) for when in (Every(1), Every(15), Daily(3, 5))] == [
        "every minute", "every 15 minutes", "daily at 03:05",
    ]  # fmt: skip
