"""A server in a process of its own, as ``qbwc-server serve`` runs it; started, waited for, and stopped for certain."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess  # arguments are ours, no shell
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qbwc_server.errors import Conflict, QbwcError
from qbwc_server.serving import CannotServe

LISTENS = "qbwc-server listens on"  # what ``serve`` says when it does
_PAUSE = 0.05  # seconds between two looks at whether the server answers


class ServerDidNotStart(CannotServe):
    """The server did not start."""

    code = "server_did_not_start"
    advice = "Read the end of its log above."


class ServerEnded(QbwcError):
    """The server ended by itself."""

    code = "server_ended"
    advice = "Start the demo again; it continues where it was."


class ServerProcess:
    """A running child; it ends with the ``with`` block of :func:`server`, whatever happens there."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self._port = port
        self.log = log

    def await_ready(self, *, seconds: float) -> None:
        """Return when the child listens and ``/healthz`` answers 200.

        Its own word that it listens is asked for, since another server may have been quicker to take the port.

        Raises:
            ServerDidNotStart: after ``seconds``, or when the child ended.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                status = self._process.returncode
                raise ServerDidNotStart(f"The server ended with status {status}.", detail=self._tail())
            if LISTENS in self._log_text() and _answers(self._port):
                return
            time.sleep(_PAUSE)
        raise ServerDidNotStart(f"The server did not answer within {seconds:.0f} seconds.", detail=self._tail())

    def wait(self) -> int:
        """Wait until the server ends by itself; its exit status."""
        return self._process.wait()

    def stop(self, *, seconds: float = 10.0) -> None:
        """Ask the server to finish, then insist; afterwards none of its processes is left."""
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):  # insisted on below
                self._process.wait(seconds)
        _kill_all(self._process)
        self._process.wait()

    def _tail(self, lines: int = 15) -> str:
        return "\n".join(self._log_text().splitlines()[-lines:])

    def _log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


@contextmanager
def server(settings_file: Path, port: int, log: Path) -> Iterator[ServerProcess]:
    """Run ``qbwc-server --settings FILE serve`` with its output in ``log``, and stop it at the end.

    The child is in a session of its own: Ctrl-C reaches this process alone, which then stops the child in good order.
    What the environment says of QBWC is kept from it; the settings file decides.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QBWC_")}
    command = [sys.executable, "-P", "-m", "qbwc_server.cli", "--settings", str(settings_file), "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    child = ServerProcess(process, port, log)
    try:
        yield child
    finally:
        child.stop()


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the child's process group: workers whose master died first."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # nobody left: the usual case
        os.killpg(process.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    # without urllib: it would ask a proxy that the environment names
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class PortTaken(Conflict):
    """Another program has the port."""

    code = "port_taken"
    advice = "Choose another with --port, or leave it out and let a free one be taken."


def own_port(port: int) -> int:
    """``port`` if it is free. Raises PortTaken: else we would speak to whoever has it."""
    if not _is_free(port):
        raise PortTaken(f"Another program listens on port {port}.")
    return port


def free_port(*, preferred: int) -> int:
    """``preferred`` if nobody listens there, else any free one."""
    if _is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("localhost", port), timeout=1):
        return False  # somebody answers, if only on the other family of addresses
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
