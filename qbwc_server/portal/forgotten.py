"""A new password for whoever has forgotten theirs, by e-mail; what is shown does not tell who has an account."""

from __future__ import annotations

from flask import Response

from qbwc_server.errors import Invalid, QbwcError
from qbwc_server.outbox.password_letters import tell_of_change
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.credentials import LONGEST_PASSWORD
from qbwc_server.tenancy.password_resets import TooManyResets, ask_reset, use_reset, user_of_reset
from qbwc_server.tenancy.users import LONGEST_EMAIL


def forgotten(visit: Visit, problem: QbwcError | None = None, status: int = 200, *, sent: bool = False) -> Response:
    """The form, or who can help where the server sends no e-mails."""
    typed = text_field(visit.request, "email", LONGEST_EMAIL) if problem is not None else ""
    mails = visit.settings.smtp_host is not None
    return show(visit, "forgotten.html", status, problem=problem, typed=typed, sent=sent, mails=mails)


def send_forgotten(visit: Visit) -> Response:
    """Have a link sent, if there is such a person; the answer is the same where there is none."""
    if visit.settings.smtp_host is None:
        return forgotten(visit)
    email, address = text_field(visit.request, "email", LONGEST_EMAIL + 1), visit.request.remote_addr or ""
    try:
        ask_reset(visit.database, visit.settings, email=email, address=address, now=visit.now)
    except Invalid as problem:
        return forgotten(visit, problem, 422)
    except TooManyResets as problem:
        return forgotten(visit, problem, 429)
    return forgotten(visit, sent=True)


def reset(visit: Visit, secret: str, problem: QbwcError | None = None) -> Response:
    """The form for the new password: open to whoever has the link."""
    with visit.database.reading() as db:
        email = user_of_reset(db, secret, visit.now).email
    status = 200 if problem is None else 422
    return show(visit, "reset.html", status, problem=problem, secret=secret, email=email)


def send_reset(visit: Visit, secret: str) -> Response:
    """Keep it, and go on to the sign-in."""
    password = visit.request.form.get("password", "")[: LONGEST_PASSWORD + 1]
    try:
        if password != visit.request.form.get("again", ""):
            raise Invalid("The two passwords differ. Type both again.")
        with visit.database.transaction() as db:
            place = visit.request.remote_addr or ""
            user = use_reset(db, secret, password=password, place=place, now=visit.now)
            tell_of_change(db, visit.settings, user, now=visit.now)
    except Invalid as problem:
        return reset(visit, secret, problem)
    return go_to("portal.sign_in")
