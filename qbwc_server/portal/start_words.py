"""The words of the start of a source: its steps, and how they stand."""

from __future__ import annotations

from qbwc_server.channels.starting.room import RoomState
from qbwc_server.channels.starting.steps import StartStep, StepStands
from qbwc_server.portal.translation import lazy_gettext
from qbwc_server.portal.words import Chip

START_STEPS: dict[str, lazy_gettext] = {
    StartStep.ACCESS: lazy_gettext("What the key may see"),
    StartStep.TAX: lazy_gettext("Sales tax"),
    StartStep.ACCOUNTS: lazy_gettext("An account for every category"),
    StartStep.NAMES: lazy_gettext("Summary or detailed"),
    StartStep.BEGIN: lazy_gettext("The first day"),
}
STEP_STANDS: dict[str, Chip] = {
    StepStands.DONE: Chip("ok", "check", lazy_gettext("Done")),
    StepStands.LOOK: Chip("off", "file", lazy_gettext("To know")),
    StepStands.BLOCKED: Chip("warn", "eye", lazy_gettext("To do")),
}
ROOM_STATES: dict[str, Chip] = {
    RoomState.FITS: Chip("ok", "check", lazy_gettext("There is room")),
    RoomState.NEAR: Chip("warn", "eye", lazy_gettext("Nearly full")),
    RoomState.FULL: Chip("bad", "alert", lazy_gettext("Only summary")),
    RoomState.UNKNOWN: Chip("off", "clock", lazy_gettext("Not known yet")),
}
TABLES = {"START_STEPS": START_STEPS, "STEP_STANDS": STEP_STANDS, "ROOM_STATES": ROOM_STATES}
NOT_STARTED = Chip("warn", "eye", lazy_gettext("Not started"))
