"""The status of a company: is all well, what needs somebody, what waits, and what may be pressed about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, holds_of, pause
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.sessions import release_session
from qbwc_server.documents.open_work import Ended, end_work
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.shop import clearing_shown
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit, kinds_seen, limited_kinds
from qbwc_server.posting.people.resume import resume
from qbwc_server.reports.company import company_report, hold_record, of_kinds
from qbwc_server.reports.needs import groups_of, open_work_seen
from qbwc_server.reports.updates import fortnight, texts_of, update_of
from qbwc_server.reports.verdicts import verdicts
from qbwc_server.tenancy.permissions import Permission

_LATEST = 5  # update sessions
_ENDS = {"done": Ended.DONE, "dismiss": Ended.DISMISSED}


def status(visit: Visit, problem: QbwcError | None = None) -> Response:
    """The page; a problem is what was pressed and could not be done."""
    with visit.looking() as (db, standing):
        company, kinds = standing.company, kinds_seen(standing)
        (verdict,) = verdicts(db, [company], now=visit.now, kinds=limited_kinds([standing]))
        report = company_report(db, company, now=visit.now)
        groups, more_groups = groups_of(db, company.id, kinds)
        work, work_count = open_work_seen(db, company.id, kinds)
        page = {
            "verdict": verdict,
            "groups": groups,
            "more_groups": more_groups,
            "work": work,
            "work_count": work_count,
            "report": report if kinds is None else of_kinds(report, db, company, kinds),
            "words_are_told": kinds is None,
            "holds": [hold_record(hold) for hold in holds_of(db, company.id)],
            "facts": db.get(CompanyFacts, company.id),
            "updates": _updates(db, company.id),
            "clearing": clearing_shown(db, standing),
            "days": fortnight(db, company, now=visit.now) if kinds is None else [],
        }
    return show(visit, "status.html", 200 if problem is None else 409, problem=problem, **page)


def pause_company(visit: Visit) -> Response:
    """Nothing is written to the company file until somebody resumes."""
    try:
        with visit.changing() as (db, standing):
            pause(db, standing.company.id, by=visit.by, now=visit.now)
    except Conflict as problem:
        return status(visit, problem)
    return _back(visit)


def resume_company(visit: Visit) -> Response:
    """Lift the hold that was shown, by its kind; a company file is accepted by the name that was shown with it."""
    kind = text_field(visit.request, "hold")
    accepted = text_field(visit.request, "accept_file", 1000) or None
    try:
        hold = next((one for one in HoldKind if one.value == kind), None)
        if hold is None:
            raise Invalid("It was not said which hold is to be lifted.")
        if hold is HoldKind.OTHER_FILE and accepted is None:
            raise Invalid("Type the name of the company that QuickBooks had open.")
        with visit.changing() as (db, standing):
            resume(
                db,
                standing.company,
                repost=text_field(visit.request, "repost") == "yes",
                by=visit.by,
                now=visit.now,
                hold=hold,
                accept_file=accepted,
            )
    except (Conflict, Invalid) as problem:
        return status(visit, problem)
    return _back(visit)


def release(visit: Visit) -> Response:
    """End the open update session, which seems to be stuck."""
    try:
        with visit.changing() as (db, standing):
            release_session(db, standing.company, by=visit.by, now=visit.now)
    except Conflict as problem:
        return status(visit, problem)
    return _back(visit)


def update(visit: Visit, session_id: int, set_id: UUID | None = None) -> Response:
    """One update session; the texts of one message set are shown to whoever may see every kind of document."""
    with visit.looking() as (db, standing):
        texts = standing.may(Permission.SEE_DOCUMENTS) and kinds_seen(standing) is None
        if set_id is not None and not texts:
            raise NotFound("There is no such message set.")
        page: dict[str, Any] = {
            "update": update_of(db, standing.company.id, session_id),
            "shown": None if set_id is None else texts_of(db, standing.company.id, set_id),
            "texts": texts,
        }
    return show(visit, "update.html", **page)


def end_item(visit: Visit, item_id: int, end: str) -> Response:
    """An item of open work is done, or nothing is to be done about it."""
    try:
        with visit.changing() as (db, standing):
            end_work(db, standing.company.id, item_id, _ENDS[end], by=visit.by, now=visit.now)
    except (Conflict, NotFound) as problem:
        return status(visit, problem)
    return _back(visit)


def _updates(db: Session, company_id: int) -> list[UpdateSessionRow]:
    return list(
        db.scalars(
            select(UpdateSessionRow)
            .where(UpdateSessionRow.company_id == company_id)
            .order_by(UpdateSessionRow.started_at.desc())
            .limit(_LATEST)
        )
    )


def _back(visit: Visit) -> Response:
    response = redirect(url_for("portal.status", code=visit.code), 303)
    assert isinstance(response, Response)
    return response
