"""What a simulated shop says of the cash of some days in one place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from qbwc_server.simulator.shop.filters import moment
from qbwc_server.simulator.shop.orders import Node, written
from qbwc_server.simulator.shop.queries import Wanted
from qbwc_server.simulator.shop.store import Store


def of_place(store: Store, wanted: Wanted) -> Node:
    """The sums of the sessions that were opened there on these days, by the shop's own clock."""
    zone = ZoneInfo(str(store.shop["ianaTimezone"]))
    first, last = (date.fromisoformat(wanted.arguments[name]) for name in ("startDate", "endDate"))
    sessions = [
        one
        for one in store.lists["cashTrackingSessions"].values()
        if one["location"]["id"] == wanted.arguments["locationId"]
        and first <= moment(one["openingTime"]).astimezone(zone).date() <= last
    ]
    sessions.sort(key=lambda one: str(one["openingTime"]))
    closed = [one for one in sessions if one["closingTime"] is not None]
    currency = store.shop["currencyCode"]

    def money(cents: int) -> Node:
        return {"amount": written(cents), "currencyCode": currency}

    return {
        "cashBalanceAtStart": money(_cents(sessions[0]["openingBalance"]) if sessions else 0),
        "cashBalanceAtEnd": money(_cents(closed[-1]["closingBalance"]) if closed else 0),
        "netCash": money(sum(_cents(one["netCashSales"]) for one in sessions)),
        "totalDiscrepancies": money(sum(_cents(one["totalDiscrepancy"]) for one in closed)),
        "sessionsOpened": len(sessions),
        "sessionsClosed": len(closed),
    }


def _cents(money: Any) -> int:
    return int(Decimal(money["amount"]) * 100)
