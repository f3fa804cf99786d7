"""Who is asking: a bearer token speaks for one company, and every other company does not exist for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import ClassVar

import structlog
from flask import g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import NotFound, QbwcError
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.tokens import FoundToken, Scope, TokenState, find_token, is_revoked, note_use


class Unauthorized(QbwcError):
    """The request has no valid token."""

    code: ClassVar[str] = "unauthorized"
    advice = "Send the header Authorization: Bearer TOKEN. Make a token with: qbwc-server company token CODE"


class TokenRevoked(Unauthorized):
    """This token was revoked."""

    code: ClassVar[str] = "token_revoked"
    advice = "Ask whoever runs the server for another one: qbwc-server company token CODE"


class TokenExpired(Unauthorized):
    """This token is no longer good: its days are over."""

    code: ClassVar[str] = "token_expired"
    advice = "Ask whoever runs the server for another one: qbwc-server company token CODE"


class OutOfScope(QbwcError):
    """The token may not do this."""

    code: ClassVar[str] = "out_of_scope"
    advice = "Use a token that has this scope. Make one with: qbwc-server company token CODE --scope NAME"


_UNUSABLE = {TokenState.REVOKED: TokenRevoked, TokenState.EXPIRED: TokenExpired}


class Access:
    """Opens the database for the company that the caller's token belongs to."""

    def __init__(self, database: Database, clock: Clock, needs: Mapping[str, Scope]) -> None:
        """``needs``: by endpoint, the scope that a token must have; MANAGE where nothing is said."""
        self._database = database
        self._clock = clock
        self._needs = needs

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
            NotFound: it is not a token of the company in the path.
            OutOfScope: it may not do this.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        with self._database.reading() as db:
            found = find_token(db, token.strip(), self._clock())
        if found is None:
            raise Unauthorized
        if found.state in _UNUSABLE:
            raise _UNUSABLE[found.state]
        asked = (request.view_args or {}).get("code")
        if asked != found.company:
            raise NotFound(f"There is no company {asked!r}.")
        self._refuse_out_of_scope(found)
        g.company_id = found.company_id
        g.token = found
        g.by = Actor(ActorKind.TOKEN, found.label, str(found.token_id))
        structlog.contextvars.bind_contextvars(company_id=found.company_id)
        if not found.use_is_noted:
            self._note_use(found)

    @property
    def token(self) -> FoundToken:
        """The caller's token, as it was when the request came."""
        token: FoundToken = g.token
        return token

    def _refuse_out_of_scope(self, found: FoundToken) -> None:
        if request.method == "OPTIONS":
            return
        needed = self._needs.get(request.endpoint or "", Scope.MANAGE)
        if needed not in found.scopes:
            raise OutOfScope(f"The token {found.label!r} may not do this: it lacks the scope {needed}.")

    def _note_use(self, found: FoundToken) -> None:
        with suppress(OperationalError), self._database.transaction() as db:  # no reason to refuse anybody
            note_use(db, found.token_id, self._clock())

    @contextmanager
    def changing(self) -> Iterator[tuple[Session, Company]]:
        """A transaction, and the caller's company in it.

        Raises:
            TokenRevoked: while this request waited for its turn to write.
        """
        with self._database.transaction() as db:
            if is_revoked(db, self.token.token_id):
                raise TokenRevoked
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
