"""How the words of a list of purchase orders become those of a company file."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from qbwc_server.channels.files.habits import HabitOptions


class Received(StrEnum):
    """What a purchase order becomes once all of it has come."""

    ITEM_RECEIPT = "item_receipt"  # the bill comes later
    BILL = "bill"


class Vendors(StrEnum):
    """Whose name stands on the documents."""

    DETAILED = "detailed"  # each supplier by name
    SUMMARY = "summary"  # one vendor for all


class PurchaseOptions(HabitOptions):
    """Options of lists of purchase orders."""

    received_as: Received = Field(
        default=Received.ITEM_RECEIPT, description="item_receipt: the bill comes later; bill: it is owed at once."
    )
    vendors: Vendors = Field(default=Vendors.DETAILED, description="detailed: each supplier; summary: one vendor.")
    single_vendor: str = Field(default="Stocky suppliers", description="The one vendor, where vendors is summary.")
    items: dict[str, str] = Field(default_factory=dict, description="Item by SKU or by product name.")
    freight_account: str | None = Field(default=None, description="Account of freight on what has come.")
    adjustments_account: str | None = Field(default=None, description="Account of adjustments and fees on it.")
    tax_account: str | None = Field(default=None, description="Account of the tax on it.")
    ap_account: str | None = Field(default=None, description="Accounts payable account of what has come.")
    classes: dict[str, str] = Field(default_factory=dict, description="Class by location.")
