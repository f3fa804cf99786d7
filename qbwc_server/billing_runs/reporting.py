"""What became of every charge on a billing day: each stands in the report once, so that it foots to the charges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge
from qbwc_server.billing.lines import CENT, half_up
from qbwc_server.billing.statement import MONTHS, Why, part_key
from qbwc_server.billing_runs.documents import origin_of
from qbwc_server.billing_runs.models import BillingOutcome, BillingRun, Outcome
from qbwc_server.billing_runs.plan import Billing, NotNow, Plan
from qbwc_server.billing_runs.told import Unread, cost_of
from qbwc_server.db import Base

_OUTCOMES = Base.metadata.tables["billing_outcomes"]  # there are many rows: the ORM would take longer


def forget_outcomes(db: Session, run: BillingRun) -> None:
    """Drop what an earlier doing of the run found."""
    db.execute(delete(BillingOutcome).where(BillingOutcome.run_id == run.id))


def keep_outcomes(db: Session, run: BillingRun, plan: Plan) -> None:
    """Keep what became of each charge of a portion: all customers that were not to wait have been billed."""
    shared = {"company_id": run.company_id, "run_id": run.id}
    rows = [{**shared, **one} for one in outcomes(plan, are_billed=True)]
    if rows:
        db.connection().execute(insert(_OUTCOMES), rows)


def outcomes(plan: Plan, *, are_billed: bool = False) -> Iterator[Mapping[str, Any]]:
    """What became of each charge, or would; ``are_billed``: all customers of the plan that were not to wait."""
    for left in plan.left:
        yield _left(left, plan)
    for orphan in plan.orphans:
        told = _charge(orphan.connection_id, orphan.key, orphan.part, orphan.charge, gone=orphan.gone)
        yield {**told, **_why(Outcome.ORPHAN, orphan.problem.code, orphan.problem.message)}
    for billing in plan.billings:
        if are_billed and billing.standing.is_billed:
            yield from _billed(billing, plan)
        else:
            yield from _waiting(billing)
    for connection_id, unread in plan.unread:
        yield _unread(connection_id, unread)


def _billed(billing: Billing, plan: Plan) -> Iterator[Mapping[str, Any]]:
    origin = origin_of(billing, plan.billing_day)
    for one in billing.priced:
        if not one.due.is_gone:
            told = _charge(one.connection_id, one.due.key, one.due.part, one.due.charge, gone=False)
            yield {**told, **_why(Outcome.BILLED, Why.BILLED, ""), "origin": origin}


def _waiting(billing: Billing) -> Iterator[Mapping[str, Any]]:
    for one in billing.priced:
        due = one.due
        told = _charge(one.connection_id, due.key, due.part, due.charge, gone=due.is_gone)
        yield {**told, **_why(Outcome.WAITS, billing.standing, ""), "customer": billing.customer.name}


def outcomes_of(db: Session, run: BillingRun) -> list[BillingOutcome]:
    """The report of a run, as it was kept."""
    return list(db.scalars(select(BillingOutcome).where(BillingOutcome.run_id == run.id).order_by(BillingOutcome.id)))


def part_of_cost(charge: Charge, part: int) -> Decimal:
    """What a charge costs, or one of its twelve parts; they add up."""
    if not part:
        return cost_of(charge)
    whole = Fraction(cost_of(charge))
    return half_up(whole * part / MONTHS, CENT) - half_up(whole * (part - 1) / MONTHS, CENT)


def _left(left: NotNow, plan: Plan) -> Mapping[str, Any]:
    told = _charge(left.connection_id, left.key, left.part, left.charge, gone=left.gone)
    if left.billed_on is None:
        return {**told, **_why(Outcome.LEFT, left.reason, "")}
    what = Outcome.BILLED if left.billed_on == plan.billing_day else Outcome.BILLED_BEFORE
    return {**told, **_why(what, left.reason, ""), "origin": left.origin}


def _charge(connection_id: int, key: str, part: int, charge: Charge, *, gone: bool) -> dict[str, Any]:
    return {
        "connection_id": connection_id,
        "part": part_key(key, part),
        "organisation": charge.organisation.name,
        "offer": charge.offer,
        "product": charge.product,
        "period_first": charge.period.first,
        "period_last": charge.period.last,
        "quantity": "0" if gone else str(charge.quantity),
        "cost": Decimal(0) if gone else part_of_cost(charge, part),
        "currency": charge.currency,
        "customer": "",
        "origin": "",
    }


def _why(outcome: Outcome, reason: str, message: str) -> dict[str, Any]:
    return {"outcome": outcome, "reason": str(reason), "message": message}


def _unread(connection_id: int, unread: Unread) -> Mapping[str, Any]:
    return {
        "connection_id": connection_id,
        "part": "",
        "organisation": unread.organisation,
        "offer": "",
        "product": unread.product,
        "period_first": None,
        "period_last": None,
        "quantity": "",
        "cost": unread.cost or Decimal(0),
        "currency": unread.currency,
        "customer": "",
        "origin": "",
        **_why(Outcome.ORPHAN, unread.problem.code, unread.problem.message),
    }
