"""The import of spyne: leaves no traces, logs nothing, and works in a fresh interpreter."""

import gc
import logging
import subprocess
import sys

import pytest

from qbwc_server.connector.soap import soap_application
from qbwc_server.connector.soap.spyne_import import _parse_header
from tests.qbwc_server.connector.soap.exchange import RecordedOperations, authenticate, post


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("text/xml", ("text/xml", {})),
        ('text/xml; charset="utf-8"', ("text/xml", {"charset": "utf-8"})),
        ("text/xml; Charset=utf-8; action=x", ("text/xml", {"charset": "utf-8", "action": "x"})),
        ("", ("", {})),
    ],
)
def test_the_stand_in_for_cgi_reads_a_content_type(line: str, parsed: tuple[str, dict[str, str]]) -> None:
    assert _parse_header(line) == parsed


def test_spyne_stays_silent_even_for_root_handlers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("spyne", "spyne.protocol.soap.soap11.invalid", "spyne.application.server"):
        logging.getLogger(name).critical("hunter2")
    assert caplog.text == ""


def test_spyne_does_not_collect_garbage_after_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    app = soap_application(RecordedOperations())
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda *_: collected.append(1))
    monkeypatch.setattr("spyne.context._LAST_GC_RUN", 0.0)
    assert post(app, authenticate()).status == 200
    assert collected == []


FRESH = """
import sys
before = set(sys.meta_path)
from qbwc_server.connector.soap import soap_application
import six
assert set(sys.meta_path) - before <= {finder for finder in sys.meta_path if type(finder).__module__ == "six"}
assert not hasattr(six, "get_function_name"), "the real six was changed"
try:
    import cgi
except ImportError:
    assert sys.version_info >= (3, 13)
else:
    assert sys.version_info < (3, 13), "others must not see our stand-in"
print("ready")
"""


def test_a_fresh_interpreter_imports_it_with_warnings_as_errors_and_no_traces() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore:'cgi' is deprecated", "-c", FRESH],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("ready\n", "")
