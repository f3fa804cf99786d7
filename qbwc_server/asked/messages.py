"""A request as a program says it, in JSON or in qbXML: read and checked before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, cast
from uuid import UUID

from qbwc_server.errors import Invalid
from qbxml import MESSAGES, Aggregate, BuildError, ParseError, Request, VersionError, build, read_message, render
from qbxml.message import IteratedQuery, IteratorStep
from qbxml.versions import V13, Version

PAGE = 500  # objects of one page, where the caller does not say
LONGEST = 200_000  # characters of a request as qbXML
OURS = ("request_id", "iterator", "iterator_id", "external_guid")
"""What the server says itself."""
SINCE = frozenset({"modified_date_range_filter", "from_modified_date"})
"""The fields in which a query says since when things were changed; it has one of them."""
_GUID = "external_guid"
_NOT_IN_A_SET = "Subscription"  # in the names of those that travel in a set of their own, which QBWC does not carry


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a request, by its path."""

    path: str
    rule: str
    message: str


class WrongRequest(Invalid):
    """The request is no qbXML that QuickBooks would take."""

    code = "qbxml_wrong"

    def __init__(self, wrong: Wrong | None = None) -> None:
        super().__init__(None if wrong is None else f"The request cannot be sent: {wrong.message}.")
        self.wrong = wrong


@cache
def requests() -> tuple[str, ...]:
    """The names of all requests that the Web Connector carries."""
    return tuple(
        sorted(
            name
            for name in MESSAGES
            if name.endswith("Rq") and _NOT_IN_A_SET not in name and issubclass(MESSAGES[name], Request)
        )
    )


@cache
def questions() -> tuple[str, ...]:
    """Those of them that only read."""
    return tuple(name for name in requests() if name.endswith("QueryRq"))


def changes_books(name: str) -> bool:
    """Whether it is more than a question."""
    return name not in questions()


def read_values(name: str, values: Mapping[str, Any]) -> Request:
    """A request from its values, by the names of its fields.

    Raises:
        WrongRequest: there is no such request, or a rule is broken; with its path.
    """
    _require_known(name)
    own = [one for one in OURS if one in values]
    own += [f"{part}.{_GUID}" for part, inner in values.items() if isinstance(inner, Mapping) and _GUID in inner]
    if own:
        path = f"{name}.{own[0]}"
        raise WrongRequest(Wrong(path, "unknown_field", f"{path} is said by the server itself"))
    try:
        found = build(name, values)
    except BuildError as error:
        raise WrongRequest(_wrong(error)) from None
    return _as_request(found)


def read_qbxml(text: str) -> Request:
    """A request from its qbXML: one element, such as ``<CustomerQueryRq/>``.

    Raises:
        WrongRequest: it is no such element, or a rule is broken.
    """
    if len(text) > LONGEST:
        raise WrongRequest(Wrong("", "too_long", f"it has more than {LONGEST} characters"))
    try:
        found = read_message(text)
    except BuildError as error:
        if error.rule == "unknown_element" and "." not in error.path:
            _require_known(error.path)
        raise WrongRequest(_wrong(error)) from None
    except ParseError as error:
        raise WrongRequest(Wrong("", "not_xml", str(error))) from None
    _require_known(type(found).__name__)
    return _as_request(found)


def _require_known(name: str) -> None:
    if name in requests():
        return
    shown = name[:60]
    if _NOT_IN_A_SET in name and name in MESSAGES and name.endswith("Rq"):
        why = f"{shown} is said by a program on the computer of QuickBooks, and the Web Connector does not carry it"
        raise WrongRequest(Wrong(shown, "unknown_element", why))
    raise WrongRequest(Wrong(shown, "unknown_element", f"qbXML has no request called {shown}"))


def _as_request(found: object) -> Request:
    if not isinstance(found, Request):
        raise WrongRequest(Wrong("", "type", "it is no request"))
    if found.request_id is not None or getattr(found, "iterator", None) or getattr(found, "iterator_id", None):
        raise WrongRequest(Wrong("", "unknown_attribute", "requestID, iterator and iteratorID are said by the server"))
    part = added_by(found)
    if part is not None and _GUID in part[1].__dict__:
        path = f"{type(found).__name__}.{part[0]}.{_GUID}"
        raise WrongRequest(Wrong(path, "unknown_field", f"{path} is said by the server itself"))
    if len(render(found)) > LONGEST:
        raise WrongRequest(Wrong("", "too_long", f"as qbXML it has more than {LONGEST} characters"))
    return found


def added_by(request: Request) -> tuple[str, Aggregate] | None:
    """What an Add adds, behind the name of its field; None of another request."""
    if not type(request).__name__.endswith("AddRq"):
        return None
    parts = [(name, one) for name, one in request.__dict__.items() if isinstance(one, Aggregate)]
    return parts[0] if len(parts) == 1 else None


def bears_mark(request: Request) -> bool:
    """Whether QuickBooks keeps the id of the request with what it adds, and can be asked for that."""
    part = added_by(request)
    kind = kind_of(request)
    query, ret = MESSAGES.get(f"{kind}QueryRq"), MESSAGES.get(f"{kind}Ret")
    if part is None or query is None or ret is None:
        return False
    return bool(SINCE & fields_of(query)) and all(_GUID in fields_of(cls) for cls in (type(part[1]), ret))


def fields_of(cls: type[Aggregate]) -> frozenset[str]:
    """The names of its fields."""
    return frozenset(one.name for one in fields(cast("Any", cls)))


def kind_of(request: Request) -> str:
    """What an Add adds, as QuickBooks names it: Invoice, Customer."""
    return type(request).__name__.removesuffix("AddRq")


def _wrong(error: BuildError) -> Wrong:
    return Wrong(error.path, error.rule, str(error))


def in_pages(question: Request) -> bool:
    """Whether its answer is fetched page by page: not where it asks for counts, or for single entries by their ids."""
    if not isinstance(question, IteratedQuery) or question.meta_data is not None:
        return False
    held = question.__dict__
    return not any(name in held for name in ("list_ids", "full_names", "txn_ids", "ref_numbers", "ref_number_case_s"))


def rendered(
    question: Request,
    request_id: str,
    *,
    level: Version = V13,
    iterator_id: str | None = None,
    mark: UUID | None = None,
) -> str:
    """Its text under a request id, as the page that ``iterator_id`` says, or as the first one.

    Args:
        mark: of what it adds, where QuickBooks keeps one.

    Raises:
        WrongRequest: the company file speaks an older qbXML that lacks something of it.
    """
    values = {**question.__dict__, "request_id": request_id}
    if mark is not None and bears_mark(question) and (part := added_by(question)) is not None:
        name, added = part
        values[name] = type(added)(**{**added.__dict__, _GUID: mark})
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
