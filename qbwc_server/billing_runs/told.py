"""What the records of a connection say is charged: each charge under its key, with the record that told it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import (
    Charge,
    NotACharge,
    Organisation,
    charge_of,
    day_of,
    keyed,
    organisation_named,
)
from qbwc_server.billing.days import Period
from qbwc_server.billing.lines import times
from qbwc_server.billing_runs.keeping import CHARGES
from qbwc_server.channels.connections.models import Record
from qbwc_server.channels.connections.versions import BROKEN
from qbwc_server.documents.problems import Problem

ORGANISATIONS = "organisations"
"""The stream whose facts are ids and names of organisations, where a distributor tells them."""
_AT_A_TIME = 200  # bodies in memory
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


def names_of(db: Session, connection_id: int, known_by_name: Collection[str]) -> Names:
    """Names of organisations as the distributor tells them, also those that they had before.

    Args:
        known_by_name: names under which an organisation was billed before its id was told: it keeps that key.
    """
    names = _names(db, connection_id)
    ids = {name: number for name, number in names.ids.items() if name not in known_by_name}
    return Names(ids, names.ambiguous)


def sources_since(db: Session, connection_id: int, since: date) -> list[str]:
    """Keys of all facts of charges for periods of the distributor that begin on ``since`` or later."""
    return sorted(
        db.scalars(
            select(Record.source_key)
            .where(
                Record.connection_id == connection_id,
                Record.stream == CHARGES,
                Record.source_key >= since.isoformat(),
                Record.version < BROKEN,
            )
            .distinct()
        )
    )


def told_of(db: Session, connection_id: int, sources: Sequence[str], names: Names) -> Told:
    """All that is charged by these facts, as they are told now.

    Charges are told apart by number where all else is the same, so all facts of an organisation belong in one call.
    """
    told = Told(ambiguous=names.ambiguous)
    found: dict[Charge, list[str]] = defaultdict(list)  # equal ones are told apart by their numbers only
    for source, gone, body in _newest(db, connection_id, sources):
        told.sources.add(source)
        read_before = len(told.unread)
        for charge in () if gone else _charges(_read(body), names.ids, told.unread):
            found[charge].append(source)
        if len(told.unread) > read_before:
            told.unclear.add(source)
    for key, charge in keyed(charge for charge, sources in found.items() for _ in sources).items():
        told.charges[key] = charge
        told.source_of[key] = found[charge].pop()
    return told


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose charges a fact tells, and how many they are."""

    source: str
    organisations: frozenset[Organisation]
    charges: int


def whose(db: Session, connection_id: int, sources: Sequence[str], names: Names) -> Iterator[Whose]:
    """The organisations of each fact that tells any charge, be it one that cannot be billed."""
    for source, gone, body in _newest(db, connection_id, sources):
        told = [] if gone else (json.loads(body).get("charges") or [])
        found = {name for one in told if (name := _organisation_of(one)) is not None}
        if told:
            yield Whose(source, frozenset(Organisation(name, names.ids.get(name)) for name in found), len(told))


def _organisation_of(told: Any) -> str | None:
    try:
        return organisation_named(_fields(told))
    except NotACharge:
        return None


def cost_of(charge: Charge) -> Decimal:
    """What the distributor wants for it, to the cent."""
    return times(charge.quantity, charge.net_price_prorated)


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
    cost = times(quantity, price) if isinstance(quantity, Decimal) and isinstance(price, Decimal) else None
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


def _newest(db: Session, connection_id: int, sources: Sequence[str]) -> Iterator[tuple[str, bool, str]]:
    """The newest version of each of these facts, whether it is gone, and its text, as far as it is still here."""
    for start in range(0, len(sources), _AT_A_TIME):
        newest: dict[str, tuple[int, bool]] = {}
        rows = db.execute(
            select(Record.id, Record.source_key, Record.gone)
            .where(
                Record.connection_id == connection_id,
                Record.stream == CHARGES,
                Record.source_key.in_(sources[start : start + _AT_A_TIME]),
                Record.version < BROKEN,
            )
            .order_by(Record.source_key, Record.version)
        )
        for number, key, gone in rows:
            newest[key] = (number, gone)
        bodies = _bodies(db, [number for number, _ in newest.values()])
        for key, (number, gone) in newest.items():
            if gone or number in bodies:
                yield key, gone, bodies.get(number, "{}")


def _bodies(db: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = db.execute(select(Record.id, Record.body).where(Record.id.in_(ids), Record.body.is_not(None)))
    return {number: body for number, body in rows if body}


def _read(body: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    return read
