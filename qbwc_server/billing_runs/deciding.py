"""What a person decides of a billing day: who is approved, who is held back, what is taken back before it leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.billed import customers_billed
from qbwc_server.billing_runs.models import BillingDecision
from qbwc_server.billing_runs.plan import Billing, digest_of, plans_of
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 500  # origins in one statement


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
) -> None:
    """Approve customers as they stand in the plan now; their warnings are acknowledged with that.

    Approved is what was seen: if it changes before it is billed, it waits again. Who is held back is so no more.

    Args:
        customers: by full name or ListID; None: all that are not held back or blocked.
        seen: the digest of what was shown: of one customer (of several, it says which), or of all.

    Raises:
        ChangedSinceSeen: something else would be billed by now.
        NotOnThisDay: one of them is not to be billed on this day.
    """
    chosen = list(_chosen(db, company, billing_day, customers))
    if customers is None and seen not in (None, digest_of(one.digest for one in chosen)):
        raise ChangedSinceSeen("What is to be billed has changed since you looked.")
    if customers is not None and seen is not None:
        shown = [one for one in chosen if one.digest == seen]
        if not shown:
            raise ChangedSinceSeen(f"What is to be billed to {chosen[0].name} has changed since you looked.")
        chosen = shown
    for one in chosen:
        _decide(db, company, billing_day, one, held=False, approved=one.digest, by=by, now=now)


def hold_back(
    db: Session, company: Company, billing_day: date, customers: Collection[str], *, by: Actor, now: datetime
) -> None:
    """Hold customers back until they are approved. Raises NotOnThisDay."""
    for one in list(_chosen(db, company, billing_day, customers)):
        _decide(db, company, billing_day, one, held=True, approved=None, by=by, now=now)


def take_back(
    db: Session, company: Company, billing_day: date, customers: Collection[str], *, by: Actor, now: datetime
) -> None:
    """Take back what was billed and has not left; who was billed is held back from then on.

    Raises:
        NotOnThisDay: one of them was not billed on this day.
        NotNow: a document of one has left already, or may have; then nothing is taken back.
    """
    take_lane(db, company.id)
    billed = customers_billed(db, company.id, billing_day)
    rows = _rows(db, company, [origin for _, origin in billed])
    wanted = set(customers)
    chosen = [
        (key, rows[origin])
        for key, origin in billed
        if origin in rows and (key in wanted or rows[origin].party in wanted)
    ]
    _refuse_missing(wanted, {name for key, row in chosen for name in (key, row.party or "")})
    for _, row in chosen:
        exclude(db, company, row, by=by, now=now)
    back = {key for key, _ in chosen}
    for plan in plans_of(db, company, billing_day, back):
        for billing in plan.billings:
            if billing.customer.key in back:
                _decide(db, company, billing_day, _Billed.of(billing), held=True, approved=None, by=by, now=now)


def _rows(db: Session, company: Company, origins: Sequence[str]) -> dict[str, DocumentRow]:
    found: dict[str, DocumentRow] = {}
    for start in range(0, len(origins), _AT_A_TIME):
        found.update(by_origin(db, company.id, origins[start : start + _AT_A_TIME]))
    return found


@dataclass(frozen=True, slots=True)
class _Billed:
    """A billing as far as a decision needs it: there may be very many."""

    connection_id: int
    keys: tuple[str, str]  # of the customer
    name: str
    digest: str

    @classmethod
    def of(cls, billing: Billing) -> Self:
        """This billing."""
        return cls(billing.connection_id, billing.customer.keys, billing.customer.name, billing.digest)


def _chosen(db: Session, company: Company, billing_day: date, customers: Collection[str] | None) -> Iterator[_Billed]:
    """Those of these customers, or all that may go, as they stand. At its end it raises NotOnThisDay for others."""
    take_lane(db, company.id)
    wanted, found = set(customers or ()), set[str]()
    for plan in plans_of(db, company, billing_day, customers):
        for billing in plan.may_go if customers is None else plan.billings:
            names = {billing.customer.key, billing.customer.name}
            if customers is None or wanted & names:
                found |= names
                yield _Billed.of(billing)
    _refuse_missing(wanted, found)


def _refuse_missing(wanted: set[str], found: set[str]) -> None:
    missing = sorted(wanted - found)
    if missing:
        raise NotOnThisDay(f"{missing[0][:60]!r} is not to be billed on this day, or has been already.")


def _decide(
    db: Session,
    company: Company,
    billing_day: date,
    billing: _Billed,
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
            BillingDecision.customer == billing.keys[0],
        )
    )
    before = None if row is None else _state(row)
    if row is None:
        row = BillingDecision(
            company_id=company.id, billing_day=billing_day, connection_id=billing.connection_id,
            customer=billing.keys[0],
        )  # fmt: skip
        db.add(row)
    row.held, row.approved, row.by, row.at = held, approved, by, now
    db.flush()
    if not held:
        _let_go(db, company.id, billing, row)
    note_audit(
        db, Audited.BILLING_DECIDED, by=by, now=now, company_id=company.id,
        subject=f"{billing.name}, {billing_day}", before=before, after=_state(row),
    )  # fmt: skip


def _let_go(db: Session, company_id: int, billing: _Billed, row: BillingDecision) -> None:
    """He may have been held back on an earlier day, for another connection, or under the key that he had before
    QuickBooks knew him.
    """
    db.execute(
        update(BillingDecision)
        .where(
            BillingDecision.company_id == company_id,
            BillingDecision.customer.in_(billing.keys),
            BillingDecision.id != row.id,
            BillingDecision.billing_day <= row.billing_day,
        )
        .values(held=False)
    )


def _state(row: BillingDecision) -> dict[str, object]:
    return {"held": row.held, "approved": row.approved}
