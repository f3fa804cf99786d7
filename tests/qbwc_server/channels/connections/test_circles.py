"""A source that leads in circles ends its run, and no other does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbwc_server.channels.connections.circles import MOST_IN_VAIN, Heard, LeadsNowhere
from qbwc_server.channels.connections.states import RunOutcome
from qbwc_server.channels.contract import BrokenFact, BrokenPage, Page
from qbwc_server.documents.problems import Problem
from tests.channels.connected import Connected
from tests.conftest import TurnableClock
from tests.qbwc_server.channels.scripted import Script, fact

PROBLEM = Problem("not_a_fact", "", "It is no fact.", "Correct it.")
ENDLESS = 10 * MOST_IN_VAIN


@pytest.mark.parametrize("which", ["empty", "the same", "broken", "two in turn"])
def test_a_source_without_end_ends_the_run_and_what_it_told_is_drafted(
    connected: Connected, script: Script, connection: int, which: str
) -> None:
    a, b = (Page([fact(key, "1.00", connected.clock())]) for key in "ab")
    ways: dict[str, list[Page | BrokenPage]] = {
        "empty": [Page([])],
        "the same": [a],
        "broken": [BrokenPage(PROBLEM)],
        "two in turn": [a, b],
    }
    turns = ways[which]
    script.tells(a, b, *[turns[number % len(turns)] for number in range(ENDLESS)])
    report = connected.run(connection)
    assert (report.outcome, report.notice and report.notice.code) == (RunOutcome.FAILED, LeadsNowhere.code)
    assert MOST_IN_VAIN <= connected.last_run(connection).pages < MOST_IN_VAIN + 5
    assert sorted(connected.documents()) == ["feed:script:a", "feed:script:b"]


def test_a_long_way_with_something_on_it_is_gone_to_its_end(clock: TurnableClock) -> None:
    heard, now = Heard(), clock()
    for number in range(ENDLESS):
        heard.note(Page([fact("a", "1.00", now + timedelta(seconds=number))]))  # the same one, edited again and again
        heard.note(Page([], [BrokenFact(PROBLEM, str(number))]))
        heard.note(Page([]))


def test_what_is_told_after_much_that_was_not_begins_the_count_anew(clock: TurnableClock) -> None:
    heard = Heard()
    for key in "abc":
        for _ in range(MOST_IN_VAIN):
            heard.note(Page([]))
        heard.note(Page([fact(key, "1.00", clock())]))
    with pytest.raises(LeadsNowhere):
        for _ in range(MOST_IN_VAIN + 1):
            heard.note(Page([]))
