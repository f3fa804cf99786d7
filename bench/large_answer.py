"""What a very large answer of QuickBooks costs: memory and time of receiveResponseXML over HTTP."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from bench import company, machine, servers
from bench.client import Client
from bench.figures import Report, Section, figure
from qbwc_server.documents.kinds import read_document

SIZES = ((15.6, 20_000), (100.0, 128_200))  # megabytes, customers
_ID = re.compile(rb'requestID=(?:"|&quot;)([0-9a-f-]{36})')
_STRING = re.compile(rb"<(?:\w+:)?string>([^<]*)<")


@dataclass(frozen=True)
class Taken:
    """One such call."""

    body: int  # bytes of QuickBooks' answer, before SOAP escapes it
    sent: int  # bytes of the HTTP body
    growth: int  # of the worker's memory at its highest, in bytes
    seconds: float


def measure(report: Report, *, rounds: int, sizes: int) -> list[Section]:
    """The answer to a look whether a customer exists, with all customers in it; each size on a fresh server."""
    server_core, client_core = machine.cores()
    machine.pin(client_core)
    sections = []
    for megabytes, count in SIZES[:sizes]:
        taken: list[Taken] = []
        for number in range(rounds):
            report(f"large answer, {megabytes} MB: round {number + 1} of {rounds}")
            with company.folder() as name:
                taken.append(_take(Path(name), count, server_core))
        sections.append(
            Section(
                f"receiveResponseXML with {count:,} customers",
                f"Over HTTP, one worker; CustomerQueryRs of {taken[0].body / 1e6:.1f} MB, every customer read as a "
                "typed object, from temporary files. Growth is of resident memory at its highest over that before the "
                "call.",
                [
                    figure("memory growth against the answer", [t.growth / t.body for t in taken], "times", at_most=2),
                    figure("memory growth", [t.growth / 1e6 for t in taken], "MB"),
                    figure("speed", [t.body / 1e6 / t.seconds for t in taken], "MB/s"),
                    figure("time", [t.seconds for t in taken], "s"),
                ],
            )
        )
    return sections


def _take(folder: Path, count: int, core: int | None) -> Taken:
    database = company.empty(folder)
    prepared = company.add(database)
    strangers = [
        read_document(
            {
                "kind": "invoice",
                "origin": f"stranger-{number}",
                "number": str(number),
                "date": "2026-03-02",
                "customer": f"Stranger {number}",
                "lines": [{"item": "Seat", "quantity": "1", "rate": "12.00"}],
            }
        )
        for number in range(2)
    ]
    company.bring(database, strangers[:1])
    url = database.engine.url.render_as_string(hide_password=False)
    with servers.running("real", url, core=core, workers=1, folder=folder) as server:
        client = Client(server.url)
        _exchange(client, prepared, 10)  # what is loaded at first use is no growth
        company.exclude(database, "stranger-0")  # its answer would be kept with that of the question
        company.bring(database, strangers[1:])
        ticket, answer = _asked(client, prepared, count)
        client.close()
        before = machine.reset_peak_memory(server.worker)
        began = time.perf_counter()
        client.call("receiveResponseXML", ("ticket", ticket), ("response", answer), ("hresult", b""), ("message", b""))
        seconds = time.perf_counter() - began
        growth = machine.peak_memory(server.worker) - before
    database.engine.dispose()
    return Taken(_plain_size(answer), len(answer), growth, seconds)


def _plain_size(escaped: bytes) -> int:
    return len(escaped) - escaped.count(b"&lt;") * 3 - escaped.count(b"&gt;") * 3 - escaped.count(b"&amp;") * 4


def _exchange(client: Client, prepared: company.Prepared, count: int) -> None:
    ticket, answer = _asked(client, prepared, count)
    client.call("receiveResponseXML", ("ticket", ticket), ("response", answer), ("hresult", b""), ("message", b""))
    client.call("closeConnection", ("ticket", ticket))


def _asked(client: Client, prepared: company.Prepared, count: int) -> tuple[bytes, bytes]:
    """Ticket, and the answer that is due now, escaped for SOAP."""
    login = client.call(
        "authenticate", ("strUserName", company.CODE.encode()), ("strPassword", prepared.password.encode())
    )
    ticket = _STRING.findall(login)[0]
    request = client.call(
        "sendRequestXML",
        ("ticket", ticket),
        ("strHCPResponse", escape(prepared.hcp).encode()),
        ("strCompanyFileName", b""),
        ("qbXMLCountry", b"US"),
        ("qbXMLMajorVers", b"13"),
        ("qbXMLMinorVers", b"0"),
    )
    if b"CustomerQueryRq" not in request or b"Add" in request:
        raise RuntimeError(f"not the question that was to come: {request[:300]!r}")
    asked = _ID.search(request)
    assert asked is not None
    answer = company.customers(count, asked[1].decode())
    return ticket, answer.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
