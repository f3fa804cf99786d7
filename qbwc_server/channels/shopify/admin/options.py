"""How a shop is reached, and how its sales become documents."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from qbwc_server.channels.options import ChannelOptions

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,250}")


class Mode(StrEnum):
    """How exactly names are kept."""

    SUMMARY = "summary"  # one for all
    DETAILED = "detailed"  # each by its own name


class RevenueDate(StrEnum):
    """On which day a sale counts."""

    FULFILLED = "fulfilled"  # when all of it was handed over; until then it waits
    CREATED = "created"  # when it was ordered


class Discounts(StrEnum):
    """How what was taken off stands in the books."""

    OWN_LINES = "own_lines"  # sales by list price, discounts beside
    NET = "net"  # sales after discounts


class OpenOrders(StrEnum):
    """What stands in the books of an order that is neither handed over nor paid."""

    WAIT = "wait"
    SALES_ORDER = "sales_order"  # Pro has none
    ESTIMATE = "estimate"


def _shop(value: str) -> str:
    """The address of a shop: of its name, its domain, or where a sandbox stands."""
    text = value.strip().rstrip("/")
    if "://" in text:
        return text
    text = text.casefold()
    if _NAME.fullmatch(text):
        return f"https://{text}.myshopify.com"
    if _HOST.fullmatch(text):
        return f"https://{text}"
    raise PydanticCustomError("shop", "should be the domain of a shop, such as tea.myshopify.com")


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=159)]
_LIABILITY = "usually a liability"


def _item(title: str, default: str, what: str) -> Any:
    return Field(default=default, title=f"Item: {title}", description=f"Item of QuickBooks for {what}.")


def _account(title: str, what: str) -> Any:
    return Field(default=None, title=f"Account: {title}", description=f"Account of QuickBooks for {what}.")


class ShopOptions(ChannelOptions):
    """Options of a shop that is asked by itself."""

    shop: Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_shop)] = Field(
        title="Shop",
        description="Its domain, such as tea.myshopify.com.",
        json_schema_extra={"format": "uri"},
    )
    token: SecretStr = Field(title="Admin API access token", description="Of the app in Shopify, such as shpat_...")
    webhook_secret: SecretStr | None = Field(
        default=None,
        title="Secret of webhooks",
        description="With which Shopify signs them. Left out: none are taken, and the shop is asked by the clock only.",
    )
    version: Annotated[str, StringConstraints(pattern=r"^(\d{4}-(01|04|07|10))?$")] = Field(
        default="", title="Version of the API", description="Such as 2026-10. Left out: the newest that is known here."
    )
    start_date: date | None = Field(
        default=None,
        title="Start date",
        description="What happened before that day is left out. Left out: all that the token may see.",
    )
    include_test_orders: bool = Field(
        default=False, title="Test orders", description="Whether orders and payments made as a test count."
    )
    first_import_in_bulk: bool = Field(
        default=True,
        title="First import in bulk",
        description="Whether what goes back more than three days is asked for as one bulk operation.",
    )
    page_size: Annotated[int, Field(ge=1, le=250)] = Field(
        default=25, title="Orders on a page", description="How many are asked for at a time, at most."
    )
    customers: Mode = Field(
        default=Mode.SUMMARY, title="Customers", description="summary: one customer; detailed: each by name."
    )
    inventory: Mode = Field(
        default=Mode.SUMMARY, title="Inventory", description="summary: one item by type; detailed: one by variant."
    )
    documents: Mode = Field(
        default=Mode.SUMMARY,
        title="Documents",
        description="summary: receipts by location, day and tender; detailed: documents of each order.",
    )
    revenue_date: RevenueDate = Field(
        default=RevenueDate.FULFILLED,
        title="Day of the sale",
        description="fulfilled: the day on which the last of it was handed over; created: the day of the order.",
    )
    open_orders: OpenOrders = Field(
        default=OpenOrders.WAIT,
        title="Open orders",
        description="What an order becomes until it is handed over: wait: nothing; sales_order: not in Pro; estimate.",
    )
    discounts: Discounts = Field(
        default=Discounts.OWN_LINES,
        title="Discounts",
        description="own_lines: sales by list price with discounts beside; net: sales after discounts.",
    )
    rounding_cap: Annotated[Decimal, Field(ge=0, le=1, decimal_places=2)] = Field(
        default=Decimal("0.05"),
        title="Largest rounding difference",
        description="Of one document, that is booked to the rounding account; beyond it a person looks.",
    )
    time_zone: str = Field(
        default="", title="Time zone", description="In which its days begin and end. Left out: that of the shop."
    )
    customer: Name = Field(
        default="Shopify Customer", title="Customer", description="The one customer; also of orders that name nobody."
    )
    sales_item: Name = _item("sales", "Shopify Sale", "what is sold, where inventory is summary")
    returns_item: Name = _item("returns", "Shopify Return", "what is taken back, where inventory is summary")
    shipping_item: Name = _item("shipping", "Shipping", "shipping charges")
    discount_item: Name = _item("discounts", "Discount", "discounts, with a negative amount")
    tax_item: Name = _item("tax", "Sales Tax Collected", "the tax that the shop charged")
    tip_item: Name = _item("tips", "Tips", "tips")
    gift_card_item: Name = _item("gift cards", "Gift Card", "gift cards sold and redeemed")
    store_credit_item: Name = _item("store credit", "Store Credit", "store credit given and redeemed")
    promotion_item: Name = _item("promotion", "Promotion", "what gift cards were sold for less than their face")
    duties_item: Name = _item("duties", "Duties", "duties and import taxes")
    additional_fee_item: Name = _item("additional fees", "Additional Fees", "additional fees of an order")
    rounding_item: Name = _item("rounding", "Rounding", "rounding differences up to the largest one")
    cash_rounding_item: Name = _item("cash rounding", "Cash Rounding", "what cash payments are rounded by")
    refund_difference_item: Name = _item(
        "refund differences", "Refund Differences", "refunded money that no line of the order explains"
    )
    exchange_item: Name = _item("exchanges", "Exchange Clearing", "what is taken instead of what comes back")
    sales_account: Name | None = _account("sales", "income of sales")
    returns_account: Name | None = _account("returns", "sales returns")
    shipping_account: Name | None = _account("shipping", "income of shipping")
    discount_account: Name | None = _account("discounts", "discounts given")
    tax_account: Name | None = _account("tax", f"sales tax payable; {_LIABILITY}")
    tip_account: Name | None = _account("tips", f"tips payable; {_LIABILITY}")
    gift_card_account: Name | None = _account("gift cards", f"what is owed on gift cards; {_LIABILITY}")
    store_credit_account: Name | None = _account("store credit", f"what is owed as store credit; {_LIABILITY}")
    promotion_account: Name | None = _account("promotion", "gift cards that were issued without a sale; an expense")
    rounding_account: Name | None = _account("rounding", "rounding differences")
    exchange_account: Name | None = _account("exchange clearing", "exchanges, always zero in the end")
    clearing_account: Name | None = _account("clearing", "what Shopify Payments owes; another current asset")
    bank_account: Name | None = _account("bank", "payouts that arrive; a bank account")
    cash_account: Name | None = _account("cash", "cash in the drawers; a bank account")
    fees_account: Name | None = _account("fees", "fees of payments; an expense")
    disputes_account: Name | None = _account("disputes", "disputed payments; an expense")
    reserve_account: Name | None = _account("reserve", "what Shopify Payments holds back; another current asset")
    adjustments_account: Name | None = _account("adjustments", "adjustments and credits of Shopify Payments")
    opening_account: Name | None = _account("opening", "where the first cash float came from")
    over_short_account: Name | None = _account("cash over and short", "differences of counted cash")
    pay_in_out_account: Name | None = _account("pay-ins and pay-outs", "cash put into or taken out of a drawer")
    cogs_account: Name | None = _account("cost of goods sold", "the cost of what was sold")
    inventory_account: Name | None = _account("inventory", "inventory; another current asset")
    receivables_account: Name | None = _account("receivables", "accounts receivable")
    gateways: dict[str, Name] = Field(
        default_factory=dict,
        title="Accounts by gateway",
        description="Account that receives the money, by gateway: cash, shopify_payments, manual, ...",
    )
    drawers: dict[str, Name] = Field(
        default_factory=dict,
        title="Drawers",
        description="Account of the cash of a location, by its name; cash of others goes to the account of cash.",
    )
    payment_methods: dict[str, Name] = Field(
        default_factory=dict, title="Payment methods", description="Payment method in QuickBooks by gateway."
    )
    classes: dict[str, Name] = Field(
        default_factory=dict, title="Classes", description="Class in QuickBooks by name of the location."
    )
    tax_code: Name | None = Field(
        default=None, title="Tax code", description="Sales tax code of every line, usually the non-taxable one."
    )
    sales_tax_item: Name | None = Field(
        default=None, title="Sales tax item", description="Of every document, usually one of 0 %."
    )

    @property
    def host(self) -> str:
        """Which shop it is, however it was written."""
        return self.shop.partition("://")[2].casefold()

    def items(self) -> dict[str, str | None]:
        """Items that are no income, each with the account under which it may be added, if any; others by choice."""
        chosen = {
            self.sales_item: self.sales_account,
            self.returns_item: self.returns_account,
            self.shipping_item: self.shipping_account,
            self.discount_item: self.discount_account,
        }
        return {
            **{item: account for item, account in chosen.items() if account is not None},
            self.tax_item: self.tax_account,
            self.tip_item: self.tip_account,
            self.gift_card_item: self.gift_card_account,
            self.promotion_item: self.promotion_account,
            self.store_credit_item: self.store_credit_account,
            self.rounding_item: self.rounding_account,
            self.cash_rounding_item: self.rounding_account,
            self.exchange_item: self.exchange_account,
        }
