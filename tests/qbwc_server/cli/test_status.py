"""``qbwc-server status``."""

from __future__ import annotations

from pathlib import Path

from tests.qbwc_server.cli.conftest import INVOICE, CommandLine, Import


def test_without_a_company_it_says_how_to_add_one(run: CommandLine) -> None:
    assert "company add" in run("status").stdout
    assert run.json("status") == {"companies": []}


def test_what_waits_and_what_to_do(run: CommandLine, bring_in: Import) -> None:
    bring_in(INVOICE)
    text = run("status", "acme").stdout
    assert "1 document waits for the next update session." in text
    assert "The Web Connector has not called yet." in text


def test_for_programs(run: CommandLine, bring_in: Import) -> None:
    bring_in(INVOICE)
    one = run.json("status", "acme")
    assert (one["code"], one["documents"], one["hold"]) == ("acme", {"submitted": 1}, None)
    run("company", "add", "beta", "--name", "Beta", "--time-zone", "UTC")
    every = run.json("status")["companies"]
    assert [each["code"] for each in every] == ["acme", "beta"]
    assert every[0]["documents"] == one["documents"]


def test_several_companies_are_told_apart(run: CommandLine, acme: str) -> None:
    run("company", "add", "beta", "--name", "Beta", "--time-zone", "UTC")
    text = run("status").stdout
    assert "Acme Lighting (acme)" in text
    assert "Beta (beta)" in text


def test_an_unknown_company_is_not_found(run: CommandLine) -> None:
    assert run("status", "nobody").exit_code == 3


def test_a_proxy_that_nobody_named_is_warned_of(run: CommandLine, acme: str) -> None:
    assert "trusted_proxies" not in run("status").stderr
    Path("qbwc.toml").write_text('base_url = "https://books.example.com"\n', encoding="utf-8")
    result = run("status")
    assert "Warning: " in result.stderr
    assert "trusted_proxies" in result.stderr
    assert "trusted_proxies" not in run("status", "--json").stdout
