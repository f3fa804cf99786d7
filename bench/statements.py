"""How many SQL statements each SOAP call takes, with few and with very many requests and companies about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import company, crowd
from bench.figures import Figure, Report, Section
from qbwc_server import clock
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.text import Text
from qbwc_server.db import Database
from qbwc_server.settings import load
from qbwc_server.tenancy.companies import find_company

INVOICES = 80  # more than two sets carry, 25 and 50
Counts = dict[str, int]


@contextmanager
def counting(database: Database) -> Iterator[Counter[str]]:
    """Counts the statements that leave for the database; one with many rows of parameters is one."""
    count: Counter[str] = Counter()

    def seen(*_: Any) -> None:
        count["statements"] += 1

    event.listen(database.engine, "before_cursor_execute", seen)
    try:
        yield count
    finally:
        event.remove(database.engine, "before_cursor_execute", seen)


def of_one_session(
    database: Database, prepared: company.Prepared, *, code: str = company.CODE, sets: int = 2
) -> Counts:
    """The statements of each call of a session that is cut after some sets; BEGIN counts, COMMIT does not."""
    settings = load(database_url=database.engine.url.render_as_string(False))
    operations = WebConnectorOperations(database, settings, clock.now)  # the database's is asked now and then
    answers = company.InstantCompany()
    found: Counts = {}
    with counting(database) as count:

        def counted(name: str, result: Any) -> Any:
            found[name] = max(found.get(name, 0), count.pop("statements", 0))
            return result

        ticket = counted("authenticate", operations.authenticate(code, prepared.password, "127.0.0.1"))[0]
        hcp = prepared.hcp
        for number in range(sets):
            name = "first sendRequestXML" if number == 0 else "later sendRequestXML"
            request = counted(name, operations.send_request_xml(ticket, Text.of(hcp), "", "US", 13, 0))
            hcp = ""
            answer = answers.plain(request)
            counted("receiveResponseXML", operations.receive_response_xml(ticket, Text.of(answer), "", ""))
        counted("closeConnection", operations.close_connection(ticket))
    return found


def measure(report: Report, *, requests: int, companies: int) -> list[Section]:
    """Few requests, very many of one company, and as many of very many companies."""
    columns: dict[str, Counts] = {}
    for title, others, more in (
        ("1,000 requests, 1 company", 0, 1000),
        (f"{requests:,} requests, 1 company", 0, requests),
        (f"{requests:,} requests, {companies:,} companies", companies, requests),
    ):
        report(f"statements: {title}")
        with company.folder() as name:
            database = company.empty(Path(name))
            prepared = company.add(database)
            company.bring(database, company.invoices(INVOICES))
            with database.reading() as db:
                own = find_company(db, company.CODE).id
            crowd.fill(database, companies=others, requests=more, company_id=None if others else own)
            columns[title] = of_one_session(database, prepared)
            database.engine.dispose()
    few, *many = columns.values()
    figures = [
        Figure(
            call,
            few[call],
            "statements",
            min(counts[call] for counts in columns.values()),
            max(counts[call] for counts in columns.values()),
            "constant",
            all(counts[call] == few[call] for counts in many),
        )
        for call in few
    ]
    return [
        Section(
            "SQL statements of one SOAP call",
            f"SQLite; a set of 25 invoices; compared: {'; '.join(columns)}. A statement with many rows counts as one.",
            figures,
        )
    ]
