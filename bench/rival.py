"""The same thousand invoices through qbwc-kit, in an environment of its own and in the same run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import company, machine
from bench.client import Client, Session, update
from bench.servers import Server, address_of

PACKAGES = ("qbwc-kit==0.1.3", "waitress>=3.0.2,<4")
_USER, _PASSWORD = "bench", "bench"


def install(folder: Path) -> Path | None:
    """The interpreter of an environment that has it; None where the packages cannot be had."""
    python = folder / "rival" / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "rival")], check=True, capture_output=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(pip, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None
    return python


def session(python: Path, folder: Path, count: int, *, core: int | None) -> tuple[Session, float]:
    """One update session of ``count`` invoices after a warming one: what it took, and the server's CPU seconds."""
    answers = company.InstantCompany()
    with _running(python, folder, count, core=core) as server:
        client = Client(server.url)
        update(client, _USER, _PASSWORD, "", answers)
        cpu = server.cpu_seconds()
        taken = update(client, _USER, _PASSWORD, "", answers)
        cpu = server.cpu_seconds() - cpu
        client.close()
    return taken, cpu


@contextmanager
def _running(python: Path, folder: Path, count: int, *, core: int | None) -> Iterator[Server]:
    prepared = folder / "rival.json"
    prepared.write_text(json.dumps([_fields(one.model_dump(mode="json")) for one in company.invoices(count)]))
    program = Path(__file__).with_name("rival_server.py")
    with (folder / "rival.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python), str(program), str(prepared), _USER, _PASSWORD],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={"PATH": os.environ.get("PATH", "")},
            preexec_fn=lambda: machine.pin(core),  # noqa: PLW1509  # there is one thread here
        )
        try:
            yield Server(process.pid, address_of(process, folder / "rival.log"))
        finally:
            process.terminate()
            process.wait(20)


def _fields(invoice: dict[str, Any]) -> dict[str, Any]:
    """An invoice as its users write it: nested names and texts, in QuickBooks' order."""
    party, address = invoice["customer"], invoice["customer"]["billing_address"]
    return {
        "CustomerRef": {"FullName": party["name"]},
        "TxnDate": invoice["date"],
        "RefNumber": invoice["number"],
        "BillAddress": {
            **{f"Addr{number}": line for number, line in enumerate(address["lines"], 1)},
            "City": address["city"],
            "State": address["state"],
            "PostalCode": address["postal_code"],
        },
        "PONumber": invoice["po_number"],
        "DueDate": invoice["due_date"],
        "Memo": invoice["memo"],
        "InvoiceLineAdd": [
            {
                "ItemRef": {"FullName": line["item"]},
                "Desc": line["description"],
                "Quantity": line["quantity"],
                "Rate": line["rate"],
                "Amount": line["amount"],
            }
            for line in invoice["lines"]
        ],
    }
