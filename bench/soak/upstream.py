"""Acts of those who bring documents and of the person who reads the report."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from qbwc_server.books.holds import HoldKind
from qbwc_server.documents.store import Saved, SaveResult

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule
    from bench.soak.wishes import Intent

POISONED = 0.02


def bring(schedule: Schedule, dice: random.Random, most: int = 4) -> None:
    """New documents are handed in."""
    wishes = schedule.wishes
    intents = [wishes.new(dice) for _ in range(dice.randrange(1, most + 1))]
    for intent in intents:
        if not wishes.pays(intent.origin) and not intent.document.waits_for() and dice.random() < POISONED:
            intent.poison = True
            schedule.stage.poison(intent.mark)
    results = schedule.office.bring([intent.document for intent in intents])
    schedule.story.tell(f"brought: {', '.join(intent.named() for intent in intents)}")
    for intent, result in zip(intents, results, strict=True):
        if not isinstance(result, SaveResult):
            schedule.violation("not accepted", f"{intent.named()}: {result}")


def bring_again(schedule: Schedule, dice: random.Random) -> None:
    """A file is imported once more: everything in it is known."""
    if not schedule.wishes.all:
        return
    intent = dice.choice(list(schedule.wishes.all.values()))
    (result,) = schedule.office.bring([intent.document])
    schedule.story.tell(f"brought once more: {intent.named()}")
    schedule.story.count("upstream: brought once more")
    if isinstance(result, SaveResult) and result.saved is Saved.ADDED:
        schedule.after_a_restore(intent, "new again")


def revise(schedule: Schedule, dice: random.Random) -> None:
    """The next revision of a document is handed in."""
    intent = _one(schedule, dice, lambda one: one.wanted)
    record = schedule.wishes.revised(intent, dice) if intent is not None else None
    if intent is None or record is None:
        return
    copy = type(intent)(intent.origin, intent.kind, record)
    (result,) = schedule.office.bring([copy.document], revise=True)
    if isinstance(result, SaveResult):
        schedule.wishes.accepted(intent, record)
        schedule.story.tell(f"revised: {intent.named()} to revision {intent.revision}")
        schedule.story.count("upstream: revised")


def void(schedule: Schedule, dice: random.Random) -> None:
    """A posted document is to be voided."""
    intent = _one(schedule, dice, lambda one: one.wanted and not schedule.wishes.pays(one.origin))
    if intent is not None and schedule.office.void(intent.origin):
        intent.void = True
        schedule.story.tell(f"withdrawn: {intent.named()}")
        schedule.story.count("upstream: withdrawn")


def keep(schedule: Schedule, dice: random.Random) -> None:
    """A void that has not left is taken back."""
    intent = _one(schedule, dice, lambda one: one.void)
    if intent is not None and schedule.office.keep(intent.origin):
        intent.void = False
        schedule.story.tell(f"not to be void after all: {intent.named()}")
        schedule.story.count("upstream: void taken back")


def exclude(schedule: Schedule, dice: random.Random) -> None:
    """A person says of a document: not into the books."""
    intent = _one(schedule, dice, lambda one: one.wanted and not schedule.wishes.pays(one.origin))
    if intent is not None and schedule.office.exclude(intent.origin):
        intent.excluded = True
        schedule.story.tell(f"excluded: {intent.named()}")
        schedule.story.count("upstream: excluded")


def restore(schedule: Schedule, dice: random.Random) -> None:
    """An exclusion is taken back, and the document submitted."""
    intent = _one(schedule, dice, lambda one: one.excluded)
    if intent is not None and schedule.office.restore(intent.origin):
        intent.excluded = False
        schedule.office.submit(intent.origin)
        schedule.story.tell(f"no longer excluded: {intent.named()}")
        schedule.story.count("upstream: exclusion taken back")


def read_report(schedule: Schedule, dice: random.Random) -> None:
    """The person goes through what is shown."""
    schedule.person.acts(dice, schedule.right_file)


def pause(schedule: Schedule, _: random.Random) -> None:
    """Writing is stopped for a while, or goes on."""
    person = schedule.person
    if person.paused:
        person.paused = False
        if schedule.office.resume(HoldKind.PAUSED):
            schedule.story.tell("the person resumes after her pause")
    elif schedule.office.pause():
        person.paused = True
        schedule.story.tell("the person pauses the company")
        schedule.story.count("person: paused")


def _one(schedule: Schedule, dice: random.Random, fits: object) -> Intent | None:
    found = [one for one in schedule.wishes.all.values() if not one.poison and fits(one)]  # type: ignore[operator]
    return dice.choice(found) if found else None
