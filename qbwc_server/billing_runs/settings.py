"""How a company bills: the terms, and what a run makes of them in QuickBooks; the one declaration for all faces."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qbwc_server.billing.terms import BillingTerms


class Makes(StrEnum):
    """What a run makes of what a customer owes."""

    CREATE = "create"  # an invoice of its own
    UPDATE = "update"  # lines of an unsent invoice that is there


class Unsent(StrEnum):
    """Which invoices count as not sent. QuickBooks keeps no such state."""

    STRICT = "strict"  # its e-mail or print flag is set, nothing was paid, it is not closed, nobody marked it sent here
    MARKED = "marked"  # until somebody marks it sent here


class NoInvoice(StrEnum):
    """What becomes of a customer whose invoice is to be changed and is not found until the end of the day."""

    CREATE = "create"
    REPORT = "report"


class Cost(StrEnum):
    """Which cost of a unit is compared with the price and told."""

    WITHOUT_PERFORMANCE = "without_performance"  # what the performance tier takes off is added again
    WITH_PERFORMANCE = "with_performance"


class Delivery(StrEnum):
    """How an invoice that is made waits to be sent."""

    BY_QUICKBOOKS = "by_quickbooks"  # nothing is said: QuickBooks does as the customer prefers
    EMAIL = "email"
    PRINT = "print"
    BOTH = "both"
    NEITHER = "neither"


class Approval(StrEnum):
    """Whether a person has to say that a customer is billed."""

    AUTOMATIC = "automatic"  # who has no warning that nobody has seen, and is not held back
    NEEDED = "needed"


class BillingSettings(BillingTerms):
    """All that a person says once; frozen."""

    makes: Makes = Field(
        default=Makes.CREATE,
        title="Create or update",
        description="For organisations of which nothing else is said. create: an invoice of its own; "
        "update: lines of the customer's most recent unsent invoice of the period.",
    )
    unsent: Unsent = Field(
        default=Unsent.STRICT,
        title="What counts as not sent",
        description="strict: its e-mail or print flag is set, nothing was paid, it is not closed and not marked sent "
        "here; one with both flags off counts as sent. marked: until somebody marks it sent here.",
    )
    no_invoice: NoInvoice = Field(
        default=NoInvoice.CREATE,
        title="No invoice found",
        description="Where one is to be updated and none is there by the end of the day. create: one is made; "
        "report: it is only told.",
    )
    cost: Cost = Field(
        default=Cost.WITHOUT_PERFORMANCE,
        title="Unit cost",
        description="without_performance: as if the performance tier took nothing off; with_performance: less that.",
    )
    delivery: Delivery = Field(
        default=Delivery.BY_QUICKBOOKS,
        title="Sending of new invoices",
        description="by_quickbooks: as the customer prefers; email, print, both, neither: what they wait for.",
    )
    approval: Approval = Field(
        default=Approval.AUTOMATIC,
        title="Approval",
        description="automatic: who has no warning that nobody has acknowledged is billed at the time; "
        "needed: only who was approved.",
    )
    class_name: str | None = Field(
        default=None,
        min_length=1,
        max_length=159,
        title="Class",
        description="Class of the lines, where classes are used.",
    )

    @model_validator(mode="after")
    def _can_be_found_again(self) -> Self:
        if self.makes is Makes.UPDATE and self.unsent is Unsent.STRICT and self.delivery is Delivery.NEITHER:
            raise PydanticCustomError(
                "never_unsent",
                "an invoice with both flags off counts as sent under strict, so what is made here could never be "
                "updated. Choose another sending, or marked.",
            )
        return self
