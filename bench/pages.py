"""What the pages of a company with a million documents cost the server, and in how many statements."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select, text

from bench import company
from bench.figures import Figure, Report, Section, figure
from bench.statements import counting
from qbwc_server.app import create_app
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentRow
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user, set_password
from tests.postgres_server import NoPostgres, postgres_server

MOST_MS = 100.0
MOST_STATEMENTS = 40
_EMAIL, _PASSWORD = "owner@bench.example", "correct horse battery"
_OWN = ("id", "origin", "number", "party", "state", "txn_id", "posted_at")
_AT_A_TIME = 100_000  # documents made by one statement
_WARMING = 2  # looks before anything is measured
# of 1,000 documents, those that are not posted
_STATES = {"for_review": 6, "submitted": 4, "failed": 2, "held": 1, "excluded": 7, "withdrawn": 10}
_PAGES = {
    "status": "",
    "documents, for review": "/documents",
    "documents, posted": "/documents?tab=posted",
    "documents, posted, page behind the first": "/documents?tab=posted&after=500000",
    "documents, a number": "/documents?tab=posted&q=777777",
    "documents, part of a name": "/documents?tab=posted&q=ustomer+12",
    "documents, a name nobody has": "/documents?tab=posted&q=nobody+at+all",
    "one document": "/documents/500",
}


def measure(report: Report, *, documents: int, rounds: int) -> list[Section]:
    """Each page on SQLite and PostgreSQL, by a person who is signed in; without the way over the network."""
    with company.folder() as name, ExitStack() as stack:
        databases = {"SQLite": company.empty(Path(name), "pages.db")}
        try:
            databases["PostgreSQL"] = company.empty_postgres(stack.enter_context(postgres_server()), "pages")
        except NoPostgres as reason:
            report(f"pages: no PostgreSQL ({reason})")
        found = []
        for what, database in databases.items():
            report(f"pages: {what}, {documents:,} documents")
            _fill(database, documents)
            found.append(_looking(report, what, database, documents, rounds))
            database.engine.dispose()
        return found


def _fill(database: Database, count: int) -> None:
    """One company with so many documents, most of them posted, and its owner."""
    company.add(database)
    company.bring(database, company.invoices(1))
    now = datetime.now(UTC)
    with database.transaction() as db:
        row = db.execute(select(DocumentRow.__table__)).mappings().one()
        same = ", ".join(name for name in row if name not in _OWN)
        states = " ".join(f"WHEN n % 1000 < {limit} THEN '{state}'" for state, limit in _limits())
        posted = f"n % 1000 >= {sum(_STATES.values())}"
        for first in range(1, count + 1, _AT_A_TIME):
            last = min(first + _AT_A_TIME - 1, count)
            numbers = f"(SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
            values = (
                f"'bench:' || n, CAST(n AS VARCHAR(20)), 'Customer ' || (n % 5000), CASE {states} ELSE 'posted' END, "
                f"CASE WHEN {posted} THEN 'T' || n END, CASE WHEN {posted} THEN created_at END, {same}"
            )
            db.execute(
                text(
                    f"WITH RECURSIVE numbers(n) AS {numbers} INSERT INTO documents ({', '.join(_OWN[1:])}, {same}) "
                    f"SELECT {values} FROM numbers, documents WHERE id = {row['id']}"
                )
            )
        user = add_user(db, email=_EMAIL, name="Olga", by=SERVER, now=now)
        set_password(db, user, _PASSWORD, by=SERVER, now=now)
        add_member(db, user, find_company(db, company.CODE), Role.OWNER, by=SERVER, now=now)
    on_server = database.engine.dialect.name == "postgresql"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if on_server else "ANALYZE")  # as autovacuum would by and by


def _limits() -> Iterator[tuple[str, int]]:
    """Up to which rest of a thousand a document has a state."""
    limit = 0
    for state, share in _STATES.items():
        limit += share
        yield state, limit


def _looking(report: Report, what: str, database: Database, documents: int, rounds: int) -> Section:
    app = create_app(load(database_url=database.engine.url.render_as_string(False)))
    client = app.test_client()
    _sign_in(client)
    figures: list[Figure] = []
    for title, path in _PAGES.items():
        report(f"pages: {what}, {title}")
        address = f"/portal/companies/{company.CODE}{path}"
        took: list[float] = []
        with counting(app.extensions["database"]) as count:
            for _ in range(_WARMING + rounds):
                count.clear()
                began = time.perf_counter()
                if client.get(address).status_code != 200:
                    raise RuntimeError(f"{address} is not shown")
                took.append((time.perf_counter() - began) * 1000)
            statements = count["statements"]
        figures.append(figure(title, took[_WARMING:], "ms", at_most=MOST_MS))
        figures.append(figure(f"{title}: statements", [statements], "", at_most=MOST_STATEMENTS))
    app.extensions["database"].engine.dispose()
    return Section(
        f"Pages of a company with {documents:,} documents, {what}",
        "A person who is signed in, from the request to the whole page; without the way over the network.",
        figures,
    )


def _sign_in(client: FlaskClient) -> None:
    proof = re.search(r'name="proof" value="([0-9a-f]{64})"', client.get("/portal/sign-in").text)
    if proof is None:
        raise RuntimeError("there is no form to sign in by")
    said = {"proof": proof[1], "email": _EMAIL, "password": _PASSWORD}
    if client.post("/portal/sign-in", data=said).status_code != 303:
        raise RuntimeError("nobody was signed in")
