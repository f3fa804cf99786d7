"""What a company lets us do in its file."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.errors import Invalid
from qbwc_server.posting.options import PostingOptions, PostingOptionsRow, change_options, options_of
from qbwc_server.tenancy.actor import SERVER
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


class Kept:
    """The options of a company in a database."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock()).id

    def change(self, **changes: object) -> None:
        with self.database.transaction() as db:
            change_options(db, self.id, changes, by=SERVER, now=self.clock())

    @property
    def in_force(self) -> PostingOptions:
        with self.database.reading() as db:
            return options_of(db, self.id)

    @property
    def stored(self) -> dict[str, Any] | None:
        with self.database.reading() as db:
            row = db.get(PostingOptionsRow, self.id)
            return None if row is None else row.options


@pytest.fixture
def company(database: Database, clock: TurnableClock) -> Kept:
    return Kept(database, clock)


def test_the_defaults_are_careful(company: Kept) -> None:
    options = company.in_force
    assert options.model_dump() == PostingOptions.model_validate({}).model_dump()
    assert (options.create_customers, options.create_items) == (True, False)
    assert company.stored is None


def test_options_are_set_one_by_one_and_taken_back(company: Kept) -> None:
    company.change(ar_account="A/R", characters="refuse")
    company.change(create_customers=False)
    assert company.stored == {"ar_account": "A/R", "characters": "refuse", "create_customers": False}
    company.change(ar_account=None, create_customers=True)
    assert company.stored == {"characters": "refuse"}  # what is a default is not kept
    assert company.in_force.ar_account is None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"create_item": True}, "create_item"),
        ({"create_items": True}, "item_income_account"),
        ({"create_items": "maybe"}, "create_items"),
        ({"characters": "drop"}, "characters"),
        ({"ar_account": ["A/R"]}, "ar_account"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    company: Kept, changes: dict[str, Any], named: str
) -> None:
    company.change(deposit_to="Till")
    with pytest.raises(Invalid, match=named):
        company.change(**changes)
    assert company.stored == {"deposit_to": "Till"}


def test_items_are_added_only_with_an_account_for_their_sales(company: Kept) -> None:
    company.change(create_items=True, item_income_account="Sales")
    with pytest.raises(Invalid, match="item_income_account"):
        company.change(item_income_account=None)
    assert company.in_force.create_items
