"""Who is asking: a bearer token speaks for one company, and every other company does not exist for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

import structlog
from flask import g, request
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import NotFound, QbwcError
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.credentials import find_token
from qbwc_server.tenancy.models import Company


class Unauthorized(QbwcError):
    """The request has no valid token."""

    code: ClassVar[str] = "unauthorized"
    advice = "Send the header Authorization: Bearer TOKEN. Make a token with: qbwc-server company token CODE"


class Access:
    """Opens the database for the company that the caller's token belongs to."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
            Unauthorized: there is none, or nobody's.
            NotFound: it is not a token of the company in the path.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        with self._database.reading() as db:
            found = find_token(db, token.strip())
        if found is None:
            raise Unauthorized
        known, company = found
        asked = (request.view_args or {}).get("code")
        if asked != company.code:
            raise NotFound(f"There is no company {asked!r}.")
        g.company_id = company.id
        g.by = Actor(ActorKind.TOKEN, known.label, str(known.id))
        structlog.contextvars.bind_contextvars(company_id=company.id)

    @contextmanager
    def changing(self) -> Iterator[tuple[Session, Company]]:
        """A transaction, and the caller's company in it."""
        with self._database.transaction() as db:
            yield db, self._company(db)

    @contextmanager
    def looking(self) -> Iterator[tuple[Session, Company]]:
        """A session for looking only, and the caller's company in it."""
        with self._database.reading() as db:
            yield db, self._company(db)

    def _company(self, db: Session) -> Company:
        company = db.get(Company, g.company_id)
        if company is None:
            raise NotFound("The company was removed while it was asked for.")
        return company
