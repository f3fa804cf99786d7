"""Whether the Web Connector of a company calls: for many companies in the same few statements as for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from qbwc_server.books.holds import Hold
from qbwc_server.connector.models import ConnectorLogin, KnownAddress, UpdateSessionRow
from qbwc_server.queue.models import OPEN, QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.models import Company

_USUAL_INTERVAL = timedelta(minutes=30)  # where the Web Connector was told none: what people choose
_LEAST_SILENCE = timedelta(minutes=30)
_NOTED_EVERY = timedelta(days=1)  # calls for which there is nothing to do are written down so rarely


class Contact(StrEnum):
    """Whether the Web Connector calls."""

    CONNECTED = "connected"
    LATE = "late"  # work waits, and it should have been fetched
    SILENT = "silent"
    NEVER = "never"


class Calls:
    """When the Web Connectors of some companies called, what waits for them, and how their last update ended.

    Attributes:
        sessions: the newest update session by company.
        due: since when something waits that may leave, by company.
    """

    def __init__(self, db: Session, ids: Sequence[int]) -> None:
        other = aliased(UpdateSessionRow)
        newest = (
            select(other.id)
            .where(other.company_id == Company.id)
            .order_by(other.started_at.desc())
            .limit(1)
            .correlate(Company)
            .scalar_subquery()
        )
        last = select(UpdateSessionRow).join(Company, UpdateSessionRow.id == newest).where(Company.id.in_(ids))
        self.sessions = {session.company_id: session for session in db.scalars(last)}
        self._logins = {
            login.company_id: login
            for login in db.scalars(select(ConnectorLogin).where(ConnectorLogin.company_id.in_(ids)))
        }
        self._heard = _by_company(
            db.execute(
                select(KnownAddress.company_id, func.max(KnownAddress.last_at))
                .where(KnownAddress.company_id.in_(ids))
                .group_by(KnownAddress.company_id)
            )
        )
        self._lifted = _by_company(
            db.execute(
                select(Hold.company_id, func.max(Hold.lifted_at))
                .where(Hold.company_id.in_(ids))
                .group_by(Hold.company_id)
            )
        )
        self.due: dict[int, datetime] = {}
        for where in (
            QueuedRequest.state == RequestState.QUEUED,
            and_(OPEN, QueuedRequest.state == RequestState.RESTING),
        ):
            oldest = select(QueuedRequest.company_id, func.min(QueuedRequest.created_at)).where(
                QueuedRequest.company_id.in_(ids), where
            )
            for company_id, since in db.execute(oldest.group_by(QueuedRequest.company_id)):
                self.due[company_id] = min(since, self.due.get(company_id, since))

    def error(self, company_id: int) -> str | None:
        """The sentence with which the last update failed."""
        session = self.sessions.get(company_id)
        return session.error if session is not None and session.ended_at is not None else None

    def contact(self, company_id: int, *, paused: bool, now: datetime) -> tuple[Contact, datetime | None]:
        """Whether it calls, and when it was heard last.

        Where work waits, a call would have opened a session; where none does, calls are noted once a day only.
        """
        session, login = self.sessions.get(company_id), self._logins.get(company_id)
        moments = [moment for moment in (session and session.last_call_at, self._heard.get(company_id)) if moment]
        if not moments:
            return Contact.NEVER, None
        heard = max(moments)
        told = login.minimum_interval_s if login is not None else None
        interval = timedelta(seconds=told) if told else _USUAL_INTERVAL
        due = self.due.get(company_id)
        put_off = login.postpone_until if login is not None else None
        if due is None or paused or (put_off is not None and put_off > now):
            quiet = now - heard > _NOTED_EVERY + max(3 * interval, _LEAST_SILENCE)
            return (Contact.SILENT if quiet else Contact.CONNECTED), heard
        silence = now - max(moment for moment in (heard, due, put_off, self._lifted.get(company_id)) if moment)
        if silence > max(3 * interval, _LEAST_SILENCE):
            return Contact.SILENT, heard
        return (Contact.LATE if silence > 1.5 * interval else Contact.CONNECTED), heard


def _by_company(rows: Any) -> dict[int, Any]:
    return {company: value for company, value in rows if value is not None}
