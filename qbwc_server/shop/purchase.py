"""A purchase order of a shop as typed values, whoever told it, and what it is in the books at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qbwc_server.shop.money import NOTHING

PURCHASE_ORIGIN = "shopify:purchase:"


class Stage(StrEnum):
    """How far a purchase has come."""

    DRAFT = "draft"  # nobody has ordered anything yet
    ORDERED = "ordered"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Bought:
    """One line; ``cost`` is that of one."""

    sku: str
    title: str
    ordered: Decimal
    received: Decimal
    cost: Decimal

    @property
    def is_received(self) -> bool:
        """Whether all of it has come."""
        return self.received >= self.ordered


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase order.

    Attributes:
        said: the stage that the shop says; None: only the quantities tell.
        received_on: when the last of it came, as far as that is told.
        bill: the number on the bill of the supplier.
    """

    number: str
    supplier: str
    day: date
    lines: tuple[Bought, ...]
    said: Stage | None = None
    expected: date | None = None
    received_on: date | None = None
    location: str = ""
    bill: str = ""
    freight: Decimal = NOTHING
    adjustments: Decimal = NOTHING
    tax: Decimal = NOTHING

    @property
    def origin(self) -> str:
        """Of the purchase order."""
        return f"{PURCHASE_ORIGIN}{self.number}"

    @property
    def stage(self) -> Stage:
        """How far it has come: as the shop says, else by the quantities."""
        if self.said in (Stage.DRAFT, Stage.CANCELLED, Stage.RECEIVED):
            return self.said
        if all(one.is_received for one in self.lines) and any(one.received for one in self.lines):
            return Stage.RECEIVED
        return Stage.PARTLY_RECEIVED if any(one.received for one in self.lines) else Stage.ORDERED

    @property
    def came(self) -> tuple[Bought, ...]:
        """What has come; where the shop says that all has and counts nothing, what was ordered."""
        if any(one.received for one in self.lines):
            return tuple(one for one in self.lines if one.received)
        return tuple(
            Bought(one.sku, one.title, one.ordered, one.ordered, one.cost) for one in self.lines if one.ordered
        )
