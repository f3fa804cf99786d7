"""How fast queued invoices leave through real HTTP, and what each costs the server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bench import company, machine, rival, servers
from bench.client import Client, Session, update
from bench.figures import Report, Section, figure
from qbwc_server.db import Database

INVOICES = 1000
WARMING = "warming"  # a company whose session goes before the measured one: a server is not started for each
DEPLOYMENTS = (("1 worker", 1), ("as shipped", None))


def measure(report: Report, *, rounds: int) -> list[Section]:
    """Rounds of the bare function and the server by turns, in both deployments."""
    server_core, client_core = machine.cores()
    with company.folder() as name:
        folder = Path(name)
        report(f"drain: preparing {INVOICES} invoices")
        prepared = _prepare(folder)
        answers = company.InstantCompany()
        report("drain: qbwc-kit into an environment of its own")
        python = rival.install(folder)
        machine.pin(client_core)
        sections = []
        sets = 8
        for title, workers in DEPLOYMENTS:
            real: list[tuple[Session, float, float]] = []
            bare: list[tuple[Session, float, float]] = []
            kit: list[tuple[Session, float]] = []
            for number in range(rounds):
                report(f"drain, {title}: round {number + 1} of {rounds}")
                shutil.copyfile(folder / "template.db", folder / "round.db")
                url = f"sqlite:///{folder / 'round.db'}"
                with servers.running("real", url, core=server_core, workers=workers, folder=folder) as server:
                    real.append(_session(server, prepared, answers))
                sets = real[-1][0].sets
                _can(folder, sets)
                with servers.running(
                    "baseline",
                    f"sqlite:///{folder / 'template.db'}",
                    core=server_core,
                    workers=workers,
                    folder=folder,
                    **{servers.BASELINE_SETS: str(sets), servers.BASELINE_BODY: str(folder / "canned.txt")},
                ) as server:
                    bare.append(_session(server, prepared, answers))
                _check(folder / "round.db")
                if python is not None:
                    kit.append(rival.session(python, folder, INVOICES, core=server_core))
            sections.append(_section(title, real, bare))
            sections += _beside(title, real, kit)
        return sections


def _section(title: str, real: list[tuple[Session, float, float]], bare: list[tuple[Session, float, float]]) -> Section:
    per_invoice = [server * 1000 / INVOICES for _, server, _ in real]
    floor = [server * 1000 / INVOICES for _, server, _ in bare]
    return Section(
        f"Drain 1,000 queued invoices of 3 lines, {title}",
        "From serverVersion to closeConnection, password check and company description included; SQLite, "
        "synchronous=FULL; customers and items known; the company answers at once, in the client's process. The server "
        "has served a session of another company before.",
        [
            figure("invoices", [INVOICES / s.seconds for s, _, _ in real], "per s", at_least=2000),
            figure("message sets", [s.sets for s, _, _ in real], "", at_most=20),
            figure("server CPU per invoice", per_invoice, "ms", at_most=0.25),
            figure("client CPU per invoice", [client * 1000 / INVOICES for _, _, client in real], "ms"),
            figure("SOAP calls", [s.calls for s, _, _ in real], ""),
            figure("bare function: invoices", [INVOICES / s.seconds for s, _, _ in bare], "per s"),
            figure("bare function: server CPU per invoice", floor, "ms"),
            figure(
                "time against the bare function",
                [r.seconds / b.seconds for (r, _, _), (b, _, _) in zip(real, bare, strict=True)],
                "times",
            ),
        ],
    )


def _beside(
    title: str, real: list[tuple[Session, float, float]], kit: list[tuple[Session, float]]
) -> Iterator[Section]:
    if kit:
        yield Section(
            f"The same beside qbwc-kit 0.1.3, {title}",
            "By turns with the rounds above: one process (waitress), sets of 100, documents in memory, nothing stored.",
            [
                figure("qbwc-kit: invoices", [INVOICES / s.seconds for s, _ in kit], "per s"),
                figure("qbwc-kit: server CPU per invoice", [cpu * 1000 / INVOICES for _, cpu in kit], "ms"),
                figure(
                    "time against qbwc-kit",
                    [r.seconds / k.seconds for (r, _, _), (k, _) in zip(real, kit, strict=True)],
                    "times",
                    at_most=1,
                ),
            ],
        )


def _prepare(folder: Path) -> tuple[company.Prepared, company.Prepared]:
    database = company.empty(folder, "template.db")
    prepared = company.add(database)
    company.bring(database, company.invoices(INVOICES))
    warming = company.add(database, WARMING)
    company.bring(database, company.invoices(60), WARMING)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.engine.dispose()
    return prepared, warming


def _can(folder: Path, sets: int) -> None:
    """What the bare function answers to sendRequestXML: as many requests as a set of ours has on average."""
    if (folder / "canned.txt").exists():
        return
    database = Database(f"sqlite:///{folder / 'template.db'}")
    with database.engine.connect() as connection:
        query = f"SELECT xml FROM queued_requests ORDER BY id LIMIT {INVOICES // sets}"
        texts = [row[0] for row in connection.exec_driver_sql(query)]
    database.engine.dispose()
    (folder / "canned.txt").write_text("".join(texts).replace("<", "&lt;").replace(">", "&gt;"))


def _session(
    server: servers.Server, prepared: tuple[company.Prepared, company.Prepared], answers: company.InstantCompany
) -> tuple[Session, float, float]:
    """The session, the server's CPU seconds and the client's; another company's session goes before it."""
    main, warming = prepared
    client = Client(server.url)
    update(client, WARMING, warming.password, warming.hcp, answers)
    cpu, own = server.cpu_seconds(), time.process_time()
    session = update(client, company.CODE, main.password, main.hcp, answers)
    cpu, own = server.cpu_seconds() - cpu, time.process_time() - own
    client.close()
    return session, cpu, own


def _check(path: Path) -> None:
    """A figure counts only when the work was done."""
    database = Database(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        posted = connection.exec_driver_sql(
            "SELECT count(*) FROM documents WHERE state = 'posted' AND notes IS NULL AND posted_total IS NOT NULL"
            " AND company_id = (SELECT id FROM companies WHERE code = 'bench')"
        ).scalar()
    database.engine.dispose()
    if posted != INVOICES:
        raise RuntimeError(f"{posted} of {INVOICES} invoices were posted")
