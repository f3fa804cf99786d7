"""What a connection of uploaded charges is told once, and what an upload says of its file."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from qbwc_server.channels.files.habits import HabitOptions
from qbwc_server.channels.options import ChannelOptions


class ChargesOptions(ChannelOptions):
    """Options of a connection of uploaded charges."""

    name: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,30}$")] = Field(
        title="Name of the distributor", description="Keeps the charges of several distributors apart, for ever."
    )


class ChargeFileOptions(HabitOptions):
    """Options of a file of charges. Without a period a charge belongs to the month that its own period begins in."""

    period_from: date | None = Field(default=None, description="First day of the distributor's period, as 2026-11-01.")
    period_to: date | None = Field(default=None, description="Last day of the distributor's period.")
    whole: bool = Field(
        default=False,
        description="The file holds all charges of its periods: organisations that it does not name are not charged.",
    )
