"""``serve``, ``scheduler`` and ``settings``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qbwc_server import serving
from qbwc_server.jobs import runner
from qbwc_server.settings import Settings
from tests.qbwc_server.cli.conftest import CommandLine


def test_settings_are_shown_with_secrets_masked(run: CommandLine) -> None:
    Path("qbwc.toml").write_text('metrics_token = "hush-hush"\nport = 8123\n', encoding="utf-8")
    shown = run.json("settings")
    assert set(shown) == set(Settings.model_fields)
    assert (shown["metrics_token"], shown["port"]) == ("***", 8123)
    table = run("settings").stdout
    assert "QBWC_PORT" in table
    assert "port that serve listens on" in table
    assert "hush" not in table


def test_serve_takes_options_over_settings(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []

    def serve(settings: Settings, *, ready: Callable[[str], None]) -> None:
        served.append(settings)
        ready("http://127.0.0.1:9999")

    monkeypatch.setattr(serving, "serve", serve)
    result = run("serve", "--port", 0, "--workers", 1, "--host", "0.0.0.0")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "listens on http://127.0.0.1:9999" in result.stderr
    assert (served[0].port, served[0].workers, served[0].host) == (0, 1, "0.0.0.0")
    assert run("serve").exit_code == 0
    assert (served[1].port, served[1].workers, served[1].host) == (8000, 2, "127.0.0.1")


def test_serve_refuses_a_port_that_is_none(run: CommandLine) -> None:
    assert run("serve", "--port", 70000).exit_code == 2


def test_the_scheduler_runs_with_the_settings(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(runner, "run", ran.append)
    assert run("scheduler").exit_code == 0
    assert ran[0].database == run.url


def test_the_worker_runs_with_the_settings(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(runner, "work", ran.append)
    assert run("worker").exit_code == 0
    assert ran[0].database == run.url


def test_a_worker_without_work_says_what_to_set(run: CommandLine) -> None:
    result = run("worker")
    assert result.exit_code != 0
    assert "The scheduler does the jobs itself here" in result.stderr
    assert 'job_workers to "procrastinate"' in result.stderr
