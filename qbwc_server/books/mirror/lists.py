"""The lists of a company file: one entry per list says how it is asked for, what it shows and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from qbwc_server.list_kinds import ListKind
from qbxml import MESSAGES, Aggregate, MissingElement, Query
from qbxml.message import IteratedQuery

LONGEST_ID = 40


class Room(StrEnum):
    """Which entries of a company file count together against a limit."""

    NAMES = "names"  # customers, vendors, employees and other names
    ITEMS = "items"
    PRICE_LEVELS = "price_levels"
    OTHERS = "others"  # each list by itself


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as an answer shows it."""

    list_id: str
    full_name: str
    parent_id: str | None
    entry_type: str | None
    active: bool
    email: str | None
    number: str | None
    company_name: str | None
    time_modified: datetime | None
    rest: Mapping[str, Any]


@dataclass(frozen=True)
class MirroredList:
    """One list.

    Attributes:
        title: of the whole list.
        message: the query, such as ``CustomerQuery``.
        rets: what it shows, to the type of the entry where the list has entries of several.
        deleted_as: under which types ListDeletedQuery tells of its entries.
        capacity: under which field of ListMetaData the file tells how much it takes.
        name: the field that holds the name of entries that have no full name.
        entry_type: the field that says the type of an entry.
        number: the fields that may hold its number, the first that does counts.
        rest: the fields that are kept beside those that every list has.
        name_only: nothing else is kept, nor asked for.
    """

    title: str
    message: str
    rets: Mapping[str, str | None]
    deleted_as: tuple[str, ...]
    room: Room = Room.OTHERS
    capacity: str | None = None
    name: str = "name"
    entry_type: str | None = None
    number: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    name_only: bool = False

    @cached_property
    def query(self) -> type[Query]:
        """The class of the query."""
        return cast("type[Query]", MESSAGES[f"{self.message}Rq"])

    @property
    def in_pages(self) -> bool:
        """Whether the answer can be fetched in pages."""
        return issubclass(self.query, IteratedQuery)

    @property
    def by_change(self) -> bool:
        """Whether it can be asked for what was changed since; else all of it is read each time."""
        return "from_modified_date" in _fields(self.query)

    @property
    def by_id(self) -> bool:
        """Whether it can be asked for entries by ListID."""
        return "list_ids" in _fields(self.query)

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """What is asked for of each entry: only what is kept."""
        wanted = ("list_id", "time_modified", self.name, "full_name", "is_active", "parent", *self._kept)
        rets = [MESSAGES[name] for name in self.rets]
        tags = dict.fromkeys(tag for ret in rets for tag in ret.tags(*(one for one in wanted if one in _fields(ret))))
        return tuple(tags)

    @cached_property
    def _kept(self) -> tuple[str, ...]:
        if self.name_only:
            return ()
        typed = () if self.entry_type is None else (self.entry_type,)
        return (*typed, "email", "company_name", *self.number, *self.rest)

    def told(self, ret: Aggregate) -> Told:
        """What an answer shows of an entry. Raises MissingElement where it does not say which it is."""
        name = _text(ret, "full_name") or _text(ret, self.name)
        list_id = _text(ret, "list_id")
        if not name or not list_id or len(list_id) > LONGEST_ID:
            raise MissingElement(f"an entry of {self.message} was shown without its name or ListID")
        entry_type = self.rets.get(type(ret).__name__) or (self.entry_type and _text(ret, self.entry_type))
        return Told(
            list_id,
            name,
            getattr(getattr(ret, "parent", None), "list_id", None),
            entry_type or None,
            getattr(ret, "is_active", None) is not False,
            None if self.name_only else _text(ret, "email"),
            next((found for field in self.number if (found := _text(ret, field))), None),
            _text(ret, "company_name"),
            moment_of(ret, "time_modified"),
            {field: plain(value) for field in self.rest if (value := getattr(ret, field, None)) not in (None, ())},
        )


def _fields(cls: type[Aggregate]) -> frozenset[str]:
    return frozenset(one.name for one in fields(cast("Any", cls)))


def _text(ret: Aggregate, field: str) -> str | None:
    value = getattr(ret, field, None)
    return None if value is None else str(value) or None


