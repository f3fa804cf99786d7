"""The intake: what became of every draft is counted once and told in full, and nothing comes in twice."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.channels import intake
from qbwc_server.channels.contract import Draft, Outcome
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import MOST_FINDINGS, Counts, Finding, IntakeReport, Kept
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import by_origin, listing
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def shop(database: Database) -> Database:
    """A database with the company "shop"."""
    with database.transaction() as db:
        add_company(db, code="shop", name="Shop", time_zone="America/New_York", now=NOW)
    return database


def draft(origin: str, amount: str = "5.00", line_number: int | None = None, **more: Any) -> Draft:
    value = {
        "kind": "invoice",
        "origin": origin,
        "date": "2026-03-02",
        "customer": "Ann",
        "lines": [{"item": "Tea", "amount": amount}],
    }
    return Draft(read_document({**value, **more}), line_number)


def bring_in(database: Database, outcomes: Iterable[Outcome], **more: Any) -> IntakeReport:
    work = Intake(database, "shop", IntakeReport(), by=Actor(ActorKind.PERSON, "test"), clock=lambda: NOW, **more)
    for outcome in outcomes:
        work.take(outcome)
    work.finish()
    return work.report


def test_the_sum_is_that_of_what_is_new(shop: Database) -> None:
    first = bring_in(shop, [draft("a", "100.00"), draft("b", "5.00")])
    again = bring_in(shop, [draft("a", "100.00"), draft("b", "5.00"), draft("c", "7.00")])
    assert (first.counts.total, again.counts.total) == (Decimal(105), Decimal(7))
    revised = bring_in(shop, [draft("a", "1.00"), draft("b", "5.00")], revise=True)
    assert (revised.counts.revised, revised.counts.total) == (1, Decimal(1))


def test_a_document_whose_price_only_quickbooks_knows_is_not_a_sum_of_nothing(shop: Database) -> None:
    report = bring_in(shop, [draft("a"), draft("b", lines=[{"item": "Tea", "quantity": 2}])])
    assert (report.counts.total, report.counts.without_total) == (Decimal(5), 1)


def test_everything_that_a_document_lacks_is_told(shop: Database) -> None:
    report = bring_in(shop, [draft("a", number="12345678901234", total="6.00")])
    assert [(f.outcome, f.problem.code) for f in report.findings] == [
        (Kept.FOR_REVIEW, "number_too_long"),
        (Kept.FOR_REVIEW, "does_not_foot"),
    ]


def test_a_network_channel_has_no_lines(shop: Database) -> None:
    report = bring_in(shop, [draft("a", total="6.00")])
    assert [finding.as_record()["line"] for finding in report.findings] == [None]


def test_many_notes_do_not_crowd_out_a_problem() -> None:
    report = IntakeReport()
    note, problem = Problem("note", "", "Something.", ""), Problem("bad", "", "Wrong.", "Correct it.")
    for _ in range(MOST_FINDINGS + 5):
        report.note(Finding(Kept.NOTE, note))
    report.note(Finding(Kept.PROBLEM, problem))
    assert report.findings[-1].problem == problem
    assert report.findings_left_out == 5


def test_counts_add_up_whatever_they_count() -> None:
    one = Counts(added=1, same=2, revised=3, skipped=4, problems=5, submitted=6, for_review=7, total=Decimal("0.10"))
    two = Counts(added=1, total=Decimal("0.20"), without_total=1)
    two.add(one)
    assert two == Counts(2, 2, 3, 4, 5, 6, 7, Decimal("0.30"), 1)
    assert (two.documents, two.as_record()["total"]) == (16, "0.30")


def test_one_sale_under_two_keys_by_two_intakes_at_once(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both stand where earlier sales are compared; whoever is second must see what the first one brings."""
    met = threading.Barrier(2)
    compare = intake._twins

    def compare_together(*args: Any) -> Any:
        found = compare(*args)
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=0.5)
        return found

    monkeypatch.setattr(intake, "_twins", compare_together)

    def order(key: str) -> IntakeReport:
        one = draft(f"order:{key}", number="1001")
        twin = Draft(one.document, twin=lambda origin: origin.startswith("order:"))
        return bring_in(shop, [twin])

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(order, ["#1001", "7700000001001"]))
    assert sorted(report.counts.added for report in reports) == [0, 1]
    (finding,) = [finding for report in reports for finding in report.findings]
    assert finding.problem.code == "imported_under_another_key"
    with shop.reading() as db:
        assert len(listing(db, find_company(db, "shop").id)) == 1


def test_every_changed_name_is_in_the_report_and_names_that_fall_together_wait(shop: Database) -> None:
    names = ["李伟", "黎伟", "Анна", "Anna"]
    report = bring_in(shop, [draft(f"a:{n}", customer=name, line_number=n) for n, name in enumerate(names, 1)])
    assert (report.counts.submitted, report.counts.for_review) == (2, 2)
    told = [(f.line_number, f.outcome, f.problem.code) for f in report.findings]
    assert told == [
        (1, Kept.NOTE, "note"),
        (2, Kept.FOR_REVIEW, "names_fall_together"),
        (3, Kept.NOTE, "note"),
        (4, Kept.FOR_REVIEW, "names_fall_together"),
    ]
    assert "LiWei" in report.findings[0].problem.message
    assert report.needs_a_person


def test_names_that_a_channel_had_to_change_are_compared_by_its_own_words(shop: Database) -> None:
    plain = draft("a", customer="Acme West")
    changed = [replace(draft(key, customer="Acme West"), called={"Acme West": "Acme: West"}) for key in "bc"]
    report = bring_in(shop, [plain, changed[0]])
    assert [(f.origin, f.problem.code) for f in report.findings] == [("b", "names_fall_together")]
    with shop.transaction() as db:
        company = find_company(db, "shop")
        submit(db, company, [by_origin(db, company.id, ["b"])["b"]], by=Actor(ActorKind.PERSON), now=NOW)
    assert bring_in(shop, [changed[1]]).counts.submitted == 1


def test_one_sale_under_two_origins_of_a_file_is_a_question(shop: Database) -> None:
    report = bring_in(shop, [draft("a", number="1"), draft("b", number="1"), draft("c", number="2")])
    assert [(f.origin, f.outcome, f.problem.code) for f in report.findings] == [("b", Kept.FOR_REVIEW, "same_number")]


@pytest.mark.parametrize("now", [True, False])
def test_limits_are_told_at_once_also_where_a_person_looks_first(shop: Database, now: bool) -> None:
    lines = [{"item": "I" * 32, "amount": "5.00"}]
    report = bring_in(shop, [draft("a", customer="C" * 50, number="123456789012", lines=lines)], submit=now)
    assert [f.problem.code for f in report.findings] == ["number_too_long", "too_long", "too_long"]
    with shop.reading() as db:
        assert db.scalars(select(QueuedRequest)).all() == []
