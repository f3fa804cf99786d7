"""Who may make no keys any more has made some: they go on opening, an owner is told, and ends them in one action."""

from __future__ import annotations

import pytest

from qbwc_server.connector.keys_left import revoke_tokens_made_by, tell_of_keys_left
from qbwc_server.connector.logins import add_login, login_of, renew_password
from qbwc_server.db import Database
from qbwc_server.documents.open_work import OpenWork, WorkKind, open_work
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member, change_role, remove_member
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.permissions import Role, Scope
from qbwc_server.tenancy.tokens import TokenState, add_token, state_of, tokens_of
from qbwc_server.tenancy.users import add_user, disable, find_user
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

EMAIL, OTHER = "ann@kern.example", "bob@kern.example"


def person(user: User) -> Actor:
    return Actor(ActorKind.PERSON, user.name, str(user.id))


@pytest.fixture
def kern(database: Database, clock: TurnableClock) -> Database:
    """Ann and Bob are owners of two companies, and each has made a token of each."""
    with database.transaction() as db:
        for code in ("kern", "other"):
            company = tenant(db, clock(), code)
            add_login(db, company)
            for email in (EMAIL, OTHER):
                known = code == "other"
                user = find_user(db, email) if known else add_user(db, email=email, name=email, by=SERVER, now=clock())
                add_member(db, user, company, Role.OWNER, by=SERVER, now=clock())
                add_token(db, company, label=f"till of {email}", scopes=[Scope.READ], by=person(user), now=clock())
    return database


def told(database: Database, code: str) -> list[OpenWork]:
    with database.reading() as db:
        return open_work(db, find_company(db, code).id)


def goes(database: Database, clock: TurnableClock, how: str) -> None:
    with database.transaction() as db:
        ann, company = find_user(db, EMAIL), find_company(db, "kern")
        if how == "disabled":
            disable(db, ann, by=SERVER, now=clock())
            tell_of_keys_left(db, ann, None, now=clock())
        elif how == "removed":
            remove_member(db, ann, company, by=SERVER, now=clock())
            tell_of_keys_left(db, ann, company, now=clock())
        else:
            change_role(db, ann, company, Role(how), by=SERVER, now=clock())
            tell_of_keys_left(db, ann, company, now=clock())


@pytest.mark.parametrize("how", ["removed", "viewer", "bookkeeper", "disabled"])
def test_an_owner_is_told(kern: Database, clock: TurnableClock, how: str) -> None:
    goes(kern, clock, how)
    (found,) = told(kern, "kern")
    assert found.work is WorkKind.KEYS_LEFT
    assert f"till of {EMAIL}" in found.message
    assert OTHER not in found.message
    assert "password" not in found.message
    assert f"--made-by {EMAIL}" in found.advice
    assert len(told(kern, "other")) == (how == "disabled")


def test_the_password_that_was_shown_to_them_counts_as_long_as_it_is_in_force(
    kern: Database, clock: TurnableClock
) -> None:
    with kern.transaction() as db:
        login = login_of(db, find_company(db, "kern").id)
        renew_password(db, login, clock(), by=person(find_user(db, EMAIL)))
    goes(kern, clock, "removed")
    assert "the Web Connector password" in told(kern, "kern")[0].message
    with kern.transaction() as db:
        renew_password(db, login_of(db, find_company(db, "kern").id), clock(), by=SERVER)
    goes(kern, clock, "disabled")
    assert "password" not in told(kern, "kern")[0].message


def test_all_of_theirs_end_at_once_and_no_other(kern: Database, clock: TurnableClock) -> None:
    goes(kern, clock, "removed")
    with kern.transaction() as db:
        company, ann = find_company(db, "kern"), find_user(db, EMAIL)
        revoked = revoke_tokens_made_by(db, company.id, ann, clock(), by=SERVER)
        assert [one.label for one in revoked] == [f"till of {EMAIL}"]
        assert revoke_tokens_made_by(db, company.id, ann, clock(), by=SERVER) == []
    with kern.reading() as db:
        states = {one.label: state_of(one, clock()) for one in tokens_of(db, find_company(db, "kern").id)}
        elsewhere = {state_of(one, clock()) for one in tokens_of(db, find_company(db, "other").id)}
    assert states == {f"till of {EMAIL}": TokenState.REVOKED, f"till of {OTHER}": TokenState.USABLE}
    assert elsewhere == {TokenState.USABLE}


def test_who_may_still_make_keys_leaves_none(kern: Database, clock: TurnableClock) -> None:
    with kern.transaction() as db:
        ann = find_user(db, EMAIL)
        tell_of_keys_left(db, ann, None, now=clock())
    assert told(kern, "kern") == told(kern, "other") == []
