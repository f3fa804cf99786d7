"""``qbwc-server mapping``."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.mapping.worded import Worded


@pytest.fixture
def shop(cli_database: Database, clock: TurnableClock) -> Worded:
    """A company whose source says words."""
    return Worded(cli_database, clock)


def test_a_word_is_shown_mapped_and_taken_back(run: CommandLine, shop: Worded) -> None:
    shop.brings("o1", "SKU-1", hints={"title": "The widget"})
    assert run.json("mapping", "list", "shop")["waiting"] == [
        {
            "kind": "item",
            "word": "SKU-1",
            "connection": None,
            "title": "The widget",
            "documents": 1,
            "code": "unmapped",
            "message": "There is no QuickBooks item for 'SKU-1' (The widget) yet.",
        }
    ]
    said = run.json("mapping", "set", "shop", "item", "SKU-1", "--entry", "Widget")
    assert (said["list_id"], said["documents"]) == (
        "80000001-1",
        {"submitted": 1, "waiting": 0, "left_out": 0},
    )
    listed = run.json("mapping", "list", "shop")
    assert listed["waiting"] == []
    assert [(one["word"], one["name_now"], one["problem"]) for one in listed["mappings"]] == [("SKU-1", "Widget", None)]
    assert run.json("mapping", "unset", "shop", "item", "SKU-1")["documents"]["waiting"] == 1
    shown = run("mapping", "list", "shop")
    assert "SKU-1" in shown.stdout
    assert "No word is mapped." in shown.stdout


def test_it_is_said_in_one_way(run: CommandLine, shop: Worded) -> None:
    for said in ((), ("--never", "--entry", "Widget"), ("--create", "A", "--entry", "Widget")):
        result = run("mapping", "set", "shop", "item", "SKU-1", *said)
        assert result.exit_code != 0
        assert "--never" in result.stderr


def test_a_connection_of_nobody_is_refused(run: CommandLine, shop: Worded) -> None:
    result = run("mapping", "set", "shop", "item", "SKU-1", "--entry", "Widget", "--connection", "5")
    assert result.exit_code != 0
    assert "connection 5" in result.stderr


def test_what_became_of_it_is_said(run: CommandLine, shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    assert "1 document excluded" in run("mapping", "set", "shop", "item", "SKU-1", "--never").stdout
    assert "1 document submitted" in run("mapping", "set", "shop", "item", "SKU-1", "--list-id", "80000002-1").stdout
