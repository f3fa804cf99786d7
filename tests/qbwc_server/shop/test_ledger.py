"""The ledger of an order: which day is revenue, what is money, what an edit changes, what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.shop.entries import Role, total
from qbwc_server.shop.events import EventKind, Ledger
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.terms import RevenueDate, Terms

from .shopped import TERMS, Node, back, back_line, bag, item, order, paid, shipping, tax

AT, LATER, LATEST = "2026-03-02T17:00:00Z", "2026-03-05T17:00:00Z", "2026-03-09T17:00:00Z"
CREATED = replace(TERMS, revenue_date=RevenueDate.CREATED)


def told(total_price: str, goods: list[Node], terms: Terms = TERMS, **more: Any) -> Ledger:
    """The ledger of an order."""
    return ledger_of(order_of(order(total_price, goods, **more)), terms)


def happened(ledger: Ledger) -> list[tuple[object, ...]]:
    """What happened, on which day of the month, how much more is owed, how much was paid."""
    return [(one.kind, one.day.day, one.owed, one.paid) for one in ledger.events]


def edit(number: int, at: str, *sales: Node) -> Node:
    """An edit as the shop's own ledger tells it."""
    return {"__typename": "OrderEditAgreement", "id": f"gid://e/{number}", "happenedAt": at, "sales": list(sales)}


def change(number: int, amount: str, quantity: int | None, tax_amount: str = "0.0", **more: Any) -> Node:
    """One line of an edit."""
    line = {"id": f"gid://shopify/LineItem/{number}"}
    taxes = [{"amount": bag(tax_amount), "taxLine": {"title": "State tax"}}] if Decimal(tax_amount) else []
    said = {"lineType": "PRODUCT", "quantity": quantity, "totalAmount": bag(amount), "totalTaxAmount": bag(tax_amount)}
    return {**said, "lineItem": line, "taxes": taxes, **more}


def test_revenue_is_the_day_on_which_all_was_handed_over_or_the_first() -> None:  # S3-24, part f
    node: Node = {"fulfillments": [{"createdAt": LATER, "status": "SUCCESS"}], "transactions": [paid(1, "10.0", AT)]}
    assert happened(told("10.0", [item(1, "10.0")], **node)) == [
        (EventKind.MONEY, 2, 0, 10),
        (EventKind.SALE, 5, 10, 0),
    ]
    created = told("10.0", [item(1, "10.0")], CREATED, **node)
    assert happened(created) == [(EventKind.SALE, 2, 10, 0), (EventKind.MONEY, 2, 0, 10)]


@pytest.mark.parametrize("status", ["UNFULFILLED", "PARTIALLY_FULFILLED", "RESTOCKED", "ON_HOLD", None])
def test_money_before_revenue_is_the_customers_credit(status: str | None) -> None:  # S3-24, part f
    ledger = told("10.0", [item(1, "10.0")], displayFulfillmentStatus=status, transactions=[paid(1, "10.0", AT)])
    assert happened(ledger) == [(EventKind.MONEY, 2, 0, 10)]
    assert ledger.open_balance == -10


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("AUTHORIZATION", "SUCCESS"),
        ("EMV_AUTHORIZATION", "SUCCESS"),
        ("VOID", "SUCCESS"),
        ("SUGGESTED_REFUND", "SUCCESS"),
        ("CHANGE", "SUCCESS"),
        ("SALE", "PENDING"),
        ("SALE", "FAILURE"),
        ("CAPTURE", "ERROR"),
        ("CAPTURE", "AWAITING_RESPONSE"),
        ("SALE", None),
    ],
)
def test_what_is_no_money(kind: str, status: str | None) -> None:  # part c
    moved = [paid(1, "10.0", AT, kind=kind, status=status)]
    ledger = told("10.0", [item(1, "10.0")], transactions=moved, totalReceivedSet=bag("0.0"))
    assert happened(ledger) == [(EventKind.SALE, 2, 10, 0)]
    assert not ledger.problems


def test_several_captures_add_up() -> None:  # part c
    moved = [paid(one, amount, at, kind="CAPTURE") for one, amount, at in ((1, "4.0", AT), (2, "6.0", LATER))]
    ledger = told("10.0", [item(1, "10.0")], transactions=moved, totalReceivedSet=bag("10.0"))
    assert happened(ledger) == [(EventKind.SALE, 2, 10, 0), (EventKind.MONEY, 2, 0, 4), (EventKind.MONEY, 5, 0, 6)]


def test_change_is_taken_off_only_where_the_shop_has_not_done_so() -> None:
    moved = [paid(1, "20.0", AT, "cash"), paid(2, "10.0", AT, "cash", kind="CHANGE")]
    ledger = told("10.0", [item(1, "10.0")], transactions=moved, totalReceivedSet=bag("10.0"))
    assert ledger.open_balance == 0
    moved[0]["amountSet"] = bag("10.0")
    ledger = told("10.0", [item(1, "10.0")], transactions=moved, totalReceivedSet=bag("10.0"))
    assert ledger.open_balance == 0


