"""``/companies/CODE/qwc``, ``postpone`` and ``connector-password``: what the company's Web Connector is told."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.companies import CompanyAnswer, NewPasswordAnswer
from qbwc_server.api.routes import QWC, Body, Route, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.connector import logins
from qbwc_server.connector.qwc import qwc_file
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.companies import company_record
from qbwc_server.tenancy.permissions import Permission
from qwc_templates import QwcError

MOST_MINUTES = 43_200  # thirty days
MOST_MINUTES_BETWEEN = 1_440
_ONE = "/companies/<code>"
ROUTES = {
    "qwc": Route(
        Permission.CHANGE_OPTIONS,
        None,
        parameters={"every": whole_number("Minutes between two updates; 0: none by itself.", MOST_MINUTES_BETWEEN, 0)},
        refuses=(Invalid, NotFound),
        gives=QWC,
    ),
    "postpone": Route(
        Permission.HOLD,
        CompanyAnswer,
        takes=Body({"minutes": int}, {"minutes": f"From 0, which lifts it, to {MOST_MINUTES}."}, needed=("minutes",)),
        refuses=(Invalid, NotFound),
    ),
    "new_password": Route(Permission.MANAGE_TOKENS, NewPasswordAnswer, takes=Body(), refuses=(NotFound,), once=False),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(f"{_ONE}/qwc")
    def qwc(code: str) -> Response:
        """The .qwc file; every: minutes between two updates when Auto-Run is on, 0 leaves them to the person."""
        every = number_asked(request.args, "every", 0, MOST_MINUTES_BETWEEN) or None
        with access.looking() as (db, company):
            login = logins.login_of(db, company.id)
            try:
                content = qwc_file(company, login, access.settings, every_minutes=every)
            except QwcError as error:
                raise Invalid(f"The Web Connector would not take this file: {error}.") from None
            name = f"{company.code}.qwc"
        response = Response(content, content_type="application/xml")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @blueprint.post(f"{_ONE}/postpone")
    def postpone(code: str) -> Response:
        """Ask the Web Connector to come back later: in so many minutes; 0 lifts it."""
        minutes = access.said().get("minutes")
        if minutes is None or not 0 <= minutes <= MOST_MINUTES:
            raise Invalid(f"The field minutes must be a whole number from 0 to {MOST_MINUTES}.")
        with access.changing() as (db, company):
            login = logins.login_of(db, company.id)
            logins.postpone(db, login, seconds=minutes * 60, by=access.by, now=access.now())
            record = company_record(db, company)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/connector-password")
    def new_password(code: str) -> Response:
        """A new password for the Web Connector, shown this once; the old one stops working at once."""
        access.said()
        with access.changing() as (db, company):
            login = logins.login_of(db, company.id)
            renewed = logins.renew_password(db, login, access.now(), by=access.by)
            record = {"code": company.code, "connector_user": login.user, "connector_password": renewed}
        return jsonify(record)
