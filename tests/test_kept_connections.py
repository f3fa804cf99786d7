"""An engine of the tests takes over what another one of the same database has closed, and nothing that is in doubt."""

from __future__ import annotations

from sqlalchemy import Connection, text

from qbwc_server.db import Database


def process(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_the_next_engine_goes_on_with_the_same_connection(postgres_url: str) -> None:
    first, second = Database(postgres_url), Database(postgres_url)
    with first.engine.connect() as connection:
        before = process(connection)
    first.engine.dispose()
    with second.engine.connect() as connection:
        assert process(connection) == before
    second.engine.dispose()


def test_what_is_amidst_a_transaction_is_closed(postgres_url: str) -> None:
    first, second = Database(postgres_url), Database(postgres_url)
    connection = first.engine.connect()
    before = process(connection)
    connection.detach()
    dialect, raw = first.engine.pool._dialect, connection.connection.dbapi_connection
    assert raw is not None
    dialect.do_close(raw)
    with second.engine.connect() as other:
        assert process(other) != before
    first.engine.dispose()
    second.engine.dispose()
