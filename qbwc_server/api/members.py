"""``/companies/CODE/members``: who may what, invitations, where members are signed in, and how long what is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, url_for
from sqlalchemy.orm import Session

from qbwc_server.api.access import Access
from qbwc_server.api.answers.members import (
    BrowserSessionsAnswer,
    InvitationAnswer,
    MemberAnswer,
    MembersAnswer,
    NewInvitationAnswer,
    RetentionAnswer,
)
from qbwc_server.api.errors import CREATED
from qbwc_server.api.routes import Body, Route
from qbwc_server.asked.asking import KEPT
from qbwc_server.connector.keys_left import tell_of_keys_left
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.reports.people import member_record, session_record
from qbwc_server.tenancy.access import OutOfScope
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.browser_sessions import end_other_sessions, sessions_of
from qbwc_server.tenancy.members import Member, change_role, find_membership, members_of, remove_member
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Permission, Role, read_limits
from qbwc_server.tenancy.person_links import (
    BeyondYou,
    PersonLink,
    invitations_of,
    invite,
    member_alone,
    member_by_id,
    take_back_invitation,
)

_ALL = "/companies/<code>/members"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):user_id>"
_INVITATIONS = f"{_ALL}/invitations"
_ROLE = f"One of {Role.BOOKKEEPER}, {Role.VIEWER}; no token makes an owner."
_MANAGE = Permission.MANAGE_MEMBERS
ROUTES = {
    "members": Route(_MANAGE, MembersAnswer),
    "invite_member": Route(
        _MANAGE,
        NewInvitationAnswer,
        takes=Body({"email": str, "role": str}, {"email": "Of the person.", "role": _ROLE}, needed=("email", "role")),
        statuses=(CREATED,),
        once=False,
        refuses=(Invalid, Conflict, OutOfScope),
    ),
    "end_invitation": Route(_MANAGE, InvitationAnswer, refuses=(NotFound, OutOfScope)),
    "change_member": Route(
        _MANAGE,
        MemberAnswer,
        takes=Body(
            {"role": str, "limits": str},
            {"role": _ROLE, "limits": "KIND=ACTS divided by blanks, such as invoice=view+edit *=view; left out: none."},
            needed=("role",),
        ),
        refuses=(Invalid, Conflict, NotFound, OutOfScope),
    ),
    "remove_one_member": Route(_MANAGE, MemberAnswer, refuses=(NotFound, Conflict, OutOfScope)),
    "member_sessions": Route(_MANAGE, BrowserSessionsAnswer, refuses=(NotFound, BeyondYou, OutOfScope)),
    "sign_member_out": Route(_MANAGE, BrowserSessionsAnswer, refuses=(NotFound, BeyondYou, OutOfScope)),
    "retention": Route(Permission.SEE_COMPANY, RetentionAnswer),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_invitations(blueprint, access)
    _add_members(blueprint, access)
    _add_sessions(blueprint, access)

    @blueprint.get("/companies/<code>/retention")
    def retention(code: str) -> Response:
        """For how long what is kept; whoever runs the server sets it."""
        settings = access.settings
        with access.looking():
            return jsonify(
                evidence_days=settings.evidence_days,
                record_days=settings.record_days,
                request_days=KEPT.days,
                documents="for ever",
            )


def _add_members(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ALL)
    def members(code: str) -> Response:
        """Who is a member of just this company, or of its partner, and who is invited."""
        with access.looking() as (db, company):
            partner = partner_of(db, company)
            record = {
                "members": [_record(one) for one in members_of(db, company)],
                "partner": {
                    "code": partner.code,
                    "name": partner.name,
                    "members": [member_record(one) for one in members_of(db, partner)],
                },
                "invitations": [_invitation(link) for link in invitations_of(db, company.id, access.now())],
            }
        return jsonify(record)

    @blueprint.patch(_ONE)
    def change_member(code: str, user_id: int) -> Response:
        """Give a member another role; limits that are not said again are gone."""
        said = access.said()
        role, limits = _role(said.get("role")), read_limits((said.get("limits") or "").split(), KINDS)
        with access.changing() as (db, company):
            user = member_by_id(db, company, user_id)
            change_role(db, user, company, role, limits=limits, by=access.by, now=access.now())
            tell_of_keys_left(db, user, company, now=access.now())
            record = _one(db, company, user_id)
        return jsonify(record)

    @blueprint.delete(_ONE)
    def remove_one_member(code: str, user_id: int) -> Response:
        """Make a member a stranger, from this moment on; the answer is what he was."""
        with access.changing() as (db, company):
            user, record = member_by_id(db, company, user_id), _one(db, company, user_id)
            remove_member(db, user, company, by=access.by, now=access.now())
            tell_of_keys_left(db, user, company, now=access.now())
        return jsonify(record)


def _add_invitations(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(_INVITATIONS)
    def invite_member(code: str) -> tuple[Response, int]:
        """A link that makes somebody a member, shown this once; one before it for the same person ends."""
        said = access.said()
        role, email = _role(said.get("role")), said.get("email") or ""
        with access.changing() as (db, company):
            link, secret = invite(db, company, email=email, role=role, by=access.by, now=access.now())
            record = _invitation(link)
        address = f"{access.settings.base_url}{url_for('portal.join', secret=secret)}"
        return jsonify({**record, "link": address}), CREATED

    @blueprint.delete(f"{_INVITATIONS}/<int(max={LARGEST_ID}):link_id>")
    def end_invitation(code: str, link_id: int) -> Response:
        """It lets nobody in any more."""
        with access.changing() as (db, company):
            record = _invitation(take_back_invitation(db, company.id, link_id, by=access.by, now=access.now()))
        return jsonify(record)


def _add_sessions(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(f"{_ONE}/sessions")
    def member_sessions(code: str, user_id: int) -> Response:
        """Where a member is signed in who has access to this company only."""
        with access.looking() as (db, company):
            user = member_alone(db, company, user_id, by=access.by, now=access.now())
            records = [session_record(one) for one in sessions_of(db, user.id, access.now())]
        return jsonify(sessions=records)

    @blueprint.delete(f"{_ONE}/sessions")
    def sign_member_out(code: str, user_id: int) -> Response:
        """End every session of such a member; the answer is what is left, nothing."""
        now = access.now()
        with access.changing() as (db, company):
            user = member_alone(db, company, user_id, by=access.by, now=now)
            end_other_sessions(db, user.id, None, now)
            note_audit(db, Audited.SIGNED_OUT, by=access.by, now=now, company_id=company.id, subject=user.email)
        return jsonify(sessions=[])


def _role(name: str | None) -> Role:
    try:
        return Role(name or "")
    except ValueError:
        raise Invalid(f"The field role must be among {', '.join(Role)}.") from None


def _record(member: Member) -> dict[str, Any]:
    return {"id": member.user.id, **member_record(member)}


def _one(db: Session, company: Company, user_id: int) -> dict[str, Any]:
    user = member_by_id(db, company, user_id)
    return _record(Member(user, find_membership(db, user, company)))


def _invitation(link: PersonLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "email": link.email,
        "role": link.role.value,
        "made_by": str(link.made_by),
        "made_at": link.made_at.isoformat(),
        "expires_at": link.expires_at.isoformat(),
    }
