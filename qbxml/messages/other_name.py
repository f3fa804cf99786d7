"""Names that are neither customers, vendors nor employees: add and query."""

from datetime import datetime
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element
from qbxml.message import Query, QueryResponse, Request, Response
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, Address, AddressBlock, DataExtRet, ErrorRecovery, NameFilter, NameRangeFilter
from qbxml.values import Id


class OtherNameAdd(Aggregate):
    """Another name to be entered."""

    name: str = element("Name", max_length=41)
    is_active: bool | None = element("IsActive", default=None)
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    other_name_address: Address | None = element("OtherNameAddress", default=None)
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    notes: str | None = element("Notes", default=None, max_length=4095, since=(3, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))


class OtherNameAddRq(Request):
    """Enter another name."""

    other_name_add: OtherNameAdd = element("OtherNameAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class OtherNameQueryRq(Query):
    """Look for other names."""

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
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class OtherNameRet(NamedRet):
    """Another name, as it stands in the books."""

    name: str = element("Name", max_length=41)
    is_active: bool | None = element("IsActive", default=None)
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    other_name_address: Address | None = element("OtherNameAddress", default=None)
    other_name_address_block: AddressBlock | None = element("OtherNameAddressBlock", default=None, since=(6, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    notes: str | None = element("Notes", default=None, max_length=4095, since=(3, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class OtherNameAddRs(Response):
    """The answer to :class:`OtherNameAddRq`."""

    other_name_ret: OtherNameRet | None = element("OtherNameRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class OtherNameQueryRs(QueryResponse):
    """The answer to :class:`OtherNameQueryRq`."""

    other_name_rets: tuple[OtherNameRet, ...] = element("OtherNameRet", default=())


MESSAGES = (
    OtherNameAddRq,
    OtherNameQueryRq,
    OtherNameRet,
    OtherNameAddRs,
    OtherNameQueryRs,
)
