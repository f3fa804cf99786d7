"""Requests are settled by the table."""

from __future__ import annotations

from qbwc_server.queue.settling import Settlement, settle
from qbwc_server.queue.states import Event, RequestState
from tests.qbwc_server.queue.line import Line, request

SENT, QUEUED, DONE = RequestState.SENT, RequestState.QUEUED, RequestState.DONE


def test_settling_follows_the_table_and_ignores_what_no_longer_matters(line: Line) -> None:
    a, b = request("a"), request("b")
    line.put(a, b)
    line.leave()
    states = {a.id: SENT, b.id: SENT}
    with line.database.transaction() as db:
        settle(
            db,
            states,
            [
                Settlement(a.id, Event.DONE, 0, "fine", result_id="T-1"),
                Settlement(a.id, Event.REFUSED, 3100, "late and wrong"),
                Settlement(b.id, Event.AGAIN, 3175, "locked"),
            ],
            line.clock(),
        )
    assert states == {a.id: DONE, b.id: QUEUED}
    done, again = line.row("a"), line.row("b")
    assert (done.state, done.status_code, done.status_message, done.result_id, done.settled_at) == (
        DONE, 0, "fine", "T-1", line.clock(),
    )  # fmt: skip
    assert (again.state, again.status_code, again.settled_at) == (QUEUED, 3175, None)
    line.clock.advance(minutes=1)
    with line.database.transaction() as db:
        settle(db, {a.id: DONE}, [Settlement(a.id, Event.REFUSED, 1)], line.clock())
        settle(db, {}, [], line.clock())
    assert (line.row("a").status_code, line.row("a").settled_at) == (0, done.settled_at)
