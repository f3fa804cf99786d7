"""Structured logs, one event a line: JSON for machines or plain text for people, secrets and customer data blotted out.

Everything goes one way: our events through structlog, the libraries' through logging, both to the same stream.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from functools import lru_cache
from traceback import extract_tb
from typing import TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from qbwc_server.errors import QbwcError

# Parts of names of values that never reach the log, whoever logs them.
SECRET = ("authorization", "cookie", "credential", "database_url", "passw", "secret", "ticket", "token")
# Names of values that say who buys what: not secret, but no business of whoever reads logs.
CUSTOMER_DATA = (
    "amount",
    "answer",
    "billing_address",
    "body",
    "company_name",
    "customer",
    "document",
    "email",
    "memo",
    "party",
    "phone",
    "response",
    "shipping_address",
    "xml",
)
HIDDEN = "***"
_LONGEST_TEXT = 300  # of one value; what is longer is data, not an event
_QUOTED = json.JSONEncoder(default=str, ensure_ascii=False)
_FRAMES = 12


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Say once, at the start of a process, what is logged and how.

    Args:
        level: the least severe level that is logged: DEBUG, INFO, WARNING or ERROR.
        style: ``json`` or ``text``.
        stream: standard error unless given.
    """
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _one_line_of_trouble,
        blot_out,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # so that a test, or a second start in one process, is heard
    )
    render = structlog.processors.JSONRenderer(default=str, ensure_ascii=False) if style == "json" else _plain_line
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    least = logging.getLevelNamesMapping()[level]
    for chatty in ("alembic", "apscheduler", "gunicorn.error", "httpcore", "httpx", "waitress"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, least))
    logging.getLogger("waitress.queue").setLevel(max(logging.ERROR, least))  # a line for each call that has to wait


def blot_out(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide values by their name, and cut what is too long to be anything but data."""
    return {name: _shown(name, value) for name, value in event.items()}


def names_a_secret(name: str) -> bool:
    """Whether a value of that name is not to be shown, whoever asks."""
    lower = name.lower()
    return any(part in lower for part in SECRET)


@lru_cache(maxsize=1_000)  # few names stand in every event
def _is_hidden(name: str) -> bool:
    return names_a_secret(name) or name.lower() in CUSTOMER_DATA


def _shown(name: str, value: object) -> object:
    if name.startswith("_"):
        return value  # structlog's own
    if value is not None and _is_hidden(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(name, item) for item in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}... ({len(value)} characters)"
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return value


def _one_line_of_trouble(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it came through, innermost first.

    Not its text: parsers, drivers and we ourselves quote there what they stumbled over, a customer's data.
    """
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = f"{type(error).__name__}: {_safe_text(error)}".removesuffix(": ")
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)][
            : -_FRAMES - 1 : -1
        ]
    return event


def _safe_text(error: BaseException) -> str:
    """What is said of a few kinds of errors, none of which quotes data; of the others nothing."""
    if isinstance(error, QbwcError):
        return error.code
    if isinstance(error, ImportError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or ""
    original = getattr(error, "orig", None)  # of SQLAlchemy's: what the driver raised
    if type(error).__name__ == "OperationalError" and original is not None:
        return next(iter(str(original).splitlines()), "")  # the server is away, the disk is full
    return type(original).__name__ if original is not None else ""


def _exception(given: ExcInfo | BaseException | bool | None) -> BaseException | None:
    if given is True:
        return sys.exc_info()[1]
    if isinstance(given, tuple):
        return given[1]
    return given if isinstance(given, BaseException) else None


def _plain_line(_: WrappedLogger, __: str, event: EventDict) -> str:
    """``2026-03-02T15:00:00Z info     request  method="GET"``: every value quoted, so that no value can fake a line."""
    when, level, text = (str(event.pop(name, "")) for name in ("timestamp", "level", "event"))
    values = " ".join(f"{name}={_QUOTED.encode(value)}" for name, value in event.items())
    return f"{when} {level:<8} {_QUOTED.encode(text)[1:-1]}  {values}".rstrip()
