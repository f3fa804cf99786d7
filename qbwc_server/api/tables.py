"""Every list is also to be had as CSV at its own address, by whoever says so in Accept."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin
from urllib.parse import urlencode

from flask import Response, request
from pydantic import BaseModel

from qbwc_server.api.answers.answer import Answer
from qbwc_server.api.routes import CSV, JSON, Route
from qbwc_server.mapping.exchange import guarded

_NEXT, _CURSORS = "next", ("after", "before")


@dataclass(frozen=True, slots=True)
class Table:
    """A list of records.

    Args:
        name: of the list in the answer.
        columns: the names of a record's fields.
    """

    name: str
    columns: tuple[str, ...]


@cache
def table_of(answer: Any) -> Table | None:
    """The list that an answer consists of, where it is nothing else but one, and the cursor of its next page."""
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return None
    parts = {name: field.annotation for name, field in answer.model_fields.items() if name != _NEXT}
    if len(parts) != 1:
        return None
    ((name, kind),) = parts.items()
    (row,) = get_args(kind) if get_origin(kind) is list else (None,)
    known = isinstance(row, type) and issubclass(row, Answer) and bool(row.model_fields)
    return Table(name, tuple(row.model_fields)) if known and row is not None else None


def as_table(response: Response, route: Route | None) -> Response:
    """The answer as CSV, where it is a list and the caller would rather have that; its next page stands in Link."""
    table = None if route is None or request.method != "GET" else table_of(route.answer)
    if table is None or route is None or response.status_code != 200:
        return response
    response.vary.add("Accept")
    if response.mimetype != JSON or request.accept_mimetypes.best_match([JSON, CSV], JSON) != CSV:
        return response
    record = response.get_json()
    response.set_data(_written(table, record[table.name]))
    response.mimetype = CSV
    cursor = next((name for name in _CURSORS if name in route.parameters), None)
    if record.get(_NEXT) is not None and cursor is not None:
        query = urlencode({**request.args, cursor: record[_NEXT]})
        response.headers["Link"] = f'<?{query}>; rel="next"'
    return response


def _written(table: Table, records: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(record.get(column)) for column in table.columns] for record in records)
    return out.getvalue()


def _cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula; what has parts is JSON."""
    if value is None:
        return ""
    return guarded(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
