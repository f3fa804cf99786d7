"""By the clock: what is due is billed at the wall-clock time of its zone, and lists are read anew the day before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.billing.days import billing_days, due_at
from qbwc_server.billing_runs.keeping import settings_of
from qbwc_server.billing_runs.models import BillingDecision, BillingRun, BillingSettingsRow
from qbwc_server.billing_runs.plan import problems_of
from qbwc_server.billing_runs.running import find_run, run_billing
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import Invalid
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company

LATE = timedelta(days=62)  # a day that was missed is billed as long as this
AGAIN = timedelta(hours=1)  # those who wait are looked at again
_BY = Actor(ActorKind.JOB, "bill_subscriptions")


def bill_when_due(
    *, database: Database, clock: Clock, subject_id: int, checkpoint: Callable[[], None], **_: object
) -> str:
    """Bill the days of one company that are due and not billed, the oldest first; and who waited and was approved."""
    with database.reading() as db:
        row = db.get(BillingSettingsRow, subject_id)
        if row is None:
            return ""
        company = db.get_one(Company, subject_id)
        days = list(_to_be_billed(db, row, settings_of(db, subject_id), clock()))
        stuck = problems_of(db, company.id) if days else []
    if stuck:
        return f"{stuck[0].message} {stuck[0].advice}"
    told = []
    for day in days:
        result = run_billing(database, company.code, day, by=_BY, clock=clock, checkpoint=checkpoint)
        told.append(f"{day}: documents {result.documents}, customers that wait {result.waiting}.")
        checkpoint()
    return " ".join(told)


def read_day(text: str | None) -> date | None:
    """A billing day as a person says it. Raises Invalid."""
    try:
        return None if not text else date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f"{str(text)[:40]!r} is no day such as 2026-12-01.") from None


def next_day(db: Session, company_id: int, now: datetime) -> date:
    """The billing day that a person wants to see: the oldest that is due and not done, else the next one.

    Raises:
        NoBillingSettings: nobody has said how the company bills.
    """
    settings = settings_of(db, company_id)
    for day in _due(settings, now):
        run = find_run(db, company_id, day)
        if run is None or run.done_at is None or run.waiting:
            return day
    begin = max(now.astimezone(ZoneInfo(settings.zone)).date(), settings.first_day)
    return next(day for day in billing_days(settings, begin, begin + LATE) if due_at(settings, day) > now)


def _due(settings: BillingSettings, now: datetime) -> Iterator[date]:
    """Billing days whose moment has come, the oldest first."""
    today = now.astimezone(ZoneInfo(settings.zone)).date()
    for day in billing_days(settings, today - LATE, today + timedelta(days=1)):
        if due_at(settings, day) <= now:
            yield day


def _to_be_billed(db: Session, row: BillingSettingsRow, settings: BillingSettings, now: datetime) -> Iterator[date]:
    """What was due before anybody said how to bill is billed by hand only."""
    for day in _due(settings, now):
        if due_at(settings, day) < row.mode_since:
            continue
        run = find_run(db, row.company_id, day)
        if run is None or run.done_at is None or (run.waiting and _is_worth_it(db, run, now)):
            yield day


def _is_worth_it(db: Session, run: BillingRun, now: datetime) -> bool:
    """Whether a person has said something of those who wait, or something may have been mended."""
    if run.done_at is None or now - run.done_at >= AGAIN:
        return True
    last = db.scalar(
        select(func.max(BillingDecision.at)).where(
            BillingDecision.company_id == run.company_id, BillingDecision.billing_day == run.billing_day
        )
    )
    return last is not None and last > run.done_at
