"""What upstream is told is written as JSON and read back as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from qbwc_server.channels.tellings import Became, Telling

AT = datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "telling",
    [
        Telling("1-2-a", "feed:tea:1", "1", Became.EXCLUDED, AT, "invoice", 3),
        Telling(
            "1-2-a", "feed:tea:1", "1", Became.POSTED, AT, "invoice", 1, txn_id="1-2", number="77",
            total=Decimal("5.00"),
        ),
        Telling("1-2-a", "feed:tea:1", "1", Became.FAILED, AT, "invoice", 1, code="list_entry", message="No item."),
    ],
    ids=["excluded", "posted", "failed"],
)  # fmt: skip
def test_a_telling_stays_what_it_is(telling: Telling) -> None:
    assert Telling.of(json.loads(json.dumps(telling.as_record()))) == telling
    assert None not in telling.as_record().values()
