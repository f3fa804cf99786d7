"""The clearing account is what the channel says it holds, day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbwc_server.shop.clearing import clearing
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.payouts import payout_of

from .shopped import TERMS, Node, back, back_line, item, order, paid
from .test_payouts import AT, change, payout, read

LATER = "2026-03-05T17:00:00Z"
OURS = frozenset(("shopify_payments",))
SECOND, FIFTH = date(2026, 3, 2), date(2026, 3, 5)


def sold(amount: str, **more: object) -> Node:
    """An order paid by Shopify Payments, and one by cash that has nothing to do with it."""
    money = [paid(1, amount, AT)]
    return order(amount, [item(1, amount)], transactions=money, **more)


def test_balance_beside_the_channels_own() -> None:  # rule 3
    refund = back(5, [back_line(1, 1, "100.0")], [paid(2, "100.0", LATER, kind="REFUND")], LATER)
    cash = order("7.0", [item(1, "7.0")], transactions=[paid(3, "7.0", AT, "cash")])
    ledgers = [ledger_of(order_of(one), TERMS) for one in (sold("100.0", refunds=[refund]), sold("50.0"), cash)]
    counted = read(
        change("CHARGE", "100.00", "3.20"),
        change("CHARGE", "50.00", "1.75", transactionDate=LATER),
        change("REFUND", "-100.00", transactionDate=LATER),
        change("DISPUTE_WITHDRAWAL", "-20.00", "15.00", transactionDate=LATER),
        change("TRANSFER", "-96.80", transactionDate=LATER),
    )
    paid_out = payout_of(payout("96.80", None, issuedAt=LATER))
    assert paid_out is not None
    stated = {SECOND: Decimal("96.80"), FIFTH: Decimal("-86.75")}
    first, last = clearing(ledgers, counted, [paid_out], OURS, TERMS, stated=stated)
    assert (first.received, first.fees, first.balance) == (Decimal(150), Decimal("3.20"), Decimal("146.80"))
    assert (first.pending, first.difference) == (Decimal(50), Decimal(0))  # the channel counts it later
    assert (last.given_back, last.disputes, last.paid_out) == (Decimal(100), Decimal(-20), Decimal("96.80"))
    assert (last.balance, last.pending, last.difference) == (Decimal("-86.75"), Decimal(0), Decimal(0))


def test_a_failed_payout_is_out_until_it_is_back() -> None:
    failed = payout_of(payout("96.80", None, "FAILED"))
    assert failed is not None
    counted = read(
        change("CHARGE", "100.00", "3.20"),
        change("TRANSFER", "-96.80"),
        change("TRANSFER_FAILURE", "96.80", transactionDate=LATER),
    )
    stated = {SECOND: Decimal(0), FIFTH: Decimal("96.80")}
    first, last = clearing([ledger_of(order_of(sold("100.0")), TERMS)], counted, [failed], OURS, TERMS, stated=stated)
    assert (first.paid_out, first.balance, first.difference) == (Decimal("96.80"), Decimal(0), Decimal(0))
    assert (last.paid_out, last.balance, last.difference) == (Decimal("-96.80"), Decimal("96.80"), Decimal(0))


def test_what_is_missing_is_a_difference_until_it_is_there() -> None:
    counted = read(change("CHARGE", "100.00", "3.20"))
    (day,) = clearing([], counted, [], OURS, TERMS, stated={SECOND: Decimal("96.80")})
    assert (day.balance, day.pending) == (Decimal("-3.20"), Decimal(-100))
    assert day.difference == 0  # all of it is an order that is not here
    (day,) = clearing([], [], [], OURS, TERMS, opening=Decimal(10), stated={SECOND: Decimal(12)})
    assert day.difference == -2
