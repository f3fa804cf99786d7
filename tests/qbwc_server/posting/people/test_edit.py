"""A person gives a document another content: what waits, what may be on its way, what stands in the books."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document, read_document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import find
from qbwc_server.documents.words import words_in
from qbwc_server.posting.people.edit import WrongContent, edit, may_edit
from qbwc_server.posting.submitting.changed_here import CHANGED_HERE
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import Worded

ANN = Actor(ActorKind.PERSON, "Ann")
LINE = {"item": "Widget", "quantity": "2", "rate": "10.50"}
CONTENT: dict[str, Any] = {"date": "2026-03-02", "number": "7", "customer": {"name": "Ann"}, "lines": [LINE]}


class Desk:
    """One company, and documents that come from a program."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        self.words = Worded(database, clock, "desk")

    def bring(self, *, submit: bool = False, revise: bool = False, **values: Any) -> int:
        document = read_document({"kind": "invoice", "origin": "o1", **CONTENT, **values})
        with self.database.transaction() as db:
            company = find_company(db, "desk")
            (result,) = hand_in(
                db, company, [document], by=ANN, now=self.clock(), revise=revise, submit_now=submit
            ).results
            assert not isinstance(result, Exception)
            return result.row.id

    def edit(self, number: int, /, *, revision: int = 1, **values: Any) -> None:
        with self.database.transaction() as db:
            company = find_company(db, "desk")
            row = find(db, company.id, number)
            edit(db, company, row, {**CONTENT, **values}, revision=revision, by=ANN, now=self.clock())

    def seen(self, number: int) -> DocumentRow:
        with self.database.reading() as db:
            row = db.get_one(DocumentRow, number)
            db.expunge(row)
            return row


@pytest.fixture
def desk(database: Database, clock: TurnableClock) -> Desk:
    return Desk(database, clock)


def test_what_waits_says_something_else_and_waits_for_review(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, memo="by hand", number="8")
    row = desk.seen(number)
    assert (row.state, row.revision, row.number) == (State.FOR_REVIEW, 2, "8")
    assert load_document(row.body).memo == "by hand"


def test_what_is_submitted_and_has_not_left_comes_back_for_review(desk: Desk) -> None:
    number = desk.bring(submit=True)
    assert desk.seen(number).state is State.SUBMITTED
    desk.edit(number, memo="by hand")
    assert desk.seen(number).state is State.FOR_REVIEW


def test_saving_without_a_change_changes_nothing(desk: Desk) -> None:
    number = desk.bring(submit=True)
    desk.edit(number)
    assert (desk.seen(number).state, desk.seen(number).revision) == (State.SUBMITTED, 1)


def test_what_was_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, memo="Bob's")
    with pytest.raises(NotNow, match="was changed since you opened it"):
        desk.edit(number, memo="Ann's", revision=1)
    assert load_document(desk.seen(number).body).memo == "Bob's"


def test_every_mistake_is_told_at_once_and_nothing_is_changed(desk: Desk) -> None:
    number = desk.bring()
    with pytest.raises(WrongContent) as told:
        desk.edit(number, date="tomorrow", lines=[{"item": "Widget", "quantity": "two"}])
    assert "date" in str(told.value)
    assert "lines.0.quantity" in str(told.value)
    assert desk.seen(number).revision == 1


def test_kind_and_origin_stay_whatever_is_said(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, kind="sales_receipt", origin="another", memo="x")
    row = desk.seen(number)
    assert (row.kind, row.origin) == ("invoice", "o1")


def test_what_is_missing_is_told_after_an_edit(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, lines=[{**LINE, "amount": "5.00"}])
    row = desk.seen(number)
    assert row.problems is not None
    assert row.message


def test_what_its_source_says_later_is_a_question(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, memo="by hand")
    desk.bring(memo="by the source", revise=True, submit=True)
    row = desk.seen(number)
    assert (row.state, row.reason) == (State.FOR_REVIEW, CHANGED_HERE)


def test_the_same_again_of_its_source_leaves_the_edit(desk: Desk) -> None:
    number = desk.bring()
    desk.edit(number, memo="by hand")
    desk.bring(revise=True, submit=True)
    assert load_document(desk.seen(number).body).memo == "by hand"


def test_a_word_without_an_entry_stays_one_where_its_line_moves(desk: Desk) -> None:
    desk.words.brings("w1", "widget")
    number = desk.words.document("w1").id
    before = load_document(desk.seen(number).body)
    (line,) = before.model_dump(mode="json", exclude_none=True)["lines"]
    content = before.model_dump(mode="json", by_alias=True, exclude_none=True)
    with desk.database.transaction() as db:
        company = find_company(db, "desk")
        more = {**content, "lines": [{"item": "Freight", "amount": "5.00"}, line]}
        edit(db, company, find(db, company.id, number), more, revision=1, by=ANN, now=desk.clock())
    words = words_in(desk.seen(number))
    assert words is not None
    assert [(one.field, one.word) for one in words.words if one.problem] == [("lines[1].item", "widget")]


def test_a_person_who_types_the_entry_has_said_what_the_word_is_here(desk: Desk) -> None:
    desk.words.brings("w1", "widget")
    number = desk.words.document("w1").id
    content = load_document(desk.seen(number).body).model_dump(mode="json", by_alias=True, exclude_none=True)
    content["lines"][0]["item"] = "Gadget"
    with desk.database.transaction() as db:
        company = find_company(db, "desk")
        edit(db, company, find(db, company.id, number), content, revision=1, by=ANN, now=desk.clock())
    row = desk.seen(number)
    assert row.problems is None
    assert may_edit(row)
