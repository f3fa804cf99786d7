"""The start of a shop: the accounts of its books, what its token lacks, how much is to come, what it holds and owes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from qbwc_server.channels.http import Upstream, UpstreamRefused
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import plain
from qbwc_server.channels.shopify.admin.listings import Listing, Size, pages
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.channels.shopify.admin.scopes import SCOPES
from qbwc_server.channels.shopify.admin.selections import moneys
from qbwc_server.channels.start import AccountFor, Lacking, NamesFor, OpeningBalance, SeenUpstream, Start
from qbwc_server.list_kinds import ListKind

_INCOME = ("Income", "OtherIncome")
_EXPENSE = ("Expense", "OtherExpense")
_OWED = ("OtherCurrentLiability", "LongTermLiability")
_HELD = ("OtherCurrentAsset", "Bank")
_EITHER = (*_INCOME, *_EXPENSE)

CATEGORIES = (
    AccountFor("sales_account", "sales", _INCOME, ("Shopify Sales", "Sales", "Merchandise Sales", "Sales Income")),
    AccountFor("returns_account", "sales returns", _INCOME, ("Sales Returns", "Returns and Allowances", "Returns")),
    AccountFor("shipping_account", "shipping income", _INCOME, ("Shipping Income", "Shipping and Delivery Income")),
    AccountFor("discount_account", "discounts", _EITHER, ("Sales Discounts", "Discounts Given", "Discounts")),
    AccountFor(
        "tax_account", "sales tax payable", _OWED, ("Sales Tax Collected", "Shopify Sales Tax", "Sales Tax Due")
    ),
    AccountFor("tip_account", "tips payable", _OWED, ("Tips Payable", "Tips")),
    AccountFor(
        "gift_card_account", "gift cards", _OWED, ("Gift Card Liability", "Gift Cards Outstanding", "Gift Cards")
    ),
    AccountFor("store_credit_account", "store credit", _OWED, ("Store Credit", "Customer Store Credit")),
    AccountFor("promotion_account", "promotion", _EITHER, ("Promotion", "Advertising and Promotion", "Marketing")),
    AccountFor("rounding_account", "rounding", _EITHER, ("Rounding", "Rounding Differences")),
    AccountFor("exchange_account", "exchanges", _HELD, ("Exchange Clearing",)),
    AccountFor(
        "clearing_account",
        "Shopify Payments",
        _HELD,
        ("Shopify Payments Clearing", "Shopify Clearing", "Shopify Payments"),
    ),
    AccountFor("bank_account", "the bank that payouts reach", ("Bank",), ("Checking", "Business Checking", "Bank")),
    AccountFor("cash_account", "cash in the drawers", ("Bank",), ("Cash Drawer", "Cash on Hand", "Till", "Cash")),
    AccountFor("fees_account", "fees", _EXPENSE, ("Shopify Fees", "Merchant Account Fees", "Payment Processing Fees")),
    AccountFor("disputes_account", "disputes", _EXPENSE, ("Disputes", "Chargebacks")),
    AccountFor("reserve_account", "reserve", ("OtherCurrentAsset",), ("Shopify Reserve", "Reserve")),
    AccountFor("adjustments_account", "adjustments", _EITHER, ("Shopify Adjustments",)),
    AccountFor("opening_account", "opening balances", ("Equity",), ("Opening Balance Equity", "Opening Bal Equity")),
    AccountFor("over_short_account", "cash over and short", _EITHER, ("Cash Over and Short", "Cash Over/Short")),
    AccountFor("pay_in_out_account", "pay-ins and pay-outs", (), ("Petty Cash Pay-ins and Pay-outs", "Owner Draws")),
    AccountFor("receivables_account", "accounts receivable", ("AccountsReceivable",), ("Accounts Receivable",)),
)
_COST = (  # booked from here in summary only: QuickBooks does it by itself for items that it keeps in stock
    AccountFor("cogs_account", "cost of goods sold", ("CostOfGoodsSold",), ("Cost of Goods Sold",)),
    AccountFor("inventory_account", "inventory", ("OtherCurrentAsset",), ("Inventory Asset", "Inventory")),
)
_OTHER_GATEWAYS = ("manual",)  # that each shop has, beside cash and Shopify Payments
_COUNTED = {"customers": ("customersCount", "read_customers"), "inventory": ("productVariantsCount", "read_products")}
_CARDS = Listing("giftCards", "gift cards", (*plain("id enabled"), *moneys("balance")), sort="CREATED_AT")
_MOST_CARD_PAGES = 80  # of 250; a shop with more tells the sum in its report of gift cards


def accounts(options: ShopOptions) -> Sequence[AccountFor]:
    """Every category of the books with these options, also each gateway and drawer with an account of its own."""
    cost = _COST if options.inventory == Mode.SUMMARY else ()
    gateways = dict.fromkeys((*_OTHER_GATEWAYS, *(options.gateways or {})))
    own = (AccountFor("gateways", f"payments by {name.replace('_', ' ')}", _HELD, key=name) for name in gateways)
    drawers = (AccountFor("drawers", f"cash of {name}", ("Bank",), key=name) for name in options.drawers or {})
    return (*CATEGORIES, *cost, *own, *drawers)


def look(options: ShopOptions, upstream: Upstream) -> SeenUpstream:
    """What the token lacks, how many entries are to come, and what is held and owed. Raises UpstreamError."""
    client = AdminClient.open(options, upstream)
    scopes = client.scopes
    lacking = [
        Lacking(one.name, one.missing, one.needed) for one in SCOPES if scopes is not None and one.name not in scopes
    ]
    remarks = [] if scopes is not None else ["The shop does not say which scopes the token has."]
    coming = {option: number for option in _COUNTED if (number := _count(client, option, remarks)) is not None}
    balances = {}
    for code, tell in (("clearing", _held), ("gift_cards", _owed)):
        try:
            amount = tell(client, remarks)
        except UpstreamRefused as error:
            remarks.append(str(error))
            continue
        if amount is not None:
            balances[code] = amount
    return SeenUpstream(lacking, coming, balances, [*client.remarks, *remarks])


def _count(client: AdminClient, option: str, remarks: list[str]) -> int | None:
    field, scope = _COUNTED[option]
    if not client.may(scope):
        return None
    try:
        told = client.ask(f"{{ {field}(limit: null) {{ count precision }} }}", {}, f"the number of {option}")
    except UpstreamRefused as error:
        remarks.append(str(error))
        return None
    found = told.get(field)
    if found is None:
        return None
    if found.get("precision") != "EXACT":
        remarks.append(f"The shop has at least {found['count']} {option}; it does not count all of them.")
    return int(found["count"])


def _held(client: AdminClient, remarks: list[str]) -> Decimal | None:
    """What Shopify Payments has and has not paid out."""
    if not client.may("read_shopify_payments_payouts"):
        return None
    told = client.ask("{ shopifyPaymentsAccount { id balance { amount currencyCode } } }", {}, "the balance")
    account = told.get("shopifyPaymentsAccount")
    return None if account is None else _in_shop_currency(client, account.get("balance") or (), remarks)


def _owed(client: AdminClient, remarks: list[str]) -> Decimal | None:
    """What is left on all gift cards that can be used."""
    if not client.may("read_gift_cards"):
        return None
    owed = Decimal(0)
    for number, nodes in enumerate(pages(client, _CARDS, None, Size(250))):
        if number == _MOST_CARD_PAGES:
            remarks.append("The shop has too many gift cards to add up here: take the sum from its report.")
            return None
        usable = [one["balance"] for one in nodes if one.get("enabled") and one.get("balance")]
        owed += _in_shop_currency(client, usable, remarks)
    return owed


def _in_shop_currency(client: AdminClient, amounts: Sequence[Mapping[str, Any]], remarks: list[str]) -> Decimal:
    currency = client.shop["currencyCode"]
    other = sorted({str(one["currencyCode"]) for one in amounts} - {currency})
    if other:
        remarks.append(f"Balances in {', '.join(other)} are not added up.")
    return sum((Decimal(str(one["amount"])) for one in amounts if one["currencyCode"] == currency), Decimal(0))


START = Start(
    look=look,
    accounts=accounts,
    begins="start_date",
    names=(
        NamesFor("customers", "Customers", ListKind.CUSTOMER),
        NamesFor("inventory", "Variants of products", ListKind.ITEM),
    ),
    openings=(
        OpeningBalance("clearing", "what Shopify Payments held", "clearing_account"),
        OpeningBalance("gift_cards", "what was owed on gift cards", "gift_card_account", owed=True),
    ),
    against="opening_account",
    tax_code="tax_code",
    tax_item="sales_tax_item",
    asked=("open_orders",),
    older="Of orders that were placed before, what happens from that day on counts, each for review: what was paid or "
    "owed before stands in the books as it was entered there.",
    kept=("documents",),
    locked=("revenue_date", "discounts", "time_zone"),
)
