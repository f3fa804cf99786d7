"""What tests of calls for workers need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from qbwc_server.db import Database


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """An empty PostgreSQL database, without procrastinate's tables before and after."""
    database = Database(postgres_url)
    yield database
    with database.transaction() as db:
        db.execute(text("DROP SCHEMA IF EXISTS procrastinate CASCADE"))
    database.engine.dispose()
