"""The ledger of an order and the shop's own ledger of it come to the same, day by day and kind by kind."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.shop.entries import Role
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order_node import order_of
from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.simulator.shop.orders import Sale, TaxRate

from .generated import day_of
from .shopped import TERMS

AT = datetime(2026, 10, 30, 15, tzinfo=UTC)  # the clocks of New York change on 1 November
TAXES = (TaxRate("State", Decimal("0.0625")), TaxRate("City", Decimal("0.0125")))
_KINDS = {
    Role.SALES: "PRODUCT",
    Role.DISCOUNTS: "PRODUCT",
    Role.PROMOTION: "GIFT_CARD",
    Role.GIFT_CARDS: "GIFT_CARD",
    Role.SHIPPING: "SHIPPING",
    Role.TIPS: "TIP",
    Role.DUTIES: "DUTY",
    Role.REFUND_DIFFERENCES: "ADJUSTMENT",
    Role.TAX: "TAX",
}
Sums = dict[tuple[date, str], Decimal]


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """A sale at the till, paid at once, with what came later."""
    sale = Sale(7, AT, itertools.count(100), location=1, source="pos", taxes_included=draw(st.booleans()))
    sale.codes.append(("code", "SPRING"))
    cents = st.integers(100, 20_000)
    for number in range(draw(st.integers(1, 3))):
        card = draw(st.integers(0, 5)) == 0
        price, many = draw(cents), draw(st.integers(1, 4))
        off = 0 if card else draw(st.integers(0, price * many))
        taxes = () if card else draw(st.sampled_from([(), TAXES[:1], TAXES]))
        sale.add(f"Tea {number}", price, many, taxes=taxes, discount=off, is_gift_card=card)
    if draw(st.booleans()):
        sale.ship(draw(cents), draw(st.sampled_from([(), TAXES])))
    sale.duties = draw(st.sampled_from([0, 0, 350]))
    sale.tip = draw(st.sampled_from([0, 0, 200]))
    sale.place()
    sale.pay("shopify_payments", sale.current, AT)
    sale.fulfill(AT)
    at = AT
    for _ in range(draw(st.integers(0, 3))):
        at += timedelta(hours=draw(st.integers(1, 40)))
        _later(draw, sale, at)
    return sale


def _later(draw: st.DrawFn, sale: Sale, at: datetime) -> None:
    """Something is taken out, put in or given back."""
    what = draw(st.sampled_from(["out", "in", "back", "back"]))
    line = draw(st.sampled_from(sale.lines))
    left = line.quantity - line.removed
    if what == "in":
        sale.add_later(sale.add("More tea", draw(st.integers(100, 5_000)), 1, taxes=TAXES), at)
    elif left and what == "out":
        sale.remove_units(line, draw(st.integers(1, left)), at)
    elif left:
        units = draw(st.integers(1, left))
        ships = sale.shipping > 0 and not any(one.shipping for one in sale.refunds) and draw(st.booleans())
        before = sale.current
        sale.refund(at, [(line, units)], money=[("shopify_payments", 0)], shipping=ships)
        back, known = sale.refunds[-1], sale.ledger[-1]
        sale.ledger[-1] = replace(known, sales=tuple(one for one in known.sales if one[1] != "ADJUSTMENT"))
        back.transactions[0].cents, back.kept = before - sale.current, 0  # all of it is given back


def told(sale: Sale) -> Sums:
    """What the shop's own ledger says, by day and kind."""
    sums: Sums = {}
    for entry in sale.ledger:
        day = day_of(entry.at)
        for _, kind, _, _, amount, taxes in entry.sales:
            tax = sum(cents for _, cents in taxes)
            for key, cents in ((kind, amount - tax), ("TAX", tax)):
                sums[day, key] = sums.get((day, key), Decimal(0)) + Decimal(cents) / 100
    return {key: amount for key, amount in sums.items() if amount}


@settings(max_examples=120, deadline=None)
@given(sales())
def test_the_ledger_says_what_the_shops_own_says(sale: Sale) -> None:
    ledger = ledger_of(order_of(node_of(sale)), TERMS)
    assert not ledger.problems
    sums: Sums = {}
    for event in ledger.events:
        for one in event.entries:
            key = event.day, _KINDS[one.role]
            sums[key] = sums.get(key, Decimal(0)) + one.amount
    assert {key: amount for key, amount in sums.items() if amount} == told(sale)
    assert ledger.open_balance == (Decimal(sale.current) - sale.received + sale.refunded) / 100
