"""Days of a shop: by its own clocks, and which of them an order has to do with."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from qbwc_server.shop.order import Order, Place
from qbwc_server.shop.terms import Terms


def day_of(at: datetime, terms: Terms) -> date:
    """The calendar day of the shop."""
    return at.astimezone(ZoneInfo(terms.zone)).date()


def parts_of(order: Order, terms: Terms) -> list[tuple[Place, date]]:
    """Every place and day on which something of the order may stand in the books, now or by an earlier telling.

    The summary of each of them is made anew when the order changes.
    """
    places = {order.place.id: order.place}
    moments = [order.at, order.fulfilled_at, order.cancelled_at, *(one.at for one in order.edits)]
    for one in order.transactions:
        places.setdefault(one.place.id, one.place)
        moments.append(one.at)
    for refund in order.refunds:
        moments.append(refund.at)
        for line in refund.lines:
            places.setdefault(line.place.id, line.place)
    places.pop("" if order.place.id else "none", None)
    days = sorted({day_of(one, terms) for one in moments if one is not None})
    return [(place, day) for place in places.values() for day in days]
