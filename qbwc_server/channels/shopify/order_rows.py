"""The cells of one order in the export, read with the column and line of every mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from qbwc_server.channels.files.cells import Unreadable, amount_of, date_of, quantity_of, shown, storable
from qbwc_server.channels.files.rows import Group, Row
from qbwc_server.channels.shopify.options import ShopifyOptions

ORIGIN = "shopify:order:"
EXPORT_AGAIN = "Export the orders again, and leave the file as it is."
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+ ?(?:[+-][0-9]{2}:?[0-9]{2}|Z|UTC)?)?")
_GUARDED = re.compile(r"'[=+\-@0-9]")  # how the export keeps spreadsheets from reading a text as a number or formula


class OrderProblem(Unreadable):
    """What keeps an order out, with the column and line where it was seen."""

    def __init__(
        self, code: str, message: str, advice: str, *, column: str = "", line_number: int | None = None
    ) -> None:
        super().__init__(code, message, advice)
        self.column, self.line_number = column, line_number


@dataclass
class Scope:
    """What holds for the whole file: options, and the currency of its first order."""

    options: ShopifyOptions
    currency: str | None = None


@dataclass
class Order:
    """The rows of one order; values of the order stand on the first row only."""

    group: Group
    scope: Scope
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return storable(self.group.key)

    @property
    def first(self) -> Row:
        return self.group.rows[0]

    @property
    def identified(self) -> bool:
        """Whether the file gives the shop's own id of the order; spreadsheets may have turned it into 7.7E+12."""
        return self.text("id").isascii() and self.text("id").isdigit()

    @property
    def origin(self) -> str:
        return ORIGIN + (self.text("id") if self.identified else self.name)

    @property
    def status(self) -> str:
        return self.text("financial status").casefold().replace(" ", "_")

    def text(self, column: str) -> str:
        return storable(self.first.cells.get(column, ""))

    def money(self, column: str, row: Row | None = None) -> Decimal:
        """An amount, nothing where the cell is empty."""
        row = row or self.first
        text = row.cells.get(column, "")
        try:
            return amount_of(text) if text else Decimal(0)
        except Unreadable as found:
            raise _at(row, column, found) from None

    def number(self, column: str, row: Row) -> Decimal:
        """A quantity, which must be there."""
        try:
            return quantity_of(row.cells.get(column, ""))
        except Unreadable as found:
            raise _at(row, column, found) from None

    def day(self, column: str) -> date | None:
        """The day of a moment as written, that is in the shop's own zone."""
        text = self.text(column)
        if not text:
            return None
        try:
            if not _MOMENT.fullmatch(text):
                raise Unreadable("bad_date", f"{shown(text)} is no moment as Shopify writes it.", EXPORT_AGAIN)
            return date_of(text[:10])
        except Unreadable as found:
            raise _at(self.first, column, found) from None


def _at(row: Row, column: str, found: Unreadable) -> OrderProblem:
    return OrderProblem(
        found.code,
        f"{column.capitalize()}: {found.message}",
        found.advice,
        column=column.capitalize(),
        line_number=row.line_number,
    )


def unguarded(text: str) -> str:
    """Without the apostrophe that marks digits and signs as text."""
    return text[1:] if _GUARDED.match(text) else text
