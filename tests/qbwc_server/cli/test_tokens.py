"""``qbwc-server company token|tokens|revoke``."""

from __future__ import annotations

from datetime import UTC, datetime

from qbwc_server.db import Database
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import TokenState, add_token, find_token
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.cli.conftest import CommandLine


def state(database: Database, token: str) -> TokenState:
    with database.reading() as db:
        found = find_token(db, token, datetime.now(UTC))
    assert found is not None
    assert found.company == "acme"
    return found.state


def test_a_token_is_the_only_thing_on_stdout(run: CommandLine, acme: str, cli_database: Database) -> None:
    result = run("company", "token", "acme", "--label", "shop")
    assert state(cli_database, result.stdout.strip()) is TokenState.USABLE
    assert "/api/v1/companies/acme/documents" in result.stderr
    assert "company revoke acme 1" in result.stderr
    assert run("company", "token", "acme", "--label", " ").exit_code == 4
    assert run("company", "token", "acme", "--scope", "everything").exit_code == 2


def test_made_listed_and_revoked(run: CommandLine, acme: str, cli_database: Database) -> None:
    assert "no token" in run("company", "tokens", "acme").stdout
    made = run.json(
        "company", "token", "acme", "--label", "shop", "--scope", "read", "--scope", "write", "--days", "30"
    )
    assert made["scopes"] == ["read", "write"]
    assert made["expires_at"] is not None
    (listed,) = run.json("company", "tokens", "acme")["tokens"]
    assert listed == {name: value for name, value in made.items() if name not in ("code", "token")}
    table = run("company", "tokens", "acme").stdout
    assert "shop" in table
    assert "read, write" in table
    assert "never" in table
    assert run("company", "revoke", "acme", made["id"]).stdout.strip() == "Token 1 (shop) is revoked."
    assert state(cli_database, made["token"]) is TokenState.REVOKED
    assert run.json("company", "tokens", "acme")["tokens"][0]["state"] == "revoked"
    assert run("company", "revoke", "acme", 99).exit_code == 3


def test_a_token_of_another_company_is_not_revoked(run: CommandLine, acme: str, cli_database: Database) -> None:
    made = run.json("company", "token", "acme")
    assert run("company", "add", "bob", "--name", "Bob", "--time-zone", "UTC").exit_code == 0
    assert run("company", "revoke", "bob", made["id"]).exit_code == 3
    assert state(cli_database, made["token"]) is TokenState.USABLE


def test_all_that_one_person_made_ends_at_once(run: CommandLine, acme: str, cli_database: Database) -> None:
    run("user", "add", "ann@acme.example", "--name", "Ann")
    with cli_database.transaction() as db:
        ann, company = find_user(db, "ann@acme.example"), find_company(db, "acme")
        by = Actor(ActorKind.PERSON, ann.name, str(ann.id))
        for label in ("till", "back office"):
            add_token(db, company, label=label, scopes=[Scope.READ], by=by, now=company.created_at)
    kept = run.json("company", "token", "acme", "--label", "shop")
    said = run("company", "revoke", "acme", "--made-by", "ann@acme.example")
    assert said.stdout.splitlines() == ["Token 1 (till) is revoked.", "Token 2 (back office) is revoked."]
    states = {one["id"]: one["state"] for one in run.json("company", "tokens", "acme")["tokens"]}
    assert states == {1: "revoked", 2: "revoked", kept["id"]: "usable"}
    again = run("company", "revoke", "acme", "--made-by", "ann@acme.example")
    assert "has made no token of acme" in again.stdout
    assert run("company", "revoke", "acme").exit_code == 2
    assert run("company", "revoke", "acme", kept["id"], "--made-by", "ann@acme.example").exit_code == 2
