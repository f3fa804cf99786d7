"""The orders export: recognised, refused where its columns are missing, and read order by order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qbwc_server.channels.contract import Outcome, Remark, RowProblem
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.contract import Beginning, WrongColumns
from qbwc_server.channels.files.rows import Group, Table
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.channels.shopify.order import outcome_of
from qbwc_server.channels.shopify.order_rows import Scope
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
    table = Table(stream, options, column, _NEEDED | _TYPICAL)
    missing = [title for title in REQUIRED if column(title) not in table.columns]
    if missing:
        raise MissingColumns(f"The orders export has no column {', no column '.join(missing)}.")
    for remark in table.remarks:
        yield Remark(remark)
    scope = Scope(options)
    told = options.currency is not None
    for group in table.groups("name", table.survey("name").scattered):
        try:
            _check(group)
            yield outcome_of(group, scope)
            if scope.currency is not None and not told:
                told = True
                yield Remark(f"The orders are in {scope.currency}; the books must be in {scope.currency} too.")
        except Unreadable as found:
            message = f"Order {group.key}: {found.message}" if group.key else found.message
            problem = Problem(found.code, "", message, found.advice)
            yield RowProblem(problem, group.line_number, group.line_number)


def _check(group: Group) -> None:
    for broken in group.broken:
        raise Unreadable(broken.code, broken.message, broken.advice)
    if not group.key:
        raise Unreadable(
            "missing_value", "The row names no order.", "Export the orders again, and leave the file as it is."
        )
    if group.doubt is not None:
        raise Unreadable(
            "line_in_doubt",
            f"The row in line {group.doubt.line_number} may belong to it and cannot be read.",
            "Correct that row and import the file again.",
        )
    if group.scattered:
        raise Unreadable(
            "rows_not_adjacent",
            "Its rows do not stand together.",
            "Export the orders again, and do not sort the file.",
        )
