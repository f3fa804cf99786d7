"""How a company bills its customers: said once, by a person, and the same for every run."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError


class Mode(StrEnum):
    """Whether a period is billed at its beginning or after its end."""

    PRE_BILL = "pre_bill"
    POST_BILL = "post_bill"


class Proration(StrEnum):
    """Which changes within a period are billed by the days that they last."""

    NONE = "none"
    ADDITIONS = "additions"
    REMOVALS = "removals"
    BOTH = "both"

    @property
    def additions(self) -> bool:
        """Whether what is added is billed for its days."""
        return self in (Proration.ADDITIONS, Proration.BOTH)

    @property
    def removals(self) -> bool:
        """Whether what is removed is credited for its days."""
        return self in (Proration.REMOVALS, Proration.BOTH)


class Annual(StrEnum):
    """How a subscription that is paid for a year is billed."""

    ONCE = "once"
    TWELFTHS = "twelfths"


class Changes(StrEnum):
    """Whether a change within a period has a line of its own."""

    OWN_LINES = "own_lines"
    FOLDED_IN = "folded_in"


class NotBilledYet(StrEnum):
    """What becomes of charges that the distributor has not billed himself: they may still change."""

    BILL = "bill"
    WAIT = "wait"


class BillingTerms(BaseModel):
    """The terms; frozen. What is charged for periods before that of ``first_day`` is never billed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Field(
        title="Billing mode",
        description="pre_bill: a period at its beginning; post_bill: after its end. "
        "It is locked once a distributor is connected.",
    )
    day: Annotated[int, Field(ge=1, le=31)] = Field(
        title="Billing day",
        description="Day of the month; in a shorter month its last day.",
    )
    first_day: date = Field(title="First billing day", description="Nothing is billed before this day.")
    at: time = Field(default=time(5), title="Time", description="When invoices are made, by the clocks of the zone.")
    zone: str = Field(default="America/New_York", title="Time zone", description="Whose clocks say the time.")
    proration: Proration = Field(
        default=Proration.NONE,
        title="Proration",
        description="Which changes within a period are billed by their days.",
    )
    changes: Changes = Field(
        default=Changes.OWN_LINES,
        title="Changes within a period",
        description="own_lines: each on a line of its own; folded_in: one line for each offer.",
    )
    annual: Annual = Field(
        default=Annual.ONCE,
        title="Annual subscriptions",
        description="once: for the whole term when it begins; twelfths: in twelve parts, one each month.",
    )
    not_billed_yet: NotBilledYet = Field(
        default=NotBilledYet.BILL,
        title="Charges that the distributor has not billed yet",
        description="bill: as they are now, and what changes later is a correction; wait: until they are billed.",
    )

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise PydanticCustomError("unknown_zone", "there is no time zone of this name") from None
        return value

    @field_validator("at")
    @classmethod
    def _of_a_wall_clock(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise PydanticCustomError("zone_twice", "give the time without a zone: it is that of the time zone")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.mode is Mode.PRE_BILL and self.not_billed_yet is NotBilledYet.WAIT:
            raise PydanticCustomError(
                "never_bills",
                "a period that is billed at its beginning is never billed by the distributor then: "
                "waiting until it is would never bill the current period. Choose post_bill, or do not wait.",
            )
        return self
