"""An order of a shop as typed values, whoever told it: what was ordered, what money moved, what was given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.money import NOTHING, smallest_unit


class Financial(StrEnum):
    """What the shop shows of the money of an order; the books go by its transactions."""

    AUTHORIZED = "AUTHORIZED"
    PENDING = "PENDING"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"
    NOT_SAID = ""


class Fulfillment(StrEnum):
    """How far an order has been handed over."""

    UNFULFILLED = "UNFULFILLED"
    PARTIALLY_FULFILLED = "PARTIALLY_FULFILLED"
    FULFILLED = "FULFILLED"
    RESTOCKED = "RESTOCKED"
    PENDING_FULFILLMENT = "PENDING_FULFILLMENT"
    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    ON_HOLD = "ON_HOLD"
    SCHEDULED = "SCHEDULED"
    REQUEST_DECLINED = "REQUEST_DECLINED"
    NOT_SAID = ""


class TransactionKind(StrEnum):
    """What a transaction does with money; an authorisation moves none, a void takes one back."""

    SALE = "SALE"
    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    AUTHORIZATION = "AUTHORIZATION"
    EMV_AUTHORIZATION = "EMV_AUTHORIZATION"
    VOID = "VOID"
    CHANGE = "CHANGE"
    SUGGESTED_REFUND = "SUGGESTED_REFUND"
    NOT_SAID = ""


class TransactionStatus(StrEnum):
    """What became of a transaction: only success is money."""

    SUCCESS = "SUCCESS"
    PENDING = "PENDING"
    FAILURE = "FAILURE"
    ERROR = "ERROR"
    AWAITING_RESPONSE = "AWAITING_RESPONSE"
    UNKNOWN = "UNKNOWN"
    NOT_SAID = ""


class Restock(StrEnum):
    """What became of goods that were given back."""

    RETURN = "RETURN"
    CANCEL = "CANCEL"
    NO_RESTOCK = "NO_RESTOCK"
    LEGACY_RESTOCK = "LEGACY_RESTOCK"
    NOT_SAID = ""


class Adjustment(StrEnum):
    """Why money of a refund differs from its lines."""

    SHIPPING_REFUND = "SHIPPING_REFUND"
    REFUND_DISCREPANCY = "REFUND_DISCREPANCY"
    PENDING_REFUND_DISCREPANCY = "PENDING_REFUND_DISCREPANCY"
    NOT_SAID = ""


class SaleOf(StrEnum):
    """What a change of an order is about."""

    PRODUCT = "PRODUCT"
    GIFT_CARD = "GIFT_CARD"
    SHIPPING = "SHIPPING"
    TIP = "TIP"
    DUTY = "DUTY"
    ADDITIONAL_FEE = "ADDITIONAL_FEE"
    FEE = "FEE"
    ADJUSTMENT = "ADJUSTMENT"
    UNKNOWN = "UNKNOWN"


class AgreementReason(StrEnum):
    """Why an entry stands in the shop's ledger of an order."""

    ORDER = "ORDER"
    ORDER_EDIT = "ORDER_EDIT"
    REFUND = "REFUND"
    RETURN = "RETURN"
    NOT_SAID = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A location of the shop; the web shop has none."""

    id: str = ""
    name: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax of something. ``theirs``: the channel that sold it owes the tax, not the shop."""

    title: str
    amount: Decimal
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order, all units that were ever ordered. ``price``: of one, before discounts.

    ``kept``: how many are neither taken out nor given back.
    """

    id: str
    title: str
    quantity: Decimal
    kept: Decimal | None
    price: Decimal
    sku: str = ""
    product_type: str = ""
    discount: Decimal = NOTHING
    taxes: tuple[Tax, ...] = ()
    unit_cost: Decimal | None = None
    is_gift_card: bool = False
    is_tip: bool = False

    @property
    def listed(self) -> Decimal:
        """All units before discounts."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Extra:
    """Shipping, duties or a fee of an order. ``price``: before discounts."""

    id: str
    title: str
    price: Decimal
    discount: Decimal = NOTHING
    taxes: tuple[Tax, ...] = ()
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that moved, or was about to. ``rounding``: what the drawer got more, or gave more, than ``amount``."""

    id: str
    kind: TransactionKind
    status: TransactionStatus
    gateway: str
    amount: Decimal
    at: datetime
    rounding: Decimal = NOTHING
    place: Place = NOWHERE
    is_test: bool = False
    is_manual: bool = False

    @property
    def is_money_in(self) -> bool:
        """Whether it brought money."""
        return self.status is TransactionStatus.SUCCESS and self.kind in (TransactionKind.SALE, TransactionKind.CAPTURE)

    @property
    def is_money_back(self) -> bool:
        """Whether it gave money back."""
        return self.status is TransactionStatus.SUCCESS and self.kind is TransactionKind.REFUND

    @property
    def is_change(self) -> bool:
        """Whether it is what a buyer got back of too much cash."""
        return self.status is TransactionStatus.SUCCESS and self.kind is TransactionKind.CHANGE


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Units of a line that were given back; ``subtotal`` after discounts, with the tax where prices hold it."""

    item: str
    quantity: Decimal
    subtotal: Decimal
    tax: Decimal
    restock: Restock = Restock.NOT_SAID
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back at once. ``shipping``, its tax, and ``duties`` are not below zero.

    ``kept_back``: what was given back less than its lines come to, as the shop says.
    """

    id: str
    at: datetime
    lines: tuple[RefundLine, ...] = ()
    shipping: Decimal = NOTHING
    shipping_tax: Decimal = NOTHING
    duties: Decimal = NOTHING
    kept_back: Decimal = NOTHING
    transactions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a change of an order, below zero where something was taken out; ``net`` without ``taxes``."""

    about: SaleOf
    of: str
    title: str
    quantity: Decimal
    net: Decimal
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What was changed of an order at once, after it was placed."""

    id: str
    at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, as far as it is known."""

    name: str = ""
    company: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought, as far as it may be known."""

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    billing: Address = Address()
    shipping: Address = Address()


@dataclass(frozen=True, slots=True)
class Totals:
    """The shop's own sums, None where it says nothing. ``total``: as if nothing had been taken out or refunded."""

    total: Decimal | None = None
    current: Decimal | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    discounts: Decimal | None = None
    received: Decimal | None = None
    tips: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Order:
    """One order, in the money of the shop. ``problems``: what cannot be read of it, for a person."""

    id: str
    name: str
    at: datetime
    currency: str
    financial: Financial
    fulfillment: Fulfillment
    totals: Totals
    items: tuple[Item, ...] = ()
    shipping: tuple[Extra, ...] = ()
    duties: tuple[Extra, ...] = ()
    fees: tuple[Extra, ...] = ()
    taxes: tuple[Tax, ...] = ()  # of the whole order, as the shop sums them up
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    edits: tuple[Edit, ...] = ()
    fulfilled_at: datetime | None = None  # the last of it
    cancelled_at: datetime | None = None
    due_at: datetime | None = None
    tax_included: bool = False
    is_test: bool = False
    place: Place = NOWHERE
    source: str = ""
    buyer: Buyer = Buyer()
    note: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def unit(self) -> Decimal:
        """What its amounts are whole multiples of."""
        return smallest_unit(self.currency)

    @property
    def key(self) -> str:
        """Its number, under which it is known for ever."""
        return self.id

    @property
    def called(self) -> str:
        """What a person calls it."""
        return f"order {self.name or self.id}"

    @property
    def extras(self) -> Iterator[Extra]:
        """Shipping, duties and fees."""
        yield from (*self.shipping, *self.duties, *self.fees)

    def refunded_units(self, item: str) -> Decimal:
        """How many units of a line refunds tell of."""
        return sum((line.quantity for one in self.refunds for line in one.lines if line.item == item), NOTHING)
