"""Amounts: shared out without a cent lost, rounded once and half up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.shop.money import part_of, rounded, said, share_out, smallest_unit

CENT = Decimal("0.01")
_AMOUNTS = st.decimals(-100_000, 100_000, places=2)
_WEIGHTS = st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=8)


@given(_AMOUNTS, _WEIGHTS)
def test_parts_add_up_and_each_is_within_a_cent_of_its_share(amount: Decimal, weights: list[Decimal]) -> None:
    parts = share_out(amount, weights, CENT)
    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part == part.quantize(CENT)
        if whole:
            assert abs(part - amount * weight / whole) <= CENT


def test_nobody_takes_nothing() -> None:
    with pytest.raises(ValueError, match="cannot be shared out"):
        share_out(Decimal(1), [], CENT)
    assert share_out(Decimal(1), [Decimal(0), Decimal(0)], CENT) == [1, 0]


@given(_AMOUNTS, st.integers(1, 50))
def test_parts_of_units_come_to_the_whole(amount: Decimal, units: int) -> None:
    assert part_of(amount, Decimal(units), Decimal(units), CENT) == amount
    assert part_of(amount, Decimal(1), Decimal(0), CENT) == 0


@pytest.mark.parametrize(
    ("currency", "amount", "wanted"), [("USD", "0.125", "0.13"), ("USD", "-0.125", "-0.13"), ("JPY", "10.5", "11")]
)
def test_half_up_at_the_unit_of_the_currency(currency: str, amount: str, wanted: str) -> None:
    assert rounded(Decimal(amount), smallest_unit(currency)) == Decimal(wanted)


def test_an_amount_in_a_sentence_has_its_cents() -> None:
    told = (Decimal("200.0"), Decimal("12.34"), Decimal(111050), None)
    assert [said(one) for one in told] == ["200.00", "12.34", "111050", "an unknown amount"]
