"""What is declared of an address: who may ask, what it takes, what it gives back, how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import QbwcError
from qbwc_server.tenancy.permissions import Permission
from qbxml import Schemas

MOST_PER_PAGE = 500
JSON, CSV, QWC, PDF = "application/json", "text/csv", "application/xml", "application/pdf"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name behind the question mark, in words and as JSON schema."""

    words: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON object that an address takes.

    Args:
        fields: which there may be, each with its type: str, bool, int or dict.
        words: of a field, what it means.
        needed: those that have to be there.
        schemas: of a field that holds names and values, what JSON schema says of it.
    """

    fields: Mapping[str, type] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    schemas: Mapping[str, Callable[[Schemas], Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the API; its function's docstring is its summary.

    Args:
        needs: what somebody must be allowed.
        answer: the class of the JSON object that comes back; None: it is no JSON, but of the type ``gives``.
        takes: the body: a Body, a class that pydantic describes, or the media type of a text; None: there is none.
        parameters: what stands behind the question mark; all else is refused.
        once: whether it heeds an idempotency key. Not what shows a secret, which is kept nowhere, nor what takes
            several transactions.
        matches: whether it heeds If-Match.
        streams: it answers while it works, in several transactions, and heeds the key in each of them by itself.
        statuses: of answers that are no refusals.
        refuses: kinds of errors beyond those that every address may answer with.
    """

    needs: Permission
    answer: Any
    takes: Body | type | str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)
    refuses: tuple[type[QbwcError], ...] = ()
    gives: str = JSON
    once: bool = True
    matches: bool = False
    streams: bool = False


def whole_number(words: str, most: int, default: int) -> Parameter:
    """A whole number from 0 to ``most``."""
    return Parameter(words, {"type": "integer", "minimum": 0, "maximum": most, "default": default})


def one_of(words: str, *names: str) -> Parameter:
    """One of these names."""
    return Parameter(words, {"type": "string", "enum": [*names]})


def text(words: str) -> Parameter:
    """A text that is not empty."""
    return Parameter(words, {"type": "string", "minLength": 1})


def flag(words: str) -> Parameter:
    """0 or 1."""
    return Parameter(words, {"type": "string", "enum": ["0", "1"], "default": "0"})


AFTER = whole_number("Go on behind this: next of the page before.", LARGEST_ID, 0)
LIMIT = whole_number("The most that stand on a page; 0: as many as there may be.", MOST_PER_PAGE, 100)
