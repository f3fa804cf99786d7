"""Inventory adjustments: what was counted, or what the stock is worth."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import NOT_ENABLED, OK, Refused, Remark, cannot_save, missing, wrong_value
from qbwc_server.simulator.shapes import Values, build, lines_of, message_class
from qbwc_server.simulator.transactions import TXN_KINDS, StockMove, Transaction

RET = "InventoryAdjustmentLineRet"


@dataclass
class Draft:
    """An adjustment worked out and not yet in the books."""

    books: Books
    lines: list[Values] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)

    def new_line(self, line: Any) -> None:
        """A line that was not there before: a quantity, a value, or both."""
        values = headers.new_line(self.books, line, message_class(RET), "InventoryAdjustment line")
        item = self._item(values)
        by_value = vars(line).get("value_adjustment")
        by_quantity = by_value if by_value is not None else vars(line).get("quantity_adjustment")
        if by_quantity is None and "quantity_difference" not in values and "value_difference" not in values:
            raise Refused(3250, NOT_ENABLED)  # serial numbers and lots
        if by_quantity is not None:
            values["quantity_difference"] = _difference(by_quantity, "quantity", item.quantity)
        if by_value is not None:
            values["value_difference"] = _difference(by_value, "value", item.stock_value)
        self._place(item, values)

    def changed_line(self, old: Any, line: Any) -> None:
        """A line of before, changed or not; another quantity alone changes the value in proportion."""
        values, changes = headers.changed_line(self.books, old, line, "InventoryAdjustment line")
        if "quantity_difference" in changes and "value_difference" not in changes:
            values.pop("value_difference", None)
        self._place(self._item(values), values)

    def _item(self, values: Values) -> Entry:
        if "item" not in values:
            raise missing("ItemRef", "InventoryAdjustment line")
        item = self.books.lists.entry(values["item"].list_id)
        if item.kind.tag != "ItemInventory":
            raise wrong_value("ItemRef", item.full_name, "Only inventory items can be adjusted.")
        return item

    def _place(self, item: Entry, values: Values) -> None:
        quantity = values.setdefault("quantity_difference", Decimal(0))
        value = values.setdefault("value_difference", cents(quantity * item.average_cost))
        self.moves.append(StockMove(item.list_id, quantity, value))
        self.postings.append(Posting(item.facts.asset_account, value))
        self.lines.append(values)

    def finish(self, values: Values) -> Decimal:
        """The other side; returns what the adjustment comes to."""
        if not self.lines:
            raise cannot_save("InventoryAdjustment", "You cannot save an empty transaction.")
        total = sum((posting.amount for posting in self.postings), ZERO)
        self.postings.append(Posting(values["account"].list_id, -total))
        return total

    def identified(self) -> tuple[Any, ...]:
        """The lines as typed aggregates; new ones get their ids."""
        for shown in self.lines:
            shown.setdefault("txn_line_id", headers.new_line_id(self.books))
        return tuple(build(message_class(RET), shown) for shown in self.lines)


def _difference(asked: Any, what: str, now: Decimal) -> Decimal:
    new = getattr(asked, f"new_{what}", None)
    if new is not None:
        return Decimal(new) - now
    return Decimal(getattr(asked, f"{what}_difference", None) or 0)


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter an adjustment.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    draft = Draft(books)
    for line in lines_of(message):
        draft.new_line(line)
    total = draft.finish(values)
    books.number(tag, values)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=total, postings=tuple(draft.postings), stock=tuple(draft.moves))
    txn.lines = draft.identified()
    books.enter(txn)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change an adjustment as a Mod says.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    if headers.is_header_of_void(amended, message):
        return headers.save_header(books, amended), OK
    before = {line.txn_line_id: line for line in amended.txn.lines}
    draft = Draft(books)
    for line in lines_of(message) or amended.txn.lines:
        old = headers.old_line(before, line)
        if old is None:
            draft.new_line(line)
        else:
            draft.changed_line(old, line)
    total = draft.finish(amended.values)
    shown = draft.identified()
    headers.save_changed(books, amended, lines=shown, total=total, postings=draft.postings, stock=tuple(draft.moves))
    return amended.txn, OK
