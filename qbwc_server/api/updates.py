"""``/companies/CODE/updates``: update sessions, with what travelled in them; and the runs of connections."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.updates import RunsAnswer, SetTextsAnswer, UpdatesAnswer, WholeUpdateAnswer
from qbwc_server.api.routes import LIMIT, MOST_PER_PAGE, Parameter, Route, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.channels.connections.finding import find_connection, runs_of
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.connections import run_record
from qbwc_server.reports.updates import set_record, texts_of, update_of, update_record, updates_of
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/updates"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):session_id>"
_PAGED: dict[str, Parameter] = {
    "before": whole_number("Go on behind this: next of the page before.", LARGEST_ID, 0),
    "limit": LIMIT,
}
ROUTES = {
    "updates": Route(Permission.SEE_COMPANY, UpdatesAnswer, parameters=_PAGED, refuses=(Invalid,)),
    "update": Route(Permission.SEE_COMPANY, WholeUpdateAnswer, refuses=(NotFound,)),
    "update_texts": Route(Permission.SEE_DOCUMENTS, SetTextsAnswer, refuses=(NotFound,)),
    "connection_runs": Route(Permission.SEE_COMPANY, RunsAnswer, parameters=_PAGED, refuses=(Invalid, NotFound)),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resources at their addresses."""

    @blueprint.get(_ALL)
    def updates(code: str) -> Response:
        """Update sessions, the newest first, a page at a time: go on with before=next."""
        before, limit = _page()
        with access.looking() as (db, company):
            rows = updates_of(db, company.id, before_id=before, limit=limit + 1)
            page = [update_record(row) for row in rows[:limit]]
        return jsonify(updates=page, next=page[-1]["id"] if len(rows) > limit else None)

    @blueprint.get(_ONE)
    def update(code: str, session_id: int) -> Response:
        """One update session, and the message sets that travelled in it."""
        with access.looking() as (db, company):
            found = update_of(db, company.id, session_id)
            record = {**update_record(found.session), "sets": [set_record(one) for one in found.sets]}
        return jsonify({**record, "more": found.more})

    @blueprint.get(f"{_ALL}/<int(max={LARGEST_ID}):session_id>/sets/<uuid:set_id>")
    def update_texts(code: str, session_id: int, set_id: UUID) -> Response:
        """What was sent in one message set and what came back, word for word, as far as it is kept."""
        with access.looking() as (db, company):
            texts = texts_of(db, company.id, set_id)
            if texts["set"].session_id != session_id:
                raise NotFound("There is no such message set.")
            record = {**set_record(texts["set"]), "sent": texts["sent"], "answer": texts["answer"]}
        return jsonify(record)

    @blueprint.get(f"/companies/<code>/connections/<int(max={LARGEST_ID}):connection_id>/runs")
    def connection_runs(code: str, connection_id: int) -> Response:
        """Runs of a connection, the newest first, a page at a time: go on with before=next."""
        before, limit = _page()
        with access.looking() as (db, company):
            row = find_connection(db, company.id, connection_id)
            runs = runs_of(db, row, before_id=before, limit=limit + 1)
            page = [run_record(run) for run in runs[:limit]]
        return jsonify(runs=page, next=page[-1]["id"] if len(runs) > limit else None)


def _page() -> tuple[int | None, int]:
    before = number_asked(request.args, "before", 0, LARGEST_ID) or None
    return before, number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
