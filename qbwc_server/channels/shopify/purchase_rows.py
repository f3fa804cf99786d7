"""A list of purchase orders as a table, a row for each line: of Stocky, of the shop's admin, or kept by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO, TypeVar

from pydantic import ValidationError

from qbwc_server.channels.contract import Outcome, Remark, RowProblem
from qbwc_server.channels.files.cells import Unreadable, shown
from qbwc_server.channels.files.contract import Beginning, WrongColumns
from qbwc_server.channels.files.habits import Habits
from qbwc_server.channels.files.mistakes import mistakes, path
from qbwc_server.channels.files.rows import Group, Row, Table
from qbwc_server.channels.shopify.purchase_options import PurchaseOptions
from qbwc_server.channels.shopify.purchases import purchase_outcomes
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.purchase import Bought, Purchase, Stage

TITLES: dict[str, tuple[str, ...]] = {
    "number": ("po number", "purchase order number", "purchase order", "po #", "po", "reference"),
    "supplier": ("supplier", "supplier name", "vendor", "vendor name"),
    "date": ("order date", "ordered on", "ordered at", "date", "created", "created at", "created on"),
    "expected": ("expected on", "expected date", "expected", "estimated arrival", "arrival date"),
    "status": ("status",),
    "sku": ("sku", "variant sku", "product sku"),
    "title": ("product", "product title", "product name", "title", "description", "item name"),
    "quantity": ("quantity", "qty", "ordered", "quantity ordered", "qty ordered", "ordered quantity"),
    "received": ("received", "quantity received", "qty received", "received quantity", "accepted"),
    "cost": ("cost price", "cost", "unit cost", "purchase price", "cost per item"),
    "received_on": ("received on", "received at", "received date", "date received"),
    "bill": ("invoice number", "supplier invoice", "bill number", "invoice"),
    "location": ("location", "receiving location", "destination"),
    "freight": ("shipping", "freight", "shipping cost"),
    "adjustments": ("adjustments", "adjustment", "fees"),
    "tax": ("tax", "taxes"),
}
NEEDED = ("number", "supplier", "date", "quantity", "cost")
_BY_TITLE = {title: column for column, titles in TITLES.items() for title in titles}
_STAGES = {
    "draft": Stage.DRAFT,
    "ordered": Stage.ORDERED,
    "open": Stage.ORDERED,
    "sent": Stage.ORDERED,
    "pending": Stage.ORDERED,
    "confirmed": Stage.ORDERED,
    "partial": Stage.PARTLY_RECEIVED,
    "partially received": Stage.PARTLY_RECEIVED,
    "received": Stage.RECEIVED,
    "closed": Stage.RECEIVED,
    "complete": Stage.RECEIVED,
    "completed": Stage.RECEIVED,
    "cancelled": Stage.CANCELLED,
    "canceled": Stage.CANCELLED,
}
_DATES = ("date", "expected", "received_on")
_NUMBERS = ("quantity", "received", "cost", "freight", "adjustments", "tax")
_AGAIN = "Correct the cell, and import the file again."
V = TypeVar("V")


def column(title: str) -> str | None:
    """Which column a title means."""
    return _BY_TITLE.get(" ".join(title.replace("_", " ").casefold().split()))


def recognises(beginning: Beginning) -> bool:
    """A row names an order's number, its supplier, and quantities of something; documents of ours name their kind."""
    for row in beginning.rows:
        if {"kind", "origin"} & {cell.strip().casefold() for cell in row}:
            return False
        named = {column(cell.strip()) for cell in row}
        if named >= {"number", "supplier", "quantity"} and named & {"sku", "title"}:
            return True
    return False


def read(stream: BinaryIO, options: PurchaseOptions) -> Iterator[Outcome]:
    """Each order as what it is now, or its mistakes. Raises WrongColumns and UnknownEncoding."""
    table = Table(stream, options, column, frozenset(NEEDED), frozenset(("number", "supplier", "quantity")))
    missing = [TITLES[name][0] for name in NEEDED if name not in table.columns]
    if not {"sku", "title"} & set(table.columns):
        missing.append("sku")
    if missing:
        raise WrongColumns(f"The list of purchase orders has no column {', no column '.join(missing)}.")
    survey = table.survey("number", dates=_DATES, numbers=_NUMBERS, options=options)
    habits = Habits(options, survey)
    for remark in (*table.remarks, *habits.remarks()):
        yield Remark(remark)
    for group in table.groups("number", survey.scattered):
        yield from _Group(group, habits, options).outcomes()


