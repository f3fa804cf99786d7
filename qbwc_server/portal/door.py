"""Signing in and out, and the sessions that a person has."""

from __future__ import annotations

from flask import Response, redirect, url_for

from qbwc_server.errors import NotFound, QbwcError
from qbwc_server.portal.addresses import own_address
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import show
from qbwc_server.portal.translation import gettext
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.browser_sessions import end_browser_session, end_other_sessions, sessions_of, waiting_by
from qbwc_server.tenancy.credentials import LONGEST_PASSWORD
from qbwc_server.tenancy.second_factor import TooManyCodes, WrongCode
from qbwc_server.tenancy.sign_in_links import user_of_sign_in_link
from qbwc_server.tenancy.signing_in import TooManyGuesses, WrongPassword, enter_code
from qbwc_server.tenancy.signing_in import sign_in as begin
from qbwc_server.tenancy.signing_in import sign_in_by_link as begin_by_link
from qbwc_server.tenancy.users import LONGEST_EMAIL


def sign_in(visit: Visit) -> Response:
    """The form; the browser gets a secret that proves it was shown to it."""
    return _form(visit, wanted=own_address(visit.request.args.get("next")))


def send_sign_in(visit: Visit) -> Response:
    """Begin a session under a new key, whatever the browser had before, and go on to the page that was wanted."""
    email = text_field(visit.request, "email", LONGEST_EMAIL)
    password = visit.request.form.get("password", "")
    wanted = own_address(visit.request.form.get("next"))
    mistakes = _mistakes(email, password)
    if mistakes:
        return _form(visit, wanted, email, mistakes, status=422)
    try:
        key = begin(
            visit.database,
            visit.settings,
            email=email,
            password=password[: LONGEST_PASSWORD + 1],
            address=visit.request.remote_addr or "",
            browser=visit.request.headers.get("User-Agent", ""),
            earlier=visit.cookies.session.read(visit.request),
            now=visit.now,
        )
    except TooManyGuesses:
        said = gettext("There were too many wrong passwords. Wait a quarter of an hour, then try again")
        return _form(visit, wanted, email, {"password": said}, status=429)
    except WrongPassword:
        said = gettext("E-mail address and password do not belong together. Type both again")
        return _form(visit, wanted, email, {"email": said}, status=422)
    return _begun(visit, key, wanted)


def sign_in_by_link(visit: Visit, secret: str) -> Response:
    """Whom the link signs in, and the button: opening a link does nothing, so that what looks at links uses none up."""
    with visit.database.reading() as db:
        email = user_of_sign_in_link(db, secret, visit.now).email
    return show(visit, "by_sign_in_link.html", secret=secret, email=email)


def send_sign_in_by_link(visit: Visit, secret: str) -> Response:
    """Begin a session under a new key, and go on to the start page."""
    key = begin_by_link(
        visit.database,
        secret=secret,
        address=visit.request.remote_addr or "",
        browser=visit.request.headers.get("User-Agent", ""),
        earlier=visit.cookies.session.read(visit.request),
        now=visit.now,
    )
    return _begun(visit, key, None)


def _begun(visit: Visit, key: str, wanted: str | None) -> Response:
    """Let in whoever has begun a session, or ask for the code first."""
    with visit.database.reading() as db:
        waits = waiting_by(db, key, visit.now) is not None
    if waits:
        response = _go(url_for("portal.sign_in_code", next=wanted))
        visit.cookies.session.write(response, key)
        return response
    return _let_in(visit, key, wanted)


def sign_in_code(visit: Visit, problem: QbwcError | None = None, status: int = 200) -> Response:
    """The form for the code of whoever has typed the right password."""
    key = visit.cookies.session.read(visit.request)
    with visit.database.reading() as db:
        if key is None or waiting_by(db, key, visit.now) is None:
            return _go(url_for("portal.sign_in"))
    wanted = own_address(visit.request.values.get("next"))
    return show(visit, "code.html", status, wanted=wanted, problem=problem)


def send_code(visit: Visit) -> Response:
    """The code opens the session, under a new key."""
    key = visit.cookies.session.read(visit.request) or ""
    try:
        fresh = enter_code(
            visit.database, visit.settings, key=key, code=text_field(visit.request, "code", 40), now=visit.now
        )
    except NotFound:
        return _go(url_for("portal.sign_in"))
    except WrongCode as problem:
        return sign_in_code(visit, problem, 422)
    except TooManyCodes as problem:
        return sign_in_code(visit, problem, 429)
    return _let_in(visit, fresh, own_address(visit.request.form.get("next")))


def _let_in(visit: Visit, key: str, wanted: str | None) -> Response:
    response = _go(wanted or url_for("portal.start"))
    visit.cookies.session.write(response, key)
    visit.cookies.door.drop(response)
    return response


def sign_out(visit: Visit) -> Response:
    """The session ends here and in the browser."""
    with visit.database.transaction() as db:
        end_browser_session(db, visit.person.user_id, visit.person.session_id, visit.now)
    response = _go(url_for("portal.sign_in"))
    visit.cookies.session.drop(response)
    return response


def sessions(visit: Visit, problem: QbwcError | None = None) -> Response:
    """Where this person has signed in."""
    with visit.database.reading() as db:
        found = sessions_of(db, visit.person.user_id, visit.now)
    return show(visit, "sessions.html", 200 if problem is None else 404, sessions=found, problem=problem)


def end_session(visit: Visit, session_id: int) -> Response:
    """One of them ends, also where it is the one of this browser."""
    try:
        with visit.writing() as db:
            end_browser_session(db, visit.person.user_id, session_id, visit.now)
    except NotFound as problem:
        return sessions(visit, problem)
    return _go(url_for("portal.sessions"))


def end_others(visit: Visit) -> Response:
    """Only the one of this browser goes on."""
    with visit.writing() as db:
        end_other_sessions(db, visit.person.user_id, visit.person.session_id, visit.now)
    return _go(url_for("portal.sessions"))


def _mistakes(email: str, password: str) -> dict[str, str]:
    mistakes = {}
    if "@" not in email:
        mistakes["email"] = gettext("Enter your e-mail address, such as name@example.com")
    if not password:
        mistakes["password"] = gettext("Enter your password")
    return mistakes


def _form(
    visit: Visit, wanted: str | None, email: str = "", mistakes: dict[str, str] | None = None, status: int = 200
) -> Response:
    return show(visit, "sign_in.html", status, wanted=wanted, email=email, mistakes=mistakes or {})


def _go(address: str) -> Response:
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response
