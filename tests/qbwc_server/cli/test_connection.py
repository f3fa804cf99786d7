"""Connections on the command line: secrets by standard input, results as JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.channels.feed_upstream import FeedUpstream, feed_upstream
from tests.channels.test_feed import sale
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedUpstream]:
    monkeypatch.setenv("QBWC_PRIVATE_UPSTREAMS", "1")
    with feed_upstream() as feed:
        feed.key = "a-secret-key"
        for number in range(2):
            feed.put(f"{1001 + number}", datetime.now(UTC) - timedelta(hours=1), sale("5.00"))
        yield feed


@pytest.fixture
def connection(run: CommandLine, acme: str, feed: FeedUpstream) -> str:
    """The number of a connection to the feed."""
    made = run("connection", "add", "acme", "feed", "--option", f"address={feed.server.address}", "--option",
               "name=tea", "--secret", "key", "--title", "Tea", typed="a-secret-key\n")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "being set up" in made.stdout
    return str(run.json("connection", "list", "acme")["connections"][0]["id"])


def test_every_channel_is_named_with_its_options(run: CommandLine) -> None:
    (feed,) = run.json("connection", "types", "feed")["types"]
    assert [option["name"] for option in feed["options"]] == [
        "address", "name", "key", "page_size", "words", "rules", "tell_back",
    ]  # fmt: skip
    said = run("connection", "types").stdout
    for word in ("feed", "Brings:", "Needs:", "address (text", "key (secret)", "default 200"):
        assert word in said


def test_a_connection_from_its_beginning_to_its_end(run: CommandLine, connection: str, feed: FeedUpstream) -> None:
    tried = run("connection", "test", "acme", connection)
    assert (tried.exit_code, "Tea shop" in tried.stdout) == (0, True)
    ran = run.json("connection", "run", "acme", connection)
    assert ran["connection"]["last_run"]["records"] == {"new": 2, "changed": 0, "known": 0, "set_aside": 0}
    assert ran["report"]["added"] == 2
    again = run("connection", "run", "acme", connection, "--since", "2026-01-01", "--again")
    assert "2 known" in again.stdout
    shown = run("connection", "show", "acme", connection).stdout
    for word in ("Tea (feed, tea), running", "key = ***", "sales: complete until", "Records: 2 drafted", "done:"):
        assert word in shown
    assert "Tea" in run("connection", "list", "acme").stdout
    assert "paused" in run("connection", "pause", "acme", connection).stdout
    assert run("connection", "run", "acme", connection).exit_code == 4
    assert "every 5 minutes" in run("connection", "resume", "acme", connection).stdout
    assert "1001: drafted" in run("connection", "records", "acme", connection).stdout
    assert run("connection", "disconnect", "acme", connection).exit_code == 2
    ended = run.json("connection", "disconnect", "acme", connection, "--remove")
    assert (ended["state"], ended["removed"]) == ("disconnected", 2)
    assert {one["state"] for one in run.json("documents", "list", "acme")["documents"]} == {"excluded"}


def test_a_secret_is_shown_nowhere_and_not_taken_from_the_command_line(
    run: CommandLine, connection: str, feed: FeedUpstream
) -> None:
    for command in (("list", "acme"), ("show", "acme", connection), ("run", "acme", connection)):
        for more in ((), ("--json",)):
            assert "a-secret-key" not in run("connection", *command, *more).output
    refused = run("connection", "set", "acme", connection, "--option", "key=hunter2hunter2")
    assert (refused.exit_code, "--secret key" in refused.output) == (2, True)
    assert "hunter2" not in refused.output


def test_options_are_changed_and_taken_back(run: CommandLine, connection: str, feed: FeedUpstream) -> None:
    changed = run.json("connection", "set", "acme", connection, "--option", "page_size=9", "--every", "30", "--submit")
    assert (changed["options"]["page_size"], changed["every_minutes"], changed["submits"]) == (9, 30, True)
    changed = run.json("connection", "set", "acme", connection, "--option", "page_size=")
    assert "page_size" not in changed["options"]
    ran = run("connection", "run", "acme", connection)
    assert (ran.exit_code, "has not told its closing date" in ran.output) == (1, True)  # a person has to look


def test_limits_of_what_is_submitted_by_itself(run: CommandLine, connection: str, feed: FeedUpstream) -> None:
    per_run, per_day = ("--limit", "documents_per_run=5"), ("--limit", "amount_per_day=500.00")
    changed = run.json("connection", "set", "acme", connection, *per_run, *per_day)
    assert (changed["limits"]["documents_per_run"], changed["limits"]["amount_per_day"]) == (5, "500.00")
    assert "limit: amount_per_day = 500.00" in run("connection", "show", "acme", connection).stdout
    changed = run.json("connection", "set", "acme", connection, "--limit", "amount_per_day=")
    assert (changed["limits"]["documents_per_run"], changed["limits"]["amount_per_day"]) == (5, None)
    assert run("connection", "set", "acme", connection, "--limit", "per_hour=5").exit_code != 0


def test_a_failure_is_told_in_words(run: CommandLine, connection: str, feed: FeedUpstream) -> None:
    feed.key = "another"
    tried: Any = run("connection", "test", "acme", connection)
    assert (tried.exit_code, "refuses the key (401)" in tried.stdout) == (1, True)
    assert "a-secret-key" not in tried.output
    ran = run("connection", "run", "acme", connection)
    assert ran.exit_code == 1
    assert "connection set" in ran.stdout
