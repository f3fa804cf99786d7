"""The document of a customer in the terms of QuickBooks."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from qbwc_server.list_kinds import ListKind
from tests.qbwc_server.billing_runs.distributor import Distributed, told, told_charge


@pytest.mark.parametrize(
    ("delivery", "flags"),
    [("by_quickbooks", (None, None)), ("email", (True, False)), ("print", (False, True)),
     ("both", (True, True)), ("neither", (False, False))],
)  # fmt: skip
def test_how_it_waits_to_be_sent(distributed: Distributed, delivery: str, flags: tuple[Any, Any]) -> None:
    distributed.shows(ListKind.CLASS, told("7000-1", "Cloud"))
    distributed.usual(delivery=delivery, class_name="Cloud")
    distributed.brings(told_charge())
    distributed.run(date(2026, 11, 1))
    body = json.loads(distributed.documents()[0].body)
    assert (body.get("to_be_emailed"), body.get("to_be_printed")) == flags
    assert (body["date"], body["memo"]) == ("2026-11-01", "Subscriptions 2026-11-01 to 2026-11-30")
    assert (body["lines"][0]["class"], body["lines"][0]["service_date"]) == ("Cloud", "2026-11-01")
