"""Rules are kept in order, and what was learnt stands behind them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.errors import Invalid, NotFound
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.keeping import add_rule, move_rule, remove_rule, rules_of
from qbwc_server.mapping.rules.learning import book, learn, words_key
from qbwc_server.mapping.rules.rule import Direction, Match, Rule, Split, StatementEntry
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.qbwc_server.mapping.worded import ANN, Worded

TAXI = StatementEntry("TAXI 4711 03/02", Direction.EXPENSE, Decimal("20.00"))


@pytest.fixture
def accounts(shop: Worded) -> Worded:
    """A company with accounts."""
    with shop.database.transaction() as db:
        for name in ("Travel", "Fees", "Meals"):
            keep(db, shop.id, told(f"{name}-1", name, entry_type="Expense"), kind=ListKind.ACCOUNT)
    return shop


def added(shop: Worded, rule: Rule) -> int:
    with shop.database.transaction() as db:
        return add_rule(db, find_company(db, shop.code), rule, by=ANN, now=shop.clock()).id


def accounts_of(shop: Worded, *entries: StatementEntry, learnt: bool = True) -> list[str | None]:
    with shop.database.reading() as db:
        return [None if one is None else one.lines[0].account for one in book(db, shop.id, entries, learnt=learnt)]


def test_rules_are_tried_in_order_and_can_be_moved(accounts: Worded) -> None:
    first, second = added(accounts, Rule("taxi", "travel")), added(accounts, Rule("tax", "Fees"))
    assert accounts_of(accounts, TAXI) == ["Travel"]
    with accounts.database.transaction() as db:
        move_rule(db, find_company(db, "shop"), second, 1, by=ANN, now=accounts.clock())
    assert accounts_of(accounts, TAXI) == ["Fees"]
    with accounts.database.transaction() as db:
        remove_rule(db, find_company(db, "shop"), second, by=ANN, now=accounts.clock())
        assert [one.id for one in rules_of(db, accounts.id)] == [first]


@pytest.mark.parametrize(
    ("field", "value"),
    [("account", "Meals"), ("description", "Taxi in town"), ("splits", (Split("Fees", amount=Decimal(1)),))],
)
def test_whatever_is_changed_in_a_rule_is_audited(accounts: Worded, field: str, value: Any) -> None:
    rule = Rule(
        "Taxi", "Travel", match=Match.EXACT, direction=Direction.EXPENSE, least=Decimal("1.00"), most=Decimal(9)
    )
    added(accounts, rule)
    added(accounts, replace(rule, **{field: value}))
    with accounts.database.reading() as db:
        changed, first = audit_of(db, company_id=accounts.id)[:2]
    assert changed.before is not None
    assert changed.after is not None
    assert list(changed.before) == list(changed.after) == [field]
    assert first.after is not None
    assert (first.after["match"], first.after["direction"], Decimal(first.after["least"])) == (
        "exact",
        "expense",
        Decimal(1),
    )


def test_a_rule_that_looks_for_the_same_takes_its_place(accounts: Worded) -> None:
    rule = Rule("Taxi", "Travel", splits=(Split("Fees", percent=Decimal("2.5")),), least=Decimal("1.00"))
    first = added(accounts, rule)
    assert added(accounts, replace(rule, text=" taxi", account="Meals")) == first
    with accounts.database.reading() as db:
        (kept,) = rules_of(db, accounts.id)
    assert kept == replace(rule, text="taxi", account="Meals", id=first)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(" ", "Travel"),
        Rule("x" * 81, "Travel"),
        Rule("a\0", "Travel"),
        Rule("taxi", "Nowhere"),
        Rule("taxi", "Travel", source="Nowhere"),
        Rule("taxi", "Travel", class_name="Nowhere"),
        Rule("taxi", "Travel", least=Decimal(-1)),
        Rule("taxi", "Travel", most=Decimal(1000000000)),
        Rule("taxi", "Travel", most=Decimal("1.001")),
        Rule("taxi", "Travel", most=Decimal("NaN")),
        Rule("taxi", "Travel", least=Decimal(2), most=Decimal(1)),
        Rule("taxi", "Travel", splits=(Split("Fees"),)),
        Rule("taxi", "Travel", splits=(Split("Fees", Decimal(1), Decimal(1)),)),
        Rule("taxi", "Travel", splits=(Split("Fees", percent=Decimal(101)),)),
        Rule("taxi", "Travel", splits=(Split("Fees", percent=Decimal(60)),) * 2),
        Rule("taxi", "Travel", splits=(Split("Fees", Decimal(1)),) * 10),
    ],
)
def test_what_cannot_be_a_rule_is_refused(accounts: Worded, rule: Rule) -> None:
    with pytest.raises(Invalid):
        added(accounts, rule)


def test_what_was_confirmed_is_learnt_behind_the_rules(accounts: Worded) -> None:
    with accounts.database.transaction() as db:
        learn(db, accounts.id, TAXI, "Meals", now=accounts.clock())
    later = replace(TAXI, description="Taxi 0815 04/17", amount=Decimal("9.00"))
    assert accounts_of(accounts, later) == ["Meals"]
    assert accounts_of(accounts, later, learnt=False) == [None]
    assert accounts_of(accounts, replace(later, edited=True), replace(later, direction=Direction.INCOME)) == [
        None,
        None,
    ]
    assert accounts_of(accounts, replace(later, reduced_tax=True)) == [None]
    added(accounts, Rule("taxi", "Travel"))
    assert accounts_of(accounts, later) == ["Travel"]


def test_the_latest_choice_counts_and_one_that_is_no_habit_does_not(accounts: Worded) -> None:
    with accounts.database.transaction() as db:
        learn(db, accounts.id, TAXI, "Meals", now=accounts.clock())
        learn(db, accounts.id, TAXI, "Travel", now=accounts.clock())
        learn(db, accounts.id, TAXI, "Fees", now=accounts.clock(), remember=False)
    assert accounts_of(accounts, TAXI) == ["Travel"]


def test_nothing_is_learnt_of_a_description_without_words(accounts: Worded) -> None:
    with accounts.database.transaction() as db:
        learn(db, accounts.id, replace(TAXI, description="4711"), "Meals", now=accounts.clock())
    assert accounts_of(accounts, replace(TAXI, description="0815")) == [None]


def test_very_long_descriptions_have_keys_that_fit() -> None:
    assert len(words_key("a b" * 500)) <= 300
    assert words_key("a b" * 500) != words_key("a b" * 501)


def test_rules_and_what_was_learnt_of_another_company_do_not_count(accounts: Worded) -> None:
    rule_id = added(accounts, Rule("taxi", "Travel"))
    with accounts.database.transaction() as db:
        learn(db, accounts.id, replace(TAXI, description="Bus"), "Meals", now=accounts.clock())
    other = Worded(accounts.database, accounts.clock, "other")
    assert accounts_of(other, TAXI, replace(TAXI, description="Bus")) == [None, None]
    with other.database.transaction() as db, pytest.raises(NotFound):
        remove_rule(db, find_company(db, "other"), rule_id, by=ANN, now=other.clock())
    with other.database.transaction() as db, pytest.raises(NotFound):
        move_rule(db, find_company(db, "other"), rule_id, 1, by=ANN, now=other.clock())
