"""What a billing day would bill at this moment: customers with their lines and warnings, orphans, what is left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from qbwc_server.billing.charges import Charge
from qbwc_server.billing.days import Period, first_billed, is_billing_day, period_of
from qbwc_server.billing.statement import Due, Left, Why, part_key, statement
from qbwc_server.billing_runs.billed import BilledUp, billed_by, customers_billed, names_billed
from qbwc_server.billing_runs.invoicing import Assigned, Before, Caution, Invoicing, Line, invoicing_of
from qbwc_server.billing_runs.keeping import charge_connections, same_source, settings_of
from qbwc_server.billing_runs.models import BillingDecision
from qbwc_server.billing_runs.seen import Seen, seen_now
from qbwc_server.billing_runs.settings import Approval, BillingSettings, Delivery, Makes
from qbwc_server.billing_runs.targets import Customer, Targets, items_meant
from qbwc_server.billing_runs.told import Told, Unread, told_by
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Invalid
from qbwc_server.tenancy.models import Company

_LONGEST_TERM = timedelta(days=430)  # a year's subscription in twelve parts, and a period of the distributor
_A_PERIOD = timedelta(days=62)
_OUT_OF_ORDER = (ConnectionState.FAILING, ConnectionState.NEEDS_SIGN_IN)
NEXT_DAY = "next_billing_day"
BY_ANOTHER = "by_another_connection"  # of the same distributor


class Standing(StrEnum):
    """Whether a customer is billed when the time has come."""

    GOES = "goes"
    APPROVED = "approved"
    HELD = "held"  # a person said so
    NOT_APPROVED = "not_approved"  # nobody has approved it as it is now
    WARNED = "warned"  # a warning that nobody has acknowledged
    BLOCKED = "blocked"  # something has to be mended

    @property
    def is_billed(self) -> bool:
        """Whether it goes."""
        return self in (Standing.GOES, Standing.APPROVED)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A charge that nobody can be billed for as things stand; ``part`` of twelve, else 0.

    ``gone``: it was billed, is not charged any more, and was to be given back.
    """

    connection_id: int
    key: str
    part: int
    charge: Charge
    problem: Problem
    gone: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """A charge, or part of one, that is not billed on this day, and why; ``gone`` as in ``Orphan``.

    Where it has been billed, ``origin`` is that of the document, and ``billed_on`` the billing day.
    """

    connection_id: int
    key: str
    part: int
    charge: Charge
    reason: str
    origin: str = ""
    billed_on: date | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Billing:
    """One invoice or credit memo that a customer would get."""

    connection_id: int
    customer: Customer
    makes: Makes
    invoicing: Invoicing
    sources: dict[str, str] = field(repr=False)  # by key of a charge
    delivery: Delivery
    standing: Standing = Standing.GOES

    @property
    def lines(self) -> Sequence[Line]:
        """Its lines."""
        return self.invoicing.lines

    @property
    def warnings(self) -> Sequence[Caution]:
        """What a person should see first."""
        return self.invoicing.warnings

    @property
    def dues(self) -> Iterator[Due]:
        """All that it bills."""
        return (due for due, _ in self.invoicing.priced)

    @property
    def digest(self) -> str:
        """Of what is billed and warned of: what was approved is approved as long as this is the same.

        What QuickBooks fills in counts, too: a person has seen what it comes to.
        """
        lines = [[one.organisation, one.as_record(), one.price.value, one.bill.total] for one in self.lines]
        said = lines, [[one.code, one.message] for one in self.warnings]
        whose = self.connection_id, self.customer.key, self.makes, self.delivery
        return sha256(json.dumps([*whose, *said], default=str).encode()).hexdigest()


@dataclass
class Plan:
    """What a billing day comes to. ``seen`` is how the company stood when it was made."""

    billing_day: date
    period: Period
    settings: BillingSettings
    seen: Seen
    billings: list[Billing] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
    left: list[NotNow] = field(default_factory=list)
    unread: list[tuple[int, Unread]] = field(default_factory=list)
    items: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by connection: names of those that offers mean
    told: dict[int, frozenset[str]] = field(default_factory=dict)  # by connection: keys of its charges
    problems: list[Problem] = field(default_factory=list)  # of the whole: nothing goes by itself before they are mended

    @property
    def may_go(self) -> list[Billing]:
        """Those that are approved together: all that are not held back or blocked."""
        return [one for one in self.billings if one.standing not in (Standing.HELD, Standing.BLOCKED)]

    @property
    def digest(self) -> str:
        """Of all that may go, as that of one billing."""
        return sha256("".join(one.digest for one in self.may_go).encode()).hexdigest()


def plan_of(db: Session, company: Company, billing_day: date) -> Plan:
    """What would be billed.

    Raises:
        NoBillingSettings: nobody has said how.
        Invalid: it is no billing day.
    """
    settings = settings_of(db, company.id)
    if not is_billing_day(settings, billing_day):
        raise Invalid(f"{billing_day} is no billing day of {company.code}.", advice="See: qbwc-server billing preview")
    plan = Plan(billing_day, period_of(settings, billing_day), settings, seen_now(db, company.id))
    decisions = _decisions(db, company.id, billing_day)
    for connection in charge_connections(db, company.id):
        if connection.state in _OUT_OF_ORDER:
            plan.problems.append(_out_of_order(connection))
        plan.items[connection.id] = items_meant(db, company.id, connection.id)
        _plan_connection(db, company, connection, plan, decisions)
    return plan


