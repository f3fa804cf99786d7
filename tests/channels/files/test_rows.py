"""Rows of a CSV file: encodings, separators, broken rows that cost no more than themselves, bounded memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.channels.files.contract import MAX_RECORD_CHARACTERS, FileRefused, UnknownEncoding
from qbwc_server.channels.files.csv_records import ends_inside_quotes
from qbwc_server.channels.files.habits import TableOptions
from qbwc_server.channels.files.rows import (
    MAX_DOCUMENT_ROWS,
    BrokenRow,
    Group,
    Row,
    Table,
)
from qbwc_server.channels.files.text import encoding_of


def table(text: str | bytes, *, encoding: str | None = None) -> Table:
    content = text.encode() if isinstance(text, str) else text
    return Table(io.BytesIO(content), TableOptions(encoding=encoding), lambda title: title or None)


def grouped(text: str, key: str) -> list[Group]:
    found = table(text)
    return list(found.groups(key, found.survey(key).scattered))


def lines(rows: Iterable[Row | BrokenRow]) -> list[tuple[int, object]]:
    return [(row.line_number, row.code if isinstance(row, BrokenRow) else row.cells) for row in rows]


def test_cells_are_trimmed_and_named() -> None:
    assert lines(table("a,b\n 1 ,2\n").rows()) == [(2, {"a": "1", "b": "2"})]


def test_line_numbers_count_lines_of_the_file() -> None:
    text = 'a,b\r\n"1\r\n2\r\n3",x\r\n\r\n,\r\n4,y'
    assert lines(table(text).rows()) == [(2, {"a": "1\r\n2\r\n3", "b": "x"}), (7, {"a": "4", "b": "y"})]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    found = table(f"a{separator}b\n1{separator}2\n")
    assert found.titles == ("a", "b")
    assert lines(found.rows()) == [(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_recognised(encoding: str) -> None:
    found = table("a,b\ncafé,煎茶\n".encode(encoding))
    assert found.titles == ("a", "b")
    assert lines(found.rows()) == [(2, {"a": "café", "b": "煎茶"})]


def test_windows_1252_is_read_as_such() -> None:
    found = table("a,b\ncafé,“€5”\n".encode("cp1252"))
    assert len(found.remarks) == 1
    assert lines(found.rows()) == [(2, {"a": "café", "b": "“€5”"})]


def test_an_encoding_can_be_named() -> None:
    assert lines(table("a\n煎茶\n".encode("cp932"), encoding="cp932").rows()) == [(2, {"a": "煎茶"})]


@pytest.mark.parametrize("encoding", ["no-such", "utf-8", "rot13", "zip"])
def test_a_wrong_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        encoding_of(io.BytesIO(b"caf\xe9"), encoding)


def test_damaged_utf_8_is_not_taken_for_windows_1252() -> None:
    content = "a\ncafé\nmüsli".encode() + b"\xe9"
    with pytest.raises(UnknownEncoding, match="UTF-8"):
        encoding_of(io.BytesIO(content))
    assert encoding_of(io.BytesIO(content), "cp1252") == "cp1252"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnknownEncoding):
        encoding_of(io.BytesIO(b"a\x81\x8d\xff"))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(FileRefused):
        table(" \n\n")


def test_missing_cells_are_absent_and_cells_too_many_break_the_row() -> None:
    found = lines(table("a,b\n1\n1,2,3\n1,2,,\n2,3\n").rows())
    assert found == [(2, {"a": "1"}), (3, "too_many_cells"), (4, {"a": "1", "b": "2"}), (5, {"a": "2", "b": "3"})]


def test_an_open_quotation_mark_costs_one_row() -> None:
    text = 'a,b\n1,"x\n2,y\n3,"z, z"\n4,"u\nv"\n'
    assert lines(table(text).rows()) == [
        (2, "stray_quotation_mark"),
        (3, {"a": "2", "b": "y"}),
        (4, {"a": "3", "b": "z, z"}),
        (5, {"a": "4", "b": "u\nv"}),
    ]


def test_a_quotation_mark_open_to_the_end_costs_one_row() -> None:
    rows = "".join(f"{n},y\n" for n in range(3, 2003))
    found = lines(table(f'a,b\n1,"x\n{rows}').rows())
    assert found[0] == (2, "open_quotation_mark")
    assert len(found) == 2001
    assert found[-1] == (2002, {"a": "2002", "b": "y"})


def test_a_row_with_no_end_is_refused_and_the_next_one_read() -> None:
    found = lines(table("a,b\n1," + "x" * (3 * MAX_RECORD_CHARACTERS) + "\n2,y\n").rows())
    assert found == [(2, "row_too_long"), (3, {"a": "2", "b": "y"})]


def test_a_file_of_nothing_but_broken_rows_is_given_up() -> None:
    with pytest.raises(FileRefused):
        list(table("a,b\n" + "1,2,3\n" * 1500).rows())


def test_rows_can_be_read_again() -> None:
    found = table("a\n1\n2\n")
    assert lines(found.rows()) == lines(found.rows())


def test_groups_are_adjacent_rows_of_one_key() -> None:
    groups = grouped("k,v\nA,1\nA,2\nB,3\n", "k")
    assert [(g.key, g.line_number, len(g.rows), g.doubt, g.scattered) for g in groups] == [
        ("A", 2, 2, None, False),
        ("B", 4, 1, None, False),
    ]


def test_scattered_rows_are_marked_from_the_first_part_on() -> None:
    assert [g.scattered for g in grouped("k,v\nA,1\nB,2\nA,3\nC,4\n", "k")] == [True, False, True, False]


def test_a_broken_row_that_shows_its_key_belongs_there() -> None:
    groups = grouped("k,v\nA,1\nB,2,3\nC,4\n", "k")
    assert [(g.key, len(g.rows), len(g.broken), g.doubt) for g in groups] == [
        ("A", 1, 0, None),
        ("B", 0, 1, None),
        ("C", 1, 0, None),
    ]


def test_a_broken_row_without_a_key_puts_its_neighbours_in_doubt() -> None:
    groups = grouped('k,v\nA,1\nB,2\n"x"y,3\nC,4\nD,5\n', "k")
    assert [(g.key, g.doubt is not None) for g in groups] == [
        ("A", False),
        ("B", True),
        ("", False),
        ("C", True),
        ("D", False),
    ]


def test_a_row_without_a_key_puts_the_one_above_in_doubt() -> None:
    groups = grouped("k,v\nA,1\n,2\nB,3\n", "k")
    assert [(g.key, g.doubt is not None) for g in groups] == [("A", True), ("", False), ("B", False)]


def test_a_key_far_right_is_not_trusted_in_a_broken_row() -> None:
    groups = grouped("v,w,k\n1,2,A\n1,2,3,B\n1,2,C\n", "k")
    assert [(g.key, g.doubt is not None) for g in groups] == [("A", True), ("", False), ("C", True)]


def test_a_group_without_end_is_cut() -> None:
    (group,) = grouped("k,v\n" + "A,1\n" * (MAX_DOCUMENT_ROWS + 500), "k")
    assert len(group.rows) == MAX_DOCUMENT_ROWS
    assert [broken.code for broken in group.broken] == ["too_many"]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.tuples(cell, cell, cell).filter(lambda row: any(c.strip() for c in row)), max_size=6))
def test_whatever_the_csv_module_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("a", "b", "c"), *rows])
    found = list(table(text.getvalue()).rows())
    assert [tuple(row.cells.values()) for row in found] == [tuple(c.strip() for c in row) for row in rows]


@given(st.text(st.sampled_from('a,"\n'), max_size=30))
def test_the_end_of_a_record_is_where_the_csv_module_sees_it(text: str) -> None:
    """Line by line, over all short texts of the characters that matter."""
    inside = False
    for line in io.StringIO(text, newline=""):
        inside = ends_inside_quotes(line, ",", inside=inside)
        if not inside:
            break
    else:
        if not inside:
            return
    consumed: list[str] = []

    def feed() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed.append(line)
            yield line

    next(csv.reader(feed()), None)
    expected = "".join(consumed)
    ours: list[str] = []
    inside = False
    for line in io.StringIO(text, newline=""):
        ours.append(line)
        inside = ends_inside_quotes(line, ",", inside=inside)
        if not inside:
            break
    assert "".join(ours) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = Table(io.BytesIO(content), TableOptions(), lambda title: title or "untitled")
        key = found.columns[0] or ""
        for group in found.groups(key, found.survey(key).scattered):
            assert group.rows or group.broken
    except FileRefused:
        pass


def titled(text: str, *typical: str) -> Table:
    return Table(io.BytesIO(text.encode()), TableOptions(), str.strip, set(typical))


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"])
def test_a_first_line_that_names_the_separator_is_no_row(first: str) -> None:
    found = titled(f"{first}\r\na;b,c\r\n1;2\r\n", "a", "b,c")
    assert found.titles == ("a", "b,c")
    assert lines(found.rows()) == [(3, {"a": "1", "b,c": "2"})]


def test_a_tabulator_can_be_named_too() -> None:
    assert lines(titled("sep=\\t\na\tb\n1\t2\n", "a", "b").rows()) == [(3, {"a": "1", "b": "2"})]


def test_the_header_may_stand_below_titles() -> None:
    text = 'Sales of March,,\n\n"Made by ""Ann""\non Monday",,\nkind,"unit\nprice",x\n1,2,3\n'
    found = titled(text, "kind", "unit price")
    assert lines(found.rows()) == [(7, {"kind": "1", "unit price": "2", "x": "3"})]
    assert found.remarks == ["The header is in line 5; what stands above it was left out."]


def test_guarded_texts_are_unwrapped() -> None:
    text = 'a,b,c\n"=""000123""",="0012","=""x """"y"""" z"""\n=1,"=""open",=""\n'
    assert lines(table(text).rows()) == [
        (2, {"a": "000123", "b": "0012", "c": 'x "y" z'}),
        (3, {"a": "=1", "b": '="open', "c": ""}),
    ]


