"""Connecting a company with its QuickBooks: file, password, what QuickBooks says by then, a link for others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from qbwc_server.connector.logins import login_of, renew_password
from qbwc_server.connector.public_address import check_address
from qbwc_server.connector.qwc import qwc_file
from qbwc_server.connector.set_up_links import links_of, make_link, revoke_link
from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.reports.set_up import set_up_of
from qbwc_server.tenancy.models import Company
from qwc_templates import QwcError

_QUIET = timedelta(minutes=3)  # without a call: then the usual causes are shown
_HOURS = {"hour": 1, "day": 24, "week": 168}
EVERY = (0, 5, 15, 30, 60)  # minutes between two updates, 0: only by hand


def set_up(visit: Visit, problem: QbwcError | None = None, **shown: Any) -> Response:
    """The page; where it goes on by itself, it asks for itself again."""
    with visit.looking() as (db, standing):
        page = {
            **seen(db, standing.company, visit.now, since=standing.company.created_at),
            "login": login_of(db, standing.company.id),
            "links": links_of(db, standing.company.id, visit.now),
        }
    live = url_for("portal.set_up", code=visit.code)
    status = 200 if problem is None else 409
    page |= {"live": live, "every": EVERY, "lives": list(_HOURS), "base_url": visit.settings.base_url, **shown}
    return show(visit, "set_up.html", status, problem=problem, **page)


def seen(db: Session, company: Company, now: datetime, *, since: datetime) -> dict[str, Any]:
    """How far it is, and whether it has been quiet for so long that something must be wrong."""
    found = set_up_of(db, company)
    return {"seen": found, "quiet": found.heard_at is None and now - since > _QUIET}


def check(visit: Visit) -> Response:
    """Ask our own public address for what the Web Connector asks for."""
    return set_up(visit, checks=check_address(visit.settings.base_url))


def qwc(visit: Visit) -> Response:
    """The .qwc file."""
    with visit.looking() as (db, standing):
        return qwc_response(db, standing.company, visit)


def qwc_response(db: Session, company: Company, visit: Visit) -> Response:
    """The file as a download.

    Raises:
        Invalid: the Web Connector would not take it.
    """
    said = visit.request.args.get("every", "")
    every = int(said) if said in {str(one) for one in EVERY} else 0
    try:
        content = qwc_file(company, login_of(db, company.id), visit.settings, every_minutes=every or None)
    except QwcError as error:
        raise Invalid(f"The Web Connector would not take this file: {error}.") from None
    response = Response(content, content_type="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{company.code}.qwc"'
    return response


def new_password(visit: Visit) -> Response:
    """Make one, and show it this once."""
    keep = text_field(visit.request, "keep")
    with visit.changing() as (db, standing):
        login = login_of(db, standing.company.id)
        kept = timedelta(hours=_HOURS[keep]) if keep in _HOURS else None
        password = renew_password(db, login, visit.now, by=visit.by, keep_old=kept)
    return set_up(visit, password=password)


def new_link(visit: Visit) -> Response:
    """A link for whoever sits at the PC, shown this once."""
    lives = text_field(visit.request, "lives")
    try:
        if lives not in _HOURS:
            raise Invalid("Say how long the link is to live.")
        with visit.changing() as (db, standing):
            _, secret = make_link(
                db, standing.company, lives=timedelta(hours=_HOURS[lives]), by=visit.by, now=visit.now
            )
    except Invalid as problem:
        return set_up(visit, problem)
    path = url_for("portal.by_link", secret=secret)
    return set_up(visit, link=f"{visit.settings.base_url}{path}")


def end_link(visit: Visit, link_id: int) -> Response:
    """It opens nothing any more."""
    try:
        with visit.changing() as (db, standing):
            revoke_link(db, standing.company.id, link_id, by=visit.by, now=visit.now)
    except NotFound as problem:
        return set_up(visit, problem)
    return go_to("portal.set_up", code=visit.code)