def test_cash_is_in_the_drawer_as_it_was_rounded() -> None:  # part f, 9
    ledger = told(
        "10.02", [item(1, "10.02")], transactions=[paid(1, "10.02", AT, "cash", amountRoundingSet=bag("-0.02"))]
    )
    assert [one.amount for event in ledger.events for one in event.tenders] == [10]
    rounding = total(one for event in ledger.events for one in event.entries if one.role is Role.CASH_ROUNDING)
    assert (rounding, ledger.open_balance) == (Decimal("-0.02"), Decimal(0))


def test_gift_cards_and_store_credit_pay_from_what_is_owed_on_them() -> None:  # part c
    moved = [paid(1, "4.0", AT, "gift_card"), paid(2, "1.0", AT, "shopify_store_credit"), paid(3, "5.0", AT)]
    ledger = told("10.0", [item(1, "10.0")], transactions=moved)
    sums = {one.role: one.amount for event in ledger.events for one in event.entries}
    assert sums == {Role.SALES: 10, Role.GIFT_CARDS: -4, Role.STORE_CREDIT: -1}
    assert ledger.open_balance == 0


def test_tax_that_the_channel_owes_is_netted_from_the_money() -> None:  # part f
    goods = [item(1, "100.0", taxLines=[tax("8.0", channelLiable=True)])]
    moved = [paid(1, "50.0", AT, "marketplace"), paid(2, "58.0", AT, "marketplace")]
    ledger = told("108.0", goods, transactions=moved)
    assert sum(one.owed for one in ledger.events) == 100
    assert [one.amount for event in ledger.events for one in event.tenders] == [42, 58]
    refund = back(5, [back_line(1, 1, "100.0", "8.0")], [paid(3, "108.0", LATER, "marketplace", kind="REFUND")], LATER)
    ledger = told("108.0", goods, transactions=moved, refunds=[refund])
    assert ledger.events[-1].paid == -100
    assert ledger.open_balance == 0


def test_an_edit_after_money_is_by_itself_on_its_day() -> None:  # part f
    goods = [item(1, "100.0", 2, currentQuantity=1, taxLines=[tax("26.0")]), item(2, "50.0")]
    more: Node = {
        "currentTotalPriceSet": bag("163.0"),
        "agreements": [edit(1, LATER, change(1, "-113.0", -1, "-13.0"), change(2, "50.0", 1))],
    }
    paid_first = told("276.0", goods, transactions=[paid(1, "226.0", AT)], **more)
    assert happened(paid_first) == [
        (EventKind.SALE, 2, 226, 0),
        (EventKind.MONEY, 2, 0, 226),
        (EventKind.EDIT, 5, -63, 0),
    ]
    unpaid = told("276.0", goods, **more)  # the sale itself is changed
    assert happened(unpaid) == [(EventKind.SALE, 2, 163, 0)]
    before = told("276.0", goods, transactions=[paid(1, "226.0", AT)], fulfillments=[{"createdAt": LATEST}], **more)
    assert happened(before) == [(EventKind.MONEY, 2, 0, 226), (EventKind.SALE, 9, 163, 0)]


def test_units_that_a_refund_tells_of_are_not_taken_out_twice() -> None:
    goods = [item(1, "10.0", 2, currentQuantity=1)]
    refund = back(5, [back_line(1, 1, "10.0")], [], LATER)
    more: Node = {"transactions": [paid(1, "20.0", AT)], "refunds": [refund]}
    more["agreements"] = [edit(1, LATER, change(1, "-10.0", -1))]
    ledger = told("20.0", goods, **more)
    assert happened(ledger)[2:] == [(EventKind.REFUND, 5, -10, 0)]


def test_another_discount_changes_no_units() -> None:
    goods = [item(1, "100.0", discountAllocations=[{"allocatedAmountSet": bag("20.0")}])]
    more: Node = {"transactions": [paid(1, "100.0", AT)], "agreements": [edit(1, LATER, change(1, "-20.0", None))]}
    ledger = told("80.0", goods, **more)
    assert [(one.role, one.amount) for one in ledger.events[-1].entries] == [(Role.DISCOUNTS, Decimal(-20))]
    assert ledger.events[0].owed == 100


def test_what_is_given_back_before_it_is_revenue_is_sold_and_taken_back_that_day() -> None:
    goods = [item(1, "10.0", 2, currentQuantity=1)]
    refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, kind="REFUND")], LATER)
    more: Node = {"transactions": [paid(1, "20.0", AT)], "refunds": [refund], "fulfillments": [{"createdAt": LATEST}]}
    assert happened(told("20.0", goods, **more)) == [
        (EventKind.MONEY, 2, 0, 20),
        (EventKind.SOLD_AND_BACK, 5, 10, 0),
        (EventKind.REFUND, 5, -10, -10),
        (EventKind.SALE, 9, 10, 0),
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"test": True},
        {"displayFinancialStatus": "VOIDED"},
        {"displayFinancialStatus": "EXPIRED"},
        {"cancelledAt": LATER},
    ],
)
def test_what_is_no_sale_is_left_out_with_a_reason(more: dict[str, Any]) -> None:  # part c
    ledger = told("10.0", [item(1, "10.0")], **more)
    assert ledger.left_out is not None
    assert not ledger.events


