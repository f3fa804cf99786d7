"""Summaries of days and single documents come to the same balances, and to those that other code computes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings

from qbwc_server.shop.by_day import by_day, summed_up
from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.days import parts_of
from qbwc_server.shop.entries import total
from qbwc_server.shop.events import Ledger
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order import Place
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.planned import Kind, Planned

from .generated import Story, booked, months, place
from .shopped import TERMS, Node, back, back_line, item, order, paid

AT, DAY = "2026-03-02T17:00:00Z", date(2026, 3, 2)
Balances = dict[tuple[date, str], Decimal]


def balances(documents: Iterable[Planned]) -> Balances:
    """What documents do to the accounts: credits above zero."""
    sums: Balances = {}

    def post(one: Planned, account: str, amount: Decimal) -> None:
        sums[one.day, account] = sums.get((one.day, account), Decimal(0)) + amount

    for one in documents:
        sold = 1 if one.kind in (Kind.INVOICE, Kind.SALES_RECEIPT) else -1
        for entry in one.lines:
            post(one, entry.role.value, sold * entry.amount)
        if one.kind in (Kind.INVOICE, Kind.CREDIT_MEMO):
            post(one, "owed", -sold * one.amount)
        elif one.kind is Kind.SALES_RECEIPT:
            post(one, one.gateway or "owed", -one.amount)
        else:
            sign = 1 if one.kind is Kind.PAYMENT else -1
            post(one, one.gateway, -sign * one.amount)
            post(one, "owed", sign * one.amount)
    return {key: amount for key, amount in sums.items() if amount}


def foot(documents: Iterable[Planned]) -> None:
    """Each document comes to its lines, takes no less than nothing, and is put against no more than there is."""
    known = list(documents)
    by_origin = {one.origin: one for one in known}
    assert len(by_origin) == len(known)
    used: dict[str, Decimal] = {}
    for one in known:
        assert one.amount >= 0
        if one.lines:
            assert total(one.lines) == one.amount
        assert sum(amount for _, amount in one.applies_to) <= one.amount
        for origin, amount in one.applies_to:
            used[origin] = used.get(origin, Decimal(0)) + amount
    for one in known:
        given_up = sum((amount for _, amount in one.applies_to), Decimal(0)) if one.kind is Kind.PAYMENT else Decimal(0)
        assert used.get(one.origin, Decimal(0)) + given_up <= one.amount


def of_days(ledgers: list[Ledger]) -> list[Planned]:
    """The summaries of all places and days that any order has to do with."""
    parts = {(where.id, day): where for one in ledgers for where, day in parts_of(one.order, TERMS)}
    found = []
    for (where, day), named in sorted(parts.items(), key=lambda part: part[0]):
        found += by_day(ledgers, Place(where, named.name), day, TERMS)
    return found


@settings(max_examples=150, deadline=None)
@given(months())
def test_both_modes_come_to_the_balances_of_other_code(told: list[Story]) -> None:  # rule 12, part f
    ledgers = [ledger_of(order_of(one.node()), TERMS) for one in told]
    assert not [problem for one in ledgers for problem in one.problems]
    single = [document for one in ledgers for document in by_order(one, TERMS)]
    summary = of_days(ledgers)
    foot(single)
    foot(summary)
    wanted = booked(told)
    assert balances(single) == wanted
    assert balances(summary) == wanted


@settings(max_examples=50, deadline=None)
@given(months(3))
def test_what_stands_as_an_invoice_already_comes_to_the_same(told: list[Story]) -> None:
    for one in told:
        ledger = ledger_of(order_of(one.node()), TERMS)
        as_invoice = by_order(ledger, TERMS, as_invoice=True)
        foot(as_invoice)
        assert balances(as_invoice) == balances(by_order(ledger, TERMS))
        assert not any(document.kind is Kind.SALES_RECEIPT for document in as_invoice)


@settings(max_examples=50, deadline=None)
@given(months(4))
def test_summed_up_comes_to_the_same_without_names(told: list[Story]) -> None:
    for one in told:
        for document in by_order(ledger_of(order_of(one.node()), TERMS), TERMS):
            short = summed_up(document.lines)
            assert total(short) == total(document.lines)
            assert not any(entry.sku or entry.quantity for entry in short)


def summary(*orders: Node) -> list[Planned]:
    """The documents of one day."""
    ledgers = [ledger_of(order_of({**one, "id": f"gid://o/{at}"}), TERMS) for at, one in enumerate(orders)]
    return by_day(ledgers, Place("1", "Shop 1"), DAY, TERMS)


def at_the_till(amount: str, *money: Node, **more: object) -> Node:
    """A sale in a shop."""
    return order(amount, [item(1, amount)], retailLocation=place("1"), transactions=list(money), **more)


def test_one_receipt_for_each_way_of_payment() -> None:  # S3-14, S3-28
    cash, card = paid(1, "10.0", AT, "cash"), paid(2, "20.0", AT, "external_card")
    found = summary(at_the_till("10.0", cash), at_the_till("10.0", cash), at_the_till("20.0", card))
    assert [(one.kind, one.gateway, one.amount) for one in found] == [
        (Kind.SALES_RECEIPT, "cash", Decimal(20)),
        (Kind.SALES_RECEIPT, "external_card", Decimal(20)),
    ]
    assert found[0].origin == "shopify:day:1:2026-03-02:cash"


def test_a_sale_paid_two_ways_is_an_invoice_with_a_payment_for_each() -> None:  # part f
    found = summary(at_the_till("30.0", paid(1, "10.0", AT, "cash"), paid(2, "20.0", AT, "external_card")))
    assert [(one.kind, one.amount) for one in found] == [
        (Kind.INVOICE, Decimal(30)),
        (Kind.PAYMENT, Decimal(10)),
        (Kind.PAYMENT, Decimal(20)),
    ]
    assert [one.applies_to for one in found[1:]] == [
        ((found[0].origin, Decimal(10)),),
        ((found[0].origin, Decimal(20)),),
    ]


@pytest.mark.parametrize(("gateway", "kind"), [("external_card", Kind.CARD_REFUND), ("cash", Kind.CHECK)])
def test_a_way_that_only_gave_back_has_a_credit_memo(gateway: str, kind: Kind) -> None:  # part f, Q10
    money = paid(2, "10.0", AT, gateway, kind="REFUND")
    early = "2026-02-02T17:00:00Z"
    sold = at_the_till("10.0", paid(1, "10.0", early), refunds=[back(5, [back_line(1, 1, "10.0")], [money], AT)])
    sold |= {"processedAt": early, "fulfillments": [{"createdAt": early}]}
    found = summary(sold)
    assert [(one.kind, one.amount) for one in found] == [(Kind.CREDIT_MEMO, Decimal(10)), (kind, Decimal(10))]


def test_what_was_given_back_stands_beside_the_receipt_whichever_of_them_is_more() -> None:
    """While the day goes on one outgrows the other: neither may become what the other is, under the same origin."""
    refund = back(5, [back_line(1, 1, "10.0")], [paid(3, "10.0", AT, "cash", kind="REFUND")], AT)
    early = "2026-02-02T17:00:00Z"
    sold = at_the_till("10.0", paid(1, "10.0", AT, "cash"))
    returned = at_the_till("10.0", paid(1, "10.0", early, "cash"), refunds=[refund])
    returned |= {"processedAt": early, "fulfillments": [{"createdAt": early}]}
    only, all_of_it = summary(returned), summary(sold, sold, returned)
    assert [(one.kind, one.amount) for one in only] == [(Kind.CREDIT_MEMO, Decimal(10)), (Kind.CHECK, Decimal(10))]
    assert [(one.kind, one.amount) for one in all_of_it] == [
        (Kind.SALES_RECEIPT, Decimal(20)), (Kind.CREDIT_MEMO, Decimal(10)), (Kind.CHECK, Decimal(10)),
    ]  # fmt: skip
    assert [one.origin for one in only] == [one.origin for one in all_of_it[1:]]
    assert len({one.origin for one in all_of_it}) == 3


def test_an_order_that_does_not_foot_keeps_its_day_for_review() -> None:
    wrong = at_the_till("10.0", paid(1, "10.0", AT, "cash")) | {"lineItems": [item(1, "9.0")]}
    assert {problem.code for one in summary(wrong) for problem in one.problems} == {"does_not_foot"}
