"""What can go wrong inside QuickBooks, declared beforehand and consumed in order."""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

LOCK_TEXTS = {
    3175: (
        "There was an error when saving the object because it is already in use.  "
        "QuickBooks error message: The list element is in use."
    ),
    3176: ("A related object is in use.  QuickBooks error message: Failed to acquire the lock for this object."),
    3180: (
        "There was an error when saving the element.  "
        "QuickBooks error message: This list has been modified by another user."
    ),
}


@dataclass(frozen=True)
class Fault:
    """One step of QuickBooks and what goes wrong in it."""

    at_open: ClassVar[bool] = False  # consumed by open(), otherwise by process()


@dataclass(frozen=True)
class Fine(Fault):
    """One message set is processed without trouble: a place holder between faults."""


@dataclass(frozen=True)
class FineOpen(Fault):
    """The file opens without trouble."""

    at_open: ClassVar[bool] = True


@dataclass(frozen=True)
class RefuseToOpen(Fault):
    """QuickBooks does not open the company file."""

    hresult: str = "0x80040414"
    message: str = "A modal dialog box is showing in the QuickBooks user interface."
    at_open: ClassVar[bool] = True


@dataclass(frozen=True)
class RefuseToProcess(Fault):
    """QuickBooks executes nothing of the message set and says so with an HRESULT; the session stays open."""

    hresult: str = "0x80040401"
    message: str = "Could not access QuickBooks."


@dataclass(frozen=True)
class CrashBefore(Fault):
    """QuickBooks dies before it executes anything of the message set."""


@dataclass(frozen=True)
class CrashDuring(Fault):
    """QuickBooks dies after ``after`` requests of the set: these stay done, nothing is remembered of the set."""

    after: int = 1


@dataclass(frozen=True)
class CrashAfter(Fault):
    """QuickBooks dies when the whole set is done and before the answer is handed over.

    ``remembered`` says whether the state for error recovery was stored before the end.
    """

    remembered: bool = True


@dataclass(frozen=True)
class Slow(Fault):
    """QuickBooks needs this many seconds more for the set."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Locked(Fault):
    """Writing requests of the set are refused because somebody else holds a lock; a later try succeeds.

    ``requests`` counts the writing requests refused, from the first; ``None`` means all of the set.
    """

    code: int = 3175
    requests: int | None = 1


@dataclass(frozen=True)
class TruncatedAnswer(Fault):
    """The set is executed but the text of the answer breaks off after this share of its length."""

    share: float = 0.5


@dataclass(frozen=True)
class InternalError(Fault):
    """One writing request answers with status 1000; it was executed or it was not, the answer does not say."""

    request: int = 0  # position among the writing requests of the set
    executed: bool = False


@dataclass
class FaultPlan:
    """Faults in the order in which they will happen.

    Each ``open()`` takes the first fault if it is one of opening, each ``process()`` the first if it is one of
    processing; a fault of the other kind waits for its turn. An empty plan means that all goes well.
    """

    faults: Iterable[Fault] = ()
    _waiting: deque[Fault] = field(init=False, repr=False)
    happened: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = deque(self.faults)

    @classmethod
    def random(cls, seed: int, steps: int, *, chance: float = 0.3) -> "FaultPlan":
        """``steps`` steps of processing, each with a fault with this ``chance``; the same seed, the same plan."""
        dice = random.Random(seed)  # noqa: S311 - faults are to be repeatable, not secret
        return cls([random_fault(dice) if dice.random() < chance else Fine() for _ in range(steps)])

    def add(self, *faults: Fault) -> None:
        """Append faults behind those already waiting."""
        self._waiting.extend(faults)

    def clear(self) -> None:
        """From here on all goes well."""
        self._waiting.clear()

    def next(self, *, at_open: bool) -> Fault | None:
        """The fault of this step, which is thereby used up."""
        if not self._waiting or self._waiting[0].at_open is not at_open:
            return None
        fault = self._waiting.popleft()
        self.happened.append(fault)
        return fault

    def __len__(self) -> int:
        return len(self._waiting)


def random_fault(dice: random.Random) -> Fault:
    """Any fault, drawn with ``dice``; opening is refused for two steps at most by drawing them one by one."""
    choice = dice.randrange(8)
    if choice == 0:
        return RefuseToOpen()
    if choice == 1:
        return CrashBefore()
    if choice in (2, 3):
        return CrashDuring(after=dice.randrange(1, 12))
    if choice == 4:
        return CrashAfter(remembered=dice.random() < 0.5)
    if choice == 5:
        return Locked(code=dice.choice(sorted(LOCK_TEXTS)), requests=dice.choice([1, 2, None]))
    if choice == 6:
        return TruncatedAnswer(share=dice.random())
    return InternalError(request=dice.randrange(5), executed=dice.random() < 0.5)
