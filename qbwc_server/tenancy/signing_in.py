"""A person signs in with e-mail address and password; too many guesses are not looked at any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.settings import Settings
from qbwc_server.tenancy.browser_sessions import (
    begin_session,
    end_browser_session,
    signed_in_by,
    waiting_by,
    was_here,
)
from qbwc_server.tenancy.credentials import digest
from qbwc_server.tenancy.guessing import (
    Counted,
    Guesses,
    counted_as,
    forgive,
    lately,
    network_of,
    note_wrong_password,
)
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.second_factor import WrongCode, check, is_on
from qbwc_server.tenancy.server_key import keyed, server_key
from qbwc_server.tenancy.sign_in_links import use_sign_in_link
from qbwc_server.tenancy.users import read_email, signed_in

log = structlog.get_logger(__name__)
_PURPOSE = "people"  # a key of its own: guesses of people and of Web Connectors are counted apart


class WrongPassword(QbwcError):
    """E-mail address and password do not belong together."""

    code = "wrong_password"
    advice = "Type both again. Whoever runs the server can give you another password."


class TooManyGuesses(QbwcError):
    """Too many wrong passwords came lately."""

    code = "too_many_guesses"
    advice = "Wait a quarter of an hour, then try again."
    retry_helps = True


def sign_in(
    database: Database,
    settings: Settings,
    *,
    email: str,
    password: str,
    address: str,
    browser: str,
    earlier: str | None,
    now: datetime,
) -> str:
    """Begin a session and return its key; where the person has a second factor, it waits for a code.

    Args:
        address: from which the request came.
        browser: as it calls itself.
        earlier: the key that the browser showed; that session ends, so that nobody goes on with one he was given.

    Raises:
        WrongPassword: they do not belong together; for unknown people it takes as long.
        TooManyGuesses: neither was looked at.
    """
    pause, failures = timedelta(seconds=settings.login_pause_s), settings.login_failures
    with database.transaction() as db:  # makes the key where nobody has needed it yet
        key = server_key(db, _PURPOSE)
        counted, network = _counted(key, email, address), keyed(key, f"address\0{network_of(address)}")
        guesses = _guesses(db, counted, now - pause)
        known = _known(db, email, network, now)
    stopped = guesses.stop_the_pair(failures) or guesses.network >= failures
    if stopped or (guesses.stop_strangers(failures) and not known):
        log.warning("sign-in refused", paused=True)
        raise TooManyGuesses
    with database.reading() as db:
        user = signed_in(db, email, password)
        hashed = None if user is None else user.password_hash
    with database.transaction() as db:
        if user is None:
            note_wrong_password(db, counted, exists=True, pause=pause, now=now)
        else:
            meanwhile = db.get_one(User, user.id)
            if meanwhile.disabled_at is None and meanwhile.password_hash == hashed:
                forgive(db, counted)
                _end_earlier(db, earlier, now)
                awaits = is_on(db, meanwhile.id)
                return begin_session(db, meanwhile, network=network, browser=browser, now=now, awaits_code=awaits)
    log.warning("sign-in refused", paused=False)
    raise WrongPassword


def sign_in_by_link(
    database: Database, *, secret: str, address: str, browser: str, earlier: str | None, now: datetime
) -> str:
    """The same with a link in place of the password; it works once.

    Raises:
        NotFound: the link has ended.
    """
    with database.transaction() as db:
        network = keyed(server_key(db, _PURPOSE), f"address\0{network_of(address)}")
        user = use_sign_in_link(db, secret, now)
        _end_earlier(db, earlier, now)
        return begin_session(db, user, network=network, browser=browser, now=now, awaits_code=is_on(db, user.id))


def enter_code(database: Database, settings: Settings, *, key: str, code: str, now: datetime) -> str:
    """Begin the session that waited for a code, under a new key, which is returned.

    Raises:
        NotFound: no session waits under this key any more: begin with the password.
        WrongCode: the code does not open.
        TooManyCodes: it was not looked at.
    """
    with database.transaction() as db:
        found = waiting_by(db, key, now)
        if found is None:
            raise NotFound("Sign in again.")
        session, user = found
        opened = check(db, user.id, code, settings=settings, now=now)
        if opened:
            session.ended_at = now
            return begin_session(db, user, network=session.network, browser=session.browser, now=now)
    log.warning("code refused")
    raise WrongCode


def _counted(key: bytes, email: str, address: str) -> Counted:
    try:
        who = read_email(email)
    except Invalid:
        who = digest(email)
    return counted_as(key, who, network_of(address))


def _guesses(db: Session, counted: Counted, since: datetime) -> Guesses:
    row = db.execute(
        select(lately("pair"), lately("by_network"), lately("by_user")),
        {"pair": counted.pair, "by_network": counted.network, "by_user": counted.user, "since": since},
    ).one()
    return Guesses(*(count or 0 for count in row))


def _known(db: Session, email: str, network: str, now: datetime) -> bool:
    """Whether that person has signed in from there before: guesses of strangers elsewhere shut nobody out."""
    try:
        user_id = db.scalar(select(User.id).where(User.email == read_email(email)))
    except Invalid:
        return False
    return user_id is not None and was_here(db, user_id, network, now)


def _end_earlier(db: Session, earlier: str | None, now: datetime) -> None:
    before = None if earlier is None else signed_in_by(db, earlier, now)
    if before is not None:
        end_browser_session(db, before.user_id, before.session_id, now)
