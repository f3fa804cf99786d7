"""A shop in a browser: its days against documents and books, a day by its orders, clearing, payouts, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Request, Response
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.reports.shop import NoShop, day_record, days_record, find_shop, read_day, shops_of
from qbwc_server.reports.shop_money import clearing_record, conflicts_record, payout_record, payouts_record
from qbwc_server.tenancy.access import Standing

Record = dict[str, Any]


def shop(visit: Visit) -> Response:
    """Days; or what the address names: a day, a payout, the clearing account, payouts, conflicts."""
    said = visit.request.args
    with visit.looking() as (db, standing):
        if kinds_seen(standing) is not None:  # sums tell of documents of every kind
            raise NotFound("There is no such page.")
        try:
            row = find_shop(db, standing.company.id, _number(visit.request, "shop"))
        except NoShop:
            return show(visit, "shop.html", shop=None, shops=[], shown="days", told={})
        shown = next((one for one in ("day", "payout") if said.get(one)), said.get("show", "days"))
        told = _SHOWN.get(shown, _days)(db, row, visit.request)
        page: Record = {"shop": row, "shops": shops_of(db, standing.company.id), "shown": shown, "told": told}
        newest = clearing_record(db, row, limit=1)["days"] if shown == "days" else []
    return show(visit, "shop.html", clearing=newest, **page)


def clearing_shown(db: Session, standing: Standing) -> list[tuple[Connection, list[Record]]]:
    """The last days of the clearing account of each shop, for the page of the company's state."""
    if kinds_seen(standing) is not None:
        return []
    found = [(one, clearing_record(db, one, limit=3)["days"]) for one in shops_of(db, standing.company.id)]
    return [(one, days) for one, days in found if days]


def _days(db: Session, row: Connection, request: Request) -> Record:
    return days_record(db, row, before=_day(request, "before"))


def _one_day(db: Session, row: Connection, request: Request) -> Record:
    day = _day(request, "day")
    if day is None:
        raise NotFound("There is no such day.")
    return day_record(db, row, day, after=request.args.get("after", "")[:200])


def _clearing(db: Session, row: Connection, request: Request) -> Record:
    return clearing_record(db, row, before=_day(request, "before"))


def _payouts(db: Session, row: Connection, request: Request) -> Record:
    return payouts_record(db, row, before=_number(request, "before"))


def _payout(db: Session, row: Connection, request: Request) -> Record:
    return payout_record(db, row, request.args.get("payout", "")[:40], after=_number(request, "after") or 0)


def _conflicts(db: Session, row: Connection, request: Request) -> Record:
    return conflicts_record(db, row, after=_number(request, "after") or 0)


_SHOWN: dict[str, Callable[[Session, Connection, Request], Record]] = {
    "days": _days,
    "day": _one_day,
    "clearing": _clearing,
    "payouts": _payouts,
    "payout": _payout,
    "conflicts": _conflicts,
}


def _day(request: Request, name: str) -> date | None:
    try:
        return read_day(request.args.get(name))
    except Invalid:
        raise NotFound("There is no such day.") from None


def _number(request: Request, name: str) -> int | None:
    said = request.args.get(name, "")
    return min(int(said), LARGEST_ID) if said.isascii() and said.isdigit() and len(said) < 20 else None
