"""The second factor of whoever is signed in: begun, confirmed by a code, taken away."""

from __future__ import annotations

import segno
from flask import Response
from markupsafe import Markup

from qbwc_server.errors import Conflict, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.translation import gettext
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.browser_sessions import end_other_sessions
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.second_factor import (
    TooManyCodes,
    WrongCode,
    app_address,
    begin,
    begun,
    check,
    codes_left,
    confirm,
    is_on,
    take_away,
)


def security(visit: Visit, problem: QbwcError | None = None, codes: list[str] | None = None) -> Response:
    """Whether codes are asked for, and what can be done about it."""
    user_id = visit.person.user_id
    with visit.database.reading() as db:
        on, left = is_on(db, user_id), codes_left(db, user_id)
        secret = begun(db, user_id, settings=visit.settings)
    picture = None
    if secret is not None:
        address = app_address(secret, visit.person.email, gettext("QuickBooks portal"))
        drawn = segno.make(address, micro=False).svg_inline(scale=4, omitsize=False, svgclass="qr", lineclass=None)
        picture = Markup(drawn)  # noqa: S704  # paths alone: the address is in them as squares
    status = 200 if problem is None else 422
    return show(
        visit, "security.html", status, on=on, left=left, secret=secret, picture=picture, codes=codes, problem=problem
    )


def begin_factor(visit: Visit) -> Response:
    """A new secret for an app."""
    try:
        with visit.database.transaction() as db:
            begin(db, db.get_one(User, visit.person.user_id), settings=visit.settings)
    except Conflict as problem:
        return security(visit, problem)
    return go_to("portal.security")


def confirm_factor(visit: Visit) -> Response:
    """A code of it: from now on codes are asked for, and all other sessions end."""
    try:
        with visit.database.transaction() as db:
            user = db.get_one(User, visit.person.user_id)
            code = text_field(visit.request, "code", 40)
            codes = confirm(db, user, code, settings=visit.settings, by=visit.by, now=visit.now)
            end_other_sessions(db, user.id, visit.person.session_id, visit.now)
    except (Conflict, WrongCode) as problem:
        return security(visit, problem)
    return security(visit, codes=codes)


def end_factor(visit: Visit) -> Response:
    """Codes are not asked for any more; it takes one to say so."""
    try:
        with visit.database.transaction() as db:
            code = text_field(visit.request, "code", 40)
            right = check(db, visit.person.user_id, code, settings=visit.settings, now=visit.now)
            if right:
                take_away(db, db.get_one(User, visit.person.user_id), by=visit.by, now=visit.now)
        if not right:
            raise WrongCode
    except (TooManyCodes, WrongCode) as problem:
        return security(visit, problem)
    return go_to("portal.security")
