"""The one door: as owner, as colleague with less, as stranger, as nobody, on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.errors import NotFound, QbwcError
from qbwc_server.tenancy.access import (
    NotAllowed,
    OutOfScope,
    TokenExpired,
    TokenRevoked,
    companies_for,
    company_for,
    partner_for,
    standing_of,
    standings_for,
)
from qbwc_server.tenancy.actor import QUICKBOOKS, SERVER, Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from qbwc_server.tenancy.members import add_member, remove_member
from qbwc_server.tenancy.partners import add_partner, find_partner
from qbwc_server.tenancy.permissions import RULES, Permission, Role, Scope
from qbwc_server.tenancy.tokens import add_token, revoke_token
from qbwc_server.tenancy.users import add_user, disable, enable, find_user
from tests.conftest import TurnableClock

P = Permission
OPERATOR = Actor(ActorKind.COMMAND_LINE, "ann")
JOB = Actor(ActorKind.JOB, "refresh")
NOBODY = None
FORGED = (
    Actor(ActorKind.PERSON, "owner@kern.example"),
    Actor(ActorKind.PERSON, "", "0"),
    Actor(ActorKind.PERSON, "", "-1"),
    Actor(ActorKind.PERSON, "", "1 OR 1=1"),
    Actor(ActorKind.PERSON, "", "²"),
    Actor(ActorKind.PERSON, "", "9" * 40),
    Actor(ActorKind.PERSON, "", str(2**63)),
    Actor(ActorKind.TOKEN, "till"),
    Actor(ActorKind.TOKEN, "", "999"),
    QUICKBOOKS,
)


@dataclass
class Office:
    """An accountant's office with two companies, and a shop that it has nothing to do with."""

    database: Database
    clock: TurnableClock

    def __post_init__(self) -> None:
        with self.database.transaction() as db:
            office = add_partner(db, code="office", name="Office", now=self.clock())
            for code, partner in (("kern", office), ("acme", office), ("shop", None)):
                add_company(db, code=code, name=code, time_zone="UTC", now=self.clock(), partner=partner)

    def user(self, email: str) -> Actor:
        """A user who is nothing anywhere yet."""
        with self.database.transaction() as db:
            user = add_user(db, email=email, name=email, by=SERVER, now=self.clock())
        return Actor(ActorKind.PERSON, email, str(user.id))

    def let_in(self, actor: Actor, company: str, role: Role, limits: dict[str, list[str]] | None = None) -> Actor:
        """He is that in a company from now on."""
        with self.database.transaction() as db:
            user, where = find_user(db, actor.label), find_company(db, company)
            add_member(db, user, where, role, by=SERVER, now=self.clock(), limits=limits)
        return actor

    def let_in_everywhere(self, actor: Actor, partner: str, role: Role) -> Actor:
        """He is that in all companies of a partner from now on."""
        with self.database.transaction() as db:
            add_member(db, find_user(db, actor.label), find_partner(db, partner), role, by=SERVER, now=self.clock())
        return actor

    def token(self, company: str, scopes: list[Scope], days: int | None = None) -> Actor:
        """A program."""
        with self.database.transaction() as db:
            row, _ = add_token(db, find_company(db, company), label="till", scopes=scopes, days=days, now=self.clock())
        return Actor(ActorKind.TOKEN, "till", str(row.id))

    def refusal(
        self, actor: Actor | None, code: str, permission: Permission = P.SEE_COMPANY, kind: str | None = None
    ) -> QbwcError | None:
        """Why not; None: he is in."""
        with self.database.reading() as db:
            try:
                found = company_for(db, actor, code, permission, now=self.clock(), kind=kind)
            except QbwcError as error:
                return error
        assert found.code == code
        return None

    def may(self, actor: Actor | None, code: str) -> set[Permission]:
        """All that is open to him."""
        return {each for each in Permission if self.refusal(actor, code, each) is None}


@pytest.fixture
def office(database: Database, clock: TurnableClock) -> Office:
    return Office(database, clock)


def of_role(role: Role) -> set[Permission]:
    return {each for each, rule in RULES.items() if list(Role).index(role) <= list(Role).index(rule.role)}


