"""``/companies/CODE/requests``: say anything to QuickBooks in its own words, and have the answer as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from qbwc_server.api.access import Access
from qbwc_server.api.answers.requests import DryRunAnswer, RequestAnswer, RequestsAnswer, WholeRequestAnswer
from qbwc_server.api.errors import ACCEPTED, BadBody
from qbwc_server.api.routes import AFTER, LIMIT, MOST_PER_PAGE, Body, Route, one_of, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.asked.asking import (
    MOST_SECONDS,
    FollowsNothing,
    NotWaiting,
    TooManyWaiting,
    When,
    Wish,
    ask,
    asked_of,
    find_asked,
    take_back,
)
from qbwc_server.asked.deciding import Decision, NotUnknown, decide_asked
from qbwc_server.asked.messages import (
    WrongRequest,
    bears_mark,
    changes_books,
    in_pages,
    read_qbxml,
    read_values,
    rendered,
    requests,
)
from qbwc_server.asked.models import AskedState
from qbwc_server.books.models import CompanyFacts
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.asked import asked_record, whole_asked_record
from qbwc_server.tenancy.permissions import Permission
from qbxml import MESSAGES, Request, Schemas
from qbxml.versions import V13, Version

MOST_PAGES = 1_000_000
LONGEST_WAIT = 25  # seconds; proxies close a connection that is silent for longer
MOST_WAITERS = 2  # callers of one process that are kept waiting; others are answered at once
_BETWEEN_LOOKS = 0.5  # seconds
_ALL = "/companies/<code>/requests"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):asked_id>"
_waiters = BoundedSemaphore(MOST_WAITERS)
_DECISIONS = "done: it is in QuickBooks; again: it is not, send it once more; over: it is not, and need not be."


def _requests_schema(schemas: Schemas) -> Mapping[str, Any]:
    return {
        "type": ["object", "null"],
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {name: schemas.of(MESSAGES[name]) for name in requests()},
    }


ROUTES = {
    "ask_quickbooks": Route(
        Permission.ASK_QUICKBOOKS,
        RequestAnswer,
        takes=Body(
            {"request": dict, "qbxml": str, "when": str, "after": int, "expires_in_s": int},
            {
                "request": "The name of a request, and its values by the names of their fields.",
                "qbxml": "The same as qbXML: one element, such as <CustomerQueryRq/>.",
                "when": f"One of {', '.join(When)}; left out: last, behind all documents.",
                "after": "The id of a request that has to be done before; if it is not done, this one is not sent.",
                "expires_in_s": f"It is not sent after so many seconds, up to {MOST_SECONDS}.",
            },
            schemas={"request": _requests_schema},
        ),
        statuses=(ACCEPTED,),
        refuses=(BadBody, WrongRequest, TooManyWaiting, FollowsNothing, NotFound, Invalid),
    ),
    "try_request": Route(
        Permission.ASK_QUICKBOOKS,
        DryRunAnswer,
        takes=Body(
            {"request": dict, "qbxml": str},
            {"request": "As it would be asked.", "qbxml": "The same as qbXML."},
            schemas={"request": _requests_schema},
        ),
        refuses=(BadBody, WrongRequest, Invalid),
    ),
    "asked_requests": Route(
        Permission.ASK_QUICKBOOKS,
        RequestsAnswer,
        parameters={"state": one_of("Only those.", *AskedState), "after": AFTER, "limit": LIMIT},
        refuses=(Invalid,),
    ),
    "asked_request": Route(
        Permission.ASK_QUICKBOOKS,
        WholeRequestAnswer,
        parameters={
            "page": whole_number("Of the answer, from 1.", MOST_PAGES, 1),
            "wait": whole_number("Seconds to wait for the answer to be whole.", LONGEST_WAIT, 0),
        },
        refuses=(Invalid, NotFound),
    ),
    "decide_request": Route(
        Permission.CHANGE_BOOKS,
        RequestAnswer,
        takes=Body({"decision": str}, {"decision": _DECISIONS}, needed=("decision",)),
        refuses=(Invalid, NotFound, NotUnknown),
    ),
    "cancel_request": Route(Permission.ASK_QUICKBOOKS, RequestAnswer, refuses=(NotFound, NotWaiting)),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.post(_ALL)
    def ask_quickbooks(code: str) -> tuple[Response, int]:
        """Send QuickBooks a request in its next session; long answers are followed page by page.

        What changes the books needs a token with the scope books.
        """
        said = access.said()
        wanted, wish = _request(said), _wish(said)
        with access.changing() as (db, company):
            if changes_books(type(wanted).__name__):
                access.require_also(db, Permission.CHANGE_BOOKS)
            row = ask(db, company.id, wanted, wish, level=_level(db, company.id), by=access.by, now=access.now())
            record = asked_record(db, row)
        return jsonify(record), ACCEPTED

    @blueprint.post(f"{_ALL}/try")
    def try_request(code: str) -> Response:
        """Check a request and show its qbXML; nothing is queued."""
        wanted = _request(access.said())
        with access.looking() as (db, company):
            text = rendered(wanted, "0", level=_level(db, company.id))
        name = type(wanted).__name__
        return jsonify(
            message=name,
            qbxml=text,
            in_pages=in_pages(wanted),
            changes_books=changes_books(name),
            bears_mark=bears_mark(wanted),
        )

    @blueprint.get(_ALL)
    def asked_requests(code: str) -> Response:
        """What was asked, a page at a time: go on with after=next."""
        state = _state_asked(request.args)
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            rows = asked_of(db, company.id, state=state, after_id=after, limit=limit + 1)
            page = [asked_record(db, row) for row in rows[:limit]]
        return jsonify(requests=page, next=page[-1]["id"] if len(rows) > limit else None)

    @blueprint.get(_ONE)
    def asked_request(code: str, asked_id: int) -> Response:
        """A request with one page of its answer; wait keeps the connection open until it is answered."""
        page = number_asked(request.args, "page", 1, MOST_PAGES) or 1
        wait = number_asked(request.args, "wait", 0, LONGEST_WAIT)
        record = _look(access, asked_id, page)
        if wait and record["state"] == AskedState.WAITING and _waiters.acquire(blocking=False):
            try:
                record = _wait(access, asked_id, page, wait)
            finally:
                _waiters.release()
        return jsonify(record)

    _add_endings(blueprint, access)


def _add_endings(blueprint: Blueprint, access: Access) -> None:
    @blueprint.delete(_ONE)
    def cancel_request(code: str, asked_id: int) -> Response:
        """Take a request back that has not left."""
        with access.changing() as (db, company):
            row = take_back(db, company.id, asked_id, state=AskedState.CANCELLED, now=access.now())
            record = asked_record(db, row)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/decide")
    def decide_request(code: str, asked_id: int) -> Response:
        """Say what became of a change whose answer was lost, after looking in QuickBooks."""
        decision = _decision(access.said().get("decision"))
        with access.changing() as (db, company):
            row = decide_asked(db, company.id, asked_id, decision, by=access.by, now=access.now())
            record = asked_record(db, row)
        return jsonify(record)


def _look(access: Access, asked_id: int, page: int) -> dict[str, Any]:
    with access.looking() as (db, company):
        return whole_asked_record(db, find_asked(db, company.id, asked_id), page)


def _wait(access: Access, asked_id: int, page: int, seconds: int) -> dict[str, Any]:
    until = monotonic() + seconds
    while (record := _look(access, asked_id, page))["state"] == AskedState.WAITING and monotonic() < until:
        sleep(_BETWEEN_LOOKS)
    return record


def _request(said: dict[str, Any]) -> Request:
    values, text = said.get("request"), said.get("qbxml")
    if (values is None) == (text is None):
        raise BadBody([_mistake("request", "say_one", "Say either request or qbxml.")])
    try:
        if text is not None:
            return read_qbxml(text)
        if values is None or len(values) != 1 or not isinstance(inner := next(iter(values.values())), dict):
            message = "Name one request with its values, such as CustomerQueryRq with names and values."
            raise BadBody([_mistake("request", "bad_value", message)])
        return read_values(next(iter(values)), inner)
    except WrongRequest as error:
        if error.wrong is None:
            raise
        path = "qbxml" if text is not None else ".".join(filter(None, ("request", error.wrong.path)))
        raise BadBody([_mistake(path, error.wrong.rule, f"{error.wrong.message}.")]) from None


def _mistake(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message, "advice": "The reference tells what it may hold."}


def _wish(said: dict[str, Any]) -> Wish:
    seconds, after = said.get("expires_in_s"), said.get("after")
    if seconds is not None and not 0 < seconds <= MOST_SECONDS:
        raise Invalid(f"The field expires_in_s must be from 1 to {MOST_SECONDS}.")
    return Wish(_when(said.get("when")), seconds, after)


def _decision(name: str | None) -> Decision:
    try:
        return Decision(name or "")
    except ValueError:
        raise Invalid(f"The field decision must be among {', '.join(Decision)}.") from None


def _when(name: str | None) -> When:
    try:
        return When(name or When.LAST)
    except ValueError:
        raise Invalid(f"The field when must be among {', '.join(When)}.") from None


def _level(db: Session, company_id: int) -> Version:
    facts = db.get(CompanyFacts, company_id)
    return V13 if facts is None or not facts.qbxml_version else Version.parse(facts.qbxml_version)


def _state_asked(arguments: Mapping[str, str]) -> AskedState | None:
    name = arguments.get("state") or None
    try:
        return None if name is None else AskedState(name)
    except ValueError:
        raise Invalid(f"The parameter state must be among {', '.join(AskedState)}.") from None