class _Group:
    """The rows of one order; values of the order stand on its first row, or on each."""

    def __init__(self, group: Group, habits: Habits, options: PurchaseOptions) -> None:
        self.group, self.habits, self.options = group, habits, options
        self.wrong: list[RowProblem] = []

    def outcomes(self) -> Iterator[Outcome]:
        """What the order is, or every mistake in it."""
        self._unusable()
        purchase = self._purchase() if not self.wrong else None
        if purchase is not None and not self.wrong:
            self._accounts(purchase)
        if purchase is not None and not self.wrong:
            try:
                yield from list(purchase_outcomes(purchase, self.options, self.group.line_number))
                return
            except ValidationError as error:
                for place, found in mistakes(error):
                    self._tell(found, path(place), self.group.line_number)
        yield from self.wrong

    def _unusable(self) -> None:
        for broken in self.group.broken:
            self._tell(Unreadable(broken.code, broken.message, broken.advice), "", broken.line_number)
        if self.group.doubt is not None:
            where = f"The row in line {self.group.doubt.line_number} cannot be read, and may belong to it."
            self._tell(Unreadable("line_in_doubt", where, _AGAIN), "", self.group.line_number)
        if self.group.scattered:
            advice = "Sort the file by the number of the order, and import it again."
            self._tell(
                Unreadable("rows_not_adjacent", "Its rows do not stand together.", advice), "", self.group.line_number
            )
        if not self.group.key and self.group.rows:
            self._tell(Unreadable("missing_value", "The row names no order.", _AGAIN), "number", self.group.line_number)

    def _purchase(self) -> Purchase | None:
        first = self.group.rows[0]
        day = self._value(first, "date", self.habits.date)
        supplier = self._value(first, "supplier", self.habits.text) or ""
        if not supplier:
            self._tell(Unreadable("missing_value", "It names no supplier.", _AGAIN), "supplier", first.line_number)
        lines = tuple(line for row in self.group.rows if (line := self._line(row)) is not None)
        if not lines:
            self._tell(Unreadable("no_lines", "It has no lines.", "Nothing to post."), "", first.line_number)
        return Purchase(
            self.group.key,
            supplier,
            day or date.min,
            lines,
            self._stage(first),
            self._value(first, "expected", self.habits.date),
            self._last("received_on"),
            first.cells.get("location", ""),
            self._value(first, "bill", self.habits.text) or "",
            self._sum(first, "freight"),
            self._sum(first, "adjustments"),
            self._sum(first, "tax"),
        )

    def _line(self, row: Row) -> Bought | None:
        sku = self._value(row, "sku", self.habits.text) or ""
        title = self._value(row, "title", self.habits.prose) or ""
        if not (sku or title):
            return None
        ordered = self._value(row, "quantity", self.habits.quantity, needed=True)
        cost = self._value(row, "cost", self.habits.quantity, needed=True)
        received = self._value(row, "received", self.habits.quantity)
        return Bought(sku, title, ordered or Decimal(0), received or Decimal(0), cost or Decimal(0))

    def _stage(self, first: Row) -> Stage | None:
        text = first.cells.get("status", "")
        found = _STAGES.get(" ".join(text.replace("_", " ").casefold().split()))
        if text and found is None:
            message = f"Its status is {shown(text)}, which is not known here."
            self._tell(Unreadable("unknown_status", message, "Enter it by hand."), "status", first.line_number)
        return found

    def _last(self, name: str) -> date | None:
        days = [self._value(row, name, self.habits.date) for row in self.group.rows]
        return max((day for day in days if day is not None), default=None)

    def _sum(self, row: Row, name: str) -> Decimal:
        return self._value(row, name, self.habits.amount) or Decimal(0)

    def _value(self, row: Row, name: str, reading: Callable[[str], V], *, needed: bool = False) -> V | None:
        cell = row.cells.get(name, "")
        if not cell:
            if needed or name == "date":
                self._tell(Unreadable("missing_value", "There is nothing in it.", _AGAIN), name, row.line_number)
            return None
        try:
            return reading(cell)
        except Unreadable as found:
            self._tell(found, name, row.line_number)
            return None

    def _accounts(self, purchase: Purchase) -> None:
        """What has come with freight, adjustments or tax needs an account for each."""
        if purchase.stage is not Stage.RECEIVED:
            return
        for name in ("freight", "adjustments", "tax"):
            if getattr(purchase, name) and getattr(self.options, f"{name}_account") is None:
                message = f"It holds {getattr(purchase, name)} of {name}, and no account is chosen for that."
                advice = f"Choose one with the option {name}_account, and import the file again."
                self._tell(Unreadable("account_not_chosen", message, advice), name, self.group.line_number)

    def _tell(self, found: Unreadable, name: str, line_number: int) -> None:
        called = f"Purchase order {self.group.key}: " if self.group.key else ""
        title = f"{TITLES[name][0]}: " if name in TITLES else f"{name}: " if name else ""
        problem = Problem(found.code, name, f"{called}{title}{found.message}", found.advice)
        self.wrong.append(RowProblem(problem, line_number, self.group.line_number))
