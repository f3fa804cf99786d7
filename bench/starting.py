"""What it costs to start: the application, and a command that needs little of it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from bench import company
from bench.figures import Report, Section, figure

MOST_S = 0.5
_STARTS = {
    "application loaded, as by the console script": (
        "-c",
        "from qbwc_server.start import collect_seldom; collect_seldom(); import qbwc_server.app",
    ),
    "application ready, as WSGI": ("-c", "import wsgi"),
    "qbwc-server --version": ("-m", "qbwc_server.cli", "--version"),
}


def measure(report: Report, *, rounds: int) -> list[Section]:
    """CPU seconds of whole processes, by turns; the first of each is not counted: it writes the byte code."""
    taken: dict[str, list[float]] = {name: [] for name in _STARTS}
    with company.folder() as name:
        database = company.empty(Path(name))
        environment = {**os.environ, "QBWC_DATABASE_URL": database.engine.url.render_as_string(False)}
        database.engine.dispose()
        for number in range(rounds + 1):
            report(f"starting: round {number} of {rounds}")
            for start, command in _STARTS.items():
                seconds = _cpu(command, environment)
                if number:
                    taken[start].append(seconds)
    return [
        Section(
            "Start",
            "CPU seconds of a whole process. The workers of one server share what its master has loaded.",
            [figure(name, seconds, "s", at_most=MOST_S) for name, seconds in taken.items()],
        )
    ]


def _cpu(command: tuple[str, ...], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *command],
        check=True,
        env=environment,
        cwd=Path(__file__).parents[1],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
