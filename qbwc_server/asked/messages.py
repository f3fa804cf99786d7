"""A question as a program says it, in JSON or in qbXML: read and checked before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from qbwc_server.errors import Invalid, QbwcError
from qbxml import MESSAGES, BuildError, ParseError, Request, VersionError, build, read_message, render
from qbxml.message import IteratedQuery, IteratorStep
from qbxml.versions import V13, Version

PAGE = 500  # objects of one page, where the caller does not say
LONGEST = 200_000  # characters of a question as qbXML
OURS = ("request_id", "iterator", "iterator_id")
"""What the server says itself."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a question, by its path."""

    path: str
    rule: str
    message: str


class WrongRequest(Invalid):
    """The request is no qbXML that QuickBooks would take."""

    code = "qbxml_wrong"

    def __init__(self, wrong: Wrong | None = None) -> None:
        super().__init__(None if wrong is None else f"The request cannot be sent: {wrong.message}.")
        self.wrong = wrong


class WouldWrite(QbwcError):
    """This request would change the books, and a lost answer could not be told from a refused one."""

    code = "request_would_write"
    advice = "Hand in a document instead: it is entered exactly once. Only queries are asked for directly."


@cache
def questions() -> tuple[str, ...]:
    """The names of all requests that only read."""
    return tuple(sorted(name for name in MESSAGES if name.endswith("Rq") and _reads(name)))


def _reads(name: str) -> bool:
    return name.endswith("QueryRq") and issubclass(MESSAGES[name], Request)


def read_values(name: str, values: Mapping[str, Any]) -> Request:
    """A question from its values, by the names of its fields.

    Raises:
        WrongRequest: there is no such request, or a rule is broken; with its path.
        WouldWrite: it is no question.
    """
    _require_question(name)
    for own in OURS:
        if own in values:
            raise WrongRequest(Wrong(f"{name}.{own}", "unknown_field", f"{name}.{own} is said by the server itself"))
    try:
        found = build(name, values)
    except BuildError as error:
        raise WrongRequest(_wrong(error)) from None
    return _as_question(found)


def read_qbxml(text: str) -> Request:
    """A question from its qbXML: one element, such as ``<CustomerQueryRq/>``.

    Raises:
        WrongRequest: it is no such element, or a rule is broken.
        WouldWrite: it is no question.
    """
    if len(text) > LONGEST:
        raise WrongRequest(Wrong("", "too_long", f"it has more than {LONGEST} characters"))
    try:
        found = read_message(text)
    except BuildError as error:
        if error.rule == "unknown_element" and "." not in error.path:
            _require_question(error.path)
        raise WrongRequest(_wrong(error)) from None
    except ParseError as error:
        raise WrongRequest(Wrong("", "not_xml", str(error))) from None
    _require_question(type(found).__name__)
    return _as_question(found)


def _require_question(name: str) -> None:
    if name in questions():
        return
    cls = MESSAGES.get(name)
    if cls is not None and issubclass(cls, Request):
        raise WouldWrite(f"{name[:60]} would change the books, and a lost answer could not be told from a refused one.")
    raise WrongRequest(Wrong(name[:60], "unknown_element", f"qbXML has no request called {name[:60]}"))


def _as_question(found: object) -> Request:
    if not isinstance(found, Request):
        raise WrongRequest(Wrong("", "type", "it is no request"))
    if found.request_id is not None or getattr(found, "iterator", None) or getattr(found, "iterator_id", None):
        raise WrongRequest(Wrong("", "unknown_attribute", "requestID, iterator and iteratorID are said by the server"))
    return found


def _wrong(error: BuildError) -> Wrong:
    return Wrong(error.path, error.rule, str(error))


def in_pages(question: Request) -> bool:
    """Whether its answer is fetched page by page: not where it asks for counts, or for single entries by their ids."""
    if not isinstance(question, IteratedQuery) or question.meta_data is not None:
        return False
    held = question.__dict__
    return not any(name in held for name in ("list_ids", "full_names", "txn_ids", "ref_numbers", "ref_number_case_s"))


def rendered(question: Request, request_id: str, *, level: Version = V13, iterator_id: str | None = None) -> str:
    """Its text under a request id, as the page that ``iterator_id`` says, or as the first one.

    Raises:
        WrongRequest: the company file speaks an older qbXML that lacks something of it.
    """
    values = {**question.__dict__, "request_id": request_id}
    if in_pages(question):
        values.setdefault("max_returned", PAGE)
        step = IteratorStep.START if iterator_id is None else IteratorStep.CONTINUE
        values |= {"iterator": step, **({} if iterator_id is None else {"iterator_id": iterator_id})}
    try:
        return render(type(question)(**values), level=level)
    except BuildError as error:
        raise WrongRequest(_wrong(error)) from None
    except VersionError as error:
        raise WrongRequest(Wrong(type(question).__name__, "version", str(error))) from None
