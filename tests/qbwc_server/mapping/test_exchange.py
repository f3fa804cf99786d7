"""Mappings as a file, out and in."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.errors import Invalid
from qbwc_server.mapping.deciding import NEVER
from qbwc_server.mapping.exchange import Change, WrongRows, guarded, preview, take_in, unguarded, written
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.mapping.worded import ANN, Worded

OWN = (3, 7)  # connections of the company
HEAD = "kind,word,connection,decision,list_id,name\n"


def out(shop: Worded) -> str:
    with shop.database.reading() as db:
        return written(db, shop.id)


def shown(shop: Worded, text: str) -> list[Change]:
    with shop.database.reading() as db:
        return preview(db, find_company(db, "shop"), text, connections=OWN)


def effects(shop: Worded, text: str) -> list[str]:
    return [one.effect.value for one in shown(shop, text)]


def taken(shop: Worded, text: str) -> int:
    with shop.database.transaction() as db:
        return len(take_in(db, find_company(db, "shop"), text, connections=OWN, by=ANN, now=shop.clock()))


def names(shop: Worded) -> dict[str, str | None]:
    with shop.database.reading() as db:
        return {one.row.word: one.row.name for one in mappings_of(db, shop.id)}


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_each_comes_back_as_it_was(cell: str) -> None:
    safe = guarded(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(safe) == cell


def test_what_goes_out_comes_in_without_a_change(shop: Worded) -> None:
    shop.maps("=cmd|' /C calc'!A0", "Widget")
    shop.maps('-1, "quoted"', "Gadget", connection_id=3)
    shop.maps("@never", NEVER)
    text = out(shop)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert effects(shop, text) == ["same", "same", "same"]
    assert taken(shop, text) == 0


def test_words_that_wait_stand_in_the_file_to_be_filled_in(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    text = out(shop)
    assert text.endswith("item,SKU-1,,,,\r\n")
    assert effects(shop, text) == ["left"]
    filled = text.replace("item,SKU-1,,,,", "item,SKU-1,,,,Widget")
    assert effects(shop, filled) == ["new"]
    assert taken(shop, filled) == 1
    assert shop.state("o1") == "submitted"


def test_a_preview_says_what_changes_and_changes_nothing(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.maps("SKU-2", "Widget")
    text = HEAD + "item,SKU-1,,entry,,Gadget\nitem,SKU-2,,remove,,\nitem,SKU-3,,never,,\nitem,SKU-4,,create,,Thing\n"
    assert [(one.effect.value, one.before, one.after) for one in shown(shop, text)] == [
        ("changed", "Widget", "Gadget"),
        ("removed", "Widget", ""),
        ("new", "", "never"),
        ("new", "", "create Thing"),
    ]
    assert names(shop) == {"SKU-1": "Widget", "SKU-2": "Widget"}
    assert taken(shop, text) == 4
    assert names(shop) == {"SKU-1": "Gadget", "SKU-3": None, "SKU-4": "Thing"}


@pytest.mark.parametrize(
    "row",
    [
        "thing,SKU-9,,entry,,Widget",
        "item,,,entry,,Widget",
        "item,SKU-9,,entry,,Nowhere",
        "item,SKU-9,,perhaps,,Widget",
        "item,SKU-9,x,entry,,Widget",
        "item,SKU-1,,entry,,Gadget",
        "vendor,SKU-9,,create,,Acme",
        "item,SKU-9,9,entry,,Widget",
        "item,SKU-9,9,remove,,",
        "item,SKU-9,9,never,,",
    ],
)
def test_one_wrong_row_keeps_all_of_them_out(shop: Worded, row: str) -> None:
    text = f"{HEAD}item,SKU-1,,entry,,Widget\n{row}\n"
    assert effects(shop, text) == ["new", "wrong"]
    with pytest.raises(WrongRows, match="Line 3"):
        taken(shop, text)
    assert names(shop) == {}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "kind,word,word,decision\n", HEAD + '"open\n'])
def test_what_is_no_table_of_mappings_is_refused(shop: Worded, text: str) -> None:
    with pytest.raises(Invalid):
        shown(shop, text)


def test_a_file_of_a_spreadsheet_is_read(shop: Worded) -> None:
    assert effects(shop, "\ufeff" + HEAD.upper().replace("\n", "\r\n") + "item,SKU-1,,,,Widget\r\n,,,,,\r\n") == ["new"]
