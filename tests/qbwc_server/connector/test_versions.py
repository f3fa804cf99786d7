"""What Web Connectors say of their version: kept by where they call from, and shown with the session that follows."""

from __future__ import annotations

from sqlalchemy import select

from qbwc_server.connector.logins import add_login
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.versions import Versions
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


def test_the_last_one_from_a_place_counts() -> None:
    said = Versions()
    assert said.of("192.0.2.1") is None
    for version in ("2.2.0.34", "2.3.0.215"):
        said.note("192.0.2.1", version)
    assert (said.of("192.0.2.1"), said.of("192.0.2.2")) == ("2.3.0.215", None)


def test_what_strangers_say_does_not_grow_without_end() -> None:
    said = Versions()
    for number in range(5_000):
        said.note(f"place {number}", "2.3.0.215")
    assert said.of("place 4999") == "2.3.0.215"
    assert said.of("place 0") is None


def test_a_session_knows_the_version_of_its_connector(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    with database.transaction() as db:
        _, password = add_login(db, tenant(db, clock()))
    operations = WebConnectorOperations(database, settings, clock)
    operations.client_version("not a version", "192.0.2.1")
    operations.client_version(" 2.3.0.215 ", "192.0.2.1")
    operations.authenticate("kern", password, "192.0.2.1")
    with database.reading() as db:
        assert db.scalars(select(UpdateSessionRow.connector_version)).all() == ["2.3.0.215"]
