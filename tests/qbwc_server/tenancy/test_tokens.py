"""API tokens: whose they are, what they may do, until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, text

from qbwc_server.db import Database
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.credentials import digest
from qbwc_server.tenancy.models import ApiToken
from qbwc_server.tenancy.permissions import COMMON_SCOPES, Scope
from qbwc_server.tenancy.tokens import (
    TokenState,
    add_token,
    find_token,
    note_use,
    read_scopes,
    revoke_token,
    tokens_of,
)
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


def test_a_token_speaks_for_its_company_and_is_nowhere_to_be_read(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        alice, bob = tenant(db, clock(), "alice"), tenant(db, clock(), "bob")
        tokens = [add_token(db, of, label="till", now=clock())[1] for of in (alice, alice, bob)]
    with database.reading() as db:
        found = [find_token(db, token, clock()) for token in tokens]
        assert [known.company for known in found if known] == ["alice", "alice", "bob"]
        for stranger in ("", "qbwc_", tokens[0][:-1], tokens[0].upper(), digest(tokens[0]), "' OR 1=1 --", "\ud800"):
            assert find_token(db, stranger, clock()) is None
        everything = repr(db.execute(text("SELECT * FROM api_tokens")).all())
    assert all(token.startswith("qbwc_") for token in tokens)
    assert not any(token.removeprefix("qbwc_") in everything for token in tokens)


def test_tokens_go_with_their_company(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        add_token(db, tenant(db, clock()), label="till", now=clock())
        db.execute(text("DELETE FROM companies"))
        assert db.scalars(select(ApiToken)).all() == []


def test_it_may_do_what_was_said_as_long_as_was_said(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        _, all_ = add_token(db, company, label="all", now=clock())
        _, some = add_token(db, company, label="some", now=clock(), scopes=[Scope.WRITE, Scope.READ], days=2)
    with database.reading() as db:
        found = [find_token(db, token, clock()) for token in (all_, some)]
        assert [known.scopes for known in found if known] == [{*COMMON_SCOPES}, {Scope.READ, Scope.WRITE}]
        clock.advance(days=2, seconds=-1)
        states = [known.state for token in (all_, some) if (known := find_token(db, token, clock()))]
        assert states == [TokenState.USABLE, TokenState.USABLE]
        clock.advance(seconds=1)
        states = [known.state for token in (all_, some) if (known := find_token(db, token, clock()))]
        assert states == [TokenState.USABLE, TokenState.EXPIRED]


def test_revoked_is_revoked_once_and_by_its_own_company(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        alice, bob = tenant(db, clock(), "alice"), tenant(db, clock(), "bob")
        row, token = add_token(db, alice, label="till", now=clock())
        with pytest.raises(NotFound):
            revoke_token(db, bob.id, row.id, clock(), by=SERVER)
        first = revoke_token(db, alice.id, row.id, clock(), by=SERVER)[0].revoked_at
        clock.advance(days=1)
        assert revoke_token(db, alice.id, row.id, clock(), by=SERVER)[0].revoked_at == first
        found = find_token(db, token, clock())
        assert found is not None
        assert found.state is TokenState.REVOKED
        assert [one.label for one in tokens_of(db, alice.id)] == ["till"]
        assert tokens_of(db, bob.id) == []


def test_use_is_noted_by_the_minute(database: Database, clock: TurnableClock) -> None:
    noted = []
    with database.transaction() as db:
        row, token = add_token(db, tenant(db, clock()), label="till", now=clock())
        for seconds in (0, 0, 59, 1, -120):  # and when the clock was set back
            clock.advance(seconds=seconds)
            found = find_token(db, token, clock())
            assert found is not None
            noted.append(found.use_is_noted)
            if not found.use_is_noted:
                note_use(db, row.id, clock())
                db.expire(row)
        assert row.last_used_at == clock()
    assert noted == [False, True, True, False, False]


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"label": " "}, {"label": "x" * 101}, {"scopes": []}, {"days": 0}, {"days": 3_651}]
)
def test_what_cannot_be_made(sqlite_database: Database, clock: TurnableClock, wrong: dict[str, Any]) -> None:
    with sqlite_database.transaction() as db, pytest.raises(Invalid):
        add_token(db, tenant(db, clock()), **{"label": "till", "now": clock(), **wrong})


@pytest.mark.parametrize(
    ("said", "read"), [("read", [Scope.READ]), (" act,read  write ", [Scope.ACT, Scope.READ, Scope.WRITE]), ("", [])]
)
def test_scopes_are_read(said: str, read: Sequence[Scope]) -> None:
    assert read_scopes(said) == {*read}
    with pytest.raises(Invalid, match="every"):
        read_scopes(f"{said} every")


def test_a_revoked_token_takes_with_it_what_it_made(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        alice = tenant(db, clock(), "alice")
        first = add_token(db, alice, label="first", now=clock())[0]
        child = add_token(db, alice, label="child", now=clock(), made_by=first.id)[0]
        grandchild = add_token(db, alice, label="grandchild", now=clock(), made_by=child.id)[0]
        gone = add_token(db, alice, label="gone", now=clock(), made_by=first.id)[0]
        revoke_token(db, alice.id, gone.id, clock(), by=SERVER)
        other = add_token(db, alice, label="other", now=clock())[0]
        assert revoke_token(db, alice.id, first.id, clock(), by=SERVER) == [first, child, grandchild]
        assert [one.id for one in tokens_of(db, alice.id) if one.revoked_at is None] == [other.id]
        with pytest.raises(Invalid):
            add_token(db, alice, label="late", now=clock(), made_by=first.id)
        with pytest.raises(NotFound):
            add_token(db, tenant(db, clock(), "bob"), label="late", now=clock(), made_by=other.id)
