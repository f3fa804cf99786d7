"""What may be chosen for a word, and what is refused."""

from __future__ import annotations

import pytest

from qbwc_server.errors import Invalid, NotFound
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.deciding import Choice, DoesNotFit, NoSuchEntry
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.mapping.models import Decision
from qbwc_server.mapping.resolving import Resolved
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.qbwc_server.mapping.worded import Worded


@pytest.fixture
def accounts(shop: Worded) -> Worded:
    """Accounts of several types."""
    with shop.database.transaction() as db:
        for number, (name, account_type) in enumerate(
            [("Sales", "Income"), ("Goods", "CostOfGoodsSold"), ("Fees", "Expense"), ("Till", "Bank")]
        ):
            entry = told(f"A{number}-1", name, entry_type=account_type)
            keep(db, shop.id, entry, kind=ListKind.ACCOUNT)
    return shop


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        (WordKind.COGS_ACCOUNT, "Goods"),
        (WordKind.INCOME_ACCOUNT, "Sales"),
        (WordKind.EXPENSE_ACCOUNT, "Fees"),
        (WordKind.BANK_ACCOUNT, "Till"),
    ],
)
def test_a_category_takes_only_an_account_of_its_type(accounts: Worded, kind: WordKind, fits: str) -> None:
    for name in ("Sales", "Goods", "Fees", "Till"):
        if name == fits:
            assert accounts.maps("Shipping", name, kind=kind).row.name == name
        else:
            with pytest.raises(DoesNotFit, match="is of type"):
                accounts.maps("Shipping", name, kind=kind)


def test_an_account_of_any_type_fits_where_none_is_wanted(accounts: Worded) -> None:
    for name in ("Sales", "Goods", "Fees", "Till"):
        assert accounts.maps("Shipping", name, kind=WordKind.ACCOUNT).row.name == name


def test_an_entry_that_is_not_there_or_inactive_is_refused(shop: Worded) -> None:
    with pytest.raises(NoSuchEntry):
        shop.maps("SKU-1", "Nothing")
    with pytest.raises(NoSuchEntry):
        shop.maps("SKU-1", Choice(Decision.ENTRY, list_id="nowhere"))
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    with pytest.raises(DoesNotFit, match="inactive"):
        shop.maps("SKU-1", "Widget")


def test_an_item_that_no_line_takes_is_refused(shop: Worded) -> None:
    shop.show_items(told("80000009-1", "Sum", entry_type="Subtotal"))
    with pytest.raises(DoesNotFit):
        shop.maps("SKU-1", "Sum")


def test_the_list_id_counts_before_the_name(shop: Worded) -> None:
    assert shop.maps("SKU-1", Choice(Decision.ENTRY, "80000002-1", "Widget")).row.name == "Gadget"


@pytest.mark.parametrize("name", ["", "x" * 32, "a:", "a\nb"])
def test_a_name_that_quickbooks_cannot_have_is_not_added(shop: Worded, name: str) -> None:
    with pytest.raises(Invalid):
        shop.maps("SKU-1" if name else " ", Choice(Decision.CREATE, name=name))


def test_what_is_not_added_from_here_is_refused(shop: Worded) -> None:
    with pytest.raises(Invalid, match="No vendor is added"):
        shop.maps("Acme", Choice(Decision.CREATE, name="Acme"), kind=WordKind.VENDOR)


def test_said_again_it_takes_the_place_of_what_was_said(shop: Worded) -> None:
    first = shop.maps("SKU-1", "Widget").row.id
    assert shop.maps("SKU-1", "Gadget").row.id == first
    shop.maps("SKU-1", "Widget", connection_id=3)
    with shop.database.reading() as db:
        listed = mappings_of(db, shop.id)
        assert [(one.row.connection_id, one.row.name) for one in listed] == [(0, "Gadget"), (3, "Widget")]
        assert all(isinstance(one.outcome, Resolved) for one in listed)
        assert [one.row.connection_id for one in mappings_of(db, shop.id, connection_id=3)] == [3]
        assert mappings_of(db, shop.id, kind=WordKind.VENDOR) == []


def test_what_was_not_said_cannot_be_taken_back(shop: Worded) -> None:
    with pytest.raises(NotFound):
        shop.unmaps("SKU-1")
