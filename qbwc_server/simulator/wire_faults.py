"""What can go wrong between the Web Connector and the server, as a plan made beforehand."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Break(StrEnum):
    """What happens to one call."""

    REQUEST_LOST = "request_lost"  # the server never hears of it; the Web Connector sees a broken connection
    ANSWER_LOST = "answer_lost"  # the server does its work; the Web Connector sees a broken connection
    KILLED_BEFORE = "killed_before"  # the Web Connector dies before it makes the call
    KILLED_AFTER = "killed_after"  # the Web Connector dies with the answer in its hands
    TWICE = "twice"  # the call is made twice, the second answer counts
    TWICE_FIRST_COUNTS = "twice_first_counts"  # the call is made twice, the first answer counts
    HELD_BACK = "held_back"  # the Web Connector dies; the call arrives when late() is called
    REPEATED_LATE = "repeated_late"  # all goes well, and the call arrives once more when late() is called
    RESPONSE_CUT = "response_cut"  # receiveResponseXML only: the second half of the response is missing
    RESPONSE_GARBAGE = "response_garbage"  # receiveResponseXML only: something else than qbXML
    RESPONSE_EMPTY = "response_empty"  # receiveResponseXML only: neither a response nor an HRESULT


RESPONSE_BREAKS = frozenset({Break.RESPONSE_CUT, Break.RESPONSE_GARBAGE, Break.RESPONSE_EMPTY})
_GARBAGE = "QuickBooks <has> encountered a problem & needs to close. \u00e9\u20ac"
_MAIN_OPERATIONS = ("sendRequestXML", "receiveResponseXML")


@dataclass(frozen=True)
class WireFault:
    """One break: the ``nth`` call of ``operation``, counted from 1; of those that bring a response with ``about``
    in it, where that is given.

    ``WireFault(Break.REQUEST_LOST, "receiveResponseXML", about="InvoiceModRs")`` loses the answer to the first change
    of an invoice, however many sets go before it.
    """

    kind: Break
    operation: str
    nth: int = 1
    about: str = ""

    def __post_init__(self) -> None:
        if self.nth < 1:
            raise ValueError("calls are counted from 1")
        if self.kind in RESPONSE_BREAKS and self.operation != "receiveResponseXML":
            raise ValueError(f"{self.kind} concerns receiveResponseXML only")


@dataclass(frozen=True)
class Faults:
    """A plan of breaks. Each happens once, because calls are counted on and on."""

    plan: tuple[WireFault, ...] = ()

    @classmethod
    def of(cls, *plan: WireFault) -> Self:
        """The plan with these breaks."""
        return cls(plan)

    @classmethod
    def random(
        cls, seed: int, *, at_most: int = 3, within: int = 6, operations: Sequence[str] = _MAIN_OPERATIONS
    ) -> Self:
        """Up to ``at_most`` breaks within the first ``within`` calls of each operation; the same for the same seed."""
        dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        plan = []
        for _ in range(dice.randint(0, at_most)):
            operation = dice.choice(list(operations))
            kinds = [kind for kind in Break if operation == "receiveResponseXML" or kind not in RESPONSE_BREAKS]
            plan.append(WireFault(dice.choice(kinds), operation, dice.randint(1, within)))
        return cls(tuple(plan))


NO_FAULTS = Faults()


class FaultCounter:
    """Counts calls and tells which breaks are due."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._calls: Counter[WireFault] = Counter()

    def next_call(self, operation: str, said: str = "") -> frozenset[Break]:
        """The breaks of the call that is about to be made, which hands over ``said``."""
        concerned = {one for one in self._faults.plan if one.operation == operation and one.about in said}
        self._calls.update(concerned)
        return frozenset(one.kind for one in concerned if self._calls[one] == one.nth)


def damaged(response: str, breaks: frozenset[Break]) -> str:
    """What arrives of a response."""
    if Break.RESPONSE_EMPTY in breaks:
        return ""
    if Break.RESPONSE_GARBAGE in breaks:
        return _GARBAGE
    if Break.RESPONSE_CUT in breaks:
        return response[: len(response) // 2]
    return response
