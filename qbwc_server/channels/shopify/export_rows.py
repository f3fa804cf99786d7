"""The rows of one order in the export as an Order, or every mistake in them with its column and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from qbwc_server.channels.files.cells import Unreadable, amount_of, date_of, quantity_of, shown, storable
from qbwc_server.channels.files.habits import check_spreadsheet, check_whole
from qbwc_server.channels.files.rows import Group, Row
from qbwc_server.channels.shopify.order import Buyer, Order, OrderLine, Place, Status

EXPORT_AGAIN = "Export the orders again, and leave the file as it is."
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+ ?(?:[+-][0-9]{2}:?[0-9]{2}|Z|UTC)?)?")
_GUARDED = re.compile(r"'[=+\-@0-9]")  # how the export keeps spreadsheets from reading a text as a number or formula
_MOST_TAXES = 20
_NEEDED = ("Financial Status", "Created at", "Total")
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

    def read(self) -> Order | None:
        """The order; None where there are mistakes."""
        self._check()
        status = self._status()
        identified = self.text("id").isascii() and self.text("id").isdigit()
        day, total = self._needed("Created at", self._day), self._needed("Total", self.money)
        lines = tuple(line for row in self.group.rows if (line := self._line(row)) is not None)
        taxes = tuple(self._taxes())
        order = Order(
            key=self.text("id") if identified else self.name,
            name=self.name,
            identified=identified,
            day=day or date.min,
            status=status or Status.PAID,
            total=total or Decimal(0),
            lines=lines,
            currency=self.text("currency").upper(),
            cancelled=bool(self.text("cancelled at")),
            paid_on=self._day("paid at"),
            subtotal=self.money("subtotal") if self.text("subtotal") else None,
            discount=self.money("discount amount"),
            discount_code=self.text("discount code"),
            shipping=self.money("shipping"),
            shipping_method=self.text("shipping method"),
            taxes=taxes,
            taxes_total=self.money("taxes") if self.text("taxes") else None,
            duties=self.money("duties"),
            refunded=self.money("refunded amount"),
            outstanding=self.money("outstanding balance") if self.text("outstanding balance") else None,
            gateways=self.text("payment method"),
            location=self.text("location"),
            due_on=self._day("next payment due at"),
            buyer=self._buyer(),
        )
        return None if self.mistakes else order

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

    def _day(self, column: str) -> date | None:
        """The day of a moment as written, that is in the shop's own zone."""
        text = self.text(column)
        return self._said(column, self.first, _day_of, text, None) if text else None

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

    def _status(self) -> Status | None:
        text = self.text("financial status")
        try:
            return Status(text.casefold().replace(" ", "_")) if text else None
        except ValueError:
            self._wrong(
                "unknown_status",
                f"Its financial status is {shown(text)}, which is not known here.",
                "Enter the order by hand, and tell the maintainers of this program.",
                "Financial Status",
            )
            return None

    def _line(self, row: Row) -> OrderLine | None:
        name = storable(row.cells.get("lineitem name", ""))
        sku = unguarded(storable(row.cells.get("lineitem sku", "")))
        if not (name or sku or row.cells.get("lineitem quantity")):
            return None
        for column, text in (("lineitem name", name), ("lineitem sku", sku)):
            self._said(column, row, _whole, text, "")
        taxable = row.cells.get("lineitem taxable", "").casefold()
        return OrderLine(
            name=name,
            sku=sku,
            quantity=self._number("lineitem quantity", row),
            price=self._number("lineitem price", row),
            discount=self.money("lineitem discount", row),
            taxable={"true": True, "false": False}.get(taxable),
        )

    def _number(self, column: str, row: Row) -> Decimal:
        """A quantity or price, which must be there."""
        return self._said(column, row, quantity_of, row.cells.get(column, ""), Decimal(0))

    def _taxes(self) -> list[tuple[str, Decimal]]:
        found = []
        for number in range(1, _MOST_TAXES + 1):
            if amount := self.money(f"tax {number} value"):
                found.append((self.text(f"tax {number} name") or "Taxes", amount))
        return found

    def _buyer(self) -> Buyer:
        return Buyer(
            billing_name=self.text("billing name"),
            shipping_name=self.text("shipping name"),
            company=self.text("billing company"),
            email=self.text("email"),
            phone=unguarded(self.text("billing phone") or self.text("phone")),
            billing=self._place("billing"),
            shipping=self._place("shipping"),
        )

    def _place(self, which: str) -> Place:
        streets = [self.text(f"{which} address1"), self.text(f"{which} address2")]
        if not any(streets):
            streets = [self.text(f"{which} street")]
        return Place(
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
