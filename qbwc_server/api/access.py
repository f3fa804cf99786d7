"""Who is asking: a bearer token speaks for one company, and every other company does not exist for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import structlog
from flask import g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qbwc_server.api.routes import Body, Route
from qbwc_server.api.schemas import read_object
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from qbwc_server.tenancy.access import UNUSABLE, Unauthorized, company_for, standing_of
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import STRICTEST, Permission
from qbwc_server.tenancy.rates import TooManyRequests, count_request
from qbwc_server.tenancy.tokens import FoundToken, find_token, note_use

_PATIENCE_MS = 2_000  # so long the count of requests waits for who writes


class Access:
    """Opens the database for the company that the caller's token belongs to."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, routes: Mapping[str, Route]) -> None:
        """``routes``: what is declared of each endpoint; where nothing is, the strictest is needed."""
        self.database, self.settings = database, settings
        self._database = database
        self._clock = clock
        self._uncounted: Counter[int] = Counter()  # requests by token
        self._routes = routes

    def now(self) -> datetime:
        """The present."""
        return self._clock()

    @property
    def by(self) -> Actor:
        """Who acts, for the history of what is changed."""
        by: Actor = g.by
        return by

    def require(self) -> None:
        """Look at the token before anything else of the request is.

        Raises:
            Unauthorized: there is none, or nobody's; it was revoked, or its days are over.
            NotFound: the company in the path is not one for this token.
            NotAllowed: it may not do this.
            TooManyRequests: it asked too often in this minute.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        now = self._clock()
        with self._database.reading() as db:
            found = find_token(db, token.strip(), now)
            if found is None:
                raise Unauthorized
            if found.state in UNUSABLE:  # also where it asks for another company: its owner is told what to do
                raise UNUSABLE[found.state]
            g.by = Actor(ActorKind.TOKEN, found.label, str(found.token_id), place=request.remote_addr or "")
        self._count(found, now)
        with self._database.reading() as db:
            standing = standing_of(db, g.by, (request.view_args or {}).get("code", ""), now=now)
        if request.method != "OPTIONS":
            standing.require(self._needed)
        g.company, g.token = standing.company.code, found
        structlog.contextvars.bind_contextvars(company_id=found.company_id)
        if not found.use_is_noted:
            self._note_use(found)

    def _count(self, found: FoundToken, now: datetime) -> None:
        most = self.settings.api_requests_per_minute
        if not most:
            return
        times = 1 + self._uncounted.pop(found.token_id, 0)
        try:
            with self._database.at_once(_PATIENCE_MS) as db:
                rate = count_request(db, found.company_id, found.token_id, most, now, times=times)
        except OperationalError:  # somebody writes for long: no reason to refuse anybody, and counted with the next
            self._uncounted[found.token_id] += times
            return
        g.rate = rate
        if rate.count > most:
            raise TooManyRequests(rate)

    @property
    def token(self) -> FoundToken:
        """The caller's token, as it was when the request came."""
        token: FoundToken = g.token
        return token

    @property
    def _needed(self) -> Permission:
        route = self._routes.get(request.endpoint or "")
        return STRICTEST if route is None else route.needs

    def said(self) -> dict[str, Any]:
        """The body, as its address declares it. Raises what ``read_object`` does."""
        takes = self._routes[request.endpoint or ""].takes
        return read_object(request, takes.fields if isinstance(takes, Body) else {})

    def _note_use(self, found: FoundToken) -> None:
        with suppress(OperationalError), self._database.at_once() as db:  # no reason to refuse anybody
            note_use(db, found.token_id, self._clock())

    @contextmanager
    def changing(self) -> Iterator[tuple[Session, Company]]:
        """A transaction, and the caller's company in it.

        Raises:
            Unauthorized: the token was revoked while this request waited for its turn to write.
            NotFound: the company was removed meanwhile.
        """
        with self._transaction() as db:
            yield db, self._company(db)
        g.changed = True

    def require_also(self, db: Session, permission: Permission) -> None:
        """What the address itself does not need. Raises NotAllowed."""
        company_for(db, self.by, g.company, permission, now=self._clock())

    @contextmanager
    def all_in_one(self) -> Iterator[Session]:
        """One transaction for all that this request does: every ``changing`` within is a part of it."""
        with self._database.transaction() as db:
            g.whole = db
            try:
                yield db
            finally:
                g.pop("whole")

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        whole: Session | None = g.get("whole")
        if whole is not None:
            yield whole
            return
        with self._database.transaction() as db:
            yield db

    @contextmanager
    def looking(self) -> Iterator[tuple[Session, Company]]:
        """A session for looking only, and the caller's company in it."""
        with self._database.reading() as db:
            yield db, self._company(db)

    def _company(self, db: Session) -> Company:
        return company_for(db, self.by, g.company, self._needed, now=self._clock())
