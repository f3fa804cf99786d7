"""Nobody sees a page before it is known who asks, and whether they may; what is open says so in the table of pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import structlog
from flask import Response, g, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as AnyResponse

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.portal.addresses import own_address
from qbwc_server.portal.cookies import Cookies
from qbwc_server.portal.forms import require_own_form
from qbwc_server.portal.pages import PAGES, Page
from qbwc_server.portal.static_files import STATIC
from qbwc_server.portal.visit import Needs, Visit
from qbwc_server.settings import MIB, Settings
from qbwc_server.shortening import storable
from qbwc_server.tenancy.browser_sessions import SignedIn, note_use, signed_in_by
from qbwc_server.tenancy.permissions import Permission

_AT_THE_DOOR = ("sign_in", "send_sign_in", "sign_in_code", "send_code")


class Gate:
    """Stands before all pages."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._cookies = Cookies.of(settings)
        self._pages = {f"portal.{page.name}": page for page in PAGES}

    def require(self) -> AnyResponse | None:
        """Find out who asks and whether they may.

        Raises:
            NotFound: the company in the address is not one for them.
            NotAllowed: they may not do this.
            StrangeForm: what was sent is no form of ours.
        """
        if request.endpoint == f"portal.{STATIC}":
            return None
        page = self._pages.get(request.endpoint or "")
        if page is None:  # nobody has said what it needs
            raise NoSuchPage
        request.max_content_length = page.most_bytes
        request.max_form_memory_size = min(page.most_bytes, MIB)  # a file of a form lies elsewhere
        visit = self._visit(page)
        g.visit = visit
        if visit.who is None and page.needs is not Needs.NOTHING:
            return self._to_the_door()
        if request.method == "POST":
            require_own_form(request, visit.secret, self._settings)
        if isinstance(page.needs, Permission):
            with visit.looking() as (_, standing):
                structlog.contextvars.bind_contextvars(company_id=standing.company.id)
        return None

    def shows(self, page: Page) -> Callable[..., str | AnyResponse | tuple[str, int]]:
        """What Flask calls for ``page``."""

        def show(**named: object) -> str | AnyResponse | tuple[str, int]:
            named.pop("code", None)  # it stands in the visit
            return page.view(g.visit, **named)

        return show

    def _visit(self, page: Page) -> Visit:
        now, key = self._clock(), self._cookies.session.read(request)
        who = None
        if key is not None:
            with self._database.reading() as db:
                who = signed_in_by(db, key, now)
        if who is not None and not who.use_is_noted and "X-Part" not in request.headers:  # nobody sits before a poll
            self._note_use(who)
        secret = key if who is not None else self._cookies.door.read(request)
        if page.name in (
            "sign_in",
            "send_sign_in",
            "sign_in_code",
            "send_code",
        ):  # also for who has a session, and signs in as somebody else
            secret = self._cookies.door.read(request)
        return Visit(
            request=request,
            database=self._database,
            settings=self._settings,
            cookies=self._cookies,
            now=now,
            needs=page.needs,
            code=storable(str((request.view_args or {}).get("code", ""))),
            secret=secret,
            who=who,
            page=page.name,
        )

    def _note_use(self, who: SignedIn) -> None:
        with suppress(OperationalError), self._database.transaction() as db:  # no reason to refuse anybody
            note_use(db, who.session_id, self._clock())

    def _to_the_door(self) -> AnyResponse:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        response: AnyResponse = redirect(url_for("portal.sign_in", next=own_address(wanted)), 303)
        if isinstance(response, Response) and self._cookies.session.read(request):
            self._cookies.session.drop(response)
        return response
