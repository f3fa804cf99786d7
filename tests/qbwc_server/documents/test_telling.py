"""Which steps of documents programs are told of: no step of the table is forgotten."""

from __future__ import annotations

import pytest

from qbwc_server.documents.history import CREATED, DECIDED, entry
from qbwc_server.documents.lifecycle import TRANSITIONS, Event, State
from qbwc_server.documents.telling import event_of
from qbwc_server.outbox.webhooks import WebhookEvent
from qbwc_server.tenancy.actor import SERVER
from tests.conftest import TurnableClock

TOLD = {
    State.POSTED: WebhookEvent.DOCUMENT_POSTED,
    State.FAILED: WebhookEvent.DOCUMENT_FAILED,
    State.HELD: WebhookEvent.DOCUMENT_NEEDS_A_PERSON,
}
STEPS = [(before, event, after) for before, steps in TRANSITIONS.items() for event, after in steps.items()]


@pytest.mark.parametrize(("before", "event", "after"), STEPS)
def test_each_step_into_a_state_that_counts_is_told_once(
    before: State, event: Event, after: State, clock: TurnableClock
) -> None:
    told = event_of(entry(1, 2, event, before, after, by=SERVER, now=clock()))
    if event in (Event.VANISHED, Event.REVIVED):
        assert told is WebhookEvent.DOCUMENT_NEEDS_A_PERSON
    else:
        assert told is (None if before is after else TOLD.get(after))


def test_what_is_no_step_is_not_told(clock: TurnableClock) -> None:
    for event, state in ((CREATED, State.FOR_REVIEW), (DECIDED, State.HELD)):
        before = None if event == CREATED else state
        assert event_of(entry(1, 2, event, before, state, by=SERVER, now=clock())) is None
