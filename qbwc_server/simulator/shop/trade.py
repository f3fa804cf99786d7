"""A busy shop: days of trade drawn from a seed, which happen as its clock goes on.

The till and the web sell with discounts, taxes, tips, gift cards and shipping, paid by one way or several; later
orders are fulfilled, captured, edited, refunded in part or whole, cancelled. Each day the drawers are counted and
Shopify Payments pays out.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from qbwc_server.simulator.shop.drawers import FLOAT, Drawer
from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.simulator.shop.orders import Line, Money, Paid, Sale, TaxRate, gid, stamp
from qbwc_server.simulator.shop.store import Store
from qbwc_server.simulator.shop.wallet import ARRIVES_BEHIND, GATEWAY, Wallet

PLACES = {1: "Main Street", 2: "Harbour"}
STATE, CITY = TaxRate("State Tax", Decimal("0.06")), TaxRate("City Tax", Decimal("0.0125"))
MARKETPLACE = TaxRate("Marketplace Tax", Decimal("0.08"), channel_liable=True)
GOODS = (
    ("Green Tea", 899, "Tea"),
    ("Earl Grey", 1250, "Tea"),
    ("Teapot", 4599, "Ware"),
    ("Cup", 1195, "Ware"),
    ("Scone", 375, "Food"),
    ("Tasting", 2500, "Event"),
)
_OPENS, _CLOSES = time(9), time(21)
_NICKEL = 5


class Trade:
    """Trade of so many days from a day on; ``until`` lets happen what happens until a moment."""

    def __init__(
        self, store: Store, *, seed: int, first_day: date, days: int, orders_a_day: int, first_number: int = 1001
    ) -> None:
        self.numbers: list[int] = []
        self._store, self._random = store, random.Random(seed)  # noqa: S311 - a shop, no secret
        self._zone = ZoneInfo(str(store.shop["ianaTimezone"]))
        self._ids = itertools.count(10_000)
        self._numbers = itertools.count(first_number)
        self._money = Money(store.shop["currencyCode"], store.shop["currencyCode"])
        self._wallet = Wallet(store, self._ids, self._money)
        self._drawers: dict[int, Drawer] = {}
        self._left_in = dict.fromkeys(PLACES, FLOAT)
        self._cards: list[list[int]] = []  # number and cents of gift cards that hold something
        self._turn = itertools.count()
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._open_shop()
        for number in range(days):
            self._plan_day(first_day + timedelta(days=number), orders_a_day)

    def until(self, moment: datetime) -> int:
        """How many things happened."""
        happened = 0
        while self._agenda and self._agenda[0][0] <= moment:
            at, _, thing = heapq.heappop(self._agenda)
            thing(at)
            happened += 1
        return happened

    @property
    def ends_at(self) -> datetime | None:
        """When the last thing happens that is known by now."""
        return max((at for at, _, _ in self._agenda), default=None)

    # the days

    def _open_shop(self) -> None:
        address = dict.fromkeys(("address1", "address2", "city", "province", "provinceCode", "zip", "phone"))
        for number, name in PLACES.items():
            country = {"country": "United States", "countryCode": "US"}
            self._store.put(
                "locations",
                {
                    "id": gid("Location", number),
                    "name": name,
                    "isActive": True,
                    "fulfillsOnlineOrders": number == 1,
                    "address": {**address, **country},
                },
            )

    def _plan_day(self, day: date, orders: int) -> None:
        opens, closes = self._local(day, _OPENS), self._local(day, _CLOSES)
        midnight, after = self._local(day, time(0)), self._local(day + timedelta(days=1), time(0))
        for place in PLACES:
            self._plan(opens, lambda at, place=place: self._open_drawer(place, at))  # type: ignore[misc]
            self._plan(closes, lambda at, place=place: self._close_drawer(place, at))  # type: ignore[misc]
        for _ in range(orders):
            if self._random.random() < 0.6:
                self._plan(self._between(opens, closes - timedelta(minutes=30)), self._over_the_counter)
            else:
                self._plan(self._between(midnight, after), self._on_the_web)
        self._plan(self._local(day, time(6)), self._pay_out)
        if self._random.random() < 0.2:
            self._plan(self._between(opens, closes), self._give_card)

    def _open_drawer(self, place: int, at: datetime) -> None:
        self._drawers[place] = Drawer(
            self._store, self._ids, self._money, place, PLACES[place], at, self._left_in[place]
        )

    def _close_drawer(self, place: int, at: datetime) -> None:
        drawer = self._drawers.pop(place)
        beyond = drawer.expected - FLOAT
        if beyond > 0:
            drawer.move(-beyond, "To the bank", at)
        differs = self._random.choice((0, 0, 0, 0, -5, 10, -100, 25))
        self._left_in[place] = drawer.close(at, differs)

    def _pay_out(self, at: datetime) -> None:
        if self._random.random() < 0.05:
            self._wallet.reserve(-5000, at)
            self._plan(at + timedelta(days=4), lambda later: self._wallet.reserve(5000, later))
        payout = self._wallet.pay_out(at)
        if payout is not None:
            status = "PAID" if self._random.random() < 0.97 else "FAILED"
            self._plan(at + ARRIVES_BEHIND, lambda later: self._wallet.settle(payout, status, later))

    def _give_card(self, at: datetime) -> None:
        self._issue(2000, at, None)

    # the sales

    def _over_the_counter(self, at: datetime) -> None:
        place = self._random.choice(tuple(PLACES))
        sale = self._new(at, place, "pos")
        self._fill(sale, (STATE, CITY))
        if self._random.random() < 0.08:
            sale.add("Gift Card", self._random.choice((2500, 5000)), is_gift_card=True)
        if self._random.random() < 0.15:
            sale.tip = self._random.choice((100, 200, 350))
        sale.place()
        self._pay(sale, at)
        sale.fulfill(at)
        for line in sale.lines:
            if line.is_gift_card:
                self._issue(line.price, at, sale)
        self._keep(sale)
        self._plan_return(sale, at, elsewhere=True)

    def _on_the_web(self, at: datetime) -> None:
        marketplace = self._random.random() < 0.1
        sale = self._new(at, None, "amazon-us" if marketplace else "web")
        sale.buyer = self._random.choice(((11, "Ann Lee"), (12, "Bo Chen"), (13, "Cy Diaz")))
        self._fill(sale, (MARKETPLACE,) if marketplace else (STATE,))
        sale.ship(self._random.choice((0, 500, 995)), () if marketplace else (STATE,))
        sale.place()
        draw = self._random.random()
        if not sale.total:
            pass  # nothing is paid for it
        elif draw < 0.70:
            self._charge(sale, sale.pay(GATEWAY, sale.total, at))
        elif draw < 0.85:
            authorized = sale.pay(GATEWAY, sale.total, at, kind="AUTHORIZATION")
            self._plan(at + self._hours(1, 30), lambda later: self._capture(sale, authorized, later))
        elif draw < 0.93:
            self._plan(at + self._hours(5, 200), lambda later: self._pay_by_hand(sale, later))
        elif draw < 0.97:
            self._plan(at + self._hours(1, 90), lambda later: self._call_off(sale, later))
        self._keep(sale)
        self._plan(at + self._hours(2, 60), lambda later: self._hand_over(sale, later))
        if self._random.random() < 0.06:
            self._plan(at + self._hours(0, 2), lambda later: self._edit(sale, later))
        self._plan_return(sale, at + timedelta(days=3), elsewhere=False)

    def _new(self, at: datetime, place: int | None, source: str) -> Sale:
        number = next(self._numbers)
        self.numbers.append(number)
        return Sale(number, at, self._ids, self._money, place, PLACES, source=source, test=self._random.random() < 0.01)

    def _fill(self, sale: Sale, taxes: tuple[TaxRate, ...]) -> None:
        percent = self._random.choice((0, 0, 0, 10, 15, 100)) if self._random.random() < 0.4 else 0
        if percent:
            sale.codes.append(("DiscountCodeApplication", f"TAKE{percent}"))
        for title, price, kind in self._random.sample(GOODS, self._random.choice((1, 1, 2, 3))):
            quantity = self._random.choice((1, 1, 1, 2, 3))
            taxed = () if kind == "Food" else taxes
            discount = price * quantity * percent // 100
            sale.add(title, price, quantity, taxes=taxed, discount=discount, product_type=kind)

    def _pay(self, sale: Sale, at: datetime) -> None:
        """One way, or two; a gift card where there is one."""
        left = sale.total
        if self._cards and self._random.random() < 0.15:
            card = self._random.choice(self._cards)
            left -= self._by_card(sale, card, left, at)
        if left and self._random.random() < 0.1:
            part = left // 2
            self._charge(sale, sale.pay(GATEWAY, part, at))
            left -= part
        if not left:
            return
        if self._random.random() < 0.4:
            self._by_cash(sale, sale.pay("cash", left, at, rounding=_rounded(left) - left))
        else:
            self._charge(sale, sale.pay(GATEWAY, left, at))

    def _by_card(self, sale: Sale, card: list[int], cents: int, at: datetime) -> int:
        taken = min(card[1], cents)
        if taken:
            sale.pay("gift_card", taken, at)
            card[1] -= taken
            node = self._store.lists["giftCards"][gid("GiftCard", card[0])]
            told = {"id": gid("GiftCardDebitTransaction", next(self._ids)), "note": None, "processedAt": stamp(at)}
            node["transactions"].append(
                {**told, "__typename": "GiftCardDebitTransaction", "amount": self._money.money(-taken)}
            )
            self._store.put("giftCards", {**node, "balance": self._money.money(card[1]), "updatedAt": stamp(at)})
        self._cards = [one for one in self._cards if one[1]]
        return taken

    def _issue(self, cents: int, at: datetime, sale: Sale | None) -> None:
        number = next(self._ids)
        self._cards.append([number, cents])
        self._store.put(
            "giftCards",
            {
                "id": gid("GiftCard", number),
                "lastCharacters": f"{number:04}"[-4:],
                "createdAt": stamp(at),
                "updatedAt": stamp(at),
                "deactivatedAt": None,
                "enabled": True,
                "expiresOn": None,
                "note": None,
                "initialValue": self._money.money(cents),
                "balance": self._money.money(cents),
                "order": None if sale is None else {"id": sale.gid, "name": f"#{sale.number}"},
                "customer": None,
                "transactions": [],
            },
        )

    # what happens later

    def _capture(self, sale: Sale, authorized: Paid, at: datetime) -> None:
        if sale.cancelled_at is None:
            self._charge(
                sale, sale.pay(GATEWAY, min(authorized.cents, sale.current), at, kind="CAPTURE", parent=authorized.id)
            )
            self._keep(sale)

    def _pay_by_hand(self, sale: Sale, at: datetime) -> None:
        if sale.cancelled_at is None and sale.current > sale.received:
            sale.pay("manual", sale.current - sale.received, at)
            self._keep(sale)

    def _hand_over(self, sale: Sale, at: datetime) -> None:
        if sale.cancelled_at is None and sale.received >= sale.current:
            sale.fulfill(at)
            self._keep(sale)

    def _call_off(self, sale: Sale, at: datetime) -> None:
        """Nobody paid: the goods go back on the shelf."""
        if not sale.payments and not sale.fulfilled:
            sale.refund(at, [(one, one.quantity - one.removed) for one in sale.lines], money=[], restock="CANCEL")
            sale.cancel(at)
            self._keep(sale)

    def _edit(self, sale: Sale, at: datetime) -> None:
        """A unit is taken out of what nobody has paid yet."""
        line = next((one for one in sale.lines if one.quantity - one.removed > 1), None)
        if line is not None and not sale.payments and not sale.fulfilled:
            sale.remove_units(line, 1, at)
            self._keep(sale)

    def _plan_return(self, sale: Sale, at: datetime, *, elsewhere: bool) -> None:
        if self._random.random() < 0.1:
            self._plan(at + self._hours(1, 100), lambda later: self._give_back(sale, later, elsewhere=elsewhere))

    def _give_back(self, sale: Sale, at: datetime, *, elsewhere: bool) -> None:
        """Goods come back, some or all of them, and their money by the way it came."""
        lines = [one for one in sale.lines if one.quantity > one.removed and not one.is_gift_card]
        ways = [one for one in sale.payments if one.kind in ("SALE", "CAPTURE") and one.gateway != "gift_card"]
        if not lines or len(ways) != 1 or sale.refunds or sale.test:
            return
        some = self._random.sample(lines, self._random.randint(1, len(lines)))
        back = [(line, self._random.randint(1, line.quantity - line.removed)) for line in some]
        whole = len(some) == len(lines) and self._random.random() < 0.5
        worth = _worth(sale, back) + (sale.shipping + sum(c for _, c in sale.shipping_tax) if whole else 0)
        fee = 200 if self._random.random() < 0.1 else 0  # restocking: kept back
        money = max(0, min(worth - fee, ways[0].cents))
        place = self._open_place() if elsewhere else None
        way = ways[0].gateway
        if way == "cash" and place is None:
            return
        done = sale.refund(at, back, money=[(way, money)] if money else [], shipping=whole, location=place)
        for paid in done.transactions:
            if way == "cash":
                paid.rounding = _rounded(paid.cents) - paid.cents
                self._by_cash(sale, paid)
            elif way == GATEWAY:
                self._wallet.give_back(sale, paid.id, paid.cents, at)
        self._keep(sale)

    def _charge(self, sale: Sale, paid: Paid) -> None:
        if paid.cents and not sale.test:
            self._wallet.charge(sale, paid.id, paid.cents, paid.at)

    def _by_cash(self, sale: Sale, paid: Paid) -> None:
        place = paid.location
        if place in self._drawers:
            self._drawers[place].take(sale, paid)

    def _open_place(self) -> int | None:
        return self._random.choice(sorted(self._drawers)) if self._drawers else None

    def _keep(self, sale: Sale) -> None:
        self._store.put("orders", node_of(sale))

    # time

    def _plan(self, at: datetime, thing: Callable[[datetime], None]) -> None:
        heapq.heappush(self._agenda, (at.replace(microsecond=0), next(self._turn), thing))

    def _local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + (last - first) * self._random.random()

    def _hours(self, least: int, most: int) -> timedelta:
        return timedelta(minutes=self._random.randint(least * 60, most * 60))


def _rounded(cents: int) -> int:
    """To the nickel: there are no pennies in the drawer."""
    return (cents + _NICKEL // 2) // _NICKEL * _NICKEL


def _worth(sale: Sale, back: list[tuple[Line, int]]) -> int:
    """What these units were sold for, with their taxes."""
    return -sum(sale.worth_of(line, units) for line, units in back)


def orders_of(store: Store) -> Iterator[dict[str, object]]:
    """Every order of a shop, as it is told by now."""
    yield from store.lists["orders"].values()
