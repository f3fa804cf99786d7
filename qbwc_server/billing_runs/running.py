"""The run of a billing day: customer by customer, documents and what they bill in the same commits.

Killed anywhere and begun again it makes the same documents: what has been billed is known, and each document has its
origin. What is to be billed is worked out anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.days import due_at
from qbwc_server.billing_runs.billed import parts_of
from qbwc_server.billing_runs.documents import document_of, origin_of
from qbwc_server.billing_runs.keeping import settings_row
from qbwc_server.billing_runs.models import BillingRun, RunKind
from qbwc_server.billing_runs.plan import Billing, Plan, plan_of
from qbwc_server.billing_runs.reporting import keep_outcomes
from qbwc_server.billing_runs.seen import newest_part, seen_now
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.once import add_once
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.store import SaveResult, by_origin
from qbwc_server.errors import Conflict
from qbwc_server.posting.people.exclude import restore
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 100  # customers in one transaction
_TRIES = 5


class BilledMeanwhile(Conflict):
    """Somebody else is billing this company at this moment."""

    code = "billed_meanwhile"
    advice = "Look at the report of the run, and begin it again where customers still wait."
    retry_helps = True


class NotDueYet(Conflict):
    """The moment of this billing day has not come."""

    code = "not_due_yet"
    advice = "Approve what is to go; it goes by itself then."


@dataclass
class RunResult:
    """How many documents a run made, and how many customers wait."""

    run_id: int
    billing_day: date
    documents: int = 0
    waiting: int = 0


def run_billing(
    database: Database,
    code: str,
    billing_day: date,
    *,
    by: Actor,
    clock: Clock,
    checkpoint: Callable[[], None] = lambda: None,
) -> RunResult:
    """Bill a day: all customers that are not to wait; the others stay, and can be billed by doing it again.

    Raises:
        NoBillingSettings, Invalid: nobody has said how, or it is no billing day.
        NotDueYet: its moment has not come.
        BilledMeanwhile: somebody else is at it.
    """
    with database.transaction() as db:
        company = find_company(db, code)
        plan = plan_of(db, company, billing_day)
        if (due := due_at(plan.settings, billing_day)) > clock():
            raise NotDueYet(f"{billing_day} is billed from {due.isoformat(timespec='minutes')} on.")
        result = RunResult(_begun(db, company, billing_day, by=by, now=clock()).id, billing_day)
    for _ in range(_TRIES):
        ready = [one for one in plan.billings if one.standing.is_billed]
        if not ready:
            break
        if _all_billed(database, code, plan, ready, result, by=by, clock=clock, checkpoint=checkpoint):
            break
        with database.reading() as db:
            plan = plan_of(db, find_company(db, code), billing_day)
    else:
        raise BilledMeanwhile
    del plan, ready  # all of it is in memory once only
    with database.transaction() as db:
        company = find_company(db, code)
        take_lane(db, company.id)
        run = db.get_one(BillingRun, result.run_id)
        after = plan_of(db, company, billing_day)
        keep_outcomes(db, run, after)
        run.waiting = result.waiting = len(after.billings)
        run.done_at = clock()
    return result


def _begun(db: Session, company: Company, billing_day: date, *, by: Actor, now: datetime) -> BillingRun:
    """The run of this day, the only one there is."""
    row = find_run(db, company.id, billing_day)
    if row is None:
        version = settings_row(db, company.id).version
        row = BillingRun(
            company_id=company.id, kind=RunKind.SUBSCRIPTIONS, billing_day=billing_day, settings_version=version,
            by=by, begun_at=now, waiting=0,
        )  # fmt: skip
        add_once(db, row, BilledMeanwhile())
    return row


def find_run(db: Session, company_id: int, billing_day: date) -> BillingRun | None:
    """The run of a billing day, if it has begun."""
    return db.scalar(
        select(BillingRun).where(
            BillingRun.company_id == company_id,
            BillingRun.kind == RunKind.SUBSCRIPTIONS,
            BillingRun.billing_day == billing_day,
        )
    )


def _all_billed(
    database: Database,
    code: str,
    plan: Plan,
    ready: Sequence[Billing],
    result: RunResult,
    *,
    by: Actor,
    clock: Clock,
    checkpoint: Callable[[], None],
) -> bool:
    """Bill them batch by batch; False where something else was billed or said since it was planned."""
    for start in range(0, len(ready), _AT_A_TIME):
        checkpoint()
        with database.transaction() as db:
            company = find_company(db, code)
            take_lane(db, company.id)
            if seen_now(db, company.id) != plan.seen:
                return False
            some = ready[start : start + _AT_A_TIME]
            bill(db, company, plan, some, by=by, now=clock())
            plan.seen = replace(plan.seen, part=newest_part(db, company.id))
        result.documents += len(some)
    return True


def bill(db: Session, company: Company, plan: Plan, billings: Sequence[Billing], *, by: Actor, now: datetime) -> None:
    """Hand in their documents and remember what they bill. The lane is ours, and the plan was made in it."""
    documents = [document_of(one, plan) for one in billings]
    known = by_origin(db, company.id, [one.origin for one in documents])
    back = [row for row in known.values() if row.state is State.EXCLUDED]  # taken back before they left
    for row in back:
        restore(db, company, row, by=by, now=now)
    handed = hand_in(db, company, documents, by=by, now=now, revise=True)
    for result in handed.results:
        if not isinstance(result, SaveResult):
            raise result
    same = [row for row in back if row.state is State.FOR_REVIEW and row.reason is None and row.problems is None]
    if same:
        submit(db, company, same, by=by, now=now)
    for one in billings:
        origin = origin_of(one, plan.billing_day)
        dues = [(due, one.sources.get(due.key, ""), price) for due, price in one.invoicing.priced]
        db.add_all(parts_of(company.id, one.connection_id, plan.billing_day, one.customer.key, origin, dues))
    db.flush()
