"""Links for the person at the PC: one company, one purpose, an end, and no more passwords than somebody needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from qbwc_server.connector.logins import add_login, login_of
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.set_up_links import (
    LONGEST,
    MOST_PASSWORDS,
    TooManyPasswords,
    link_by,
    links_of,
    make_link,
    password_by_link,
    revoke_link,
)
from qbwc_server.db import Database
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member, change_role, remove_member
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user, disable, enable, find_user
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

OLGA = Actor(ActorKind.PERSON, "Olga", "7")
EMAIL = "olga@kern.example"
A_DAY = timedelta(days=1)


@pytest.fixture
def secret(database: Database, clock: TurnableClock) -> str:
    with database.transaction() as db:
        company = tenant(db, clock())
        add_login(db, company)
        add_login(db, tenant(db, clock(), "other"))
        olga = add_user(db, email=EMAIL, name="Olga", by=SERVER, now=clock())
        add_member(db, olga, company, Role.OWNER, by=SERVER, now=clock())
        return make_link(db, company, lives=A_DAY, by=_person(olga), now=clock())[1]


def _person(user: User) -> Actor:
    return Actor(ActorKind.PERSON, user.name, str(user.id))


def test_a_link_ends_with_what_its_maker_may(database: Database, clock: TurnableClock, secret: str) -> None:
    """Whoever is let go takes no way in with him, and gets it back with his role."""

    def opens() -> bool:
        with database.reading() as db:
            try:
                return bool(link_by(db, secret, clock()))
            except NotFound:
                return False

    with database.transaction() as db:
        change_role(db, find_user(db, EMAIL), find_company(db, "kern"), Role.BOOKKEEPER, by=SERVER, now=clock())
    assert not opens()
    with database.transaction() as db:
        change_role(db, find_user(db, EMAIL), find_company(db, "kern"), Role.OWNER, by=SERVER, now=clock())
    assert opens()
    with database.transaction() as db:
        disable(db, find_user(db, EMAIL), by=SERVER, now=clock())
    assert not opens()
    with database.transaction() as db:
        enable(db, find_user(db, EMAIL), by=SERVER, now=clock())
    assert opens()
    with database.transaction() as db:
        remove_member(db, find_user(db, EMAIL), find_company(db, "kern"), by=SERVER, now=clock())
    assert not opens()


def test_a_link_opens_its_company_until_it_ends(database: Database, clock: TurnableClock, secret: str) -> None:
    with database.reading() as db:
        link, company = link_by(db, secret, clock())
        assert (company.code, str(link.made_by)) == ("kern", "Olga")
        assert secret not in repr(db.execute(text("SELECT * FROM set_up_links")).all())
        clock.advance(hours=24)
        for unknown in (secret, secret + "x", "", "\ud800"):
            with pytest.raises(NotFound, match="has ended"):
                link_by(db, unknown, clock())
        assert links_of(db, company.id, clock()) == []


def test_a_link_is_revoked_once_and_by_its_own_company(database: Database, clock: TurnableClock, secret: str) -> None:
    with database.transaction() as db:
        kern, other = find_company(db, "kern"), find_company(db, "other")
        (link,) = links_of(db, kern.id, clock())
        with pytest.raises(NotFound):
            revoke_link(db, other.id, link.id, by=OLGA, now=clock())
        for _ in range(2):
            revoke_link(db, kern.id, link.id, by=OLGA, now=clock())
        with pytest.raises(NotFound):
            link_by(db, secret, clock())
        with pytest.raises(NotFound):
            password_by_link(db, link, place="192.0.2.9", now=clock())
        said = [str(row.action) for row in audit_of(db, company_id=kern.id)]
        assert said.count("set_up_link_revoked") == 1


@pytest.mark.parametrize("lives", [timedelta(0), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)])
def test_no_link_lives_for_ever(database: Database, clock: TurnableClock, lives: timedelta) -> None:
    with database.transaction() as db, pytest.raises(Invalid):
        make_link(db, tenant(db, clock()), lives=lives, by=OLGA, now=clock())


def test_a_link_makes_a_few_passwords_and_the_audit_says_whose_link(
    database: Database, settings: Settings, clock: TurnableClock, secret: str
) -> None:
    made = []
    for _ in range(MOST_PASSWORDS):
        with database.transaction() as db:
            made.append(password_by_link(db, link_by(db, secret, clock())[0], place="192.0.2.9", now=clock()))
    with database.transaction() as db, pytest.raises(TooManyPasswords):
        password_by_link(db, link_by(db, secret, clock())[0], place="192.0.2.9", now=clock())
    operations = WebConnectorOperations(database, settings, clock)
    assert [operations.authenticate("kern", one, "192.0.2.1")[1] == "nvu" for one in made] == [True] * 4 + [False]
    with database.reading() as db:
        row = audit_of(db, company_id=find_company(db, "kern").id)[0]
        assert (str(row.by), row.place) == ("set-up link 1 of Olga", "192.0.2.9")


def test_a_password_that_a_connector_uses_goes_on_opening(
    database: Database, settings: Settings, clock: TurnableClock, secret: str
) -> None:
    operations = WebConnectorOperations(database, settings, clock)
    with database.transaction() as db:
        first = password_by_link(db, link_by(db, secret, clock())[0], place="", now=clock())
    ticket = operations.authenticate("kern", first, "192.0.2.1")[0]
    with database.transaction() as db:
        password_by_link(db, link_by(db, secret, clock())[0], place="", now=clock())
        assert login_of(db, find_company(db, "kern").id).earlier_until == clock() + A_DAY
    assert operations.close_connection(ticket) == "All is well."
    assert operations.authenticate("kern", first, "192.0.2.1")[1] != "nvu"