def test_the_last_row_cut_off_is_no_row() -> None:
    assert lines(table("a,b,c\n1,2,3\n4,5").rows()) == [(2, {"a": "1", "b": "2", "c": "3"}), (3, "row_cut_off")]
    assert lines(table("a,b,c\n1,2,3\n4,5\n").rows())[1] == (3, {"a": "4", "b": "5"})
    assert lines(table("a,b\n1,2").rows()) == [(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("名前,単価\nカップ,5\n", "cp932", "Shift-JIS"),
        ("имя,цена\nчашка,5\n", "cp1251", "no words"),
        ("όνομα,τιμή\n", "cp1253", "no words"),
        ("名称,单价\n茶杯,5\n", "gb18030", "no words|Shift-JIS|some places"),
        ("이름,가격\n", "euc-kr", "no words|Shift-JIS|some places"),
        ("a,b\n1,2\n", "utf-16-le", "UTF-16"),
        ("a,b\n1,2\n", "utf-16-be", "UTF-16"),
    ],
)
def test_other_scripts_are_not_taken_for_windows_1252(text: str, encoding: str, said: str) -> None:
    content = text.encode(encoding)
    with pytest.raises(UnknownEncoding, match=said) as refused:
        table(content)
    assert "encoding=" in refused.value.advice
    assert table(content, encoding=encoding).titles[0] == text.split(",", maxsplit=1)[0]


