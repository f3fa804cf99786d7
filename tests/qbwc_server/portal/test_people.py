"""Members in a browser: invited, joined, changed, removed, helped to a new password; the last owner stays."""

from __future__ import annotations

import re

import pytest

from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.portal.conftest import PASSWORD, Browser, Town, said

ALL = "/companies/acme/members"
NEW = "quite another horse battery"


def invited(owner: Browser, email: str = "ben@acme.example", role: str = "bookkeeper") -> str:
    """The path of an invitation."""
    return linked(owner.send(ALL, ALL, email=email, role=role).text)


def linked(text: str) -> str:
    found = re.search(r">http://localhost:8000/portal(/join/[\w-]{43})<", text)
    assert found
    return found[1]


def test_somebody_is_invited_and_joins_once(town: Town, owner: Browser) -> None:
    path = invited(owner, " Ben@ACME.example ")
    assert "invited, until" in said(owner.get(ALL))
    ben = town.stranger()
    assert "You are invited to Acme Inc." in said(ben.get(path))
    assert ben.send(path, path, name="Ben", password="short", again="short").status_code == 422
    assert ben.send(path, path, name="Ben", password=NEW, again=NEW + "x").status_code == 422
    assert ben.send(path, path, name="Ben", password=NEW, again=NEW).status_code == 303
    assert ben.get(path).status_code == 404
    assert ben.sign_in("ben@acme.example", NEW).status_code == 303
    assert "Acme Inc." in said(ben.get("/"))
    assert ben.get("/companies/acme/settings").status_code == 403  # a bookkeeper
    assert "invited, until" not in said(owner.get(ALL))


def test_who_has_a_password_keeps_it(town: Town, owner: Browser) -> None:
    town.company("other")
    eve = town.person("eve@other.example", other=Role.VIEWER)
    path = invited(owner, "eve@other.example", "viewer")
    assert "You have a password already" in said(town.stranger().get(path))
    stranger, owner_himself = town.stranger(), owner
    for browser in (stranger, owner_himself):  # whoever has the link is not who is invited by it
        assert (
            browser.send(path, "/sign-in" if browser is stranger else "/", password=NEW, again=NEW).status_code == 422
        )
    assert stranger.sign_in("eve@other.example", NEW).status_code == 422
    assert eve.get("/companies/acme").status_code == 404
    assert "You are signed in with this address" in said(eve.get(path))
    assert eve.send(path, path).status_code == 303
    assert eve.get("/companies/acme").status_code == 200
    assert eve.get("/companies/acme").status_code == 200


def test_an_invitation_is_withdrawn_and_takes_the_place_of_the_one_before(town: Town, owner: Browser) -> None:
    first, second = invited(owner), invited(owner)
    assert town.stranger().get(first).status_code == 404
    assert owner.send("/companies/acme/invitations/2/end", ALL).status_code == 303
    assert town.stranger().get(second).status_code == 404
    third = invited(owner)
    town.clock.advance(days=7)
    assert town.stranger().get(third).status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": "owner@acme.example", "role": "viewer"}, "is a member"),
        ({"email": "no address", "role": "viewer"}, "e-mail"),
        ({"email": "a@b.example", "role": "king"}, "Choose a role"),
    ],
    ids=["member", "address", "role"],
)
def test_who_cannot_be_invited(owner: Browser, fields: dict[str, str], says: str) -> None:
    answer = owner.send(ALL, ALL, **fields)
    assert answer.status_code == 409
    assert says in said(answer)


def test_roles_are_changed_and_the_last_owner_stays(town: Town, owner: Browser) -> None:
    ben = town.person("ben@acme.example", "Ben", acme=Role.VIEWER)
    for path in (f"{ALL}/1/role", f"{ALL}/1/remove"):
        answer = owner.send(path, ALL, role="viewer")
        assert answer.status_code == 409
        assert "last owner" in said(answer)
    assert owner.send(f"{ALL}/2/role", ALL, role="owner").status_code == 303
    assert ben.get(ALL).status_code == 200
    assert owner.send(f"{ALL}/1/role", ALL, role="viewer").headers["Location"] == "/portal/"
    assert owner.get(ALL).status_code == 403
    assert ben.send(f"{ALL}/1/remove", ALL).status_code == 303
    assert owner.get("/companies/acme").status_code == 404


def test_strangers_are_not_changed_by_their_number(town: Town, owner: Browser) -> None:
    town.company("other")
    town.person("eve@other.example", other=Role.OWNER)
    for path, fields in (("role", {"role": "viewer"}), ("remove", {}), ("password", {})):
        assert owner.send(f"{ALL}/2/{path}", ALL, **fields).status_code == 409
        assert owner.send(f"{ALL}/99/{path}", ALL, **fields).status_code == 409


def test_a_member_is_helped_to_a_new_password(town: Town, owner: Browser) -> None:
    ben = town.person("ben@acme.example", "Ben", acme=Role.VIEWER)
    path = linked(owner.send(f"{ALL}/2/password", ALL).text)
    assert ben.get("/").status_code == 200
    browser = town.stranger()
    assert browser.send(path, path, password=NEW, again=NEW).status_code == 303
    assert ben.get("/").status_code == 303  # signed out
    assert browser.sign_in("ben@acme.example", PASSWORD).status_code == 422
    assert browser.sign_in("ben@acme.example", NEW).status_code == 303
    assert town.stranger().get(path).status_code == 404


def test_nobody_takes_over_who_has_more_than_this_company(town: Town, owner: Browser) -> None:
    town.company("other")
    town.person("ben@acme.example", "Ben", acme=Role.VIEWER, other=Role.OWNER)
    answer = owner.send(f"{ALL}/2/password", ALL)
    assert answer.status_code == 409
    assert "more than you look after" in said(answer)
