"""Bulk actions over REST: asked for, done by a job, results page by page, taken back; of the own company only."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from qbwc_server.bulk.doing import work_off_bulk
from qbwc_server.jobs.runs import JobRun
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


def works_off(app: Flask, clock: TurnableClock, bulk: int) -> None:
    database = app.extensions["database"]
    with database.reading() as db:
        assert db.scalars(select(JobRun.subject_id).where(JobRun.job == "bulk_action")).all().count(bulk) == 1
    work_off_bulk(database=database, clock=clock, subject_id=bulk, checkpoint=lambda: None)


def test_from_the_filter_to_the_undo(
    app: Flask, alice: Caller, charlie: Caller, clock: TurnableClock, invoice: dict[str, Any]
) -> None:
    for number in range(3):
        told = {**invoice, "origin": f"web:{number}", "number": f"B-{number}"}
        assert alice.post("/documents?review=1", json=told).status_code == 201
    asked = alice.post("/bulk", json={"action": "submit", "filter": {"origin": "web:", "states": ["for_review"]}})
    record = asked.get_json()
    assert (asked.status_code, record["total"], record["waiting"], record["state"]) == (202, 3, 3, "under_way")
    works_off(app, clock, record["id"])
    one = f"/bulk/{record['id']}"
    assert alice.get(one).get_json()["done"] == 3
    page = alice.get(f"{one}/results?limit=2").get_json()
    assert [(each["before"], each["after"]) for each in page["results"]] == [("for_review", "submitted")] * 2
    rest = alice.get(f"{one}/results?limit=2&after={page['next']}").get_json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    undo = alice.post(f"{one}/undo").get_json()
    assert undo["undoes"] == record["id"]
    works_off(app, clock, undo["id"])
    states = [each["state"] for each in alice.get("/documents").get_json()["documents"]]
    assert states == ["for_review"] * 3
    again = alice.post(f"{one}/undo")
    assert (again.status_code, again.get_json()["code"]) == (409, "not_to_undo")
    assert [each["id"] for each in alice.get("/bulk").get_json()["bulk"]] == [undo["id"], record["id"]]
    assert charlie.get("/bulk").get_json() == {"bulk": []}
    for path in (one, f"{one}/results"):
        assert charlie.get(path).status_code == 404
    assert charlie.post(f"{one}/undo").status_code == 404


def test_what_is_no_bulk_action_is_refused(alice: Caller, invoice: dict[str, Any]) -> None:
    alice.post("/documents?review=1", json=invoice)
    for body in (
        {},
        {"action": "void"},
        {"action": "submit", "filter": {"odd": 1}},
        {"action": "submit", "filter": {"states": ["posted"]}},
        {"action": "map", "filter": {}},
        {"action": "submit", "odd": 1},
    ):
        assert alice.post("/bulk", json=body).status_code == 422, body
    assert alice.get("/bulk").get_json() == {"bulk": []}
