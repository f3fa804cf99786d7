"""A list as a CSV file, no cell of which a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from qbwc_server.mapping.exchange import guarded

MOST_IN_A_FILE = 10_000


def csv_file(name: str, columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> Response:
    """The file, to be kept under this name; what has parts is JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(record[column]) for column in columns] for record in records)
    response = Response(out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return guarded(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
