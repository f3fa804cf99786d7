"""``/companies/CODE/open-work``: what a person has to see to, and that it was seen to."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.documents import OpenWorkAnswer, WorkAnswer
from qbwc_server.api.routes import AFTER, LIMIT, MOST_PER_PAGE, Body, Route, one_of
from qbwc_server.api.schemas import number_asked
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.documents.open_work import AlreadyEnded, Ended, WorkKind, end_work, open_work
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.posting.people.other_names import add_anew, use_name
from qbwc_server.reports.open_work import work_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/open-work"
_ENDING = (NotFound, AlreadyEnded, Invalid, Conflict)
ROUTES = {
    "open_items": Route(
        Permission.SEE_COMPANY,
        OpenWorkAnswer,
        parameters={"work": one_of("Only of this kind.", *WorkKind), "after": AFTER, "limit": LIMIT},
        refuses=(Invalid,),
    ),
    "end_item": Route(Permission.DO_OPEN_WORK, WorkAnswer, takes=Body(), refuses=_ENDING),
    "use_name_of": Route(
        Permission.DO_OPEN_WORK,
        WorkAnswer,
        takes=Body({"name": str}, {"name": "The name that it has now; left out: the one that was found."}),
        refuses=_ENDING,
    ),
    "add_anew_of": Route(Permission.DO_OPEN_WORK, WorkAnswer, takes=Body(), refuses=_ENDING),
}
ENDS = {"done": Ended.DONE, "dismiss": Ended.DISMISSED}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(_ALL)
    def open_items(code: str) -> Response:
        """What is open, oldest first, a page at a time: go on with after=next."""
        work = _work_asked(request.args)
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            items = open_work(db, company.id, work=work, after_id=after, limit=limit + 1)
            page = [work_record(item) for item in items[:limit]]
        return jsonify(open_work=page, next=page[-1]["id"] if len(items) > limit else None)

    @blueprint.post(f"{_ALL}/<int(max={LARGEST_ID}):item_id>/<any({', '.join(ENDS)}):end>")
    def end_item(code: str, item_id: int, end: str) -> Response:
        """Say that an item is done, or dismiss it; the answer is the item as it stands then."""
        access.said()
        with access.changing() as (db, company):
            item = end_work(db, company.id, item_id, ENDS[end], by=access.by, now=access.now())
            record = work_record(item)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/<int(max={LARGEST_ID}):item_id>/use-name")
    def use_name_of(code: str, item_id: int) -> Response:
        """Say which name a renamed or merged customer or item has now: {"name": ...}, or {} for the one found."""
        name = access.said().get("name")
        with access.changing() as (db, company):
            record = work_record(use_name(db, company, item_id, name, by=access.by, now=access.now()))
        return jsonify(record)

    @blueprint.post(f"{_ALL}/<int(max={LARGEST_ID}):item_id>/add-anew")
    def add_anew_of(code: str, item_id: int) -> Response:
        """Say that the old name of a renamed customer or item is another one, to be added."""
        access.said()
        with access.changing() as (db, company):
            record = work_record(add_anew(db, company, item_id, by=access.by, now=access.now()))
        return jsonify(record)


def _work_asked(arguments: Mapping[str, str]) -> WorkKind | None:
    name = arguments.get("work") or None
    try:
        return None if name is None else WorkKind(name)
    except ValueError:
        raise Invalid(f"The parameter work must be among {', '.join(WorkKind)}.") from None
