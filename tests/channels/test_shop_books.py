"""A shop is asked, and its orders stand as documents: by day, by order, revised when the shop tells otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.documents.models import DocumentRow
from tests.channels.connected import Connected
from tests.channels.contract import connected
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock

__all__ = ["connected"]

GATEWAYS = {"cash": "Till", "shopify_payments": "Clearing", "manual": "Clearing", "gift_card": "none"}


@pytest.fixture
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    with shop_upstream(clock) as upstream:
        yield upstream


def connect(connected: Connected, shop: ShopUpstream, **more: object) -> int:
    """The real channel, asked for this shop."""
    told = {"shop": shop.server.address, "token": shop.api.token, "gateways": GATEWAYS}
    return connected.add(SHOPIFY, {**told, "first_import_in_bulk": False, **more})


def totals(connected: Connected) -> dict[str, str]:
    """The total of every document that counts, by origin."""
    return {
        origin.replace("shopify:", ""): total
        for origin, (state, total, _) in connected.documents().items()
        if state != "excluded"
    }


def test_a_day_is_one_receipt_that_grows_and_shrinks(connected: Connected, shop: ShopUpstream) -> None:  # S3-14, S3-23
    start = connected.clock() - timedelta(minutes=50)
    for number in range(1, 4):
        shop.sell(number, 1_000 * number, start + timedelta(minutes=number))
    connection = connect(connected, shop)
    connected.run(connection)
    (origin,) = totals(connected)
    assert origin.startswith("day:")
    assert origin.endswith(":cash")
    assert totals(connected) == {origin: "60.00"}
    connected.clock.advance(minutes=5)
    shop.sell(4, 4_000, connected.clock() - timedelta(minutes=1))
    connected.run(connection)
    assert totals(connected) == {origin: "100.00"}
    connected.run(connection)
    assert totals(connected) == {origin: "100.00"}
    shop.store.remove("orders", "gid://shopify/Order/2")  # found out in the night
    connected.clock.advance(hours=18)
    connected.run(connection)
    assert totals(connected) == {origin: "80.00"}


def test_in_detail_each_order_stands_by_itself_and_its_refund_beside(
    connected: Connected, shop: ShopUpstream
) -> None:  # S3-15
    at = connected.clock() - timedelta(minutes=30)
    sale = shop.sell(1, 1_000, at)
    connection = connect(connected, shop, documents="detailed")
    connected.run(connection)
    assert totals(connected) == {"order:1": "10.00"}
    connected.clock.advance(minutes=5)
    sale.refund(connected.clock() - timedelta(minutes=1), [(sale.lines[0], 1)], money=[("cash", 1_000)])
    shop.keep(sale)
    connected.run(connection)
    found = totals(connected)
    assert found.pop("order:1") == "10.00"
    assert sorted(name.split(":")[2] for name in found) == ["back", "refund"]
    assert set(found.values()) == {"10.00"}


def test_what_was_not_paid_yet_is_an_invoice_that_is_paid_later(
    connected: Connected, shop: ShopUpstream
) -> None:  # S3-24
    at = connected.clock() - timedelta(minutes=30)
    sale = shop.sell(1, 1_000, at)
    later = sale.payments.pop()
    shop.keep(sale)
    connection = connect(connected, shop, documents="detailed")
    connected.run(connection)
    assert totals(connected) == {"order:1": "10.00"}
    connected.clock.advance(minutes=5)
    sale.payments.append(later)
    later.at = connected.clock() - timedelta(minutes=1)
    sale.fulfill(later.at)
    shop.keep(sale)
    connected.run(connection)
    found = totals(connected)
    assert found.pop("order:1") == "10.00"
    assert [name.split(":")[2] for name in found] == ["payment"]
    assert set(found.values()) == {"10.00"}


def test_what_was_paid_before_it_was_handed_over_is_an_invoice_that_its_payment_pays(
    connected: Connected, shop: ShopUpstream
) -> None:
    """On one day it would be a receipt, had nobody looked in between; the money must not stand twice."""
    sale = shop.sell(1, 1_000, connected.clock() - timedelta(minutes=30))
    fulfilled, sale.fulfilled = sale.fulfilled, []
    shop.keep(sale)
    connection = connect(connected, shop, documents="detailed")
    connected.run(connection)
    (payment,) = totals(connected)
    assert payment.startswith("order:1:payment:")
    connected.clock.advance(minutes=5)
    sale.fulfilled = fulfilled
    sale.updated_at = connected.clock() - timedelta(minutes=1)
    shop.keep(sale)
    for _ in range(2):
        connected.run(connection)
        assert totals(connected) == {"order:1": "10.00", payment: "10.00"}
        with connected.database.reading() as db:
            assert (
                db.scalars(select(DocumentRow.kind).where(DocumentRow.origin == "shopify:order:1")).one() == "invoice"
            )
