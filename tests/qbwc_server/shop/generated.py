"""Orders that happen by chance, told as the shop would, and booked beside by a few lines of other code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from .shopped import ZONE, Node, back, back_line, bag, item, off, paid, shipping, tax

CENT = Decimal("0.01")
START = datetime(2026, 3, 6, 12, tzinfo=UTC)  # the clocks of New York change two days later
GATEWAYS = ("cash", "shopify_payments", "external_card", "gift_card", "shopify_store_credit")
PLACES = ("", "1", "2")
Balances = dict[tuple[date, str], Decimal]


def day_of(at: datetime) -> date:
    """The day on the shop's wall."""
    return at.astimezone(ZoneInfo(ZONE)).date()


def place(number: str) -> Node | None:
    """A location."""
    return {"id": f"gid://shopify/Location/{number}", "name": f"Shop {number}"} if number else None


@dataclass
class Line:
    """A line as it was sold: per unit, so that every part of it is exact."""

    number: int
    price: Decimal
    off: Decimal
    tax: Decimal
    quantity: int
    kind: str = "sales"
    left: int = 0
    came_back: int = 0  # after it was handed over

    @property
    def each(self) -> Decimal:
        """What a buyer pays for one."""
        return self.price - self.off + self.tax

    def node(self, title: str, kept: int) -> Node:
        """As the shop tells it."""
        lines = [tax(self.tax * self.quantity)] if self.tax else []
        more: dict[str, Any] = {"isGiftCard": True} if self.kind == "gift_cards" else {}
        return item(
            self.number,
            self.price,
            self.quantity,
            title=title,
            currentQuantity=kept,
            taxLines=lines,
            discountAllocations=off(self.off * self.quantity) if self.off else [],
            product={"productType": "Shoes" if self.number % 2 else "Hats"},
            **more,
        )


