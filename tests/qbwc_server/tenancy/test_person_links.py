"""Links for one person: what they let in, once, and never more than whoever made them could."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member, change_role, members_of, remove_member
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.person_links import BeyondYou, SignInFirst, invite, let_reset, person_link_by, use
from qbwc_server.tenancy.users import add_user, find_user, signed_in
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


def owner_of(db: Session, company: Company, email: str, now: datetime) -> Actor:
    user = add_user(db, email=email, name=email.partition("@")[0], by=SERVER, now=now)
    add_member(db, user, company, Role.OWNER, by=SERVER, now=now)
    return Actor(ActorKind.PERSON, user.name, str(user.id))


def test_no_invitation_makes_anybody_a_person_who_has_access_elsewhere(
    database: Database, clock: TurnableClock
) -> None:
    """Whoever invites has the link: a colleague of others who has no password yet is not his to become."""
    with database.transaction() as db:
        ours, theirs = tenant(db, clock()), tenant(db, clock(), "other")
        eve = owner_of(db, ours, "eve@a.example", clock())
        victim = add_user(db, email="victim@b.example", name="Vic", by=SERVER, now=clock())
        add_member(db, victim, theirs, Role.OWNER, by=SERVER, now=clock())
        _, secret = invite(db, ours, email="victim@b.example", role=Role.VIEWER, by=eve, now=clock())
    with database.transaction() as db, pytest.raises(BeyondYou):
        use(db, secret, name="Vic", password=PASSWORD, place="", now=clock())
    with database.reading() as db:
        assert signed_in(db, "victim@b.example", PASSWORD) is None


def test_an_account_that_somebody_made_under_the_address_of_another_is_let_in_nowhere(
    database: Database, clock: TurnableClock
) -> None:
    with database.transaction() as db:
        ours, theirs = tenant(db, clock()), tenant(db, clock(), "other")
        eve, olga = (owner_of(db, one, f"{one.code}@a.example", clock()) for one in (ours, theirs))
        _, first = invite(db, ours, email="victim@b.example", role=Role.VIEWER, by=eve, now=clock())
        made_by_eve = use(db, first, name="Vic", password=PASSWORD, place="", now=clock())
        _, second = invite(db, theirs, email="victim@b.example", role=Role.OWNER, by=olga, now=clock())
    for signed_in_as in (None, int(olga.id), int(eve.id)):  # the true one cannot sign in
        with database.transaction() as db, pytest.raises(SignInFirst):
            use(db, second, name="", password=PASSWORD, place="", now=clock(), signed_in_as=signed_in_as)
    with database.transaction() as db:
        assert members_of(db, find_company(db, "other"))[0].user.email == "other@a.example"
        assert use(db, second, name="", password="", place="", now=clock(), signed_in_as=made_by_eve.id) is not None


def test_a_new_password_is_not_for_who_has_got_access_to_more_meanwhile(
    database: Database, clock: TurnableClock
) -> None:
    with database.transaction() as db:
        ours, theirs = tenant(db, clock()), tenant(db, clock(), "other")
        eve = owner_of(db, ours, "eve@a.example", clock())
        ben = add_user(db, email="ben@a.example", name="Ben", by=SERVER, now=clock())
        add_member(db, ben, ours, Role.VIEWER, by=SERVER, now=clock())
        _, secret = let_reset(db, ours, ben, by=eve, now=clock())
        add_member(db, ben, theirs, Role.OWNER, by=SERVER, now=clock())
    with database.transaction() as db, pytest.raises(BeyondYou):
        use(db, secret, name="", password=PASSWORD, place="", now=clock())


def test_a_link_ends_with_what_its_maker_may(database: Database, clock: TurnableClock) -> None:
    """Whoever is let go does not come back by an invitation that he made before."""
    with database.transaction() as db:
        ours = tenant(db, clock())
        eve = owner_of(db, ours, "eve@a.example", clock())
        _, secret = invite(db, ours, email="eve.again@a.example", role=Role.OWNER, by=eve, now=clock())
        assert person_link_by(db, secret, clock())[1].code == ours.code
        owner_of(db, ours, "olga@a.example", clock())
        change_role(db, find_user(db, "eve@a.example"), ours, Role.BOOKKEEPER, by=SERVER, now=clock())
        with pytest.raises(NotFound):
            person_link_by(db, secret, clock())
        remove_member(db, find_user(db, "eve@a.example"), ours, by=SERVER, now=clock())
        with pytest.raises(NotFound):
            use(db, secret, name="Eve", password=PASSWORD, place="", now=clock())
