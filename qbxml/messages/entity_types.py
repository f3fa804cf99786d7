"""Types of customers, vendors and jobs: queries."""

from qbxml.declaration import element, ref
from qbxml.message import QueryResponse
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import Ref


class CustomerTypeQueryRq(ListQueryRq):
    """Look for types of customers."""


class CustomerTypeRet(NamedRet):
    """A type of customers, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")


class CustomerTypeQueryRs(QueryResponse):
    """The answer to :class:`CustomerTypeQueryRq`."""

    customer_type_rets: tuple[CustomerTypeRet, ...] = element("CustomerTypeRet", default=())


class VendorTypeQueryRq(ListQueryRq):
    """Look for types of vendors."""


class VendorTypeRet(NamedRet):
    """A type of vendors, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")


class VendorTypeQueryRs(QueryResponse):
    """The answer to :class:`VendorTypeQueryRq`."""

    vendor_type_rets: tuple[VendorTypeRet, ...] = element("VendorTypeRet", default=())


class JobTypeQueryRq(ListQueryRq):
    """Look for types of jobs."""


class JobTypeRet(NamedRet):
    """A type of jobs, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")


class JobTypeQueryRs(QueryResponse):
    """The answer to :class:`JobTypeQueryRq`."""

    job_type_rets: tuple[JobTypeRet, ...] = element("JobTypeRet", default=())


MESSAGES = (
    CustomerTypeQueryRq,
    CustomerTypeRet,
    CustomerTypeQueryRs,
    VendorTypeQueryRq,
    VendorTypeRet,
    VendorTypeQueryRs,
    JobTypeQueryRq,
    JobTypeRet,
    JobTypeQueryRs,
)
