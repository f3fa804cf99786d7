"""``/companies/CODE/mappings``."""

from __future__ import annotations

import pytest
from flask import Flask

from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.mapping.worded import Worded


@pytest.fixture
def shop(app: Flask, alice: Caller, clock: TurnableClock) -> Worded:
    """The company of alice, whose source says words."""
    database: Database = app.extensions["database"]
    return Worded(database, clock, "acme", added=True)


def test_a_word_is_shown_suggested_mapped_and_taken_back(alice: Caller, shop: Worded) -> None:
    shop.brings("o1", "widget")
    assert alice.get("/mappings/waiting").get_json()["waiting"][0]["documents"] == 1
    (suggestion,) = alice.get("/mappings/suggestions").get_json()["suggestions"]
    assert suggestion["entries"][0] == {
        "list_id": "80000001-1",
        "name": "Widget",
        "reason": "same_name",
        "likeness": 100,
        "sure": True,
    }
    said = alice.post("/mappings", json={"kind": "item", "word": "widget", "list_id": "80000001-1"}).get_json()
    assert said["documents"]["submitted"] == 1
    assert alice.get("/mappings").get_json()["mappings"][0]["name_now"] == "Widget"
    back = alice.post("/mappings/unset", json={"kind": "item", "word": "widget"})
    assert back.get_json()["documents"] == {"submitted": 0, "waiting": 1, "left_out": 0}


def test_sure_ones_are_taken_and_undone(alice: Caller, shop: Worded) -> None:
    shop.brings("o1", "widget")
    taken = alice.post("/mappings/take-sure", json={"limit": 5}).get_json()
    assert (len(taken["mappings"]), taken["documents"]["submitted"]) == (1, 1)
    assert alice.post("/mappings/undo", json={"batch": taken["batch"]}).get_json()["documents"]["waiting"] == 1
    assert alice.post("/mappings/undo", json={}).status_code == 404


def test_a_file_goes_out_and_in(alice: Caller, shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    text = alice.get("/mappings/export").get_data(as_text=True).replace("item,SKU-1,,,,", "item,SKU-1,,,,Gadget")
    looked = alice.post("/mappings/import", data=text, content_type="text/csv").get_json()
    assert (looked["applied"], looked["changes"][0]["after"], shop.state("o1")) == (False, "Gadget", "for_review")
    alice.post("/mappings/import?apply=1", data=text, content_type="text/csv")
    assert shop.state("o1") == "submitted"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "thing", "word": "a", "never": True},
        {"kind": "item", "word": "a"},
        {"kind": "item", "word": "a", "never": True, "name": "Widget"},
        {"kind": "item", "word": "a", "name": "Nowhere"},
        {"kind": "item", "word": " ", "never": True},
    ],
)
def test_what_cannot_be_said_is_refused(alice: Caller, shop: Worded, body: dict[str, object]) -> None:
    assert alice.post("/mappings", json=body).status_code == 422


def test_mappings_of_another_company_are_not_there(alice: Caller, charlie: Caller, shop: Worded) -> None:
    alice.post("/mappings", json={"kind": "item", "word": "SKU-1", "name": "Widget"})
    assert charlie.get("/mappings").get_json() == {"mappings": [], "next": None}
    assert charlie.post("/mappings/unset", json={"kind": "item", "word": "SKU-1"}).status_code == 404
    assert charlie.post("/mappings", json={"kind": "item", "word": "SKU-1", "name": "Widget"}).status_code == 422


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**63, 2**63 - 1, 0, -1])
@pytest.mark.parametrize("path", ["/mappings", "/mappings/unset"])
def test_a_connection_of_any_number_is_one_that_is_not_there(alice: Caller, path: str, number: int) -> None:
    body = {"kind": "item", "word": "a", "connection": number, **({"never": True} if path == "/mappings" else {})}
    assert alice.post(path, json=body).status_code in (404, 422)
