"""Lines that belong on an invoice that somebody else writes: which one, and what happens where there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from qbwc_server.documents.kinds.fields import BookDate, Fields, Short

LineKey = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{13}(/[0-9]{1,2})?$")]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Unsent(StrEnum):
    """By what an invoice is known as not sent; what was paid on, is closed or marked sent here is never unsent."""

    STRICT = "strict"  # it waits to be printed or e-mailed
    MARKED = "marked"  # nobody has marked it sent here


class NoInvoice(StrEnum):
    """What happens when the moment has come and there is still no such invoice."""

    CREATE = "create"  # the document becomes an invoice of its own
    REPORT = "report"  # a person is told


class Onto(Fields):
    """The lines belong on the most recent unsent invoice of the customer that is dated in a window.

    The invoice is handed in like any other. Each line has an item and a ``key`` of 13 capitals and digits, kept in
    Other1 of the line. It takes over the first line of its item there that bears no key; that keeps its rate, unless
    ``rate`` or ``amount`` is given. The same origin with other lines, as a revision, changes, adds and takes away its
    own; to void the document takes all of them back, and leaves the invoice.

    Args:
        first, last: the days of the window; both count.
        billing_day: one more day that counts.
        unsent: which invoices count as not sent.
        until: as long as there is none it is asked for in every session; from this moment on ``no_invoice`` holds.
        items: full names of items that are billed in this way: their lines are told of where nothing is billed on
            them.
    """

    first: BookDate
    last: BookDate
    billing_day: BookDate | None = None
    unsent: Unsent = Unsent.STRICT
    until: Moment
    no_invoice: NoInvoice = NoInvoice.CREATE
    items: tuple[Short, ...] = Field(default=(), max_length=5000)

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Onto:
        if self.first > self.last:
            raise ValueError("a window has its first day before its last one")
        return self

    def holds(self, day: date | None) -> bool:
        """Whether an invoice of this day is in the window."""
        return day is not None and (self.first <= day <= self.last or day == self.billing_day)

    def came(self, now: datetime) -> bool:
        """Whether nobody waits for the invoice any longer."""
        return now >= self.until
