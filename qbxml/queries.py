"""What queries of the same sort have in common: of lists, of people and firms, of transactions."""

from datetime import datetime
from uuid import UUID

from qbxml.declaration import any_of, at_most_one, element
from qbxml.message import IteratedQuery, Query
from qbxml.shared import (
    ActiveStatus,
    ClassFilter,
    CurrencyFilter,
    ListFilter,
    ModifiedDateRangeFilter,
    NameFilter,
    NameRangeFilter,
    RefNumberFilter,
    RefNumberRangeFilter,
    TotalBalanceFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Id


class ListQueryRq(Query):
    """A query of a list that has names only."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
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
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class NameQueryRq(IteratedQuery):
    """A query of a list of people and firms."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    total_balance_filter: TotalBalanceFilter | None = element("TotalBalanceFilter", default=None)
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    class_filter: ClassFilter | None = element("ClassFilter", default=None, since=(12, 0))
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))
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
                "total_balance_filter",
                "currency_filter",
                "class_filter",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class TxnQueryRq(IteratedQuery):
    """A query of transactions of one type."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    ref_numbers: tuple[str, ...] = element("RefNumber", default=())
    ref_numbers_case_sensitive: tuple[str, ...] = element("RefNumberCaseSensitive", default=(), since=(4, 0))
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    entity_filter: ListFilter | None = element("EntityFilter", default=None)
    account_filter: ListFilter | None = element("AccountFilter", default=None)
    ref_number_filter: RefNumberFilter | None = element("RefNumberFilter", default=None)
    ref_number_range_filter: RefNumberRangeFilter | None = element("RefNumberRangeFilter", default=None)
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_line_items: bool | None = element("IncludeLineItems", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))
    choices = (
        at_most_one(
            "txn_ids",
            "ref_numbers",
            "ref_numbers_case_sensitive",
            any_of(
                "max_returned",
                "modified_date_range_filter",
                "txn_date_range_filter",
                "entity_filter",
                "account_filter",
                "ref_number_filter",
                "ref_number_range_filter",
                "currency_filter",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
        at_most_one("ref_number_filter", "ref_number_range_filter"),
    )
