"""What a person says while a run is at it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from qbwc_server.billing_runs.deciding import hold_back
from qbwc_server.billing_runs.running import run_billing
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

NOVEMBER = date(2026, 11, 1)
SAID: dict[str, Callable[[Distributed], object]] = {
    "held back": lambda one: one.decides(hold_back, NOVEMBER, "Contoso Ltd"),
    "approval needed": lambda one: one.settles(approval="needed"),
    "disconnected": lambda one: one.disconnect(),
    "mapped elsewhere": lambda one: one.maps("Contoso", "Fabrikam Inc"),
}


@pytest.mark.parametrize("what", SAID)
def test_what_is_said_after_it_was_planned_and_before_it_is_billed(distributed: Distributed, what: str) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    said: list[object] = []

    def while_it_runs() -> None:
        if not said:
            said.append(SAID[what](distributed))

    run_billing(
        distributed.database, distributed.code, NOVEMBER, by=ANN, clock=distributed.clock, checkpoint=while_it_runs
    )
    billed = ["Fabrikam Inc"] if what == "mapped elsewhere" else []
    assert [row.party for row in distributed.documents()] == billed
