"""The sums of a simulated order agree as those of Shopify do."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.simulator.shop.orders import Sale, TaxRate, part, written

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
TAXES = (TaxRate("GST", Decimal("0.05")), TaxRate("PST", Decimal("0.07")))


def cents(bag: dict[str, Any]) -> int:
    return int(Decimal(bag["shopMoney"]["amount"]) * 100)


def ledger(node: dict[str, Any]) -> int:
    return sum(cents(one["totalAmount"]) for agreement in node["agreements"] for one in agreement["sales"])


@given(st.integers(0, 10**7), st.integers(1, 30), st.data())
def test_parts_always_come_to_the_whole(whole: int, units: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, units), max_size=5)))
    places = [0, *cuts, units]
    assert sum(part(whole, units, *two) for two in itertools.pairwise(places)) == whole


LINES = st.lists(st.tuples(st.integers(1, 99999), st.integers(1, 9), st.integers(0, 50), st.booleans()), min_size=1)


@given(LINES, st.integers(0, 2000), st.booleans(), st.data())
def test_what_was_sold_less_what_went_back_is_what_the_order_comes_to(
    lines: list[tuple[int, int, int, bool]], shipping: int, included: bool, data: st.DataObject
) -> None:
    sale = Sale(1, AT, itertools.count(1), taxes_included=included)
    sale.codes.append(("ManualDiscountApplication", "Friend"))
    for number, (price, quantity, percent, taxed) in enumerate(lines):
        discount = price * quantity * percent // 100
        sale.add(f"Tea {number}", price, quantity, taxes=TAXES if taxed else (), discount=discount)
    sale.ship(shipping, TAXES)
    sale.place()
    assert ledger(node_of(sale)) == sale.total == sale.current
    sale.pay("shopify_payments", sale.total, AT)
    for line in sale.lines:
        for _ in range(data.draw(st.integers(0, line.quantity))):
            sale.refund(AT + timedelta(days=1), [(line, 1)], money=[])
    node = node_of(sale)
    kept = sum(back.kept for back in sale.refunds)
    back = [one for refund in node["refunds"] for one in refund["refundLineItems"]]
    net = sum(cents(one["subtotalSet"]) + (0 if included else cents(one["totalTaxSet"])) for one in back)
    assert sale.total - net + kept == cents(node["currentTotalPriceSet"]) == ledger(node)
    assert node["displayFinancialStatus"] == "PAID"


def test_a_refund_in_full_brings_all_to_nothing_and_what_is_kept_back_stays() -> None:
    sale = Sale(1, AT, itertools.count(1))
    line = sale.add("Tea", 1000, 3, taxes=TAXES)
    sale.ship(500, TAXES)
    sale.place()
    sale.pay("shopify_payments", sale.total, AT)
    sale.refund(AT, [(line, 3)], money=[("shopify_payments", sale.total - 200)], shipping=True)
    node = node_of(sale)
    assert (sale.total, cents(node["currentTotalPriceSet"])) == (3920, 200)
    assert cents(node["refunds"][0]["orderAdjustments"][0]["amountSet"]) == 200
    assert cents(node["totalOutstandingSet"]) == 0
    assert node["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_an_authorized_order_owes_nothing_and_has_no_money() -> None:
    sale = Sale(1, AT, itertools.count(1))
    sale.add("Tea", 1000)
    sale.place()
    sale.pay("shopify_payments", 1000, AT, kind="AUTHORIZATION")
    node = node_of(sale)
    assert (node["displayFinancialStatus"], cents(node["totalOutstandingSet"]), cents(node["totalReceivedSet"])) == (
        "AUTHORIZED",
        0,
        0,
    )


def test_amounts_are_written_as_shopify_writes_them() -> None:
    assert [written(one) for one in (1500, 1234, 5, 0, -150)] == ["15.0", "12.34", "0.05", "0.0", "-1.5"]
