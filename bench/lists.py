"""What the lists of a large company cost: to read 100,000 customers in pages, and to search among them."""

from __future__ import annotations

import html
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from sqlalchemy import text

from bench import company, machine, servers
from bench.client import Client, update
from bench.figures import Figure, Report, Section, figure, percentile
from qbwc_server.books.mirror.asking import PAGE
from qbwc_server.books.mirror.keeping import take_in
from qbwc_server.books.mirror.lists import Told
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.books.mirror.search import search
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from qbxml import IteratorStep, read_message_set
from qbxml.envelope import answer_set
from qbxml.message import IteratedQuery
from qbxml.messages.customer import CustomerQueryRq
from tests.postgres_server import NoPostgres, postgres_server

_SYLLABLES = [first + second for first in "bcdfghklmnprstv" for second in "aeo"]
_TRADES = ("Lighting", "Plumbing", "Hardware", "Consulting", "Foods", "Design", "Logistics", "Dental", "Garden")
_FORMS = ("", " Inc.", " LLC", " Corp.", " & Sons", " GmbH")
_FIRST = ["John", "Mary", "Ann", "Peter", "José", "Björn", "Zoë", "Karl", "Emma", "Luís"]
_PAGE_OF_READING = 5_000  # customers after which memory is looked at for the first time


def names(count: int) -> list[str]:
    """Names of people and firms, all different, some words of them common and most of them rare."""
    dice = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < count:
        word = "".join(dice.choices(_SYLLABLES, k=dice.choice((2, 3, 3, 4)))).title()
        if dice.random() < 0.5:
            name = f"{word} {dice.choice(_TRADES)}{dice.choice(_FORMS)}"
        else:
            name = f"{word}, {dice.choice(_FIRST)}"
        found[f"{name} {len(found)}" if name in found else name] = None
    return list(found)


@dataclass
class LongList:
    """A QuickBooks that has customers and nothing else."""

    names: list[str]
    shown: int = 0
    reached: Callable[[int], None] = lambda shown: None
    waiting: list[int] = field(default_factory=list)

    def __call__(self, request: bytes) -> bytes:
        """A message set, escaped, to its answer, escaped."""
        asked = read_message_set(html.unescape(request.decode()))
        answer = answer_set([self._answer(one) for one in asked.requests])
        return escape(answer).encode()

    def _answer(self, request: object) -> str:
        tag, number = type(request).__name__.removesuffix("Rq"), getattr(request, "request_id", "")
        if not isinstance(request, CustomerQueryRq):
            return f'<{tag}Rs requestID="{number}" statusCode="1" statusSeverity="Info" statusMessage="None found." />'
        assert isinstance(request, IteratedQuery)
        first = 0 if request.iterator is IteratorStep.START else self.shown
        self.shown = min(first + (request.max_returned or PAGE), len(self.names))
        self.reached(self.shown)
        head = (
            f'<{tag}Rs requestID="{number}" statusCode="0" statusSeverity="Info" statusMessage="Status OK" '
            f'iteratorRemainingCount="{len(self.names) - self.shown}" iteratorID="{{1}}">'
        )
        return head + "".join(map(self._customer, range(first, self.shown))) + f"</{tag}Rs>"

    def _customer(self, number: int) -> str:
        name = escape(self.names[number])
        return (
            f"<CustomerRet><ListID>8{number:07X}-1197754000</ListID>"
            f"<TimeModified>2026-01-05T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}-05:00"
            "</TimeModified>"
            f"<Name>{name}</Name><FullName>{name}</FullName><IsActive>true</IsActive><CompanyName>{name}</CompanyName>"
            f"<Phone>212 555 {number % 10000:04}</Phone><Email>office{number}@customer.example</Email>"
            "<TermsRef><ListID>10000-1197754000</ListID><FullName>Net 30</FullName></TermsRef>"
            f"<AccountNumber>K-{number}</AccountNumber></CustomerRet>"
        )


