"""The login of a company's Web Connector: made, renewed, postponed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.connector.sessions import shut_out
from qbwc_server.errors import NotFound
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import SERVER, Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import keyed_hash, new_password, password_key
from qbwc_server.tenancy.models import Company


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


def renew_password(db: Session, login: ConnectorLogin, now: datetime, *, by: Actor) -> str:
    """A new Web Connector password; the old one stops working at once, and so do the tickets that it opened."""
    take_lane(db, login.company_id)
    shut_out(db, login.company_id, now)
    password = new_password()
    login.password_hash = keyed_hash(password, password_key(db))
    note_audit(db, Audited.LOGIN_RENEWED, by=by, now=now, company_id=login.company_id, subject=login.user)
    return password


def postpone(db: Session, login: ConnectorLogin, *, seconds: int, by: Actor, now: datetime) -> None:
    """Let the next update sessions wait; 0 lifts it."""
    before = {"until": login.postpone_until}
    login.postpone_until = now + timedelta(seconds=seconds) if seconds > 0 else None
    after = {"until": login.postpone_until}
    note_audit(db, Audited.POSTPONED, by=by, now=now, company_id=login.company_id, before=before, after=after)
