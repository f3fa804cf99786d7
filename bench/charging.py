"""How fast what a distributor charges is fetched and kept, and that memory does not grow with it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench import company, machine
from bench.distributor import distributor, write_charges
from bench.figures import Report, Section, figure
from qbwc_server.channels.connections.models import Record
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.db import Database
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company

EACH = 10  # charges of an organisation
_BY = Actor(ActorKind.COMMAND_LINE, "bench")


def measure(report: Report, *, organisations: int) -> list[Section]:
    """A first run, in which all is new, and a second one, in which all is known."""
    with company.folder() as name:
        folder = Path(name)
        file = folder / "charges.json"
        report(f"charging: writes what {organisations:,} organisations are charged")
        write_charges(file, organisations, EACH)
        megabytes = file.stat().st_size / 1e6
        _, core = machine.cores()
        machine.pin(core)
        with distributor(file) as address:
            first, again, peak = _runs(report, folder, address, organisations)
    return [
        Section(
            f"Charges of {organisations:,} organisations with {EACH} each, one answer of {megabytes:.0f} MB",
            "One run of a connection to a distributor of another process: fetched, read as a stream, gathered "
            "by organisation and kept; SQLite with durable commit, one process on one core. Memory is all that the "
            "process has at its highest, with the server loaded.",
            [
                figure("fetched and kept, all new", [first], "s", at_most=60),
                figure("fetched and kept, all known", [again], "s", at_most=60),
                figure("memory at its highest", [peak], "MB", at_most=300),
            ],
        )
    ]


def _runs(report: Report, folder: Path, address: str, organisations: int) -> tuple[float, float, float]:
    connected = connect(folder, address)
    machine.reset_peak_memory(os.getpid())
    report("charging: the first run")
    first = connected.fetch(organisations)
    report("charging: the second run")
    again = connected.fetch(organisations)
    peak = machine.peak_memory(os.getpid()) / 1e6
    connected.database.engine.dispose()
    return first, again, peak


@dataclass(frozen=True)
class Connected:
    """A company that is connected to a distributor."""

    database: Database
    settings: Settings
    connection_id: int

    def fetch(self, records: int) -> float:
        """Run the connection until there are so many records; how many seconds it took."""
        began = time.perf_counter()
        done = run_connection(
            self.database, company.CODE, self.connection_id, settings=self.settings, by=_BY, clock=self.database.now
        )
        if done.notice is not None or _records(self.database) != records:
            raise RuntimeError(f"not what was to come: {done}")
        return time.perf_counter() - began


def connect(folder: Path, address: str) -> Connected:
    """A new company whose distributor is at this address."""
    database = company.empty(folder)
    company.add(database)
    options = {
        "client_id": "bench", "client_secret": "secret", "gateway_key": "key", "token_address": f"{address}/token",
        "distributor_address": f"{address}/distributor", "service_provider_address": f"{address}/service-provider",
    }  # fmt: skip
    url = database.engine.url.render_as_string(hide_password=False)
    settings = load(database_url=url, private_upstreams=True, secrets_file=folder / "keys")
    with database.transaction() as db:
        tenant = find_company(db, company.CODE)
        row = add_connection(db, tenant, SHERWEB, options, Choices(), settings=settings, by=_BY, now=database.now())
        return Connected(database, settings, row.id)


def _records(database: Database) -> int:
    """How many records there are."""
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Record)) or 0
