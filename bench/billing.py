"""How fast a billing day is fetched, drafted and queued, and that memory does not grow with it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from bench import company, machine
from bench.charging import EACH, Connected, connect
from bench.distributor import distributor, write_charges
from bench.figures import Report, Section, figure
from qbwc_server.billing_runs.keeping import change_settings
from qbwc_server.billing_runs.models import BilledPart, BillingOutcome, Outcome
from qbwc_server.billing_runs.running import run_billing
from qbwc_server.books.mirror.keeping import take_in
from qbwc_server.books.mirror.lists import Told
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.mapping.kinds import KINDS, WordKind
from qbwc_server.mapping.models import Decision, WordMapping
from qbwc_server.tenancy.companies import find_company


def measure(report: Report, *, organisations: int) -> list[Section]:
    """One billing day of a company whose distributor is another process."""
    with company.folder() as name:
        folder = Path(name)
        file = folder / "charges.json"
        report(f"billing: writes what {organisations:,} organisations are charged")
        write_charges(file, organisations, EACH)
        _, core = machine.cores()
        machine.pin(core)
        with distributor(file) as address:
            connected = connect(folder, address)
            _knows(connected, organisations)
            machine.reset_peak_memory(os.getpid())
            report("billing: fetches")
            began_cpu = time.process_time()
            fetched = connected.fetch(organisations)
        report("billing: the run")
        began = time.perf_counter()
        run_billing(connected.database, company.CODE, _first_day(), by=company.BY, clock=connected.database.now)
        billed, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        peak = machine.peak_memory(os.getpid()) / 1e6
        _check(connected, organisations)
        connected.database.engine.dispose()
    return [
        Section(
            f"Billing {organisations:,} organisations with {EACH} charges each",
            "Their charges fetched as one answer, drafted as an invoice of each with a line of each charge, and "
            "queued; what was billed of each charge and the report are kept. SQLite with durable commit, one process "
            "on one core. Memory is all that the process has at its highest, with the server loaded.",
            [
                figure("fetched and kept", [fetched], "s"),
                figure("drafted and queued", [billed], "s"),
                figure("both", [fetched + billed], "s", at_most=60),
                figure("CPU of both", [cpu], "s"),
                figure("memory at its highest", [peak], "MB", at_most=300),
            ],
        )
    ]


def _first_day() -> date:
    return datetime.now(UTC).date().replace(day=1)


def _knows(connected: Connected, organisations: int) -> None:
    """The lists have a customer for each organisation and an item for each offer, and all are mapped."""
    now = connected.database.now()
    sold = {"sales_or_purchase": {"desc": None, "price": "19.90", "price_percent": None, "account": None}}
    words = (
        (WordKind.CUSTOMER, None, {}, [f"Organisation {number:05}" for number in range(organisations)]),
        (WordKind.ITEM, "Service", sold, [f"SKU-{number:02}" for number in range(EACH)]),
    )
    with connected.database.transaction() as db:
        tenant = find_company(db, company.CODE)
        said = {"mode": "pre_bill", "day": 1, "first_day": _first_day(), "zone": "Pacific/Kiritimati", "at": "00:00"}
        change_settings(db, tenant, said, by=company.BY, now=now)
        for kind, entry_type, rest, some in words:
            told = [
                Told(f"{kind.value}-{number}", f"{word} here", None, entry_type, True, None, None, None, now, rest)
                for number, word in enumerate(some)
            ]
            take_in(db, tenant.id, KINDS[kind].list_kind, told, reading=1, now=now)
            db.execute(insert(WordMapping), list(_mapped(tenant.id, connected, kind, some)))


def _mapped(company_id: int, connected: Connected, kind: WordKind, words: list[str]) -> Iterator[dict[str, object]]:
    for number, word in enumerate(words):
        yield {
            "company_id": company_id,
            "connection_id": connected.connection_id,
            "kind": kind,
            "word": word,
            "decision": Decision.ENTRY,
            "list_id": f"{kind.value}-{number}",
            "name": f"{word} here",
            "by": company.BY,
            "changed_at": connected.database.now(),
        }


def _check(connected: Connected, organisations: int) -> None:
    """Every charge stands in one invoice, and each invoice is queued."""
    counted = {
        select(func.count()).select_from(DocumentRow).where(DocumentRow.state == State.SUBMITTED): organisations,
        select(func.count()).select_from(BilledPart): organisations * EACH,
        select(func.count()).select_from(BillingOutcome).where(BillingOutcome.outcome == Outcome.BILLED): organisations
        * EACH,
    }
    with connected.database.reading() as db:
        for statement, wanted in counted.items():
            if (found := db.scalar(statement)) != wanted:
                raise RuntimeError(f"{found} instead of {wanted}: {statement}")
