"""Who is let in: a login is checked, guesses are counted, and one connector at a time gets a session."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.connector.door import Knock, Login, knock, matching_hash, remember_address
from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.connector.sessions import end_session, is_alive, may_be_executing, open_session, open_session_of
from qbwc_server.db import Database
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.sets import wake
from qbwc_server.settings import Settings
from qbwc_server.tenancy.credentials import PASSWORDS, is_keyed, is_slow, keyed_hash, password_key, password_matches
from qbwc_server.tenancy.guessing import forgive, note_wrong_password
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.server_key import known_key

log = structlog.get_logger()


class Doorkeeper:
    """Answers ``authenticate``."""

    def __init__(self, database: Database, settings: Settings, now: Clock) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._key: bytes | None = None  # of passwords, once there is one

    def answer(self, user: str, password: str, address: str, version: str | None = None) -> list[str]:
        """What ``authenticate`` answers: a ticket and "", or "" and "none", "nvu" or "busy", and how long to wait.

        A poll with nothing to do reads one row and writes none.

        Args:
            version: of the Web Connector, where it is known.
        """
        now = self._now()
        with self._database.looking() as db:
            seen = self._knock(db, user, address, now)
        login, right = seen.login, self._is_right(seen, password, now)
        if login is None or not right:
            return self._turn_away(seen, now)
        known = login.seen_lately(now) and is_keyed(login.password_hash, self._key) and not seen.guesses.pair
        if known and not login.opens_first(password, self._key, now):
            nothing = login.nothing_to_do(now)
            if nothing is not None and not login.session_open:
                return nothing
        try:
            with self._database.transaction() as db:
                return self._admit(db, seen, login, password, version, now)
        except IntegrityError:
            return ["", "busy"]  # another connector of this company was quicker by a moment

    def _knock(self, db: Connection, user: str, address: str, now: datetime) -> Knock:
        pause = timedelta(seconds=self._settings.login_pause_s)
        if self._key is None:
            self._key = known_key(db, PASSWORDS)
        seen = knock(db, user, address, key=self._key, pause=pause, now=now)
        stored = seen.login and seen.login.password_hash
        if stored and not is_slow(stored) and not is_keyed(stored, self._key):  # the database got another key meanwhile
            self._key = known_key(db, PASSWORDS)
            seen = knock(db, user, address, key=self._key, pause=pause, now=now)
        return seen

    def _is_right(self, seen: Knock, password: str, now: datetime) -> bool:
        """Whether to let them in.

        While guesses of a login are stopped for a network, not even the right password is looked at, unless it came
        from there before. More than that is asked only of passwords that cost something to check: the others are so
        long that nobody guesses them, and a right one is let in whatever strangers do.
        """
        login, failures = seen.login, self._settings.login_failures
        known = login is not None and login.comes_from_here(now)
        if not known and seen.guesses.stop_the_pair(failures):
            return False
        if login is not None and login.is_slow and not known and seen.guesses.stop_strangers(failures):
            return False
        if login is None:
            return password_matches(None, password, self._key)
        return login.hash_of(password, self._key, now) is not None

    def _turn_away(self, seen: Knock, now: datetime) -> list[str]:
        """Say "nvu" and count it, or "busy" without counting once it is too much: then nobody looks for a mistake."""
        failures, login = self._settings.login_failures, seen.login
        known = login is not None and login.comes_from_here(now)  # guesses elsewhere do not hide a mistake made here
        stopped = not known and (seen.guesses.stop_the_pair(failures) or seen.guesses.stop_strangers(failures))
        log.warning("login refused", paused=stopped)
        if stopped:
            return ["", "busy"]
        if not known:
            pause = timedelta(seconds=self._settings.login_pause_s)
            with self._database.transaction() as db:
                note_wrong_password(db, seen.counted, exists=login is not None, pause=pause, now=now)
        return ["", "nvu"]

    def _admit(
        self, db: Session, seen: Knock, login: Login, password: str, version: str | None, now: datetime
    ) -> list[str]:
        take_lane(db, login.company_id)
        row = db.get_one(ConnectorLogin, login.id)
        key = password_key(db)
        stored = matching_hash(row.password_hash, row.earlier_hash, row.earlier_until, password, key, now)
        if stored is None:
            return ["", "nvu"]  # it was renewed a moment ago
        if stored == row.password_hash:
            row.has_opened = True
        if seen.guesses.pair:
            forgive(db, seen.counted)
        if not login.seen_lately(now):
            remember_address(db, login, seen.network, now)
        if is_slow(stored) and stored == row.password_hash:
            row.password_hash = keyed_hash(password, key)
        company = db.get_one(Company, login.company_id)
        earlier = open_session_of(db, company)
        if earlier is not None:
            if is_alive(db, earlier, self._settings, now):
                return ["", "busy"]
            end_session(earlier, now, "The Web Connector fell silent.")
            db.flush()
        nothing = login.nothing_to_do(now)
        if nothing is not None:
            return nothing
        if may_be_executing(db, company.id, self._settings, now):
            return ["", "busy"]
        if login.resting:
            wake(db, company.id)
        session, ticket = open_session(db, company, now, connector_version=version)
        log.info("session opened", company=company.code, session=session.id)
        return [ticket, login.company_file, *login.interval()]
