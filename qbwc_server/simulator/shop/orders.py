"""An order in the making: what is done with it, and the node that Shopify would tell of it, whose sums agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Node = dict[str, Any]


def gid(kind: str, number: int) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{number}"


def stamp(moment: datetime) -> str:
    """A time as Shopify writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def part(whole: int, of: int, first: int, last: int) -> int:
    """The cents of the units ``first`` to ``last`` of ``of``: parts of a whole always come to it."""
    return whole * last // of - whole * first // of


@dataclass(frozen=True, slots=True)
class Money:
    """How cents are written: the shop's currency and the buyer's."""

    currency: str = "USD"
    presentment: str = "USD"
    rate: Decimal = Decimal(1)

    def bag(self, cents: int) -> Node:
        """An amount in both."""
        if self.presentment == self.currency:
            return {"shopMoney": self.money(cents), "presentmentMoney": self.money(cents)}
        other = int((Decimal(cents) * self.rate).quantize(Decimal(1), ROUND_HALF_UP))
        told = {"amount": written(other), "currencyCode": self.presentment}
        return {"shopMoney": self.money(cents), "presentmentMoney": told}

    def money(self, cents: int) -> Node:
        """An amount in the shop's."""
        return {"amount": written(cents), "currencyCode": self.currency}


def written(cents: int) -> str:
    """As Shopify writes amounts: 15.0, 12.34."""
    text = f"{Decimal(cents) / 100:.2f}"
    return text.removesuffix("0")


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax. ``channel_liable``: the channel pays it, not the shop."""

    title: str
    rate: Decimal
    channel_liable: bool = False


@dataclass(slots=True)
class Line:
    """A line of goods. ``removed``: units that were taken out or given back; ``discounts``: application and cents."""

    id: int
    title: str
    sku: str
    quantity: int
    price: int
    discounts: list[tuple[int, int]] = field(default_factory=list)
    taxes: list[tuple[TaxRate, int]] = field(default_factory=list)
    is_gift_card: bool = False
    is_tip: bool = False
    product_type: str = "Tea"
    removed: int = 0

    @property
    def gross(self) -> int:
        """By list price."""
        return self.quantity * self.price

    @property
    def discount(self) -> int:
        """What was taken off."""
        return sum(cents for _, cents in self.discounts)

    @property
    def tax(self) -> int:
        """All taxes."""
        return sum(cents for _, cents in self.taxes)

    @property
    def net(self) -> int:
        """What is asked for it, with the tax where prices hold it."""
        return self.gross - self.discount


Entry = tuple[str, str, str, int | None, int, tuple[tuple[TaxRate, int], ...]]  # see Happened


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the shop's own ledger: sales of (kind, line type, line, quantity, amount with tax, taxes)."""

    kind: str
    reason: str
    at: datetime
    sales: tuple[Entry, ...]
    of: str = ""


@dataclass(slots=True)
class Paid:
    """A transaction."""

    id: int
    kind: str
    gateway: str
    cents: int
    at: datetime
    status: str = "SUCCESS"
    rounding: int = 0
    parent: int | None = None
    location: int | None = None


@dataclass(slots=True)
class Back:
    """A refund: units of lines, cents of shipping with its tax, and what was kept or given beyond."""

    id: int
    at: datetime
    lines: list[tuple[Line, int, int, str]]  # line, first unit, units, restock type
    shipping: int
    shipping_tax: int
    kept: int
    transactions: list[Paid]
    location: int | None = None


