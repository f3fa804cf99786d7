"""``/companies/CODE/members``: what a token may do with people, and that it never gives or learns more than it has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from flask import Flask

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.browser_sessions import begin_session, signed_in_by
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.credentials import slow_hash
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import COMMON_SCOPES, Role, Scope
from qbwc_server.tenancy.person_links import use
from qbwc_server.tenancy.tokens import add_token
from qbwc_server.tenancy.users import add_user, find_user
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

PASSWORD = "correct horse battery"
BOOKKEEPING = (Scope.READ, Scope.WRITE, Scope.ACT, Scope.MANAGE, Scope.MEMBERS)


class People:
    """Of the company acme, and of the one beside it."""

    def __init__(self, app: Flask, clock: TurnableClock, hashed: str) -> None:
        self.database: Database = app.extensions["database"]
        self.clock, self.hashed = clock, hashed

    def add(self, email: str, role: Role, *codes: str, of_partner: bool = False) -> int:
        with self.database.transaction() as db:
            user = add_user(db, email=email, name=email.split("@", maxsplit=1)[0], by=SERVER, now=self.clock())
            user.password_hash = self.hashed
            for code in codes:
                company = find_company(db, code)
                add_member(
                    db, user, partner_of(db, company) if of_partner else company, role, by=SERVER, now=self.clock()
                )
            return user.id

    def token(self, caller: Caller, scopes: Collection[Scope]) -> Caller:
        with self.database.transaction() as db:
            _, token = add_token(db, find_company(db, caller.code), label="t", scopes=scopes, now=self.clock())
        return replace(caller, token=token)


@pytest.fixture(scope="module")
def hashed() -> str:
    return slow_hash(PASSWORD)


@pytest.fixture
def people(app: Flask, clock: TurnableClock, hashed: str) -> People:
    return People(app, clock, hashed)


def code_of(caller: Caller, method: str, path: str, **said: object) -> tuple[int, str]:
    answer = caller._open(method, path, json=said) if method != "GET" else caller.get(path)
    return answer.status_code, (answer.get_json() or {}).get("code", "")


def test_members_are_listed_changed_and_removed(people: People, alice: Caller) -> None:
    ben, olga = people.add("ben@a.example", Role.VIEWER, "acme"), people.add("olga@a.example", Role.OWNER, "acme")
    people.add("paul@a.example", Role.VIEWER, "acme", of_partner=True)
    record = alice.get("/members").get_json()
    assert [(one["id"], one["role"]) for one in record["members"]] == [(ben, "viewer"), (olga, "owner")]
    assert [one["email"] for one in record["partner"]["members"]] == ["paul@a.example"]
    changed = alice._open("PATCH", f"/members/{ben}", json={"role": "bookkeeper", "limits": "invoice=view *=none"})
    assert changed.get_json()["limits"] == {"invoice": ["view"], "*": []}
    assert alice._open("DELETE", f"/members/{ben}").get_json()["role"] == "bookkeeper"
    assert code_of(alice, "DELETE", f"/members/{ben}") == (404, "not_found")
    said = [one["action"] for one in alice.get("/audit").get_json()["audit"]]
    assert said[:2] == ["member_removed", "member_changed"]


def test_an_invitation_lets_in_once_and_ends_with_the_token(
    app: Flask, people: People, alice: Caller, clock: TurnableClock
) -> None:
    made = alice.post("/members/invitations", json={"email": "ben@a.example", "role": "viewer"})
    assert made.status_code == 201
    secret = made.get_json()["link"].rpartition("/")[2]
    other = alice.post("/members/invitations", json={"email": "eva@a.example", "role": "viewer"}).get_json()
    assert other["link"] not in alice.get("/members").text
    assert len(alice.get("/members").get_json()["invitations"]) == 2
    with people.database.transaction() as db:
        use(db, secret, name="Ben", password=PASSWORD, place="", now=clock())
    assert [one["email"] for one in alice.get("/members").get_json()["members"]] == ["ben@a.example"]
    own = alice.get("/tokens").get_json()["tokens"][0]["id"]
    alice._open("DELETE", f"/tokens/{own}")
    with people.database.transaction() as db, pytest.raises(NotFound):
        use(db, other["link"].rpartition("/")[2], name="Eva", password=PASSWORD, place="", now=clock())


def test_an_invitation_is_taken_back(alice: Caller) -> None:
    made = alice.post("/members/invitations", json={"email": "ben@a.example", "role": "viewer"}).get_json()
    assert alice._open("DELETE", f"/members/invitations/{made['id']}").status_code == 200
    assert alice.get("/members").get_json()["invitations"] == []


def test_no_token_makes_changes_or_removes_an_owner(people: People, alice: Caller) -> None:
    ben, olga = people.add("ben@a.example", Role.VIEWER, "acme"), people.add("olga@a.example", Role.OWNER, "acme")
    people.add("omar@a.example", Role.OWNER, "acme")
    refused = (403, "out_of_scope")
    assert code_of(alice, "POST", "/members/invitations", email="x@a.example", role="owner") == refused
    assert code_of(alice, "PATCH", f"/members/{ben}", role="owner") == refused
    assert code_of(alice, "PATCH", f"/members/{olga}", role="viewer") == refused
    assert code_of(alice, "DELETE", f"/members/{olga}") == refused
    assert code_of(alice, "DELETE", f"/members/{olga}/sessions") == refused
    assert code_of(alice, "GET", f"/members/{olga}/sessions") == refused


def test_a_token_gives_and_takes_nothing_that_it_has_not(people: People, alice: Caller) -> None:
    ben, vera = people.add("ben@a.example", Role.BOOKKEEPER, "acme"), people.add("vera@a.example", Role.VIEWER, "acme")
    narrow, wide = people.token(alice, (Scope.READ, Scope.MEMBERS)), people.token(alice, BOOKKEEPING)
    refused = (403, "out_of_scope")
    assert code_of(narrow, "POST", "/members/invitations", email="x@a.example", role="bookkeeper") == refused
    assert code_of(narrow, "PATCH", f"/members/{vera}", role="bookkeeper") == refused
    assert code_of(narrow, "PATCH", f"/members/{ben}", role="viewer") == refused
    assert code_of(narrow, "DELETE", f"/members/{ben}") == refused
    assert code_of(narrow, "DELETE", f"/members/{vera}")[0] == 200
    assert code_of(wide, "PATCH", f"/members/{ben}", role="viewer")[0] == 200
    without = people.token(alice, (Scope.MEMBERS,))
    assert code_of(without, "POST", "/members/invitations", email="x@a.example", role="viewer") == refused


def test_the_scope_is_part_of_no_token_for_which_nobody_names_it(people: People, alice: Caller) -> None:
    plain = people.token(alice, COMMON_SCOPES)
    assert code_of(plain, "GET", "/members") == (403, "out_of_scope")
    assert code_of(plain, "POST", "/tokens", label="more", scopes="members") == (403, "out_of_scope")
    child = alice.post("/tokens", json={"label": "child"}).get_json()
    assert child["scopes"] == sorted(COMMON_SCOPES)
    named = alice.post("/tokens", json={"label": "child", "scopes": "read members"}).get_json()
    assert named["scopes"] == ["members", "read"]


def test_people_of_another_company_do_not_exist(people: People, alice: Caller, charlie: Caller) -> None:
    ben, paul = (
        people.add("ben@a.example", Role.VIEWER, "acme"),
        people.add("paul@a.example", Role.VIEWER, "acme", of_partner=True),
    )
    nobody = code_of(charlie, "DELETE", "/members/4711")[0]
    for number in (ben, paul):
        assert code_of(charlie, "PATCH", f"/members/{number}", role="viewer")[0] == nobody == 404
        for path in (f"/members/{number}", f"/members/{number}/sessions"):
            assert code_of(charlie, "DELETE", path)[0] == 404
        assert code_of(charlie, "GET", f"/members/{number}/sessions")[0] == 404
    assert code_of(alice, "DELETE", f"/members/{paul}")[0] == 404  # who is a member of the partner
    made = alice.post("/members/invitations", json={"email": "eva@a.example", "role": "viewer"}).get_json()
    assert code_of(charlie, "DELETE", f"/members/invitations/{made['id']}")[0] == 404
    assert charlie.get("/members").get_json()["members"] == []
    assert len(alice.get("/members").get_json()["members"]) == 1


def test_sessions_are_seen_and_ended_of_those_only_who_have_access_to_nothing_else(
    people: People, alice: Caller, charlie: Caller, clock: TurnableClock
) -> None:
    ben = people.add("ben@a.example", Role.VIEWER, "acme")
    both = people.add("bo@a.example", Role.VIEWER, "acme", "other")
    with people.database.transaction() as db:
        user = find_user(db, "ben@a.example")
        key = begin_session(db, user, network="n", browser="Firefox", now=clock())
    (seen,) = alice.get(f"/members/{ben}/sessions").get_json()["sessions"]
    assert (seen["browser"], {*seen}) == ("Firefox", {"id", "browser", "began_at", "used_at"})
    for caller in (alice, charlie):
        assert code_of(caller, "GET", f"/members/{both}/sessions") == (403, "beyond_you")
        assert code_of(caller, "DELETE", f"/members/{both}/sessions") == (403, "beyond_you")
    assert alice._open("DELETE", f"/members/{ben}/sessions").get_json() == {"sessions": []}
    with people.database.reading() as db:
        assert signed_in_by(db, key, clock()) is None
    assert alice.get("/audit").get_json()["audit"][0]["action"] == "signed_out_everywhere"


@pytest.mark.parametrize(
    "said",
    [{}, {"role": "king", "email": "a@b.example"}, {"role": "viewer", "email": "no address"}, {"role": "viewer"}],
)
def test_what_is_no_invitation_is_refused(alice: Caller, said: dict[str, str]) -> None:
    assert alice.post("/members/invitations", json=said).status_code == 422


def test_what_is_kept_how_long(alice: Caller) -> None:
    record = alice.get("/retention").get_json()
    assert (record["evidence_days"], record["record_days"], record["request_days"]) == (400, 90, 14)