def test_test_orders_are_read_where_a_test_asks_for_them() -> None:  # part f, 10
    ledger = told("10.0", [item(1, "10.0")], replace(TERMS, include_test_orders=True), test=True)
    assert happened(ledger) == [(EventKind.SALE, 2, 10, 0)]


def test_a_cancelled_order_that_was_revenue_is_taken_back_on_its_day() -> None:
    goods = [item(1, "10.0", 2, currentQuantity=0)]
    more: Node = {
        "cancelledAt": LATER,
        "displayFulfillmentStatus": "UNFULFILLED",
        "transactions": [paid(1, "20.0", AT)],
    }
    more["currentTotalPriceSet"] = bag("0.0")
    created = told("20.0", goods, CREATED, **more)
    assert happened(created)[-1] == (EventKind.CANCELLED, 5, -20, 0)
    assert created.money_kept == 20
    assert happened(told("20.0", goods, **more)) == [(EventKind.MONEY, 2, 0, 20)]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-08T04:59:00Z", date(2026, 3, 7)),  # the last minute before the clocks go forward
        ("2026-03-09T03:59:00Z", date(2026, 3, 8)),  # a day of 23 hours
        ("2026-11-01T04:00:00Z", date(2026, 11, 1)),  # a day of 25 hours
        ("2026-11-02T04:59:00Z", date(2026, 11, 1)),
    ],
)
def test_days_are_those_of_the_shop(at: str, day: date) -> None:  # part c
    node: Node = {"createdAt": at, "processedAt": at, "fulfillments": [{"createdAt": at}]}
    assert [one.day for one in told("10.0", [item(1, "10.0")], **node).events] == [day]


def test_money_that_the_shop_counts_otherwise_is_for_review() -> None:
    more: Node = {"transactions": [paid(1, "10.0", AT)], "totalReceivedSet": bag("12.0")}
    ledger = told("10.0", [item(1, "10.0")], **more)
    assert [one.code for one in ledger.problems] == ["money_does_not_foot"]


def test_an_authorised_order_owes_all_although_the_shop_says_nothing_is_outstanding() -> None:  # part f, 7
    more: Node = {"transactions": [paid(1, "10.0", AT, kind="AUTHORIZATION")], "totalOutstandingSet": bag("0.0")}
    ledger = told("10.0", [item(1, "10.0")], displayFinancialStatus="AUTHORIZED", **more)
    assert ledger.open_balance == 10


@pytest.mark.parametrize("kind", ["OrderEditAgreement", "ReturnAgreement"])
def test_an_exchange_is_a_return_and_another_sale(kind: str) -> None:
    goods = [item(1, "20.0", 1, currentQuantity=0), item(2, "25.0")]
    refund = back(5, [back_line(1, 1, "20.0")], [], LATER)
    moved = [paid(1, "20.0", AT), paid(2, "5.0", LATER)]
    more: Node = {"transactions": moved, "refunds": [refund], "agreements": [edit(1, LATER, change(2, "25.0", 1))]}
    if kind == "ReturnAgreement":
        sales = [change(1, "-20.0", -1), change(2, "25.0", 1)]
        more["agreements"] = [{**edit(1, LATER, *sales), "__typename": kind, "reason": "RETURN"}]
    ledger = told("45.0", goods, **more)
    assert ledger.open_balance == 0
    without = [(one.kind, total(e for e in one.entries if e.role is not Role.EXCHANGE)) for one in ledger.events]
    assert [(kind, amount) for kind, amount in without if amount] == [
        (EventKind.SALE, Decimal(20)),
        (EventKind.EDIT, Decimal(25)),
        (EventKind.REFUND, Decimal(-20)),
    ]


def test_what_comes_back_pays_another_order_through_exchanges() -> None:
    """At the till it is a refund of one order and the payment of another, both by a credit that is no money."""
    more: Node = {"transactions": [paid(1, "20.0", AT), paid(2, "20.0", LATER, "exchange-credit", kind="REFUND")]}
    returned = told("20.0", [item(1, "20.0")], refunds=[back(5, [back_line(1, 1, "20.0")], [], LATER)], **more)
    taken = told("25.0", [item(2, "25.0")], transactions=[paid(3, "20.0", AT, "exchange-credit"), paid(4, "5.0", AT)])
    for ledger, wanted in ((returned, 20), (taken, -20)):
        assert ledger.open_balance == 0
        entries = [entry for one in ledger.events for entry in one.entries if entry.role is Role.EXCHANGE]
        assert [one.amount for one in entries] == [wanted]
        assert {one.gateway for event in ledger.events for one in event.tenders} == {"shopify_payments"}


def test_shipping_that_was_removed_is_not_sold() -> None:
    ledger = told("10.0", [item(1, "10.0")], shippingLines=[shipping("5.0", isRemoved=True)])
    assert ledger.open_balance == 10
