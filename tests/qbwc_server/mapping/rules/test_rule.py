"""What a rule makes of an entry."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.mapping.rules.rule import (
    Booked,
    Direction,
    Match,
    Rule,
    Split,
    StatementEntry,
    booked_by,
    matches,
    plain_text,
)

AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)
ENTRIES = st.builds(
    StatementEntry,
    description=st.text(max_size=30),
    direction=st.sampled_from(Direction),
    amount=AMOUNTS,
    source=st.none() | st.sampled_from(["Bank", "Card"]),
    reduced_tax=st.none() | st.booleans(),
    edited=st.booleans(),
)
SPLITS = st.builds(Split, account=st.sampled_from(["Fee", "Tax"]), amount=AMOUNTS) | st.builds(
    Split, account=st.sampled_from(["Fee", "Tax"]), percent=st.decimals(min_value=0, max_value=100, places=3)
)
RULES = st.builds(
    Rule,
    text=st.text(max_size=2),
    account=st.sampled_from(["A", "B"]),
    match=st.sampled_from(Match),
    direction=st.none() | st.sampled_from(Direction),
    least=st.none() | AMOUNTS,
    most=st.none() | AMOUNTS,
    source=st.none() | st.sampled_from(["bank", "Card"]),
    reduced_tax=st.none() | st.booleans(),
    splits=st.lists(SPLITS, max_size=9).map(tuple),
    id=st.integers(1, 99),
)


@given(st.lists(RULES, max_size=6), ENTRIES)
def test_no_cent_is_lost_and_none_is_made(rules: list[Rule], entry: StatementEntry) -> None:
    booked = booked_by(rules, entry)
    if booked is not None:
        assert sum(line.amount for line in booked.lines) == entry.amount
        assert all(line.amount > 0 for line in booked.lines) or [line.amount for line in booked.lines] == [0]


@given(st.lists(RULES, max_size=6), ENTRIES)
def test_only_a_rule_that_matches_counts_and_the_first_of_them(rules: list[Rule], entry: StatementEntry) -> None:
    booked = booked_by(rules, entry)
    fitting = [one for one in rules if booked_by([one], entry) is not None]
    assert (booked is None) == (not fitting)
    if fitting:
        assert booked == booked_by(fitting[:1], entry)
        assert matches(fitting[0], entry)


@given(st.lists(RULES, max_size=6), ENTRIES)
def test_what_a_person_edited_is_left_alone(rules: list[Rule], entry: StatementEntry) -> None:
    if entry.edited:
        assert booked_by(rules, entry) is None


@given(st.lists(RULES, max_size=6), ENTRIES)
def test_it_is_the_same_each_time(rules: list[Rule], entry: StatementEntry) -> None:
    assert booked_by(rules, entry) == booked_by(list(rules), entry)


@given(st.text(max_size=30))
def test_text_is_compared_in_one_form(text: str) -> None:
    assert plain_text(f"  {text}  ") == plain_text(text)


def expense(description: str = "Parking Main St", amount: str = "12.00", **more: Any) -> StatementEntry:
    return StatementEntry(description, Direction.EXPENSE, Decimal(amount), **more)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule("parking", "Travel"), True),
        (Rule("PARKING  main", "Travel"), True),
        (Rule("parking", "Travel", Match.EXACT), False),
        (Rule("parking main st", "Travel", Match.EXACT), True),
        (Rule("parking", "Travel", direction=Direction.INCOME), False),
        (Rule("parking", "Travel", least=Decimal("12.00"), most=Decimal("12.00")), True),
        (Rule("parking", "Travel", least=Decimal("12.01")), False),
        (Rule("parking", "Travel", most=Decimal("11.99")), False),
        (Rule("parking", "Travel", source="CARD"), True),
        (Rule("parking", "Travel", source="Bank"), False),
        (Rule("parking", "Travel", reduced_tax=False), True),
        (Rule("parking", "Travel", reduced_tax=True), False),
    ],
)
def test_every_field_of_a_rule_counts(rule: Rule, fits: bool) -> None:
    assert matches(rule, expense(source="Card", reduced_tax=False)) is fits


def test_a_fee_is_split_off() -> None:
    rule = Rule("shop", "Sales", splits=(Split("Fees", Decimal("500.00")), Split("Tax", percent=Decimal(10))), id=7)
    booked = booked_by([rule], StatementEntry("Shop 1", Direction.INCOME, Decimal("10000.00")))
    assert isinstance(booked, Booked)
    assert [(line.account, str(line.amount)) for line in booked.lines] == [
        ("Sales", "8500.00"),
        ("Fees", "500.00"),
        ("Tax", "1000.00"),
    ]
    assert booked.why == "rule 7"


def test_a_rule_whose_parts_are_more_than_the_entry_does_not_fit() -> None:
    rule, behind = Rule("p", "A", splits=(Split("Fees", Decimal(13)),), id=1), Rule("p", "B", id=2)
    booked = booked_by([rule, behind], expense())
    assert booked is not None
    assert booked.why == "rule 2"
