"""The audit: what changed, by whom, from where; only differences, never a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from qbwc_server.db import Database
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, AuditRecord, audit_of, note_audit
from qbwc_server.tenancy.companies import add_company, find_company
from qbwc_server.tenancy.members import add_member, change_role, remove_member
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.partners import add_partner
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.sealing import Sealed
from qbwc_server.tenancy.tokens import add_token, revoke_token
from qbwc_server.tenancy.users import add_user, disable, enable, set_password
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ANN = Actor(ActorKind.PERSON, "Ann", "7", place="203.0.113.9")


@pytest.fixture
def company(database: Database, clock: TurnableClock) -> Company:
    with database.transaction() as db:
        return tenant(db, clock())


def noted(database: Database, company: Company | None = None) -> list[AuditRecord]:
    with database.reading() as db:
        return audit_of(db, company_id=None if company is None else company.id)


def note(database: Database, clock: TurnableClock, company: Company, **states: object) -> None:
    with database.transaction() as db:
        note_audit(db, Audited.OPTIONS_CHANGED, by=ANN, now=clock(), company_id=company.id, **states)  # type: ignore[arg-type]


def test_who_when_from_where_before_and_after(database: Database, clock: TurnableClock, company: Company) -> None:
    before, after = {"a": 1, "b": "x", "gone": True}, {"a": 1, "b": "y", "new": [1, "two"]}
    note(database, clock, company, subject="options", before=before, after=after)
    (row,) = noted(database, company)
    assert (row.by, row.place, row.at, row.action) == (ANN, "203.0.113.9", clock(), Audited.OPTIONS_CHANGED)
    assert (row.by.id, row.by.label, row.subject) == ("7", "Ann", "options")
    assert row.before == {"b": "x", "gone": True, "new": None}
    assert row.after == {"b": "y", "gone": None, "new": [1, "two"]}


def test_what_changes_nothing_is_not_noted(database: Database, clock: TurnableClock, company: Company) -> None:
    note(database, clock, company, before={"a": 1, "b": None}, after={"a": 1, "b": None})
    assert noted(database, company) == []
    note(database, clock, company, before=None, after={})
    assert len(noted(database, company)) == 1


SECRET = "hunter2hunter2"


def test_secrets_are_blotted_out_by_type_by_name_and_by_look(
    database: Database, clock: TurnableClock, company: Company
) -> None:
    token = "qbwc_" + "aB3-_" * 8
    state: dict[str, object] = {
        "key": SecretStr(SECRET),
        "sealed": Sealed(f"00000000:{SECRET}"),
        "raw": SECRET.encode(),
        "password": SECRET,
        "api_token": SECRET,
        "clientSecret": SECRET,
        "Authorization": SECRET,
        "object": type("Odd", (), {"__repr__": lambda _: SECRET, "__str__": lambda _: SECRET})(),
        "inside": {"deep": [{"password": SECRET, "harmless": 1}, SecretStr(SECRET)], "credentials": [SECRET]},
        "pasted": f"Authorization: Bearer {token}",
    }
    note(database, clock, company, subject=f"label {token}", after=state)
    note(database, clock, company, before={"password": "old" + SECRET, "a": 1}, after={"password": SECRET, "a": 1})
    changed, shown = noted(database, company)
    for row in (changed, shown):
        everything = f"{vars(row)}"
        assert SECRET not in everything
        assert token not in everything
    assert shown.after is not None
    assert shown.after["inside"] == {"deep": [{"password": "***", "harmless": 1}, "***"], "credentials": "***"}
    assert (changed.before, changed.after) == ({"password": "***"}, {"password": "***"})  # that it changed is told


def test_values_are_kept_as_json_has_them(database: Database, clock: TurnableClock, company: Company) -> None:
    after = {
        "at": datetime(2026, 3, 2, 15, tzinfo=UTC), "on": date(2026, 3, 2), "limit": Decimal("10.50"),
        "role": Role.OWNER, "names": {"b", "a"}, "long": "x" * 5000,
    }  # fmt: skip
    note(database, clock, company, after=after)
    kept = noted(database, company)[0].after
    assert kept is not None
    assert len(kept.pop("long")) == 500
    assert kept == {
        "at": "2026-03-02T15:00:00+00:00", "on": "2026-03-02", "limit": "10.50", "role": "owner", "names": ["a", "b"],
    }  # fmt: skip


def test_each_company_has_its_own_and_pages_go_back_in_time(
    database: Database, clock: TurnableClock, company: Company
) -> None:
    with database.transaction() as db:
        other = tenant(db, clock(), "other")
        for number in range(5):
            for each in (company, other):
                note_audit(db, Audited.PAUSED, by=ANN, now=clock(), company_id=each.id, subject=f"{each.code} {number}")
    with database.reading() as db:
        first = audit_of(db, company_id=company.id, limit=2)
        second = audit_of(db, company_id=company.id, limit=10, before_id=first[-1].id)
    assert [row.subject for row in first + second] == [f"kern {number}" for number in (4, 3, 2, 1, 0)]


def test_everything_about_people_is_noted(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        office = add_partner(db, code="office", name="Office", by=ANN, now=clock())
        kern = add_company(db, code="kern", name="Kern", time_zone="UTC", partner=office, by=ANN, now=clock())
        ben = add_user(db, email="ben@b.example", name="Ben", by=ANN, now=clock())
        set_password(db, ben, "zwölf Löwen gähnen", by=ANN, now=clock())
        add_member(db, ben, kern, Role.VIEWER, by=ANN, now=clock())
        change_role(db, ben, kern, Role.BOOKKEEPER, limits={"check": []}, by=ANN, now=clock())
        change_role(db, ben, kern, Role.BOOKKEEPER, limits={"check": []}, by=ANN, now=clock())
        remove_member(db, ben, kern, by=ANN, now=clock())
        add_member(db, ben, office, Role.OWNER, by=ANN, now=clock())
        for change in (disable, disable, enable, enable):
            change(db, ben, by=ANN, now=clock())
        row, _ = add_token(db, kern, label="till", by=ANN, now=clock())
        for _ in range(2):
            revoke_token(db, kern.id, row.id, clock(), by=ANN)
    rows = noted(database)[::-1]
    assert [row.action.value for row in rows] == [
        "partner_added", "company_added", "user_added", "user_password_set", "member_added", "member_changed",
        "member_removed", "member_added", "user_disabled", "user_enabled", "token_made", "token_revoked",
    ]  # fmt: skip
    assert {(row.by, row.place) for row in rows} == {(ANN, ANN.place)}
    assert "Löwen" not in f"{[vars(row) for row in rows]}"
    changed = rows[5]
    assert (changed.before, changed.after) == (
        {"role": "viewer", "limits": None}, {"role": "bookkeeper", "limits": {"check": []}},
    )  # fmt: skip
    with database.reading() as db:
        of_kern = audit_of(db, company_id=find_company(db, "kern").id)
        of_office = audit_of(db, partner_id=office.id)
    assert [row.action.value for row in of_kern[::-1]] == [
        "company_added", "member_added", "member_changed", "member_removed", "token_made", "token_revoked",
    ]  # fmt: skip
    assert [row.subject for row in of_office[::-1]] == ["office", "ben@b.example"]