@pytest.mark.parametrize("role", Role)
def test_a_member_may_what_his_role_may_and_other_companies_do_not_exist(office: Office, role: Role) -> None:
    member = office.let_in(office.user("a@b.example"), "kern", role)
    assert office.may(member, "kern") == of_role(role)
    for other in ("acme", "shop", "nowhere"):
        refused = office.refusal(member, other)
        assert isinstance(refused, NotFound)
        assert other in str(refused)


def test_a_member_of_a_partner_is_one_in_all_its_companies(office: Office) -> None:
    member = office.let_in_everywhere(office.user("a@b.example"), "office", Role.BOOKKEEPER)
    assert office.may(member, "kern") == office.may(member, "acme") == of_role(Role.BOOKKEEPER)
    assert office.may(member, "shop") == set()
    with office.database.transaction() as db:
        add_company(db, code="new", name="N", time_zone="UTC", now=office.clock(), partner=find_partner(db, "office"))
    assert office.may(member, "new") == of_role(Role.BOOKKEEPER)


def test_of_two_roles_the_greater_counts(office: Office) -> None:
    member = office.let_in_everywhere(office.user("a@b.example"), "office", Role.VIEWER)
    office.let_in(member, "kern", Role.OWNER)
    assert office.may(member, "kern") == set(Permission)
    assert office.may(member, "acme") == of_role(Role.VIEWER)


def as_record(error: QbwcError | None) -> dict[str, Any]:
    assert error is not None
    return error.as_record()


@pytest.mark.parametrize("permission", Permission)
def test_strangers_and_nobody_hear_the_same_of_a_company_as_of_none(office: Office, permission: Permission) -> None:
    office.let_in(office.user("owner@kern.example"), "kern", Role.OWNER)
    other = office.let_in(office.user("owner@shop.example"), "shop", Role.OWNER)
    strangers = [NOBODY, *FORGED, other, office.user("new@b.example"), office.token("shop", list(Scope))]
    for stranger in strangers:
        there = as_record(office.refusal(stranger, "kern", permission, "invoice"))
        nowhere = as_record(office.refusal(stranger, "nope", permission, "invoice"))
        assert there["code"] == "not_found"
        assert {name: str(value).replace("kern", "nope") for name, value in there.items()} == {
            name: str(value) for name, value in nowhere.items()
        }, stranger


def test_who_has_less_is_told_what_and_whom_to_ask(office: Office) -> None:
    viewer = office.let_in(office.user("v@b.example"), "kern", Role.VIEWER)
    refused = office.refusal(viewer, "kern", P.CHANGE_OPTIONS)
    assert isinstance(refused, NotAllowed)
    assert as_record(refused) == {
        "code": "not_allowed",
        "message": "You may not change the options of this company: your role here is viewer.",
        "detail": "",
        "advice": "Ask an owner to do it, or to give you the role owner.",
        "retry_helps": False,
    }
    keeper = office.let_in(office.user("k@b.example"), "kern", Role.BOOKKEEPER, {"check": ["view"]})
    limited = office.refusal(keeper, "kern", P.EDIT_DOCUMENTS, "check")
    assert str(limited) == "You may not create and edit documents of the kind check."
    assert "leaves this kind out" in as_record(limited)["advice"]
    assert office.refusal(keeper, "kern", P.EDIT_DOCUMENTS, "invoice") is None
    assert office.refusal(keeper, "kern", P.SEE_DOCUMENTS, "check") is None


def test_a_listing_asks_once_and_leaves_out_what_may_not_be_seen(office: Office) -> None:
    keeper = office.let_in(office.user("k@b.example"), "kern", Role.BOOKKEEPER, {"check": []})
    with office.database.reading() as db:
        standing = standing_of(db, keeper, "kern", now=office.clock())
    seen = [kind for kind in ("invoice", "check", "bill") if standing.may(P.SEE_DOCUMENTS, kind)]
    assert seen == ["invoice", "bill"]


def test_one_who_is_disabled_or_removed_is_a_stranger(office: Office) -> None:
    member = office.let_in(office.user("a@b.example"), "kern", Role.OWNER)
    with office.database.transaction() as db:
        disable(db, find_user(db, "a@b.example"), by=SERVER, now=office.clock())
    assert isinstance(office.refusal(member, "kern"), NotFound)
    with office.database.reading() as db:
        assert companies_for(db, member) == []
    with office.database.transaction() as db:
        enable(db, find_user(db, "a@b.example"), by=SERVER, now=office.clock())
    assert office.refusal(member, "kern") is None
    with office.database.transaction() as db:
        remove_member(db, find_user(db, "a@b.example"), find_company(db, "kern"), by=SERVER, now=office.clock())
    assert isinstance(office.refusal(member, "kern"), NotFound)


