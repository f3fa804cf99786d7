"""The start page of somebody with many companies."""

from __future__ import annotations

import re

from sqlalchemy import event

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.portal.conftest import Browser, Town, said


def test_the_worst_comes_first(town: Town) -> None:
    for code in ("held", "needs", "paused"):
        town.company(code)
    ann = town.person("ann@b.example", **dict.fromkeys(("acme", "held", "needs", "paused"), Role.OWNER))
    town.document("needs")
    with town.database.transaction() as db:
        for code, kind in (("held", HoldKind.RESTORED_BACKUP), ("paused", HoldKind.PAUSED)):
            put_on_hold(db, town.found(code).id, kind, "Why.", by=SERVER, now=town.clock())
    page = ann.get("/")
    assert re.findall(r'<a href="/portal/companies/(\w+)">', page.text) == ["held", "needs", "paused", "acme"]
    assert "4 companies need a look" in said(page)


def test_who_is_member_of_nothing_is_told_so(town: Town) -> None:
    assert "You are a member of no company" in said(town.person("ann@b.example").get("/"))


def test_a_hundred_companies_are_asked_for_in_as_many_statements_as_one(town: Town, owner: Browser) -> None:
    asked: list[str] = []
    event.listen(town.database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    owner.get("/")
    few = len(asked)
    codes = [f"c{number}" for number in range(30)]
    for code in codes:
        town.company(code)
    many = town.person("ann@b.example", **dict.fromkeys(codes, Role.VIEWER))
    asked.clear()
    assert "30 companies" in said(many.get("/"))
    assert len(asked) == few
