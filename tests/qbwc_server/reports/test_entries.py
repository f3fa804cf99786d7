"""What gave each place of a document its entry, and what its source called it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import IntakeReport
from qbwc_server.channels.shopify.export import read
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document, read_document
from qbwc_server.documents.store import by_origin, change_body
from qbwc_server.documents.words import with_names
from qbwc_server.reports.entries import entries_record, place_words
from tests.channels.shopify.export_file import export, line, order
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import ANN, Worded


@pytest.fixture
def shop(database: Database, clock: TurnableClock) -> Worded:
    """A company whose source says words."""
    return Worded(database, clock)


def told(shop: Worded, origin: str) -> dict[str, dict[str, Any]]:
    """By place."""
    with shop.database.reading() as db:
        return {one["field"]: one for one in entries_record(by_origin(db, shop.id, [origin])[origin])}


def takes(shop: Worded, *drafts: Draft) -> None:
    intake = Intake(shop.database, shop.code, IntakeReport(), by=ANN, clock=shop.clock)
    for one in drafts:
        intake.take(one)
    intake.finish()


def test_a_word_its_mapping_and_the_edit_of_a_person(shop: Worded) -> None:
    row = shop.maps("SKU-1", "Widget").row
    shop.brings("o1", "SKU-1", "SKU-2", hints={"title": "Blue widget"})
    found = told(shop, "o1")
    assert found["customer"]["given_by"]["what"] == "source"
    mapped, unmapped = found["lines[0].item"], found["lines[1].item"]
    assert (mapped["word"], mapped["name"], mapped["kind"]) == ("SKU-1", "Widget", "item")
    assert mapped["hints"] == {"title": "Blue widget"}
    assert mapped["given_by"] == {"what": "mapping", "id": row.id, "words": f"mapping {row.id}"}
    assert (unmapped["word"], unmapped["name"], unmapped["given_by"]["what"]) == ("SKU-2", None, "nothing")
    assert unmapped["problem"]["code"] == "unmapped"
    with shop.database.transaction() as db:
        document = by_origin(db, shop.id, ["o1"])["o1"]
        edited = with_names(load_document(document.body), {"lines[0].item": "Gadget"})
        change_body(db, document, edited, by=ANN, now=shop.clock())
    assert told(shop, "o1")["lines[0].item"]["given_by"]["what"] == "person"


def test_the_options_of_a_format_are_told(shop: Worded) -> None:
    lines = [line("Green Tea", "10.00", "1", sku="TEA-1"), line("Pot", "8.00"), line("Tip", "2.00")]
    rows = order("#1", "22.00", lines, Shipping="2.00", Subtotal="20.00")
    options = ShopifyOptions(sales_tax_on=False, tip_item="Tips", shipping_item="Freight")
    (found,) = [one for one in read(io.BytesIO(export(rows)), options) if isinstance(one, Draft)]
    takes(shop, found)
    given = {one["name"]: one["given_by"]["words"] for one in told(shop, found.document.origin).values()}
    assert given["TEA-1"] == "its source names it"
    assert given["Tips"] == "option tip_item"
    assert given["Freight"] == "option shipping_item"
    assert "option product_item" in given.values()


def test_what_a_rule_gave_is_told_with_its_number(shop: Worded) -> None:
    body = {"kind": "check", "origin": "c1", "date": "2026-03-02", "bank_account": "Checking", "vendor": "Mill",
            "expenses": [{"account": "Travel", "amount": "12.00"}]}  # fmt: skip
    takes(shop, Draft(read_document(body), given={"expenses[0].account": "rule 3"}))
    assert told(shop, "c1")["expenses[0].account"]["given_by"] == {"what": "rule", "id": 3, "words": "rule 3"}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("lines[1].item", "Lines 2: item"),
        ("expenses[0].class", "Expenses 1: class"),
        ("sales_tax_item", "Sales tax item"),
    ],
)
def test_places_are_said_as_people_count(field: str, words: str) -> None:
    assert place_words(field) == words
