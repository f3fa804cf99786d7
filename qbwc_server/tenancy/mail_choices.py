"""Which e-mails a person wants, and who is to read one about a company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company, Membership, User
from qbwc_server.tenancy.permissions import Permission, role_allows


class ByMail(StrEnum):
    """What people may be told by e-mail; its name in the table of users is ``mails_...``."""

    ALARMS = "alarms"
    SUMMARIES = "summaries"


def mail_choices(user: User) -> dict[ByMail, bool]:
    """What this person wants."""
    return {ByMail.ALARMS: user.mails_alarms, ByMail.SUMMARIES: user.mails_summaries}


def choose_mail(db: Session, user: User, wanted: Mapping[ByMail, bool], *, by: Actor, now: datetime) -> None:
    """From now on this person gets these, or does not; what is not named stays."""
    was = mail_choices(user)
    wants = {**was, **wanted}
    user.mails_alarms, user.mails_summaries = wants[ByMail.ALARMS], wants[ByMail.SUMMARIES]
    before, after = ({what.value: yes for what, yes in choices.items()} for choices in (was, wants))
    note_audit(db, Audited.USER_MAIL, by=by, now=now, subject=user.email, before=before, after=after)
    db.flush()


def readers_of(db: Session, company: Company, what: ByMail, *, all_kinds: bool = False) -> list[User]:
    """Who sees to the work of this company, in it or for its partner, and wants such e-mails; each once.

    Args:
        all_kinds: leave out who may see some kinds of documents only.
    """
    found = db.execute(
        select(User, Membership.role, Membership.limits)
        .join(Membership, Membership.user_id == User.id)
        .where(
            or_(Membership.company_id == company.id, Membership.partner_id == company.partner_id),
            User.disabled_at.is_(None),
        )
        .order_by(User.id)
    )
    see_to_it = {
        user.id: user
        for user, role, limits in found
        if role_allows(role, None, Permission.DO_OPEN_WORK, None) and not (all_kinds and limits)
    }
    return [user for user in see_to_it.values() if mail_choices(user)[what]]
