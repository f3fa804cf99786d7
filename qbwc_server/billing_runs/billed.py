"""What has been billed of each part of each charge, as far as its documents are not excluded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge, ChargeKind, Cycle, Organisation
from qbwc_server.billing.days import Period
from qbwc_server.billing.statement import Billed, Due, Why, part_key
from qbwc_server.billing_runs.models import BilledPart, BillingOutcome, BillingRun, Outcome
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow

_PLACES = 20  # of a quantity that has to be worked out
_AT_A_TIME = 500  # names in one statement
_FIELDS = tuple(one.name for one in fields(Charge))
_PERIODS = ("period", "cycle_period")
_NUMBERS = ("quantity", "net_price", "net_price_prorated", "performance")


@dataclass(frozen=True, slots=True)
class BilledUp:
    """By part, all that stands billed; by key of a charge, which record told it then; by part, the last document, and
    who got it; by part, the last billing day whose document was excluded.
    """

    parts: dict[str, Billed]
    sources: dict[str, str]
    origins: dict[str, str]
    days: dict[str, date]
    customers: dict[str, str]
    excluded: dict[str, date]


def billed_by(
    db: Session,
    connection_id: int,
    sources: Collection[str],
    organisations: Collection[str],
    *,
    others: Collection[int] = (),
    keys: Collection[str] = (),
) -> BilledUp:
    """All that stands billed of what these records tell, or once told.

    Args:
        organisations: keys of those of which they tell, or told.
        others: connections of the same distributor; what those billed counts for charges of these ``keys`` and for
            those that this connection has billed, too: anything else that is not told here may be told there.
    """
    all_of_it = sorted(_with_state(db, [connection_id, *others], sorted(organisations)), key=lambda one: one[0].id)
    own = {row.part for row, _ in all_of_it if row.connection_id == connection_id and row.source_key in sources}
    rows: dict[str, list[BilledPart]] = defaultdict(list)
    excluded: dict[str, date] = {}
    for row, state in all_of_it:
        if row.part not in own and (row.connection_id == connection_id or row.part.partition("/")[0] not in keys):
            continue
        if state is State.EXCLUDED:
            excluded[row.part] = row.billing_day
        else:
            rows[row.part].append(row)
    return BilledUp(
        {part: _together(some) for part, some in rows.items()},
        {part.partition("/")[0]: some[-1].source_key for part, some in rows.items()},
        {part: some[-1].origin for part, some in rows.items()},
        {part: some[-1].billing_day for part, some in rows.items()},
        {part: some[-1].customer for part, some in rows.items()},
        excluded,
    )


def organisations_billed(db: Session, connection_id: int, since: date) -> Iterator[tuple[str, str]]:
    """Keys of records from ``since`` on, each with the key of an organisation that was billed by it."""
    rows = db.execute(
        select(BilledPart.source_key, BilledPart.organisation)
        .where(BilledPart.connection_id == connection_id, BilledPart.source_key >= since.isoformat())
        .distinct()
    )
    return ((row.source_key, row.organisation) for row in rows)


def left_out_for_good(db: Session, company_id: int, version: int, before: date) -> dict[tuple[int, str], date]:
    """By connection and part of a charge: the last day before this one that left it out, never to be billed by itself.

    Args:
        version: of the settings; by the same ones nothing of that is due now.
    """
    final = [why.value for why in Why if why.is_final]
    rows = db.execute(
        select(BillingOutcome.connection_id, BillingOutcome.part, BillingRun.billing_day)
        .join(BillingRun, BillingRun.id == BillingOutcome.run_id)
        .where(
            BillingRun.company_id == company_id,
            BillingRun.billing_day < before,
            BillingRun.settings_version != version,
            BillingOutcome.outcome == Outcome.LEFT,
            BillingOutcome.reason.in_(final),
        )
        .order_by(BillingRun.billing_day)
    )
    return {(connection_id, part): day for connection_id, part, day in rows}


def names_billed(db: Session, connection_ids: Collection[int]) -> set[str]:
    """Names under which organisations were billed without an id."""
    keys = db.scalars(
        select(BilledPart.organisation)
        .where(BilledPart.connection_id.in_(connection_ids), BilledPart.organisation.startswith("name:"))
        .distinct()
    )
    return {key.removeprefix("name:") for key in keys}


def customers_billed(
    db: Session, company_id: int, billing_day: date, customers: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Who has been billed on this day already, by ListID, and the origin of the document; of these, or of all."""
    query = (
        select(BilledPart.customer, BilledPart.origin)
        .join(DocumentRow, _document_of())
        .where(
            BilledPart.company_id == company_id,
            BilledPart.billing_day == billing_day,
            DocumentRow.state != State.EXCLUDED,
        )
        .distinct()
    )
    if customers is None:
        return [(row.customer, row.origin) for row in db.execute(query)]
    return [
        (row.customer, row.origin)
        for start in range(0, len(customers), _AT_A_TIME)
        for row in db.execute(query.where(BilledPart.customer.in_(customers[start : start + _AT_A_TIME])))
    ]


