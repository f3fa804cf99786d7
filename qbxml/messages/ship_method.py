"""Ways of shipment: add and query."""

from qbxml.aggregate import Aggregate
from qbxml.declaration import element
from qbxml.message import QueryResponse, Request, Response
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import ErrorRecovery


class ShipMethodAdd(Aggregate):
    """A way of shipment to be entered."""

    name: str = element("Name", max_length=15)
    is_active: bool | None = element("IsActive", default=None)


class ShipMethodAddRq(Request):
    """Enter a way of shipment."""

    ship_method_add: ShipMethodAdd = element("ShipMethodAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ShipMethodQueryRq(ListQueryRq):
    """Look for ways of shipment."""


class ShipMethodRet(NamedRet):
    """A way of shipment, as it stands in the books."""

    name: str = element("Name", max_length=15)
    is_active: bool | None = element("IsActive", default=None)


class ShipMethodAddRs(Response):
    """The answer to :class:`ShipMethodAddRq`."""

    ship_method_ret: ShipMethodRet | None = element("ShipMethodRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ShipMethodQueryRs(QueryResponse):
    """The answer to :class:`ShipMethodQueryRq`."""

    ship_method_rets: tuple[ShipMethodRet, ...] = element("ShipMethodRet", default=())


MESSAGES = (
    ShipMethodAddRq,
    ShipMethodQueryRq,
    ShipMethodRet,
    ShipMethodAddRs,
    ShipMethodQueryRs,
)
