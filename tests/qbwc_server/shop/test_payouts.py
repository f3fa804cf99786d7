"""Shopify Payments: fees on their day, payouts when they are paid, and whether a payout is what is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.shop.journals import Account, Journal
from qbwc_server.shop.payouts import (
    About,
    BalanceTransaction,
    PayoutStatus,
    about,
    balance_transaction_of,
    included_net,
    journal_of_day,
    payout_of,
    transfer_of,
)

from .shopped import SAMPLES, TERMS, Node

AT, DAY = "2026-03-02T17:00:00Z", date(2026, 3, 2)


def money(amount: object) -> Node:
    """A plain amount."""
    return {"amount": str(amount), "currencyCode": "USD"}


def change(kind: str, amount: object, fee: object = "0.00", **more: Any) -> Node:
    """A balance transaction."""
    net = Decimal(str(amount)) - Decimal(str(fee))
    said = {"amount": money(amount), "fee": money(fee), "net": money(net), "transactionDate": AT, "test": False}
    return {"id": f"gid://b/{kind}{amount}", "type": kind, **said, **more}


def read(*told: Node) -> list[BalanceTransaction]:
    """As they are read."""
    return [one for node in told if (one := balance_transaction_of(node, "USD")) is not None]


def debits(journal: Journal | None) -> dict[Account, Decimal]:
    """By account."""
    return {} if journal is None else {one.account: one.amount for one in journal.postings}


def test_a_day_of_fees_disputes_and_reserves() -> None:  # part b, part f
    found = read(
        change("CHARGE", "100.00", "3.20"),
        change("REFUND", "-20.00", "0.00"),
        change("DISPUTE_WITHDRAWAL", "-50.00", "15.00"),
        change("RESERVED_FUNDS", "-10.00"),
        change("SHIPPING_LABEL", "-4.50"),
        change("PROMOTION_CREDIT", "2.00"),
        change("TRANSFER", "-70.00"),
    )
    assert debits(journal_of_day(found, DAY, TERMS)) == {
        Account.FEES: Decimal("22.70"),
        Account.DISPUTES: 50,
        Account.RESERVE: 10,
        Account.ADJUSTMENTS: -2,
        Account.CLEARING: Decimal("-80.70"),
    }


def test_only_the_day_and_no_tests() -> None:
    found = read(
        change("CHARGE", "1.00", "0.30", transactionDate="2026-03-03T04:59:59Z"),  # New York: still the second
        change("CHARGE", "1.00", "0.40", transactionDate="2026-03-03T05:00:00Z"),
        change("CHARGE", "1.00", "0.50", test=True),
    )
    assert debits(journal_of_day(found, DAY, TERMS))[Account.FEES] == Decimal("0.30")
    assert journal_of_day(found, date(2026, 3, 9), TERMS) is None
    both = journal_of_day(found, DAY, replace(TERMS, include_test_orders=True))
    assert debits(both)[Account.FEES] == Decimal("0.80")


def test_a_new_type_is_booked_for_review() -> None:
    journal = journal_of_day(read(change("MOON_TAX", "-7.00")), DAY, TERMS)
    assert journal is not None
    assert [one.code for one in journal.reviews] == ["unknown_word"]
    assert debits(journal) == {Account.ADJUSTMENTS: 7, Account.CLEARING: -7}


def test_amounts_that_do_not_foot_are_for_review() -> None:
    (one,) = read(change("CHARGE", "100.00", "3.00", net=money("98.00")))
    assert [problem.code for problem in one.problems] == ["does_not_foot"]


def payout(net: str, included: list[Node] | None, status: str = "PAID", **more: Any) -> Node:
    """A payout."""
    said = {"issuedAt": AT, "status": status, "net": money(net), "transactionType": "DEPOSIT"}
    return {"id": "gid://shopify/ShopifyPaymentsPayout/9", **said, "balanceTransactions": included, **more}


def test_a_payout_goes_to_the_bank_when_it_is_paid() -> None:  # part f
    found = payout_of(payout("96.80", [change("CHARGE", "100.00", "3.20"), change("TRANSFER", "-96.80")]))
    assert found is not None
    move = transfer_of(found, TERMS)
    assert move is not None
    assert (move.source, move.target, move.amount, move.day) == (Account.CLEARING, Account.BANK, Decimal("96.80"), DAY)
    assert not move.reviews
    assert move.origin == "shopify:payout:9"


@pytest.mark.parametrize("status", ["SCHEDULED", "IN_TRANSIT", "LOST"])
def test_a_payout_that_is_not_paid_moves_nothing(status: str) -> None:
    found = payout_of(payout("96.80", None, status))
    assert found is not None
    assert transfer_of(found, TERMS) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *(("FAILED", one) for one in ("TRANSFER_FAILURE", "PAYOUT_FAILURE")),
        *(("CANCELED", one) for one in ("TRANSFER_CANCEL", "PAYOUT_CANCELLATION")),
    ],
)
@pytest.mark.parametrize("net", ["96.80", "-5.00"])
def test_a_payout_that_fails_comes_back_on_its_day_whatever_was_posted(net: str, status: str, kind: str) -> None:
    """Posted or not: the transfer stays, and the money is in the clearing account again as the shop says it."""
    before, after = payout_of(payout(net, None)), payout_of(payout(net, None, status))
    assert before is not None
    assert after is not None
    move = transfer_of(after, TERMS)
    assert move is not None
    assert move == transfer_of(before, TERMS)
    later = date(2026, 3, 5)
    back = debits(journal_of_day(read(change(kind, net, transactionDate="2026-03-05T17:00:00Z")), later, TERMS))
    assert back == {Account.BANK: -Decimal(net), Account.CLEARING: Decimal(net)}


def test_money_of_a_failed_payout_is_part_of_the_next_one() -> None:
    told = [change("TRANSFER_FAILURE", "96.80"), change("CHARGE", "10.00", "1.00"), change("TRANSFER", "-105.80")]
    found = payout_of(payout("105.80", told))
    assert found is not None
    move = transfer_of(found, TERMS)
    assert move is not None
    assert not move.reviews


def test_a_payout_below_zero_comes_from_the_bank() -> None:  # Q10
    for node in (payout("-5.00", None), payout("5.00", None, transactionType="WITHDRAWAL")):
        found = payout_of(node)
        assert found is not None
        move = transfer_of(found, TERMS)
        assert move is not None
        assert (move.source, move.target, move.amount) == (Account.BANK, Account.CLEARING, Decimal(5))


def test_a_payout_that_is_not_what_is_in_it_is_for_review_with_the_figures() -> None:  # rule 1
    found = payout_of(payout("96.00", [change("CHARGE", "100.00", "3.20")]))
    assert found is not None
    move = transfer_of(found, TERMS)
    assert move is not None
    assert "come to 96.80, and it pays 96.00" in move.reviews[0].message


_TYPES = st.sampled_from(["CHARGE", "REFUND", "DISPUTE_WITHDRAWAL", "RESERVED_FUNDS", "SHIPPING_LABEL", "MOON"])
_CHANGES = st.tuples(_TYPES, st.decimals(-500, 500, places=2), st.decimals(0, 20, places=2))


@given(st.lists(_CHANGES, max_size=12))
def test_money_of_orders_and_the_journal_come_to_the_payout(told: list[tuple[str, Decimal, Decimal]]) -> None:  # rule 3
    found = read(*(change(kind, amount, fee) for kind, amount, fee in told))
    journal = journal_of_day(found, DAY, TERMS)
    clearing = (
        sum((one.amount for one in journal.postings if one.account is Account.CLEARING), Decimal(0)) if journal else 0
    )
    orders = sum((one.amount for one in found if one.about is About.ORDER), Decimal(0))
    assert orders + clearing == included_net(found)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("CHARGEBACK_FEE", About.FEE), ("CHARGEBACK_HOLD", About.DISPUTE), ("REFUND_ADJUSTMENT", About.ADJUSTMENT)],
)
def test_types_of_one_beginning(kind: str, wanted: About) -> None:
    assert about(kind) is wanted


def test_the_published_payout_is_told_not_to_foot() -> None:
    path = SAMPLES / "rest_payouts_transactions.json"
    if not path.is_file():
        pytest.skip("the captures of shops are not at hand")
    told = [
        {**one, "type": one["type"].upper(), "transactionDate": one["processed_at"]}
        for one in json.loads(path.read_text())["transactions"]
    ]
    found = payout_of(payout("41.90", told))
    assert found is not None
    assert found.included is not None
    assert found.status is PayoutStatus.PAID
    move = transfer_of(found, TERMS)
    assert move is not None
    assert bool(move.reviews) == (included_net(found.included) != Decimal("41.90"))
