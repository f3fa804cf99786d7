"""Lines of documents as entries of a statement, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.documents.kinds import KINDS, Document, read_document
from qbwc_server.mapping.rules.rule import Direction, Rule, Split, StatementEntry, booked_by
from qbwc_server.mapping.rules.statement import STATEMENTS, entries_of, put_lines

EXPENSE, INCOME = Direction.EXPENSE, Direction.INCOME


def check(*lines: dict[str, Any], **more: Any) -> Document:
    return read_document(
        {
            "kind": "check", "origin": "bank:1", "date": "2026-03-02", "bank_account": "Checking",
            "expenses": [{"account": "Unknown", "amount": "12.00", **line} for line in lines], **more,
        }
    )  # fmt: skip


def test_a_line_says_what_its_memo_says_else_the_document_else_who_was_paid() -> None:
    document = check({"memo": "Parking"}, {}, memo="Travel")
    assert [one.description for one in entries_of(document).values()] == ["Parking", "Travel"]
    (entry,) = entries_of(check({}, vendor="City")).values()
    assert entry == StatementEntry("City", EXPENSE, Decimal("12.00"), "Checking")
    assert entries_of(check({})) == {}


def test_what_is_less_than_nothing_goes_the_other_way() -> None:
    found = entries_of(check({"memo": "Back", "amount": "-3.00"}, {"memo": "Nothing", "amount": "0.00"}))
    assert found == {"expenses[0]": StatementEntry("Back", INCOME, Decimal("3.00"), "Checking")}


def test_money_that_is_deposited_comes_in() -> None:
    lines = [{"account": "Sales", "amount": "9.00", "memo": "Card settlement"}]
    deposit = read_document(
        {"kind": "deposit", "origin": "bank:2", "date": "2026-03-02", "deposit_to": "Checking", "lines": lines}
    )
    assert entries_of(deposit) == {"lines[0]": StatementEntry("Card settlement", INCOME, Decimal("9.00"), "Checking")}


@pytest.mark.parametrize("kind", sorted(STATEMENTS))
def test_the_table_names_fields_that_are_there(kind: str) -> None:
    told = STATEMENTS[kind]
    assert {told.lines, *filter(None, [told.source])} <= KINDS[kind].model_fields.keys()


@given(
    st.lists(st.integers(-99_999, 99_999).filter(bool), min_size=1, max_size=6),
    st.lists(st.integers(1, 33), max_size=3),
)
def test_no_cent_is_lost_and_no_other_line_moves(cents: list[int], percents: list[int]) -> None:
    lines = [
        {"memo": f"fee {at}" if at % 2 else f"other {at}", "amount": str(Decimal(one) / 100)}
        for at, one in enumerate(cents)
    ]
    document = check(*lines)
    rule = Rule("fee", "Fees", splits=tuple(Split("Part", percent=Decimal(one)) for one in percents), id=7)
    entries = entries_of(document)
    booked = {place: one for place, entry in entries.items() if (one := booked_by([rule], entry)) is not None}
    put = put_lines(document, booked)
    assert put.document.adds_up_to() == document.adds_up_to()
    before, after = document.model_dump()["expenses"], put.document.model_dump()["expenses"]
    for place, line in enumerate(before):
        if f"expenses[{place}]" not in booked:
            assert after[place] == line
    named = {one.field: one.name for one in put.document.names()}
    assert all(why == "rule 7" and named[place] in ("Fees", "Part") for place, why in put.given.items())
    assert len(put.given) == sum(len(one.lines) for one in booked.values())


def test_what_would_have_too_many_lines_stays_as_it_is() -> None:
    document = check(*[{"memo": "fee"}] * 1000)
    rule = Rule("fee", "Fees", splits=(Split("Part", percent=Decimal(50)),))
    booked = {place: one for place, entry in entries_of(document).items() if (one := booked_by([rule], entry))}
    assert put_lines(document, booked).document == document
