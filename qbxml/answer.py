"""One answer of QuickBooks: its status, and its objects as they come."""

from collections.abc import Callable, Iterator
from typing import Final

from qbxml.aggregate import Aggregate
from qbxml.errors import ParseError
from qbxml.shared import ErrorRecovery

LONGEST_MESSAGE: Final = 4095
"""Characters that are kept of a status message."""


class Answer:
    """The answer to one request. ``rets`` can be gone through once, before the next answer is asked for.

    Attributes:
        tag: ``InvoiceAddRs`` and the like, also of answers that this library does not declare.
        request_id: as it was sent; None if there was none.
        status_code: see :mod:`qbxml.status`.
        status_severity: Info, Warn or Error; the code says more.
        status_message: what QuickBooks says, cut after :data:`LONGEST_MESSAGE` characters.
        ret_count: only if the query asked for it.
        iterator_remaining_count: how many objects the pages to come hold.
        iterator_id: to be sent with the request for the next page.
        error_recovery: what QuickBooks remembers of a request that it had done before; known once ``rets`` are through.
        unknown: the names of elements that are not declared, at most twenty; known once ``rets`` are through.
    """

    def __init__(self, tag: str, attributes: dict[str, str], rest: Callable[[], object]) -> None:
        self.tag = tag
        self.request_id = attributes.get("requestID")
        code = number(attributes.get("statusCode"))
        if code is None:
            raise ParseError(f"{tag[:60]} came without a status code")
        self.status_code = code
        self.status_severity = attributes.get("statusSeverity", "")
        self.status_message = attributes.get("statusMessage", "")[:LONGEST_MESSAGE]
        self.ret_count = number(attributes.get("retCount"))
        self.iterator_remaining_count = number(attributes.get("iteratorRemainingCount"))
        self.iterator_id = attributes.get("iteratorID")
        self.error_recovery: ErrorRecovery | None = None
        self.unknown: tuple[str, ...] = ()
        self.rets: Iterator[Aggregate] = self._rets(rest)

    def _rets(self, rest: Callable[[], object]) -> Iterator[Aggregate]:
        while isinstance(found := rest(), Aggregate):
            yield found

    def __repr__(self) -> str:
        return f"<Answer {self.tag} {self.request_id!r}: {self.status_code} {self.status_message!r}>"


def number(text: str | None) -> int | None:
    """A number of 32 bits; what is longer is none of QuickBooks'."""
    if text is None or len(text) > 20:
        return None
    try:
        found = int(text)
    except ValueError:
        return None
    return found if -(2**31) <= found < 2**31 else None
