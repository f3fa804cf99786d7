"""Members of a company: invited by a link with a role, changed, removed, helped to a new password."""

from __future__ import annotations

from flask import Response, url_for
from sqlalchemy.orm import Session

from qbwc_server.connector.keys_left import tell_of_keys_left
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.access import NotAllowed
from qbwc_server.tenancy.credentials import LONGEST_PASSWORD
from qbwc_server.tenancy.members import change_role, members_of, remove_member
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.person_links import (
    has_password,
    invitations_of,
    invite,
    let_reset,
    person_link_by,
    take_back_invitation,
    use,
)


def members(visit: Visit, problem: QbwcError | None = None, link: str | None = None, whose: str = "") -> Response:
    """Who is what here, and who is invited; a link that was made just now is shown this once."""
    with visit.looking() as (db, standing):
        company = standing.company
        partner = partner_of(db, company)
        page = {
            "members": members_of(db, company),
            "of_partner": members_of(db, partner),
            "partner": partner,
            "invitations": invitations_of(db, company.id, visit.now),
        }
    status = 200 if problem is None else 409
    typed = visit.request.form.get("email", "") if problem is not None else ""
    shown = {"link": link, "whose": whose, "roles": list(Role), "typed": typed}
    return show(visit, "members.html", status, problem=problem, **page, **shown)


def send_invitation(visit: Visit) -> Response:
    """A link that makes somebody a member."""
    email = text_field(visit.request, "email", 254).strip()
    try:
        with visit.changing() as (db, standing):
            link, secret = invite(db, standing.company, email=email, role=_role(visit), by=visit.by, now=visit.now)
            whose = link.email
    except (Conflict, Invalid) as problem:
        return members(visit, problem)
    return members(visit, link=_address(visit, secret), whose=whose)


def end_invitation(visit: Visit, link_id: int) -> Response:
    """It lets nobody in any more."""
    try:
        with visit.changing() as (db, standing):
            take_back_invitation(db, standing.company.id, link_id, by=visit.by, now=visit.now)
    except NotFound as problem:
        return members(visit, problem)
    return go_to("portal.members", code=visit.code)


def change_member(visit: Visit, user_id: int) -> Response:
    """Another role."""
    try:
        with visit.changing() as (db, standing):
            user = _user(db, user_id)
            change_role(db, user, standing.company, _role(visit), by=visit.by, now=visit.now)
            tell_of_keys_left(db, user, standing.company, now=visit.now)
    except (Conflict, Invalid, NotFound) as problem:
        return members(visit, problem)
    return _after_a_change(visit, user_id)


def end_member(visit: Visit, user_id: int) -> Response:
    """A stranger here from now on."""
    try:
        with visit.changing() as (db, standing):
            user = _user(db, user_id)
            remove_member(db, user, standing.company, by=visit.by, now=visit.now)
            tell_of_keys_left(db, user, standing.company, now=visit.now)
    except (Conflict, NotFound) as problem:
        return members(visit, problem)
    return _after_a_change(visit, user_id)


def help_member(visit: Visit, user_id: int) -> Response:
    """A link with which a member sets a new password."""
    try:
        with visit.changing() as (db, standing):
            user = _user(db, user_id)
            _, secret = let_reset(db, standing.company, user, by=visit.by, now=visit.now)
            whose = user.email
    except (NotAllowed, NotFound) as problem:
        return members(visit, problem)
    return members(visit, link=_address(visit, secret), whose=whose)


def join(visit: Visit, secret: str, problem: QbwcError | None = None) -> Response:
    """What the link is for, and the form: open to whoever has it."""
    with visit.database.reading() as db:
        link, company = person_link_by(db, secret, visit.now)
        page = {
            "purpose": link.purpose.value,
            "email": link.email,
            "role": link.role,
            "called": company.name,
            "known": has_password(db, link.email),
            "is_you": visit.who is not None and visit.who.email == link.email,
        }
    typed = text_field(visit.request, "name") if visit.request.method == "POST" else ""
    return show(
        visit, "join.html", 200 if problem is None else 422, problem=problem, secret=secret, typed=typed, **page
    )


def send_join(visit: Visit, secret: str) -> Response:
    """Use it, and go on to the sign-in."""
    password = visit.request.form.get("password", "")[: LONGEST_PASSWORD + 1]
    try:
        if password != visit.request.form.get("again", password):
            raise Invalid("The two passwords differ. Type both again.")
        with visit.database.transaction() as db:
            name, place = text_field(visit.request, "name"), visit.request.remote_addr or ""
            me = None if visit.who is None else visit.who.user_id
            use(db, secret, name=name, password=password, place=place, now=visit.now, signed_in_as=me)
    except Invalid as problem:
        return join(visit, secret, problem)
    return go_to("portal.sign_in")


def _role(visit: Visit) -> Role:
    said = text_field(visit.request, "role", 20)
    if said not in tuple(Role):
        raise Invalid("Choose a role.")
    return Role(said)


def _user(db: Session, user_id: int) -> User:
    user = db.get(User, user_id)
    if user is None:
        raise NotFound("There is no such member.")
    return user


def _after_a_change(visit: Visit, user_id: int) -> Response:
    if user_id == visit.person.user_id:  # perhaps no owner any more
        return go_to("portal.start")
    return go_to("portal.members", code=visit.code)


def _address(visit: Visit, secret: str) -> str:
    return f"{visit.settings.base_url}{url_for('portal.join', secret=secret)}"
