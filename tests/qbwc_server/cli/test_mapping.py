"""``qbwc-server mapping``."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbwc_server.db import Database
from qbwc_server.tenancy.audit import audit_of
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
        assert "or never" in result.stderr


def test_a_connection_of_nobody_is_refused(run: CommandLine, shop: Worded) -> None:
    result = run("mapping", "set", "shop", "item", "SKU-1", "--entry", "Widget", "--connection", "5")
    assert result.exit_code != 0
    assert "connection 5" in result.stderr


def test_what_became_of_it_is_said(run: CommandLine, shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    assert "1 document excluded" in run("mapping", "set", "shop", "item", "SKU-1", "--never").stdout
    assert "1 document submitted" in run("mapping", "set", "shop", "item", "SKU-1", "--list-id", "80000002-1").stdout


def test_sure_ones_are_taken_and_undone(run: CommandLine, shop: Worded) -> None:
    shop.brings("o1", "Widget")
    shop.brings("o2", "Widgit")
    (first, second) = run.json("mapping", "suggest", "shop")["suggestions"]
    assert (first["entries"][0]["sure"], second["entries"][0]["sure"]) == (True, False)
    assert "near_name" in run("mapping", "suggest", "shop").stdout
    assert "1 word mapped." in run("mapping", "suggest", "shop", "--take-sure").stdout
    assert (shop.state("o1"), shop.state("o2")) == ("submitted", "for_review")
    assert run.json("mapping", "undo", "shop")["documents"]["waiting"] == 1


def test_a_file_is_shown_before_it_changes_anything(run: CommandLine, shop: Worded) -> None:
    shop.brings("o1", "=SKU")
    assert run("mapping", "export", "shop", "out.csv").exit_code == 0
    path = Path("out.csv")
    text = path.read_text(encoding="utf-8")
    assert "item,'=SKU,,,," in text
    path.write_text(text.replace("item,'=SKU,,,,", "item,'=SKU,,,,Widget"), encoding="utf-8")
    looked = run("mapping", "import", "shop", path)
    assert "1 mapping would change." in looked.stdout
    assert shop.state("o1") == "for_review"
    assert run.json("mapping", "import", "shop", path, "--apply")["changes"][0]["effect"] == "new"
    assert shop.state("o1") == "submitted"


def test_what_was_said_is_audited(run: CommandLine, shop: Worded) -> None:
    run("mapping", "set", "shop", "item", "SKU-1", "--entry", "Widget")
    run("mapping", "unset", "shop", "item", "SKU-1")
    with shop.database.reading() as db:
        found = audit_of(db, company_id=shop.id, limit=2)
    assert [(one.action.value, one.subject) for one in found] == [
        ("unmapped", "item 'SKU-1'"),
        ("mapped", "item 'SKU-1'"),
    ]
    assert (found[0].before or {})["name"] == "Widget"
