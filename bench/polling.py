"""What a poll costs that finds nothing: serverVersion, clientVersion and authenticate, 95 of 100 calls of a fleet."""

from __future__ import annotations

import time
from pathlib import Path

from bench import company, machine, servers
from bench.client import Client, update
from bench.figures import Report, Section, figure

_CALLS = 3  # of a session that finds no work
_WARMING = 30  # polls before anything is measured
MOST_MS = 2.0


def measure(report: Report, *, rounds: int, polls: int) -> list[Section]:
    """Rounds of polls of one company, whose file is known and for which nothing waits, through HTTP."""
    server_core, client_core = machine.cores()
    cpu: list[float] = []
    speeds: list[float] = []
    with company.folder() as name:
        folder = Path(name)
        database = company.empty(folder)
        prepared = company.add(database)
        company.bring(database, company.invoices(1))
        database.engine.dispose()
        machine.pin(client_core)
        url = f"sqlite:///{folder / 'bench.db'}"
        with servers.running("real", url, core=server_core, workers=1, folder=folder) as server:
            client = Client(server.url)
            answers = company.InstantCompany()
            update(client, company.CODE, prepared.password, prepared.hcp, answers)  # the file introduces itself
            for number in range(rounds + 1):
                report(f"polling: round {number} of {rounds}")
                before, began = server.cpu_seconds(), time.perf_counter()
                for _ in range(polls if number else _WARMING):
                    if update(client, company.CODE, prepared.password, prepared.hcp, answers).calls != _CALLS:
                        raise RuntimeError("a poll found work")
                if number:
                    cpu.append((server.cpu_seconds() - before) * 1000 / polls)
                    speeds.append(polls / (time.perf_counter() - began))
            client.close()
    return [
        Section(
            f"{polls:,} polls that find nothing, 1 worker",
            "serverVersion, clientVersion and authenticate over one connection; SQLite; the server's CPU time includes "
            "HTTP, logs and metrics.",
            [figure("server CPU per poll", cpu, "ms", at_most=MOST_MS), figure("polls", speeds, "per s")],
        )
    ]
