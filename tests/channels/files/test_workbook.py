"""Workbooks: what a person sees in the sheet is what is read, and nothing is unpacked without bounds."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem
from qbwc_server.channels.files import workbook
from qbwc_server.channels.files.contract import FileRefused, FileTooLarge, UnknownFormat
from qbwc_server.channels.files.formats import read_options, recognise
from qbwc_server.channels.files.number_format import NumberFormat, number_format
from qbwc_server.channels.files.rows import SeveralSheets
from qbwc_server.channels.files.workbook import DamagedWorkbook, NoSuchSheet, SheetRecords, open_workbook
from qbwc_server.documents.kinds.invoice import Invoice
from tests.channels.shopify.export_file import COLUMNS, line, order

HEADER = ["Kind", "Origin", "Number", "Date", "Customer", "Item", "Quantity", "Rate", "Amount", "Memo"]


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def made(*rows: Iterable[Any], change: Callable[[Worksheet], None] | None = None, title: str = "Sheet") -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    return saved(book)


def outcomes(stream: io.BytesIO, **options: Any) -> list[Outcome]:
    found = recognise(stream, "sales.xlsx")
    return list(found.read(stream, read_options(found, options)))


def invoice(stream: io.BytesIO, **options: Any) -> Invoice:
    (document,) = [one.document for one in outcomes(stream, **options) if isinstance(one, Draft)]
    assert isinstance(document, Invoice)
    return document


def told(stream: io.BytesIO, **options: Any) -> list[tuple[int, str, str]]:
    found = [one for one in outcomes(stream, **options) if isinstance(one, RowProblem)]
    return [(one.line_number, one.problem.field, one.problem.code) for one in found]


def row(**change: Any) -> list[Any]:
    values: dict[str, Any] = {
        "Kind": "invoice",
        "Origin": "a",
        "Number": 1001,
        "Date": date(2026, 3, 4),
        "Customer": "Müller & Söhne, 東京",
        "Item": "Tea",
        "Quantity": 2,
        "Rate": None,
        "Amount": 10.2,
        "Memo": None,
        **change,
    }
    return [values[name] for name in HEADER]


def test_values_of_a_workbook_are_those_of_the_document() -> None:
    found = invoice(made(HEADER, row(Quantity=1.125, Memo="two\nlines")))
    assert (found.number, found.date, found.customer.name) == ("1001", date(2026, 3, 4), "Müller & Söhne, 東京")
    assert (found.lines[0].quantity, str(found.lines[0].amount)) == (Decimal("1.125"), "10.20")
    assert found.memo == "two\nlines"


def test_recognised_as_a_format_of_its_own() -> None:
    assert recognise(made(HEADER, row()), "x").code == "xlsx"


def test_floats_are_the_decimals_that_a_person_typed() -> None:
    assert str(invoice(made(HEADER, row(Amount=0.1 + 0.2))).lines[0].amount) == "0.30"
    assert str(invoice(made(HEADER, row(Amount=1234567.89))).lines[0].amount) == "1234567.89"


def formatted(column: str, code: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet.cell(2, HEADER.index(column) + 1).number_format = code

    return change


def test_a_number_is_what_its_format_shows_and_the_rest_is_noted() -> None:
    stream = made(HEADER, row(Amount=33.333333), change=formatted("Amount", "#,##0.00"))
    (draft,) = [one for one in outcomes(stream) if isinstance(one, Draft)]
    assert isinstance(draft.document, Invoice)
    assert str(draft.document.lines[0].amount) == "33.33"
    assert draft.notes == ("amount: The cell holds 33.333333 and shows 33.33; 33.33 was taken.",)
    noise = made(HEADER, row(Amount=0.1 + 0.2), change=formatted("Amount", "0.00"))
    (draft,) = [one for one in outcomes(noise) if isinstance(one, Draft)]
    assert draft.notes == ()


def test_leading_zeros_of_a_format_belong_to_the_number() -> None:
    assert invoice(made(HEADER, row(Number=123), change=formatted("Number", "000000"))).number == "000123"


def test_a_currency_in_the_format_is_named_by_option() -> None:
    for code in ("[$€-407] #,##0.00", '"€" 0.00', "€0.00"):
        stream = made(HEADER, row(), change=formatted("Amount", code))
        assert told(stream) == [(2, "amount", "bad_number")]
        assert str(invoice(stream, currency="€").lines[0].amount) == "10.20"


def test_dates_and_texts_made_of_something_else_are_refused() -> None:
    assert told(made(HEADER, row(Item=date(2026, 3, 1)))) == [(2, "item", "made_a_date")]
    assert told(made(HEADER, row(Date=46085))) == [(2, "date", "bad_date")]
    assert told(made(HEADER, row(Number=123456789012345678))) == [(2, "number", "shortened")]
    assert told(made(HEADER, row(Item="#REF!"))) == [(2, "item", "spreadsheet_error")]
    assert told(made(HEADER, row(Quantity=0.07), change=formatted("Quantity", "0%"))) == [(2, "quantity", "bad_number")]


def test_texts_in_a_workbook_follow_the_habits_of_the_file() -> None:
    stream = made(HEADER, row(Date="03/04/2026", Amount="1.234,50"), row(Origin="b", Date="13/04/2026"))
    found = [one.document for one in outcomes(stream) if isinstance(one, Draft)]
    assert [document.date for document in found] == [date(2026, 4, 3), date(2026, 4, 13)]
    assert [type(one) for one in outcomes(stream)].count(Remark) == 2


def test_a_formula_is_read_by_its_result_and_refused_without_one() -> None:
    stream = made(HEADER, row(Amount="=G2*5"))
    assert told(stream) == [(2, "amount", "formula")]
    with_result = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(with_result, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<f>G2*5</f><v></v>", b"<f>G2*5</f><v>10</v>"))
    assert invoice(with_result).lines[0].amount == 10


def test_title_rows_hidden_sheets_and_wrong_dimensions() -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        hidden = sheet.parent.create_sheet("Old")
        hidden.append(HEADER)
        hidden.sheet_state = "hidden"

    stream = made(["Sales of March"], [], HEADER, row(), change=change)
    wrong = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(wrong, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'<dimension ref="A1:J4"', b'<dimension ref="A1:A1"'))
    found = outcomes(wrong)
    assert [type(one) for one in found] == [Remark, Remark, Draft]
    assert isinstance(found[2], Draft)
    assert found[2].line_number == 4


def test_several_sheets_are_a_question() -> None:
    book = openpyxl.Workbook()
    for title in ("January", "February"):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(row(Origin=title))
    stream = saved(book)
    with pytest.raises(SeveralSheets, match="January, February") as refused:
        outcomes(stream)
    assert "sheet=January" in refused.value.advice
    assert invoice(stream, sheet="february").origin == "February"
    with pytest.raises(NoSuchSheet) as missing:
        outcomes(stream, sheet="March")
    assert "January" in missing.value.advice


def test_cells_right_of_the_header_break_the_row() -> None:
    assert told(made(HEADER, [*row(), "x"], row(Origin="b"))) == [(2, "", "too_many_cells")]


def test_a_shop_export_saved_as_a_workbook_is_still_one() -> None:
    rows = order("#1", "20.00", [line("Tea", "20.00")])
    stream = made(COLUMNS, *([one.get(column) for column in COLUMNS] for one in rows))
    assert recognise(stream, "x").code == "shopify_orders"
    assert [type(one) for one in outcomes(stream, currency="USD")] == [Draft]


@pytest.mark.parametrize(
    ("code", "shown_as"),
    [
        ("General", NumberFormat()),
        ("@", NumberFormat()),
        ("0", NumberFormat(0)),
        ("0.00", NumberFormat(2)),
        ("#,##0.00_);[Red](#,##0.00)", NumberFormat(2)),
        ("00000", NumberFormat(0, 5)),
        ('"No. "000', NumberFormat(0, 3)),
        ("0.00E+00", NumberFormat()),
        ("# ?/?", NumberFormat()),
        ("0.0%", NumberFormat(percent=True)),
        ("$#,##0.00", NumberFormat(2, currency="$")),
        ("[$USD] #,##0.00", NumberFormat(2, currency="USD")),
        ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', NumberFormat(2, currency="$")),
    ],
)
def test_formats_of_numbers(code: str, shown_as: NumberFormat) -> None:
    assert number_format(code) == shown_as


def test_a_damaged_workbook_is_refused_in_words() -> None:
    whole = made(HEADER, row()).getvalue()
    for broken in (whole[: len(whole) // 2], whole.replace(b"PK\x05\x06", b"PK\x05\x07")):
        with pytest.raises(UnknownFormat, match="damaged"):
            recognise(io.BytesIO(broken), "sales.xlsx")
    without = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(without, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<worksheet><row" if "sheet1" in part else old.read(part))
    with pytest.raises(DamagedWorkbook) as refused:
        outcomes(without)
    assert refused.value.advice


def packed(**parts: bytes) -> io.BytesIO:
    stream = made(HEADER, row())
    more = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(more, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        for name, content in parts.items():
            new.writestr(f"xl/{name}.xml", content)
    return more


def test_what_unpacks_to_very_much_is_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_STRINGS", 100_000)
    with pytest.raises(FileTooLarge):
        open_workbook(packed(bomb=b" " * 200_000), None)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 100_000)
    with pytest.raises(FileTooLarge):
        open_workbook(packed(bomb=b" " * 90_000, more=b" " * 90_000), None)
    monkeypatch.setattr(workbook, "MAX_PARTS", 3)
    with pytest.raises(FileTooLarge):
        open_workbook(packed(), None)


def test_entities_are_not_unpacked() -> None:
    with pytest.raises(DamagedWorkbook):
        open_workbook(packed(bomb=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'), None)


def records(stream: io.BytesIO) -> SheetRecords:
    ((_, sheet),) = open_workbook(stream, None)
    return sheet


def test_rows_and_columns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with pytest.raises(FileTooLarge, match="rows"):
        list(records(made(["a"], ["b"], ["c"], ["d"])).records())
    monkeypatch.setattr(workbook, "MAX_COLUMNS", 3)
    with pytest.raises(FileTooLarge, match="columns"):
        list(records(made(["a", "b", "c", "d"])).records())


def test_a_row_said_to_be_far_down_does_not_run_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 1000)
    stream = made(["a"])
    far = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(far, "w") as new:
        for part in old.namelist():
            content = old.read(part).replace(b'<row r="1"', b'<row r="999999999"').replace(b'r="A1"', b'r="A999999999"')
            new.writestr(part, content)
    with pytest.raises(FileRefused):
        list(records(far).records())


def test_a_note_of_a_further_row_names_its_line() -> None:
    first, second = row(Amount="5"), row(Kind=None, Date=None, Number=None, Customer=None, Memo=None, Amount=33.333333)
    stream = made(HEADER, first, second, change=lambda sheet: setattr(sheet["I3"], "number_format", "0.00"))
    (draft,) = [one for one in outcomes(stream, quickbooks_prices=True) if isinstance(one, Draft)]
    assert draft.notes == ("Line 3, amount: The cell holds 33.333333 and shows 33.33; 33.33 was taken.",)


@pytest.mark.parametrize("column", ["Number", "Customer", "Item"])
def test_yes_and_no_in_a_column_of_names_are_refused(column: str) -> None:
    assert told(made(HEADER, row(**{column: True}))) == [(2, column.lower(), "made_yes_or_no")]


@pytest.mark.parametrize("column", ["Customer", "Memo"])
def test_an_error_of_the_workbook_is_refused_in_prose_too(column: str) -> None:
    assert told(made(HEADER, row(**{column: "#N/A"}))) == [(2, column.lower(), "spreadsheet_error")]


def test_what_a_workbook_writes_for_a_line_end_is_a_line_end() -> None:
    assert invoice(made(HEADER, row(Memo="one_x000D_\ntwo _x0041_ x_x00"))).memo == "one\ntwo _x0041_ x_x00"


@pytest.mark.parametrize(
    ("code", "value", "read"),
    [
        ("[>=1000]#,##0;0.00", 12.34, "12.34"),
        ("[<1]0%;0.00", 12.34, "12.34"),
        ("#,##0,", 12345.67, "12345.67"),
        ("0.0,,", 12345.67, "12345.67"),
        ("#,##0;[Red]-#,##0.00", -12.34, "-12.34"),
        ("0.00;(0)", -12.0, "-12.00"),
    ],
)
def test_a_format_that_shows_another_number_is_not_followed(code: str, value: float, read: str) -> None:
    stream = made(
        HEADER,
        row(Quantity=None, Rate=None, Amount=value),
        change=lambda sheet: setattr(sheet["I2"], "number_format", code),
    )
    (draft,) = [one for one in outcomes(stream) if isinstance(one, Draft)]
    assert isinstance(draft.document, Invoice)
    assert draft.document.lines[0].amount == Decimal(read)
    assert draft.notes == ()


def repacked(stream: io.BytesIO, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The workbook with its first sheet written otherwise."""
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.endswith("sheet1.xml") else old.read(name))
    made.seek(0)
    return made


def test_a_formula_that_results_in_no_text_is_an_empty_cell() -> None:
    def calculated(sheet: bytes) -> bytes:
        return re.sub(rb'<c r="J2"[^>]*><f>([^<]*)</f><v ?/?>(</v>)?', rb'<c r="J2" t="str"><f>\1</f><v></v>', sheet)

    assert invoice(repacked(made(HEADER, row(Memo='=IF(A2="","",B2)')), calculated)).memo is None


def test_a_second_sheet_with_documents_is_never_left_out_silently() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(HEADER)
    book.worksheets[0].append(row())
    book.create_sheet("February").append(HEADER[:-1])
    with pytest.raises(SeveralSheets, match="February"):
        outcomes(saved(book))


def test_a_hidden_sheet_with_documents_is_told() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(HEADER)
    book.worksheets[0].append(row())
    book.create_sheet("Old").append(HEADER)
    book.worksheets[1].sheet_state = "hidden"
    assert Remark("The sheet Old is hidden; it was left out.") in outcomes(saved(book))
