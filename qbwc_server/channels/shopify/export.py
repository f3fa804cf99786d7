"""The orders export: recognised, refused where its columns are missing, and read order by order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pydantic import ValidationError

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem, Skipped
from qbwc_server.channels.files.cells import Unreadable, storable
from qbwc_server.channels.files.contract import Beginning, WrongColumns
from qbwc_server.channels.files.mistakes import mistakes, path
from qbwc_server.channels.files.rows import Group, Table
from qbwc_server.channels.shopify.drafts import order_draft, skipped
from qbwc_server.channels.shopify.export_rows import EXPORT_AGAIN, Mistake, OrderRows
from qbwc_server.channels.shopify.exported import Exported
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.documents.problems import Problem

REQUIRED = (
    "Name",
    "Financial Status",
    "Created at",
    "Total",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
)
_TYPICAL = frozenset(("name", "lineitem name", "lineitem quantity"))
_NEEDED = frozenset(title.casefold() for title in REQUIRED)


class MissingColumns(WrongColumns):
    """The orders export lacks columns that are needed."""

    code = "missing_columns"
    advice = "In Shopify choose Orders, Export, and export the orders with all columns; then import that file."


def column(title: str) -> str | None:
    """Columns go by their own titles, without regard to case."""
    return title.casefold() or None


def recognises(beginning: Beginning) -> bool:
    """A row names an order's name and its line items, or at least several columns of line items."""
    for row in beginning.rows:
        named = {column(cell.strip()) for cell in row}
        if named >= _TYPICAL or sum(name is not None and name.startswith("lineitem ") for name in named) > 1:
            return True
    return False


def read(stream: BinaryIO, options: ShopifyOptions) -> Iterator[Outcome]:
    """Each order as a draft, as skipped, or as one problem. Raises MissingColumns and UnknownEncoding."""
    table = Table(stream, options, column, _NEEDED | _TYPICAL, _TYPICAL)
    missing = [title for title in REQUIRED if column(title) not in table.columns]
    if missing:
        raise MissingColumns(f"The orders export has no column {', no column '.join(missing)}.")
    survey = table.survey("name")
    for remark in table.remarks:
        yield Remark(remark)
    currency = options.currency
    for group in table.groups("name", survey.scattered):
        outcomes = list(_outcomes(group, options, currency))
        yield from outcomes
        if currency is None and (found := _currency_of(group)) and any(isinstance(one, Draft) for one in outcomes):
            currency = found
            yield Remark(f"The orders are in {currency}; the books must be in {currency} too.")


def _outcomes(group: Group, options: ShopifyOptions, currency: str | None) -> Iterator[Outcome]:
    """The order as a draft, as skipped, or everything that is wrong with it."""
    found = list(_unusable(group))
    rows = OrderRows(group, found)
    order = rows.read(options.items) if not found else None
    if order is not None:
        try:
            yield _draft(order, options, currency, group.line_number)
            return
        except Unreadable as wrong:
            found.append(Mistake(wrong))
        except ValidationError as error:
            found += [Mistake(mistake, path(place)) for place, mistake in mistakes(error)]
    for one in found:
        message = f"{one.column}: {one.found.message}" if one.column else one.found.message
        problem = Problem(
            one.found.code, one.column, f"Order {group.key}: {message}" if group.key else message, one.found.advice
        )
        yield RowProblem(problem, one.line_number or group.line_number, group.line_number)


def _draft(told: Exported, options: ShopifyOptions, currency: str | None, line_number: int) -> Draft | Skipped:
    found, order = skipped(told, line_number), told.order
    if found is not None:
        return found
    if currency is not None and order.currency not in ("", currency.upper()):
        raise Unreadable(
            "other_currency",
            f"It is in {order.currency}, the books are in {currency.upper()}.",
            "Enter it by hand, or name the currency of the books with the option currency.",
        )
    if not any(item.quantity for item in order.items) and not (order.shipping or told.total):
        raise Unreadable("no_lines", "It has no lines and no amounts.", "Nothing to post; check it in Shopify.")
    return order_draft(told, options, line_number)


def _currency_of(group: Group) -> str:
    return storable(group.rows[0].cells.get("currency", "")).upper() if group.rows else ""


def _unusable(group: Group) -> Iterator[Mistake]:
    """What makes the whole group unusable, whatever its cells say."""
    for broken in group.broken:
        yield Mistake(Unreadable(broken.code, broken.message, broken.advice), "", broken.line_number)
    if not group.key and group.rows:
        yield Mistake(Unreadable("missing_value", "The row names no order.", EXPORT_AGAIN))
    if group.doubt is not None:
        why = "names no order" if group.doubt.code == "no_key" else "cannot be read"
        message = f"The row in line {group.doubt.line_number} {why}, and may belong to it."
        yield Mistake(Unreadable("line_in_doubt", message, "Correct that row and import the file again."))
    if group.scattered:
        advice = "Export the orders again, and do not sort the file."
        yield Mistake(Unreadable("rows_not_adjacent", "Its rows do not stand together.", advice))