def measure(report: Report, *, customers: int, questions: int) -> list[Section]:
    """Reading over HTTP on SQLite; search on SQLite and PostgreSQL."""
    server_core, client_core = machine.cores()
    machine.pin(client_core)
    found = names(customers)
    with company.folder() as name, ExitStack() as stack:
        report(f"lists: reading {customers:,} customers")
        database = company.empty(Path(name), "reading.db")
        sections = [_reading(Path(name), database, found, server_core)]
        sections.append(_searching(report, "SQLite", database, found, questions))
        try:
            url = stack.enter_context(postgres_server())
        except NoPostgres as reason:
            report(f"lists: no PostgreSQL ({reason})")
            return sections
        other = company.empty_postgres(url, "lists")
        report(f"lists: PostgreSQL, loading {customers:,} customers")
        company.add(other)
        _load(other, found)
        sections.append(_searching(report, "PostgreSQL", other, found, questions))
        for one in (database, other):
            one.engine.dispose()
    return sections


def _reading(folder: Path, database: Database, found: list[str], core: int | None) -> Section:
    prepared = company.add(database)
    url = database.engine.url.render_as_string(hide_password=False)
    memory: list[int] = []
    with servers.running("real", url, core=core, workers=1, folder=folder) as server:
        client = Client(server.url)
        update(client, company.CODE, prepared.password, prepared.hcp, LongList(found[:1]))
        with database.transaction() as db:
            refresh_lists(db, find_company(db, company.CODE).id, now=datetime.now(UTC))

        def reached(shown: int) -> None:
            if not memory and shown >= min(_PAGE_OF_READING, len(found)):  # what is loaded at first use is no growth
                memory.append(machine.reset_peak_memory(server.worker))

        began = time.perf_counter()
        session = update(client, company.CODE, prepared.password, prepared.hcp, LongList(found, reached=reached))
        seconds = time.perf_counter() - began - session.in_company
        growth = machine.peak_memory(server.worker) - memory[0]
        client.close()
    with database.reading() as db:
        kept = db.scalar(text("SELECT count(*) FROM mirror_entries"))
    if kept != len(found):
        raise RuntimeError(f"{kept} of {len(found)} customers were kept")
    return Section(
        f"Reading {len(found):,} customers",
        f"Over HTTP, one worker, SQLite, in pages of {PAGE}; growth is of resident memory at its highest over that "
        f"after the first {_PAGE_OF_READING:,}.",
        [
            figure("memory growth", [growth / 1e6], "MB", at_most=30),
            figure("speed", [len(found) / seconds], "entries/s"),
            figure("time", [seconds], "s"),
        ],
    )


def _load(database: Database, found: list[str]) -> None:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    for start in range(0, len(found), 5_000):
        with database.transaction() as db:
            told = [
                Told(
                    f"8{n:07X}-1", found[n], None, None, True, f"o{n}@customer.example", f"K-{n}", found[n], moment, {}
                )
                for n in range(start, min(start + 5_000, len(found)))
            ]
            take_in(db, find_company(db, company.CODE).id, ListKind.CUSTOMER, told, reading=1, now=moment)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _misspelt(name: str, dice: random.Random) -> str:
    at = dice.randrange(2, max(3, len(name.split(maxsplit=1)[0]) - 2))
    return name[:at] + name[at + 1 :]


def _searching(report: Report, title: str, database: Database, found: list[str], questions: int) -> Section:
    dice = random.Random(11)
    ways: dict[str, Callable[[str], str]] = {
        "by the whole name": lambda name: name.upper(),
        "by a beginning": lambda name: name[:4],
        "by one letter": lambda name: name[0],
        "by words": lambda name: " ".join(reversed(name.replace(",", "").split())),
        "by a common word": lambda name: name.split()[-1],
        "by likeness": lambda name: _misspelt(name, dice),
        "by what is like nothing": lambda name: name[::-1],
        "by e-mail address": lambda name: f"o{dice.randrange(len(found))}@customer.example",
    }
    figures: list[Figure] = []
    for way, said in ways.items():
        report(f"lists: {title}, search {way}")
        times = []
        for name in dice.choices(found, k=questions):
            asked = said(name)
            with database.reading() as db:
                company_id = find_company(db, company.CODE).id
                began = time.perf_counter()
                search(db, company_id, asked, kinds=[ListKind.CUSTOMER])
                times.append((time.perf_counter() - began) * 1e3)
        figures.append(figure(f"{way}, median", times, "ms", at_most=20))
        figures.append(figure(f"{way}, 95 of 100", [percentile(times, 0.95)], "ms"))
    return Section(f"Search among {len(found):,} customers, {title}", f"{questions} questions of each sort.", figures)
