"""What is refused in a workbook before it is read: small files that take room or time without end."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from qbwc_server.channels.files import sheet_bounds
from qbwc_server.channels.files.contract import FileTooLarge
from qbwc_server.channels.files.sheet_bounds import DocumentTypeDeclared, Look


def looked(*content: bytes) -> Look:
    look = Look("xl/worksheets/sheet1.xml")
    look.through(io.BytesIO(b"<worksheet>" + b"".join(content) + b"</worksheet>"))
    return look


def test_a_sheet_may_be_large() -> None:
    row = b'<row r="1">' + b'<c r="A1" s="1"/>' * sheet_bounds.MOST_CELLS + b"</row>"
    text = b"<row><c><v>" + b"x" * sheet_bounds.MOST_CHARACTERS + b"</v></c></row>"
    assert not looked(row, row, text, text).formulas
    assert not looked(b"<si><r><rPr><sz/><color/></rPr><t>x</t></r></si>" * 100_001).formulas
    assert looked(b"<row><c><f>A1</f><v>1</v></c></row>").formulas


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<row>" + b"<c/>" * 16_385 + b"</row>", "more than 16384 cells"),
        (b"<x:row xmlns:x='u'>" + b"<x:c/>" * 16_385 + b"</x:row>", "more than 16384 cells"),
        (b"<row/>" * 1_048_577, "more than 1048576 rows"),
        (b'<row r="1048577"/>', "more than 1048576 rows"),
        (b'<row r="' + b"9" * 50_000 + b'"/>', "more than 1048576 rows"),
        (b"<a>" * 64 + b"</a>" * 64, "tags inside each other"),
        (b"<mergeCell/>" * 100_001, "more than 100000 things"),
        (b"<x:xf xmlns:x='u'/>" * 100_001, "more than 100000 things"),
        (b"<t>" + b"x" * 131_073 + b"</t>", "more than 131072 characters"),
        (b"<t>" + b"&lt;" * 131_073 + b"</t>", "more than 131072 characters"),
        (b"<!--" + b"x" * 5_000_000 + b"-->", "a tag without an end"),
        (b'<c a="' + b"x" * 5_000_000 + b'"/>', "a tag without an end"),
    ],
)
def test_what_has_no_end_is_refused_and_takes_no_room(content: bytes, said: str) -> None:
    tracemalloc.start()
    with pytest.raises(FileTooLarge, match=said):
        looked(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize("before", [b"", b"<!--" + b"x" * 5_000 + b"-->"])
def test_a_document_type_is_refused_wherever_it_stands(before: bytes) -> None:
    part = io.BytesIO(b"<?xml version='1.0'?>" + before + b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>")
    with pytest.raises(DocumentTypeDeclared):
        Look("xl/workbook.xml").through(part)


@pytest.mark.parametrize("content", [b"", b"<a>", b"<a></b>", b"\xff\xfe"])
def test_what_is_no_xml_is_damaged(content: bytes) -> None:
    with pytest.raises(ValueError, match="sheet1"):
        Look("xl/worksheets/sheet1.xml").through(io.BytesIO(content))
