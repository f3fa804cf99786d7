"""Our CSV format: one row per line of a document, the document's own values on its first row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import BinaryIO

from pydantic import Field

from qbwc_server.channels.contract import Outcome, Remark
from qbwc_server.channels.files.assembly import PRICES, Assembly
from qbwc_server.channels.files.columns import (
    ABOUT,
    BY_NAME,
    COLUMNS,
    DATES,
    NUMBERS,
    REQUIRED,
    column_key,
    column_named,
    titles,
)
from qbwc_server.channels.files.contract import Beginning, WrongColumns
from qbwc_server.channels.files.habits import HabitOptions, Habits
from qbwc_server.channels.files.rows import Table

_ALIASES = {column.name: column.aliases for column in COLUMNS}


class CsvOptions(HabitOptions):
    """Options of our CSV format."""

    ignore_columns: tuple[str, ...] = Field(
        default=(), description="Columns of the file to leave out; * leaves out every column that is none of ours."
    )
    quickbooks_prices: bool = Field(
        default=False, description="A line without rate and amount is charged at the price that the item has."
    )


def recognises(beginning: Beginning) -> bool:
    """A row names at least two of the columns that every document needs, and three of ours in all."""
    for row in beginning.rows:
        named = {column_named(cell.strip()) for cell in row} - {None}
        if len(named) > 2 and len(named.intersection((*REQUIRED, *ABOUT))) > 1:
            return True
    return False


def read(stream: BinaryIO, options: CsvOptions) -> Iterator[Outcome]:
    """Each document as a draft, or its mistakes with their lines. Raises WrongColumns and UnknownEncoding."""
    table = Table(stream, options, column_named, BY_NAME, REQUIRED)
    _check_header(table, options)
    survey = table.survey("origin", dates=DATES, numbers=NUMBERS, options=options)
    habits = Habits(options, survey)
    for remark in (*table.remarks, *habits.remarks()):
        yield Remark(remark)
    prices = frozenset() if options.quickbooks_prices else PRICES.intersection(BY_NAME.keys() & set(table.columns))
    assembly = Assembly(habits, prices)
    for group in table.groups("origin", survey.scattered):
        yield from assembly.outcomes(group)


def _check_header(table: Table, options: CsvOptions) -> None:
    """Everything that is wrong with the header, at once."""
    ignored = {column_key(name) for name in options.ignore_columns}
    unknown = [
        title
        for title, column in zip(table.titles, table.columns, strict=True)
        if column is None and title and "*" not in options.ignore_columns and column_key(title) not in ignored
    ]
    named = [name for name in table.columns if name is not None]
    twice = sorted({name for name in named if named.count(name) > 1})
    said = [_missing(name, unknown) for name in REQUIRED if name not in named]
    if not set(named).intersection(ABOUT):
        said.append(_missing(ABOUT[0], unknown))
    said += [_unknown(title) for title in unknown]
    said += [f"More than one column means {name}." for name in twice]
    if said:
        raise WrongColumns(" ".join(said))


def _missing(name: str, unknown: Sequence[str]) -> str:
    near = [title for title in unknown if get_close_matches(column_key(title), [name, *_ALIASES[name]], 1)]
    return f"There is no column {name}" + (f"; is it {near[0]!r}?" if near else ".")


def _unknown(title: str) -> str:
    near = get_close_matches(column_key(title), titles(), 1)
    return f"The column {title!r} is none of ours" + (f"; did you mean {near[0]}?" if near else ".")