@dataclass
class Story:
    """What happened with one order. ``books`` is what an accountant would say of it, by day and account."""

    number: int
    place: str
    at: datetime
    lines: list[Line]
    ships: Decimal
    ship_tax: Decimal
    tips: Decimal
    fulfilled: datetime | None
    books: Balances = field(default_factory=dict)
    moved: list[Node] = field(default_factory=list)
    refunds: list[Node] = field(default_factory=list)
    ship_left: Decimal = Decimal(0)  # when it was handed over
    ship_back: bool = False
    taken: list[Line] = field(default_factory=list)  # instead of what came back
    swaps: list[Node] = field(default_factory=list)

    def post(self, at: datetime, account: str, amount: Decimal) -> None:
        """A credit above zero, a debit below, against what the buyer owes."""
        for name, change in ((account, amount), ("owed", -amount)):
            self.books[day_of(at), name] = self.books.get((day_of(at), name), Decimal(0)) + change

    @property
    def total(self) -> Decimal:
        """What all of it costs."""
        goods = sum((one.each * one.quantity for one in self.lines), Decimal(0))
        return goods + self.ships + self.ship_tax + self.tips

    def sell(self, line: Line, units: int, at: datetime) -> None:
        """So many units are sold, or below zero taken back."""
        gift = line.kind == "gift_cards"
        self.post(at, line.kind, line.price * units)
        self.post(at, "promotion" if gift else "discounts", -line.off * units)
        self.post(at, "tax", line.tax * units)

    def pay(self, number: int, amount: Decimal, gateway: str, at: datetime, rounding: Decimal) -> None:
        """Money comes, or what is owed on a card goes."""
        more: dict[str, Any] = {"amountRoundingSet": bag(rounding)} if gateway == "cash" else {}
        self.moved.append(paid(self.number * 100 + number, amount, at.isoformat(), gateway, **more))
        self._money(amount, gateway, at, rounding)

    def _money(self, amount: Decimal, gateway: str, at: datetime, rounding: Decimal) -> None:
        account = {"gift_card": "gift_cards", "shopify_store_credit": "store_credit"}.get(gateway, gateway)
        if gateway == "cash":
            self.post(at, "cash_rounding", rounding)
            amount += rounding
        self.post(at, account, -amount)

    def give_back(self, number: int, units: dict[int, int], ships: bool, gateway: str, at: datetime) -> None:
        """Units and shipping are given back for their money."""
        lines = [(one, units[one.number]) for one in self.lines if units.get(one.number)]
        amount = sum((one.each * many for one, many in lines), Decimal(0))
        if not amount:
            return
        before = self.fulfilled is None or at < self.fulfilled
        for one, many in lines:
            one.left -= many
            if not before:
                one.came_back += many
                self.sell(one, -many, at)
        more: dict[str, Any] = {}
        if ships and self.ships and not self.ship_back:
            amount += self.ships + self.ship_tax
            more["refundShippingLines"] = [{"subtotalAmountSet": bag(self.ships), "taxAmountSet": bag(self.ship_tax)}]
            if before:
                self.ship_left = Decimal(0)
            else:
                self._ship(-1, at)
            self.ship_back = True
        told = [back_line(one.number, many, (one.price - one.off) * many, one.tax * many) for one, many in lines]
        money = paid(self.number * 100 + number, amount, at.isoformat(), gateway, kind="REFUND")
        self.refunds.append(back(self.number * 100 + number, told, [money], at.isoformat(), **more))
        self._money(-amount, gateway, at, Decimal(0))

    def exchange(self, number: int, line: Line, units: int, taken: Line, at: datetime) -> None:
        """Units come back without money, and something is taken instead: one pays the other."""
        line.left -= units
        line.came_back += units
        self.sell(line, -units, at)
        self.sell(taken, 1, at)
        self.taken.append(taken)
        net, charged = (line.price - line.off) * units, line.tax * units
        self.refunds.append(
            back(self.number * 100 + number, [back_line(line.number, units, net, charged)], [], at.isoformat())
        )
        sale: Node = {
            "lineType": "PRODUCT",
            "quantity": 1,
            "lineItem": {"id": f"gid://shopify/LineItem/{taken.number}"},
            "totalAmount": bag(taken.each),
            "totalTaxAmount": bag(taken.tax),
            "taxes": [{"amount": bag(taken.tax), "taxLine": {"title": "State tax"}}] if taken.tax else [],
        }
        gid = f"gid://shopify/ReturnAgreement/{self.number * 100 + number}"
        more = {"reason": "RETURN", "happenedAt": at.isoformat(), "sales": [sale]}
        self.swaps.append({"__typename": "ReturnAgreement", "id": gid, **more})

    def _ship(self, sign: int, at: datetime) -> None:
        self.post(at, "shipping", sign * self.ships)
        self.post(at, "tax", sign * self.ship_tax)

    def hand_over(self) -> None:
        """What is left by then becomes revenue."""
        if self.fulfilled is None:
            return
        for one in self.lines:
            self.sell(one, one.left + one.came_back, self.fulfilled)
        if self.ship_left:
            self._ship(1, self.fulfilled)
        self.post(self.fulfilled, "tips", self.tips)

    def node(self) -> Node:
        """The order as it is told in the end."""
        ship_taxes = [tax(self.ship_tax)] if self.ship_tax else []
        return {
            "id": f"gid://shopify/Order/{self.number}",
            "name": f"#{self.number}",
            "createdAt": self.at.isoformat(),
            "processedAt": self.at.isoformat(),
            "updatedAt": (START + timedelta(days=40)).isoformat(),
            "test": False,
            "currencyCode": "USD",
            "displayFulfillmentStatus": "FULFILLED" if self.fulfilled else "UNFULFILLED",
            "fulfillments": [{"createdAt": self.fulfilled.isoformat(), "status": "SUCCESS"}] if self.fulfilled else [],
            "retailLocation": place(self.place),
            "totalPriceSet": bag(self.total + sum((one.each for one in self.taken), Decimal(0))),
            "totalTipReceivedSet": bag(self.tips),
            "lineItems": [one.node(f"Thing {one.number}", one.left) for one in (*self.lines, *self.taken)],
            "agreements": self.swaps,
            "shippingLines": [shipping(self.ships, taxLines=ship_taxes)] if self.ships else [],
            "transactions": self.moved + [money for one in self.refunds for money in one["transactions"]],
            "refunds": self.refunds,
        }


