"""Foot before post: whatever a document and its source say of its sums is the same, or both sums are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.documents.kinds import dump_document, load_document, read_document
from qbwc_server.documents.kinds.footing import DOES_NOT_FOOT
from qbwc_server.documents.problems import Problem
from tests.qbwc_server.documents.strategies import DOCUMENTS, cents

RECEIPT: dict[str, Any] = {
    "kind": "sales_receipt",
    "origin": "o",
    "date": "2026-03-02",
    "customer": "Acme",
    "lines": [{"item": "S", "amount": "30.00"}],
}
BILL: dict[str, Any] = {
    "kind": "bill",
    "origin": "b",
    "date": "2026-03-02",
    "vendor": "Mill",
    "expenses": [{"account": "Rent", "amount": "30.00"}],
}
DEPOSIT: dict[str, Any] = {
    "kind": "deposit",
    "origin": "d",
    "date": "2026-03-02",
    "deposit_to": "Checking",
    "lines": [{"account": "Sales", "amount": "30.00"}],
}
WHOLE = {
    "lines": "24.00",
    "tax": "3.00",
    "tips": "2.98",
    "rounding": "0.02",
    "total": "30.00",
    "tenders": [{"name": "Cash", "amount": "10.00"}, {"name": "Visa", "amount": "20.00"}],
}
PARTS = ("lines", "tax", "tips", "rounding")


def problems(record: dict[str, Any]) -> list[Problem]:
    return read_document(record).problems()


@pytest.mark.parametrize("record", [RECEIPT, BILL, DEPOSIT], ids=["sale", "purchase", "deposit"])
@pytest.mark.parametrize("stated", [WHOLE, {"total": "30"}, {"lines": "30"}, {"lines": "28", "tax": "2"}])
def test_what_foots_has_no_problem(record: dict[str, Any], stated: dict[str, Any]) -> None:
    assert problems({**record, "stated": stated}) == []


@pytest.mark.parametrize("record", [RECEIPT, BILL, DEPOSIT], ids=["sale", "purchase", "deposit"])
@pytest.mark.parametrize(
    ("stated", "field", "sums"),
    [
        ({"total": "30.01"}, "stated.total", "comes to 30.00, but its source says 30.01."),
        ({**WHOLE, "tips": "2.99"}, "stated.lines",
         "but its parts (lines 24.00, tax 3.00, tips 2.99, rounding 0.02) come to 30.01."),
        ({"tenders": [{"name": "Cash", "amount": "29.99"}]}, "stated.tenders",
         "but the tenders (Cash 29.99) come to 29.99."),
    ],
)  # fmt: skip
def test_both_sums_are_told(record: dict[str, Any], stated: dict[str, Any], field: str, sums: str) -> None:
    told = problems({**record, "stated": stated})
    assert {one.code for one in told} == {DOES_NOT_FOOT}
    (problem,) = [one for one in told if one.field == field] or told
    assert problem.message.endswith(sums) or "no tax item" in problem.message
    assert "30.00" in problem.message
    assert problem.advice


def test_the_tax_that_quickbooks_adds_is_part_of_the_total() -> None:
    taxed = {**RECEIPT, "sales_tax_item": "NY", "total": "32.48"}
    assert problems({**taxed, "stated": {"tax": "2.48", "lines": "30"}}) == []
    (problem,) = problems({**taxed, "stated": {"tax": "2.47", "lines": "30.01"}})
    assert problem.message == (
        "The lines add up to 30.00 and the tax to 2.47, together 32.47, but the total says 32.48."
    )
    assert problems({**RECEIPT, "sales_tax_item": "Out of State", "stated": WHOLE}) == []  # the tax stands on a line
    unnamed = {**RECEIPT, "sales_tax_item": "NY", "stated": {"tax": "2.48", "lines": "30", "total": "32.48"}}
    assert problems(unnamed) == []
    assert [one.field for one in problems({**unnamed, "stated": {**unnamed["stated"], "tax": "2"}})] != []


def test_where_only_quickbooks_knows_a_price_the_source_must_agree_with_itself() -> None:
    unpriced = {**RECEIPT, "lines": [{"item": "S"}]}
    assert problems({**unpriced, "stated": WHOLE}) == []
    (problem,) = problems({**unpriced, "stated": {**WHOLE, "tenders": [{"name": "Cash", "amount": "1"}]}})
    assert problem.field == "stated.tenders"


def test_a_part_alone_is_no_sum() -> None:
    (problem,) = problems({**RECEIPT, "stated": {"tips": "2"}})
    assert (problem.code, problem.field) == ("stated_without_lines", "stated.lines")


def test_many_tenders_are_told_in_short() -> None:
    tenders = [{"name": f"Card {number}", "amount": "1"} for number in range(50)]
    (problem,) = problems({**RECEIPT, "stated": {"tenders": tenders}})
    assert "45 more" in problem.message


AMOUNTS = cents(-(10**5), 10**5)
STATED = st.fixed_dictionaries(
    {"lines": AMOUNTS},
    optional={
        **dict.fromkeys((*PARTS[1:], "total"), AMOUNTS),
        "tenders": st.lists(st.fixed_dictionaries({"name": st.just("Cash"), "amount": AMOUNTS}), max_size=4),
    },
)


@st.composite
def sums(draw: st.DrawFn) -> dict[str, Any]:
    """What a source states: half of the time all of it is the same."""
    stated: dict[str, Any] = draw(STATED)
    if draw(st.booleans()):
        total = sum(Decimal(stated[name]) for name in PARTS if name in stated)
        if "total" in stated:
            stated["total"] = str(total)
        if tenders := stated.get("tenders"):
            rest = sum(Decimal(one["amount"]) for one in tenders[1:])
            tenders[0]["amount"] = str(total - rest)
    return stated


def foots(stated: dict[str, Any], comes_to: Decimal) -> bool:
    """The rule of the books: lines + tax + tips + rounding = tenders = total."""
    said = {sum(Decimal(stated[name]) for name in PARTS if name in stated), comes_to}
    if "total" in stated:
        said.add(Decimal(stated["total"]))
    if stated.get("tenders"):
        said.add(sum(Decimal(one["amount"]) for one in stated["tenders"]))
    return len(said) == 1


@given(sums(), AMOUNTS, st.booleans(), st.sampled_from(["receipt", "bill", "journal"]))
def test_a_document_has_a_problem_exactly_when_its_sums_differ(
    stated: dict[str, Any], other: str, same: bool, kind: str
) -> None:
    parts = sum((Decimal(stated[name]) for name in PARTS if name in stated), Decimal(0))
    total = parts if same else Decimal(other)
    if kind == "journal":
        total = abs(total) + 1
        both = [{"account": "A", "debit": str(total)}, {"account": "B", "credit": str(total)}]
        record = {"kind": "journal_entry", "origin": "j", "date": "2026-03-02", "lines": both}
    elif kind == "bill":
        record = {**BILL, "expenses": [{"account": "Rent", "amount": str(total)}]}
    else:
        record = {**RECEIPT, "lines": [{"item": "S", "amount": str(total)}]}
    told = [one for one in problems({**record, "stated": stated}) if one.code == DOES_NOT_FOOT]
    assert bool(told) == (not foots(stated, total))
    for one in told:
        assert len({text for text in one.message.replace(",", " ").split() if "." in text}) > 1  # two sums


@given(DOCUMENTS)
def test_what_is_stated_is_kept_with_the_document(document: Any) -> None:
    assert load_document(dump_document(document)).stated == document.stated
