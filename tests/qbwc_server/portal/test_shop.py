"""A shop in a browser: days, a day by its orders, the clearing account, payouts, conflicts; and on the status page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, select

from qbwc_server.channels.connections.models import Connection, ConnectionFigure
from qbwc_server.documents.models import DocumentRow
from qbwc_server.simulator.shop.trade import Trade
from qbwc_server.tenancy.permissions import Role
from tests.channels.trading import Trading, trading_company
from tests.qbwc_server.portal.conftest import Browser, Town, said

AT = "/companies/acme/shop"


@pytest.fixture
def trading(town: Town, database_url: str, tmp_path: Path) -> Iterator[Trading]:
    """Acme and its shop."""
    with trading_company(town.database, database_url, town.clock, tmp_path) as found:
        yield found


def test_without_a_shop_the_page_says_what_would_be_there(owner: Browser) -> None:
    assert "No shop is connected" in said(owner.get(AT))
    assert "Clearing account" not in said(owner.get("/companies/acme"))


def test_a_day_is_red_until_the_books_say_the_same(trading: Trading, owner: Browser) -> None:
    trading.sells(1, 2, 3)
    page = said(owner.get(AT))
    assert "differs, 3 documents are not in QuickBooks yet" in page
    trading.posted()
    page = said(owner.get(AT))
    assert "differs" not in page
    assert "30.00" in page
    with trading.database.transaction() as db:
        db.scalars(select(DocumentRow).limit(1)).one().posted_total = Decimal("9.99")
        day = db.scalars(select(ConnectionFigure.day).limit(1)).one()
    page = said(owner.get(AT))
    assert "differs" in page
    assert "-0.01" in page.replace("−", "-")
    opened = said(owner.get(f"{AT}?day={day.isoformat()}"))
    assert [name for name in ("#1", "#2", "#3") if name in opened] == ["#1", "#2", "#3"]
    assert "Sales receipt" in opened


def test_payouts_and_the_clearing_account_stand_beside_what_the_channel_says(trading: Trading, town: Town) -> None:
    trading.clock.moment = datetime(2026, 3, 7, 12, 30, tzinfo=UTC)
    trade = Trade(trading.upstream.store, seed=5, first_day=trading.clock().date(), days=1, orders_a_day=8)
    for _ in range(5):
        trading.clock.advance(hours=24)
        trade.until(trading.clock())
        trading.run()
    trading.posted()
    owner = town.person("olga@acme.example", "Olga", acme=Role.OWNER)  # days have gone by
    shown = said(owner.get(f"{AT}?show=clearing"))
    assert "On its way to the bank" in shown
    assert "agrees" in said(owner.get("/companies/acme"))
    listed = owner.get(f"{AT}?show=payouts").text
    number = re.search(r"payout=(\d+)", listed)
    assert number
    assert "What is in it comes to what is paid out." in said(owner.get(f"{AT}?payout={number[1]}"))
    assert "No document of the shop needs you" in said(owner.get(f"{AT}?show=conflicts"))


def test_thousands_of_orders_take_no_more_statements_than_three(trading: Trading, town: Town, owner: Browser) -> None:
    trading.sells(1, 2, 3)
    pages = (AT, f"{AT}?day=2026-03-02", "/companies/acme")
    before = [_statements(town, owner, page) for page in pages]
    with trading.database.transaction() as db:
        one = db.get_one(Connection, trading.connection)
        day = db.scalars(select(ConnectionFigure.day).limit(1)).one()
        db.add_all(
            ConnectionFigure(
                company_id=one.company_id, connection_id=one.id, group_key=f"g{number}", day=day, part="money",
                way="cash", place="1", place_name="Main", amount=Decimal(1), source=f"{number}", called=f"#{number}",
                origin="", kind="",
            )
            for number in range(1000, 4_000)
        )  # fmt: skip
    assert [_statements(town, owner, page) for page in pages] == before
    assert "3,003 orders" in said(owner.get(AT))


def _statements(town: Town, owner: Browser, page: str) -> int:
    seen: list[str] = []

    def hear(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(town.database.engine, "before_cursor_execute", hear)
    assert owner.get(page).status_code == 200
    event.remove(town.database.engine, "before_cursor_execute", hear)
    return len(seen)