def amounts(least: str, most: str) -> st.SearchStrategy[Decimal]:
    """Amounts in cents."""
    return st.decimals(least, most, places=2)


@st.composite
def lines(draw: st.DrawFn, number: int) -> Line:
    """A line; a gift card has no tax."""
    kind = draw(st.sampled_from(["sales", "sales", "sales", "gift_cards"]))
    price = draw(amounts("1", "200"))
    quantity = draw(st.integers(1, 4))
    charged = draw(amounts("0", "9")) if kind == "sales" else Decimal(0)
    return Line(number, price, draw(st.sampled_from([Decimal(0), CENT * 37, price])), charged, quantity, kind, quantity)


@st.composite
def stories(draw: st.DrawFn, number: int) -> Story:
    """An order and what became of it within some days."""
    at = START + timedelta(minutes=draw(st.integers(0, 6 * 24 * 60)))
    later = st.integers(0, 5 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
    fulfilled = draw(st.none() | st.just(at) | later.map(lambda more: at + more))
    many = draw(st.integers(1, 3))
    ships = draw(st.just(Decimal(0)) | amounts("1", "20"))
    story = Story(
        number=number,
        place=draw(st.sampled_from(PLACES)),
        at=at,
        lines=[draw(lines(number * 10 + one)) for one in range(many)],
        ships=ships,
        ship_tax=draw(amounts("0", "2")) if ships else Decimal(0),
        tips=draw(st.just(Decimal(0)) | amounts("0.5", "9")),
        fulfilled=fulfilled,
        ship_left=ships,
    )
    last = at
    wanted = draw(st.sampled_from(["all", "all", "part", "nothing"]))
    left = story.total if wanted == "all" else (story.total / 2).quantize(CENT) if wanted == "part" else Decimal(0)
    for turn in range(draw(st.integers(1, 3))):
        amount = left if turn == 2 else draw(st.just(left) | amounts("0", str(left)))
        if amount:
            when = last + draw(st.just(timedelta(0)) | later)
            rounding = draw(st.sampled_from(["-0.02", "0.00", "0.02"]).map(Decimal)) if amount > CENT else Decimal(0)
            story.pay(turn, amount, draw(st.sampled_from(GATEWAYS)), when, rounding)
            last, left = when, left - amount
    for turn in range(draw(st.integers(0, 2))):
        last += timedelta(minutes=1) + draw(later)
        units = {one.number: draw(st.integers(0, one.left)) for one in story.lines}
        if wanted == "all" and not left:
            story.give_back(50 + turn, units, draw(st.booleans()), draw(st.sampled_from(GATEWAYS)), last)
    some = [one for one in story.lines if one.left and one.kind == "sales"]
    if some and fulfilled and wanted == "all" and not left and draw(st.booleans()):
        last = max(last, fulfilled) + timedelta(minutes=1) + draw(later)
        line, taken = draw(st.sampled_from(some)), draw(lines(number * 10 + 9))
        story.exchange(
            80, line, draw(st.integers(1, line.left)), replace(taken, quantity=1, left=1, kind="sales"), last
        )
        if draw(st.booleans()):
            story.pay(81, draw(amounts("1", "90")), draw(st.sampled_from(GATEWAYS)), last + draw(later), Decimal(0))
    story.hand_over()
    return story


@st.composite
def months(draw: st.DrawFn, most: int = 6) -> list[Story]:
    """Some orders."""
    return [draw(stories(number)) for number in range(1, draw(st.integers(1, most)) + 1)]


def booked(stories_told: Iterable[Story]) -> Balances:
    """What all of them come to, by day and account; what comes to nothing is not there."""
    sums: Balances = {}
    for story in stories_told:
        for key, amount in story.books.items():
            sums[key] = sums.get(key, Decimal(0)) + amount
    return {key: amount for key, amount in sums.items() if amount}
