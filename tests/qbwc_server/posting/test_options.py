"""What a company lets us do in its file."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.errors import Invalid
from qbwc_server.posting.options import PostingOptions, change_options, options_of
from qbwc_server.tenancy.models import Company


@pytest.fixture
def company() -> Company:
    return Company(posting_options={})


def test_the_defaults_are_careful(company: Company) -> None:
    options = options_of(company)
    assert options == PostingOptions.model_validate({})
    assert (options.create_customers, options.create_items) == (True, False)
    assert options_of(Company()) == options  # a company that was not stored yet


def test_options_are_set_one_by_one_and_taken_back(company: Company) -> None:
    change_options(company, {"ar_account": "A/R", "characters": "refuse"})
    change_options(company, {"create_customers": False})
    assert company.posting_options == {"ar_account": "A/R", "characters": "refuse", "create_customers": False}
    change_options(company, {"ar_account": None, "create_customers": True})
    assert company.posting_options == {"characters": "refuse"}  # what is a default is not kept
    assert options_of(company).ar_account is None


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
    company: Company, changes: dict[str, Any], named: str
) -> None:
    change_options(company, {"deposit_to": "Till"})
    with pytest.raises(Invalid, match=named):
        change_options(company, changes)
    assert company.posting_options == {"deposit_to": "Till"}


def test_items_are_added_only_with_an_account_for_their_sales(company: Company) -> None:
    change_options(company, {"create_items": True, "item_income_account": "Sales"})
    with pytest.raises(Invalid, match="item_income_account"):
        change_options(company, {"item_income_account": None})
    assert options_of(company).create_items
