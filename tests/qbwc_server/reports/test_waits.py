"""Why a document waits, who acts, what may be done."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin, change_body
from qbwc_server.reports.waits import waits_record
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import ANN, Worded


@pytest.fixture
def shop(database: Database, clock: TurnableClock) -> Worded:
    """A company whose source says words."""
    return Worded(database, clock)


def told(shop: Worded, origin: str) -> dict[str, Any]:
    with shop.database.reading() as db:
        record = waits_record(db, by_origin(db, shop.id, [origin])[origin])
    assert record is not None
    return record


def put(shop: Worded, origin: str, state: State, reason: str | None) -> None:
    with shop.database.transaction() as db:
        row: DocumentRow = by_origin(db, shop.id, [origin])[origin]
        row.state, row.reason, row.message, row.advice = state, reason, "It is so.", "Do it."


def test_a_word_is_for_who_maps(shop: Worded) -> None:
    shop.brings("o1", "SKU-1", "SKU-2")
    record = told(shop, "o1")
    assert (record["for"], record["who"]["permission"]) == ("person", "map")
    assert [one["code"] for one in record["why"]] == ["unmapped", "unmapped"]
    assert [one["field"] for one in record["why"]] == ["lines[0].item", "lines[1].item"]
    assert all(one["message"] and one["advice"] for one in record["why"])


def test_what_goes_to_quickbooks_waits_for_the_next_update(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    shop.maps("SKU-1", "Widget")
    record = told(shop, "o1")
    assert (record["for"], record["why"][0]["code"]) == ("quickbooks", "next_update")
    assert [one["code"] for one in record["actions"]] == ["exclude"]


def test_what_is_for_review_says_why_nobody_submitted_it(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.brings("o1", "SKU-1", submit=False)
    assert told(shop, "o1")["why"][0]["code"] == "for_review"
    with shop.database.transaction() as db:
        row = by_origin(db, shop.id, ["o1"])["o1"]
        seen = load_document(row.body).model_copy(update={"memo": "seen"})
        change_body(db, row, seen, by=ANN, now=shop.clock())
    assert told(shop, "o1")["why"][0]["code"] == "edited_by_hand"


@pytest.mark.parametrize(
    ("state", "reason", "what", "actions"),
    [
        (State.HELD, "outcome_unknown", "person", ["decide"]),
        (State.HELD, "closing_date", "person", ["re-date", "exclude"]),
        (State.FAILED, "3140", "person", ["submit", "exclude"]),
        (State.FOR_REVIEW, "over_limit", "later_run", ["submit", "exclude"]),
        (State.FOR_REVIEW, "possible_duplicate", "person", ["submit", "exclude"]),
    ],
)
def test_who_acts_and_what_may_be_done(shop: Worded, state: State, reason: str, what: str, actions: list[str]) -> None:
    shop.maps("SKU-1", "Widget")
    shop.brings("o1", "SKU-1", submit=False)
    put(shop, "o1", state, reason)
    record = told(shop, "o1")
    assert (record["for"], [one["code"] for one in record["actions"]]) == (what, actions)
    assert record["why"] == [{"code": reason, "field": "", "message": "It is so.", "advice": "Do it."}]
    assert record["who"]["words"]


@pytest.mark.parametrize("state", [State.POSTED, State.EXCLUDED, State.WITHDRAWN])
def test_what_is_done_with_waits_for_nothing(shop: Worded, state: State) -> None:
    shop.brings("o1", "SKU-1")
    put(shop, "o1", state, None)
    with shop.database.reading() as db:
        assert waits_record(db, by_origin(db, shop.id, ["o1"])["o1"]) is None
