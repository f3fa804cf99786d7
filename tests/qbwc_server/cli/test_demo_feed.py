"""What a demo tells its feed is held against what the feed has brought."""

from __future__ import annotations

import pytest

from qbwc_server.cli.demo_feed import FACTS, _deviations


@pytest.mark.parametrize(
    ("heard", "waiting", "brought", "told"),
    [
        ([{"origin": "a", "became": "needs_a_person"}, {"origin": "a", "became": "posted"}], [], len(FACTS), []),
        ([], [], len(FACTS), []),
        ([], [], 0, [f"Not {len(FACTS)} but 0 documents of the feed have come to an end."]),
        ([], ["a"], len(FACTS), ["The feed has not been told what became of a."]),
        (
            [{"origin": "a", "became": "posted"}, {"origin": "a", "became": "needs_a_person"}],
            [],
            len(FACTS),
            ["The feed was told at last that a is needs a person."],
        ),
    ],
    ids=["well", "continued", "nothing came", "not told", "not posted"],
)
def test_what_deviates_is_told(heard: list[dict[str, str]], waiting: list[str], brought: int, told: list[str]) -> None:
    assert list(_deviations(heard, waiting, brought)) == told
