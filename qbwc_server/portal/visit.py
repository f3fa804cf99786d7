"""One request of somebody for a page: who it is, what the page needs, and the database as far as they may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from flask import Request
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.documents.kinds import KINDS
from qbwc_server.errors import QbwcError
from qbwc_server.portal.cookies import Cookies
from qbwc_server.settings import Settings
from qbwc_server.tenancy.access import Standing, standing_of
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.browser_sessions import SignedIn, signed_in_by
from qbwc_server.tenancy.permissions import Permission


class Needs(Enum):
    """What a page needs that is about no company."""

    NOTHING = auto()  # it is open to everybody
    A_PERSON = auto()  # who has signed in


class SignedOut(QbwcError):
    """You are signed out."""

    code = "signed_out"
    advice = "Sign in, and press the button again."


@dataclass
class Visit:
    """Who asks for which page.

    ``secret`` is what the browser has in its cookie, of the session or of the door; forms are made for it.
    """

    request: Request
    database: Database
    settings: Settings
    cookies: Cookies
    now: datetime
    needs: Permission | Needs
    code: str
    secret: str | None
    who: SignedIn | None
    page: str = ""
    zone: str = "UTC"  # of the times on a page that is about no company of this person
    standing: Standing | None = field(default=None)

    @property
    def person(self) -> SignedIn:
        """Who has signed in; pages that are not open are shown to nobody else."""
        assert self.who is not None
        return self.who

    @property
    def by(self) -> Actor:
        """Who acts, for the history of what is changed."""
        place = self.request.remote_addr or ""
        return Actor(ActorKind.PERSON, self.person.name, str(self.person.user_id), place)

    @contextmanager
    def looking(self) -> Iterator[tuple[Session, Standing]]:
        """A session for looking only, and the company as far as this person may. Raises as ``standing_of`` does."""
        with self.database.reading() as db:
            yield db, self._standing(db)

    @contextmanager
    def changing(self) -> Iterator[tuple[Session, Standing]]:
        """The same, and the company as far as this person may, by now. Raises as ``standing_of`` does."""
        with self.writing() as db:
            yield db, self._standing(db)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction. Raises SignedOut where the session has ended while the request waited for its turn."""
        with self.database.transaction() as db:
            if self.secret is None or signed_in_by(db, self.secret, self.now) is None:
                raise SignedOut
            yield db

    def _standing(self, db: Session) -> Standing:
        assert isinstance(self.needs, Permission)
        standing = standing_of(db, self.by, self.code, now=self.now)
        standing.require(self.needs)
        self.standing = standing
        return standing


def kinds_seen(standing: Standing) -> list[str] | None:
    """The kinds of documents that somebody may see; None: all of them."""
    seen = [kind for kind in KINDS if standing.may(Permission.SEE_DOCUMENTS, kind)]
    return None if len(seen) == len(KINDS) else seen


def limited_kinds(standings: Iterable[Standing]) -> dict[int, list[str]]:
    """The kinds of documents that somebody may see, by the id of the company, where these are not all."""
    found = ((standing.company.id, kinds_seen(standing)) for standing in standings)
    return {company_id: kinds for company_id, kinds in found if kinds is not None}
