"""The run of a billing day, portion by portion: documents, what they bill and the report of it in the same commits.

Killed anywhere and begun again it makes the same documents: what has been billed is known, and each document has its
origin. What is to be billed is worked out anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qbwc_server.billing.days import due_at
from qbwc_server.billing_runs.billed import part_record
from qbwc_server.billing_runs.costs import Costs
from qbwc_server.billing_runs.documents import document_of, origin_of
from qbwc_server.billing_runs.keeping import settings_of, settings_row
from qbwc_server.billing_runs.models import BillingRun, RunKind
from qbwc_server.billing_runs.plan import Billing, MovedMeanwhile, Plan, Planning, refuse_other_days
from qbwc_server.billing_runs.portions import Portion
from qbwc_server.billing_runs.reporting import forget_outcomes, keep_outcomes
from qbwc_server.billing_runs.seen import said_last
from qbwc_server.books.costs.wanting import want_costs
from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
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

_TRIES = 100  # each time a person has said something else
_PARTS = Base.metadata.tables["billed_parts"]  # there are many rows: the ORM would take longer


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
        settings = settings_of(db, company.id)
        refuse_other_days(settings, company, billing_day)
        if (due := due_at(settings, billing_day)) > clock():
            raise NotDueYet(f"{billing_day} is billed from {due.isoformat(timespec='minutes')} on.")
        run = _begun(db, company, billing_day, by=by, now=clock())
        doing = _Doing(database, code, run.id, run.attempt, by, clock, checkpoint)
    result = RunResult(doing.run_id, billing_day)
    for _ in range(_TRIES):
        with suppress(MovedMeanwhile):
            doing.bill_all(result)
            return result
        doing.begin_anew()
    raise BilledMeanwhile


def _begun(db: Session, company: Company, billing_day: date, *, by: Actor, now: datetime) -> BillingRun:
    """The run of this day, the only one there is; whoever is at it already stops."""
    take_lane(db, company.id)
    row = find_run(db, company.id, billing_day)
    if row is None:
        version = settings_row(db, company.id).version
        row = BillingRun(
            company_id=company.id, kind=RunKind.SUBSCRIPTIONS, billing_day=billing_day, settings_version=version,
            by=by, begun_at=now, waiting=0, attempt=0,
        )  # fmt: skip
        add_once(db, row, BilledMeanwhile())
    row.attempt += 1
    row.done_at = None
    forget_outcomes(db, row)
    return row


@dataclass
class _Doing:
    """One doing of a run, portion by portion."""

    database: Database
    code: str
    run_id: int
    attempt: int
    by: Actor
    clock: Clock
    checkpoint: Callable[[], None]

    def bill_all(self, result: RunResult) -> None:
        """Every portion in a transaction of its own. Raises MovedMeanwhile, BilledMeanwhile."""
        result.waiting = 0
        with self.database.reading() as db:
            planning = Planning(db, find_company(db, self.code), result.billing_day)
        costs = Costs()
        for portion in planning.portions.portions:
            self.checkpoint()
            with self.database.transaction() as db:
                billed, waiting = self._bill(db, planning, portion, costs)
            result.documents += billed
            result.waiting += waiting
        with self.database.transaction() as db:
            company, run = self._at_it(db)
            want_costs(db, company.id, list(costs.wanted(db, company.id)), now=self.clock())
            run.waiting, run.done_at = result.waiting, self.clock()

    def begin_anew(self) -> None:
        """Something belongs together that did not."""
        with self.database.transaction() as db:
            _, run = self._at_it(db)
            forget_outcomes(db, run)

    def _bill(self, db: Session, planning: Planning, portion: Portion, costs: Costs) -> tuple[int, int]:
        company, run = self._at_it(db)
        if said_last(db, company.id) != planning.said:
            raise MovedMeanwhile
        plan = planning.add(db, portion, planning.blank())
        ready = [one for one in plan.billings if one.standing.is_billed]
        bill(db, company, plan, ready, by=self.by, now=self.clock())
        keep_outcomes(db, run, plan)
        costs.note(plan)
        return len(ready), len(plan.billings) - len(ready)

    def _at_it(self, db: Session) -> tuple[Company, BillingRun]:
        company = find_company(db, self.code)
        take_lane(db, company.id)
        run = db.get_one(BillingRun, self.run_id, populate_existing=True)
        if run.attempt != self.attempt:
            raise BilledMeanwhile
        return company, run


def find_run(db: Session, company_id: int, billing_day: date) -> BillingRun | None:
    """The run of a billing day, if it has begun."""
    return db.scalar(
        select(BillingRun).where(
            BillingRun.company_id == company_id,
            BillingRun.kind == RunKind.SUBSCRIPTIONS,
            BillingRun.billing_day == billing_day,
        )
    )


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
    parts = [part for one in billings for part in _parts(company.id, plan.billing_day, one)]
    if parts:
        db.connection().execute(insert(_PARTS), parts)


def _parts(company_id: int, billing_day: date, billing: Billing) -> Iterator[dict[str, Any]]:
    shared = {
        "company_id": company_id,
        "billing_day": billing_day,
        "customer": billing.customer.key,
        "origin": origin_of(billing, billing_day),
    }
    for one in billing.priced:
        source = billing.sources.get((one.connection_id, one.due.key), "")
        yield {**shared, "connection_id": one.connection_id, **part_record(one.due, source, one.price)}
