"""How a schedule comes to rest: no more trouble, a person who answers, weeks in which the server can look again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bench.soak import at_the_pc

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule

MOST_QUIET_SESSIONS = 40
LATER = (11, 11, 11)  # days: a posted document is looked at again at least every 30
LISTS_EVERY = 5  # schedules: to read 17 lists three times costs as much as all the rest after the acts
NOTHING = "No data exchange required"


def rest(schedule: Schedule) -> None:
    """Until nothing waits and nobody is needed; then a month and a bit of the same."""
    dice = random.Random(schedule.seed)
    schedule.story.tell("--- from here on nothing goes wrong any more")
    schedule.person.careless = 0.0
    schedule.person.paused = False
    _awake(schedule, dice)
    _quiet(schedule, dice)
    _awake(schedule, dice)
    _quiet(schedule, dice)
    if schedule.outside:
        for days in LATER:
            schedule.clock.advance(days * 86_400)
            schedule.servers.jobs(lists=schedule.seed % LISTS_EVERY == 0)
            _quiet(schedule, dice)


def _awake(schedule: Schedule, dice: random.Random) -> None:
    """PCs wake up, late calls arrive, the newest company file and no other is open."""
    stage = schedule.stage
    stage.file.faults.clear()
    stage.trouble(0.0)
    if schedule.newest is not None and dice.random() < 0.5:
        schedule.witness.put_back(schedule.newest)
        schedule.clock.advance(61)
        schedule.story.tell("somebody puts the newest company file back")
    schedule.newest = None
    stage.right_file()
    at_the_pc.wake(schedule, dice)
    at_the_pc.late(schedule, dice)


def _quiet(schedule: Schedule, dice: random.Random) -> None:
    for _ in range(MOST_QUIET_SESSIONS):
        schedule.clock.advance(601)
        words = at_the_pc.update(schedule, 0, at_the_pc.NO_FAULTS)
        if not schedule.person.acts(dice, schedule.right_file) and words == NOTHING:
            return
    schedule.violation("never quiet", f"after {MOST_QUIET_SESSIONS} sessions without faults")
