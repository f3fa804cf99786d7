"""The face for people, at ``/portal``: pages that need no script in the browser, and no rules of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, request

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.portal import texts
from qbwc_server.portal.addresses import PREFIX
from qbwc_server.portal.cookies import Cookies
from qbwc_server.portal.gate import Gate
from qbwc_server.portal.pages import PAGES
from qbwc_server.portal.protection import protect
from qbwc_server.portal.refusals import translate
from qbwc_server.portal.static_files import add_static_files
from qbwc_server.settings import Settings
from qbwc_server.tenancy.browser_sessions import signed_in_by

__all__ = ["PREFIX", "add_portal", "session_in", "translate"]


def session_in(database: Database, settings: Settings, clock: Clock) -> Callable[[str], bool]:
    """Says whether a header Cookie holds the key of somebody who has signed in."""
    cookie = Cookies.of(settings).session

    def has_session(header: str) -> bool:
        key = cookie.read_header(header)
        if key is None:
            return False
        with database.reading() as db:
            return signed_in_by(db, key, clock()) is not None

    return has_session


def add_portal(app: Flask, database: Database, settings: Settings, clock: Clock) -> None:
    """Put all pages at their addresses."""
    blueprint = Blueprint("portal", __name__, url_prefix=PREFIX, template_folder="templates")
    gate = Gate(database, settings, clock)
    blueprint.before_request(gate.require)
    for page in PAGES:
        blueprint.add_url_rule(page.address, page.name, gate.shows(page), methods=[page.method])
    add_static_files(blueprint)
    blueprint.register_error_handler(Exception, translate)
    blueprint.after_request(protect)
    blueprint.teardown_request(lambda _: request.close())  # the temporary files of what was sent
    app.register_blueprint(blueprint)
    texts.set_up(app)