def _still_clear(billed: BilledUp, told: Told) -> BilledUp:
    """Without what may be among charges that cannot be read now: nothing is given back for those."""
    parts = {
        part: one
        for part, one in billed.parts.items()
        if (key := part.partition("/")[0]) in told.charges or billed.sources[key] not in told.unclear
    }
    return replace(billed, parts=parts)


def _plan_connection(
    db: Session, company: Company, connection: Connection, plan: Plan, decisions: dict[tuple[int, str], BillingDecision]
) -> None:
    settings, day, connection_id = plan.settings, plan.billing_day, connection.id
    since = max(first_billed(settings) - _A_PERIOD, day - _LONGEST_TERM)
    others = same_source(db, connection)
    told = told_by(db, connection_id, since, names_billed(db, [connection_id, *others]))
    plan.unread.extend((connection_id, one) for one in told.unread)
    billed = _still_clear(billed_by(db, connection_id, told.sources, others, told.charges), told)
    already = customers_billed(db, connection_id, day)
    lost = [one.charge for part, one in billed.parts.items() if part.partition("/")[0] not in told.charges]
    targets = Targets(db, company.id, connection_id, settings, [*told.charges.values(), *lost], told.ambiguous)
    groups: dict[str, list[Assigned]] = {}
    elsewhere = {key for number in others for key in plan.told.get(number, ())}
    plan.told[connection_id] = frozenset(told.charges)
    for one in statement(told.charges, billed.parts, settings, day):
        if isinstance(one, Left):
            plan.left.append(_left(connection_id, one, billed))
            continue
        if one.key in elsewhere:
            plan.left.append(NotNow(connection_id, one.key, one.part, one.charge, BY_ANOTHER, gone=one.is_gone))
            continue
        target = targets.of(one.charge)
        if isinstance(target, Problem):
            plan.orphans.append(Orphan(connection_id, one.key, one.part, one.charge, target, one.is_gone))
        elif target.customer.key in already:
            plan.left.append(NotNow(connection_id, one.key, one.part, one.charge, NEXT_DAY, gone=one.is_gone))
        else:
            assigned = Assigned(one, target, targets.makes(one.charge.organisation))
            groups.setdefault(target.customer.key, []).append(assigned)
    sources = {**billed.sources, **told.source_of}
    known = {(one.organisation.key, one.cycle_period) for one in told.charges.values()}
    before = Before(known, billed.customers, billed.excluded)
    for some in groups.values():
        invoicing = invoicing_of(some, settings, before)
        makes = Makes.UPDATE if any(one.makes is Makes.UPDATE for one in some) else Makes.CREATE
        customer = some[0].target.customer
        billing = Billing(connection_id, customer, makes, invoicing, sources, settings.delivery)
        said = (decisions.get((connection_id, one)) for one in customer.keys)
        decision = next((one for one in said if one is not None), None)
        plan.billings.append(replace(billing, standing=_standing(billing, settings, decision)))


def _left(connection_id: int, left: Left, billed: BilledUp) -> NotNow:
    part = part_key(left.key, left.part)
    is_billed = left.why is Why.BILLED
    return NotNow(
        connection_id, left.key, left.part, left.charge, left.why,
        billed.origins.get(part, "") if is_billed else "", billed.days.get(part) if is_billed else None,
    )  # fmt: skip


def _standing(billing: Billing, settings: BillingSettings, decision: BillingDecision | None) -> Standing:
    """What a person said counts for what he saw: what has changed since waits again."""
    if any(one.blocks for one in billing.warnings):
        return Standing.BLOCKED
    if decision is not None and decision.held:
        return Standing.HELD
    if decision is not None and decision.approved == billing.digest:
        return Standing.APPROVED
    if billing.warnings:
        return Standing.WARNED
    changed = decision is not None and decision.approved is not None
    return Standing.NOT_APPROVED if changed or settings.approval is Approval.NEEDED else Standing.GOES


def _decisions(db: Session, company_id: int, billing_day: date) -> dict[tuple[int, str], BillingDecision]:
    """What was said of each customer for this day; else that he is held back, where that was the last that was said."""
    newer = aliased(BillingDecision)
    said_since = select(newer.id).where(
        newer.connection_id == BillingDecision.connection_id,
        newer.customer == BillingDecision.customer,
        tuple_(newer.at, newer.id) > tuple_(BillingDecision.at, BillingDecision.id),
    )
    of_the_day = BillingDecision.billing_day == billing_day
    rows = db.scalars(
        select(BillingDecision)
        .where(
            BillingDecision.company_id == company_id,
            or_(of_the_day, and_(BillingDecision.held, ~said_since.exists())),
        )
        .order_by(of_the_day)  # last, so that it counts
    )
    return {(row.connection_id, row.customer): row for row in rows}


def _out_of_order(connection: Connection) -> Problem:
    return Problem(
        "charges_not_current",
        "connection",
        f"{connection.title} does not tell its charges: {connection.message or connection.state.value}",
        "Mend the connection; the run goes on by itself then. Or run it by hand with what is here.",
    )
