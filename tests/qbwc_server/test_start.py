"""The console script: Ctrl-C at any moment ends it with a word."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from qbwc_server import start
from qbwc_server.cli.output import Exit


class StillLoading(ModuleType):
    """A module during whose loading somebody presses Ctrl-C."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_it_loads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "qbwc_server.cli", StillLoading("qbwc_server.cli"))
    with pytest.raises(SystemExit) as ended:
        start.main()
    assert ended.value.code == Exit.INTERRUPTED
    assert capsys.readouterr().err == "Stopped.\n"


def test_it_runs_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["qbwc-server", "--version"])
    with pytest.raises(SystemExit) as ended:
        start.main()
    assert ended.value.code == 0
    assert "qbwc-server" in capsys.readouterr().out
