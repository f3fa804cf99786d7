"""Systems upstream say that something has changed: a genuine call hastens the next run, and nothing is read from it."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request

from qbwc_server.channels.connections.notes import PREFIX, genuine_note, hastens
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import QbwcError
from qbwc_server.jobs.asked_for import hasten
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)


def notes_blueprint(database: Database, settings: Settings, clock: Clock) -> Blueprint:
    """The addresses, one for each connection."""
    blueprint = Blueprint("notes", __name__, url_prefix=PREFIX)

    @blueprint.post(f"/<int(max={LARGEST_ID}):connection_id>")
    def note(connection_id: int) -> Response:
        """200 for a genuine call, whatever it says; 401 for any other; 413 where it is too long."""
        body = request.get_data(cache=False)
        try:
            with database.reading() as db:
                row = genuine_note(db, connection_id, request.headers.get, body, settings)
        except QbwcError as error:  # what seals the secrets cannot be read here
            log.warning("note not read", code=error.code, connection_id=connection_id)
            row = None
        if row is None:
            return _plain("This call is not signed as it should be.", 401)
        if hastens(row, request.headers.get):
            with database.transaction() as db:
                again = genuine_note(db, connection_id, request.headers.get, body, settings)
                if again is not None and hasten(db, again, now=clock()):
                    log.info("run hastened", connection_id=connection_id)
        return _plain("ok", 200)

    return blueprint


def _plain(said: str, status: int) -> Response:
    return Response(f"{said}\n", status, mimetype="text/plain")
