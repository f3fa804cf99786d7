"""A shop stands what every channel has to stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qbwc_server.channels.connections.states import RunOutcome
from qbwc_server.channels.contract import no_drafts
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.connected import Connected
from tests.channels.contract import ChannelContract, Source, connected
from tests.channels.shop_upstream import TOKEN, ShopUpstream, shop_upstream
from tests.conftest import TurnableClock

__all__ = ["connected"]

BROUGHT = ("locations", "orders")  # the one undated, the other by its changes; all of them further down
CHANNEL = replace(SHOPIFY, streams=tuple(one for one in SHOPIFY.streams if one.name in BROUGHT), start=None)
PAGES = {"first_import_in_bulk": False}  # these stories are about pages


class ShopSource:
    """A shop under test: three orders on a page, each a document of its own."""

    channel = CHANNEL

    def __init__(self, shop: ShopUpstream) -> None:
        self.shop, self.server = shop, shop.server

    def options(self) -> dict[str, object]:
        """Where it stands."""
        told = {"shop": self.server.address, "token": self.shop.api.token, "page_size": 3, "documents": "detailed"}
        return {**told, **PAGES}

    def sale(self, key: str, amount: str, changed_at: datetime) -> None:
        """Make or edit a sale."""
        self.shop.sell(self._number(key), round(float(amount) * 100), changed_at)

    def delete(self, key: str, changed_at: datetime) -> None:
        """Delete it: from now on nothing tells of it."""
        self.shop.store.remove("orders", f"gid://shopify/Order/{self._number(key)}")

    def origin(self, key: str) -> str:
        """The origin of its document."""
        return f"shopify:order:{self._number(key)}"

    def refuse_the_key(self) -> dict[str, object]:
        """Want another token."""
        self.shop.api.token = "shpat_second_token"
        return {"token": self.shop.api.token}

    def _number(self, key: str) -> int:
        return {"s": 100, "n": 1000}[key[0]] + int(key[1:])


@pytest.fixture
def shop(clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    monkeypatch.setitem(CHANNELS, CHANNEL.code, CHANNEL)
    with shop_upstream(clock) as upstream:
        yield upstream


class TestShop(ChannelContract):
    """Every story, told of a shop."""

    @pytest.fixture
    def source(self, shop: ShopUpstream) -> Source:
        """A shop on this machine."""
        assert shop.api.token == TOKEN
        return ShopSource(shop)

    def test_what_is_deleted_upstream_is_excluded_and_comes_back(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        """A shop tells nobody of what it deletes: it is found out in the night."""
        connected.run(connection)
        connected.clock.advance(minutes=5)
        source.delete("s3", connected.clock())
        connected.run(connection)
        assert connected.states()[source.origin("s3")] == "for_review"
        connected.clock.advance(hours=18)
        connected.run(connection)
        assert connected.states()[source.origin("s3")] == "excluded"
        connected.clock.advance(minutes=5)
        source.sale("s3", "4.00", connected.clock() - timedelta(minutes=1))
        connected.run(connection)
        assert self.totals(connected) == self.expected(source)


def test_two_edits_within_one_second_are_two_versions_and_the_later_one_counts(
    connected: Connected, shop: ShopUpstream
) -> None:
    """Shopify's clock counts seconds: what is told last of one is the newest, whatever its digest."""
    source = ShopSource(shop)
    connection = connected.add(CHANNEL, source.options())
    for amounts in (["1.00", "2.00", "3.00"], ["9.00", "8.00", "7.00"]):
        at = connected.clock() - timedelta(minutes=1)
        for amount in amounts:
            source.sale("s0", amount, at)
            connected.run(connection)
            assert connected.documents()[source.origin("s0")][1] == amount
        connected.clock.advance(minutes=5)


def test_every_stream_of_days_of_trade_is_here_in_the_end_as_the_shop_tells_it_and_no_version_twice(
    connected: Connected, shop: ShopUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:  # S3-01, S3-22
    """Runs every five hours over a change of clocks; a pull of everything behind them finds nothing new."""
    channel = replace(SHOPIFY, draft=no_drafts, start=None)
    monkeypatch.setitem(CHANNELS, channel.code, channel)
    connected.clock.moment = datetime(2026, 3, 7, 12, tzinfo=UTC)
    trade = Trade(shop.store, seed=11, first_day=date(2026, 3, 7), days=2, orders_a_day=20)
    connection = connected.add(channel, {**ShopSource(shop).options(), "page_size": 25})
    for _ in range(9):
        connected.clock.advance(hours=5)
        trade.until(connected.clock())
        assert connected.run(connection).outcome is RunOutcome.DONE
    connected.clock.advance(days=9)
    trade.until(connected.clock())
    connected.run(connection)
    whole = connected.run(connection, since=datetime(2026, 3, 1, tzinfo=UTC))
    run = connected.last_run(connection)
    assert (whole.outcome, run.new, run.changed) == (RunOutcome.DONE, 0, 0)
    newest: dict[tuple[str, str], tuple[str, bool]] = {}
    for record in connected.records():
        place = record.stream, record.source_key
        newest[place] = max(newest.get(place, ("", False)), (record.version, record.gone))
    brought = Counter(stream for (stream, _), (_, gone) in newest.items() if not gone)
    lists = {"orders": "orders", "payouts": "payouts", "gift_cards": "giftCards", "locations": "locations"}
    lists |= {"cash_sessions": "cashTrackingSessions", "balance_transactions": "balanceTransactions"}
    assert {stream: brought[stream] for stream in lists} == {
        stream: len(shop.store.lists[name]) for stream, name in lists.items()
    }
