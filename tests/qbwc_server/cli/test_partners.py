"""``qbwc-server partner``, and the companies under them."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.permissions import Permission
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.tenants import may


def test_partners_and_what_stands_under_them(run: CommandLine, ann: str, cli_database: Database) -> None:
    assert "no partner yet" in run("partner", "list").stdout
    assert run.json("partner", "add", "office", "--name", "Office & Co.")["companies"] == []
    for code in ("kern", "acme"):
        made = run.json("company", "add", code, "--name", code, "--time-zone", "UTC", "--partner", "office")
        assert made["partner"] == "office"
    assert run.json("company", "add", "shop", "--name", "Shop", "--time-zone", "UTC")["partner"] == "shop"
    run("member", "add", ann, "--partner", "office", "--role", "viewer")
    run("member", "add", ann, "--company", "kern", "--role", "bookkeeper")
    assert [(one["code"], one["companies"]) for one in run.json("partner", "list")["partners"]] == [
        ("office", ["acme", "kern"]), ("shop", ["shop"]),
    ]  # fmt: skip
    shown = run.json("partner", "show", "office")
    assert [one["role"] for one in shown["members"]] == ["viewer"]
    assert [one["role"] for one in shown["members_of_companies"]["kern"]] == ["bookkeeper"]
    text = run("partner", "show", "office").stdout
    assert "Members of all its companies" in text
    assert "Members of kern" in text
    assert "Members of acme" not in text
    assert may(cli_database, ann, Permission.SEE_COMPANY, "acme")


def test_a_company_is_moved_and_other_people_are_let_in(
    run: CommandLine, acme: str, ann: str, cli_database: Database
) -> None:
    run("partner", "add", "office", "--name", "Office")
    run("member", "add", ann, "--partner", "acme", "--role", "viewer")
    assert may(cli_database, ann, Permission.SEE_COMPANY, "acme")
    assert run("company", "move", "acme", "--partner", "nobody").exit_code == 3
    assert run.json("company", "move", "acme", "--partner", "office")["partner"] == "office"
    with pytest.raises(NotFound):
        may(cli_database, ann, Permission.SEE_COMPANY, "acme")
    assert [one["companies"] for one in run.json("partner", "list")["partners"]] == [[], ["acme"]]
    run("company", "move", "acme", "--partner", "office")  # it stands there: nothing is changed
    newest, before, *_ = run.json("audit", "list", "acme")["audit"]
    assert (newest["action"], newest["before"], newest["after"]) == (
        "company_moved", {"partner": "acme"}, {"partner": "office"},
    )  # fmt: skip
    assert before["action"] != "company_moved"
