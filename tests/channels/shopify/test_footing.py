"""Only readings that the order's own total confirms are taken."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.channels.shopify.footing import Amounts, Reading, foot

CAP = Decimal("0.05")
PLAIN = Amounts(Decimal(100), Decimal(100), Decimal(0), Decimal(0), Decimal(10), Decimal(8), Decimal(0), Decimal(118))


def changed(**change: int) -> Amounts:
    return replace(PLAIN, **{name: Decimal(n) for name, n in change.items()})


def off(discount: int, *, tax_included: bool = False) -> Reading:
    return Reading(Decimal(discount), tax_included)


@pytest.mark.parametrize(
    ("amounts", "reading"),
    [
        (PLAIN, off(0)),
        (changed(total=110), off(0, tax_included=True)),
        (changed(duties=3, total=121), off(0)),
        # a code of 15 that the lines show as well
        (changed(subtotal=85, discount=15, line_discounts=15, total=103), off(15)),
        # prices cut on the lines, and a code of 5 besides
        (changed(subtotal=80, discount=5, line_discounts=15, total=98), off(20)),
        # prices cut on the lines, which the order's discount does not count
        (changed(subtotal=85, discount=0, line_discounts=15, total=103), off(15)),
        # free shipping: the shipping column holds it before the discount, or after
        (changed(discount=10, total=108), off(10)),
        (changed(discount=10, shipping=0, total=108), off(0)),
        # 5 off the goods and 10 off the shipping
        (changed(subtotal=95, discount=15, total=103), off(15)),
        # no subtotal in the file
        (replace(changed(discount=15, total=103), subtotal=None), off(15)),
    ],
)
def test_the_reading_that_comes_to_the_total_is_taken(amounts: Amounts, reading: Reading) -> None:
    found = foot(amounts, CAP)
    assert (found.reading, found.difference, found.ambiguous) == (reading, Decimal(0), False)


def test_a_small_difference_belongs_to_the_nearest_reading() -> None:
    found = foot(replace(PLAIN, total=Decimal("110.02")), CAP)
    assert (found.reading, found.difference) == (Reading(Decimal(0), True), Decimal("0.02"))


def test_beyond_the_cap_nothing_is_concluded() -> None:
    found = foot(replace(PLAIN, total=Decimal("110.06")), CAP)
    assert (found.reading, found.difference) == (Reading(Decimal(0), False), Decimal("-7.94"))


def test_a_subtotal_that_no_discount_explains_is_no_discount() -> None:
    found = foot(replace(PLAIN, subtotal=Decimal(60), total=Decimal(78)), CAP)
    assert (found.reading, found.difference) == (Reading(Decimal(0), False), Decimal(-40))


def test_two_readings_are_told() -> None:
    """A discount as large as the tax: off the shipping with tax on top, or tax in the prices."""
    found = foot(replace(PLAIN, discount=Decimal(8), total=Decimal(110)), CAP)
    assert found.ambiguous
    assert found.difference == 0


money = st.decimals(min_value=0, max_value=5000, places=2)


@given(money, money, money, money, st.booleans(), st.booleans())
def test_every_consistent_order_foots(
    goods: Decimal, discount: Decimal, shipping: Decimal, taxes: Decimal, tax_included: bool, has_subtotal: bool
) -> None:
    subtotal = goods - discount
    total = subtotal + shipping + (0 if tax_included else taxes)
    amounts = Amounts(
        goods, subtotal if has_subtotal else None, discount, Decimal(0), shipping, taxes, Decimal(0), total
    )
    found = foot(amounts, CAP)
    assert found.difference == 0
    assert found.reading.comes_to(amounts) == total


@given(money, money, money, money, st.decimals(min_value=-5000, max_value=5000, places=2))
def test_the_difference_is_always_the_whole_difference(
    goods: Decimal, discount: Decimal, shipping: Decimal, taxes: Decimal, total: Decimal
) -> None:
    amounts = Amounts(goods, goods - discount, discount, Decimal(0), shipping, taxes, Decimal(0), total)
    found = foot(amounts, CAP)
    assert found.reading.comes_to(amounts) + found.difference == total
