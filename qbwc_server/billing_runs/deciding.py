"""What a person decides of a billing day: who is approved, who is held back, what is taken back before it leaves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.billed import customers_billed
from qbwc_server.billing_runs.keeping import charge_connections
from qbwc_server.billing_runs.models import BillingDecision
from qbwc_server.billing_runs.plan import Billing, Plan, plan_of
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


class NotOnThisDay(NotFound):
    """This customer is not billed on this day, or has been already."""

    code = "not_on_this_day"
    advice = "See who is: qbwc-server billing preview"


class ChangedSinceSeen(Conflict):
    """It is not what was looked at any more."""

    code = "billing_changed"
    advice = "Look at it as it is now, then approve it."


def approve(
    db: Session,
    company: Company,
    billing_day: date,
    customers: Collection[str] | None,
    *,
    seen: str | None = None,
    by: Actor,
    now: datetime,
) -> Plan:
    """Approve customers as they stand in the plan now; their warnings are acknowledged with that.

    Approved is what was seen: if it changes before it is billed, it waits again. Who is held back is so no more.

    Args:
        customers: by full name or ListID; None: all that are not held back or blocked.
        seen: the digest of what was shown: of one customer (of several bills of his, it says which), or of all.

    Raises:
        ChangedSinceSeen: something else would be billed by now.
        NotOnThisDay: one of them is not to be billed on this day.
    """
    plan = _locked_plan(db, company, billing_day)
    chosen = plan.may_go if customers is None else _named(plan, customers)
    if customers is None and seen not in (None, plan.digest):
        raise ChangedSinceSeen("What is to be billed has changed since you looked.")
    if customers is not None and seen is not None:
        shown = [one for one in chosen if one.digest == seen]
        if not shown:
            raise ChangedSinceSeen(f"What is to be billed to {chosen[0].customer.name} has changed since you looked.")
        chosen = shown
    for billing in chosen:
        _decide(db, company, billing_day, billing, held=False, approved=billing.digest, by=by, now=now)
    return plan_of(db, company, billing_day)


def hold_back(
    db: Session, company: Company, billing_day: date, customers: Collection[str], *, by: Actor, now: datetime
) -> Plan:
    """Hold customers back until they are approved. Raises NotOnThisDay."""
    plan = _locked_plan(db, company, billing_day)
    for billing in _named(plan, customers):
        _decide(db, company, billing_day, billing, held=True, approved=None, by=by, now=now)
    return plan_of(db, company, billing_day)


def take_back(
    db: Session, company: Company, billing_day: date, customers: Collection[str], *, by: Actor, now: datetime
) -> Plan:
    """Take back what was billed and has not left; who was billed is held back from then on.

    Raises:
        NotOnThisDay: one of them was not billed on this day.
        NotNow: a document of one has left already, or may have; then nothing is taken back.
    """
    take_lane(db, company.id)
    billed = {
        (connection.id, customer): origin
        for connection in charge_connections(db, company.id, connected=False)
        for customer, origin in customers_billed(db, connection.id, billing_day).items()
    }
    rows = by_origin(db, company.id, billed.values())
    wanted = set(customers)
    chosen = [
        (key, rows[origin])
        for key, origin in billed.items()
        if key[1] in wanted or (origin in rows and rows[origin].party in wanted)
    ]
    _refuse_missing(wanted, {name for (_, key), row in chosen for name in (key, row.party or "")})
    for _, row in chosen:
        exclude(db, company, row, by=by, now=now)
    plan = plan_of(db, company, billing_day)
    back = {key for key, _ in chosen}
    for billing in plan.billings:
        if (billing.connection_id, billing.customer.key) in back:
            _decide(db, company, billing_day, billing, held=True, approved=None, by=by, now=now)
    return plan_of(db, company, billing_day)


def _locked_plan(db: Session, company: Company, billing_day: date) -> Plan:
    take_lane(db, company.id)
    return plan_of(db, company, billing_day)


def _named(plan: Plan, customers: Collection[str]) -> Sequence[Billing]:
    wanted = set(customers)
    found = [one for one in plan.billings if wanted & {one.customer.key, one.customer.name}]
    _refuse_missing(wanted, {name for one in found for name in (one.customer.key, one.customer.name)})
    return found


def _refuse_missing(wanted: set[str], found: set[str]) -> None:
    missing = sorted(wanted - found)
    if missing:
        raise NotOnThisDay(f"{missing[0][:60]!r} is not to be billed on this day, or has been already.")


def _decide(
    db: Session,
    company: Company,
    billing_day: date,
    billing: Billing,
    *,
    held: bool,
    approved: str | None,
    by: Actor,
    now: datetime,
) -> None:
    row = db.scalar(
        select(BillingDecision).where(
            BillingDecision.connection_id == billing.connection_id,
            BillingDecision.billing_day == billing_day,
            BillingDecision.customer == billing.customer.key,
        )
    )
    before = None if row is None else _state(row)
    if row is None:
        row = BillingDecision(
            company_id=company.id, billing_day=billing_day, connection_id=billing.connection_id,
            customer=billing.customer.key,
        )  # fmt: skip
        db.add(row)
    row.held, row.approved, row.by, row.at = held, approved, by, now
    if not held:
        _let_go(db, billing)
    db.flush()
    note_audit(
        db, Audited.BILLING_DECIDED, by=by, now=now, company_id=company.id,
        subject=f"{billing.customer.name}, {billing_day}", before=before, after=_state(row),
    )  # fmt: skip


def _let_go(db: Session, billing: Billing) -> None:
    """As long as QuickBooks had not told his ListID he was held back under another key."""
    db.execute(
        update(BillingDecision)
        .where(
            BillingDecision.connection_id == billing.connection_id,
            BillingDecision.customer.in_(billing.customer.keys),
            BillingDecision.customer != billing.customer.key,
        )
        .values(held=False)
    )


def _state(row: BillingDecision) -> dict[str, object]:
    return {"held": row.held, "approved": row.approved}
