"""The table of order states, and what comes after: edits, payments, refunds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.entries import Role, total
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.planned import Kind, Planned
from qbwc_server.shop.terms import Open, Terms

from .shopped import TERMS, Node, back, back_line, bag, captured, item, order, paid, shipping

AT, LATER = "2026-03-02T17:00:00Z", "2026-03-05T17:00:00Z"
OPEN: Node = {"displayFulfillmentStatus": "UNFULFILLED", "fulfillments": []}
Told = list[tuple[Kind, int, Decimal]]


def documents(total_price: str, goods: list[Node], terms: Terms = TERMS, **more: Any) -> list[Planned]:
    """What an order becomes."""
    return by_order(ledger_of(order_of(order(total_price, goods, **more)), terms), terms)


def told(found: list[Planned]) -> Told:
    """Kind, day of the month, and amount."""
    return [(one.kind, one.day.day, one.amount) for one in found]


@pytest.mark.parametrize(
    ("money", "more", "wanted"),
    [
        ([paid(1, "10.0", AT)], {}, [(Kind.SALES_RECEIPT, 2, 10)]),
        ([], {}, [(Kind.INVOICE, 2, 10)]),
        ([paid(1, "4.0", AT)], {}, [(Kind.INVOICE, 2, 10), (Kind.PAYMENT, 2, 4)]),
        ([paid(1, "10.0", LATER)], {}, [(Kind.INVOICE, 2, 10), (Kind.PAYMENT, 5, 10)]),
        ([], OPEN, []),
        ([paid(1, "4.0", AT)], OPEN, [(Kind.PAYMENT, 2, 4)]),
        ([paid(1, "10.0", AT)], OPEN, [(Kind.PAYMENT, 2, 10)]),
        (
            [paid(1, "10.0", AT)],
            {"fulfillments": [{"createdAt": LATER}]},
            [(Kind.PAYMENT, 2, 10), (Kind.INVOICE, 5, 10)],
        ),
    ],
)
def test_order_states(money: list[Node], more: Node, wanted: Told) -> None:  # S3-24, part f
    assert told(documents("10.0", [item(1, "10.0")], transactions=money, **more)) == wanted


@pytest.mark.parametrize(("kept", "kind"), [(Open.SALES_ORDER, Kind.SALES_ORDER), (Open.ESTIMATE, Kind.ESTIMATE)])
def test_what_is_neither_paid_nor_handed_over_is_an_order_where_there_are_some(kept: Open, kind: Kind) -> None:  # S3-24
    found = documents("10.0", [item(1, "10.0")], replace(TERMS, open_orders=kept), **OPEN)
    assert told(found) == [(kind, 2, Decimal(10))]
    paid_in_part = documents(
        "10.0", [item(1, "10.0")], replace(TERMS, open_orders=kept), transactions=[paid(1, "4.0", AT)], **OPEN
    )
    assert told(paid_in_part) == [(kind, 2, Decimal(10)), (Kind.PAYMENT, 2, Decimal(4))]


def test_money_that_came_first_pays_the_invoice_that_comes_later() -> None:
    payment, invoice = documents(
        "10.0", [item(1, "10.0")], transactions=[paid(1, "12.0", AT)], fulfillments=[{"createdAt": LATER}]
    )
    assert payment.applies_to == ((invoice.origin, Decimal(10)),)
    assert (payment.origin, invoice.origin) == ("shopify:order:1001:payment:1", "shopify:order:1001")


def test_several_ways_are_an_invoice_with_what_cards_paid_on_it() -> None:
    money = [paid(1, "3.0", AT, "gift_card"), paid(2, "3.0", AT, "cash"), paid(3, "4.0", AT)]
    invoice, *payments = documents("10.0", [item(1, "10.0")], transactions=money)
    assert (invoice.amount, [one.amount for one in payments]) == (Decimal(7), [Decimal(3), Decimal(4)])
    assert [one.amount for one in invoice.lines if one.role is Role.GIFT_CARDS] == [-3]


def test_a_card_pays_an_invoice_that_stands_already_by_a_credit() -> None:
    money = [paid(1, "10.0", LATER, "gift_card")]
    assert told(documents("10.0", [item(1, "10.0")], transactions=money)) == [
        (Kind.INVOICE, 2, Decimal(10)),
        (Kind.CREDIT_MEMO, 5, Decimal(10)),
    ]


def test_a_refund_gives_back_its_own_credit_memo_first() -> None:  # part b
    refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, kind="REFUND")], LATER)
    receipt, memo, back_to_card = documents(
        "10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)], refunds=[refund]
    )
    assert (receipt.kind, memo.kind, back_to_card.kind) == (Kind.SALES_RECEIPT, Kind.CREDIT_MEMO, Kind.CARD_REFUND)
    assert back_to_card.applies_to == ((memo.origin, Decimal(10)),)
    assert memo.origin == "shopify:order:1001:refund:5"


def test_cash_is_given_back_by_a_check_on_the_till() -> None:  # part b
    refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, "cash", kind="REFUND")], LATER)
    found = documents("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)], refunds=[refund])
    assert [one.kind for one in found] == [Kind.SALES_RECEIPT, Kind.CREDIT_MEMO, Kind.CHECK]


def test_a_refund_to_a_gift_card_is_a_credit_memo_of_nothing() -> None:  # part b
    refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, "gift_card", kind="REFUND")], LATER)
    found = documents("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)], refunds=[refund])
    assert found[-1].amount == total(found[-1].lines) == 0
    assert {one.role: abs(one.amount) for one in found[-1].lines} == {Role.SALES: 10, Role.GIFT_CARDS: 10}


def test_money_of_the_customer_goes_back_from_his_payment() -> None:  # part f: customer's credit first
    refund = back(5, [], [paid(2, "2.0", LATER, kind="REFUND")], LATER)
    found = documents("10.0", [item(1, "10.0")], transactions=[paid(1, "12.0", AT)], refunds=[refund])
    assert told(found) == [
        (Kind.INVOICE, 2, Decimal(10)),
        (Kind.PAYMENT, 2, Decimal(12)),
        (Kind.CARD_REFUND, 5, Decimal(2)),
    ]
    assert found[-1].applies_to == ((found[1].origin, Decimal(2)),)


def test_a_zero_order_is_a_receipt_of_nothing() -> None:  # part c
    found = documents("0.0", [item(1, "10.0", discountAllocations=[{"allocatedAmountSet": bag("10.0")}])])
    assert told(found) == [(Kind.SALES_RECEIPT, 2, Decimal(0))]
    assert found[0].lines


def test_what_is_left_out_has_no_documents() -> None:
    assert not documents("10.0", [item(1, "10.0")], test=True)


def test_every_capture_becomes_documents_that_foot() -> None:
    terms = replace(TERMS, include_test_orders=True)
    for name, node in captured():
        ledger = ledger_of(order_of({"createdAt": AT, **node, **_handed_over()}), terms)
        for one in by_order(ledger, terms):
            assert not one.lines or total(one.lines) == one.amount, name
        wanted = Decimal((node.get("currentTotalPriceSet") or node["totalPriceSet"])["shopMoney"]["amount"])
        sold = sum(one.owed for one in ledger.events)
        assert sold == wanted or any(one.code == "does_not_foot" for one in ledger.problems), name


def _handed_over() -> Node:
    return {"displayFulfillmentStatus": "FULFILLED", "fulfillments": [{"createdAt": AT}]}


def test_shipping_is_on_the_document_of_the_sale() -> None:
    found = documents("15.0", [item(1, "10.0")], shippingLines=[shipping("5.0")])
    assert [one.role for one in found[0].lines] == [Role.SALES, Role.SHIPPING]
