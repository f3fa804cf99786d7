"""The company's report for programs."""

from __future__ import annotations

from typing import Any

from tests.qbwc_server.api.conftest import Caller


def test_the_status_says_what_waits_in_numbers_and_words(alice: Caller, invoice: dict[str, Any]) -> None:
    alice.post("/documents", json=invoice)
    record = alice.get("/status").get_json()
    assert record["company"] == "acme"
    assert record["documents"]["submitted"] == 1
    assert any("1 document waits" in line for line in record["lines"])
