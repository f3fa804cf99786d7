"""A company with a connection of uploaded charges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.channels.charges.channel import UPLOADED_CHARGES
from qbwc_server.channels.charges.options import ChargeFileOptions
from qbwc_server.channels.charges.upload import ChargesReport, upload_charges
from qbwc_server.channels.connections.versions import kept_facts
from qbwc_server.db import Database
from qbwc_server.settings import load
from tests.channels.connected import ANN, Connected
from tests.conftest import TurnableClock

HEADER = "Organisation,SKU,Charge Type,Billing Cycle Type,Period From,Period To,Quantity,Net Price"


@dataclass
class Uploading:
    """Uploads files to one connection, and looks what stands there."""

    connected: Connected
    connection: int
    folder: Path

    def __call__(self, content: str | bytes, name: str = "invoice.csv", **options: Any) -> ChargesReport:
        """Upload a file of that content."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        chosen = ChargeFileOptions.model_validate(options)
        clock = self.connected.clock
        clock.advance(minutes=1)
        return upload_charges(self.connected.database, "shop", self.connection, path, chosen, by=ANN, clock=clock)

    def bodies(self) -> dict[str, Any]:
        """The body of each fact by key."""
        with self.connected.database.reading() as db:
            return {fact.key: fact.body for fact in kept_facts(db, self.connection, "charges")}

    def quantities(self) -> dict[str, list[Any]]:
        """What is charged, as quantities."""
        return {key: [one.get("quantity") for one in body["charges"]] for key, body in self.bodies().items()}


@pytest.fixture
def connected(database: Database, database_url: str, clock: TurnableClock, tmp_path: Path) -> Connected:
    """A company without connections."""
    return Connected(database, load(database_url=database_url, secrets_file=tmp_path / "keys"), clock)


@pytest.fixture
def uploading(connected: Connected, tmp_path: Path) -> Uploading:
    """Ready for files."""
    return Uploading(connected, connected.add(UPLOADED_CHARGES, {"name": "pax8"}), tmp_path)


def row(organisation: str, quantity: object = 5, *, sku: str = "M365", month: str = "11", price: str = "8.25") -> str:
    """A line of a file: licences for a month."""
    return f"{organisation},{sku},Recurring,Monthly,2026-{month}-01,2026-{month}-28,{quantity},{price}"


def file_of(*rows: str, header: str = HEADER) -> str:
    """A file of these rows."""
    return "\n".join([header, *rows]) + "\n"
