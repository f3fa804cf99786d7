"""``/companies/CODE/shop``: days of a shop against documents and books, its clearing account, payouts, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.shop import (
    ClearingAnswer,
    OnePayoutAnswer,
    PayoutsAnswer,
    ShopConflictsAnswer,
    ShopDaysAnswer,
    ShopOneDayAnswer,
)
from qbwc_server.api.routes import AFTER, Parameter, Route, text, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.shop import NoShop, day_record, days_record, find_shop, read_day
from qbwc_server.reports.shop_money import clearing_record, conflicts_record, payout_record, payouts_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/shop"
_SHOP = whole_number("The connection of the shop; 0: the first one of the company.", LARGEST_ID, 0)
_BEFORE = Parameter("Days before this one: next of the page before.", {"type": "string", "format": "date"})
_DAY = Parameter("The day, such as 2026-03-07.", {"type": "string", "format": "date"})
_PAYOUT = whole_number("Payouts before this: next of the page before; 0: from the newest on.", LARGEST_ID, 0)
_REFUSES = (Invalid, NotFound, NoShop)
Record = dict[str, Any]


def _route(answer: Any, **parameters: Parameter) -> Route:
    return Route(Permission.SEE_DOCUMENTS, answer, parameters={"connection": _SHOP, **parameters}, refuses=_REFUSES)


ROUTES = {
    "shop_days": _route(ShopDaysAnswer, before=_BEFORE),
    "shop_day": _route(ShopOneDayAnswer, day=_DAY, after=text("Orders behind this one: next of the page before.")),
    "shop_clearing": _route(ClearingAnswer, before=_BEFORE),
    "shop_payouts": _route(PayoutsAnswer, before=_PAYOUT),
    "shop_payout": _route(OnePayoutAnswer, number=text("Its number."), after=AFTER),
    "shop_conflicts": _route(ShopConflictsAnswer, after=AFTER),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    def told(report: Callable[..., Record], *arguments: Any, **more: Any) -> Response:
        asked = number_asked(request.args, "connection", 0, LARGEST_ID)
        with access.looking() as (db, company):
            record = report(db, find_shop(db, company.id, asked or None), *arguments, **more)
        return jsonify(record)

    @blueprint.get(f"{_ALL}/days")
    def shop_days(code: str) -> Response:
        """Days, the newest first: sums by way of payment as orders, documents and QuickBooks have them."""
        return told(days_record, before=read_day(request.args.get("before")))

    @blueprint.get(f"{_ALL}/day")
    def shop_day(code: str) -> Response:
        """A day by place, and down to its orders with their documents."""
        day = read_day(request.args.get("day"))
        if day is None:
            raise Invalid("The parameter day is missing.")
        return told(day_record, day, after=request.args.get("after", ""))

    @blueprint.get(f"{_ALL}/clearing")
    def shop_clearing(code: str) -> Response:
        """The balance of the clearing account by day, beside what the channel says that it holds."""
        return told(clearing_record, before=read_day(request.args.get("before")))

    @blueprint.get(f"{_ALL}/payouts")
    def shop_payouts(code: str) -> Response:
        """Payouts, the newest first: what is in each, what is paid out, and its document."""
        return told(payouts_record, before=number_asked(request.args, "before", 0, LARGEST_ID) or None)

    @blueprint.get(f"{_ALL}/payout")
    def shop_payout(code: str) -> Response:
        """One payout with the transactions in it."""
        number = request.args.get("number", "")
        return told(payout_record, number, after=number_asked(request.args, "after", 0, LARGEST_ID))

    @blueprint.get(f"{_ALL}/conflicts")
    def shop_conflicts(code: str) -> Response:
        """Documents of the shop that need a person, the oldest first."""
        return told(conflicts_record, after=number_asked(request.args, "after", 0, LARGEST_ID))
