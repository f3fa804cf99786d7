"""Sales representatives: add and query."""

from qbxml.aggregate import Aggregate
from qbxml.declaration import element, ref
from qbxml.message import QueryResponse, Request, Response
from qbxml.queries import ListQueryRq
from qbxml.returned import ListRet
from qbxml.shared import ErrorRecovery, Ref


class SalesRepAdd(Aggregate):
    """A sales representative to be entered."""

    initial: str = element("Initial", max_length=5)
    is_active: bool | None = element("IsActive", default=None)
    sales_rep_entity: Ref = ref("SalesRepEntityRef", 41)


class SalesRepAddRq(Request):
    """Enter a sales representative."""

    sales_rep_add: SalesRepAdd = element("SalesRepAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class SalesRepQueryRq(ListQueryRq):
    """Look for sales representatives."""


class SalesRepRet(ListRet):
    """A sales representative, as it stands in the books."""

    initial: str = element("Initial", max_length=5)
    is_active: bool | None = element("IsActive", default=None)
    sales_rep_entity: Ref = ref("SalesRepEntityRef", 41)


class SalesRepAddRs(Response):
    """The answer to :class:`SalesRepAddRq`."""

    sales_rep_ret: SalesRepRet | None = element("SalesRepRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class SalesRepQueryRs(QueryResponse):
    """The answer to :class:`SalesRepQueryRq`."""

    sales_rep_rets: tuple[SalesRepRet, ...] = element("SalesRepRet", default=())


MESSAGES = (
    SalesRepAddRq,
    SalesRepQueryRq,
    SalesRepRet,
    SalesRepAddRs,
    SalesRepQueryRs,
)
