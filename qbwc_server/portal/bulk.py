"""One thing done with many documents in a browser: asked for from the list, with a result for each, and taken back."""

from __future__ import annotations

from flask import Response

from qbwc_server.bulk.acts import BULK
from qbwc_server.bulk.asking import NothingFound, ask_for_bulk, ask_for_undo, find_bulk, items_of
from qbwc_server.bulk.filters import Filter
from qbwc_server.bulk.models import BulkAction, ItemState
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.jobs.asked_for import ask_for_bulk_run
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.reports.bulk import bulk_record, item_record
from qbwc_server.reports.listing import STATES_OF, Tab
from qbwc_server.tenancy.access import Standing
from qbwc_server.tenancy.permissions import Permission

OFFERED = ("submit", "exclude", "restore")
_PAGE = 50


def offered(tab: Tab) -> list[str]:
    """What can be done with many documents of a tab."""
    return [code for code in OFFERED if set(BULK[code].states) & set(STATES_OF[tab])]


def ask(visit: Visit) -> Response:
    """Have it done with the documents that are ticked, or with all of the list."""
    form = visit.request.form
    action, tab = text_field(visit.request, "action", 20), text_field(visit.request, "tab", 20)
    if action not in OFFERED or tab not in tuple(Tab):
        raise Invalid("It was not said what is to be done.")
    ids = tuple(int(one) for one in form.getlist("document") if one.isascii() and one.isdigit() and len(one) < 19)
    everything = form.get("all") == "yes"
    if not ids and not everything:
        raise NothingFound("No document is ticked.", advice="Tick documents in the list first.")
    kind, reason = text_field(visit.request, "kind"), text_field(visit.request, "reason", 40)
    with visit.changing() as (db, standing):
        chosen = Filter(
            ids=() if everything else tuple(one for one in ids if one <= LARGEST_ID),
            states=STATES_OF[Tab(tab)],
            kind=kind if kind in KINDS else None,
            reason=reason or None,
            kinds=_may_be_done(standing),
        )
        row = ask_for_bulk(db, standing.company, action, chosen, by=visit.by, now=visit.now)
        ask_for_bulk_run(db, row, now=visit.now)
        bulk_id = row.id
    return go_to("portal.bulk", code=visit.code, bulk_id=bulk_id)


def bulk(visit: Visit, bulk_id: int, problem: QbwcError | None = None) -> Response:
    """How far it is, and what became of each document; the refused ones first."""
    after = visit.request.args.get("after", "")
    begins = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    with visit.looking() as (db, standing):
        row = _seen(find_bulk(db, standing.company.id, bulk_id), standing)
        record = bulk_record(db, row)
        refused = [item_record(one) for one in items_of(db, row.id, state=ItemState.REFUSED, limit=_PAGE)]
        found = items_of(db, row.id, after_id=begins, limit=_PAGE + 1)
        results = [item_record(one) for one in found[:_PAGE]]
        numbers = {one["document"] for one in (*refused, *results)}
        documents = {one: db.get_one(DocumentRow, one) for one in sorted(numbers)}
    following = results[-1]["document"] if len(found) > _PAGE else None
    page = {"refused": refused if not begins else [], "results": results, "documents": documents, "next": following}
    return show(visit, "bulk.html", 200 if problem is None else 409, one=record, problem=problem, **page)


def undo(visit: Visit, bulk_id: int) -> Response:
    """Take it back, but for what has left or was changed since."""
    try:
        with visit.changing() as (db, standing):
            for kind in _about(_seen(find_bulk(db, standing.company.id, bulk_id), standing)):
                standing.require(Permission.POST_DOCUMENTS, kind)
            row = ask_for_undo(db, standing.company, bulk_id, by=visit.by, now=visit.now)
            ask_for_bulk_run(db, row, now=visit.now)
            undone = row.id
    except (Conflict, Invalid) as problem:
        return bulk(visit, bulk_id, problem)
    return go_to("portal.bulk", code=visit.code, bulk_id=undone)


def _may_be_done(standing: Standing) -> tuple[str, ...]:
    """The kinds of documents that somebody may do something with; () where these are all."""
    kinds = tuple(kind for kind in KINDS if standing.may(Permission.POST_DOCUMENTS, kind))
    return () if len(kinds) == len(KINDS) else kinds


def _seen(row: BulkAction, standing: Standing) -> BulkAction:
    """The bulk action, where somebody may see every kind of document that can be in it."""
    seen = kinds_seen(standing)
    if seen is not None and not _about(row) <= set(seen):
        raise NotFound(f"There is no bulk action {row.id} in this company.")
    return row


def _about(row: BulkAction) -> set[str]:
    """The kinds of documents that can be in it."""
    one = row.wanted.get("kind")
    return {one} if one is not None else set(row.wanted.get("kinds") or KINDS)