def test_a_token_may_what_its_scopes_cover_and_adds_no_company(office: Office) -> None:
    for scope in Scope:
        token = office.token("kern", [scope])
        assert office.may(token, "kern") == {each for each, rule in RULES.items() if rule.scope is scope}
    everything = office.token("kern", list(Scope))
    refused = office.refusal(everything, "kern", P.ADD_COMPANIES)
    assert isinstance(refused, OutOfScope)
    assert "No token may" in str(refused)
    narrow = office.refusal(office.token("kern", [Scope.READ]), "kern", P.HOLD)
    assert str(narrow) == "The token 'till' may not do this: it lacks the scope manage."


def test_a_token_that_opens_nothing_any_more_is_told_so_for_its_own_company_only(office: Office) -> None:
    short, revoked = office.token("kern", list(Scope), days=1), office.token("kern", list(Scope))
    with office.database.transaction() as db:
        revoke_token(db, find_company(db, "kern").id, int(revoked.id), office.clock(), by=SERVER)
    office.clock.moment += timedelta(days=1)
    assert isinstance(office.refusal(short, "kern"), TokenExpired)
    assert isinstance(office.refusal(revoked, "kern"), TokenRevoked)
    assert isinstance(office.refusal(revoked, "acme"), NotFound)


def test_what_runs_here_may_everything(office: Office) -> None:
    for actor in (OPERATOR, JOB, SERVER):
        assert office.may(actor, "kern") == set(Permission)
        assert isinstance(office.refusal(actor, "nope"), NotFound)
        with office.database.reading() as db:
            assert [company.code for company in companies_for(db, actor)] == ["acme", "kern", "shop"]


def test_everybody_sees_the_list_of_his_own_companies(office: Office) -> None:
    accountant = office.let_in_everywhere(office.user("a@b.example"), "office", Role.VIEWER)
    office.let_in(accountant, "kern", Role.OWNER)  # twice a member: listed once
    shop = office.let_in(office.user("s@b.example"), "shop", Role.VIEWER)
    expected = {accountant: ["acme", "kern"], shop: ["shop"], office.user("n@b.example"): [], NOBODY: []}
    with office.database.reading() as db:
        for actor, codes in expected.items():
            assert [company.code for company in companies_for(db, actor)] == codes
        for forged in (*FORGED, office.token("kern", list(Scope))):
            assert companies_for(db, forged) == []


def test_what_one_may_in_many_companies_is_what_one_may_in_each(office: Office) -> None:
    accountant = office.let_in_everywhere(office.user("a@b.example"), "office", Role.VIEWER)
    office.let_in(accountant, "kern", Role.OWNER)
    with office.database.reading() as db:
        for actor in (accountant, OPERATOR, *FORGED, office.token("kern", list(Scope)), NOBODY):
            standings = standings_for(db, actor)
            assert [one.company.code for one in standings] == [one.code for one in companies_for(db, actor)]
            for one in standings:
                alone = standing_of(db, actor, one.company.code, now=office.clock())
                assert [one.may(each) for each in Permission] == [alone.may(each) for each in Permission]


def test_a_partner_opens_for_its_own_members_only(office: Office) -> None:
    owner = office.let_in_everywhere(office.user("o@b.example"), "office", Role.OWNER)
    viewer = office.let_in_everywhere(office.user("v@b.example"), "office", Role.VIEWER)
    of_one_company = office.let_in(office.user("c@b.example"), "kern", Role.OWNER)
    strangers = [NOBODY, *FORGED, of_one_company, office.user("n@b.example"), office.token("kern", list(Scope))]
    with office.database.reading() as db:
        for actor in (owner, OPERATOR, SERVER):
            assert partner_for(db, actor, "office", P.ADD_COMPANIES).code == "office"
        with pytest.raises(NotAllowed, match="your role here is viewer"):
            partner_for(db, viewer, "office", P.ADD_COMPANIES)
        for stranger in strangers:
            said = []
            for code in ("office", "nothing"):
                with pytest.raises(NotFound) as refused:
                    partner_for(db, stranger, code, P.SEE_COMPANY)
                said.append(str(refused.value).replace("office", "nothing"))
            assert said[0] == said[1]
