"""For whom a job runs: once for the server, or for each company or connection; another kind is one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.models import BillingSettingsRow
from qbwc_server.bulk.models import BulkAction, BulkState
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import BY_THE_CLOCK
from qbwc_server.jobs.due import Every, When
from qbwc_server.tenancy.models import Company
from qbwc_server.webhooks.sending import due_webhooks

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subject:
    """One for whom a job runs.

    Args:
        id: its number in its table; 0 for the server.
        company_id: whose it is; ``None`` for the server.
        time_zone: the zone in whose wall-clock time its jobs are due.
        since: when it came to be: nothing was due before.
        when: its own schedule, where it has one, instead of the job's.
    """

    id: int
    company_id: int | None
    time_zone: str
    since: datetime
    when: When | None = None


@dataclass(frozen=True)
class Each:
    """A kind of subjects, and where they are found."""

    name: str
    subjects: Callable[[Session], Iterable[Subject]]


def _server(_: Session) -> Iterable[Subject]:
    return (Subject(0, None, "UTC", _EVER),)


def _companies(db: Session) -> Iterable[Subject]:
    found = db.execute(select(Company.id, Company.time_zone, Company.created_at).order_by(Company.id))
    return [Subject(number, number, zone, since) for number, zone, since in found]


def _connections(db: Session) -> Iterable[Subject]:
    found = db.execute(
        select(Connection.id, Connection.company_id, Company.time_zone, Connection.changed_at, Connection.every_minutes)
        .join(Company, Company.id == Connection.company_id)
        .where(Connection.state.in_(BY_THE_CLOCK), Connection.every_minutes > 0)
        .order_by(Connection.id)
    )
    return [
        Subject(number, company_id, zone, since, Every(minutes)) for number, company_id, zone, since, minutes in found
    ]


def _bulk_actions(db: Session) -> Iterable[Subject]:
    found = db.execute(
        select(BulkAction.id, BulkAction.company_id, BulkAction.asked_at)
        .where(BulkAction.state == BulkState.UNDER_WAY)
        .order_by(BulkAction.id)
    )
    return [Subject(number, company_id, "UTC", since) for number, company_id, since in found]


def _webhooks(db: Session) -> Iterable[Subject]:
    return [Subject(number, company_id, "UTC", since) for number, company_id, since in due_webhooks(db)]


def _billing(db: Session) -> Iterable[Subject]:
    found = db.execute(
        select(Company.id, Company.time_zone, BillingSettingsRow.mode_since)
        .join(BillingSettingsRow, BillingSettingsRow.company_id == Company.id)
        .order_by(Company.id)
    )
    return [Subject(number, number, zone, since) for number, zone, since in found]


SERVER = Each("server", _server)
COMPANY = Each("company", _companies)
CONNECTION = Each("connection", _connections)
BULK = Each("bulk action", _bulk_actions)
WEBHOOK = Each("webhook", _webhooks)
BILLING = Each("billing", _billing)
