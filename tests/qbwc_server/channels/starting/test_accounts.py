"""The account of every category: of the right type, there, active; else what the company file suggests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.start import START
from qbwc_server.channels.start import AccountFor
from qbwc_server.channels.starting.accounts import Accounts, changes, sure_ones
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import add_company
from tests.qbwc_server.channels.starting.beginning import ACCOUNTS, entry, read

NOW = datetime(2026, 3, 2, tzinfo=UTC)
COGS = AccountFor("cogs_account", "cost of goods sold", ("CostOfGoodsSold",), ("Cost of Goods Sold",))
TAX = AccountFor("tax_account", "sales tax payable", ("OtherCurrentLiability",), ("Sales Tax Payable",))
MANUAL = AccountFor("gateways", "payments by manual", ("Bank",), key="manual")


@pytest.fixture
def accounts(database: Database) -> Accounts:
    with database.transaction() as db:
        company = add_company(db, code="shop", name="Shop", time_zone="UTC", now=NOW)
        for name, kind in ACCOUNTS.items():
            db.add(entry(company.id, ListKind.ACCOUNT, name, NOW, entry_type=kind))
        db.add(entry(company.id, ListKind.ACCOUNT, "Old Bank", NOW, active=False, entry_type="Bank"))
        own = {"special_account_type": "SalesTaxPayable"}
        db.add(entry(company.id, ListKind.ACCOUNT, "Sales Tax Payable", NOW, rest=own, entry_type=TAX.fits[0]))
        read(db, company.id, (ListKind.ACCOUNT,), NOW)
        db.flush()
        return Accounts(db, company.id)


def problems(accounts: Accounts, category: AccountFor, options: Mapping[str, Any]) -> str | None:
    (seen,) = accounts.seen([category], options)
    return None if seen.problem is None else f"{seen.problem.code} {seen.problem.field}"


@pytest.mark.parametrize(
    ("category", "options", "problem"),
    [
        (COGS, {"cogs_account": "cost of goods sold"}, None),  # S3-19
        (COGS, {"cogs_account": "Office Supplies"}, "account_type cogs_account"),
        (COGS, {"cogs_account": "Goods"}, "account_missing cogs_account"),
        (MANUAL, {"gateways": {"manual": "Till"}}, None),
        (MANUAL, {"gateways": {"manual": "Shopify Sales"}}, "account_type gateways.manual"),
        (MANUAL, {"gateways": {"manual": "Old Bank"}}, "account_inactive gateways.manual"),
        (TAX, {"tax_account": "Sales Tax Payable"}, "account_own tax_account"),
        (TAX, {}, None),
    ],
)
def test_what_was_chosen_is_held_against_the_company_file(
    accounts: Accounts, category: AccountFor, options: Mapping[str, Any], problem: str | None
) -> None:
    assert problems(accounts, category, options) == problem


def test_the_company_file_suggests_what_fits_and_is_called_so(accounts: Accounts) -> None:
    seen = accounts.seen(START.accounts(ShopOptions.model_construct()), {})
    sure = sure_ones(seen)
    assert sure["sales_account"] == "Shopify Sales"
    assert sure["cogs_account"] == "Cost of Goods Sold"
    assert sure["receivables_account"] == "Accounts Receivable"  # the only one of its type
    assert sure["clearing_account"] == "Shopify Payments Clearing"
    assert sure["bank_account"] == "Checking"
    assert "tax_account" not in sure  # QuickBooks keeps its own Sales Tax Payable for itself
    assert "disputes_account" not in sure
    assert "Old Bank" not in sure.values()


def test_what_is_taken_stays_beside_what_was_chosen_before() -> None:
    options = {"gateways": {"cash": "Till"}}
    assert changes([MANUAL, COGS], {"gateways.manual": "Checking"}, options) == {
        "gateways": {"cash": "Till", "manual": "Checking"}
    }
    assert changes([MANUAL], {"gateways.manual": ""}, {"gateways": {"cash": "Till", "manual": "X"}}) == {
        "gateways": {"cash": "Till"}
    }
    assert changes([COGS], {"cogs_account": ""}, {}) == {"cogs_account": None}


def test_every_account_among_the_options_of_a_shop_is_a_category() -> None:  # part b, account mapping
    told = {one.option for one in START.accounts(ShopOptions.model_construct())}
    assert {name for name in ShopOptions.model_fields if name.endswith("_account")} <= told
    detailed = {one.option for one in START.accounts(ShopOptions.model_construct(inventory="detailed"))}
    assert told - detailed == {"cogs_account", "inventory_account"}  # QuickBooks does it itself then
