"""Acts of Web Connectors: update sessions with trouble on the wire, in QuickBooks, in the server, and in between."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from qbwc_server.simulator import Break, ConnectorKilled, Faults, FellAsleep, WireFault
from qbwc_server.simulator.faults import Fine, Slow, random_fault

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule

OPERATIONS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
PAUSES = (1, 5, 30, 61, 120, 299, 301, 607, 3_613, 86_413)  # seconds; a silent session is given up after 60 or 300
LONG_PAUSES = (900, 1_800, 86_400, 7 * 86_400, 40 * 86_400)
NO_FAULTS = Faults()


def time_passes(schedule: Schedule, dice: random.Random) -> None:
    """Nobody does anything for a while."""
    schedule.clock.advance(dice.choice(LONG_PAUSES if dice.random() < 0.3 else PAUSES))


def late(schedule: Schedule, _: random.Random) -> None:
    """Calls that were held back arrive now."""
    for connector in schedule.stage.connectors:
        for call in connector.late():
            schedule.story.tell(f"a late {call.operation}: {call.brief}")


def wake(schedule: Schedule, _: random.Random) -> None:
    """Sleeping PCs wake up: QuickBooks executes what they held."""
    for number, connector in enumerate(schedule.stage.connectors):
        if not connector.application.asleep:
            continue
        schedule.story.tell(f"PC {number + 1} wakes up")
        try:
            for report in connector.wake():
                schedule.story.tell(f"PC {number + 1}: {report.status_line or 'done'}")
        except (ConnectorKilled, FellAsleep) as broken:
            schedule.story.tell(f"PC {number + 1}: {broken}")


def session(schedule: Schedule, dice: random.Random) -> None:
    """One update session of one of the connectors, with whatever goes wrong in it."""
    stage = schedule.stage
    schedule.clock.advance(dice.choice(PAUSES))
    _trouble_in_quickbooks(schedule, dice)
    chance = dice.choice((0.0, 0.0, 0.05, 0.15))
    stage.trouble(chance if schedule.turns_time else 2 * chance)
    one = dice.randrange(len(stage.connectors))
    if not schedule.turns_time and dice.random() < 0.4:
        _both_at_once(schedule, dice)
        stage.trouble(0.0)
        return
    pc = stage.pcs[one]
    if dice.random() < 0.2:
        # between what QuickBooks did and the arrival of its answer
        pc.after_a_set = lambda: _in_between(schedule, dice, 1 - one, PAUSES)
    elif dice.random() < 0.15 and schedule.turns_time:
        # before QuickBooks does anything, but sooner than a session is given up: the other one must be kept out
        pc.before_a_set = lambda: _in_between(schedule, dice, 1 - one, (1, 59, 299))
    if schedule.outside and dice.random() < 0.1:
        pc.fall_asleep()
        schedule.slept = True
    update(schedule, one, wire_faults(dice))
    pc.before_a_set = pc.after_a_set = None
    pc.stay_awake()
    stage.trouble(0.0)


def _trouble_in_quickbooks(schedule: Schedule, dice: random.Random) -> None:
    faults = schedule.stage.file.faults
    if dice.random() >= 0.5:
        return
    plan: list[Any] = []
    for _ in range(dice.randrange(1, 5)):
        chance = dice.random()
        if chance < 0.45:
            plan.append(random_fault(dice))
        else:
            plan.append(Slow(dice.choice((20.0, 100.0, 400.0))) if chance < 0.55 else Fine())
    faults.clear()
    faults.add(*plan)


def wire_faults(dice: random.Random) -> Faults:
    """Up to three breaks in the first calls of a session."""
    plan = []
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        operation = dice.choices(OPERATIONS, weights=(1, 4, 6, 1))[0]
        kinds = [kind for kind in Break if operation == "receiveResponseXML" or not kind.value.startswith("response_")]
        plan.append(WireFault(dice.choice(kinds), operation, dice.randint(1, 5)))
    return Faults(tuple(plan))


def _in_between(schedule: Schedule, dice: random.Random, other: int, pauses: tuple[int, ...]) -> None:
    """What happens while a message set is in QuickBooks' hands."""
    schedule.clock.advance(dice.choice(pauses))
    for _ in range(dice.choice((0, 1, 1, 2))):
        schedule.act(dice, nested=True)
    if dice.random() < 0.6:
        schedule.story.count("second connector came in")
        update(schedule, other, wire_faults(dice) if dice.random() < 0.3 else NO_FAULTS)


def _both_at_once(schedule: Schedule, dice: random.Random) -> None:
    """Both Web Connectors press Update Selected in the same moment, while somebody brings more documents."""
    from bench.soak.upstream import bring

    schedule.story.count("both connectors at once")
    faults = [wire_faults(dice), wire_faults(dice)]
    with ThreadPoolExecutor(2) as pool:
        sessions = [pool.submit(update, schedule, number, faults[number]) for number in range(2)]
        bring(schedule, dice, most=2)
        for one in sessions:
            one.result()


def update(schedule: Schedule, number: int, faults: Faults) -> str:
    """One session; what the window of the Web Connector says afterwards."""
    schedule.outcome.sessions += 1
    connector = schedule.stage.connectors[number]
    try:
        report = connector.update(faults)
    except ConnectorKilled:
        schedule.story.tell(f"session on PC {number + 1}: the Web Connector was killed")
        return ""
    except FellAsleep:
        schedule.story.tell(f"session on PC {number + 1}: the PC fell asleep with a message set")
        schedule.story.count("a PC fell asleep")
        return ""
    schedule.story.tell(f"session on PC {number + 1}, {report.rounds} sets: {report.status_line or 'done'}")
    return report.status_line
