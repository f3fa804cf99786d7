"""``/companies/CODE/billing``."""

from __future__ import annotations

from tests.qbwc_server.api.conftest import Caller


def test_settings_are_said_looked_at_and_refused(alice: Caller) -> None:
    assert alice.get("/billing/settings").get_json()["code"] == "no_billing_settings"
    first = alice._open("PATCH", "/billing/settings", json={"mode": "pre_bill", "day": 31, "first_day": "2026-11-30"})
    assert (first.status_code, first.get_json()["version"]) == (200, 1)
    assert alice._open("PATCH", "/billing/settings", json={"day": 15}).get_json()["settings"]["day"] == 15
    assert alice.get("/billing/settings").get_json()["settings"]["at"] == "05:00:00"
    locked = alice._open("PATCH", "/billing/settings", json={"mode": "post_bill"})
    assert (locked.status_code, locked.get_json()["code"]) == (409, "billing_mode_locked")
    never = alice._open("PATCH", "/billing/settings", json={"not_billed_yet": "wait"})
    assert (never.status_code, "never bill the current period" in never.get_json()["detail"]) == (422, True)


def test_the_document_tells_each_setting(alice: Caller) -> None:
    document = alice.client.get("/api/v1/openapi.json").get_json()
    said = document["components"]["schemas"]["BillingSettingsSaid"]["properties"]
    assert "in a shorter month its last day" in str(said["day"]).lower()
