"""A cell that cannot be read refuses its document, and no other one."""

from __future__ import annotations

import math
import re

import pytest

from qbwc_server.channels.contract import Draft, RowProblem
from tests.channels.files.test_workbook import HEADER, made, outcomes, repacked, row, told

NOT_READ = "spreadsheet_error"


def three() -> list[list[object]]:
    """Three invoices."""
    return [row(Origin=f"o-{number}", Number=f"{number}", Memo="m") for number in range(3)]


def odd(column: str, cell: bytes) -> list[tuple[int, str, str]]:
    """Line 3 has this cell in its column; the two other documents are read all the same."""

    def change(sheet: bytes) -> bytes:
        changed, found = re.subn(rb'<c r="%s3"[^>]*(?:/>|>.*?</c>)' % column.encode(), cell, sheet)
        assert found == 1
        return changed

    stream = repacked(made(HEADER, *three()), change)
    found = outcomes(stream)
    assert [one.document.origin for one in found if isinstance(one, Draft)] == ["o-0", "o-2"]
    return [(one.line_number, one.problem.field, one.problem.code) for one in found if isinstance(one, RowProblem)]


@pytest.mark.parametrize(
    "value", [b"nan", b"NaN", b"inf", b"-Infinity", b"1e999", b"1.2.3", b"twelve", b"1,5", b"0x1F", b"--1"]
)
def test_a_number_that_is_none(value: bytes) -> None:
    assert odd("I", b'<c r="I3" t="n"><v>%s</v></c>' % value) == [(3, "amount", NOT_READ)]


@pytest.mark.parametrize(
    ("column", "field", "cell"),
    [
        ("E", "customer", b'<c r="E3" t="s"><v>99999</v></c>'),
        ("E", "customer", b'<c r="E3" t="s"><v>x</v></c>'),
        ("I", "amount", b'<c r="I3" s="99999"><v>5</v></c>'),
        ("I", "amount", b'<c r="I3" s="x"><v>5</v></c>'),
        ("D", "date", b'<c r="D3" t="d"><v>2026-02-31</v></c>'),
        ("D", "date", b'<c r="D3" t="d"><v>yesterday</v></c>'),
        ("J", "memo", b'<c r="J3" t="b"><v>maybe</v></c>'),
    ],
)
def test_a_cell_of_another_kind(column: str, field: str, cell: bytes) -> None:
    assert odd(column, cell) == [(3, field, NOT_READ)]


def test_where_it_stands_may_be_lost_and_the_others_are_read() -> None:
    stream = repacked(made(HEADER, *three()), lambda sheet: sheet.replace(b'r="J3"', b'r="?"'))
    assert len([one for one in outcomes(stream) if isinstance(one, Draft)]) >= 2
    stream = repacked(made(HEADER, *three()), lambda sheet: sheet.replace(b'<row r="3"', b'<row r="three"'))
    assert len([one for one in outcomes(stream) if isinstance(one, Draft)]) == 3


def test_a_format_with_more_decimals_than_there_are() -> None:
    code = "0." + "0" * 60
    stream = made(HEADER, *three(), change=lambda sheet: setattr(sheet["I3"], "number_format", code))
    found = outcomes(stream)
    assert len([one for one in found if isinstance(one, Draft)]) >= 2


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_as_programs_write_it(value: float) -> None:
    assert told(repacked(made(HEADER, *three()), lambda sheet: _with(sheet, repr(value).encode()))) == [
        (3, "amount", NOT_READ)
    ]


def _with(sheet: bytes, value: bytes) -> bytes:
    return re.sub(rb'<c r="I3"[^>]*>.*?</c>', b'<c r="I3"><v>%s</v></c>' % value, sheet)
