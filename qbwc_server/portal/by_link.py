"""The set-up as the person at the PC sees it who was given a link: nothing else of the company is shown."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from qbwc_server.connector.logins import login_of
from qbwc_server.connector.set_up_links import TooManyPasswords, link_by, password_by_link
from qbwc_server.errors import QbwcError
from qbwc_server.portal.set_up import EVERY, qwc_response, seen
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit


def by_link(visit: Visit, secret: str, problem: QbwcError | None = None, **shown: Any) -> Response:
    """The page."""
    with visit.database.reading() as db:
        link, company = link_by(db, secret, visit.now)
        page = {
            **seen(db, company, visit.now, since=link.made_at),
            "called": company.name,
            "expires_at": link.expires_at,
            "login": login_of(db, company.id),
            "zone": company.time_zone,
        }
    page |= {"live": url_for("portal.by_link", secret=secret), "secret": secret, "every": EVERY, **shown}
    visit.zone = str(page.pop("zone"))
    return show(visit, "by_link.html", 200 if problem is None else 409, problem=problem, **page)


def qwc_by_link(visit: Visit, secret: str) -> Response:
    """The .qwc file."""
    with visit.database.reading() as db:
        _, company = link_by(db, secret, visit.now)
        return qwc_response(db, company, visit)


def password_by(visit: Visit, secret: str) -> Response:
    """A new password, shown this once."""
    try:
        with visit.database.transaction() as db:
            link, _ = link_by(db, secret, visit.now)
            password = password_by_link(db, link, place=visit.request.remote_addr or "", now=visit.now)
    except TooManyPasswords as problem:
        return by_link(visit, secret, problem)
    return by_link(visit, secret, password=password)
