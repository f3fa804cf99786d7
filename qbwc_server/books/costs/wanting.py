"""Which cost items are to have: asked for anew as often as it is said, and never twice at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.costs.models import CostState, ItemCost
from qbwc_server.ids import new_id
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.states import Priority
from qbxml import render
from qbxml.messages.item import ItemQueryRq

READ, LOOK, WRITE = "cost_read", "cost_look", "cost_write"
"""The purposes. The subject of READ and WRITE is the number of the cost, that of LOOK the request that is in doubt."""
_FIVE_PLACES = Decimal("0.00001")  # of a price in QuickBooks
_AT_A_TIME = 500
_FRESH = timedelta(days=1)
_TELLS = (
    *("ListID", "Name", "FullName", "IsActive", "EditSequence"),
    *("SalesOrPurchase", "SalesAndPurchase", "PurchaseCost"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The cost that an item is to have; ``problem``: why none can be written, as code and message."""

    list_id: str
    name: str
    cost: Decimal
    problem: tuple[str, str] | None = None


def as_written(cost: Decimal) -> Decimal:
    """A cost in the places that QuickBooks has for it."""
    return cost.quantize(_FIVE_PLACES, ROUND_HALF_UP)


def want_costs(db: Session, company_id: int, wanted: Sequence[Wanted], *, now: datetime) -> None:
    """Have these costs written to their items, each as soon as QuickBooks has told what stands there."""
    take_lane(db, company_id)
    known = costs_of(db, company_id, [one.list_id for one in wanted])
    for one in wanted:
        row = known.get(one.list_id)
        if row is None:
            row = ItemCost(company_id=company_id, list_id=one.list_id, state=CostState.THERE)
            db.add(row)
        elif one.problem is None and row.state is CostState.THERE and _is_fresh(row, one.cost, now):
            continue
        is_under_way = row.state is CostState.WAITING
        row.name, row.cost, row.changed_at = one.name, f"{as_written(one.cost):f}", now
        row.code, row.message = (None, None) if one.problem is None else one.problem
        if one.problem is not None:
            row.state, row.tries = CostState.NOT_WRITTEN, 0
        elif not is_under_way:
            row.state, row.tries = CostState.WAITING, 0
            db.flush()
            put(db, company_id, [read(row)], now)
    db.flush()


def _is_fresh(row: ItemCost, cost: Decimal, now: datetime) -> bool:
    """Whether the item was just seen to have it: a run that is begun again does not ask again."""
    return Decimal(row.cost) == as_written(cost) and now - row.changed_at < _FRESH


def costs_of(db: Session, company_id: int, list_ids: Sequence[str]) -> Mapping[str, ItemCost]:
    """What became of the costs of these items, by ListID."""
    found: dict[str, ItemCost] = {}
    for start in range(0, len(list_ids), _AT_A_TIME):
        rows = db.scalars(
            select(ItemCost).where(
                ItemCost.company_id == company_id, ItemCost.list_id.in_(list_ids[start : start + _AT_A_TIME])
            )
        )
        found.update((row.list_id, row) for row in rows)
    return found


def all_costs(db: Session, company_id: int) -> list[ItemCost]:
    """What became of the cost of every item, by name."""
    return list(db.scalars(select(ItemCost).where(ItemCost.company_id == company_id).order_by(ItemCost.name)))


def read(row: ItemCost) -> NewRequest:
    """What stands in the item now?"""
    number = new_id()
    return NewRequest(READ, str(row.id), "ItemQuery", False, Priority.READ, _query(row, number), id=number)


def look(row: ItemCost, about: UUID) -> NewRequest:
    """The same, to find out whether ``about`` was executed."""
    number = new_id()
    return NewRequest(LOOK, str(about), "ItemQuery", False, Priority.LOOK, _query(row, number), id=number)


def _query(row: ItemCost, number: UUID) -> str:
    return render(ItemQueryRq(list_ids=(row.list_id,), include_ret_elements=_TELLS, request_id=str(number)))
