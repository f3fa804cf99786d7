"""How the words of a shop become those of a company file."""

from __future__ import annotations

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
    tax_item: str = Field(default="Sales Tax Collected", description="Item of tax lines, equal to the shop's tax.")
    tax_items: dict[str, str] = Field(default_factory=dict, description="Item by name of the tax, such as HST 13%.")
    tax_included_item: str = Field(
        default="Tax Included in Prices",
        description="Where prices hold the tax: item of the line that takes the tax out of the sales.",
    )
    tip_item: str = Field(default="Tips", description="Item of tips.")
    duties_item: str = Field(default="Duties", description="Item of duties.")
    rounding_item: str = Field(default="Rounding", description="Item of differences up to rounding_cap.")
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
