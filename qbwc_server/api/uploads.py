"""``/companies/CODE/uploads``: bring the documents of a file, or what a distributor charges."""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.uploads import ChargesAnswer, UploadAnswer
from qbwc_server.api.errors import Encoded, WrongType
from qbwc_server.api.routes import Parameter, Route, flag, one_of, text
from qbwc_server.api.schemas import flag_asked, number_asked, text_asked
from qbwc_server.channels.charges.options import charge_file_options
from qbwc_server.channels.charges.upload import NoCharges
from qbwc_server.channels.charges.upload import upload_charges as keep_charges
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.runs import RunLost, RunUnderWay
from qbwc_server.channels.files.contract import FileRefused, WrongOptions
from qbwc_server.channels.files.formats import FORMATS
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.files.receiving import MOST_BYTES, received
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/uploads"
_CHARGES = f"/companies/<code>/connections/<int(max={LARGEST_ID}):connection_id>/uploads"
_TYPE = "application/octet-stream"


def _kinds_of(error: type[QbwcError]) -> list[type[QbwcError]]:
    """It, and whatever is more exactly that."""
    return [error, *(kind for one in error.__subclasses__() for kind in _kinds_of(one))]


_REFUSED: tuple[type[QbwcError], ...] = (
    Invalid, NotFound, WrongType, Encoded, *_kinds_of(FileRefused), WrongOptions, NotRunning, RunLost
)  # fmt: skip
ROUTES = {
    "upload": Route(
        Permission.EDIT_DOCUMENTS,
        UploadAnswer,
        takes=_TYPE,
        parameters={
            "name": text("What the file is called; it stands in the log."),
            "format": one_of("Left out: that of the connection, or recognised by its beginning.", *FORMATS),
            "options": text('Of the format, as JSON: {"tip_item": "Tips"}; docs/formats.md lists them.'),
            "connection": Parameter(
                "A connection of files; left out: the first one, which is made where there is none.",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
            ),
            "review": flag("1: keep its documents for a person instead of submitting them."),
            "revise": flag("1: another content of a known origin is its next revision."),
        },
        refuses=_REFUSED,
        once=False,
    ),
    "upload_charges": Route(
        Permission.EDIT_DOCUMENTS,
        ChargesAnswer,
        takes=_TYPE,
        parameters={
            "name": text("What the file is called; it stands in the log."),
            "options": text('Of the file, as JSON: {"whole": true}; docs/channels.md lists them.'),
        },
        refuses=(*_REFUSED, NoCharges, RunUnderWay),
        once=False,
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.post(_ALL)
    def upload(code: str) -> Response:
        """Bring the documents of a file, at most 8 MiB; sent again it adds nothing, and completes what broke off."""
        choices = _choices()
        request.max_content_length = MOST_BYTES
        with access.looking() as (_, company):
            company_code = company.code
        with received(request.stream) as path:
            report = import_file(access.database, company_code, path, choices, by=access.by, clock=access.now)
        return jsonify(report.as_record())

    @blueprint.post(_CHARGES)
    def upload_charges(code: str, connection_id: int) -> Response:
        """Keep what a distributor charges: a table or an API's document, at most 8 MiB; sent again it adds nothing."""
        _check_type()
        options, name = charge_file_options(_options()), text_asked(request.args, "name") or "upload"
        request.max_content_length = MOST_BYTES
        with access.looking() as (_, company):
            company_code = company.code
        with received(request.stream) as path:
            report = keep_charges(
                access.database, company_code, connection_id, path, options, name=name, by=access.by, clock=access.now
            )
        return jsonify(report.as_record())


def _check_type() -> None:
    if request.mimetype != _TYPE:
        raise WrongType(f"The body must be {_TYPE}.", advice=f"Send the bytes of the file with Content-Type: {_TYPE}.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Encoded


def _choices() -> ImportChoices:
    _check_type()
    return ImportChoices(
        name=text_asked(request.args, "name") or "upload",
        connection_id=number_asked(request.args, "connection", 0, LARGEST_ID) or None,
        format=text_asked(request.args, "format"),
        options=_options(),
        revise=flag_asked(request.args, "revise"),
        submit=not flag_asked(request.args, "review"),
    )


def _options() -> dict[str, object]:
    said = text_asked(request.args, "options")
    try:
        found = json.loads(said or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid('The parameter options must be names and values as JSON, such as {"tip_item": "Tips"}.')
    return found
