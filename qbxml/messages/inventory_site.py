"""Sites where inventory is kept: query."""

from datetime import datetime

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, ref
from qbxml.message import Query, QueryResponse
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, AddressBlock, NameFilter, NameRangeFilter, Ref
from qbxml.values import Id


class InventorySiteQueryRq(Query, since=(10, 0)):
    """Look for sites where inventory is kept."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
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
            any_of("active_status", "from_modified_date", "to_modified_date", "name_filter", "name_range_filter"),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class SiteAddress(Aggregate):
    """The address of a site."""

    addr1: str | None = element("Addr1", default=None, max_length=41)
    addr2: str | None = element("Addr2", default=None, max_length=41)
    addr3: str | None = element("Addr3", default=None, max_length=41)
    addr4: str | None = element("Addr4", default=None, max_length=41, since=(2, 0))
    addr5: str | None = element("Addr5", default=None, max_length=41, since=(6, 0))
    city: str | None = element("City", default=None, max_length=31)
    state: str | None = element("State", default=None, max_length=21)
    postal_code: str | None = element("PostalCode", default=None, max_length=13)
    country: str | None = element("Country", default=None, max_length=31)


class InventorySiteRet(NamedRet, may_lack=("name",)):
    """A site where inventory is kept, as it stands in the books."""

    is_active: bool | None = element("IsActive", default=None)
    parent_site: Ref | None = ref("ParentSiteRef", 31, default=None, since=(12, 0))
    is_default_site: bool | None = element("IsDefaultSite", default=None)
    site_desc: str | None = element("SiteDesc", default=None, max_length=100)
    contact: str | None = element("Contact", default=None, max_length=41)
    phone: str | None = element("Phone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    site_address: SiteAddress | None = element("SiteAddress", default=None)
    site_address_block: AddressBlock | None = element("SiteAddressBlock", default=None)


class InventorySiteQueryRs(QueryResponse, since=(10, 0)):
    """The answer to :class:`InventorySiteQueryRq`."""

    inventory_site_rets: tuple[InventorySiteRet, ...] = element("InventorySiteRet", default=())


MESSAGES = (
    InventorySiteQueryRq,
    InventorySiteRet,
    InventorySiteQueryRs,
)
