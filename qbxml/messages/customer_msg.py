"""Messages that customers see on their forms: add and query."""

from qbxml.aggregate import Aggregate
from qbxml.declaration import element
from qbxml.message import QueryResponse, Request, Response
from qbxml.queries import ListQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import ErrorRecovery


class CustomerMsgAdd(Aggregate):
    """A message for customers to be entered."""

    name: str = element("Name", max_length=101)
    is_active: bool | None = element("IsActive", default=None)


class CustomerMsgAddRq(Request):
    """Enter a message for customers."""

    customer_msg_add: CustomerMsgAdd = element("CustomerMsgAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CustomerMsgQueryRq(ListQueryRq):
    """Look for messages for customers."""


class CustomerMsgRet(NamedRet):
    """A message for customers, as it stands in the books."""

    name: str = element("Name", max_length=101)
    is_active: bool | None = element("IsActive", default=None)


class CustomerMsgAddRs(Response):
    """The answer to :class:`CustomerMsgAddRq`."""

    customer_msg_ret: CustomerMsgRet | None = element("CustomerMsgRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CustomerMsgQueryRs(QueryResponse):
    """The answer to :class:`CustomerMsgQueryRq`."""

    customer_msg_rets: tuple[CustomerMsgRet, ...] = element("CustomerMsgRet", default=())


MESSAGES = (
    CustomerMsgAddRq,
    CustomerMsgQueryRq,
    CustomerMsgRet,
    CustomerMsgAddRs,
    CustomerMsgQueryRs,
)
