"""What a connection of uploaded charges is told once, and what an upload says of its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from qbwc_server.channels.files.contract import WrongOptions
from qbwc_server.channels.files.habits import HabitOptions
from qbwc_server.channels.options import ChannelOptions
from qbwc_server.validation import sentences


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


def charge_file_options(values: Mapping[str, object]) -> ChargeFileOptions:
    """Options from what a person or program gave. Raises WrongOptions."""
    try:
        return ChargeFileOptions.model_validate(dict(values))
    except ValidationError as error:
        raise WrongOptions(" ".join(sentences(error, "options"))) from None
