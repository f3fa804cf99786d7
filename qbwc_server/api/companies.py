"""``/companies/CODE``: the company itself, its options, and whether anything is written to its file."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.companies import (
    CompanyAnswer,
    OptionsAnswer,
    RefusedFileAnswer,
    ResumedAnswer,
    WholeCompanyAnswer,
)
from qbwc_server.api.routes import Body, Route
from qbwc_server.api.schemas import read_names
from qbwc_server.books.holds import HoldKind, pause
from qbwc_server.connector.wrong_file import refuse_file
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.posting.options import PostingOptions, change_options
from qbwc_server.posting.people.resume import hold_to_lift, resume
from qbwc_server.reports.companies import company_record, options_record, whole_company_record
from qbwc_server.tenancy.permissions import Permission

_ONE = "/companies/<code>"


class SayWhichFile(Invalid):
    """The hold is about another company file."""

    code = "say_accept_file"
    advice = (
        "Open the right company file and press Update Selected: the hold goes by itself. If the file that was open is "
        "the right one, send accept_file with the name of the company in it."
    )


ROUTES = {
    "company": Route(Permission.SEE_COMPANY, WholeCompanyAnswer),
    "options": Route(Permission.SEE_COMPANY, OptionsAnswer),
    "change": Route(Permission.CHANGE_OPTIONS, OptionsAnswer, takes=PostingOptions, refuses=(Invalid,)),
    "pause_company": Route(Permission.HOLD, CompanyAnswer, takes=Body(), refuses=(Conflict, NotNow)),
    "resume_company": Route(
        Permission.HOLD,
        ResumedAnswer,
        takes=Body(
            {"hold": str, "repost": bool, "accept_file": str},
            {
                "hold": f"Which one, where several stand: {', '.join(HoldKind)}.",
                "repost": "Enter again what a restored company file lacks.",
                "accept_file": "The name of the company in the file that is the right one.",
            },
        ),
        refuses=(Invalid, Conflict, NotNow, SayWhichFile),
    ),
    "refuse": Route(
        Permission.HOLD,
        RefusedFileAnswer,
        takes=Body({"name": str}, {"name": "Of the company in the file that is not the right one."}, needed=("name",)),
        refuses=(Invalid, Conflict, NotNow),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_company(blueprint, access)
    _add_options(blueprint, access)


def _add_company(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ONE)
    def company(code: str) -> Response:
        """The company: login, company file, options, what stands in the way."""
        with access.looking() as (db, found):
            record = whole_company_record(db, found)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/pause")
    def pause_company(code: str) -> Response:
        """Write nothing to this company file until resume."""
        access.said()
        with access.changing() as (db, found):
            pause(db, found.id, by=access.by, now=access.now())
            record = company_record(db, found)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/resume")
    def resume_company(code: str) -> Response:
        """Lift a hold: which one where several stand, with repost or accept_file where it is about a company file."""
        said = access.said()
        named = _hold_asked(said.get("hold"))
        accepted: str | None = said.get("accept_file")
        with access.changing() as (db, found):
            was = hold_to_lift(db, found, HoldKind.OTHER_FILE if accepted is not None else named).kind
            if was is HoldKind.OTHER_FILE and accepted is None:
                raise SayWhichFile
            looked_for = resume(
                db,
                found,
                repost=said.get("repost", False),
                by=access.by,
                now=access.now(),
                hold=was,
                accept_file=accepted,
            )
            record = company_record(db, found)
        return jsonify({**record, "was": was.value, "looked_for": looked_for})

    @blueprint.post(f"{_ONE}/refuse-file")
    def refuse(code: str) -> Response:
        """The company file that was the right one until now is not; said by the name of the company in it."""
        name = access.said().get("name")
        if name is None:
            raise Invalid("The field name is missing: the name of the company in the file that is not the right one.")
        with access.changing() as (db, found):
            refused = refuse_file(db, found, name, by=access.by, now=access.now())
            record = company_record(db, found)
        return jsonify({**record, "refused_file": refused.name, "new_qwc": refused.new_qwc})


def _add_options(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(f"{_ONE}/options")
    def options(code: str) -> Response:
        """What may be done in the company file."""
        with access.looking() as (db, found):
            record = options_record(db, found)
        return jsonify(options=record)

    @blueprint.patch(f"{_ONE}/options")
    def change(code: str) -> Response:
        """Change some options; null takes one back to its default."""
        changes = read_names(request)
        with access.changing() as (db, found):
            change_options(db, found.id, changes, by=access.by, now=access.now())
            record = options_record(db, found)
        return jsonify(options=record)


def _hold_asked(name: str | None) -> HoldKind | None:
    try:
        return None if name is None else HoldKind(name)
    except ValueError:
        raise Invalid(f"The field hold must be among {', '.join(HoldKind)}.") from None
