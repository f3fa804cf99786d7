"""Links for one person: what they let in, once, and never more than whoever made them could."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member, members_of
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.person_links import BeyondYou, invite, let_reset, person_link_by, use
from qbwc_server.tenancy.users import add_user, signed_in
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

PASSWORD = "correct horse battery"


def test_an_invitation_makes_a_member_who_did_it_by_the_link(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        _, secret = invite(db, company, email="Ben@Kern.example", role=Role.VIEWER, by=SERVER, now=clock())
        assert secret not in repr(db.execute(text("SELECT * FROM person_links")).all())
    with database.transaction() as db:
        user = use(db, secret, name="Ben", password=PASSWORD, place="192.0.2.4", now=clock())
        assert signed_in(db, "ben@kern.example", PASSWORD) is user
        company = find_company(db, "kern")
        ((who, role),) = [(one.user.email, one.membership.role) for one in members_of(db, company)]
        assert (who, role) == ("ben@kern.example", Role.VIEWER)
        said = [(str(row.action), str(row.by), row.place) for row in audit_of(db, company_id=company.id)]
        assert ("member_added", "Ben", "192.0.2.4") in said
        with pytest.raises(NotFound):
            use(db, secret, name="Ben", password=PASSWORD, place="", now=clock())
        for unknown in ("", "x", "\ud800"):
            with pytest.raises(NotFound):
                person_link_by(db, unknown, clock())


def test_an_owner_of_all_companies_helps_members_of_each(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company, other = tenant(db, clock()), tenant(db, clock(), "other")
        olga = add_user(db, email="olga@a.example", name="Olga", by=SERVER, now=clock())
        add_member(db, olga, partner_of(db, company), Role.OWNER, by=SERVER, now=clock())
        by = Actor(ActorKind.PERSON, "Olga", str(olga.id))
        ben = add_user(db, email="ben@a.example", name="Ben", by=SERVER, now=clock())
        add_member(db, ben, company, Role.VIEWER, by=SERVER, now=clock())
        _, secret = let_reset(db, company, ben, by=by, now=clock())
        assert person_link_by(db, secret, clock())[0].email == "ben@a.example"
        add_member(db, ben, other, Role.VIEWER, by=SERVER, now=clock())
        with pytest.raises(BeyondYou):
            let_reset(db, company, ben, by=by, now=clock())
        with pytest.raises(NotFound):
            let_reset(db, other, olga, by=by, now=clock())
