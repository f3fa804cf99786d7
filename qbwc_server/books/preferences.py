"""What a company file says of itself, with what it means: edition, taxes, classes, currencies, what is switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from qbwc_server.books.models import CompanyFacts


class Edition(StrEnum):
    """Of QuickBooks Desktop; what it can do and how much its lists take depends on it."""

    PRO = "pro"
    PREMIER = "premier"
    ENTERPRISE = "enterprise"


_WITH_SALES_ORDERS = (Edition.PREMIER, Edition.ENTERPRISE)
_NAMES = (  # in the name of the product; an Accountant edition is a Premier or Enterprise one
    ("enterprise", Edition.ENTERPRISE),
    ("premier", Edition.PREMIER),
    ("accountant", Edition.PREMIER),
    ("pro", Edition.PRO),
)


def edition_of(product: str | None) -> Edition | None:
    """Which edition a product is, by its name; None where that does not say it."""
    words = (product or "").lower().split()
    return next((edition for name, edition in _NAMES if any(word.startswith(name) for word in words)), None)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is switched on in a company file. None: it did not say.

    Attributes:
        sales_tax_item: name of the sales tax item that is used where a customer has none; ``..._id`` is its ListID.
        taxable_code, non_taxable_code: the sales tax codes that QuickBooks uses by itself.
        class_required_of: to what classes are assigned, in QuickBooks' words; None where that is not said.
        inventory: inventory and purchase orders; without it there are no item receipts.
        receipts_apart: an item receipt and its bill are two transactions (enhanced inventory receiving).
        bills_due_days: days after which bills are due that say nothing of it.
    """

    account_numbers: bool | None = None
    accounts_required: bool | None = None
    class_tracking: bool | None = None
    class_required_of: str | None = None
    sales_tax: bool | None = None
    sales_tax_item: str | None = None
    sales_tax_item_id: str | None = None
    taxable_code: str | None = None
    non_taxable_code: str | None = None
    multi_currency: bool | None = None
    home_currency: str | None = None
    estimates: bool | None = None
    progress_invoicing: bool | None = None
    inventory: bool | None = None
    receipts_apart: bool | None = None
    price_levels: bool | None = None
    auto_apply_payments: bool | None = None
    bills_due_days: int | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any] | None) -> Self:
        """As they are kept; what an older version did not keep was not said."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in (record or {}).items() if name in known})

    def as_record(self) -> dict[str, Any]:
        """What was said, as it is kept."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A company file as far as documents, mappings and limits depend on it.

    Attributes:
        sales_orders: whether there are any, which no preference says: they come with the edition.
        item_receipts: whether items can be received before their bill comes.
    """

    edition: Edition | None
    closing_date: date | None
    preferences: Preferences

    @property
    def sales_orders(self) -> bool | None:
        """Whether the edition has sales orders."""
        return None if self.edition is None else self.edition in _WITH_SALES_ORDERS

    @property
    def item_receipts(self) -> bool | None:
        """Whether items can be received before their bill comes."""
        return self.preferences.inventory


def file_facts(facts: CompanyFacts | None) -> FileFacts:
    """What is known of a company file; nothing before it was seen once."""
    if facts is None:
        return FileFacts(None, None, Preferences())
    return FileFacts(edition_of(facts.product), facts.closing_date, Preferences.from_record(facts.preferences))
