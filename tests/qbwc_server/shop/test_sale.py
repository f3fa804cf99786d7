"""What an order sells: it foots with the shop's total, or the figures are told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.shop.entries import Role, total
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.sale import Sold, sold
from qbwc_server.shop.terms import Discounts, Terms

from .shopped import TERMS, bag, captured, item, off, order, shipping, tax

Amounts = dict[Role, Decimal]


def sums(found: Sold) -> Amounts:
    """What was sold by role."""
    roles = dict.fromkeys(one.role for one in found.entries)
    return {role: total(one for one in found.entries if one.role is role) for role in roles}


def selling(node: dict[str, Any], terms: Terms = TERMS) -> Amounts:
    """What an order sells, when nothing is wrong with it."""
    found = sold(order_of(node), terms)
    assert not found.problems
    return sums(found)


def test_discounts_of_lines_are_taken_off_once() -> None:  # S3-26, part c
    node = order(
        "45.0", [item(1, "10.0", 3, discountAllocations=off("3.0")), item(2, "20.0", discountAllocations=off("2.0"))]
    )
    node["totalDiscountsSet"], node["subtotalPriceSet"] = bag("5.0"), bag("45.0")
    assert selling(node) == {Role.SALES: 50, Role.DISCOUNTS: -5}
    assert selling(node, replace(TERMS, discounts=Discounts.NET)) == {Role.SALES: 45}


def test_a_discount_that_is_allocated_to_no_line_is_shared_out() -> None:
    node = order("25.0", [item(1, "10.0"), item(2, "20.0")], totalDiscountsSet=bag("5.0"), subtotalPriceSet=bag("25.0"))
    found = sold(order_of(node), TERMS)
    assert [one.amount for one in found.entries if one.role is Role.DISCOUNTS] == [Decimal("-1.67"), Decimal("-3.33")]


def test_shipping_has_its_own_discount_and_tax() -> None:  # part c
    node = order(
        "14.4",
        [item(1, "10.0")],
        shippingLines=[shipping("5.0", discountAllocations=off("1.0"), taxLines=[tax("0.4")])],
    )
    assert selling(node) == {Role.SALES: 10, Role.SHIPPING: 5, Role.DISCOUNTS: -1, Role.TAX: Decimal("0.4")}


def test_prices_that_hold_the_tax_are_less_the_tax_as_given() -> None:  # part c: never divided by the rate
    lines = [item(1, "10.0", taxLines=[tax("0.91", "State"), tax("0.05", "City")])]
    node = order("15.0", lines, taxesIncluded=True, shippingLines=[shipping("5.0", taxLines=[tax("0.45", "State")])])
    wanted = {Role.SALES: Decimal("9.04"), Role.TAX: Decimal("1.41"), Role.SHIPPING: Decimal("4.55")}
    assert selling(node) == wanted


def test_taxes_that_only_the_order_tells_of_count_as_well() -> None:
    node = order("11.0", [item(1, "10.0")], taxLines=[tax("1.0")], totalTaxSet=bag("1.0"))
    assert selling(node) == {Role.SALES: 10, Role.TAX: 1}
    node = order("11.0", [item(1, "11.0")], taxLines=[tax("1.0")], totalTaxSet=bag("1.0"), taxesIncluded=True)
    assert selling(node) == {Role.SALES: 10, Role.TAX: 1}


@pytest.mark.parametrize("with_tip", ["12.0", "10.0"])
def test_a_tip_counts_once_whether_or_not_the_total_holds_it(with_tip: str) -> None:  # part c
    node = order(with_tip, [item(1, "10.0")], totalTipReceivedSet=bag("2.0"))
    assert selling(node) == {Role.SALES: 10, Role.TIPS: 2}
    among = order("12.0", [item(1, "10.0"), item(2, "2.0", title="Tip", sku=None)], totalTipReceivedSet=bag("2.0"))
    assert selling(among) == {Role.SALES: 10, Role.TIPS: 2}


def test_a_discounted_gift_card_is_owed_at_its_face() -> None:  # part c
    node = order("40.0", [item(1, "50.0", isGiftCard=True, discountAllocations=off("10.0"))])
    assert selling(node) == {Role.GIFT_CARDS: 50, Role.PROMOTION: -10}


def test_duties_and_fees_have_their_own() -> None:  # part c
    duties = [{"id": "gid://shopify/Duty/1", "price": bag("3.0"), "taxLines": []}]
    fees = [{"id": "gid://shopify/AdditionalFee/1", "name": "Eco fee", "price": bag("0.5"), "taxLines": [tax("0.05")]}]
    node = order("13.55", [item(1, "10.0", duties=duties)], additionalFees=fees)
    assert selling(node) == {Role.SALES: 10, Role.DUTIES: 3, Role.FEES: Decimal("0.5"), Role.TAX: Decimal("0.05")}


def test_nothing_at_all_is_sold_for_stock() -> None:  # part c: a discount of 100 %
    found = sold(order_of(order("0.0", [item(1, "10.0", 2, discountAllocations=off("20.0"))])), TERMS)
    assert total(found.entries) == 0
    assert [one.quantity for one in found.entries if one.role is Role.SALES] == [2]


@pytest.mark.parametrize(("said", "rounding"), [("10.05", "0.05"), ("9.96", "-0.04")])
def test_cents_go_to_the_rounding_account(said: str, rounding: str) -> None:  # part c
    found = sold(order_of(order(said, [item(1, "10.0")])), TERMS)
    assert not found.problems
    assert sums(found) == {Role.SALES: 10, Role.ROUNDING: Decimal(rounding)}


def test_more_than_the_cap_is_for_review_with_the_figures() -> None:  # rule 1
    found = sold(order_of(order("10.06", [item(1, "10.0")])), TERMS)
    assert [one.code for one in found.problems] == ["does_not_foot"]
    assert "come to 10.00, and its total is 10.06: 0.06 off" in found.problems[0].message


def test_taxes_that_disagree_are_for_review() -> None:  # part f, 10
    node = order("112.5", [item(1, "100.0", taxLines=[tax("11.5")])], totalTaxSet=bag("12.5"))
    found = sold(order_of(node), TERMS)
    assert {one.code for one in found.problems} == {"tax_does_not_foot", "does_not_foot"}
    assert "11.5" in found.problems[0].message
    assert "12.5" in found.problems[0].message


def test_units_that_were_taken_out_are_not_sold() -> None:  # part f, 7
    node = order(
        "226.0", [item(1, "100.0", 2, currentQuantity=1, taxLines=[tax("26.0")])], currentTotalPriceSet=bag("113.0")
    )
    assert selling(node) == {Role.SALES: 100, Role.TAX: 13}


def test_every_capture_foots_or_tells_the_figures() -> None:
    silent = []
    for name, node in captured():
        found = sold(order_of({"createdAt": "2026-06-01T12:00:00Z", **node}), TERMS)
        current = (node.get("currentTotalPriceSet") or node["totalPriceSet"])["shopMoney"]["amount"]
        if total(found.entries) != Decimal(current) and not any("off" in one.message for one in found.problems):
            silent.append(name)
        if "lineItems" in node:
            assert not found.problems, name
    assert not silent
