"""``/companies/CODE/lists``: the copy of the company's lists: how far it is read, search, limits, reading anew."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.lists import AskedAnswer, EntriesAnswer, FateAnswer, LimitsAnswer, ListsAnswer
from qbwc_server.api.routes import Body, Parameter, Route, one_of, text, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.books.mirror.fate import became_of
from qbwc_server.books.mirror.refreshing import refresh_now
from qbwc_server.books.mirror.search import MOST, search
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind
from qbwc_server.reports.lists import fate_record, hit_record, limits_records, lists_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/lists"
_YES = {"true": True, "false": False, "": False}
ROUTES = {
    "all_lists": Route(Permission.SEE_COMPANY, ListsAnswer),
    "search_lists": Route(
        Permission.SEE_COMPANY,
        EntriesAnswer,
        parameters={
            "text": Parameter("What is looked for; left out: all entries.", {"type": "string"}),
            "list": one_of("Only of this list.", *ListKind),
            "type": text("Only of this type, such as Service."),
            "active": one_of("true leaves out what is inactive.", "true", "false"),
            "limit": whole_number("The most that are told.", MOST, 20),
        },
        refuses=(Invalid,),
    ),
    "list_limits": Route(Permission.SEE_COMPANY, LimitsAnswer),
    "became_of_entry": Route(Permission.SEE_COMPANY, FateAnswer, refuses=(Invalid,)),
    "refresh_all_lists": Route(
        Permission.MAP,
        AskedAnswer,
        takes=Body(
            {"list": str, "whole": bool},
            {"list": f"One of {', '.join(ListKind)}; left out: all.", "whole": "All of it, not only changes."},
        ),
        refuses=(Invalid,),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(_ALL)
    def all_lists(code: str) -> Response:
        """How far each list is read, and what the company file says of itself."""
        with access.looking() as (db, company):
            record = lists_record(db, company)
        return jsonify(record)

    @blueprint.get(f"{_ALL}/search")
    def search_lists(code: str) -> Response:
        """Entries that a text may mean, the likeliest first; list, type and active leave others out."""
        wanted = request.args.get("text", "")
        kind = _kind_asked(request.args.get("list") or None)
        types = [one] if (one := request.args.get("type")) else []
        inactive = not _active_asked(request.args)
        limit = number_asked(request.args, "limit", 20, MOST) or MOST
        with access.looking() as (db, company):
            kinds = [] if kind is None else [kind]
            hits = search(db, company.id, wanted, kinds=kinds, types=types, inactive=inactive, limit=limit)
            records = [hit_record(hit) for hit in hits]
        return jsonify(entries=records)

    @blueprint.get(f"{_ALL}/limits")
    def list_limits(code: str) -> Response:
        """How full the lists are, with what is to come."""
        with access.looking() as (db, company):
            records = limits_records(db, company)
        return jsonify(limits=records)

    @blueprint.post(f"{_ALL}/refresh")
    def refresh_all_lists(code: str) -> Response:
        """Ask QuickBooks for the lists, or the one that is named, in the next session: {"list": ..., "whole": ...}."""
        said = access.said()
        kind = _kind_asked(said.get("list"))
        with access.changing() as (db, company):
            kinds = [] if kind is None else [kind]
            asked = refresh_now(
                db, company.id, kinds=kinds, whole=said.get("whole", False), by=access.by, now=access.now()
            )
        return jsonify(asked_for=[one.value for one in asked])

    @blueprint.get(f"{_ALL}/<kind>/<list_id>")
    def became_of_entry(code: str, kind: str, list_id: str) -> Response:
        """What became of a ListID: still there, renamed, inactive, deleted, merged into another entry."""
        which = _kind_asked(kind)
        with access.looking() as (db, company):
            record = fate_record(became_of(db, company.id, which or ListKind.CUSTOMER, [list_id])[list_id])
        return jsonify(record)


def _kind_asked(name: str | None) -> ListKind | None:
    try:
        return None if name is None else ListKind(name)
    except ValueError:
        raise Invalid(f"There is no such list; lists are: {', '.join(ListKind)}.") from None


def _active_asked(arguments: Mapping[str, str]) -> bool:
    try:
        return _YES[arguments.get("active", "")]
    except KeyError:
        raise Invalid("The parameter active must be true or false.") from None
