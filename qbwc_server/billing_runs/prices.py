"""What QuickBooks charges a customer for an item, as its lists tell: its price, at the customer's price level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from qbwc_server.books.mirror.models import MirrorEntry

_HUNDRED, _FIVE_PLACES = Decimal(100), Decimal("0.00001")


class Doubt(StrEnum):
    """Why the price is not known, or not sure."""

    NO_PRICE = "price_missing"
    LEVEL_UNKNOWN = "price_level_unknown"


@dataclass(frozen=True, slots=True)
class Price:
    """Of one unit, for a whole cycle; ``words`` say where it comes from."""

    value: Decimal | None
    words: str
    doubt: Doubt | None = None


def price_of(item: MirrorEntry | None, level: MirrorEntry | None, *, has_level: bool) -> Price:
    """What QuickBooks fills in.

    Args:
        level: the customer's price level, where the lists have it.
        has_level: whether the customer has one.
    """
    listed = None if item is None else _listed(item)
    if listed is None or not listed:
        return Price(None, "The item has no sales price in QuickBooks.", Doubt.NO_PRICE)
    if not has_level:
        return Price(listed, "price of the item")
    if level is None:
        return Price(None, "The customer's price level is not in the lists that were read.", Doubt.LEVEL_UNKNOWN)
    percentage = _decimal(level.rest.get("price_level_fixed_percentage"))
    if percentage is not None:
        at_level = (listed * (_HUNDRED + percentage) / _HUNDRED).quantize(_FIVE_PLACES, ROUND_HALF_UP)
        return Price(at_level, f"{listed} at price level {level.full_name} ({percentage} %)")
    return _per_item(item, listed, level)


def cost_in_books(item: MirrorEntry | None) -> Decimal | None:
    """The purchase cost of the item; None where it has none to be kept in."""
    told = {} if item is None else item.rest
    inside = told.get("sales_and_purchase")
    return _decimal(inside.get("purchase_cost") if isinstance(inside, Mapping) else told.get("purchase_cost"))


def _per_item(item: MirrorEntry | None, listed: Decimal, level: MirrorEntry) -> Price:
    """An item that the level does not name has its own price."""
    told = level.rest.get("price_level_per_item_rets")
    if told is None:  # of another type, or read before its items were kept
        return Price(None, f"Price level {level.full_name} cannot be evaluated.", Doubt.LEVEL_UNKNOWN)
    named = next((one for one in told if item is not None and _names(one, item)), None)
    if named is None:
        return Price(listed, f"price of the item, which price level {level.full_name} does not name")
    custom, percent = _decimal(named.get("custom_price")), _decimal(named.get("custom_price_percent"))
    if custom is not None:
        return Price(custom, f"price level {level.full_name}")
    if percent is not None:
        at_level = (listed * (_HUNDRED + percent) / _HUNDRED).quantize(_FIVE_PLACES, ROUND_HALF_UP)
        return Price(at_level, f"{listed} at price level {level.full_name} ({percent} %)")
    return Price(None, f"Price level {level.full_name} cannot be evaluated.", Doubt.LEVEL_UNKNOWN)


def _names(told: Mapping[str, Any], item: MirrorEntry) -> bool:
    reference = told.get("item")
    return isinstance(reference, Mapping) and reference.get("list_id") == item.list_id


def _listed(item: MirrorEntry) -> Decimal | None:
    """The sales price that stands in the item. One that is a percentage is no price."""
    for name, field in (("sales_or_purchase", "price"), ("sales_and_purchase", "sales_price")):
        inside = item.rest.get(name)
        if isinstance(inside, Mapping):
            return _decimal(inside.get(field))
    return _decimal(item.rest.get("sales_price"))


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
