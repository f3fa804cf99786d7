"""The program starts with what a command needs and nothing else, and ends without a traceback at any moment of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qbwc_server.cli import COMMANDS, cli

HEAVY = ("sqlalchemy", "alembic", "spyne", "flask", "pydantic", "lxml", "rich", "qbxml", "apscheduler", "gunicorn")


def program(text: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


WATCHED = """
import sys
from qbwc_server.cli import main
try:
    main()
finally:
    print([name for name in %r if name in sys.modules])
"""


@pytest.mark.parametrize("arguments", [("--version",), ("--nonsense",), ("nonsense",)])
def test_nothing_heavy_is_loaded_before_a_command_is(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = program(WATCHED % (HEAVY,), *arguments, folder=tmp_path)
    assert result.stdout.splitlines()[-1] == "[]", result.stderr


def test_the_settings_are_shown_without_database_or_server(tmp_path: Path) -> None:
    result = program(WATCHED % (("alembic", "spyne", "flask", "lxml", "qbxml"),), "settings", "--json", folder=tmp_path)
    assert result.stdout.splitlines()[-1] == "[]", result.stderr


COLLECTING = """
import gc
from qbwc_server.start import COLLECT_AFTER, main
try:
    main()
finally:
    print(gc.get_threshold() == COLLECT_AFTER)
"""


def test_what_is_loaded_is_not_taken_for_garbage(tmp_path: Path) -> None:
    result = program(COLLECTING, "--version", folder=tmp_path)
    assert result.stdout.splitlines()[-1] == "True", result.stderr


def test_every_command_is_where_the_table_says() -> None:
    assert {name: cli.commands[name].name for name in COMMANDS} == {name: name for name in COMMANDS}


INTERRUPTED = """
import sys
from qbwc_server.cli import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == moment:
            raise KeyboardInterrupt

moment = sys.argv.pop()
sys.meta_path.insert(0, Interrupting())
main()
"""


@pytest.mark.parametrize(
    "moment", ["qbwc_server.cli.run", "qbwc_server.settings", "sqlalchemy.orm", "qbwc_server.app", "spyne", "waitress"]
)
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_during_the_start_leaves_no_traceback(
    moment: str, workers: int, sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "qbwc.toml").write_text(f'database_url = "{sqlite_url}"\nworkers = {workers}\nport = 0\n')
    result = program(INTERRUPTED, "serve", moment, folder=tmp_path)
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith("Stopped.\n")
    assert result.returncode == 130
