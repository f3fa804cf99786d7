"""Memberships: given, changed, taken, listed."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.members import add_member, change_role, members_of, memberships_of, remove_member
from qbwc_server.tenancy.models import Membership
from qbwc_server.tenancy.partners import add_partner
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user
from tests.conftest import TurnableClock


def test_given_changed_listed_and_taken(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        office = add_partner(db, code="office", name="Office", now=clock())
        kern = add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock(), partner=office)
        ann, ben = (
            add_user(db, email=f"{name}@b.example", name=name, by=SERVER, now=clock()) for name in ("ann", "ben")
        )
        add_member(db, ann, office, Role.OWNER, by=SERVER, now=clock())
        add_member(db, ben, kern, Role.BOOKKEEPER, by=SERVER, now=clock(), limits={"check": []})
        add_member(db, ann, kern, Role.VIEWER, by=SERVER, now=clock())
        listed = [(each.user.email, each.membership.role, each.membership.limits) for each in members_of(db, kern)]
        assert listed == [("ann@b.example", Role.VIEWER, None), ("ben@b.example", Role.BOOKKEEPER, {"check": []})]
        assert [(row.role, where.code) for row, where in memberships_of(db, ann)] == [
            (Role.OWNER, "office"), (Role.VIEWER, "kern"),
        ]  # fmt: skip
        assert change_role(db, ben, kern, Role.OWNER, by=SERVER, now=clock()).limits is None
        remove_member(db, ann, kern, by=SERVER, now=clock())
        assert [each.user.email for each in members_of(db, kern)] == ["ben@b.example"]
        assert [each.user.email for each in members_of(db, office)] == ["ann@b.example"]


def test_one_is_one_thing_in_one_place(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        kern = add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock())
        ann = add_user(db, email="ann@b.example", name="Ann", by=SERVER, now=clock())
        with pytest.raises(NotFound, match="no member of kern"):
            change_role(db, ann, kern, Role.OWNER, by=SERVER, now=clock())
        with pytest.raises(NotFound, match="no member of kern"):
            remove_member(db, ann, kern, by=SERVER, now=clock())
        add_member(db, ann, kern, Role.VIEWER, by=SERVER, now=clock())
        with pytest.raises(Conflict, match="already"):
            add_member(db, ann, kern, Role.OWNER, by=SERVER, now=clock())


@pytest.mark.parametrize("both", [True, False])
def test_a_membership_is_of_a_partner_or_of_a_company(database: Database, clock: TurnableClock, both: bool) -> None:
    with database.transaction() as db:
        kern = add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock())
        ann = add_user(db, email="ann@b.example", name="Ann", by=SERVER, now=clock())
        where = {"partner_id": kern.partner_id, "company_id": kern.id} if both else {}
        db.add(Membership(user_id=ann.id, role=Role.OWNER, created_at=clock(), **where))
        with pytest.raises(IntegrityError):
            db.flush()
        db.rollback()
