"""What comes in as a document, what is refused and where, and that equal documents have one and the same body."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from qbwc_server.documents.kinds import (
    KINDS,
    Document,
    body_digest,
    dump_document,
    kept_form,
    load_document,
    read_document,
)
from qbwc_server.documents.kinds.invoice import Invoice
from tests.qbwc_server.documents.strategies import DOCUMENTS

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "origin": "shop:1",
    "date": "2026-03-02",
    "customer": "Acme",
    "lines": [{"item": "Seat", "quantity": "3", "rate": "10", "amount": "30"}],
}
PAYMENT: dict[str, Any] = {
    "kind": "payment",
    "origin": "pay:1",
    "date": "2026-03-02",
    "customer": "Acme",
    "amount": "30.00",
    "applies_to": [{"invoice": "shop:1", "amount": "30.00"}],
}


def mistakes(record: object) -> list[tuple[tuple[int | str, ...], str]]:
    """Path and type of each mistake."""
    with pytest.raises(ValidationError) as refusal:
        read_document(record)
    return [(one["loc"], one["type"]) for one in refusal.value.errors()]


def with_line(**values: Any) -> dict[str, Any]:
    return {**INVOICE, "lines": [{"item": "Seat", **values}]}


@pytest.mark.parametrize(
    ("record", "path", "mistake"),
    [
        ({**INVOICE, "kind": "bil"}, (), "union_tag_invalid"),
        ({"origin": "a"}, (), "union_tag_not_found"),
        ("text", (), "model_attributes_type"),
        ({**INVOICE, "colour": "red"}, ("invoice", "colour"), "extra_forbidden"),
        ({**INVOICE, "payment_method": "Cash"}, ("invoice", "payment_method"), "extra_forbidden"),
        ({**INVOICE, "lines": []}, ("invoice", "lines"), "too_short"),
        ({**INVOICE, "lines": [{"item": "Seat"}] * 1001}, ("invoice", "lines"), "too_long"),
        (with_line(colour="red"), ("invoice", "lines", 0, "colour"), "extra_forbidden"),
        ({**INVOICE, "customer": " "}, ("invoice", "customer", "name"), "string_too_short"),
        ({**INVOICE, "customer": "x" * 301}, ("invoice", "customer", "name"), "string_too_long"),
        ({**INVOICE, "customer": "a\0b"}, ("invoice", "customer", "name"), "nul_character"),
        ({**INVOICE, "memo": "\ud800"}, ("invoice", "memo"), "string_unicode"),
        ({**INVOICE, "number": "1" * 21}, ("invoice", "number"), "string_too_long"),
        ({**INVOICE, "customer": {"name": "A", "billing_address": {"lines": ["1"] * 6}}},
         ("invoice", "customer", "billing_address", "lines"), "too_long"),
        ({**PAYMENT, "amount": "0"}, ("payment", "amount"), "greater_than"),
        ({**PAYMENT, "amount": "-1"}, ("payment", "amount"), "greater_than"),
        ({**PAYMENT, "applies_to": [{"invoice": "a", "amount": "0.00"}]},
         ("payment", "applies_to", 0, "amount"), "greater_than"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_path(record: object, path: tuple[int | str, ...], mistake: str) -> None:
    assert (path, mistake) in mistakes(record)


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("0.001", "decimal_max_places"),
        ("10000000000000", "decimal_whole_digits"),
        ("NaN", "finite_number"),
        ("Infinity", "finite_number"),
        ("1,50", "decimal_parsing"),
        ("", "decimal_parsing"),
        (True, "decimal_type"),
    ],
)
def test_what_is_no_amount(written: object, mistake: str) -> None:
    assert (("invoice", "lines", 0, "amount"), mistake) in mistakes(with_line(amount=written))


@pytest.mark.parametrize("field", ["quantity", "rate"])
def test_quantities_and_rates_have_five_decimals(field: str) -> None:
    line = Invoice.model_validate(with_line(**{field: "0.12345"})).lines[0]
    assert getattr(line, field) == Decimal("0.12345")
    assert mistakes(with_line(**{field: "0.123456"}))[0] == (("invoice", "lines", 0, field), "decimal_max_places")


@pytest.mark.parametrize("written", ["30", "30.0", "30.00", "+30", " 30 ", "3E+1", 30, 30.0, Decimal("30.000")])
def test_the_forms_of_a_number_make_one_body(written: object) -> None:
    record = with_line(amount=written, quantity=written, rate=written)
    body = dump_document(read_document(record))
    assert body == dump_document(read_document(with_line(amount="30.00", quantity="30", rate="30")))
    assert '"amount":"30.00"' in body
    assert '"quantity":"30"' in body


@pytest.mark.parametrize("zero", ["0", "-0", "0.00", "-0.00", "0E+2"])
def test_there_is_one_zero(zero: str) -> None:
    document = read_document(with_line(amount=zero, quantity=zero))
    assert dump_document(document) == dump_document(read_document(with_line(amount="0", quantity="0")))


@pytest.mark.parametrize(
    "written", ["1969-12-31", "2038-01-19", "2026-02-30", "2026-3-2", "02/03/2026", "20260302", 20260302, 1772409600,
                "1772409600", "2026-03-02T10:00:00", "", None, True],
)  # fmt: skip
def test_what_is_no_date(written: object) -> None:
    assert [path for path, _ in mistakes({**INVOICE, "date": written})] == [("invoice", "date")]


@pytest.mark.parametrize("written", ["1970-01-01", "2038-01-18", date(2026, 3, 2)])
def test_dates_that_quickbooks_knows(written: str | date) -> None:
    assert str(read_document({**INVOICE, "date": written}).date) == str(written)


@pytest.mark.parametrize("origin", ["a", "shop:1001", "A b", "~", "x" * 120, " shop:1 "])
def test_origins(origin: str) -> None:
    assert read_document({**INVOICE, "origin": origin}).origin == origin.strip()


@pytest.mark.parametrize("origin", ["", " ", "x" * 121, "é", "注文1", "a\tb", "a\nb", "a\x7fb", "a\u00a0b", 7, None])
def test_what_is_no_origin(origin: object) -> None:
    assert [path for path, _ in mistakes({**INVOICE, "origin": origin})] == [("invoice", "origin")]


@pytest.mark.parametrize(
    "spelt_out",
    [
        {"memo": None},
        {"number": None, "due_date": None, "to_be_printed": None},
        {"customer": {"name": "Acme"}},
        {"customer": {"name": "Acme", "email": None, "billing_address": None}},
        {"customer": {"name": "Acme", "billing_address": {}}},
        {"customer": {"name": " Acme ", "shipping_address": {"lines": [], "city": None}}},
        {"lines": [{"item": "Seat", "quantity": 3, "rate": 10.0, "amount": "30.00", "description": None}]},
    ],
)
def test_a_default_spelt_out_is_the_same_as_one_left_out(spelt_out: dict[str, Any]) -> None:
    assert dump_document(read_document({**INVOICE, **spelt_out})) == dump_document(read_document(INVOICE))


@pytest.mark.parametrize(
    "change",
    [
        {"to_be_printed": False},
        {"origin": "shop:2"},
        {"number": "1"},
        {"customer": "ACME"},
        {"total": "30.00"},
        {"lines": [{"item": "Seat", "quantity": "3", "rate": "10", "amount": "30.01"}]},
        {"lines": INVOICE["lines"] * 2},
        {"kind": "credit_memo"},
    ],
)
def test_another_content_has_another_body(change: dict[str, Any]) -> None:
    one, other = (dump_document(read_document(record)) for record in (INVOICE, {**INVOICE, **change}))
    assert body_digest(one) != body_digest(other)


def test_lines_and_class_keep_their_order_and_name() -> None:
    record = {**INVOICE, "class": "West", "lines": [{"description": "b", "class": "x"}, {"description": "a"}]}
    document = read_document(record)
    assert isinstance(document, Invoice)
    assert [line.description for line in document.lines] == ["b", "a"]
    assert (document.class_name, document.lines[0].class_name) == ("West", "x")
    assert '"class":"West"' in dump_document(document)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(DOCUMENTS)
def test_a_document_survives_its_canonical_form(document: Document) -> None:
    body = dump_document(document)
    again = load_document(body)
    assert dump_document(again) == body
    assert type(again) is KINDS[document.kind]
    assert again == document


@pytest.mark.parametrize(
    "given_as",
    [
        {},
        {"memo": ""},
        {"customer": {"name": "Acme", "billing_address": {}}},
        {"customer": {"name": "Acme", "billing_address": {"lines": []}}},
        {"lines": [{"item": "Seat", "amount": "30", "description": ""}]},
    ],
)
def test_a_document_is_kept_in_the_form_in_which_it_is_read_back(given_as: dict[str, Any]) -> None:
    document = read_document({**INVOICE, **given_as})
    kept, body = kept_form(document)
    assert body == dump_document(document)
    assert kept == load_document(body)
