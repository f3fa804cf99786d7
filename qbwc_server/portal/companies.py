"""Companies: added by whoever may, their name and time zone changed."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Response
from werkzeug.datastructures import MultiDict

from qbwc_server.channels.options import declared
from qbwc_server.connector.logins import add_login
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.option_form import fields_of, read_fields
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.posting.options import PostingOptions, change_options, options_of
from qbwc_server.tenancy.access import NotAllowed, partner_for, partners_for
from qbwc_server.tenancy.companies import add_company, change_company
from qbwc_server.tenancy.permissions import Permission

ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
)

_OPTIONS = declared(PostingOptions)


def add(visit: Visit, problem: QbwcError | None = None) -> Response:
    """The form for a new company; what was typed stays."""
    with visit.database.reading() as db:
        partners = partners_for(db, visit.by, Permission.ADD_COMPANIES)
    typed = visit.request.form
    return show(
        visit, "add_company.html", 200 if problem is None else 422, partners=partners, problem=problem, typed=typed,
        zones=ZONES,
    )  # fmt: skip


def send_add(visit: Visit) -> Response:
    """Add it, with a login for its Web Connector, and go on to the set-up."""
    code = text_field(visit.request, "code", 60).strip().lower()
    try:
        with visit.writing() as db:
            partner = partner_for(db, visit.by, text_field(visit.request, "partner", 60), Permission.ADD_COMPANIES)
            company = add_company(
                db,
                code=code,
                name=text_field(visit.request, "name"),
                time_zone=text_field(visit.request, "time_zone").strip(),
                partner=partner,
                by=visit.by,
                now=visit.now,
            )
            add_login(db, company, by=visit.by)
    except (Conflict, Invalid, NotAllowed, NotFound) as problem:
        return add(visit, problem)
    return go_to("portal.set_up", code=code)


def settings(visit: Visit, problem: QbwcError | None = None) -> Response:
    """Name and time zone."""
    typed = visit.request.form
    with visit.looking() as (db, standing):
        chosen = options_of(db, standing.company.id).model_dump(mode="json")
    about_options = typed if visit.page == "send_options" else MultiDict[str, str]()
    fields = fields_of(_OPTIONS, chosen, about_options)
    status = 200 if problem is None else 422
    said = typed if visit.page == "send_settings" else {}
    return show(visit, "settings.html", status, problem=problem, typed=said, zones=ZONES, fields=fields)


def send_options(visit: Visit) -> Response:
    """Change what may be done in the company file."""
    try:
        with visit.changing() as (db, standing):
            changes = read_fields(_OPTIONS, visit.request.form, changing=True)
            change_options(db, standing.company.id, changes, by=visit.by, now=visit.now)
    except Invalid as problem:
        return settings(visit, problem)
    return go_to("portal.settings", code=visit.code)


def send_settings(visit: Visit) -> Response:
    """Change them."""
    try:
        with visit.changing() as (db, standing):
            change_company(
                db,
                standing.company,
                name=text_field(visit.request, "name"),
                time_zone=text_field(visit.request, "time_zone").strip(),
                by=visit.by,
                now=visit.now,
            )
    except Invalid as problem:
        return settings(visit, problem)
    return go_to("portal.settings", code=visit.code)
