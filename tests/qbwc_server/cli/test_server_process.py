"""A server in a process of its own: waited for, and stopped for certain."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from pathlib import Path

import pytest

from qbwc_server.cli.server_process import PortTaken, ServerDidNotStart, free_port, own_port, server


@pytest.fixture
def own_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Python program that is started in place of ours."""
    program = tmp_path / "program.sh"
    program.write_text("#!/bin/sh\necho 'cannot: the reason'\nexit 7\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
class TestChild:
    def test_one_that_ends_at_once_is_told_with_its_last_words(self, own_program: Path, tmp_path: Path) -> None:
        with (
            server(tmp_path / "s.toml", 1, tmp_path / "log") as child,
            pytest.raises(ServerDidNotStart, match="status 7") as told,
        ):
            child.await_ready(seconds=30)
        assert "cannot: the reason" in told.value.detail

    def test_one_that_never_answers_is_given_up(self, own_program: Path, tmp_path: Path) -> None:
        own_program.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
        with (
            server(tmp_path / "s.toml", 1, tmp_path / "log") as child,
            pytest.raises(ServerDidNotStart, match="did not answer within 0 seconds"),
        ):
            child.await_ready(seconds=0.2)

    def test_no_process_is_left_behind(self, own_program: Path, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        script = f"#!/bin/sh\ntrap '' TERM\nexec 3> {pipe}\nsleep 600 &\nsleep 600 &\necho ready >&3\nwait\nwait\n"
        own_program.write_text(script, encoding="utf-8")
        with server(tmp_path / "s.toml", 1, tmp_path / "log") as child, pipe.open() as output:
            assert output.readline() == "ready\n"
            child.stop(seconds=0.2)
            assert child.wait() == -signal.SIGKILL
            # the pipe ends when the last of the three that hold it has ended
            assert select.select([output], [], [], 60)[0]
            assert output.read() == ""

    def test_an_exception_stops_it_too(self, own_program: Path, tmp_path: Path) -> None:
        own_program.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
        with pytest.raises(KeyboardInterrupt), server(tmp_path / "s.toml", 1, tmp_path / "log") as child:
            raise KeyboardInterrupt
        assert child.wait() == -signal.SIGTERM

    def test_the_environment_has_no_say(
        self, own_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QBWC_DATABASE_URL", "sqlite:///elsewhere.db")
        own_program.write_text('#!/bin/sh\necho "[$QBWC_DATABASE_URL] $*"\n', encoding="utf-8")
        with server(tmp_path / "s.toml", 1, tmp_path / "log") as child:
            child.wait()
        assert (tmp_path / "log").read_text() == f"[] -P -m qbwc_server.cli --settings {tmp_path / 's.toml'} serve\n"


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(preferred=port) not in (0, port)
        with pytest.raises(PortTaken, match=f"port {port}"):
            own_port(port)
    assert free_port(preferred=port) == own_port(port) == port


def test_a_port_that_is_bound_without_listening_is_not_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PortTaken):
            own_port(taken.getsockname()[1])
