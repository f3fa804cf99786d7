"""The login of a company's Web Connector: made, renewed, postponed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.connector.sessions import shut_out
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import SERVER, Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import keyed_hash, new_password, password_key
from qbwc_server.tenancy.models import Company

LONGEST_KEPT = timedelta(days=7)


def add_login(
    db: Session, company: Company, *, company_file: str = "", by: Actor = SERVER
) -> tuple[ConnectorLogin, str]:
    """The login of a company that was added just now, named like it, and its password, which is shown this once."""
    password = new_password()
    login = ConnectorLogin(
        company_id=company.id,
        user=company.code,
        password_hash=keyed_hash(password, password_key(db)),
        owner_id=str(uuid.uuid4()),
        file_id=str(uuid.uuid4()),
        company_file=company_file,
    )
    db.add(login)
    db.flush()
    after = {"company_file": company_file or None}
    note_audit(
        db, Audited.LOGIN_MADE, by=by, now=company.created_at, company_id=company.id, subject=login.user, after=after
    )
    return login, password


def login_of(db: Session, company_id: int) -> ConnectorLogin:
    """The login of this company, or NotFound."""
    login = db.scalars(select(ConnectorLogin).where(ConnectorLogin.company_id == company_id)).one_or_none()
    if login is None:
        raise NotFound("This company has no Web Connector login.")
    return login


def renew_password(
    db: Session, login: ConnectorLogin, now: datetime, *, by: Actor, keep_old: timedelta | None = None
) -> str:
    """A new Web Connector password, which is shown this once.

    Args:
        keep_old: how long the old one opens as well, so that nothing stands still until somebody has typed the new
            one; None: it stops working at once, and so do the tickets that it opened. The old one is the one that a
            connector uses: one that was renewed before anybody came with it is forgotten.

    Raises:
        Invalid: longer than ``LONGEST_KEPT``.
    """
    if keep_old is not None and not timedelta(0) < keep_old <= LONGEST_KEPT:
        raise Invalid(f"The old password can be kept for at most {LONGEST_KEPT.days} days.")
    take_lane(db, login.company_id)
    db.refresh(login)
    if keep_old is None:
        shut_out(db, login.company_id, now)
        login.earlier_hash = login.earlier_until = None
    else:
        if login.has_opened or not _earlier_opens(login, now):
            login.earlier_hash = login.password_hash
        login.earlier_until = now + keep_old
    password = new_password()
    login.password_hash, login.has_opened = keyed_hash(password, password_key(db)), False
    note_audit(
        db, Audited.LOGIN_RENEWED, by=by, now=now, company_id=login.company_id, subject=login.user,
        after={"old_one_opens_until": login.earlier_until},
    )  # fmt: skip
    return password


def _earlier_opens(login: ConnectorLogin, now: datetime) -> bool:
    return login.earlier_hash is not None and login.earlier_until is not None and now < login.earlier_until


def postpone(db: Session, login: ConnectorLogin, *, seconds: int, by: Actor, now: datetime) -> None:
    """Let the next update sessions wait; 0 lifts it."""
    before = {"until": login.postpone_until}
    login.postpone_until = now + timedelta(seconds=seconds) if seconds > 0 else None
    after = {"until": login.postpone_until}
    note_audit(db, Audited.POSTPONED, by=by, now=now, company_id=login.company_id, before=before, after=after)
