"""What the accounts of a simulated shop come to by day, computed from what the shop holds, by rules of its own.

Nothing of ``qbwc_server.shop`` is used: what is computed twice by the same code proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from qbwc_server.simulator.shop.store import Store

Node = Mapping[str, Any]
Sums = dict[tuple[str, date], Decimal]
RECEIVABLE = "Accounts Receivable"
WAYS = {"shopify_payments": "Clearing", "cash": "Till", "manual": "Checking", "gift_card": "Gift Cards Outstanding"}
_KINDS = {
    "PRODUCT": "Sales",
    "ADJUSTMENT": "Sales",
    "SHIPPING": "Shipping Income",
    "TIP": "Tips Payable",
    "GIFT_CARD": "Gift Cards Outstanding",
}
_BALANCES = {"RESERVED_FUNDS": "Reserve", "TRANSFER_FAILURE": "Savings"}


class Expected:
    """Debits above zero by account and day, without accounts receivable, which take what is left of each day."""

    def __init__(self, store: Store) -> None:
        self._zone = ZoneInfo(str(store.shop["ianaTimezone"]))
        self._sums: defaultdict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for order in store.lists["orders"].values():
            self._order(order)
        for one in store.lists["balanceTransactions"].values():
            self._balance(one)
        for one in store.lists["payouts"].values():
            if one["status"] in ("PAID", "FAILED"):
                net = Decimal(one["net"]["amount"]) * (1 if one["transactionType"] == "DEPOSIT" else -1)
                self._move(self._day(one["issuedAt"]), "Savings", "Clearing", net)
        self._drawers(store.lists["cashTrackingSessions"].values())
        for one in store.lists["giftCards"].values():
            if one["order"] is None:
                worth = Decimal(one["initialValue"]["amount"])
                self._move(self._day(one["createdAt"]), "Advertising", "Gift Cards Outstanding", worth)

    def sums(self) -> Sums:
        """All that is not zero."""
        return {key: amount for key, amount in self._sums.items() if amount}

    def _day(self, stamp: str) -> date:
        return datetime.fromisoformat(stamp).astimezone(self._zone).date()

    def _add(self, account: str, day: date, amount: Decimal) -> None:
        self._sums[account, day] += amount

    def _move(self, day: date, to: str, source: str, amount: Decimal) -> None:
        self._add(to, day, amount)
        self._add(source, day, -amount)

    def _order(self, order: Node) -> None:
        paid = [one for one in order["transactions"] if one["status"] == "SUCCESS" and one["kind"] != "AUTHORIZATION"]
        came = any(one["kind"] in ("SALE", "CAPTURE") for one in paid)
        if order["test"] or (order["cancelledAt"] is not None and not came):
            return
        revenue = order["fulfillments"][0]["createdAt"] if order["displayFulfillmentStatus"] == "FULFILLED" else None
        for agreement in order["agreements"]:
            self._agreement(agreement, revenue)
        self._money(paid, _theirs(order))

    def _agreement(self, agreement: Node, revenue: str | None) -> None:
        """What is given back before it is revenue was never sold; the rest counts from the day of revenue on."""
        at = agreement["happenedAt"]
        later = revenue is not None and at > revenue and agreement["__typename"] == "RefundAgreement"
        for sale in agreement["sales"]:
            kind = sale["lineType"]
            whole = _amount(sale["totalAmount"])
            if kind == "ADJUSTMENT":
                self._add("Sales", self._day(at), -whole)
            elif revenue is not None:
                day = self._day(at if later else revenue)
                taxes = [one for one in sale["taxes"] if not one["taxLine"]["channelLiable"]]
                self._add(_KINDS[kind], day, -(whole - _amount(sale["totalTaxAmount"])))
                self._add("Sales Tax Collected", day, -sum((_amount(one["amount"]) for one in taxes), Decimal(0)))

    def _money(self, paid: Iterable[Node], theirs: tuple[Decimal, Decimal]) -> None:
        """By the way it came; the channel's own tax never reaches the books."""
        owed, back = theirs
        for one in sorted(paid, key=lambda one: (one["processedAt"], one["id"])):
            day, account = self._day(one["processedAt"]), WAYS[one["gateway"]]
            sign = -1 if one["kind"] == "REFUND" else 1
            amount, rounding = _amount(one["amountSet"]), _amount(one["amountRoundingSet"])
            off = min(owed if sign > 0 else back, amount) if account != "Gift Cards Outstanding" else Decimal(0)
            owed, back = (owed - off, back) if sign > 0 else (owed, back - off)
            self._add(account, day, sign * (amount + rounding - off))
            self._add("Rounding", day, -sign * rounding)

    def _balance(self, one: Node) -> None:
        day = self._day(one["transactionDate"])
        self._move(day, "Merchant Fees", "Clearing", Decimal(one["fee"]["amount"]))
        if one["type"] in _BALANCES:
            self._move(day, "Clearing", _BALANCES[one["type"]], Decimal(one["amount"]["amount"]))

    def _drawers(self, sessions: Iterable[Node]) -> None:
        known: set[str] = set()
        for one in sorted(sessions, key=lambda one: one["openingTime"]):
            if one["registerName"] not in known:
                known.add(one["registerName"])
                first = Decimal(one["openingBalance"]["amount"])
                self._move(self._day(one["openingTime"]), "Till", "Owner's Equity", first)
            for each in one["adjustments"]:
                self._move(self._day(each["time"]), "Till", "Checking", Decimal(each["cash"]["amount"]))
            if one["totalDiscrepancy"] is not None:
                over = Decimal(one["totalDiscrepancy"]["amount"])
                self._move(self._day(one["closingTime"]), "Till", "Over and Short", over)


def _amount(bag: Node | None) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"]) if bag else Decimal(0)


def _theirs(order: Node) -> tuple[Decimal, Decimal]:
    """Taxes that the channel owes: as sold, and as given back."""
    sold = back = Decimal(0)
    for agreement in order["agreements"]:
        amount = sum(
            (_amount(one["amount"]) for one in _taxes(agreement) if one["taxLine"]["channelLiable"]), Decimal(0)
        )
        if agreement["__typename"] == "RefundAgreement":
            back -= amount
        else:
            sold += amount
    return sold, back


def _taxes(agreement: Node) -> Iterator[Node]:
    for sale in agreement["sales"]:
        yield from sale["taxes"]
