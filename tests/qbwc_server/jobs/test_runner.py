"""The scheduler and the worker as a whole: what they make up for, how they end, what they refuse."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

from qbwc_server.db.unusable import SchemaOutdated
from qbwc_server.jobs import runner
from qbwc_server.jobs.due import Daily
from qbwc_server.jobs.schedule import Job
from qbwc_server.settings import BadSettings, JobWorkers, Settings, load
from tests.qbwc_server.jobs.rows import a_job

pytestmark = pytest.mark.usefixtures("_logging_as_before")

ELSEWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


def test_what_fell_due_while_nobody_ran_is_made_up_for_at_the_start_once(settings: Settings) -> None:
    stop = threading.Event()
    ran: list[str] = []

    def job(name: str, last: str) -> Job:
        def work(_: datetime, __: int) -> str:
            ran.append(name)
            if last in ran:
                stop.set()
            return ""

        return a_job(name, work, when=Daily(3, 30))

    runner.run(settings, stop=stop, jobs=[job("a", last="a")])
    assert ran == ["a"]
    stop.clear()
    runner.run(settings, stop=stop, jobs=[job("a", last="a"), job("b", last="b")])  # the same day again
    assert ran == ["a", "b"]


def test_each_full_minute_is_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    with runner._again("look", settings, looked.set) as looking, runner._each_minute(looking) as minutes:
        (job,) = minutes.get_jobs()
        assert str(job.trigger) == "cron[minute='*']"
        assert looked.wait(20)
        looked.clear()
        job.func()
        assert looked.wait(20)


@pytest.mark.parametrize("run", [runner.run, runner.work])
def test_an_old_schema_is_refused(tmp_path: Path, run: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(database_url=f"sqlite:///{tmp_path}/empty.db")
    if run is runner.work:
        settings = settings.model_copy(update={"job_workers": JobWorkers.PROCRASTINATE})
    with pytest.raises(SchemaOutdated):
        run(settings)  # type: ignore[operator]


def test_a_worker_is_refused_where_the_scheduler_does_the_jobs(settings: Settings) -> None:
    with pytest.raises(runner.NoWorkers) as refusal:
        runner.work(settings)
    assert "procrastinate" in refusal.value.advice


def test_workers_are_refused_on_sqlite() -> None:
    with pytest.raises(BadSettings, match="job_workers: Procrastinate needs PostgreSQL"):
        load(job_workers="procrastinate")
    assert load(job_workers="procrastinate", database_url=ELSEWHERE).job_workers == "procrastinate"


def test_without_procrastinate_it_is_said_how_to_get_it(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(job_workers="procrastinate", database_url=postgres_url)
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    monkeypatch.delitem(sys.modules, "qbwc_server.jobs.calls", raising=False)
    monkeypatch.delattr("qbwc_server.jobs.calls", raising=False)
    for run in (runner.run, runner.work):
        with pytest.raises(runner.NoProcrastinate) as refusal:
            run(settings)
        assert "qbwc-server[procrastinate]" in refusal.value.advice


def test_nothing_but_a_worker_loads_procrastinate() -> None:
    program = "import sys; import qbwc_server.jobs.runner, qbwc_server.cli; print('procrastinate' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_scheduler_cleanly(sqlite_url: str, number: signal.Signals) -> None:
    program = (
        "import sys; sys.stderr = sys.stdout; from qbwc_server.jobs import runner; "
        "from qbwc_server.settings import load; runner.run(load(database_url=sys.argv[1])); print('ended')"
    )
    with subprocess.Popen([sys.executable, "-uc", program, sqlite_url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "scheduler started" in line:
                process.send_signal(number)
                break
        rest = process.stdout.read()
    assert process.returncode == 0
    assert "scheduler stopped" in rest
    assert rest.endswith("ended\n")
