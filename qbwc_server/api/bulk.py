"""``/companies/CODE/bulk``: one thing done with many documents, its results, and taking it back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.bulk import BulkAnswer, BulkItemsAnswer, BulksAnswer
from qbwc_server.api.errors import ACCEPTED
from qbwc_server.api.routes import AFTER, LIMIT, MOST_PER_PAGE, Body, Route, one_of
from qbwc_server.api.schemas import number_asked
from qbwc_server.bulk.acts import BULK
from qbwc_server.bulk.asking import NothingFound, NotToUndo, ask_for_bulk, ask_for_undo, bulk_of, find_bulk, items_of
from qbwc_server.bulk.filters import read_filter
from qbwc_server.bulk.models import ItemState
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.jobs.asked_for import ask_for_bulk_run
from qbwc_server.mapping.deciding import DoesNotFit, NoSuchEntry
from qbwc_server.reports.bulk import bulk_record, item_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/bulk"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):bulk_id>"
ROUTES = {
    "bulk": Route(Permission.SEE_DOCUMENTS, BulksAnswer),
    "one_bulk": Route(Permission.SEE_DOCUMENTS, BulkAnswer, refuses=(NotFound,)),
    "bulk_results": Route(
        Permission.SEE_DOCUMENTS,
        BulkItemsAnswer,
        parameters={"state": one_of("Only those.", *ItemState), "after": AFTER, "limit": LIMIT},
        refuses=(Invalid, NotFound),
    ),
    "ask_bulk": Route(
        Permission.POST_DOCUMENTS,
        BulkAnswer,
        takes=Body(
            {"action": str, "filter": dict, "to": dict},
            {
                "action": f"One of {', '.join(BULK)}.",
                "filter": "Which documents: ids, states, kind, reason, origin (its beginning), text.",
                "to": "For map: kind, and one of name, list_id, create, never.",
            },
            needed=("action",),
        ),
        statuses=(ACCEPTED,),
        refuses=(Invalid, NothingFound, DoesNotFit, NoSuchEntry),
    ),
    "undo_bulk": Route(
        Permission.POST_DOCUMENTS,
        BulkAnswer,
        takes=Body(),
        statuses=(ACCEPTED,),
        refuses=(NotFound, NotToUndo, NothingFound),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_looking(blueprint, access)

    @blueprint.post(_ALL)
    def ask_bulk(code: str) -> tuple[Response, int]:
        """Have one thing done with every document that is meant now; it begins as soon as a worker is free."""
        said = access.said()
        if "action" not in said:
            raise Invalid("The field action is missing: what is to be done.")
        chosen = read_filter(said.get("filter", {}))
        with access.changing() as (db, company):
            row = ask_for_bulk(db, company, said["action"], chosen, to=said.get("to"), by=access.by, now=access.now())
            ask_for_bulk_run(db, row, now=access.now())
            record = bulk_record(db, row)
        return jsonify(record), ACCEPTED

    @blueprint.post(f"{_ONE}/undo")
    def undo_bulk(code: str, bulk_id: int) -> tuple[Response, int]:
        """Take it back, but for what has left or was changed since."""
        access.said()
        with access.changing() as (db, company):
            row = ask_for_undo(db, company, bulk_id, by=access.by, now=access.now())
            ask_for_bulk_run(db, row, now=access.now())
            record = bulk_record(db, row)
        return jsonify(record), ACCEPTED


def _add_looking(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ALL)
    def bulk(code: str) -> Response:
        """The newest bulk actions."""
        with access.looking() as (db, company):
            records = [bulk_record(db, row) for row in bulk_of(db, company.id)]
        return jsonify(bulk=records)

    @blueprint.get(_ONE)
    def one_bulk(code: str, bulk_id: int) -> Response:
        """How far one is."""
        with access.looking() as (db, company):
            record = bulk_record(db, find_bulk(db, company.id, bulk_id))
        return jsonify(record)

    @blueprint.get(f"{_ONE}/results")
    def bulk_results(code: str, bulk_id: int) -> Response:
        """What became of each document, a page at a time: go on with after=next."""
        name = request.args.get("state") or None
        if name is not None and name not in tuple(ItemState):
            raise Invalid(f"The parameter state must be among {', '.join(ItemState)}.")
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            row = find_bulk(db, company.id, bulk_id)
            state = None if name is None else ItemState(name)
            found = items_of(db, row.id, state=state, after_id=after, limit=limit + 1)
            page = [item_record(one) for one in found[:limit]]
        return jsonify(results=page, next=page[-1]["document"] if len(found) > limit else None)
