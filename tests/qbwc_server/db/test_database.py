"""A look at the database opens no transaction, and makes none of the next one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select

from qbwc_server.db import Database
from qbwc_server.tenancy.models import Partner


def partners(database: Database) -> int | None:
    with database.looking() as connection:
        return connection.execute(select(func.count()).select_from(Partner)).scalar()


def test_a_look_begins_nothing_that_would_have_to_be_ended(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.looking() as connection:
        assert connection.execute(select(1)).scalar() == 1
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status == TransactionStatus.IDLE
    database.engine.dispose()


def test_after_a_look_a_transaction_takes_back_all_that_it_did(database: Database) -> None:
    before = partners(database)  # over the connection that the transaction gets
    with pytest.raises(ZeroDivisionError), database.transaction() as db:
        db.add(Partner(code="new", name="New", created_at=datetime(2026, 3, 2, tzinfo=UTC)))
        db.flush()
        raise ZeroDivisionError
    assert partners(database) == before
