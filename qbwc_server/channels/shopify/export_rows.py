"""The rows of one order in the export as a typed order, or every mistake in them with its column and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeVar

from qbwc_server.channels.files.cells import Unreadable, amount_of, date_of, quantity_of, shown, storable
from qbwc_server.channels.files.habits import check_spreadsheet, check_whole
from qbwc_server.channels.files.rows import Group, Row
from qbwc_server.channels.shopify.exported import STATUSES, Exported
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import Address, Buyer, Extra, Financial, Fulfillment, Item, Order, Place, Tax, Totals

EXPORT_AGAIN = "Export the orders again, and leave the file as it is."
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+ ?(?:[+-][0-9]{2}:?[0-9]{2}|Z|UTC)?)?")
_GUARDED = re.compile(r"'[=+\-@0-9]")  # how the export keeps spreadsheets from reading a text as a number or formula
_MOST_TAXES = 20
_NEEDED = ("Financial Status", "Created at", "Total")
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)  # of what has no date, and is a mistake
_FULFILLMENTS = {
    "fulfilled": Fulfillment.FULFILLED,
    "partial": Fulfillment.PARTIALLY_FULFILLED,
    "partially fulfilled": Fulfillment.PARTIALLY_FULFILLED,
    "unfulfilled": Fulfillment.UNFULFILLED,
    "restocked": Fulfillment.RESTOCKED,
}
_GIFT_CARDS = (
    "gift card", "giftcard", "gift certificate", "gift voucher", "carte cadeau", "chèque-cadeau", "geschenkgutschein",
    "geschenkkarte", "tarjeta de regalo", "tarjeta regalo", "buono regalo", "carta regalo", "cadeaubon", "cadeaukaart",
    "ギフトカード", "礼品卡",
)  # fmt: skip
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a cell, or with the order as a whole."""

    found: Unreadable
    column: str = ""
    line_number: int | None = None


