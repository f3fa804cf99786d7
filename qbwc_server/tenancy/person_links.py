"""Links that let one person in: an invitation with a role, or a new password for somebody who lost theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, Key, UtcDateTime
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.tenancy.access import NotAllowed, Unauthorized, company_for, partner_for, require_role, standing_of
from qbwc_server.tenancy.actor import Actor, ActorColumn, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.members import add_member, find_membership, memberships_of
from qbwc_server.tenancy.models import Company, Partner, User
from qbwc_server.tenancy.permissions import Permission, Role
from qbwc_server.tenancy.users import add_user, find_user, read_email, set_password

INVITATION_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(hours=24)
_ENDED = "This link has ended."


class LinkPurpose(StrEnum):
    """What a link is for, and nothing else."""

    INVITE = "invite"
    RESET = "reset"


class PersonLink(Base):
    """One link; it works once."""

    __tablename__ = "person_links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(EnumValue(LinkPurpose))
    email: Mapped[str] = mapped_column(Exact(254))  # as it is compared: see users.read_email
    role: Mapped[Role] = mapped_column(EnumValue(Role))  # of an invitation; else what the member is
    digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    made_by: Mapped[Actor] = mapped_column(ActorColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # used, revoked, or another one took its place


class BeyondYou(NotAllowed):
    """This person has access to more than whoever asks looks after."""

    code = "beyond_you"
    advice = "Ask whoever runs the server to set a new password: qbwc-server user password EMAIL"


class SignInFirst(Invalid):
    """The invitation is for somebody who can sign in, and has not."""

    code = "sign_in_first"
    advice = "Sign in with that e-mail address, then open the link again."


def invite(
    db: Session, company: Company, *, email: str, role: Role, by: Actor, now: datetime
) -> tuple[PersonLink, str]:
    """An invitation to a company, and its secret, which is shown this once; one before it for the same person ends.

    Raises:
        Invalid: this is no e-mail address.
        Conflict: that person is a member already.
        OutOfScope: ``by`` is a token that may not give this role.
    """
    address = read_email(email)
    require_role(db, by, company, role, now=now)
    if _is_member(db, address, company):
        raise Conflict(f"{address} is a member of {company.code} already.", advice="Change the role instead.")
    link, secret = _make(db, company, LinkPurpose.INVITE, address, role, INVITATION_LIVES, by, now)
    note_audit(
        db, Audited.INVITED, by=by, now=now, company_id=company.id, subject=address,
        after={"role": role, "expires_at": link.expires_at},
    )  # fmt: skip
    return link, secret


def let_reset(db: Session, company: Company, user: User, *, by: Actor, now: datetime) -> tuple[PersonLink, str]:
    """A link with which a member sets a new password, and its secret, which is shown this once.

    Raises:
        NotFound: there is no such member.
        BeyondYou: the member has access to something that ``by`` does not look after.
    """
    role = find_membership(db, user, company).role
    for _, where in memberships_of(db, user):
        _require_looked_after(db, by, where, now)
    link, secret = _make(db, company, LinkPurpose.RESET, user.email, role, RESET_LIVES, by, now)
    note_audit(db, Audited.RESET_LET, by=by, now=now, company_id=company.id, subject=user.email)
    return link, secret


def member_alone(db: Session, company: Company, user_id: int, *, by: Actor, now: datetime) -> User:
    """A member who has access to nothing that ``by`` does not look after: what is his own may be seen to.

    Raises:
        NotFound: there is no such member.
        BeyondYou: the member has access to something else, too.
        OutOfScope: ``by`` is a token that may not take this role.
    """
    user = member_by_id(db, company, user_id)
    require_role(db, by, company, find_membership(db, user, company).role, now=now)
    for _, where in memberships_of(db, user):
        _require_looked_after(db, by, where, now)
    return user


def member_by_id(db: Session, company: Company, user_id: int) -> User:
    """Raises NotFound where nobody of that number is a member of just this company; whoever else he may be."""
    user = db.get(User, user_id)
    if user is None or not _is_member(db, user.email, company):
        raise NotFound(f"There is no member {user_id}.")
    return user


def invitations_of(db: Session, company_id: int, now: datetime) -> list[PersonLink]:
    """Those that can be accepted, the newest first."""
    of_company = (PersonLink.company_id == company_id, PersonLink.purpose == LinkPurpose.INVITE)
    waiting = (PersonLink.ended_at.is_(None), PersonLink.expires_at > now)
    return list(db.scalars(select(PersonLink).where(*of_company, *waiting).order_by(PersonLink.id.desc())))


def take_back_invitation(db: Session, company_id: int, link_id: int, *, by: Actor, now: datetime) -> PersonLink:
    """It lets nobody in any more. Raises NotFound."""
    link = db.scalars(
        select(PersonLink).where(PersonLink.company_id == company_id, PersonLink.id == link_id).with_for_update()
    ).one_or_none()
    if link is None or link.purpose is not LinkPurpose.INVITE:
        raise NotFound(f"There is no invitation {link_id}.")
    require_role(db, by, db.get_one(Company, company_id), link.role, now=now)
    if link.ended_at is None:
        link.ended_at = now
        note_audit(db, Audited.INVITATION_REVOKED, by=by, now=now, company_id=company_id, subject=link.email)
    return link


def person_link_by(db: Session, secret: str, now: datetime, *, locked: bool = False) -> tuple[PersonLink, Company]:
    """The link with this secret, and the company that it is about; it ends with what its maker may.

    Raises:
        NotFound: there is none, or none any more; both sound the same.
    """
    query = select(PersonLink).where(PersonLink.digest == digest(secret))
    link = db.scalars(query.with_for_update() if locked else query).one_or_none()
    if link is None or link.ended_at is not None or link.expires_at <= now:
        raise NotFound(_ENDED)
    company = db.get_one(Company, link.company_id)
    try:
        company_for(db, link.made_by, company.code, Permission.MANAGE_MEMBERS, now=now)
        require_role(db, link.made_by, company, link.role, now=now)
    except (NotFound, NotAllowed, Unauthorized):
        raise NotFound(_ENDED) from None
    return link, company


def has_password(db: Session, email: str) -> bool:
    """Whether the person can sign in already."""
    user = _user(db, email)
    return user is not None and user.password_hash is not None


def use(
    db: Session,
    secret: str,
    *,
    name: str,
    password: str,
    place: str,
    now: datetime,
    signed_in_as: int | None = None,
) -> User:
    """Do what the link is for, once: the person is let in, or has that password, and is signed out everywhere else.

    Whoever made a link has it in hand: it lets nobody become a person who has access to more, and who can sign in
    has to have done so, for the account may be one that somebody else made under this address.

    Args:
        name, password: of an invitation only where the person cannot sign in yet.
        signed_in_as: whose session the link is opened in.

    Raises:
        NotFound: the link has ended.
        Invalid, WeakPassword: name or password cannot be used.
        SignInFirst: the person can sign in, and has not.
        BeyondYou: the person would get a password, and has access to more than whoever made the link looks after.
    """
    link, company = person_link_by(db, secret, now, locked=True)
    user = _user(db, link.email)
    if user is not None and link.purpose is LinkPurpose.INVITE and user.password_hash is not None:
        if user.id != signed_in_as:
            raise SignInFirst
    elif user is not None:
        for _, where in memberships_of(db, user):
            _require_looked_after(db, link.made_by, where, now)
    if user is None:
        newcomer = Actor(ActorKind.LINK, f"link {link.id} of {link.made_by}", str(link.id), place)
        user = add_user(db, email=link.email, name=name, by=newcomer, now=now)
    by = Actor(ActorKind.PERSON, user.name, str(user.id), place)
    if link.purpose is LinkPurpose.RESET or user.password_hash is None:
        set_password(db, user, password, by=by, now=now)
    if link.purpose is LinkPurpose.INVITE and not _is_member(db, user.email, company):
        add_member(db, user, company, link.role, by=by, now=now)
    link.ended_at = now
    db.flush()
    return user


def _make(
    db: Session,
    company: Company,
    purpose: LinkPurpose,
    email: str,
    role: Role,
    lives: timedelta,
    by: Actor,
    now: datetime,
) -> tuple[PersonLink, str]:
    db.execute(
        update(PersonLink)
        .where(
            PersonLink.company_id == company.id,
            PersonLink.purpose == purpose,
            PersonLink.email == email,
            PersonLink.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    secret = new_secret()
    link = PersonLink(
        company_id=company.id,
        purpose=purpose,
        email=email,
        role=role,
        digest=digest(secret),
        made_by=by,
        made_at=now,
        expires_at=now + lives,
    )
    db.add(link)
    db.flush()
    return link, secret


def _require_looked_after(db: Session, by: Actor, where: Partner | Company, now: datetime) -> None:
    try:
        if isinstance(where, Partner):
            partner_for(db, by, where.code, Permission.MANAGE_MEMBERS)
        else:
            standing_of(db, by, where.code, now=now).require(Permission.MANAGE_MEMBERS)
    except QbwcError:
        raise BeyondYou("This person has access to more than you look after.") from None


def _is_member(db: Session, email: str, company: Company) -> bool:
    user = _user(db, email)
    return user is not None and any(
        isinstance(where, Company) and where.id == company.id for _, where in memberships_of(db, user)
    )


def _user(db: Session, email: str) -> User | None:
    try:
        return find_user(db, email)
    except NotFound:
        return None
