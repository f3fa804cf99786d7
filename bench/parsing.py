"""How fast QuickBooks' answers become typed objects."""

from __future__ import annotations

import io
import time

from bench import company, machine
from bench.figures import Report, Section, figure
from qbxml import read_answers
from qbxml.envelope import answer_set


def measure(report: Report, *, rounds: int, megabytes: int) -> list[Section]:
    """Customers in one answer, and invoices each in an answer of its own."""
    machine.pin(machine.cores()[0])
    size = megabytes * 1_000_000
    invoice = company.InstantCompany().text % ("1", "1-1", "1", "00000000-0000-0000-0000-000000000001")
    documents = {
        "CustomerQueryRs": company.customers(size // 758),
        "InvoiceAddRs": answer_set([invoice] * (size // len(invoice))).encode(),
    }
    figures = []
    for name, document in documents.items():
        report(f"parsing: {name}")
        speeds = []
        for _ in range(rounds):
            began = time.process_time()
            objects = sum(1 for answer in read_answers(io.BytesIO(document)) for _ in answer.rets)
            speeds.append(len(document) / 1e6 / (time.process_time() - began))
        if objects < 100:
            raise RuntimeError(f"{name}: only {objects} objects were read")
        figures.append(figure(name, speeds, "MB/s", at_least=20))
    return [
        Section(
            "Parsing (qbxml.read_answers)",
            f"{megabytes} MB of each, from UTF-8 bytes in memory to typed objects with Decimal and datetime values; "
            "per second of CPU.",
            figures,
        )
    ]
