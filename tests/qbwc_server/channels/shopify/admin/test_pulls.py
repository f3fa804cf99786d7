"""What a shop tells is all here, once, whatever happens between two pages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.channels.contract import Fact, Page, Window
from qbwc_server.channels.http import Upstream, UpstreamBusy
from qbwc_server.channels.shopify.admin.answers import TooCostly
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.channels.shopify.admin.pulls import pull
from qbwc_server.channels.shopify.admin.scopes import AccessDenied
from qbwc_server.simulator.shop.orders import Sale, TaxRate, gid, stamp
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.shop_upstream import ShopUpstream
from tests.conftest import TurnableClock

MONEY = {"amount": "1.0", "currencyCode": "USD"}


class Pulls:
    """Pulls of a shop."""

    def __init__(self, options: ShopOptions, upstream: Upstream, clock: TurnableClock) -> None:
        self.options, self.upstream, self.clock = options, upstream, clock

    def pages(self, stream: str, since: datetime | None = None, **more: Any) -> Iterator[Page]:
        """The pages of a stream."""
        for page in pull(self.options, self.upstream, Window(stream, since, self.clock(), **more)):
            assert isinstance(page, Page)
            yield page

    def facts(self, stream: str, since: datetime | None = None, **more: Any) -> dict[str, Fact]:
        """The newest of each fact by key."""
        return {fact.key: fact for page in self.pages(stream, since, **more) for fact in page.facts}

    def remarks(self, stream: str) -> list[str]:
        """What is told beside."""
        return [said for page in self.pages(stream) for said in page.remarks]


@pytest.fixture
def pulls(options: ShopOptions, upstream: Upstream, clock: TurnableClock) -> Pulls:
    """Pulls of the shop."""
    return Pulls(options, upstream, clock)


def sell(shop: ShopUpstream, clock: TurnableClock, count: int) -> list[Sale]:
    """Sales of the last hour, a minute apart."""
    start = clock() - timedelta(hours=1)
    return [shop.sell(number, number * 100, start + timedelta(minutes=number)) for number in range(1, count + 1)]


def totals(facts: dict[str, Fact]) -> dict[str, str]:
    """What each order comes to."""
    return {
        key.rpartition("/")[2]: fact.body["currentTotalPriceSet"]["shopMoney"]["amount"] for key, fact in facts.items()
    }


def test_every_page_is_asked_for_and_says_how_far_it_is(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock) -> None:
    sell(shop, clock, 7)
    found = list(pulls.pages("orders"))
    assert [len(page.facts) for page in found] == [3, 3, 1, 0]
    assert [page.complete_until for page in found] == [*(page.facts[-1].changed_at for page in found[:3]), clock()]
    assert totals({fact.key: fact for page in found for fact in page.facts}) == {
        str(number): f"{number}.0" for number in range(1, 8)
    }


def test_only_what_changed_since_is_asked_for(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock) -> None:
    sales = sell(shop, clock, 7)
    since = sales[4].updated_at
    assert since is not None
    assert set(totals(pulls.facts("orders", since))) == {"5", "6", "7"}  # its own moment is asked for again


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("edited", [1, 3, 4, 6, 7])
def test_an_edit_between_two_pages_loses_no_order(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock, at: int, edited: int
) -> None:
    """The edited order moves to the end; whatever stood behind it moves forward."""
    sell(shop, clock, 7)
    answers = itertools.count(1)

    def edit() -> None:
        if next(answers) == at:
            shop.sell(edited, 9900, clock())

    shop.between = edit
    found = totals(pulls.facts("orders"))
    shop.between = lambda: None
    clock.advance(minutes=5)
    found |= totals(pulls.facts("orders", clock() - timedelta(minutes=15)))
    assert found == {str(number): f"{number}.0" for number in range(1, 8)} | {str(edited): "99.0"}


def large(clock: TurnableClock) -> Sale:
    """An order of which everything is more than stands on one page."""
    ids = itertools.count(1)
    sale = Sale(1, clock() - timedelta(hours=1), ids, location=1)
    sale.codes.append(("DiscountCodeApplication", "SPRING"))
    for number in range(55):
        sale.add(f"Tea {number}", 100 + number, 2, taxes=[TaxRate("GST", Decimal("0.05"))], discount=10)
    sale.place()
    sale.pay("shopify_payments", sale.total, sale.at)
    for number in range(12):
        line = sale.add(f"Later {number}", 50)
        sale.add_later(line, sale.at + timedelta(minutes=number))
    sale.refund(
        sale.at + timedelta(minutes=20), [(line, 1) for line in sale.lines[:33]], money=[("shopify_payments", 1)]
    )
    return sale


def test_what_does_not_fit_into_an_answer_is_asked_for(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock) -> None:
    sale = large(clock)
    shop.keep(sale)
    body = next(iter(pulls.facts("orders").values())).body
    assert len(body["lineItems"]) == len({one["id"] for one in body["lineItems"]}) == 67
    assert [len(one["sales"]) for one in body["agreements"]] == [55, *[1] * 12, 34]
    assert len({one["id"] for agreement in body["agreements"] for one in agreement["sales"]}) == 55 + 12 + 34
    assert len(body["refunds"][0]["refundLineItems"]) == 33
    whole = sum(_cents(one["totalAmount"]) for agreement in body["agreements"] for one in agreement["sales"])
    assert whole == _cents(body["currentTotalPriceSet"]) == sale.current


def test_an_order_that_is_edited_while_the_rest_of_it_is_asked_for_is_read_anew(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    sale = large(clock)
    shop.keep(sale)
    answers = itertools.count(1)

    def edit() -> None:
        if next(answers) == 3:
            sale.remove_units(sale.lines[54], 1, clock())
            shop.keep(sale)

    shop.between = edit
    body = next(iter(pulls.facts("orders").values())).body
    assert (body["lineItems"][54]["currentQuantity"], body["updatedAt"]) == (1, stamp(clock()))
    assert len(body["agreements"]) == 15


def test_an_order_that_never_stands_still_is_left_to_the_next_run(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    sale = large(clock)
    shop.keep(sale)

    def edit() -> None:
        clock.advance(seconds=1)
        sale.cancel(clock())
        shop.keep(sale)

    shop.between = edit
    with pytest.raises(UpstreamBusy, match="edited again and again"):
        pulls.facts("orders")


@pytest.mark.parametrize("most", [150, 400])
def test_what_costs_too_much_is_asked_for_in_smaller_pieces(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock, most: int
) -> None:
    sell(shop, clock, 5)
    shop.keep(large(clock))
    shop.api.most_cost = 1000
    whole = pulls.facts("orders")
    shop.api.most_cost = most
    assert {key: fact.body for key, fact in pulls.facts("orders").items()} == {
        key: fact.body for key, fact in whole.items()
    }


def test_a_shop_that_gives_less_than_one_order_at_a_time_is_told(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    shop.keep(large(clock))
    shop.api.most_cost = 40
    with pytest.raises(TooCostly, match="too much for the shop"):
        pulls.facts("orders")


def test_an_order_deleted_between_two_questions_is_gone(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock) -> None:
    sale = large(clock)
    shop.keep(sale)
    answers = itertools.count(1)
    shop.between = lambda: shop.store.remove("orders", sale.gid) if next(answers) == 2 else None
    assert pulls.facts("orders")[sale.gid].gone


def test_at_night_known_orders_that_are_not_there_any_more_are_gone(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    sales = sell(shop, clock, 7)
    known = {sale.gid for sale in sales} | {gid("Order", 0)}  # that one is older than what the shop lists
    shop.store.remove("orders", sales[3].gid)
    clock.moment = datetime.fromisoformat("2026-03-03T08:02:00+00:00")  # two past three in New York
    found = pulls.facts("orders", clock() - timedelta(minutes=15), known=lambda: known)
    assert [(key, fact.gone) for key, fact in found.items()] == [(sales[3].gid, True)]
    clock.advance(minutes=5)
    assert pulls.facts("orders", clock() - timedelta(minutes=15), known=lambda: known) == {}


def test_streams_without_their_scope_say_what_is_missing(pulls: Pulls, shop: ShopUpstream) -> None:
    shop.store.scopes = frozenset({"read_orders"})
    assert pulls.remarks("gift_cards") == [
        "The token lacks the scope read_gift_cards; missing in the books: gift cards that were issued without a sale, "
        "and what is owed on all of them."
    ]
    assert pulls.remarks("orders") == [
        "The token lacks the scope read_all_orders; missing in the books: orders older than 60 days, and what changes "
        "of them."
    ]


def test_orders_that_are_refused_in_the_middle_end_the_run(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    sell(shop, clock, 4)
    shop.between = lambda: setattr(shop.store, "scopes", frozenset())
    with pytest.raises(AccessDenied):
        pulls.facts("orders")


def test_a_payout_comes_with_what_is_in_it_and_again_when_it_changes(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    shop.store.balance = [MONEY]
    payout = payout_node(clock)
    shop.store.put("payouts", payout)
    for number in range(1, 4):
        shop.store.put("balanceTransactions", balance_transaction(number, clock, payout if number < 3 else None))
    found = pulls.facts("payouts")[payout["id"]]
    assert (found.changed_at, found.body["status"]) == (None, "SCHEDULED")
    assert [one["id"] for one in found.body["balanceTransactions"]] == [
        gid("ShopifyPaymentsBalanceTransaction", number) for number in (1, 2)
    ]
    shop.store.put("payouts", {**payout, "status": "PAID"})
    since = clock() - timedelta(hours=1)
    clock.advance(hours=1)
    assert pulls.facts("payouts", since)[payout["id"]].body["status"] == "PAID"
    assert set(pulls.facts("balance_transactions")) == {
        gid("ShopifyPaymentsBalanceTransaction", number) for number in (1, 2, 3)
    }
    assert [fact.body["balance"] for fact in pulls.facts("balances").values()] == [[MONEY]]


def test_what_changes_rarely_is_asked_for_once_an_hour(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock) -> None:
    shop.store.balance = [MONEY]
    clock.moment = datetime.fromisoformat("2026-03-02T15:40:00+00:00")
    assert list(pulls.pages("payouts", clock() - timedelta(hours=1, minutes=5))) == []  # an overlap of an hour
    assert shop.server.asked == []
    clock.advance(minutes=20)
    assert list(pulls.pages("payouts", clock() - timedelta(hours=1, minutes=5)))


def test_a_shop_without_shopify_payments_has_no_payouts(pulls: Pulls, shop: ShopUpstream) -> None:
    assert [pulls.facts(name) for name in ("payouts", "balance_transactions", "balances")] == [{}, {}, {}]


def test_open_cash_sessions_are_read_again_until_they_are_closed(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    opened_at = clock()
    session = session_node(opened_at)
    shop.store.put("cashTrackingSessions", session)
    assert pulls.facts("cash_sessions")[session["id"]].body["closingTime"] is None
    clock.advance(hours=9)
    shop.store.put("cashTrackingSessions", {**session, "closingTime": stamp(clock()), "closingBalance": MONEY})
    clock.advance(minutes=1)
    found = pulls.facts("cash_sessions", clock() - timedelta(minutes=70))
    assert found[session["id"]].body["closingBalance"] == MONEY
    assert len(found[session["id"]].body["adjustments"]) == 25
    clock.advance(days=5)
    assert pulls.facts("cash_sessions", clock() - timedelta(minutes=70)) == {}


def test_the_cash_of_each_day_that_has_ended_is_asked_for_once_a_night(
    pulls: Pulls, shop: ShopUpstream, clock: TurnableClock
) -> None:
    clock.moment = datetime.fromisoformat("2026-03-20T12:00:00+00:00")
    Trade(shop.store, seed=3, first_day=date(2026, 3, 18), days=2, orders_a_day=20).until(clock())
    found = pulls.facts("cash_days")
    assert len(found) == 2 * 31
    body = found["gid://shopify/Location/1|2026-03-19"].body
    assert (body["sessionsOpened"], body["sessionsClosed"], body["location"]["name"]) == (1, 1, "Main Street")
    (session,) = [
        one
        for one in shop.store.lists["cashTrackingSessions"].values()
        if one["openingTime"].startswith("2026-03-19") and one["location"]["name"] == "Main Street"
    ]
    assert (body["cashBalanceAtEnd"], body["netCash"]) == (session["closingBalance"], session["netCashSales"])
    since = clock() - timedelta(hours=1)
    clock.advance(minutes=5)
    assert pulls.facts("cash_days", since) == {}
    clock.moment = datetime.fromisoformat("2026-03-21T08:00:00+00:00")  # four in New York
    assert {key.partition("|")[2] for key in pulls.facts("cash_days", since)} == {
        f"2026-03-{day}" for day in (17, 18, 19, 20)
    }


def test_a_version_that_does_not_tell_the_cash_of_a_day_is_told(pulls: Pulls, shop: ShopUpstream) -> None:
    shop.api.versions = ("2025-10", "2026-01")
    assert "does not tell the cash of a day" in pulls.remarks("cash_days")[-1]


@pytest.mark.parametrize("stream", [one.name for one in SHOPIFY.streams])
def test_every_stream_can_be_asked_for(pulls: Pulls, shop: ShopUpstream, clock: TurnableClock, stream: str) -> None:
    pulls.options = pulls.options.model_copy(update={"inventory": Mode.DETAILED, "customers": Mode.DETAILED})
    sell(shop, clock, 1)
    shop.store.balance = [MONEY]
    for since in (None, clock() - timedelta(days=2)):
        assert list(pulls.pages(stream, since))[-1].complete_until == clock()


def _cents(bag: dict[str, Any]) -> int:
    return round(float(bag["shopMoney"]["amount"]) * 100)


def payout_node(clock: Callable[[], datetime]) -> dict[str, Any]:
    """A payout that is planned."""
    summary = (
        "adjustmentsFee adjustmentsGross chargesFee chargesGross refundsFee refundsFeeGross reservedFundsFee "
        "reservedFundsGross retriedPayoutsFee retriedPayoutsGross"
    )
    return {
        "id": gid("ShopifyPaymentsPayout", 7),
        "legacyResourceId": "7",
        "issuedAt": stamp(clock()),
        "status": "SCHEDULED",
        "transactionType": "DEPOSIT",
        "net": MONEY,
        "summary": dict.fromkeys(summary.split(), MONEY),
    }


def balance_transaction(number: int, clock: Callable[[], datetime], payout: dict[str, Any] | None) -> dict[str, Any]:
    """A charge, in a payout or not yet."""
    return {
        "id": gid("ShopifyPaymentsBalanceTransaction", number),
        "type": "CHARGE",
        "test": False,
        "transactionDate": stamp(clock() - timedelta(minutes=number)),
        "sourceId": str(number),
        "sourceType": "CHARGE",
        "sourceOrderTransactionId": str(number),
        "adjustmentReason": None,
        "amount": MONEY,
        "fee": MONEY,
        "net": MONEY,
        "associatedOrder": None,
        "adjustmentsOrders": [],
        "associatedPayout": None if payout is None else {"id": payout["id"], "status": payout["status"]},
    }


def session_node(opened_at: datetime) -> dict[str, Any]:
    """A cash session that is open, with more adjustments than stand on a page."""
    moneys = (
        "openingBalance expectedOpeningBalance expectedBalance netCashSales totalCashSales totalCashRefunds "
        "totalAdjustments"
    )
    empty = "openingNote closingTime closingNote closingBalance expectedClosingBalance totalDiscrepancy"
    return {
        "id": gid("CashTrackingSession", 5),
        "registerName": "Till 1",
        "cashTrackingEnabled": True,
        "openingTime": stamp(opened_at),
        **dict.fromkeys(moneys.split(), MONEY),
        **dict.fromkeys(empty.split()),
        "location": {"id": gid("Location", 1), "name": "Main"},
        "openingStaffMember": None,
        "closingStaffMember": None,
        "adjustments": [
            {
                "id": gid("CashTrackingAdjustment", number),
                "time": stamp(opened_at),
                "note": None,
                "cash": MONEY,
                "staffMember": None,
            }
            for number in range(25)
        ],
        "cashTransactions": [],
    }
