"""``qbwc-server rule``."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from tests.conftest import TurnableClock
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.mapping.worded import Worded


@pytest.fixture
def shop(cli_database: Database, clock: TurnableClock) -> Worded:
    """A company with accounts."""
    shop = Worded(cli_database, clock)
    with cli_database.transaction() as db:
        for name in ("Sales", "Fees", "Travel"):
            keep(db, shop.id, told(f"{name}-1", name, entry_type="Expense"), kind=ListKind.ACCOUNT)
    return shop


def test_rules_are_added_tried_moved_and_removed(run: CommandLine, shop: Worded) -> None:
    first = run.json("rule", "add", "shop", "settlement", "--account", "sales", "--split", "Fees=2.5%")["id"]
    second = run.json("rule", "add", "shop", "card", "--account", "Travel", "--least", "10", "--tax", "normal")["id"]
    assert [one["id"] for one in run.json("rule", "list", "shop")["rules"]] == [first, second]
    tried = run.json("rule", "try", "shop", "Card settlement 4711", "100.00", "--tax", "normal")
    assert [(one["account"], one["amount"]) for one in tried["lines"]] == [("Sales", "97.50"), ("Fees", "2.50")]
    assert run.json("rule", "move", "shop", second, 1) == {"id": second, "place": 1}
    moved = run("rule", "try", "shop", "Card settlement 4711", "100.00", "--tax", "normal")
    assert f"By rule {second}." in moved.stdout
    run("rule", "remove", "shop", second)
    assert "settlement" in run("rule", "list", "shop").stdout
    assert "A person has to say." in run("rule", "try", "shop", "Rent", "1.00").stdout


@pytest.mark.parametrize("said", [("--least", "a lot"), ("--split", "Fees"), ("--split", "Fees=x%"), ("--most", "NaN")])
def test_what_cannot_be_a_rule_is_refused(run: CommandLine, shop: Worded, said: tuple[str, str]) -> None:
    result = run("rule", "add", "shop", "card", "--account", "Travel", *said)
    assert result.exit_code not in (0, 1)
    assert result.stderr
