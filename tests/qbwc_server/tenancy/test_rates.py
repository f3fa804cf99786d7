"""Requests of a token are counted minute by minute, whatever the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbwc_server.db import Database
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.rates import count_request
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


@pytest.mark.parametrize(
    ("back", "counts"),
    [(timedelta(0), 4), (timedelta(minutes=2), 4), (timedelta(hours=1), 1), (timedelta(days=1), 1)],
    ids=["stands", "a little", "an hour", "a day"],
)
def test_a_clock_that_was_ahead_locks_nobody_out(
    database: Database, clock: TurnableClock, back: timedelta, counts: int
) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        token, _ = add_token(db, company, label="till", scopes=[Scope.READ], by=SERVER, now=clock())
        ids = company.id, token.id
    for expected in (1, 2, 3):
        with database.transaction() as db:
            assert count_request(db, *ids, 3, clock()).count == expected
    clock.advance(seconds=-back.total_seconds())
    with database.transaction() as db:
        assert count_request(db, *ids, 3, clock()).count == counts
