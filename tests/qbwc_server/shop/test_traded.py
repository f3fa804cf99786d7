"""Days of a busy shop: nothing is for review, both modes agree, and the clearing account is what the channel holds."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.cash import Session, of_register, session_of
from qbwc_server.shop.clearing import clearing
from qbwc_server.shop.events import EventKind, Ledger
from qbwc_server.shop.journals import Journal
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.payouts import balance_transaction_of, payout_of
from qbwc_server.simulator.shop.store import Store
from tests.qbwc_server.simulator.shop.test_trade import all_of, traded

from .shopped import TERMS
from .test_by_day import balances, foot, of_days

_MONEY = (EventKind.MONEY, EventKind.REFUND, EventKind.MONEY_BACK)
_WAYS = ("gift_card", "shopify_store_credit", "cash")  # what cards pay is an entry, and so is what cash is rounded by
SPRING, AUTUMN = date(2026, 3, 7), date(2026, 10, 31)  # the clocks change on the days after


@pytest.fixture(scope="module", params=[SPRING, AUTUMN], ids=["spring", "autumn"])
def store(request: pytest.FixtureRequest) -> Store:
    """Three days of trade over a change of clocks."""
    return traded(request.param)


@pytest.fixture(scope="module")
def ledgers(store: Store) -> list[Ledger]:
    """What happened with each order."""
    return [ledger_of(order_of(one, "USD"), TERMS) for one in all_of(store, "orders")]


def test_every_order_of_a_busy_shop_foots(ledgers: list[Ledger]) -> None:  # rule 1
    assert not [problem.message for one in ledgers for problem in one.problems]
    left_out = Counter(one.left_out.code for one in ledgers if one.left_out is not None)
    assert left_out.keys() <= {"left_out_order", "left_out_voided", "left_out_cancelled"}
    assert sum(left_out.values()) < len(ledgers) / 10


def test_both_modes_have_the_same_trial_balance(ledgers: list[Ledger]) -> None:  # rule 12
    single = [document for one in ledgers for document in by_order(one, TERMS)]
    summary = of_days(ledgers)
    foot(single)
    foot(summary)
    assert balances(single) == balances(summary)
    assert len(summary) < len(single) / 3


def test_money_is_what_the_shop_says_was_paid(store: Store, ledgers: list[Ledger]) -> None:
    told = {one["name"]: Decimal(one["netPaymentSet"]["shopMoney"]["amount"]) for one in all_of(store, "orders")}
    for one in ledgers:
        theirs = any(tax.theirs for item in one.order.items for tax in item.taxes)
        if one.left_out is not None or theirs:
            continue  # the channel's tax is taken off
        moved = [event for event in one.events if event.kind in _MONEY]
        entries = [entry for event in moved for entry in event.entries if entry.of in _WAYS]
        paid = sum((event.paid for event in moved), Decimal(0)) - sum((entry.amount for entry in entries), Decimal(0))
        assert paid == told[one.order.name], one.order.name


def test_the_clearing_account_is_what_the_channel_holds(store: Store, ledgers: list[Ledger]) -> None:  # rule 3
    told = [balance_transaction_of(one, "USD") for one in all_of(store, "balanceTransactions")]
    transactions = [one for one in told if one is not None]
    payouts = [one for one in (payout_of(node, "USD") for node in all_of(store, "payouts")) if one is not None]
    assert store.balance is not None
    last = max(event.day for one in ledgers for event in one.events) + timedelta(days=1)
    stated = {last: Decimal(store.balance[0]["amount"])}
    days = clearing(ledgers, transactions, payouts, frozenset(("shopify_payments",)), TERMS, stated=stated)
    assert days[-1].day == last
    assert days[-1].difference == 0
    sold = [item for one in ledgers if one.left_out is None for item in one.order.items]
    theirs = sum((tax.amount for item in sold for tax in item.taxes if tax.theirs), Decimal(0))
    assert abs(days[-1].pending) <= theirs  # nothing else than the tax that the channel owes


def test_drawers_are_short_by_what_the_shop_says(store: Store) -> None:  # rule 11
    by_drawer: dict[tuple[str, str], list[Session]] = {}
    told = Decimal(0)
    for node in all_of(store, "cashTrackingSessions"):
        one = session_of(node, "USD")
        assert one is not None
        by_drawer.setdefault((one.place.id, one.register), []).append(one)
        told += Decimal(node["totalDiscrepancy"]["amount"])
    entries = [entry for sessions in by_drawer.values() for entry in of_register(sessions, TERMS)]
    over = [one for one in entries if isinstance(one, Journal) and one.origin.endswith(":closing")]
    assert sum((one.postings[0].amount for one in over), Decimal(0)) == told
    assert sum(isinstance(one, Journal) and one.origin.endswith(":float") for one in entries) == len(by_drawer)