def moment_of(ret: Aggregate, field: str) -> datetime | None:
    """A time in UTC; one without its offset is the PC's own and is taken for UTC, which is near enough for overlaps."""
    value: datetime | None = getattr(ret, field, None)
    try:
        return None if value is None else (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def plain(value: Any) -> Any:
    """A value of an answer as JSON takes it; a reference is its ListID and name."""
    if isinstance(value, Aggregate):
        return {name: plain(one) for name, one in vars(value).items() if not name.startswith("_")}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


_ITEM_TYPES = (
    *("Service", "NonInventory", "OtherCharge", "Inventory", "InventoryAssembly", "FixedAsset", "Subtotal", "Discount"),
    *("Payment", "SalesTax", "SalesTaxGroup", "Group"),
)

LISTS: dict[ListKind, MirroredList] = {
    ListKind.CUSTOMER: MirroredList(
        "customers and jobs",
        "CustomerQuery",
        {"CustomerRet": None},
        ("Customer",),
        Room.NAMES,
        "entity_meta_data",
        number=("account_number",),
        rest=("phone", "customer_type", "terms", "sales_tax_code", "item_sales_tax", "price_level", "currency"),
    ),
    ListKind.VENDOR: MirroredList(
        "vendors",
        "VendorQuery",
        {"VendorRet": None},
        ("Vendor",),
        Room.NAMES,
        "entity_meta_data",
        number=("account_number",),
        rest=("phone", "terms", "currency"),
    ),
    ListKind.OTHER_NAME: MirroredList(
        "other names",
        "OtherNameQuery",
        {"OtherNameRet": None},
        ("OtherName",),
        Room.NAMES,
        "entity_meta_data",
        number=("account_number",),
    ),
    ListKind.EMPLOYEE: MirroredList(
        "names of employees",
        "EmployeeQuery",
        {"EmployeeRet": None},
        ("Employee",),
        Room.NAMES,
        "entity_meta_data",
        name_only=True,
    ),
    ListKind.ITEM: MirroredList(
        "items",
        "ItemQuery",
        {f"Item{one}Ret": one for one in _ITEM_TYPES},
        tuple(f"Item{one}" for one in _ITEM_TYPES),
        Room.ITEMS,
        "item_meta_data",
        number=("manufacturer_part_number", "bar_code_value"),
        rest=(
            *("bar_code_value", "sales_tax_code", "sales_or_purchase", "sales_and_purchase", "sales_price"),
            *("sales_desc", "purchase_cost", "item_desc", "income_account", "cogs_account", "asset_account"),
            *("account", "discount_rate", "discount_rate_percent", "tax_rate", "tax_vendor", "item_sales_taxes"),
        ),
    ),
    ListKind.ACCOUNT: MirroredList(
        "accounts",
        "AccountQuery",
        {"AccountRet": None},
        ("Account",),
        capacity="account_meta_data",
        entry_type="account_type",
        number=("account_number",),
        rest=("special_account_type", "bank_number", "desc", "currency"),
    ),
    ListKind.CLASS: MirroredList("classes", "ClassQuery", {"ClassRet": None}, ("Class",), capacity="class_meta_data"),
    ListKind.TERMS: MirroredList(
        "payment terms",
        "TermsQuery",
        {"StandardTermsRet": "Standard", "DateDrivenTermsRet": "DateDriven"},
        ("StandardTerms", "DateDrivenTerms"),
        capacity="terms_meta_data",
        rest=("std_due_days", "std_discount_days", "discount_pct", "day_of_month_due", "due_next_month_days"),
    ),
    ListKind.PAYMENT_METHOD: MirroredList(
        "payment methods",
        "PaymentMethodQuery",
        {"PaymentMethodRet": None},
        ("PaymentMethod",),
        capacity="payment_method_meta_data",
        entry_type="payment_method_type",
    ),
    ListKind.SALES_TAX_CODE: MirroredList(
        "sales tax codes",
        "SalesTaxCodeQuery",
        {"SalesTaxCodeRet": None},
        ("SalesTaxCode",),
        capacity="sales_tax_code_meta_data",
        rest=("is_taxable", "desc"),
    ),
    ListKind.CUSTOMER_TYPE: MirroredList(
        "customer types",
        "CustomerTypeQuery",
        {"CustomerTypeRet": None},
        ("CustomerType",),
        capacity="customer_type_meta_data",
    ),
    ListKind.CUSTOMER_MESSAGE: MirroredList(
        "customer messages",
        "CustomerMsgQuery",
        {"CustomerMsgRet": None},
        ("CustomerMsg",),
        capacity="customer_msg_meta_data",
    ),
    ListKind.PRICE_LEVEL: MirroredList(
        "price levels",
        "PriceLevelQuery",
        {"PriceLevelRet": None},
        ("PriceLevel",),
        Room.PRICE_LEVELS,
        "price_level_meta_data",
        entry_type="price_level_type",
        rest=("price_level_fixed_percentage", "price_level_per_item_rets", "currency"),
    ),
    ListKind.TEMPLATE: MirroredList(
        "templates",
        "TemplateQuery",
        {"TemplateRet": None},
        (),
        capacity="template_meta_data",
        entry_type="template_type",
    ),
    ListKind.SALES_REP: MirroredList(
        "sales reps",
        "SalesRepQuery",
        {"SalesRepRet": None},
        ("SalesRep",),
        capacity="sales_rep_meta_data",
        name="initial",
        rest=("sales_rep_entity",),
    ),
    ListKind.SHIP_METHOD: MirroredList(
        "ship methods",
        "ShipMethodQuery",
        {"ShipMethodRet": None},
        ("ShipMethod",),
        capacity="ship_method_meta_data",
    ),
    ListKind.CURRENCY: MirroredList(
        "currencies",
        "CurrencyQuery",
        {"CurrencyRet": None},
        ("Currency",),
        rest=("currency_code", "is_user_defined_currency"),
    ),
}

DELETED_AS: dict[str, ListKind] = {name: kind for kind, one in LISTS.items() for name in one.deleted_as}
_TAX_ITEMS = ("SalesTax", "SalesTaxGroup")


def stands_in(kind: ListKind) -> tuple[ListKind, tuple[str, ...]]:
    """In which mirrored list the entries of ``kind`` stand, and of which types they are there; () for all."""
    return (ListKind.ITEM, _TAX_ITEMS) if kind is ListKind.SALES_TAX_ITEM else (kind, ())
