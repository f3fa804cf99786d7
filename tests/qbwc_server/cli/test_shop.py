"""``qbwc-server shop``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qbwc_server.cli.output import Exit
from qbwc_server.db import Database
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.trading import Trading, trading_company
from tests.conftest import TurnableClock
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def shop(
    cli_database: Database, run: CommandLine, acme: str, clock: TurnableClock, tmp_path: Path
) -> Iterator[Trading]:
    """Acme and its shop."""
    with trading_company(cli_database, run.url, clock, tmp_path) as found:
        yield found


def test_a_day_and_the_clearing_account_are_shown(run: CommandLine, shop: Trading) -> None:
    shop.clock.moment = datetime(2026, 3, 7, 12, 30, tzinfo=UTC)
    trade = Trade(shop.upstream.store, seed=5, first_day=shop.clock().date(), days=2, orders_a_day=6)
    for _ in range(3):
        shop.clock.advance(hours=24)
        trade.until(shop.clock())
        shop.run()
    assert "DIFFERS" in run("shop", "days", "acme").stdout
    shop.posted()
    shown = run("shop", "days", "acme").stdout
    assert ("agrees" in shown, "DIFFERS" in shown) == (True, False)
    assert "#1006" in run("shop", "day", "acme", "2026-03-07").stdout
    (first, *_) = run.json("shop", "clearing", "acme")["days"]
    assert first["difference"] == "0.00"
    assert "By the channel" in run("shop", "clearing", "acme").stdout
    (payout, *_) = run.json("shop", "payouts", "acme")["payouts"]
    assert payout["payout"] in run("shop", "payouts", "acme").stdout
    assert "CHARGE" in run("shop", "payout", "acme", payout["payout"]).stdout
    assert "No document of the shop needs you." in run("shop", "conflicts", "acme").stdout


def test_what_is_no_day_or_no_shop_is_refused(run: CommandLine, acme: str) -> None:
    assert run("shop", "days", "acme").exit_code == Exit.NOT_FOUND
    assert "is no day" in run("shop", "day", "acme", "soon").stderr
