"""JSON Lines: every kind, every mistake with its line, nothing guessed."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem
from qbwc_server.channels.files.contract import FileOptions, FileRefused
from qbwc_server.channels.files.json_lines import read
from qbwc_server.documents.kinds import Document, dump_document
from qbwc_server.documents.kinds.invoice import Invoice
from tests.channels.invented import documents

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "origin": "a-1",
    "date": "2026-03-02",
    "customer": "Café Zoë",
    "lines": [{"item": "Tea", "amount": "5"}],
}


def outcomes(*lines: str | dict[str, Any], encoding: str = "utf-8") -> list[Outcome]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    return list(read(io.BytesIO(text.encode(encoding)), FileOptions()))


def problem(line: str | dict[str, Any]) -> RowProblem:
    (found,) = outcomes(line)
    assert isinstance(found, RowProblem)
    return found


def test_a_line_becomes_a_document() -> None:
    (found,) = outcomes(INVOICE)
    assert isinstance(found, Draft)
    assert isinstance(found.document, Invoice)
    assert found.document.customer.name == "Café Zoë"
    assert found.line_number == 1


def test_line_numbers_count_empty_lines() -> None:
    found = outcomes("", INVOICE, "  ", {**INVOICE, "origin": "a-2"})
    assert [one.line_number for one in found if isinstance(one, Draft)] == [2, 4]


def test_byte_order_mark_and_crlf_are_fine() -> None:
    text = "\ufeff" + json.dumps(INVOICE) + "\r\n" + json.dumps({**INVOICE, "origin": "a-2"}) + "\r\n"
    found = list(read(io.BytesIO(text.encode()), FileOptions()))
    assert [type(one) for one in found] == [Draft, Draft]


def test_windows_1252_is_read_and_remarked() -> None:
    remark, draft = outcomes(INVOICE, encoding="cp1252")
    assert isinstance(remark, Remark)
    assert "Windows-1252" in remark.message
    assert isinstance(draft, Draft)
    assert draft.document.party is not None
    assert draft.document.party.name == "Café Zoë"


@pytest.mark.parametrize("amount", ["5", 5, "5.00", "5.0", " 5 "])
def test_an_amount_is_the_same_however_it_is_written(amount: object) -> None:
    (found,) = outcomes({**INVOICE, "lines": [{"item": "Tea", "amount": amount, "quantity": amount}]})
    (plain,) = outcomes({**INVOICE, "lines": [{"item": "Tea", "amount": "5.00", "quantity": "5"}]})
    assert isinstance(found, Draft)
    assert isinstance(plain, Draft)
    assert dump_document(found.document) == dump_document(plain.document)


def test_json_numbers_are_exact() -> None:
    line = json.dumps(INVOICE).replace('"amount": "5"', '"amount": 84.10')
    (found,) = outcomes(line)
    assert isinstance(found, Draft)
    assert isinstance(found.document, Invoice)
    assert str(found.document.lines[0].amount) == "84.10"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "bil"}, "kind", "unknown_kind"),
        ({"kind": None}, "kind", "unknown_kind"),
        ({"origin": None}, "origin", "bad_value"),
        ({"origin": ""}, "origin", "missing_value"),
        ({"origin": "é"}, "origin", "bad_characters"),
        ({"origin": "x" * 121}, "origin", "too_long"),
        ({"date": "03/04/2026"}, "date", "bad_date"),
        ({"date": 20260304}, "date", "bad_date"),
        ({"date": 1772409600}, "date", "bad_date"),
        ({"date": "1772409600"}, "date", "bad_date"),
        ({"date": "2026-02-30"}, "date", "bad_date"),
        ({"date": "1969-12-31"}, "date", "bad_date"),
        ({"date": "2038-01-19"}, "date", "bad_date"),
        ({"customer": {}}, "customer.name", "missing_value"),
        ({"due": "2026-03-02"}, "due", "unknown_field"),
        ({"deposit_to": "Bank"}, "deposit_to", "unknown_field"),
        ({"memo": "a\u0000b"}, "memo", "control_character"),
        ({"memo": 5}, "memo", "bad_value"),
        ({"lines": []}, "lines", "missing_value"),
        ({"lines": [{"item": "a"}] * 1001}, "lines", "too_many"),
        ({"lines": [{"item": "a", "amount": "1,50"}]}, "lines[0].amount", "bad_number"),
        ({"lines": [{"item": "a", "amount": "1e3"}]}, "lines[0].amount", "bad_number"),
        ({"lines": [{"item": "a", "amount": True}]}, "lines[0].amount", "bad_number"),
        ({"lines": [{"item": "a", "amount": "1.234"}]}, "lines[0].amount", "too_many_decimals"),
        ({"lines": [{"item": "a", "amount": "99999999999999"}]}, "lines[0].amount", "too_large"),
        ({"lines": [{"item": "a"}, {"item": "b", "quantity": 1e300}]}, "lines[1].quantity", "too_large"),
        ({"total": "1_000"}, "total", "bad_number"),
    ],
)
def test_mistakes_name_field_and_code(change: dict[str, Any], field: str, code: str) -> None:
    found = problem({**INVOICE, **change})
    assert (found.problem.field, found.problem.code) == (field, code)
    assert found.problem.message.endswith(".")
    assert found.problem.advice


def test_a_payment_needs_an_amount_above_nothing() -> None:
    payment = {"kind": "payment", "origin": "p", "date": "2026-03-02", "customer": "A", "amount": "0"}
    assert problem(payment).problem.code == "not_positive"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"kind": "invoice"', "not_json"),
        ("hello", "not_json"),
        ("[1]", "not_a_document"),
        ("7", "not_a_document"),
        ('{"a": NaN}', "bad_number"),
        ('{"a": 1, "a": 2}', "field_twice"),
        ('{"a": ' + "9" * 5000 + "}", "bad_number"),
        ("[" * 200_000, "nested_too_deeply"),
        ('{"a": ' * 900 + "1" + "}" * 900, "nested_too_deeply"),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", "nested_too_deeply"),
        ('{"a": "' + "x" * 1_000_000 + '"}', "row_too_long"),
        ('{"memo": "\\ud800"}', "control_character"),
    ],
)
def test_lines_that_are_no_documents(line: str, code: str) -> None:
    assert code in {one.problem.code for one in outcomes(line) if isinstance(one, RowProblem)}


def test_messages_can_always_be_written() -> None:
    """Names and keys come from the file; half a character in them must not break the report."""
    lines = [
        '{"\\ud800": 1, "origin": "\\ud800"}',
        '{"a\\u001b": 1, "a\\u001b": 2}',
        '{"date": "\\ud800", "total": "\\ud800"}',
    ]
    for one in outcomes(*lines):
        assert isinstance(one, RowProblem)
        text = f"{one.origin} {one.problem.field} {one.problem.message}"
        assert text.encode().decode() == text
        assert "\x1b" not in text


@pytest.mark.parametrize("broken", ["{", "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900])
def test_a_broken_line_does_not_stop_the_rest(broken: str) -> None:
    found = outcomes(INVOICE, broken, {**INVOICE, "origin": "a-2"})
    assert [type(one) for one in found] == [Draft, RowProblem, Draft]


def test_one_mistake_does_not_hide_another() -> None:
    found = outcomes({**INVOICE, "memo": "a\0b", "date": "x", "due": 1, "lines": [{"item": "a", "amount": "1,5"}]})
    told = [(one.problem.field, one.problem.code) for one in found if isinstance(one, RowProblem)]
    assert sorted(told) == [
        ("date", "bad_date"),
        ("due", "unknown_field"),
        ("lines[0].amount", "bad_number"),
        ("memo", "control_character"),
    ]


def test_a_name_of_a_megabyte_is_not_repeated() -> None:
    (found,) = outcomes({**INVOICE, "x" * 100_000: 1})
    assert isinstance(found, RowProblem)
    assert len(found.problem.message) < 300


def test_all_mistakes_of_a_document_are_told_with_one_document_line() -> None:
    found = outcomes(INVOICE, {**INVOICE, "date": "x", "total": "1,5"})
    told = [one for one in found if isinstance(one, RowProblem)]
    assert [(one.problem.field, one.document_line, one.origin) for one in told] == [
        ("date", 2, "a-1"),
        ("total", 2, "a-1"),
    ]


def test_a_file_that_is_no_json_is_given_up() -> None:
    with pytest.raises(FileRefused):
        outcomes(*["x"] * 1100)


@settings(max_examples=60)
@given(documents())
def test_every_document_survives(document: Document) -> None:
    (found,) = outcomes(dump_document(document))
    assert isinstance(found, Draft), found
    assert found.document == document
