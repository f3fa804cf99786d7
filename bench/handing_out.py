"""How long the next message set takes to leave, alone in the database and in a crowd."""

from __future__ import annotations

import random
import statistics
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import text

from bench import company, crowd
from bench.figures import Figure, Report, Section, figure, percentile
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.sessions import open_session
from qbwc_server.connector.text import Text
from qbwc_server.db import Database
from qbwc_server.settings import load
from qbwc_server.tenancy.models import Company
from tests.postgres_server import NoPostgres, postgres_server

PER_COMPANY = 100  # requests, in both databases: four sets of 25
FEW = 10  # companies in the small database: 1,000 requests
_TIDY = (
    "UPDATE message_sets SET delivery = 'answered' WHERE company_id = :company AND delivery = 'in_flight'",
    "UPDATE queued_requests SET state = 'done' WHERE company_id = :company AND state = 'sent'",
)
_AGAIN = (
    "DELETE FROM passengers WHERE company_id = :company",
    "DELETE FROM message_sets WHERE company_id = :company",
    "DELETE FROM update_sessions WHERE company_id = :company",
    "UPDATE queued_requests SET state = 'queued', attempts = 0 WHERE company_id = :company",
)


class Hall:
    """A database with queued requests, from which sets are handed out company by company."""

    def __init__(self, database: Database, companies: int) -> None:
        self.database = database
        self.companies = crowd.fill(database, companies=companies, requests=companies * PER_COMPANY)
        url = database.engine.url.render_as_string(hide_password=False)
        self.operations = WebConnectorOperations(database, load(database_url=url))

    def hand_out(self, number: int, dice: random.Random) -> list[float]:
        """Seconds of each sendRequestXML but the first one of a session, at ``number`` companies."""
        times: list[float] = []
        for company_id in dice.choices(self.companies, k=number):
            with self.database.transaction() as db:
                session, ticket = open_session(db, db.get_one(Company, company_id), datetime.now(UTC))
                session.qbxml_version = "13.0"  # the company file has introduced itself
            for _ in range(PER_COMPANY // 25):
                began = time.perf_counter()
                body = self.operations.send_request_xml(ticket, Text.of(""), "", "US", 13, 0)
                times.append(time.perf_counter() - began)
                if body.count("<InvoiceAddRq") != 25:
                    raise RuntimeError(f"not the set that was to come: {body[:300]}")
                self._run(_TIDY, company_id)
            self._run(_AGAIN, company_id)
        return times

    def _run(self, statements: tuple[str, ...], company_id: int) -> None:
        with self.database.transaction() as db:
            for statement in statements:
                db.execute(text(statement), {"company": company_id})


def measure(report: Report, *, companies: int, rounds: int, samples: int) -> list[Section]:
    """The small and the large database by turns, on SQLite and on PostgreSQL."""
    sections = []
    with company.folder() as name, ExitStack() as stack:
        for title in ("SQLite", "PostgreSQL"):
            if title == "SQLite":
                small, large = company.empty(Path(name), "small.db"), company.empty(Path(name), "large.db")
            else:
                try:
                    url = stack.enter_context(postgres_server())
                except NoPostgres as reason:
                    report(f"handing out: no PostgreSQL ({reason})")
                    break
                small, large = (company.empty_postgres(url, part) for part in ("small", "large"))
            report(f"handing out: {title}, loading {companies * PER_COMPANY:,} requests of {companies:,} companies")
            halls = Hall(small, FEW), Hall(large, companies)
            dice = random.Random(1)
            for hall in halls:
                hall.hand_out(FEW, dice)  # what is loaded and compiled once
            few: list[list[float]] = []
            many: list[list[float]] = []
            for number in range(rounds):
                report(f"handing out: {title}, round {number + 1} of {rounds}")
                for _ in range(samples // 10):  # in short turns: the machine's moods meet both alike
                    for hall, times in zip(halls, (few, many), strict=True):
                        times.append(hall.hand_out(10, dice))
            for database in (small, large):
                database.engine.dispose()
            sections.append(_section(title, few, many, companies, rounds))
    return sections


def _section(title: str, few: list[list[float]], many: list[list[float]], companies: int, rounds: int) -> Section:
    def by_round(turns: list[list[float]]) -> list[list[float]]:
        size = len(turns) // rounds
        return [list(chain(*turns[start : start + size])) for start in range(0, size * rounds, size)]

    small, large = by_round(few), by_round(many)
    ratios = {
        share: [percentile(b, share) / percentile(a, share) for a, b in zip(small, large, strict=True)]
        for share in (0.5, 0.99)
    }
    figures: list[Figure] = []
    for words, rows in (("1,000 requests", small), (f"{companies * PER_COMPANY:,} requests", large)):
        for share in (0.5, 0.99):
            figures.append(
                figure(f"p{share * 100:.0f} with {words}", [percentile(row, share) * 1000 for row in rows], "ms")
            )
    figures.append(figure("p50, many against few", ratios[0.5], "times"))
    figures.append(figure("p99, many against few", ratios[0.99], "times", at_most=1.2))
    handed_out = float(sum(map(len, small)))
    figures.append(Figure("sets handed out in each", handed_out, "", handed_out, handed_out))
    return Section(
        f"Time to hand out the next set, {title}",
        f"sendRequestXML in process, commit included, 25 requests a set; {FEW} companies against {companies:,} drawn "
        "at random, whose requests had come 25 at a time in turn; median of "
        f"{rounds} rounds, each {statistics.mean(map(len, small)):.0f} sets.",
        figures,
    )
