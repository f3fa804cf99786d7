"""An order of a shop as typed values: what its export or its API says, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

ORIGIN = "shopify:order:"


class Status(StrEnum):
    """What became of the money of an order."""

    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    PENDING = "pending"
    UNPAID = "unpaid"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    OVERDUE = "overdue"
    VOIDED = "voided"
    EXPIRED = "expired"


RECEIVED = frozenset((Status.PAID, Status.PARTIALLY_REFUNDED, Status.REFUNDED))  # the whole sum came in
NO_SALE = frozenset((Status.VOIDED, Status.EXPIRED))
_NO_MONEY = frozenset(("gift_card", "gift card", "store_credit", "shopify_store_credit", "store credit"))
_GIFT_CARDS = (
    "gift card", "giftcard", "gift certificate", "gift voucher", "carte cadeau", "chèque-cadeau", "geschenkgutschein",
    "geschenkkarte", "tarjeta de regalo", "tarjeta regalo", "buono regalo", "carta regalo", "cadeaubon", "cadeaukaart",
    "ギフトカード", "礼品卡",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product of an order. ``price`` is that of one, before discounts."""

    name: str
    sku: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    taxable: bool | None = None  # None: the source does not say

    @property
    def is_tip(self) -> bool:
        """Whether the shop has put a tip among the products."""
        return self.name.casefold() == "tip" and not self.sku

    @property
    def is_gift_card(self) -> bool:
        """Whether a gift card is sold: a debt to whoever holds it, on which there is never tax."""
        name = self.name.casefold()
        return self.taxable is not True and any(word in name for word in _GIFT_CARDS)


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address, as far as it is known."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as the order says it."""

    billing_name: str = ""
    shipping_name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    billing: Place = Place()
    shipping: Place = Place()


@dataclass(frozen=True, slots=True)
class Order:
    """One order. Amounts are in its currency; None where the source says nothing."""

    key: str  # the shop's own id, or the name where there is none
    name: str
    identified: bool  # whether ``key`` is the shop's own id
    day: date  # in the shop's own zone
    status: Status
    total: Decimal
    lines: tuple[OrderLine, ...]
    currency: str = ""
    cancelled: bool = False
    paid_on: date | None = None  # the day on which the last of it was paid
    subtotal: Decimal | None = None
    discount: Decimal = Decimal(0)
    discount_code: str = ""
    shipping: Decimal = Decimal(0)
    shipping_method: str = ""
    taxes: tuple[tuple[str, Decimal], ...] = ()  # name and amount of each
    taxes_total: Decimal | None = None
    duties: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    outstanding: Decimal | None = None
    gateways: str = ""  # "Stripe + gift_card"
    location: str = ""
    due_on: date | None = None
    buyer: Buyer = field(default_factory=Buyer)

    @property
    def origin(self) -> str:
        """The origin of the sale."""
        return ORIGIN + self.key

    @property
    def received(self) -> Decimal:
        """What came in until now, as the shop says."""
        if self.status in RECEIVED:
            return self.total
        if self.status is Status.PARTIALLY_PAID and self.outstanding is not None:
            return self.total - self.outstanding
        return Decimal(0)

    @property
    def paid_without_money(self) -> bool | None:
        """Whether gift cards or store credit paid for it: True: nothing else did; None: they did in part."""
        ways = [way.strip().casefold() for way in self.gateways.split("+") if way.strip()]
        cards = [way in _NO_MONEY for way in ways]
        return None if any(cards) and not all(cards) else bool(cards) and all(cards)
