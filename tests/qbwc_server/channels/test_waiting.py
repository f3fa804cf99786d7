"""Documents that wait for others are remembered with their lines, in the order in which they came."""

from __future__ import annotations

from qbwc_server.channels.waiting import Waiting


def test_they_come_back_in_pieces_with_their_lines() -> None:
    waiting = Waiting()
    waiting.add({7: 3, 9: None})
    waiting.add({4: 12})
    assert len(waiting) == 3
    assert waiting.some(0, 2) == [(7, 3), (9, None)]
    assert waiting.some(2, 2) == [(4, 12)]
