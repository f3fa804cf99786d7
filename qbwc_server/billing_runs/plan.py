"""What a billing day would bill at this moment: customers with their lines and warnings, orphans, what is left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge
from qbwc_server.billing.days import Period, first_billed, is_billing_day, period_of
from qbwc_server.billing.statement import Due, Left, Why, part_key, statement
from qbwc_server.billing_runs.billed import BilledUp, billed_by, customers_billed, left_out_for_good, names_billed
from qbwc_server.billing_runs.invoicing import Assigned, Before, Caution, Invoicing, Line, Priced, invoicing_of
from qbwc_server.billing_runs.keeping import charge_connections, same_source, settings_of, settings_row
from qbwc_server.billing_runs.models import LONGEST_ORGANISATION, BillingDecision
from qbwc_server.billing_runs.portions import Portion, portioned
from qbwc_server.billing_runs.seen import said_last
from qbwc_server.billing_runs.settings import Approval, BillingSettings, Delivery, Makes
from qbwc_server.billing_runs.switches import switches_of
from qbwc_server.billing_runs.targets import Customer, Targets, items_meant
from qbwc_server.billing_runs.told import Told, Unread, names_of, told_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.tenancy.models import Company

_LONGEST_TERM = timedelta(days=430)  # a year's subscription in twelve parts, and a period of the distributor
_A_PERIOD = timedelta(days=62)
_OUT_OF_ORDER = (ConnectionState.FAILING, ConnectionState.NEEDS_SIGN_IN)
_AT_A_TIME = 500  # customers in one statement
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
    """One invoice or credit memo that a customer would get.

    Attributes:
        connection_id: of the first connection that tells something of it.
        sources: keys of the records that tell, or told, what is charged: by connection and key of the charge.
    """

    connection_id: int
    customer: Customer
    makes: Makes
    invoicing: Invoicing
    sources: dict[tuple[int, str], str] = field(repr=False)
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
    def priced(self) -> Sequence[Priced]:
        """All that it bills."""
        return self.invoicing.priced

    @property
    def connections(self) -> set[int]:
        """All connections that tell something of it."""
        return {one.connection_id for one in self.priced}

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
    """What a billing day comes to, or a portion of it."""

    billing_day: date
    period: Period
    settings: BillingSettings
    billings: list[Billing] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
    left: list[NotNow] = field(default_factory=list)
    unread: list[tuple[int, Unread]] = field(default_factory=list)
    items: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by connection: names of those that offers mean
    problems: list[Problem] = field(default_factory=list)  # of the whole: nothing goes by itself before they are mended

    @property
    def may_go(self) -> list[Billing]:
        """Those that are approved together: all that are not held back or blocked."""
        return [one for one in self.billings if one.standing not in (Standing.HELD, Standing.BLOCKED)]

    @property
    def digest(self) -> str:
        """Of all that may go, as that of one billing."""
        return digest_of(one.digest for one in self.may_go)


def digest_of(digests: Iterable[str]) -> str:
    """Of many, in their order."""
    return sha256("".join(digests).encode()).hexdigest()


def plan_of(db: Session, company: Company, billing_day: date) -> Plan:
    """What would be billed, all at once: for what a person looks at.

    Raises:
        NoBillingSettings: nobody has said how.
        Invalid: it is no billing day.
    """
    planning = Planning(db, company, billing_day)
    plan = planning.blank()
    for portion in planning.portions.portions:
        planning.add(db, portion, plan)
    return plan


def plans_of(
    db: Session, company: Company, billing_day: date, customers: Collection[str] | None = None
) -> Iterator[Plan]:
    """The same in portions; those only that hold one of these customers, if some are named. Raises as ``plan_of``."""
    planning = Planning(db, company, billing_day)
    portions = planning.portions
    for portion in portions.portions if customers is None else portions.of_customers(customers):
        yield planning.add(db, portion, planning.blank())


def problems_of(db: Session, company_id: int) -> list[Problem]:
    """Why nothing goes by itself."""
    connections = charge_connections(db, company_id)
    return [_out_of_order(one) for one in connections if one.state in _OUT_OF_ORDER]


def refuse_other_days(settings: BillingSettings, company: Company, day: date) -> None:
    """Raises Invalid where it is no billing day."""
    if not is_billing_day(settings, day):
        raise Invalid(f"{day} is no billing day of {company.code}.", advice="See: qbwc-server billing preview")


class MovedMeanwhile(Conflict):
    """What was together when the portions were made is not any more: somebody has mapped, or something was told."""

    code = "billing_moved"
    advice = "Ask again."
    retry_helps = True


class Planning:
    """What all portions of a billing day have in common, as it was when it was read."""

    def __init__(self, db: Session, company: Company, billing_day: date) -> None:
        """Raises NoBillingSettings, or Invalid where it is no billing day."""
        self._company_id, self._day = company.id, billing_day
        self.settings = settings_of(db, company.id)
        refuse_other_days(self.settings, company, billing_day)
        self.said = said_last(db, company.id)
        self._left_out = left_out_for_good(db, company.id, settings_row(db, company.id).version, billing_day)
        connections = charge_connections(db, company.id)
        ids = [one.id for one in connections]
        self._problems = problems_of(db, company.id)
        self._others = {one.id: same_source(db, one) for one in connections}
        self._names = {one: names_of(db, one, names_billed(db, [one, *self._others[one]])) for one in ids}
        self._switches = switches_of(db, ids)
        self._items = {one: items_meant(db, company.id, one) for one in ids}
        since = max(first_billed(self.settings) - _A_PERIOD, billing_day - _LONGEST_TERM)
        self._distributors = {one: min([one, *(set(self._others[one]) & set(ids))]) for one in ids}
        self.portions = portioned(db, company.id, self._names, self._distributors, since)

    def blank(self) -> Plan:
        """A plan in which nothing stands yet."""
        period = period_of(self.settings, self._day)
        return Plan(self._day, period, self.settings, items=self._items, problems=self._problems)

    def add(self, db: Session, portion: Portion, plan: Plan) -> Plan:
        """Add what a portion would bill now to a plan. Raises MovedMeanwhile."""
        dues = _Dues()
        for connection_id, sources in sorted(portion.sources.items()):
            organisations = portion.organisations.get(self._distributors[connection_id], set())
            self._add_connection(db, connection_id, sources, organisations, plan, dues)
        self._refuse_what_moved(portion, dues)
        keys = sorted({key for some in dues.by_customer.values() for key in some[0].target.customer.keys})
        already = {key for key, _ in customers_billed(db, self._company_id, self._day, keys)}
        decisions = _decisions(db, self._company_id, self._day, keys)
        for some in dues.by_customer.values():
            customer = some[0].target.customer
            if already & set(customer.keys):
                plan.left.extend(_not_now(one.connection_id, one.due, NEXT_DAY) for one in some)
            else:
                said = [one for key in customer.keys for one in decisions.get(key, ())]
                plan.billings.append(self._billing(some, dues, said))
        return plan

    def _add_connection(
        self,
        db: Session,
        connection_id: int,
        sources: Sequence[str],
        organisations: Collection[str],
        plan: Plan,
        dues: _Dues,
    ) -> None:
        others = self._others[connection_id]
        told = told_of(db, connection_id, sources, self._names[connection_id])
        plan.unread.extend((connection_id, one) for one in told.unread)
        billed = _still_clear(
            billed_by(db, connection_id, told.sources, organisations, others=others, keys=told.charges), told
        )
        elsewhere = {key for one in others for key in dues.told.get(one, ())}
        dues.note(connection_id, told, billed)
        lost = [one.charge for part, one in billed.parts.items() if part.partition("/")[0] not in told.charges]
        targets = Targets(
            db, self._company_id, connection_id, self.settings, self._switches[connection_id],
            [*told.charges.values(), *lost], told.ambiguous,
        )  # fmt: skip
        for one in statement(told.charges, billed.parts, self.settings, self._day):
            if isinstance(one, Left):
                plan.left.append(_left(connection_id, one, billed))
                continue
            if one.key in elsewhere:
                plan.left.append(_not_now(connection_id, one, BY_ANOTHER))
                continue
            target = targets.of(one.charge)
            if isinstance(target, Problem):
                plan.orphans.append(Orphan(connection_id, one.key, one.part, one.charge, target, one.is_gone))
            else:
                assigned = Assigned(connection_id, one, target, targets.makes(one.charge.organisation))
                dues.by_customer.setdefault(target.customer.key, []).append(assigned)

    def _refuse_what_moved(self, portion: Portion, dues: _Dues) -> None:
        homes = self.portions
        told = {(self._distributors[one], key[:LONGEST_ORGANISATION]) for one, key, _ in dues.known}
        of_organisations = {homes.organisations.get(one) for one in told}
        of_customers = {homes.customers.get(key) for key in dues.by_customer}
        if (of_organisations | of_customers) - {None, portion.number}:
            raise MovedMeanwhile

    def _billing(self, some: Sequence[Assigned], dues: _Dues, decisions: Sequence[BillingDecision]) -> Billing:
        makes = Makes.UPDATE if any(one.makes is Makes.UPDATE for one in some) else Makes.CREATE
        invoicing = invoicing_of(some, self.settings, Before(dues.known, dues.customers, dues.excluded, self._left_out))
        first, customer = min(one.connection_id for one in some), some[0].target.customer
        billing = Billing(first, customer, makes, invoicing, dues.sources, self.settings.delivery)
        return replace(billing, standing=_standing(billing, self.settings, decisions))


@dataclass
class _Dues:
    """What is due in one portion."""

    by_customer: dict[str, list[Assigned]] = field(default_factory=dict)
    known: Counter[tuple[int, str, Period]] = field(default_factory=Counter)
    sources: dict[tuple[int, str], str] = field(default_factory=dict)
    told: dict[int, frozenset[str]] = field(default_factory=dict)  # by connection: keys of its charges
    customers: dict[tuple[int, str], str] = field(default_factory=dict)  # by part: to whom it was billed
    excluded: dict[tuple[int, str], date] = field(default_factory=dict)

    def note(self, connection_id: int, told: Told, billed: BilledUp) -> None:
        for one in told.charges.values():
            self.known[connection_id, one.organisation.key, one.cycle_period] += 1
        for sources in (billed.sources, told.source_of):
            self.sources.update({(connection_id, key): source for key, source in sources.items()})
        self.told[connection_id] = frozenset(told.charges)
        self.customers.update({(connection_id, part): one for part, one in billed.customers.items()})
        self.excluded.update({(connection_id, part): day for part, day in billed.excluded.items()})


def _still_clear(billed: BilledUp, told: Told) -> BilledUp:
    """Without what may be among charges that cannot be read now: nothing is given back for those."""
    parts = {
        part: one
        for part, one in billed.parts.items()
        if (key := part.partition("/")[0]) in told.charges or billed.sources[key] not in told.unclear
    }
    return replace(billed, parts=parts)


def _not_now(connection_id: int, due: Due, reason: str) -> NotNow:
    return NotNow(connection_id, due.key, due.part, due.charge, reason, gone=due.is_gone)


def _left(connection_id: int, left: Left, billed: BilledUp) -> NotNow:
    part = part_key(left.key, left.part)
    is_billed = left.why is Why.BILLED
    return NotNow(
        connection_id, left.key, left.part, left.charge, left.why,
        billed.origins.get(part, "") if is_billed else "", billed.days.get(part) if is_billed else None,
    )  # fmt: skip


def _standing(billing: Billing, settings: BillingSettings, decisions: Sequence[BillingDecision]) -> Standing:
    """What a person said counts for what he saw: what has changed since waits again."""
    if any(one.blocks for one in billing.warnings):
        return Standing.BLOCKED
    if any(one.held for one in decisions):
        return Standing.HELD
    if decisions and billing.digest in [one.approved for one in decisions]:
        return Standing.APPROVED
    if billing.warnings:
        return Standing.WARNED
    changed = any(one.approved is not None for one in decisions)
    return Standing.NOT_APPROVED if changed or settings.approval is Approval.NEEDED else Standing.GOES


def _decisions(
    db: Session, company_id: int, billing_day: date, customers: Sequence[str]
) -> dict[str, list[BillingDecision]]:
    """What was said of each customer for this day; else that he is held back, on whichever day that was said."""
    of_the_day: dict[str, list[BillingDecision]] = {}
    held: dict[str, list[BillingDecision]] = {}
    for start in range(0, len(customers), _AT_A_TIME):
        rows = db.scalars(
            select(BillingDecision)
            .where(
                BillingDecision.company_id == company_id,
                BillingDecision.customer.in_(customers[start : start + _AT_A_TIME]),
            )
            .order_by(BillingDecision.at, BillingDecision.id)
        )
        for row in rows:
            if row.billing_day == billing_day:
                of_the_day.setdefault(row.customer, []).append(row)
            elif row.held:
                held.setdefault(row.customer, []).append(row)
    return held | of_the_day


def _out_of_order(connection: Connection) -> Problem:
    return Problem(
        "charges_not_current",
        "connection",
        f"{connection.title} does not tell its charges: {connection.message or connection.state.value}",
        "Mend the connection; the run goes on by itself then. Or run it by hand with what is here.",
    )
