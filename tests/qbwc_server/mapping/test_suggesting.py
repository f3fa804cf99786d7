"""What is suggested for a word, and why."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.errors import NotFound
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.said import Said
from qbwc_server.mapping.suggesting import Reason, Suggestion, suggestions_for, sure_one
from qbwc_server.mapping.taking import Taken, suggested, take_sure, undo
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.qbwc_server.mapping.worded import ANN, Worded


def suggestions(shop: Worded, kind: WordKind, word: str, **hints: Any) -> list[Suggestion]:
    with shop.database.reading() as db:
        return suggestions_for(db, shop.id, Said(kind, word, **hints))


def found(shop: Worded, kind: WordKind, word: str, **hints: Any) -> list[tuple[str, Reason]]:
    return [(one.entry.full_name, one.reason) for one in suggestions(shop, kind, word, **hints)]


def take(shop: Worded, limit: int = 100) -> Taken:
    with shop.database.transaction() as db:
        return take_sure(db, find_company(db, "shop"), limit=limit, by=ANN, now=shop.clock())


def undone(shop: Worded, batch: str | None = None) -> Taken:
    with shop.database.transaction() as db:
        return undo(db, find_company(db, "shop"), batch, by=ANN, now=shop.clock())


@pytest.fixture
def customers(shop: Worded) -> Worded:
    """Some customers."""
    with shop.database.transaction() as db:
        keep(
            db,
            shop.id,
            told("C1-1", "Kern Lighting", email="Office@Kern.example"),
            told("C2-1", "Muller Sons"),
            told("C3-1", "Old one", email="old@kern.example", active=False),
            kind=ListKind.CUSTOMER,
        )
    return shop


def test_the_same_number_is_sure(shop: Worded) -> None:
    assert found(shop, WordKind.ITEM, "w1") == [("Widget", Reason.SAME_NUMBER)]
    assert found(shop, WordKind.ITEM, "gid/77", number="W-1")[0] == ("Widget", Reason.SAME_NUMBER)


def test_the_same_email_is_sure_whatever_the_name(customers: Worded) -> None:
    assert found(customers, WordKind.CUSTOMER, "cus_17", email="office@kern.example")[0] == (
        "Kern Lighting",
        Reason.SAME_EMAIL,
    )


def test_the_same_name_is_sure_and_a_near_one_is_not(customers: Worded) -> None:
    assert found(customers, WordKind.CUSTOMER, "kern lighting")[0] == ("Kern Lighting", Reason.SAME_NAME)
    near = suggestions(customers, WordKind.CUSTOMER, "Müller & Sons GmbH")
    assert [(one.entry.full_name, one.reason) for one in near] == [("Muller Sons", Reason.NEAR_NAME)]
    assert sure_one(near) is None


def test_what_is_inactive_or_does_not_fit_is_not_suggested(customers: Worded) -> None:
    assert found(customers, WordKind.CUSTOMER, "Old one", email="old@kern.example") == []
    customers.show_items(told("80000005-1", "Sum", entry_type="Subtotal"))
    assert found(customers, WordKind.ITEM, "Sum") == []


def test_a_number_and_a_name_that_contradict_each_other_are_not_sure(shop: Worded) -> None:
    both = suggestions(shop, WordKind.ITEM, "Gadget", number="W-1")
    assert {one.reason for one in both} == {Reason.SAME_NUMBER, Reason.SAME_NAME}
    assert sure_one(both) is None


def test_one_number_of_two_items_is_not_sure(shop: Worded) -> None:
    shop.show_items(told("80000005-1", "Widget blue", entry_type="Service", number="W-1"))
    assert sure_one(suggestions(shop, WordKind.ITEM, "W-1")) is None


def test_all_sure_ones_are_taken_up_to_a_limit_and_undone_at_once(shop: Worded) -> None:
    shop.brings("o1", "Widget")
    shop.brings("o2", "Widget")
    shop.brings("o3", "Gadget")
    shop.brings("o4", "Something else")
    taken = take(shop, limit=1)
    assert [one.row.word for one in taken.mapped] == ["Widget"]  # what most documents wait for
    assert (shop.state("o1"), shop.state("o2"), shop.state("o3")) == ("submitted", "submitted", "for_review")
    second = take(shop)
    assert [one.row.word for one in second.mapped] == ["Gadget"]
    assert shop.state("o4") == "for_review"
    assert [one.row.word for one in undone(shop).mapped] == ["Gadget"]
    assert (shop.state("o1"), shop.state("o3"), shop.codes("o3")) == ("submitted", "for_review", ["unmapped"])
    assert undone(shop, taken.batch).mapped[0].went.waiting == 2
    with pytest.raises(NotFound):
        undone(shop)


def test_what_somebody_said_since_is_not_undone(shop: Worded) -> None:
    shop.brings("o1", "Widget")
    shop.brings("o2", "Gadget")
    take(shop)
    shop.maps("Widget", "Gadget")
    assert [one.row.word for one in undone(shop).mapped] == ["Gadget"]
    assert (shop.state("o1"), shop.state("o2")) == ("submitted", "for_review")


def test_another_company_takes_and_undoes_nothing_of_it(shop: Worded) -> None:
    other = Worded(shop.database, shop.clock, "other")
    shop.brings("o1", "Widget")
    taken = take(shop)
    with other.database.transaction() as db, pytest.raises(NotFound):
        undo(db, find_company(db, "other"), taken.batch, by=ANN, now=shop.clock())
    with other.database.reading() as db:
        assert suggested(db, other.id) == []
    assert shop.state("o1") == "submitted"
