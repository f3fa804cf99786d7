"""One deal: which kinds, and which spellings of a number."""

from __future__ import annotations

import pytest

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.one_deal import as_kinds, number_key, spelt


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_deal_is_the_same_from_whichever_kind_it_is_seen(kind: str) -> None:
    assert kind in as_kinds(kind)
    assert {as_kinds(other) for other in as_kinds(kind)} == {as_kinds(kind)}
    assert set(as_kinds(kind)) <= set(KINDS)


@pytest.mark.parametrize("number", ["INV-007", "inv 7", "Inv#0007", " INV7 ", "inv_07"])
def test_spellings_of_one_number(number: str) -> None:
    assert spelt(number) == ("inv", "7")


def test_nothing_is_no_number() -> None:
    assert spelt(None) == spelt("") == spelt("  ") == ()
    assert spelt("0") == spelt("000") == ("0",)


def test_numbers_are_found_by_the_key_that_all_their_spellings_share() -> None:
    assert {number_key(one) for one in ("INV-007", "inv 7", "Inv#0007")} == {"inv 7"}
    assert number_key("1-23") != number_key("12-3")
    assert number_key(None) is None
    assert number_key("\u0390" * 20 + "1a" * 20) is not None
