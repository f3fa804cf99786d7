"""The servers under measurement, each in processes of its own on a core of its own.

``python -m bench.servers NAME`` runs one: ``real`` is the product as ``qbwc-server serve`` starts it, ``baseline`` a
bare WSGI function in the same production server, answering canned SOAP.
"""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import machine
from qbwc_server.start import collect_seldom

if TYPE_CHECKING:
    from flask import Flask

    from qbwc_server.settings import Settings

READY = "listens on "
BASELINE_SETS = "BENCH_BASELINE_SETS"  # how many message sets the bare function gives in a session
BASELINE_BODY = "BENCH_BASELINE_BODY"  # file with the canned answer to sendRequestXML


@dataclass(frozen=True)
class Server:
    """A running server: its master process, and the address of the SOAP face."""

    pid: int
    url: str

    @property
    def worker(self) -> int:
        """The process that answers calls, where there is only one."""
        return machine.family(self.pid)[-1]

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        return machine.cpu_seconds(self.pid)


@contextmanager
def running(
    name: str, database: str, *, core: int | None, workers: int | None = None, folder: Path, **environment: str
) -> Iterator[Server]:
    """Run a server on a free port until the end of the block.

    Args:
        workers: None for as many as the settings have by default.
        folder: for its log.
    """
    values = {key: value for key, value in os.environ.items() if not key.startswith("QBWC_")}
    values |= {"QBWC_DATABASE_URL": database, "QBWC_PORT": "0", **environment}
    if workers is not None:
        values["QBWC_WORKERS"] = str(workers)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.servers", name, "" if core is None else str(core)],
            env=values,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        try:
            yield Server(process.pid, address_of(process, folder / f"{name}.log") + "/qbwc")
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def address_of(process: subprocess.Popen[str], log: Path) -> str:
    """What a server says when it is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        if READY in line:
            return line.partition(READY)[2].strip()
    raise RuntimeError("the server did not start:\n" + log.read_text()[-3000:])


Started = Callable[[str, list[tuple[str, str]]], object]
_ANSWER = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Body><{0}Response xmlns="http://developer.intuit.com/">{1}</{0}Response></soap:Body></soap:Envelope>'
)


def _baseline(settings: object) -> Callable[[dict[str, Any], Started], Iterable[bytes]]:
    """The least that a server for the Web Connector can do: read the body, answer what was prepared."""
    sets, body = int(os.environ[BASELINE_SETS]), Path(os.environ[BASELINE_BODY]).read_text()

    def answer(operation: str, result: str) -> bytes:
        return _ANSWER.format(operation, result).encode()

    def plain(operation: str, text: str) -> bytes:
        return answer(operation, f"<{operation}Result>{text}</{operation}Result>")

    canned = {
        "serverVersion": plain("serverVersion", "bare"),
        "clientVersion": plain("clientVersion", ""),
        "authenticate": answer(
            "authenticate", "<authenticateResult><string>ticket</string><string></string></authenticateResult>"
        ),
        "sendRequestXML": plain("sendRequestXML", body),
        "closeConnection": plain("closeConnection", "Finished."),
    }
    progress = [plain("receiveResponseXML", "50"), plain("receiveResponseXML", "100")]
    answered = mmap.mmap(-1, 4)  # shared by the worker processes, which are forked from this one

    def bare(environ: dict[str, Any], start_response: Started) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        operation = environ["HTTP_SOAPACTION"].strip('"').rpartition("/")[2]
        if operation == "authenticate":
            answered[0] = 0
        if operation == "receiveResponseXML":
            answered[0] += 1
            found = progress[answered[0] >= sets]
        else:
            found = canned[operation]
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(found)))])
        return [found]

    return bare


def _run(name: str, core: str) -> None:
    machine.pin(int(core) if core else None)
    collect_seldom()
    import qbwc_server.app
    from qbwc_server import serving
    from qbwc_server.settings import load

    if name == "baseline":
        bare, create_app = _baseline(None), qbwc_server.app.create_app  # before the workers are forked: they share it

        def create_bare(settings: Settings) -> Flask:
            app = create_app(settings)  # for what the server in front of it asks of the application
            app.wsgi_app = bare  # type: ignore[method-assign,assignment]
            return app

        qbwc_server.app.create_app = create_bare  # type: ignore[assignment]
    serving.serve(load(), ready=lambda address: print(f"{READY}{address}", flush=True))


if __name__ == "__main__":
    _run(*sys.argv[1:3])
