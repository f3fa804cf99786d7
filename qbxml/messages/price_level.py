"""Price levels: query."""

from datetime import datetime
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, exactly_one, ref, together
from qbxml.message import Query, QueryResponse
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, CurrencyFilter, NameFilter, NameRangeFilter, Ref
from qbxml.values import Id, Percent, Price


class PriceLevelQueryRq(Query, since=(4, 0)):
    """Look for price levels."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    item: Ref | None = ref("ItemRef", default=None)
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)
    choices = (
        at_most_one(
            "list_ids",
            "full_names",
            any_of(
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "name_filter",
                "name_range_filter",
                "item",
                "currency_filter",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class PriceLevelType(StrEnum):
    """Whether a price level is one percentage or a price per item."""

    FIXED_PERCENTAGE = "FixedPercentage"
    PER_ITEM = "PerItem"


class PriceLevelPerItemRet(Aggregate):
    """The price of one item in a price level."""

    item: Ref = ref("ItemRef")
    custom_price: Price | None = element("CustomPrice", default=None)
    custom_price_percent: Percent | None = element("CustomPricePercent", default=None)
    choices = (exactly_one("custom_price", "custom_price_percent"),)


class PriceLevelRet(NamedRet, may_lack=("list_id", "time_created", "time_modified", "edit_sequence", "name")):
    """A price level, as it stands in the books."""

    is_active: bool | None = element("IsActive", default=None)
    price_level_type: PriceLevelType | None = element("PriceLevelType", default=None)
    price_level_fixed_percentage: Percent | None = element("PriceLevelFixedPercentage", default=None)
    price_level_per_item_rets: tuple[PriceLevelPerItemRet, ...] = element("PriceLevelPerItemRet", default=())
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    choices = (at_most_one("price_level_fixed_percentage", together("price_level_per_item_rets", may=("currency",))),)


class PriceLevelQueryRs(QueryResponse, since=(4, 0)):
    """The answer to :class:`PriceLevelQueryRq`."""

    price_level_rets: tuple[PriceLevelRet, ...] = element("PriceLevelRet", default=())


MESSAGES = (
    PriceLevelQueryRq,
    PriceLevelRet,
    PriceLevelQueryRs,
)
