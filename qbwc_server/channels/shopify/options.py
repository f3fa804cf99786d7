"""How the words of a shop become those of a company file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from qbwc_server.channels.files.habits import TableOptions


class CustomerMode(StrEnum):
    """Whose name stands on the documents."""

    BILLING_NAME = "billing_name"  # one customer per billing name of an order
    SINGLE = "single"  # one customer for the whole shop; no names, no addresses are kept


class ShopifyOptions(TableOptions):
    """Options of the orders export. Items are full names of items in QuickBooks."""

    customers: CustomerMode = Field(
        default=CustomerMode.BILLING_NAME, description="billing_name: one customer per name; single: one for the shop."
    )
    single_customer: str = Field(
        default="Shopify Customer", description="The one customer; also that of orders which name nobody."
    )
    use_sku: bool = Field(default=True, description="The item of a line is its SKU, where it has one.")
    items: dict[str, str] = Field(
        default_factory=dict, description="Item by SKU or by product name, before anything else is tried."
    )
    product_item: str = Field(default="Shopify Sale", description="Item of products that are not known otherwise.")
    shipping_item: str = Field(default="Shipping", description="Item of shipping charges.")
    discount_item: str = Field(default="Discount", description="Item of discounts, with a negative amount.")
    tax_item: str | None = Field(default=None, description="Item of tax lines, equal to the shop's tax.")
    tax_items: dict[str, str] = Field(default_factory=dict, description="Item by name of the tax, such as HST 13%.")
    tax_account: str | None = Field(
        default=None, description="Account of the tax items, under which they may be added; usually a liability."
    )
    tax_included_item: str = Field(
        default="Tax Included in Prices",
        description="Where prices hold the tax: item of the line that takes the tax out of the sales.",
    )
    tip_item: str | None = Field(default=None, description="Item of tips.")
    tip_account: str | None = Field(default=None, description="Account of the tip item; usually a liability.")
    duties_item: str | None = Field(default=None, description="Item of duties.")
    duties_account: str | None = Field(default=None, description="Account of the duties item.")
    gift_card_item: str | None = Field(default=None, description="Item of gift cards, sold and redeemed.")
    gift_card_account: str | None = Field(
        default=None, description="Account of the gift card item; usually a liability."
    )
    refund_item: str | None = Field(default=None, description="Item of refunds of a part of an order.")
    rounding_item: str | None = Field(default=None, description="Item of differences up to rounding_cap.")
    rounding_account: str | None = Field(default=None, description="Account of the rounding item.")
    rounding_cap: Decimal = Field(
        default=Decimal("0.05"),
        ge=0,
        le=1,
        decimal_places=2,
        description="Largest difference per order that is booked to rounding_item; beyond it a person looks.",
    )
    tax_code: str | None = Field(default=None, description="Sales tax code of every line, usually the non-taxable one.")
    sales_tax_item: str | None = Field(
        default=None,
        description="Sales tax item of the documents, usually one of 0 %, since the tax has its own lines.",
    )
    sales_tax_on: bool | None = Field(
        default=None,
        description="Whether QuickBooks charges sales tax. Left out: as the company file said when it was last open.",
    )
    payment_methods: dict[str, str] = Field(
        default_factory=dict,
        description="Payment method in QuickBooks by the cell Payment Method; others stay in the memo only.",
    )
    deposit_to: str | None = Field(default=None, description="Account that receives the sales receipts.")
    ar_account: str | None = Field(default=None, description="Accounts receivable account of the invoices.")
    classes: dict[str, str] = Field(default_factory=dict, description="Class by the cell Location.")
    currency: str | None = Field(
        default=None, description="Currency of the books, such as USD. Left out: that of the first order."
    )

    @property
    def tax_is_settled(self) -> bool:
        """Whether QuickBooks is certain to add no tax of its own to the tax that the shop has charged."""
        return self.sales_tax_on is False or (self.tax_code is not None and self.sales_tax_item is not None)

    @property
    def line_tax_code(self) -> str | None:
        """The sales tax code of every line; none where QuickBooks does not charge sales tax."""
        return None if self.sales_tax_on is False else self.tax_code

    @property
    def document_tax_item(self) -> str | None:
        """The sales tax item of every document; none where QuickBooks does not charge sales tax."""
        return None if self.sales_tax_on is False else self.sales_tax_item

    def accounts(self) -> dict[str, str | None]:
        """Items that are no income, each with the account under which it may be added, or None: it is not added."""
        chosen = [
            (self.tax_item, self.tax_account),
            *((item, self.tax_account) for item in self.tax_items.values()),
            (self.tip_item, self.tip_account),
            (self.duties_item, self.duties_account),
            (self.gift_card_item, self.gift_card_account),
            (self.rounding_item, self.rounding_account),
        ]
        return {item: account for item, account in chosen if item is not None}


def as_the_file_says(options: ShopifyOptions, preferences: Mapping[str, object] | None) -> ShopifyOptions:
    """The options completed by what the company file says of itself; None: it has not been open yet."""
    if options.sales_tax_on is not None or preferences is None or not isinstance(preferences.get("sales_tax"), bool):
        return options
    return options.model_copy(update={"sales_tax_on": preferences["sales_tax"]})