@dataclass
class OrderRows:
    """The cells of one order; values of the order stand on its first row only. ``mistakes`` collects what is wrong."""

    group: Group
    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, goods: Collection[str] = ()) -> Exported | None:
        """The order; None where there are mistakes.

        Args:
            goods: names and numbers of products that are neither tips nor gift cards, whatever they are called.
        """
        self._check()
        status = self._status()
        is_identified = self.text("id").isascii() and self.text("id").isdigit()
        at, total = self._needed("Created at", self._moment), self._needed("Total", self.money)
        order = Order(
            id=self.text("id") if is_identified else self.name,
            name=self.name,
            at=at or _LONG_AGO,
            currency=self.text("currency").upper(),
            financial=status or Financial.PAID,
            fulfillment=_FULFILLMENTS.get(self.text("fulfillment status").casefold(), Fulfillment.NOT_SAID),
            items=tuple(self._items(goods)),
            taxes=tuple(self._taxes()),
            cancelled_at=(self._moment("cancelled at") or at) if self.text("cancelled at") else None,
            totals=self._totals(total),
            shipping=tuple(self._shipping()),
            duties=tuple(self._duties()),
            place=Place(self.text("location"), self.text("location")),
            fulfilled_at=self._moment("fulfilled at"),
            due_at=self._moment("next payment due at"),
            buyer=self._buyer(),
        )
        told = Exported(
            order,
            is_identified,
            ways=self.text("payment method"),
            discount_code=self.text("discount code"),
            paid_at=self._moment("paid at"),
            owed=self._told("outstanding balance"),
            refunded=self.money("refunded amount"),
        )
        return None if self.mistakes else told

    def _totals(self, total: Decimal | None) -> Totals:
        return Totals(
            total=total or NOTHING,
            subtotal=self._told("subtotal"),
            discounts=self.money("discount amount"),
            tax=self._told("taxes"),
        )

    def _told(self, column: str) -> Decimal | None:
        """An amount, None where the cell is empty."""
        return self.money(column) if self.text(column) else None

    def _shipping(self) -> Iterator[Extra]:
        if amount := self.money("shipping"):
            method = self.text("shipping method")
            yield Extra("shipping", f"Shipping: {method}" if method else "Shipping", amount)

    def _duties(self) -> Iterator[Extra]:
        if amount := self.money("duties"):
            yield Extra("duties", "Duties", amount)

    @property
    def name(self) -> str:
        """As people call the order: #1001."""
        return storable(self.group.key)

    @property
    def first(self) -> Row:
        """The row with the order's own values."""
        return self.group.rows[0]

    def text(self, column: str) -> str:
        """A text of the order, "" where there is none."""
        return storable(self.first.cells.get(column, ""))

    def money(self, column: str, row: Row | None = None) -> Decimal:
        """An amount, nothing where the cell is empty."""
        text = (row or self.first).cells.get(column, "")
        return self._said(column, row or self.first, amount_of, text, Decimal(0)) if text else Decimal(0)

    def _said(self, column: str, row: Row, reading: Callable[[str], _Value], text: str, otherwise: _Value) -> _Value:
        try:
            return reading(text)
        except Unreadable as found:
            self.mistakes.append(Mistake(found, column.capitalize(), row.line_number))
            return otherwise

    def _wrong(self, code: str, message: str, advice: str, column: str = "", line_number: int | None = None) -> None:
        self.mistakes.append(Mistake(Unreadable(code, message, advice), column, line_number))

    def _needed(self, title: str, reading: Callable[[str], _Value]) -> _Value | None:
        return reading(title.casefold()) if self.text(title.casefold()) else None

    def _moment(self, column: str) -> datetime | None:
        """Noon of the day as written, that is in the shop's own zone: the books ask for no more."""
        text = self.text(column)
        day = self._said(column, self.first, _day_of, text, None) if text else None
        return None if day is None else datetime.combine(day, time(12), UTC)

    def _check(self) -> None:
        """The values of the order are on its first row, and its rows are one order's."""
        self._said("Name", self.first, _whole, self.name, "")
        for title in _NEEDED:
            if not self.text(title.casefold()):
                self._wrong("order_values_missing", f"Its first row has no {title}.", EXPORT_AGAIN, title)
        for row in self.group.rows[1:]:
            for column in ("id", "total"):
                if row.cells.get(column, self.first.cells.get(column)) not in ("", self.first.cells.get(column)):
                    message = f"Line {row.line_number} has the same name but another {column}."
                    advice = "Import the exports of two shops separately."
                    self._wrong("two_orders", message, advice, column.capitalize(), row.line_number)

    def _status(self) -> Financial | None:
        text = self.text("financial status")
        found = STATUSES.get(text.casefold().replace(" ", "_"))
        if text and found is None:
            self._wrong(
                "unknown_status",
                f"Its financial status is {shown(text)}, which is not known here.",
                "Enter the order by hand, and tell the maintainers of this program.",
                "Financial Status",
            )
        return found

    def _items(self, goods: Collection[str]) -> Iterator[Item]:
        for number, row in enumerate(self.group.rows, 1):
            if (item := self._item(str(number), row, goods)) is not None:
                yield item

    def _item(self, number: str, row: Row, goods: Collection[str]) -> Item | None:
        name = storable(row.cells.get("lineitem name", ""))
        sku = unguarded(storable(row.cells.get("lineitem sku", "")))
        if not (name or sku or row.cells.get("lineitem quantity")):
            return None
        for column, text in (("lineitem name", name), ("lineitem sku", sku)):
            self._said(column, row, _whole, text, "")
        taxable = row.cells.get("lineitem taxable", "").casefold()
        plain = name in goods or sku in goods
        card = not plain and taxable != "true" and any(word in name.casefold() for word in _GIFT_CARDS)
        return Item(
            id=number,
            title=name or sku,
            quantity=self._number("lineitem quantity", row),
            kept=None,
            price=self._number("lineitem price", row),
            sku=sku,
            discount=self.money("lineitem discount", row),
            is_gift_card=card,
            is_tip=not plain and name.casefold() == "tip" and not sku,
        )

    def _number(self, column: str, row: Row) -> Decimal:
        """A quantity or price, which must be there."""
        return self._said(column, row, quantity_of, row.cells.get(column, ""), Decimal(0))

    def _taxes(self) -> Iterator[Tax]:
        for number in range(1, _MOST_TAXES + 1):
            if amount := self.money(f"tax {number} value"):
                yield Tax(self.text(f"tax {number} name") or "Taxes", amount)

    def _buyer(self) -> Buyer:
        billing = self._address("billing", self.text("billing company"))
        return Buyer(
            name=self.text("billing name"),
            email=self.text("email"),
            phone=unguarded(self.text("billing phone") or self.text("phone")),
            billing=billing,
            shipping=self._address("shipping"),
        )

    def _address(self, which: str, company: str = "") -> Address:
        streets = [self.text(f"{which} address1"), self.text(f"{which} address2")]
        if not any(streets):
            streets = [self.text(f"{which} street")]
        return Address(
            name=self.text(f"{which} name"),
            company=company,
            lines=tuple(street for street in streets if street),
            city=_no_dash(self.text(f"{which} city")),
            state=_no_dash(self.text(f"{which} province")),
            postal_code=_no_dash(unguarded(self.text(f"{which} zip"))),
            country=_no_dash(self.text(f"{which} country")),
        )


def _day_of(text: str) -> date:
    if not _MOMENT.fullmatch(text):
        raise Unreadable("bad_date", f"{shown(text)} is no moment as Shopify writes it.", EXPORT_AGAIN)
    return date_of(text[:10])


def _whole(text: str) -> str:
    check_spreadsheet(text)
    check_whole(text)
    return text


def _no_dash(text: str) -> str:
    return "" if text == "-" else text


def unguarded(text: str) -> str:
    """Without the apostrophe that marks digits and signs as text."""
    return text[1:] if _GUARDED.match(text) else text
