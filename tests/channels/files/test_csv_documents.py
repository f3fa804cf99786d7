"""Our CSV: every kind, friendly headers, every mistake with line and column, nothing taken in part."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem
from qbwc_server.channels.files.columns import COLUMNS, lines_of
from qbwc_server.channels.files.contract import Beginning, WrongColumns
from qbwc_server.channels.files.csv_documents import CsvOptions, read, recognises
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from tests.channels.invented import documents

HEADER = "kind,origin,date,customer,item,quantity,amount,total,due_date,memo"


def outcomes(text: str, *, encoding: str = "utf-8", **options: Any) -> list[Outcome]:
    return list(read(io.BytesIO(text.encode(encoding)), CsvOptions(**options)))


def drafts(found: list[Outcome]) -> list[Document]:
    assert all(isinstance(one, Draft) for one in found), found
    return [one.document for one in found if isinstance(one, Draft)]


def problems(text: str) -> list[tuple[int, str, str]]:
    return [
        (one.line_number, one.problem.field, one.problem.code) for one in outcomes(text) if isinstance(one, RowProblem)
    ]


def test_every_kind() -> None:
    text = """Type,Key,Doc-Date,Customer Name,Item,Qty,Unit Price,Line amount,Payment Method,Applied To,Applied Amount
    Invoice,i-1,2026-03-01,Ann,Tea,2,1.50,,,,
    Sales Receipt,s-1,2026-03-01,Ann,Tea,,,5,Cash,,
    credit-memo,c-1,2026-03-01,Ann,Tea,,,5,,,
    payment,p-1,2026-03-01,Ann,,,,4,Check,i-1,3
    ,p-1,,,,,,,,i-2,1
    """.replace("Doc-Date", "Document Date")
    invoice, receipt, credit, payment = drafts(outcomes(text))
    assert isinstance(invoice, Invoice)
    assert (invoice.lines[0].quantity, invoice.lines[0].rate) == (Decimal(2), Decimal("1.5"))
    assert isinstance(receipt, SalesReceipt)
    assert receipt.payment_method == "Cash"
    assert isinstance(credit, CreditMemo)
    assert isinstance(payment, Payment)
    assert payment.amount == 4
    assert [(part.invoice, part.amount) for part in payment.applies_to] == [("i-1", Decimal(3)), ("i-2", Decimal(1))]


def test_lines_of_one_document_stand_on_rows_of_their_own() -> None:
    text = f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,1,5,15,,\n,a,,,Cup,2,10,,,\ninvoice,b,2026-03-01,Ann,Tea,1,5,,,\n"
    first, second = drafts(outcomes(text))
    assert isinstance(first, Invoice)
    assert [(line.item, line.amount) for line in first.lines] == [("Tea", Decimal(5)), ("Cup", Decimal(10))]
    assert first.total == 15
    assert second.origin == "b"


def test_the_first_row_may_hold_no_line_and_others_may_repeat_it() -> None:
    text = f"{HEADER}\ninvoice,a,2026-03-01,Ann,,,,15,,\ninvoice,a,2026-03-01,Ann,Tea,1,15,15,,\n"
    (document,) = drafts(outcomes(text))
    assert isinstance(document, Invoice)
    assert len(document.lines) == 1


def test_multi_line_cells_crlf_and_other_scripts() -> None:
    text = (
        "\ufeffkind,origin,date,customer,shipping street,item,description,amount\r\n"
        'invoice,a,2026-03-01,"株式会社 茶, 東京","1F\r\n2-3-4 千代田",Tea,"煎茶\r\n100 g",5\r\n'
    )
    (document,) = drafts(outcomes(text))
    assert isinstance(document, Invoice)
    assert document.customer.name == "株式会社 茶, 東京"
    assert document.customer.shipping_address is not None
    assert document.customer.shipping_address.lines == ("1F", "2-3-4 千代田")
    assert document.lines[0].description == "煎茶\r\n100 g"


def test_windows_1252_with_semicolons_as_a_spreadsheet_saves_it() -> None:
    text = "kind;origin;date;customer;item;amount\r\ninvoice;a;2026-03-01;Müller & Söhne;Tee;5.50\r\n"
    remark, draft = outcomes(text, encoding="cp1252")
    assert isinstance(remark, Remark)
    assert isinstance(draft, Draft)
    assert draft.document.party is not None
    assert draft.document.party.name == "Müller & Söhne"


def test_amounts_are_one_amount_however_a_spreadsheet_writes_them() -> None:
    first, second = (drafts(outcomes(f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,{n},{n},{n},,\n")) for n in ("5.00", "5"))
    assert first == second
    assert str(first[0].model_dump()["total"]) == "5.00" == str(second[0].model_dump()["total"])


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",a,2026-03-01,Ann,Tea,1,5,,,", "kind", "missing_value"),
        ("bil,a,2026-03-01,Ann,Tea,1,5,,,", "kind", "unknown_kind"),
        ("invoice,,2026-03-01,Ann,Tea,1,5,,,", "origin", "missing_value"),
        ("invoice,é,2026-03-01,Ann,Tea,1,5,,,", "origin", "bad_characters"),
        ("invoice,a,,Ann,Tea,1,5,,,", "date", "missing_value"),
        ("invoice,a,03/04/2026,Ann,Tea,1,5,,,", "date", "date_in_two_ways"),
        ("invoice,a,2026-03-01,,Tea,1,5,,,", "customer", "missing_value"),
        ("invoice,a,2026-03-01,Ann,Tea,1,$5,,,", "amount", "bad_number"),
        ('invoice,a,2026-03-01,Ann,Tea,1,"1,234",,,', "amount", "number_in_two_ways"),
        ("invoice,a,2026-03-01,Ann,Tea,1,1.234,,,", "amount", "number_in_two_ways"),
        ("invoice,a,2026-03-01,Ann,Tea,1,1.2345,,,", "amount", "too_many_decimals"),
        ("invoice,a,2026-03-01,Ann,Tea,1,,,,", "amount", "no_price"),
        ("invoice,a,2026-03-01,Ann,Tea,0.000001,1,,,", "quantity", "too_many_decimals"),
        ("invoice,a,2026-03-01,Ann,,,,5,,", "lines", "missing_value"),
        ("invoice,a,2026-03-01,Ann,Tea,1,5,x,,", "total", "bad_number"),
        ("credit memo,a,2026-03-01,Ann,Tea,1,5,,2026-03-09,", "due_date", "unknown_field"),
        ("invoice,a,2026-03-01,Ann,Tea,1,5,,,a\x00b", "memo", "control_character"),
        ("payment,a,2026-03-01,Ann,Tea,,5,,,", "item", "unknown_field"),
        ("payment,a,2026-03-01,Ann,,,,,,", "amount", "missing_value"),
        ("payment,a,2026-03-01,Ann,,,-5,,,", "amount", "not_positive"),
        ("invoice,a,2026-03-01,Ann,Tea,1,5,,,,,x", "", "too_many_cells"),
        ('invoice,a,2026-03-01,Ann,"Tea"s,1,5,,,', "", "stray_quotation_mark"),
    ],
)
def test_mistakes_name_line_column_and_code_and_stop_nobody_else(row: str, field: str, code: str) -> None:
    good = "invoice,z{},2026-03-01,Ann,Tea,1,5,,,"
    text = "\n".join([HEADER, good.format(1), row, good.format(2)])
    found = outcomes(text)
    assert (3, field, code) in [
        (p.line_number, p.problem.field, p.problem.code) for p in found if isinstance(p, RowProblem)
    ]
    assert all(p.problem.message.endswith(".") and p.problem.advice for p in found if isinstance(p, RowProblem))
    if row.split(",")[1]:  # what names its document costs nobody else anything
        assert [d.document.origin for d in found if isinstance(d, Draft)] == ["z1", "z2"]


def test_a_mistake_in_a_further_line_names_its_own_row() -> None:
    text = f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,1,5,,,\n,a,,,Cup,1,1.2345,,,\n"
    assert problems(text) == [(3, "amount", "too_many_decimals")]


def test_a_mistake_in_an_application_names_its_own_row() -> None:
    header = "kind,origin,date,customer,amount,applies_to,applied_amount\n"
    assert problems(f"{header}payment,a,2026-03-01,Ann,5,i-1,2\n,a,,,,i-2,\n") == [
        (3, "applied_amount", "missing_value")
    ]
    assert problems(f"{header}invoice,a,2026-03-01,Ann,5,i-1,\n") == [(2, "applies_to", "unknown_field")]


def test_rows_may_not_contradict_the_first() -> None:
    text = f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,1,5,,,\n,a,2026-03-02,,Cup,1,5,,,\n"
    assert problems(text) == [(3, "date", "contradiction")]


def test_a_further_row_that_says_nothing_is_a_mistake() -> None:
    assert problems(f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,1,5,,,\n,a,,,,,,,,\n") == [(3, "", "empty_line")]


def test_scattered_rows_are_never_posted_in_part() -> None:
    row = "invoice,{},2026-03-01,Ann,Tea,1,5,,,\n"
    text = f"{HEADER}\n" + row.format("a") + row.format("b") + row.format("a")
    found = outcomes(text)
    assert [d.document.origin for d in found if isinstance(d, Draft)] == ["b"]
    assert [(p.line_number, p.problem.code) for p in found if isinstance(p, RowProblem)] == [
        (2, "rows_not_adjacent"),
        (4, "rows_not_adjacent"),
    ]


def test_a_line_that_may_belong_above_keeps_that_document_out() -> None:
    text = f"{HEADER}\ninvoice,a,2026-03-01,Ann,Tea,1,5,,,\n,,,,Cup,1,5,,,\ninvoice,b,2026-03-01,Ann,Tea,1,5,,,\n"
    found = outcomes(text)
    assert [d.document.origin for d in found if isinstance(d, Draft)] == ["b"]
    assert problems(text) == [(2, "", "line_in_doubt"), (3, "origin", "missing_value")]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("kind,origin,date,customer,quantitiy", "quantity"),
        ("kind,origin,date", "customer"),
        ("kind,origin,date,customer,qty,quantity", "quantity"),
        ("kind,origin,date,customer,Region", "Region"),
    ],
)
def test_a_header_that_does_not_fit_stops_the_file(header: str, said: str) -> None:
    with pytest.raises(WrongColumns, match=said):
        outcomes(header + "\n")


def test_columns_can_be_left_out() -> None:
    text = "kind,origin,date,customer,Region,item,amount\ninvoice,a,2026-03-01,Ann,EMEA,Tea,5\n"
    assert drafts(outcomes(text, ignore_columns=("region",))) == drafts(outcomes(text, ignore_columns=("*",)))


def test_recognised_by_its_header_only() -> None:
    assert recognises(Beginning("", (("Invoices of March",), ("Origin", "Type", "Document date", "x"))))
    assert not recognises(Beginning("", (("Name", "Email", "Created at"),)))


def rows_of(document: Document) -> Iterator[dict[str, str]]:
    """A document as rows, written from the same table of columns that reading uses."""
    value = document.model_dump(mode="json", by_alias=True, exclude_none=True)

    def cells(record: Any, lines: str) -> dict[str, str]:
        places = [(column.name, column.place(document.kind, lines)) for column in COLUMNS]
        return {name: text for name, place in places if place and (text := cell(record, place.path)) is not None}

    rows = [cells(line, lines) for lines in lines_of(type(document)) for line in value.get(lines, ())]
    for index, row in enumerate(rows or [{}]):
        yield {"origin": document.origin, **(cells(value, "") if index == 0 else {}), **row}


def cell(value: Any, place: tuple[str, ...]) -> str | None:
    for step in place:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    if isinstance(value, list):
        return "\n".join(value) or None
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@settings(max_examples=60)
@given(documents())
def test_every_document_survives(document: Document) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in COLUMNS])
    writer.writeheader()
    writer.writerows(rows_of(document))
    (found,) = drafts(outcomes(text.getvalue(), decimals="point", quickbooks_prices=True))
    assert found == document


def test_the_formats_that_people_make() -> None:
    """A German spreadsheet with everything at once."""
    text = (
        "sep=;\r\nRechnungen März;;;;;;;\r\n;;;;;;;\r\n"
        "kind;origin;number;date;customer;item;quantity;amount\r\n"
        'invoice;"=""a1""";"=""000123""";3.4.2026;Müller & Söhne;Tee;1.200;1.234,50\r\n'
        "invoice;a2;124;13.4.2026;Zoë;Tee;2;12,50\r\n"
    )
    found = outcomes(text, encoding="utf-16")
    one, two = drafts([one for one in found if not isinstance(one, Remark)])
    assert isinstance(one, Invoice)
    assert (one.origin, one.number, one.date) == ("a1", "000123", date(2026, 4, 3))
    assert (one.lines[0].quantity, one.lines[0].amount) == (Decimal(1200), Decimal("1234.50"))
    assert two.date == date(2026, 4, 13)
    assert [remark.message.split(":")[0] for remark in found if isinstance(remark, Remark)] == [
        "The header is in line 4; what stands above it was left out.",
        'Line 6 has "13.4.2026"',
        'Line 5 has "1.234,50"',
    ]


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        ("1.23E+11", "number", "shortened"),
        ("=A1", "customer", "formula"),
        ("#REF!", "item", "spreadsheet_error"),
        ("2-Mar-26", "date", "short_year"),
        ("46083", "date", "bad_date"),
        ("(12.50)", "amount", "bad_number"),
        ("$12.50", "amount", "bad_number"),
        ("#####", "amount", "spreadsheet_error"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_costs_its_own_document(cell: str, column: str, code: str) -> None:
    values = {"kind": "invoice", "origin": "a", "number": "1", "date": "2026-03-04", "customer": "Ann", "item": "Tea",
              "amount": "5"}  # fmt: skip
    bad, good = {**values, column: cell}, {**values, "origin": "b"}
    text = "\n".join(",".join(row.values()) for row in ({name: name for name in values}, bad, good)) + "\n"
    assert problems(text) == [(2, column, code)]
    assert [d.document.origin for d in outcomes(text) if isinstance(d, Draft)] == ["b"]


def test_a_row_without_an_amount_is_not_charged_at_a_price_nobody_looked_at() -> None:
    header = "kind,origin,date,customer,item,quantity,amount\n"
    cut, empty = "invoice,a,2026-03-01,Ann,Tea,2\n", "invoice,a,2026-03-01,Ann,Tea,2,\n"
    for row, said in ((cut, "ends before"), (empty, "no amount")):
        (found,) = outcomes(header + row)
        assert isinstance(found, RowProblem)
        assert (found.problem.code, said in found.problem.message) == ("no_price", True)
        assert "quickbooks_prices" in found.problem.advice
        assert drafts(outcomes(header + row, quickbooks_prices=True))
    assert drafts(outcomes("kind,origin,date,customer,item,quantity\ninvoice,a,2026-03-01,Ann,Tea,2\n"))


def test_every_mistake_of_a_document_is_told_and_each_once() -> None:
    text = f"{HEADER}\ninvoice,a,x,,Tea,y,5,z,,\n,a,,,Cup,1.1234567,5,,,\n"
    assert sorted(problems(text)) == [
        (2, "customer", "missing_value"),
        (2, "date", "bad_date"),
        (2, "quantity", "bad_number"),
        (2, "total", "bad_number"),
        (3, "quantity", "too_many_decimals"),
    ]


def test_everything_wrong_with_a_header_is_told_at_once() -> None:
    with pytest.raises(WrongColumns) as refused:
        outcomes("kind,orgin,customer,item,Amnt,qty,quantity\n")
    for said in ("no column origin; is it 'orgin'", "no column date", "'Amnt'", "amount", "quantity"):
        assert said in str(refused.value)
