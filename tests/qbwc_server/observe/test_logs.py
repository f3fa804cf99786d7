"""Logs: one event a line, whoever writes it, without secrets and without customer data."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from qbwc_server.errors import NotFound
from qbwc_server.observe import logs
from qbxml import BuildError, MissingElement

pytestmark = pytest.mark.usefixtures("_logging_as_before")


def _written(style: str = "json", level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(level, style, stream)
    return stream


def _events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object() -> None:
    stream = _written()
    structlog.get_logger("qbwc_server.x").info("request", endpoint="api.show", ms=3.5)
    (event,) = _events(stream)
    assert event["event"] == "request"
    assert event["level"] == "info"
    assert event["logger"] == "qbwc_server.x"
    assert (event["endpoint"], event["ms"]) == ("api.show", 3.5)
    assert event["timestamp"].endswith("Z")


def test_libraries_are_heard_in_the_same_way() -> None:
    stream = _written()
    logging.getLogger("some.library").warning("low on %s", "memory")
    (event,) = _events(stream)
    assert (event["event"], event["level"], event["logger"]) == ("low on memory", "warning", "some.library")


def test_what_is_below_the_level_is_not_written() -> None:
    stream = _written(level="WARNING")
    structlog.get_logger("a").info("no")
    logging.getLogger("b").info("no")
    structlog.get_logger("a").error("yes")
    assert [event["event"] for event in _events(stream)] == ["yes"]


def test_context_is_carried() -> None:
    stream = _written()
    structlog.contextvars.bind_contextvars(company_id=7)
    structlog.get_logger("a").info("x")
    logging.getLogger("b").warning("y")
    assert [event["company_id"] for event in _events(stream)] == [7, 7]


@pytest.mark.parametrize("style", ["json", "text"])
@pytest.mark.parametrize(
    "name",
    [
        "password",
        "strPassword",
        "ticket",
        "api_token",
        "Authorization",
        "client_secret",
        "database_url",
        "customer",
        "memo",
        "email",
        "body",
        "xml",
    ],
)
def test_secrets_and_customer_data_are_blotted_out(style: str, name: str) -> None:
    stream = _written(style)
    structlog.get_logger("a").info("x", **{name: "hunter2"}, nested={name: ["hunter2"]}, listed=[{name: "hunter2"}])
    assert "hunter2" not in stream.getvalue()
    assert logs.HIDDEN in stream.getvalue()


def test_what_says_how_much_is_shown() -> None:
    stream = _written()
    structlog.get_logger("a").info("x", body_bytes=12, documents=3, document_id=9, address="203.0.113.5")
    (event,) = _events(stream)
    assert (event["body_bytes"], event["documents"], event["document_id"]) == (12, 3, 9)
    assert event["address"] == "203.0.113.5"  # of the caller: whoever blocks guessers needs it


def test_long_values_and_bytes_are_cut() -> None:
    stream = _written()
    structlog.get_logger("a").info("x", text="a" * 10_000, data=b"secret")
    (event,) = _events(stream)
    assert len(event["text"]) < 400
    assert event["data"] == "(6 bytes)"


def test_an_exception_is_its_type_and_where_it_came_from() -> None:
    stream = _written()
    try:
        raise ValueError("invalid amount: 'hunter2'\nDETAIL: (customer)=(hunter2)")
    except ValueError:
        structlog.get_logger("a").exception("failed")
        logging.getLogger("b").exception("failed as well")
    for event in _events(stream):
        assert event["exception"] == "ValueError"
        assert "test_an_exception_is_its_type" in event["at"][0]
    assert "hunter2" not in stream.getvalue()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (KeyError("hunter2"), "KeyError"),
        (MissingElement("InvoiceRet came with hunter2"), "MissingElement"),
        (BuildError("InvoiceAdd.memo", "max_length", 5, "hunter2"), "BuildError"),
        (NotFound("There is no customer hunter2."), "NotFound: not_found"),
        (PermissionError(13, "Permission denied", "/home/hunter2"), "PermissionError: Permission denied"),
        (ModuleNotFoundError("No module named 'psycopg'"), "ModuleNotFoundError: No module named 'psycopg'"),
        (
            OperationalError("SELECT hunter2", {"x": "hunter2"}, Exception("connection refused\nhunter2")),
            "OperationalError: connection refused",
        ),
        (DataError("SELECT hunter2", {}, ValueError("bad integer: hunter2")), "DataError: ValueError"),
        (IntegrityError("INSERT", {}, ValueError("key (name)=(hunter2)")), "IntegrityError: ValueError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_exception_brings_data_into_the_log(error: Exception, shown: str) -> None:
    stream = _written()
    structlog.get_logger("a").error("failed", exc_info=error)
    (event,) = _events(stream)
    assert event["exception"] == shown
    assert "hunter2" not in stream.getvalue()


def test_no_value_can_fake_a_line_of_text() -> None:
    stream = _written("text")
    structlog.get_logger("a").info("real\nforged event", name="x\n2026 info forged")
    logging.getLogger("b").warning("real\nforged")
    assert len(stream.getvalue().splitlines()) == 2
    assert all(" info " in line or " warning " in line for line in stream.getvalue().splitlines())


def test_the_same_process_may_be_configured_again() -> None:
    first = _written()
    second = _written()
    structlog.get_logger("a").info("x")
    assert first.getvalue() == ""
    assert len(_events(second)) == 1
