"""How fast documents are handed in: in bulk by a program, by a file of JSON lines, by a CSV file."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import company, machine
from bench.figures import Figure, Report, Section, figure
from qbwc_server.channels.files.importing import import_file
from qbwc_server.db import Database
from qbwc_server.documents.kinds import Document, dump_document, load_document
from qbwc_server.documents.kinds.invoice import Invoice

INVOICES: Final = 1000
AT_LEAST: Final = 4000.0  # a second
_COLUMNS = ("kind", "origin", "number", "date", "due_date", "po_number", "memo", "customer")
_OF_A_LINE = ("item", "description", "quantity", "rate", "amount")

Way = Callable[[Database, Path, list[Document]], Callable[[], object]]  # prepares; what it gives is measured


def measure(report: Report, *, rounds: int) -> list[Section]:
    """Rounds of each way into one database; the first of each is not counted: it loads and compiles some things."""
    machine.pin(machine.cores()[0])
    figures: list[Figure] = []
    for name, way in WAYS.items():
        cpu: list[float] = []
        with company.folder() as folder:
            database = company.empty(Path(folder))
            company.add(database)
            for number in range(rounds + 1):
                report(f"handing in, {name}: round {number} of {rounds}")
                prepared = way(database, Path(folder), company.invoices(INVOICES, first=1 + number * INVOICES))
                began = time.process_time()
                prepared()
                cpu.append(time.process_time() - began)
            _check(database, (rounds + 1) * INVOICES)
            database.engine.dispose()
        figures.append(figure(name, [INVOICES / seconds for seconds in cpu[1:]], "per s", at_least=AT_LEAST))
        figures.append(figure(f"{name}: CPU each", [seconds * 1000 / INVOICES for seconds in cpu[1:]], "ms"))
    return [
        Section(
            f"Hand in {INVOICES:,} invoices of 3 lines",
            "Read, checked, kept, compiled and queued; SQLite with durable commit, in process, per second of CPU. "
            "Customers and items are known.",
            figures,
        )
    ]


def _bulk(database: Database, _: Path, invoices: list[Document]) -> Callable[[], object]:
    texts = [dump_document(one) for one in invoices]
    return lambda: company.bring(database, [load_document(text) for text in texts])


def _json_lines(database: Database, folder: Path, invoices: list[Document]) -> Callable[[], object]:
    file = folder / "invoices.jsonl"
    file.write_text("".join(f"{dump_document(one)}\n" for one in invoices))
    return lambda: _import(database, file)


def _csv(database: Database, folder: Path, invoices: list[Document]) -> Callable[[], object]:
    file = folder / "invoices.csv"
    with file.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow((*_COLUMNS, *_OF_A_LINE))
        rows.writerows(_rows(invoices))
    return lambda: _import(database, file)


def _rows(invoices: Iterable[Document]) -> Iterable[list[object]]:
    for one in invoices:
        if isinstance(one, Invoice):
            head = [getattr(one, name) for name in _COLUMNS[:-1]]
            for line in one.lines:
                yield [*head, one.customer.name, *(getattr(line, name) for name in _OF_A_LINE)]


WAYS: dict[str, Way] = {"in bulk": _bulk, "JSON lines": _json_lines, "CSV": _csv}


def _import(database: Database, file: Path) -> None:
    import_file(
        database,
        company.CODE,
        file,
        format=None,
        options={},
        by=company.BY,
        clock=lambda: datetime.now(UTC),
    )


def _check(database: Database, owed: int) -> None:
    """A figure counts only when the work was done."""
    with database.engine.connect() as connection:
        query = "SELECT count(*) FROM documents WHERE state = 'submitted'"
        submitted = connection.exec_driver_sql(query).scalar()
    if submitted != owed:
        raise RuntimeError(f"{submitted} of {owed} invoices were submitted")
