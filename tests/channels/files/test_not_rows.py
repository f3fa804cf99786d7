"""What is no row of a table: sums and repeated headers, and never a row that says anything else."""

from __future__ import annotations

import pytest

from qbwc_server.channels.files.csv_records import Record
from qbwc_server.channels.files.not_rows import LeftOut, holds_a_sum, may_be_cut


@pytest.mark.parametrize(
    "cells",
    [
        ["", "Total", "", "12.50"],
        ["Total:", "1.234,50"],
        ["$1,234.50", "total"],
        ["Gesamt", "1 234,50 \u20ac", "-3", "(4.00)"],
        ["SUM"],
    ],
)
def test_a_sum_says_so_and_holds_numbers_only(cells: list[str]) -> None:
    assert holds_a_sum(cells)


@pytest.mark.parametrize(
    "cells", [["invoice", "Total", "1"], ["", "12.50"], ["Total", "Totals", "1"], ["Total Wine", "1"], ["", ""], []]
)
def test_a_row_that_says_more_is_no_sum(cells: list[str]) -> None:
    assert not holds_a_sum(cells)


@pytest.mark.parametrize("cells", [["2001", "Subtotal", ""], ["2001", "Total", "5.00"], ["a", "Total", "1"]])
def test_a_row_that_has_a_key_is_no_sum_whatever_it_says(cells: list[str]) -> None:
    assert not LeftOut(("key", "item", "amount"), 0).takes(Record(3, cells))
    assert LeftOut(("key", "item", "amount"), 0).takes(Record(3, ["", *cells[1:]]))
    assert not LeftOut(("key", "item", "amount")).takes(Record(3, ["", *cells[1:]]))


def test_a_broken_row_is_never_left_out() -> None:
    assert not LeftOut(("a", "b")).takes(Record(3, ["a", "b"], ("code", "It is broken.", "")))


def test_many_are_told_in_one_sentence() -> None:
    left = LeftOut(("a", "b"), 0)
    for number in range(2, 9):
        assert left.takes(Record(number, ["Total", "1"]))
    assert list(left.remarks()) == [
        "Lines 2, 3, 4, 5, 6 and 2 more repeat the header, or hold nothing but a sum; they were left out."
    ]


@pytest.mark.parametrize(("cell", "before", "cut"), [("4", "3.50", True), ("4,5", "3,50", True), ("4", "3", False)])
def test_a_cell_is_cut_where_decimals_are_missing(cell: str, before: str, cut: bool) -> None:
    assert may_be_cut(cell, before) is cut
