"""What the Web Connector and its user do where the documents leave it open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """What the documents leave open or contradict; mostly the less convenient answer is the default."""

    goes_on_after_warning: bool = True  # what the user answers when clientVersion says "W:"
    closes_after_refusal: bool = True  # closeConnection after none, nvu, busy and a postponement
    closes_after_done: bool = False  # closeConnection after connectionError answered "done"
    closes_after_failed_call: bool = False  # closeConnection after QBWC1014, QBWC1041, QBWC1042 and QBWC1043
    allows_interactive: bool = True  # what the user answers when the server asks for interactive mode
    interactive_polls: int = 10  # how often interactiveDone is asked before the user gives up
    no_op_pause_s: float = 5.0
    interactive_pause_s: float = 60.0


DEFAULT_HABITS = Habits()
