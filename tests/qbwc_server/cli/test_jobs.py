"""``qbwc-server jobs``."""

from __future__ import annotations

from datetime import timedelta

from qbwc_server import clock
from qbwc_server.db import Database
from qbwc_server.jobs import leases
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.states import RunEvent
from tests.qbwc_server.cli.conftest import CommandLine


def test_without_a_scheduler_it_says_so(run: CommandLine) -> None:
    result = run("jobs")
    assert result.exit_code == 1
    assert "No scheduler is at work. Start one: qbwc-server scheduler" in result.stdout
    shown = run.json("jobs", code=1)
    assert (shown["scheduler_seen"], shown["scheduler_is_silent"]) == (None, True)
    assert [job["name"] for job in shown["jobs"]] == [job.name for job in JOBS]


def test_what_failed_is_shown_with_its_reason(run: CommandLine, cli_database: Database) -> None:
    now = clock.now()
    Lookout(cli_database, JOBS).look(now)
    assert run("jobs").exit_code == 0
    with cli_database.transaction() as db:
        failed = leases.claim(db, ["purge_job_runs"], holder="h", now=now)
        assert failed is not None
        leases.finish(db, failed, RunEvent.FAILED, now=now, code="job_broke", detail="It broke.\x1b[31m")
    result = run("jobs")
    assert result.exit_code == 1
    assert "purge_job_runs failed, due" in result.stdout
    assert "It broke." in result.stdout
    assert "\x1b" not in result.stdout
    (job,) = [job for job in run.json("jobs", code=1)["jobs"] if job["failed"]]
    assert (job["name"], job["failures"][0]["code"], job["failures"][0]["company"]) == (
        "purge_job_runs", "job_broke", None,
    )  # fmt: skip
    assert timedelta(0) < now - failed.due_at < timedelta(days=1)
