"""What the records of a connection say is charged: each charge under its key, with the record that told it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge, NotACharge, charge_of, day_of, keyed
from qbwc_server.billing.days import Period
from qbwc_server.billing.lines import CENT, half_up
from qbwc_server.billing_runs.keeping import CHARGES
from qbwc_server.channels.connections.models import Record
from qbwc_server.channels.connections.versions import BROKEN
from qbwc_server.documents.problems import Problem

ORGANISATIONS = "organisations"
"""The stream whose facts are ids and names of organisations, where a distributor tells them."""
_AT_A_TIME = 500  # bodies in memory
_UNNAMED = Problem(
    "no_organisation", "tags", "The charge names no organisation, or several.", "Ask the distributor whose it is."
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A charge that cannot be billed as it is told, and why; ``cost`` as far as that can be read."""

    problem: Problem
    organisation: str
    product: str
    cost: Decimal | None
    currency: str


@dataclass
class Told:
    """What is charged.

    Attributes:
        charges: by key.
        source_of: of each charge, the key of the record that tells it.
        sources: of all records that were read: what they told once and do not tell now has vanished.
        unread: what cannot be billed as it is told.
        unclear: records that hold something of that kind: what is not told there any more may be just that.
        ambiguous: names that several organisations have.
    """

    charges: dict[str, Charge] = field(default_factory=dict)
    source_of: dict[str, str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    ambiguous: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by the names of organisations, and names that several have."""

    ids: Mapping[str, str]
    ambiguous: frozenset[str]


def told_by(db: Session, connection_id: int, since: date, known_by_name: Iterable[str]) -> Told:
    """All that is charged for periods of the distributor that begin on ``since`` or later.

    Args:
        known_by_name: names under which an organisation was billed before its id was told: it keeps that key.
    """
    names = _names(db, connection_id)
    ids = {name: number for name, number in names.ids.items() if name not in set(known_by_name)}
    told = Told(ambiguous=names.ambiguous)
    found: dict[Charge, list[str]] = defaultdict(list)  # equal ones are told apart by their numbers only
    for source, gone, body in _newest(db, connection_id, CHARGES, since.isoformat()):
        told.sources.add(source)
        read_before = len(told.unread)
        for charge in () if gone else _charges(body, ids, told.unread):
            found[charge].append(source)
        if len(told.unread) > read_before:
            told.unclear.add(source)
    for key, charge in keyed(charge for charge, sources in found.items() for _ in sources).items():
        told.charges[key] = charge
        told.source_of[key] = found[charge].pop()
    return told


def cost_of(charge: Charge) -> Decimal:
    """What the distributor wants for it, to the cent."""
    return half_up(Fraction(charge.quantity) * Fraction(charge.net_price_prorated), CENT)


def _charges(body: Mapping[str, Any], ids: Mapping[str, str], unread: list[Unread]) -> Iterator[Charge]:
    name = str(body.get("organisation") or "")
    told = body.get("charges") or []
    try:
        period = Period(day_of(body.get("period_from"), "period_from"), day_of(body.get("period_to"), "period_to"))
    except (NotACharge, ValueError) as wrong:
        problem = wrong.problem if isinstance(wrong, NotACharge) else Problem("not_a_charge", "", str(wrong), "")
        unread.extend(_unread(one, name, problem) for one in told)
        return
    for one in told:
        try:
            charge = charge_of(_fields(one), period, ids)
        except NotACharge as wrong:
            unread.append(_unread(one, name, _UNNAMED if wrong.problem.field == "tags" else wrong.problem))
        else:
            yield charge


def _fields(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise NotACharge("", "What stands among the charges is no object.")
    return told


def _number(text: str) -> object:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if value.is_finite() else text


def _unread(told: Any, organisation: str, problem: Problem) -> Unread:
    fields = {str(name).lower(): value for name, value in told.items()} if isinstance(told, Mapping) else {}
    product = next((str(fields[one]) for one in ("productname", "sku", "chargename") if fields.get(one)), "")
    quantity, price = (_number(str(fields.get(one))) for one in ("quantity", "netpriceprorated"))
    known = isinstance(quantity, Decimal) and isinstance(price, Decimal)
    cost = half_up(Fraction(str(quantity)) * Fraction(str(price)), CENT) if known else None
    return Unread(problem, organisation, product, cost, str(fields.get("currency") or ""))


def _names(db: Session, connection_id: int) -> Names:
    """Also by the names that they had before: charges of earlier periods say those."""
    current: dict[str, set[str]] = defaultdict(set)
    former: dict[str, set[str]] = defaultdict(set)
    newest: dict[str, str] = {}
    rows = db.execute(
        select(Record.source_key, Record.body)
        .where(
            Record.connection_id == connection_id,
            Record.stream == ORGANISATIONS,
            Record.version < BROKEN,
            Record.body.is_not(None),
        )
        .order_by(Record.source_key, Record.version)
    )
    for key, body in rows:
        name = json.loads(body or "{}").get("displayName")
        if isinstance(name, str):
            newest[key] = " ".join(name.split())
            former[newest[key]].add(key)
    for key, name in newest.items():
        current[name].add(key)
    of = {name: current.get(name) or keys for name, keys in former.items()}
    return Names(
        {name: next(iter(keys)) for name, keys in of.items() if len(keys) == 1},
        frozenset(name for name, keys in of.items() if len(keys) > 1),
    )


def _newest(db: Session, connection_id: int, stream: str, since: str) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """The newest version of each fact whose key begins with a day from ``since`` on, as far as it is still here."""
    newest: dict[str, tuple[int, bool]] = {}
    rows = db.execute(
        select(Record.id, Record.source_key, Record.gone)
        .where(
            Record.connection_id == connection_id,
            Record.stream == stream,
            Record.source_key >= since,
            Record.version < BROKEN,
        )
        .order_by(Record.source_key, Record.version)
    )
    for number, key, gone in rows:
        newest[key] = (number, gone)
    keys = sorted(newest)
    for start in range(0, len(keys), _AT_A_TIME):
        some = keys[start : start + _AT_A_TIME]
        bodies = _bodies(db, [newest[key][0] for key in some])
        for key in some:
            number, gone = newest[key]
            if gone or number in bodies:
                yield key, gone, bodies.get(number, {})


def _bodies(db: Session, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    rows = db.execute(select(Record.id, Record.body).where(Record.id.in_(ids), Record.body.is_not(None)))
    return {number: json.loads(body, parse_float=Decimal, parse_int=Decimal) for number, body in rows if body}