def part_record(due: Due, source: str, price: Decimal | None) -> dict[str, Any]:
    """What is kept of the billing of a part; ``source``: key of the record that told it, ``price``: of one unit."""
    was = due.instead_of
    return {
        "part": part_key(due.key, due.part),
        "source_key": source,
        "organisation": due.charge.organisation.key,
        "charge": charge_record(due.charge),
        "quantity": str(due.quantity),
        "factor": str(due.factor),
        "quantity_before": None if was is None else str(was.quantity),
        "factor_before": None if was is None else str(was.factor),
        "price": price if was is None or was.price is None else was.price,
    }


def _document_of() -> Any:
    return (DocumentRow.company_id == BilledPart.company_id) & (DocumentRow.origin == BilledPart.origin)


def _with_state(
    db: Session, connection_ids: Collection[int], organisations: Sequence[str]
) -> Iterator[tuple[BilledPart, State]]:
    for start in range(0, len(organisations), _AT_A_TIME):
        rows = db.execute(
            select(BilledPart, DocumentRow.state)
            .join(DocumentRow, _document_of())
            .where(
                BilledPart.connection_id.in_(connection_ids),
                BilledPart.organisation.in_(organisations[start : start + _AT_A_TIME]),
            )
        )
        yield from ((part, state) for part, state in rows)


def _together(rows: Sequence[BilledPart]) -> Billed:
    """What they come to: the last one says it, unless one of those before it has been taken back, or come back."""
    last = rows[-1]
    quantity, factor = Decimal(last.quantity), Fraction(last.factor)
    units = sum((_units(row) for row in rows), Fraction(0))
    if units != Fraction(quantity) * factor and factor:
        with localcontext(prec=_PLACES):
            whole = units / factor
            quantity = Decimal(whole.numerator) / Decimal(whole.denominator)
    return Billed(charge_from(last.charge), quantity, factor, last.price)


def _units(row: BilledPart) -> Fraction:
    before = (
        Fraction(0)
        if row.quantity_before is None or row.factor_before is None
        else Fraction(row.quantity_before) * Fraction(row.factor_before)
    )
    return Fraction(row.quantity) * Fraction(row.factor) - before


def charge_record(charge: Charge) -> dict[str, Any]:
    """A charge as it is kept: amounts and days are texts."""
    record = {name: getattr(charge, name) for name in _FIELDS}
    for name in _PERIODS:
        record[name] = [record[name].first.isoformat(), record[name].last.isoformat()]
    for name in _NUMBERS:
        record[name] = str(record[name])
    record["organisation"] = {"name": charge.organisation.name, "id": charge.organisation.id}
    return record


def charge_from(record: Mapping[str, Any]) -> Charge:
    """The charge that was kept."""
    values = dict(record)
    for name in _PERIODS:
        first, last = values[name]
        values[name] = Period(date.fromisoformat(first), date.fromisoformat(last))
    for name in _NUMBERS:
        values[name] = Decimal(values[name])
    values["organisation"] = Organisation(**values["organisation"])
    values["kind"], values["cycle"] = ChargeKind(values["kind"]), Cycle(values["cycle"])
    return Charge(**values)
