"""``/companies/CODE/mappings``: which entry of QuickBooks a word of a source stands for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from qbwc_server.api.access import Access
from qbwc_server.api.answers.lists import (
    ImportedAnswer,
    MappedAnswer,
    MappingsAnswer,
    SuggestionsAnswer,
    TakenAnswer,
    WaitingAnswer,
)
from qbwc_server.api.errors import WrongType
from qbwc_server.api.routes import AFTER, CSV, LIMIT, MOST_PER_PAGE, Body, Route, flag, one_of, whole_number
from qbwc_server.api.schemas import flag_asked, number_asked, text_asked
from qbwc_server.channels.connections.finding import connection_ids, find_connection
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.mapping.acts import map_word, unmap_word
from qbwc_server.mapping.deciding import DoesNotFit, NoSuchEntry, choice_of
from qbwc_server.mapping.exchange import WrongRows, preview, take_in, written
from qbwc_server.mapping.kinds import WordKind, kind_named
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.mapping.models import ALL_CONNECTIONS
from qbwc_server.mapping.taking import MOST_AT_ONCE, suggested, take_sure, undo
from qbwc_server.mapping.waiting import waiting_words
from qbwc_server.reports.mappings import (
    change_record,
    listed_record,
    mapping_record,
    suggested_record,
    taken_record,
    waiting_record,
    went_on_record,
)
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/mappings"
_WORD = {"kind": str, "word": str, "connection": int}
_WORDS = {
    "kind": f"What the word means: {', '.join(WordKind)}.",
    "word": "What the source calls it.",
    "connection": "Whose word it is; left out: that of all.",
    "list_id": "Of the entry that it stands for.",
    "name": "Full name of the entry that it stands for.",
    "create": "Full name of an entry that is to be added.",
    "never": "What it stands for is never taken.",
}
_KIND = one_of("Only words of this kind.", *WordKind)
_WRONG_WORD = (Invalid, NotFound, Conflict, NoSuchEntry, DoesNotFit)
ROUTES = {
    "mappings": Route(
        Permission.SEE_COMPANY,
        MappingsAnswer,
        parameters={"kind": _KIND, "after": AFTER, "limit": LIMIT},
        refuses=(Invalid, NotFound),
    ),
    "waiting": Route(Permission.SEE_COMPANY, WaitingAnswer),
    "suggestions": Route(
        Permission.SEE_COMPANY,
        SuggestionsAnswer,
        parameters={"kind": _KIND, "limit": whole_number("The most that are told.", MOST_AT_ONCE, 50)},
        refuses=(Invalid, NotFound),
    ),
    "export_mappings": Route(Permission.SEE_COMPANY, None, gives=CSV),
    "set_mapping": Route(
        Permission.MAP,
        MappedAnswer,
        takes=Body(
            {**_WORD, "list_id": str, "name": str, "create": str, "never": bool}, _WORDS, needed=("kind", "word")
        ),
        refuses=_WRONG_WORD,
    ),
    "unset_mapping": Route(
        Permission.MAP, MappedAnswer, takes=Body(_WORD, _WORDS, needed=("kind", "word")), refuses=_WRONG_WORD
    ),
    "take_sure_ones": Route(
        Permission.MAP,
        TakenAnswer,
        takes=Body({"kind": str, "limit": int}, {**_WORDS, "limit": f"The most at once, up to {MOST_AT_ONCE}."}),
        refuses=(Invalid, NotFound),
    ),
    "undo_taken": Route(
        Permission.MAP,
        TakenAnswer,
        takes=Body({"batch": str}, {"batch": "Which; left out: the latest."}),
        refuses=(Invalid, NotFound, Conflict),
    ),
    "import_mappings": Route(
        Permission.MAP,
        ImportedAnswer,
        takes=CSV,
        parameters={"apply": flag("1: do it; 0: tell only what it would change.")},
        refuses=(Invalid, WrongRows),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(_ALL)
    def mappings(code: str) -> Response:
        """What was said of words, a page at a time: go on with after=next."""
        kind = _kind_asked()
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            found = mappings_of(db, company.id, kind=kind, after_id=after, limit=limit + 1)
            page = [listed_record(one) for one in found[:limit]]
        return jsonify(mappings=page, next=page[-1]["id"] if len(found) > limit else None)

    @blueprint.get(f"{_ALL}/waiting")
    def waiting(code: str) -> Response:
        """Every word that keeps documents waiting, and how many."""
        with access.looking() as (db, company):
            return jsonify(waiting=[waiting_record(one) for one in waiting_words(db, company.id)])

    @blueprint.get(f"{_ALL}/suggestions")
    def suggestions(code: str) -> Response:
        """What the words that documents wait for may stand for."""
        kind, limit = _kind_asked(), number_asked(request.args, "limit", 50, MOST_AT_ONCE)
        with access.looking() as (db, company):
            return jsonify(
                suggestions=[suggested_record(one) for one in suggested(db, company.id, kind=kind, limit=limit)]
            )

    @blueprint.post(_ALL)
    def set_mapping(code: str) -> Response:
        """Say what a word stands for; what waited for it goes on."""
        body = access.said()
        kind, word = _word_of(body)
        choice = choice_of(body.get("name"), body.get("list_id"), body.get("create"), never=body.get("never", False))
        with access.changing() as (db, company):
            scope = _scope(db, company.id, body)
            mapped = map_word(db, company, kind, word, choice, connection_id=scope, by=access.by, now=access.now())
            record = {**mapping_record(mapped.row), "documents": went_on_record(mapped.went)}
        return jsonify(record)

    @blueprint.post(f"{_ALL}/unset")
    def unset_mapping(code: str) -> Response:
        """Take back what was said of a word; what has not left waits again."""
        body = access.said()
        kind, word = _word_of(body)
        with access.changing() as (db, company):
            scope = _scope(db, company.id, body)
            mapped = unmap_word(db, company, kind, word, connection_id=scope, by=access.by, now=access.now())
            record = {**mapping_record(mapped.row), "documents": went_on_record(mapped.went)}
        return jsonify(record)

    _add_bulk_routes(blueprint, access)


def _add_bulk_routes(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(f"{_ALL}/take-sure")
    def take_sure_ones(code: str) -> Response:
        """Take the suggestions that leave no doubt: {"kind": ..., "limit": ...}."""
        body = access.said()
        kind = kind_named(body["kind"]) if "kind" in body else None
        limit = body.get("limit", 100)
        if not 1 <= limit <= MOST_AT_ONCE:
            raise Invalid(f"The limit must be from 1 to {MOST_AT_ONCE}.")
        with access.changing() as (db, company):
            taken = take_sure(db, company, kind=kind, limit=limit, by=access.by, now=access.now())
            record = taken_record(taken)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/undo")
    def undo_taken(code: str) -> Response:
        """Take back what was taken together: {"batch": ...}, or {} for the latest."""
        batch = access.said().get("batch")
        with access.changing() as (db, company):
            record = taken_record(undo(db, company, batch, by=access.by, now=access.now()))
        return jsonify(record)

    @blueprint.get(f"{_ALL}/export")
    def export_mappings(code: str) -> Response:
        """All mappings as CSV, and the words that wait for one."""
        with access.looking() as (db, company):
            text = written(db, company.id)
        return Response(text, mimetype="text/csv")

    @blueprint.post(f"{_ALL}/import")
    def import_mappings(code: str) -> Response:
        """A CSV file of mappings: what it would change, and with apply=1 all of it done."""
        apply, text = flag_asked(request.args, "apply"), _csv()
        with access.changing() as (db, company):
            connections = connection_ids(db, company.id)
            changes = [change_record(one) for one in preview(db, company, text, connections=connections)]
            if apply:
                take_in(db, company, text, connections=connections, by=access.by, now=access.now())
        return jsonify(changes=changes, applied=apply)


def _csv() -> str:
    if request.mimetype != "text/csv":
        raise WrongType(
            "The body must be text/csv.", advice="Send the CSV file in UTF-8 with the header Content-Type: text/csv."
        )
    try:
        return request.get_data().decode()
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8.") from None


def _kind_asked() -> WordKind | None:
    name = text_asked(request.args, "kind")
    return None if name is None else kind_named(name)


def _word_of(body: dict[str, Any]) -> tuple[WordKind, str]:
    if missing := [name for name in ("kind", "word") if name not in body]:
        raise Invalid(f"The body lacks {' and '.join(missing)}.")
    return kind_named(body["kind"]), body["word"]


def _scope(db: Session, company_id: int, body: dict[str, Any]) -> int:
    connection = body.get("connection")
    return ALL_CONNECTIONS if connection is None else find_connection(db, company_id, connection).id
