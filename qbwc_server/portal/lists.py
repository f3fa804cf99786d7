"""The lists of the company file in a browser: how far they are read, how full they are, and what stands in them."""

from __future__ import annotations

from flask import Response

from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.books.mirror.refreshing import refresh_now
from qbwc_server.books.mirror.search import search
from qbwc_server.list_kinds import ListKind
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.reports.lists import hit_record, limits_records, lists_record
from qbwc_server.shortening import storable

_HITS, _LONGEST = 50, 100


def index(visit: Visit) -> Response:
    """All lists, and what was searched for."""
    asked = storable(visit.request.args.get("q", "")).strip()[:_LONGEST]
    named = _kind(visit.request.args.get("list", ""))
    with visit.looking() as (db, standing):
        company = standing.company
        hits = search(db, company.id, asked, kinds=[named] if named else [], limit=_HITS) if asked else []
        found = [hit_record(one) for one in hits]
        lists, limits = lists_record(db, company)["lists"], limits_records(db, company)
    asked_for = visit.request.args.get("asked", "")
    return show(
        visit, "lists.html", asked=asked, named=named, found=found, lists=lists, limits=limits, kinds=LISTS,
        refreshing=int(asked_for) if asked_for.isascii() and asked_for.isdigit() and len(asked_for) < 4 else None,
    )  # fmt: skip


def refresh(visit: Visit) -> Response:
    """Ask QuickBooks for the lists, or one of them, in the next update."""
    kind = _kind(text_field(visit.request, "list", 40))
    with visit.changing() as (db, standing):
        kinds = [] if kind is None else [kind]
        asked = refresh_now(db, standing.company.id, kinds=kinds, by=visit.by, now=visit.now)
    return go_to("portal.lists", code=visit.code, asked=len(asked))


def _kind(name: str) -> ListKind | None:
    return next((kind for kind in LISTS if kind.value == name), None)
