"""A file is uploaded in a browser, and the page says what came of it."""

from __future__ import annotations

from functools import partial

from flask import Response

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.files.formats import FORMATS
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.files.receiving import MOST_BYTES, received
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.portal.connections import index
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit
from qbwc_server.shortening import storable
from qbwc_server.tenancy.permissions import Permission

MOST_FORM_BYTES = MOST_BYTES + 64 * 1024  # the file, and the other fields around it
_LONGEST_OPTIONS = 4_000
_SHOWN = 200  # findings


def send(visit: Visit) -> Response:
    """Take in the file."""
    given = visit.request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid("Choose a file first.")
        choices = _choices(visit, storable(given.filename))
        with received(given.stream) as path:
            report = import_file(visit.database, visit.code, path, choices, by=visit.by, clock=lambda: visit.now)
    except (Conflict, Invalid) as problem:
        return index(visit, problem)
    told = report.as_record()
    return show(
        visit,
        "upload.html",
        report=told,
        title=FORMATS[report.format].title,
        findings=[one.as_record() for one in report.findings[:_SHOWN]],
        more=len(report.findings) - _SHOWN + report.findings_left_out,
    )


def _choices(visit: Visit, name: str) -> ImportChoices:
    chosen = text_field(visit.request, "connection", 20)
    with visit.looking() as (db, standing):
        number = int(chosen) if chosen.isascii() and chosen.isdigit() else None
        if number is not None:
            find_connection(db, standing.company.id, number)
    return ImportChoices(
        name=name,
        connection_id=number,
        format=text_field(visit.request, "format") or None,
        options=_options(text_field(visit.request, "options", _LONGEST_OPTIONS)),
        revise=text_field(visit.request, "revise") == "yes",
        submit=text_field(visit.request, "submit") == "yes",
        may_bring=partial(standing.may, Permission.EDIT_DOCUMENTS),
    )


def _options(text: str) -> dict[str, object]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if wrong := [line for line in lines if "=" not in line]:
        raise Invalid(f"{wrong[0][:60]!r} is not NAME=VALUE. Write one in each line.")
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