@dataclass
class Sale:
    """One order. Amounts are cents; ``ids`` gives the number of each new object."""

    number: int
    at: datetime
    ids: Iterator[int]
    money: Money = field(default_factory=Money)
    location: int | None = None
    places: dict[int, str] = field(default_factory=dict)
    taxes_included: bool = False
    source: str = "web"
    buyer: tuple[int, str] | None = None
    test: bool = False
    lines: list[Line] = field(default_factory=list)
    shipping: int = 0
    shipping_tax: list[tuple[TaxRate, int]] = field(default_factory=list)
    duties: int = 0
    tip: int = 0
    codes: list[tuple[str, str]] = field(default_factory=list)  # of discounts: how they are given, and their title
    payments: list[Paid] = field(default_factory=list)
    refunds: list[Back] = field(default_factory=list)
    ledger: list[Happened] = field(default_factory=list)
    fulfilled: list[tuple[int, datetime]] = field(default_factory=list)
    cancelled_at: datetime | None = None
    updated_at: datetime | None = None
    edited: bool = False

    @property
    def gid(self) -> str:
        """Its global id."""
        return gid("Order", self.number)

    # what is done with it

    def add(
        self,
        title: str,
        price: int,
        quantity: int = 1,
        *,
        taxes: Sequence[TaxRate] = (),
        discount: int = 0,
        code: int = 0,
        **more: Any,
    ) -> Line:
        """Put goods into it. ``discount``: cents off the whole line, by the application of that place."""
        line = Line(next(self.ids), title, more.pop("sku", title.upper()[:12]), quantity, price, **more)
        if discount:
            line.discounts.append((code, discount))
        line.taxes = [(tax, self._tax(line.net, tax)) for tax in taxes]
        self.lines.append(line)
        return line

    def ship(self, cents: int, taxes: Sequence[TaxRate] = ()) -> None:
        """Ask money for shipping."""
        self.shipping = cents
        self.shipping_tax = [(tax, self._tax(cents, tax)) for tax in taxes]

    def place(self) -> None:
        """The order is made: the first entry of its ledger."""
        sales: list[Entry] = [
            ("ORDER", _type(one), gid("LineItem", one.id), one.quantity, self._with_tax(one), tuple(one.taxes))
            for one in self.lines
        ]
        if self.shipping:
            amount = self.shipping + self._on_top(sum(cents for _, cents in self.shipping_tax))
            sales.append(("ORDER", "SHIPPING", self._shipping_id, None, amount, tuple(self.shipping_tax)))
        if self.duties:
            sales.append(("ORDER", "DUTY", gid("Duty", self.number), None, self.duties, ()))
        if self.tip and not any(one.is_tip for one in self.lines):
            sales.append(("ORDER", "TIP", gid("LineItem", self.lines[0].id), None, self.tip, ()))
        self._happened("OrderAgreement", "ORDER", self.at, sales)

    def pay(self, gateway: str, cents: int, at: datetime, *, kind: str = "SALE", **more: Any) -> Paid:
        """Money comes in, is set aside (AUTHORIZATION) or taken of what was (CAPTURE)."""
        paid = Paid(next(self.ids), kind, gateway, cents, at, location=self.location, **more)
        self.payments.append(paid)
        self._touch(at)
        return paid

    def fulfill(self, at: datetime) -> None:
        """All of it is handed over."""
        self.fulfilled.append((next(self.ids), at))
        self._touch(at)

    def remove_units(self, line: Line, units: int, at: datetime) -> None:
        """An edit takes units out."""
        first = line.quantity - line.removed - units
        self._happened("OrderEditAgreement", "ORDER_EDIT", at, [self._returned(line, first, units)])
        line.removed += units
        self.edited = True

    def add_later(self, line: Line, at: datetime) -> None:
        """An edit has put a line in, which ``add`` has made."""
        sale = ("ORDER", _type(line), gid("LineItem", line.id), line.quantity, self._with_tax(line), tuple(line.taxes))
        self._happened("OrderEditAgreement", "ORDER_EDIT", at, [sale])
        self.edited = True

    def refund(
        self,
        at: datetime,
        lines: Iterable[tuple[Line, int]] = (),
        *,
        money: Sequence[tuple[str, int]],
        shipping: bool = False,
        restock: str = "RETURN",
        location: int | None = None,
    ) -> Back:
        """Units go back, and money by each gateway; what it differs by is kept back or given on top."""
        back = Back(next(self.ids), at, [], 0, 0, 0, [], location)
        sales: list[Entry] = []
        for line, units in lines:
            first = line.quantity - line.removed - units
            sales.append(self._returned(line, first, units))
            back.lines.append((line, first, units, restock))
            line.removed += units
        if shipping:
            back.shipping, back.shipping_tax = self.shipping, sum(cents for _, cents in self.shipping_tax)
            taxes = tuple((tax, -cents) for tax, cents in self.shipping_tax)
            amount = -(back.shipping + self._on_top(back.shipping_tax))
            sales.append(("RETURN", "SHIPPING", self._shipping_id, None, amount, taxes))
        due = -sum(sale[4] for sale in sales)
        back.kept = due - sum(cents for _, cents in money)
        if back.kept:
            sales.append(("RETURN", "ADJUSTMENT", "", None, back.kept, ()))
        for gateway, cents in money:
            parent = next((one.id for one in self.payments if one.gateway == gateway), None)
            back.transactions.append(
                Paid(next(self.ids), "REFUND", gateway, cents, at, parent=parent, location=location)
            )
        self.payments += back.transactions
        self.refunds.append(back)
        self._happened("RefundAgreement", "REFUND", at, sales, gid("Refund", back.id))
        return back

    def cancel(self, at: datetime) -> None:
        """It is called off."""
        self.cancelled_at = at
        self._touch(at)

    def worth_of(self, line: Line, units: int) -> int:
        """What the ledger would say of the next units of a line that go back, below zero."""
        return self._returned(line, line.quantity - line.removed - units, units)[4]

    # what it comes to

    @property
    def total(self) -> int:
        """As it was ordered, later lines included."""
        goods = sum(self._with_tax(line) for line in self.lines)
        shipping = self.shipping + self._on_top(sum(cents for _, cents in self.shipping_tax))
        return goods + shipping + self.duties + self._tip_beside

    @property
    def current(self) -> int:
        """What the ledger comes to."""
        return sum(sale[4] for entry in self.ledger for sale in entry.sales)

    @property
    def received(self) -> int:
        """Money that came in."""
        return sum(one.cents for one in self.payments if one.kind in ("SALE", "CAPTURE") and one.status == "SUCCESS")

    @property
    def refunded(self) -> int:
        """Money that went back."""
        return sum(one.cents for one in self.payments if one.kind == "REFUND" and one.status == "SUCCESS")

    @property
    def financial(self) -> str:
        """The state of its money."""
        net = self.received - self.refunded
        if self.refunded:
            return "REFUNDED" if net == 0 else "PARTIALLY_REFUNDED"
        if any(one.kind == "VOID" for one in self.payments) or (self.cancelled_at and not self.received):
            return "VOIDED"
        if self.received >= self.current:
            return "PAID"
        if self.received:
            return "PARTIALLY_PAID"
        authorized = any(one.kind == "AUTHORIZATION" and one.status == "SUCCESS" for one in self.payments)
        return "AUTHORIZED" if authorized else "PENDING"

    @property
    def _shipping_id(self) -> str:
        return gid("ShippingLine", self.number)

    @property
    def _tip_beside(self) -> int:
        return 0 if any(one.is_tip for one in self.lines) else self.tip

    def _tax(self, cents: int, tax: TaxRate) -> int:
        whole = Decimal(cents) * tax.rate
        found = whole / (1 + tax.rate) if self.taxes_included else whole
        return int(found.quantize(Decimal(1), ROUND_HALF_UP))

    def _on_top(self, tax: int) -> int:
        return 0 if self.taxes_included else tax

    def _with_tax(self, line: Line) -> int:
        return line.net + self._on_top(line.tax)

    def _returned(self, line: Line, first: int, units: int) -> Entry:
        taxes = tuple((tax, -part(cents, line.quantity, first, first + units)) for tax, cents in line.taxes)
        amount = -part(line.net, line.quantity, first, first + units) + self._on_top(sum(cents for _, cents in taxes))
        return ("RETURN", _type(line), gid("LineItem", line.id), -units, amount, taxes)

    def _happened(self, kind: str, reason: str, at: datetime, sales: Sequence[Entry], of: str = "") -> None:
        self.ledger.append(Happened(kind, reason, at, tuple(sales), of))
        self._touch(at)

    def _touch(self, at: datetime) -> None:
        self.updated_at = at if self.updated_at is None else max(self.updated_at, at)


def _type(line: Line) -> str:
    return "GIFT_CARD" if line.is_gift_card else "TIP" if line.is_tip else "PRODUCT"
