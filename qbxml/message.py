"""Requests and responses: the elements that stand directly in a message set, and their attributes."""

from enum import StrEnum
from typing import Any

from qbxml.aggregate import Aggregate
from qbxml.declaration import attribute
from qbxml.errors import BuildError


class MetaData(StrEnum):
    """Whether a query answers with counts, with data, or with both."""

    NO_META_DATA = "NoMetaData"
    META_DATA_ONLY = "MetaDataOnly"
    META_DATA_AND_RESPONSE_DATA = "MetaDataAndResponseData"


class IteratorStep(StrEnum):
    """Which page of a long answer is asked for."""

    START = "Start"
    CONTINUE = "Continue"
    STOP = "Stop"


class Request(Aggregate):
    """One thing that QuickBooks is asked to do."""

    request_id: str | None = attribute("requestID", default=None, max_length=50)


class Query(Request):
    """A request that only reads."""

    meta_data: MetaData | None = attribute("metaData", default=None, since=(4, 0))


class IteratedQuery(Query):
    """A query whose answer can be fetched in pages of ``max_returned``, within one session of QuickBooks."""

    iterator: IteratorStep | None = attribute("iterator", default=None, since=(5, 0))
    iterator_id: str | None = attribute("iteratorID", default=None, since=(5, 0))

    @classmethod
    def refuse(cls, held: dict[str, Any]) -> None:
        """An iterator has pages of a size; the first begins it, each further one says which it continues."""
        step = held.get("iterator")
        if step is None:
            if "iterator_id" in held:
                raise BuildError(f"{cls.__name__}.iterator_id", "needs", "iterator")
            return
        if step is not IteratorStep.STOP and "max_returned" not in held:
            raise BuildError(f"{cls.__name__}.iterator", "needs", "max_returned")
        if step is not IteratorStep.START and "iterator_id" not in held:
            raise BuildError(f"{cls.__name__}.iterator", "needs", "iterator_id, from the answer before")


class Response(Aggregate):
    """What QuickBooks answers to one request."""

    request_id: str | None = attribute("requestID", default=None)
    status_code: int = attribute("statusCode")
    status_severity: str = attribute("statusSeverity")
    status_message: str | None = attribute("statusMessage", default=None)


class QueryResponse(Response):
    """The answer to a query."""

    ret_count: int | None = attribute("retCount", default=None)


class IteratedQueryResponse(QueryResponse):
    """One page of the answer to a query."""

    iterator_remaining_count: int | None = attribute("iteratorRemainingCount", default=None)
    iterator_id: str | None = attribute("iteratorID", default=None)
