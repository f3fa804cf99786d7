"""Sales tax items, groups and codes."""

from datetime import datetime
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, QueryResponse, Request, Response
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, BarCode, ClassFilter, DataExtRet, ErrorRecovery, NameFilter, NameRangeFilter, Ref
from qbxml.values import Id, Percent


class SalesTaxCodeQueryRq(ListQueryRq):
    """Look for sales tax codes."""


class ItemSalesTaxAdd(Aggregate):
    """A sales tax item to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    tax_rate: Percent | None = element("TaxRate", default=None)
    tax_vendor: Ref | None = ref("TaxVendorRef", 41, default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))


class ItemSalesTaxAddRq(Request):
    """Enter a sales tax item."""

    item_sales_tax_add: ItemSalesTaxAdd = element("ItemSalesTaxAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemSalesTaxQueryRq(IteratedQuery):
    """Look for sales tax items."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
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
                "class_filter",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class SalesTaxCodeRet(NamedRet):
    """A sales tax code, as it stands in the books."""

    name: str = element("Name", max_length=3)
    is_active: bool | None = element("IsActive", default=None)
    is_taxable: bool = element("IsTaxable")
    desc: str | None = element("Desc", default=None, max_length=31)


class SalesTaxCodeQueryRs(QueryResponse):
    """The answer to :class:`SalesTaxCodeQueryRq`."""

    sales_tax_code_rets: tuple[SalesTaxCodeRet, ...] = element("SalesTaxCodeRet", default=())


class ItemSalesTaxRet(NamedRet):
    """A sales tax item, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    tax_rate: Percent | None = element("TaxRate", default=None)
    tax_vendor: Ref | None = ref("TaxVendorRef", 41, default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemSalesTaxAddRs(Response):
    """The answer to :class:`ItemSalesTaxAddRq`."""

    item_sales_tax_ret: ItemSalesTaxRet | None = element("ItemSalesTaxRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemSalesTaxQueryRs(IteratedQueryResponse):
    """The answer to :class:`ItemSalesTaxQueryRq`."""

    item_sales_tax_rets: tuple[ItemSalesTaxRet, ...] = element("ItemSalesTaxRet", default=())


MESSAGES = (
    SalesTaxCodeQueryRq,
    ItemSalesTaxAddRq,
    ItemSalesTaxQueryRq,
    SalesTaxCodeRet,
    SalesTaxCodeQueryRs,
    ItemSalesTaxRet,
    ItemSalesTaxAddRs,
    ItemSalesTaxQueryRs,
)
