"""Answers about the cost of an item: what stands there, what was written, what a lost answer left open.

A cost is written onto what was read just before, by its edit sequence. After any doubt the item is read again: it
has the cost, or it is as it was and gets it once more, or somebody has changed it and it is looked at anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.books.costs.models import CostState, ItemCost
from qbwc_server.books.costs.wanting import LOOK, READ, WRITE, look, read
from qbwc_server.ids import new_id
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply, Work
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Event, Priority, RequestState
from qbxml import Aggregate, build, render
from qbxml.outcome import Cause, Outcome

MOST_READS = 6
MOST_SENDINGS = 6
_KINDS = {  # where the cost of an item of each type stands, the field by which it is changed, and the type's own part
    "ItemServiceRet": ("sales_and_purchase", "ItemServiceMod"),
    "ItemNonInventoryRet": ("sales_and_purchase", "ItemNonInventoryMod"),
    "ItemOtherChargeRet": ("sales_and_purchase", "ItemOtherChargeMod"),
    "ItemInventoryRet": ("", "ItemInventoryMod"),
    "ItemInventoryAssemblyRet": ("", "ItemInventoryAssemblyMod"),
}
_FIELDS = {
    "ItemServiceMod": "item_service_mod",
    "ItemNonInventoryMod": "item_non_inventory_mod",
    "ItemOtherChargeMod": "item_other_charge_mod",
    "ItemInventoryMod": "item_inventory_mod",
    "ItemInventoryAssemblyMod": "item_inventory_assembly_mod",
}


def look_for(db: Session, company_id: int, uncertain: Sequence[RequestRow], now: datetime) -> None:
    """Queue a look-up for each write whose answer is missing."""
    looks = []
    for row in uncertain:
        cost = db.get(ItemCost, int(row.subject))
        if cost is not None:
            looks.append(look(cost, row.id))
    put(db, company_id, looks, now)


def read_item(work: Work, row: RequestRow, reply: Reply) -> None:
    """The item as it stands: it gets the cost, has it, or cannot have it."""
    cost = work.db.get(ItemCost, int(row.subject))
    if cost is None or cost.state is not CostState.WAITING:
        work.settle(row, Event.DONE, reply)
    elif not _told(reply):
        _not_told(work, row, cost, reply)
    elif work.settle(row, Event.DONE, reply):
        _write(work, cost, reply.first, instead_of=row)


def read_written(work: Work, row: RequestRow, reply: Reply) -> None:
    """What QuickBooks says of a cost that was sent."""
    cost, said = work.db.get(ItemCost, int(row.subject)), reply.said
    if cost is None:
        work.settle(row, Event.DONE, reply)
    elif reply.ended_by is None and said.outcome is Outcome.DONE and reply.first is not None:
        if work.settle(row, Event.DONE, reply):
            _there(work, cost, _sent(work, row))
    elif said.doubtful or (reply.ended_by is None and said.outcome is Outcome.DONE):
        work.doubt(row)
    elif said.cause is Cause.STALE and reply.ended_by is None:
        if work.settle(row, Event.REFUSED, reply):
            _read_again(work, cost, said.sentence)
    elif said.outcome is Outcome.TRY_AGAIN and reply.ended_by is None and row.attempts < MOST_SENDINGS:
        work.settle(row, Event.AGAIN if said.cause is Cause.ANOTHER_FAILED else Event.LOCKED, reply)
    elif work.settle(row, Event.REFUSED, reply):
        _cannot(work, cost, reply.reason, said.sentence)


def read_look(work: Work, row: RequestRow, reply: Reply) -> None:
    """Was a cost written whose answer is missing?"""
    found = requests_by_id(work.db, work.company.id, [UUID(row.subject)])
    about = found[0] if found else None
    cost = None if about is None else work.db.get(ItemCost, int(about.subject))
    if about is None or cost is None:
        work.settle(row, Event.DONE, reply)
        return
    if not _told(reply) and reply.ended_by is None and row.attempts < MOST_READS:
        work.settle(row, Event.AGAIN)
        return
    if not work.settle(row, Event.DONE, reply):
        return
    work.states.setdefault(about.id, about.state)
    if work.states[about.id] is RequestState.UNCERTAIN:
        _judge(work, about, cost, reply)


def _judge(work: Work, about: RequestRow, cost: ItemCost, reply: Reply) -> None:
    item = reply.first
    if item is not None and _cost_in(item) == Decimal(_sent(work, about)):
        if work.settle(about, Event.DONE):
            _there(work, cost, _sent(work, about))
    elif item is not None and getattr(item, "edit_sequence", None) == _sequence(work, about):
        if about.attempts < MOST_SENDINGS:
            work.settle(about, Event.AGAIN)  # the item is as it was
        elif work.settle(about, Event.REFUSED):
            _cannot(work, cost, "answers_lost", "Its answer was lost each time, and the item does not have it.")
    elif work.settle(about, Event.REFUSED):
        _read_again(work, cost, "Somebody has changed the item meanwhile.")


def _write(work: Work, cost: ItemCost, item: Aggregate | None, *, instead_of: RequestRow) -> None:
    place, message = _KINDS.get(type(item).__name__, (None, ""))
    if item is None:
        _cannot(work, cost, "item_deleted", "The item is not in QuickBooks any more.")
    elif getattr(item, "is_active", None) is False:
        _cannot(work, cost, "item_inactive", "The item is inactive in QuickBooks.")
    elif place is None or (place and getattr(item, place, None) is None):
        _cannot(work, cost, "no_purchase_cost", "The item keeps no purchase cost: it is only sold, or only bought.")
    elif (there := _cost_in(item)) == Decimal(cost.cost):
        _there(work, cost, cost.cost)
    else:
        cost.before = None if there is None else f"{there:f}"
        work.put(_request(cost, item, place, message), instead_of=instead_of.id)


def _request(cost: ItemCost, item: Any, place: str, message: str) -> NewRequest:
    """The cost alone: whatever else stands in the item is left out, and stays, above all its price."""
    number = new_id()
    part: dict[str, Any] = {"purchase_cost": Decimal(cost.cost)}
    changed = {"list_id": item.list_id, "edit_sequence": item.edit_sequence}
    changed |= {f"{place}_mod": part} if place else part
    text = render(build(f"{message}Rq", {_FIELDS[message]: changed, "request_id": str(number)}))
    sent = {"cost": cost.cost, "edit_sequence": item.edit_sequence}
    return NewRequest(WRITE, str(cost.id), message, True, Priority.LIST, text, id=number, sent=sent)


def _read_again(work: Work, cost: ItemCost, why: str) -> None:
    cost.tries += 1
    if cost.tries >= MOST_READS:
        _cannot(work, cost, "item_changes", f"{why} That happened {cost.tries} times.")
    else:
        work.put(read(cost))


def _there(work: Work, cost: ItemCost, sent: str) -> None:
    if Decimal(sent) != Decimal(cost.cost) and cost.state is CostState.WAITING:  # another one is wanted by now
        work.put(read(cost))
        return
    cost.state, cost.code, cost.message, cost.changed_at = CostState.THERE, None, None, work.now


def _cannot(work: Work, cost: ItemCost, code: str, message: str) -> None:
    cost.state, cost.code, cost.message, cost.changed_at = CostState.NOT_WRITTEN, code, message, work.now


def _told(reply: Reply) -> bool:
    return reply.ended_by is None and reply.said.outcome in (Outcome.DONE, Outcome.NOTHING_FOUND)


def _not_told(work: Work, row: RequestRow, cost: ItemCost, reply: Reply) -> None:
    said = reply.said
    if reply.ended_by is None and said.cause is Cause.NOT_THERE:
        if work.settle(row, Event.DONE, reply):
            _cannot(work, cost, "item_deleted", "The item is not in QuickBooks any more.")
    elif reply.ended_by is None and said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_READS:
        work.settle(row, Event.AGAIN)
    elif work.settle(row, Event.REFUSED, reply):
        _cannot(work, cost, reply.reason, said.sentence)


def _cost_in(item: Aggregate) -> Decimal | None:
    place, _ = _KINDS.get(type(item).__name__, (None, ""))
    part = getattr(item, place, None) if place else item
    value = getattr(part, "purchase_cost", None)
    return None if value is None else Decimal(value)


def _sent(work: Work, row: RequestRow) -> str:
    return str((work.db.get_one(QueuedRequest, row.id).sent or {})["cost"])


def _sequence(work: Work, row: RequestRow) -> str:
    return str((work.db.get_one(QueuedRequest, row.id).sent or {})["edit_sequence"])


READERS: dict[str, Callable[[Work, RequestRow, Reply], None]] = {
    READ: read_item,
    LOOK: read_look,
    WRITE: read_written,
}
