"""``/companies/CODE/billing``."""

from __future__ import annotations

import pytest
from flask import Flask

from qbwc_server.channels.registry import CHANNELS
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed, told_charge


def test_settings_are_said_looked_at_and_refused(alice: Caller) -> None:
    assert alice.get("/billing/settings").get_json()["code"] == "no_billing_settings"
    first = alice._open("PATCH", "/billing/settings", json={"mode": "pre_bill", "day": 31, "first_day": "2026-11-30"})
    assert (first.status_code, first.get_json()["version"]) == (200, 1)
    assert alice._open("PATCH", "/billing/settings", json={"day": 15}).get_json()["settings"]["day"] == 15
    assert alice.get("/billing/settings").get_json()["settings"]["at"] == "05:00:00"
    corrected = alice._open("PATCH", "/billing/settings", json={"mode": "post_bill"})  # nothing is connected yet
    assert (corrected.status_code, corrected.get_json()["settings"]["mode"]) == (200, "post_bill")
    assert alice._open("PATCH", "/billing/settings", json={"mode": "pre_bill"}).status_code == 200
    never = alice._open("PATCH", "/billing/settings", json={"not_billed_yet": "wait"})
    assert (never.status_code, "never bill the current period" in never.get_json()["detail"]) == (422, True)


def test_the_document_tells_each_setting(alice: Caller) -> None:
    document = alice.client.get("/api/v1/openapi.json").get_json()
    said = document["components"]["schemas"]["BillingSettingsSaid"]["properties"]
    assert "in a shorter month its last day" in str(said["day"]).lower()


@pytest.fixture
def distributed(app: Flask, alice: Caller, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Distributed:
    """The company of alice has a distributor."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    distributed = Distributed(app.extensions["database"], clock, "acme", added=True)
    distributed.usual()
    distributed.brings(told_charge(price="12.50"), told_charge("Fabrikam"), told_charge("Orphan"), told_charge(None))
    return distributed


def test_a_day_from_preview_to_report(alice: Caller, distributed: Distributed) -> None:
    locked = alice._open("PATCH", "/billing/settings", json={"mode": "post_bill"})
    assert (locked.status_code, locked.get_json()["code"]) == (409, "billing_mode_locked")
    shown = alice.get("/billing/preview").get_json()
    assert (shown["billing_day"], shown["due_at"]) == ("2026-11-01", "2026-11-01T10:00:00+00:00")
    assert [(one["customer"], one["standing"], one["total"]) for one in shown["customers"]] == [
        ("Contoso Ltd", "warned", "120.00"), ("Fabrikam Inc", "goes", "120.00"),
    ]  # fmt: skip
    line = shown["customers"][0]["lines"][0]
    assert (line["formula"], line["margin"], line["rate"]) == ("10 × 12.00 = 120.00", "-0.50", None)
    assert [one["code"] for one in shown["orphans"]] == ["unmapped", "no_organisation"]
    assert alice.get("/billing/report").get_json()["code"] == "not_billed_yet"
    assert alice.post("/billing/run", json={"day": "2026-12-01"}).get_json()["code"] == "not_due_yet"
    day = {"day": "2026-11-01"}
    assert alice.post("/billing/run", json=day).get_json()["waiting"] == 1
    for said in ({}, {"customer": "Contoso Ltd"}):
        changed = alice.post("/billing/approve", json={**day, **said, "seen": "0" * 64})
        assert (changed.status_code, changed.get_json()["code"]) == (409, "billing_changed")
    approved = alice.post(
        "/billing/approve", json={**day, "seen": alice.get("/billing/preview").get_json()["digest"]}
    ).get_json()
    assert [one["standing"] for one in approved["customers"]] == ["approved"]
    assert alice.post("/billing/run", json=day).get_json() == {**day_of_run(), "documents": 1, "waiting": 0}
    report = alice.get("/billing/report?day=2026-11-01").get_json()
    assert [one["customer"] for one in report["documents"]] == ["Fabrikam Inc", "Contoso Ltd"]
    assert {one["outcome"]: one["cost"] for one in report["charges"]} == {
        "all": "365.00", "billed": "205.00", "orphan": "160.00",
    }  # fmt: skip
    table = alice.get("/billing/report/csv?day=2026-11-01").get_data(as_text=True).splitlines()
    assert (len(table), table[0].startswith("organisation,offer,product")) == (5, True)
    paper = alice.get("/billing/report/pdf?day=2026-11-01")
    assert (paper.mimetype, paper.get_data()[:5]) == ("application/pdf", b"%PDF-")
    taken = alice.post("/billing/take-back", json={**day, "customer": "Fabrikam Inc"}).get_json()
    assert [(one["customer"], one["standing"]) for one in taken["customers"]] == [("Fabrikam Inc", "held")]


def day_of_run() -> dict[str, str]:
    return {"billing_day": "2026-11-01"}


def test_a_customer_is_held_back_and_offers_are_switched(alice: Caller, distributed: Distributed) -> None:
    held = alice.post("/billing/hold", json={"day": "2026-11-01", "customer": "Fabrikam Inc"}).get_json()
    assert [one["standing"] for one in held["customers"]] == ["warned", "held"]
    said = {"connection_id": distributed.connection_id, "offer": "M365", "synchronise": False}
    assert alice.post("/billing/switches", json=said).get_json()["synchronise"] is False
    assert alice.get("/billing/preview?day=2026-11-01").get_json()["customers"] == []
    assert alice.post("/billing/switches", json={**said, "makes": "x"}).status_code == 422
    assert alice.post("/billing/hold", json={"day": "2026-11-01", "customer": "Nobody"}).status_code == 404
    assert alice.post("/billing/approve", json={"day": "soon"}).status_code == 422


def test_offers_and_organisations_are_listed(alice: Caller, distributed: Distributed) -> None:
    listed = {one["word"]: one for one in alice.get("/billing/words").get_json()["words"]}
    assert {word: one["entry"] for word, one in listed.items()} == {
        "M365": "Licence", "Contoso": "Contoso Ltd", "Fabrikam": "Fabrikam Inc", "Orphan": None,
    }  # fmt: skip
    assert (listed["Orphan"]["code"], listed["Orphan"]["key"]) == ("unmapped", "name:Orphan")