@pytest.mark.parametrize(
    "text", ["Café Zoë,“€5”…", "Müller & Söhne,Ångström", "L’Oréal – ™,naïveté", "Łukasz,Škoda", "50 °C ± 2 §", "¿Qué?"]
)
def test_western_texts_are_read_with_a_remark(text: str) -> None:
    found = table(f"a,b\n{text},x\n".encode("cp1252", errors="ignore"))
    assert len(found.remarks) == 1


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Grand total", "Summe", "Zwischensumme", "Somme", "合計"])
def test_rows_that_hold_sums_only_are_left_out_and_told(word: str) -> None:
    found = table(f'a,b,c\n1,x,2.00\n,{word},2.00\n2,y,3\n,,{word}\n,{word},"1.234,00"\n')
    groups = list(found.groups("a", found.survey("a").scattered))
    assert [(group.key, group.doubt) for group in groups] == [("1", None), ("2", None)]
    assert found.remarks == [
        "Lines 3, 5 and 6 repeat the header, or hold nothing but a sum; they were left out.",
    ]


def test_a_header_that_is_repeated_is_left_out_and_told() -> None:
    found = table("a,b\n1,2\nA , B\na,b\n1,3\n")
    groups = list(found.groups("a", found.survey("a").scattered))
    assert [group.key for group in groups] == ["1", "A", "1"]
    assert found.remarks == ["Line 4 repeats the header, or holds nothing but a sum; it was left out."]


def test_a_word_of_a_sum_beside_other_texts_is_a_row() -> None:
    found = table("a,b,c\n1,Total,x\nTotal,cup,2\n")
    assert [row.line_number for row in found.rows()] == [2, 3]


@pytest.mark.parametrize("last", ["4", "4.", "42.5", "-"])
def test_a_last_amount_that_is_shorter_than_the_others_may_be_cut_off(last: str) -> None:
    rows = list(table(f"a,b\n1,10.00\n2,3.50\n3,{last}").rows())
    assert [row.code if isinstance(row, BrokenRow) else "" for row in rows] == ["", "", "row_cut_off"]


@pytest.mark.parametrize("text", ["a,b\n1,10.00\n2,42.50", "a,b\n1,10\n2,4", "a,b\n1,10.00\n2,4\n3,5", "a,b\n1,x\n2,4"])
def test_a_last_row_without_line_end_is_whole_where_nothing_says_otherwise(text: str) -> None:
    assert not [row for row in table(text).rows() if isinstance(row, BrokenRow)]


def test_a_bar_separates_too() -> None:
    assert lines(table("a|b\n1|2\n").rows()) == [(2, {"a": "1", "b": "2"})]


def test_two_tables_below_each_other_are_refused() -> None:
    content = "kind,origin,date\ninvoice,1,2026-03-02\n\nkind,origin,date,customer\ninvoice,2,2026-03-02,Ann\n"
    typical = {"kind", "origin", "date", "customer"}
    with pytest.raises(FileRefused, match="lines 1 and 4") as refused:
        Table(io.BytesIO(content.encode()), TableOptions(), lambda title: title or None, typical, typical)
    assert refused.value.code == "several_tables"
