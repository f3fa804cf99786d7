"""Days of a shop against documents and books, the clearing account against the channel, payouts, conflicts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from qbwc_server.channels.connections.models import Connection, ConnectionFigure
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import NotFound
from qbwc_server.reports.shop import NoShop, day_record, days_record, find_shop
from qbwc_server.reports.shop_money import clearing_record, conflicts_record, payout_record, payouts_record
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.connected import Connected
from tests.channels.contract import connected
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock

__all__ = ["connected"]
GATEWAYS = {"cash": "Till", "shopify_payments": "Clearing", "manual": "Bank", "gift_card": "none"}
FIRST = date(2026, 3, 7)  # the clocks change on the day after


@pytest.fixture
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    with shop_upstream(clock) as upstream:
        yield upstream


def connect(connected: Connected, shop: ShopUpstream, **more: object) -> int:
    told = {"shop": shop.server.address, "token": shop.api.token, "gateways": GATEWAYS}
    return connected.add(SHOPIFY, {**told, "first_import_in_bulk": False, **more})


def traded(connected: Connected, shop: ShopUpstream, mode: str) -> int:
    """Two days of trade, asked for once a day and until all payouts are there; all of it posted."""
    connected.clock.moment = datetime(2026, 3, 7, 12, 30, tzinfo=UTC)
    trade = Trade(shop.store, seed=5, first_day=FIRST, days=2, orders_a_day=8)
    connection = connect(connected, shop, documents=mode, page_size=50)
    for _ in range(8):
        connected.clock.advance(hours=24)
        trade.until(connected.clock())
        connected.run(connection)
    posted(connected)
    return connection


def posted(connected: Connected) -> None:
    """As if QuickBooks had taken every document as it is meant to be."""
    with connected.database.transaction() as db:
        db.execute(
            update(DocumentRow)
            .where(DocumentRow.state.in_((State.FOR_REVIEW, State.SUBMITTED, State.HELD)))
            .values(state=State.POSTED, txn_id="1A-1", posted_total=DocumentRow.total)
        )


def ask(connected: Connected, connection: int, report: Any, *arguments: Any, **more: Any) -> dict[str, Any]:
    with connected.database.reading() as db:
        found: dict[str, Any] = report(db, db.get_one(Connection, connection), *arguments, **more)
        return found


@pytest.mark.parametrize("mode", ["summary", "detailed"])
def test_days_payouts_and_clearing_agree_to_the_cent_and_a_cent_is_seen(
    connected: Connected, shop: ShopUpstream, mode: str
) -> None:
    connection = traded(connected, shop, mode)
    told = ask(connected, connection, days_record)
    assert len(told["days"]) >= 3
    assert sum(one["orders"] for one in told["days"]) >= 16
    for day in told["days"]:
        for one in day["sums"]:
            assert (one["orders"], one["books"], one["difference"]) == (one["documents"], one["documents"], "0.00"), one
        assert (day["differs"], day["waiting"]) == (False, 0)
    held = ask(connected, connection, clearing_record)["days"]
    assert {one["difference"] for one in held if one["stated"] is not None} == {"0.00"}
    assert sum(one["stated"] is not None for one in held) >= 3
    assert not any(one["differs"] for one in held)
    payouts = ask(connected, connection, payouts_record)["payouts"]
    assert payouts
    assert not any(one["differs"] for one in payouts)
    are_paged_and_opened(connected, connection, payouts)
    with connected.database.transaction() as db:
        of_cards = (ConnectionFigure.way == "shopify_payments", ConnectionFigure.part == "money")
        ways = select(ConnectionFigure.origin).where(*of_cards, ConnectionFigure.amount > Decimal(1))
        receipts = DocumentRow.kind == "sales_receipt"
        row = db.scalars(select(DocumentRow).where(DocumentRow.origin.in_(ways), receipts)).first()
        assert row is not None
        assert row.posted_total is not None
        row.posted_total -= Decimal("0.01")
        day = row.date.isoformat()
    told = ask(connected, connection, days_record)
    assert [one["day"] for one in told["days"] if one["differs"]] == [day]
    held = ask(connected, connection, clearing_record)["days"]
    assert {one["difference"] for one in held if one["day"] >= day and one["stated"] is not None} == {"-0.01"}


def test_a_day_is_opened_down_to_its_orders_page_by_page_in_a_fixed_number_of_statements(
    connected: Connected, shop: ShopUpstream
) -> None:
    at = connected.clock()
    for number in range(1, 8):
        shop.sell(number, 1_000 + number, at)
    connection = connect(connected, shop, documents="detailed")
    connected.clock.advance(minutes=5)
    connected.run(connection)
    day = ask(connected, connection, days_record)["days"][0]["day"]
    statements: list[str] = []
    event.listen(connected.database.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    counts, names, after = [], [], ""
    while after is not None:
        statements.clear()
        page = ask(connected, connection, day_record, date.fromisoformat(day), after=after, limit=3)
        counts.append(len(statements))
        names += [(one["name"], [each["kind"] for each in one["documents"]]) for one in page["listed"]]
        after = page["next"]
    assert names == [(f"#{number}", ["sales_receipt"]) for number in range(1, 8)]
    assert len(set(counts)) == 1
    (money,) = [one for one in page["by_place"] if one["part"] == "money"]
    assert (money["way"], money["orders"], money["documents"], money["books"]) == ("cash", "70.28", "70.28", "0.00")
    assert (page["differs"], page["waiting"]) == (True, 7)


def test_what_the_shop_does_not_hold_any_more_and_the_books_do_is_a_difference(
    connected: Connected, shop: ShopUpstream
) -> None:
    shop.sell(1, 1_000, connected.clock())
    connection = connect(connected, shop, documents="detailed")
    connected.run(connection)
    posted(connected)
    shop.store.remove("orders", "gid://shopify/Order/1")
    connected.clock.advance(hours=18)
    connected.run(connection)
    (day,) = ask(connected, connection, days_record)["days"]
    assert {one["difference"] for one in day["sums"]} == {"10.00"}
    with connected.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ConnectionFigure)) == 4  # of both shapes that it may have


def are_paged_and_opened(connected: Connected, connection: int, payouts: list[dict[str, Any]]) -> None:
    """Payouts come page by page, and what is in one comes to its net."""
    first = ask(connected, connection, payouts_record, limit=1)
    second = ask(connected, connection, payouts_record, before=first["next"])
    assert first["payouts"] + second["payouts"] == payouts
    one = next(one for one in payouts if one["count"])
    some = ask(connected, connection, payout_record, one["payout"], limit=2)
    assert len(some["included"]) == min(2, one["count"])
    opened = ask(connected, connection, payout_record, one["payout"])["included"]
    nets = [Decimal(each["net"]) for each in opened if each["about"] != "payout"]
    assert sum(nets, Decimal(0)) == Decimal(one["net"])
    for nobody in ("0", "x%"):
        with pytest.raises(NotFound):
            ask(connected, connection, payout_record, nobody)


def test_conflicts_say_why(connected: Connected, shop: ShopUpstream) -> None:
    shop.sell(1, 1_000, connected.clock())
    connection = connect(connected, shop, documents="detailed")
    connected.run(connection)
    posted(connected)
    assert ask(connected, connection, conflicts_record)["conflicts"] == []
    with connected.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        row.state, row.message = State.FAILED, "QuickBooks has no item Shipping."
    (conflict,) = ask(connected, connection, conflicts_record)["conflicts"]
    assert conflict["message"] == "QuickBooks has no item Shipping."


def test_a_company_without_a_shop_has_no_such_page(connected: Connected) -> None:
    with connected.database.reading() as db, pytest.raises(NoShop):
        find_shop(db, 1)
