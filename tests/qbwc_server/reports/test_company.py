"""The state of a company in words that a bookkeeper understands, and always with what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbwc_server.books.holds import ADVICE, HoldKind, put_on_hold
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.sessions import end_session, open_session
from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import Event
from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.states import RunState
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.sets import Limits, next_set
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.reports.company import CompanyReport, NeedsYou, company_report
from qbwc_server.tenancy.actor import QUICKBOOKS, SERVER, Actor, ActorKind
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ASLEEP = "What to do: the Web Connector has been silent for more than a day; see whether that PC is on."
AUTO_RUN = "What to do: nothing, if Auto-Run is on in the Web Connector; else press Update Selected there."
FIRST = [
    "The Web Connector has not called yet.",
    "What to do: add the .qwc file to the Web Connector, type the password, and press Update Selected.",
]
NEW = CompanyReport(
    company="kern",
    name="Kern Lighting",
    time_zone="America/New_York",
    documents={},
    waiting=0,
    locked=0,
    in_doubt=0,
    in_quickbooks=0,
    company_file=None,
    product=None,
    last_session_at=None,
    last_session_open=False,
    last_session_words=None,
    last_session_failed=False,
    last_session_advice=None,
    needs_you=[],
    now="2026-03-02T15:00:00+00:00",
)
WELL: dict[str, Any] = {
    "last_session_at": "2026-03-02T14:30:00+00:00",
    "last_session_words": "12 invoices posted.",
    "documents": {"posted": 12},
}
WELL_LINES = ["The last update session was at 2026-03-02 09:30: 12 invoices posted.", "12 documents are in QuickBooks."]


def held(kind: HoldKind, detail: str) -> dict[str, Any]:
    return {"kind": kind.value, "detail": detail, "since": "x", "by": "server", "advice": ADVICE[kind]}


REFUSED = NeedsYou(
    "quickbooks_3140",
    1,
    "The customer 東京本店 is not there.",
    "Add it, then retry.",
    7,
    "Invoice 7 for 東京本店, 5.00",
)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ["Nothing waits.", *FIRST]),
        ({"documents": {"submitted": 1}}, ["1 document waits for the next update session.", AUTO_RUN, *FIRST]),
        (WELL, ["Nothing waits.", *WELL_LINES]),
        ({**WELL, "documents": {"posted": 1}}, ["Nothing waits.", WELL_LINES[0], "1 document is in QuickBooks."]),
        (
            {**WELL, "documents": {"submitted": 3}},
            ["3 documents wait for the next update session.", AUTO_RUN, WELL_LINES[0]],
        ),
        (
            {**WELL, "documents": {"submitted": 3}, "last_session_open": True, "in_quickbooks": 1},
            ["1 request is in QuickBooks' hands; the answer is awaited.",
             "3 documents wait for the next update session.", "An update session is running since 2026-03-02 09:30."],
        ),
        (
            {**WELL, "documents": {"submitted": 1}, "waiting": 1, "locked": 1},
            ["1 request is put off to the next session, because somebody had the entry, or one that it names, open in "
             "QuickBooks.", "What to do: close such windows in QuickBooks.",
             "1 document waits for the next update session.", AUTO_RUN, WELL_LINES[0]],
        ),
        (
            {**WELL, "documents": {"submitted": 2}, "in_doubt": 2},
            ["2 requests are in doubt, because the answer was lost; the next session looks in QuickBooks before "
             "anything is sent again.", "2 documents wait for the next update session.", AUTO_RUN, WELL_LINES[0]],
        ),
        (
            {**WELL, "needs_you": [REFUSED]},
            ["Invoice 7 for 東京本店, 5.00 (document 7) needs you: The customer 東京本店 is not there.",
             "What to do: Add it, then retry.",
             *WELL_LINES],
        ),
        (
            {**WELL, "needs_you": [replace(REFUSED, count=3), replace(REFUSED, advice="", message="M.", example=9)]},
            ["3 documents need you: The customer 東京本店 is not there.", "What to do: Add it, then retry.",
             "Invoice 7 for 東京本店, 5.00 (document 9) needs you: M.", *WELL_LINES],
        ),
        (
            {**WELL, "last_session_words": "QuickBooks is not running.", "last_session_failed": True,
             "last_session_advice": "Start it."},
            ["Nothing waits.", "The last update session was at 2026-03-02 09:30: QuickBooks is not running.",
             "What to do: Start it.", WELL_LINES[1]],
        ),
        (
            {**WELL, "last_session_words": None},
            ["Nothing waits.", "The last update session was at 2026-03-02 09:30: it ended without a word.",
             WELL_LINES[1]],
        ),
        (
            {**WELL, "now": "2026-03-03T14:30:01+00:00"},
            ["Nothing waits.", WELL_LINES[0], ASLEEP, WELL_LINES[1]],
        ),
        ({**WELL, "now": "2026-03-03T14:30:00+00:00"}, ["Nothing waits.", *WELL_LINES]),
        (
            {**WELL, "holds": [held(HoldKind.OTHER_FILE, "QuickBooks has X open.")]},
            ["Nothing is written: QuickBooks has X open.",
             "What to do: open the right company file in QuickBooks and press Update Selected; or resume the company "
             "and say that the file which was open is the right one.", *WELL_LINES],
        ),
        (
            {**WELL, "holds": [held(HoldKind.RESTORED_BACKUP, "Invoice 7 is missing.")]},
            ["Nothing is written: Invoice 7 is missing.",
             "What to do: restore the newest company file and resume the company; or keep this file, resume the "
             "company, and let it post again what is missing, or leave that out.",
             *WELL_LINES],
        ),
        (
            {**WELL, "holds": [held(HoldKind.PAUSED, "Paused by an operator.")]},
            ["Nothing is written: Paused by an operator.",
             "What to do: resume the company when posting may go on.", *WELL_LINES],
        ),
    ],
)  # fmt: skip
def test_the_report_in_sentences(changes: dict[str, Any], lines: list[str]) -> None:
    report = replace(NEW, **changes)
    assert report.lines() == lines
    record = report.as_record()
    assert record["lines"] == lines
    json.dumps(record)


@pytest.mark.parametrize("kind", HoldKind)
def test_every_hold_says_what_to_do(kind: HoldKind) -> None:
    report = replace(NEW, holds=[held(kind, "Why.")])
    assert (report.hold, report.hold_detail) == (kind.value, "Why.")
    assert "What to do" in " ".join(report.lines()[:2])
    assert not report.healthy


@pytest.mark.parametrize(
    ("changes", "healthy"),
    [(WELL, True), ({"documents": {"submitted": 9}}, True), ({"needs_you": [REFUSED]}, False),
     ({"last_session_failed": True}, False), ({"holds": [held(HoldKind.PAUSED, "x")]}, False)],
)  # fmt: skip
def test_healthy_means_that_nobody_has_to_do_anything(changes: dict[str, Any], healthy: bool) -> None:
    assert replace(NEW, **changes).healthy is healthy


class Office:
    """One company whose report is read."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock(), name="東京　本店").id

    def report(self) -> CompanyReport:
        with self.database.reading() as db:
            return company_report(db, db.get_one(Company, self.id), now=self.clock())

    def documents(self, count: int, *moves: Event, reason: str | None = None, message: str | None = None) -> None:
        with self.database.transaction() as db:
            start = sum(store.counts(db, self.id).values())
            for number in range(start, start + count):
                document = read_document(
                    {"kind": "invoice", "origin": f"o-{number}", "date": "2026-03-02", "customer": "x" * 300,
                     "lines": [{"item": "S", "amount": "1"}]}
                )  # fmt: skip
                by = Actor(ActorKind.PERSON, "test")
                (row,) = store.add(db, self.id, store.compare(db, self.id, [document]), by=by, now=self.clock())
                for event in moves:
                    store.move(db, row, event, by=by, now=self.clock())
                row.reason, row.message, row.advice = reason, message, message and "Do it."


@pytest.fixture
def office(database: Database, clock: TurnableClock) -> Office:
    return Office(database, clock)


def test_a_new_company(office: Office) -> None:
    assert office.report() == replace(NEW, name="東京　本店", now=office.clock().isoformat())


def test_documents_are_told_by_state_and_those_of_one_reason_together(office: Office) -> None:
    office.documents(2, Event.SUBMITTED)
    office.documents(1, Event.SUBMITTED, Event.POSTED)
    office.documents(3, Event.SUBMITTED, Event.REFUSED, reason="list_entry", message="No item S.")
    office.documents(1, Event.SUBMITTED, Event.HELD, reason="closing_date", message="Closed.")
    office.documents(1)
    report = office.report()
    assert report.documents == {"submitted": 2, "posted": 1, "failed": 3, "held": 1, "for_review": 1}
    assert [(group.count, group.message) for group in report.needs_you] == [
        (3, "No item S."), (1, "Closed."), (1, "It waits for review."),
    ]  # fmt: skip
    assert all(group.advice for group in report.needs_you)
    assert not report.healthy


def test_many_different_reasons_are_cut_short_but_all_are_counted(office: Office) -> None:
    for number in range(14):
        office.documents(1, Event.SUBMITTED, Event.REFUSED, reason="quickbooks_3140", message=f"No item {number}.")
    groups = office.report().needs_you
    assert sum(group.count for group in groups) == 14
    assert len(groups) < 14
    assert len(office.report().lines()) < 30


def test_other_companies_do_not_show(office: Office) -> None:
    office.documents(1, Event.SUBMITTED, Event.REFUSED, message="Mine.")
    with office.database.transaction() as db:
        stranger = tenant(db, office.clock(), "other")
        assert company_report(db, stranger, now=office.clock()).lines() == ["Nothing waits.", *FIRST]


def test_requests_due_owed_and_in_doubt(office: Office) -> None:
    new = [NewRequest("post", str(n), "InvoiceAdd", True, Priority.TRANSACTION, "<x/>") for n in range(4)]
    with office.database.transaction() as db:
        put(db, office.id, new, office.clock())
        db.get_one(QueuedRequest, new[0].id).state = RequestState.UNCERTAIN
        db.flush()
        limits = Limits(requests=2, size=1000)
        next_set(db, office.id, session_id=1, now=office.clock(), limits=limits, document="".join)
    report = office.report()
    assert (report.waiting, report.in_quickbooks, report.in_doubt) == (1, 2, 1)


def test_the_last_session_counts_not_the_first(office: Office) -> None:
    with office.database.transaction() as db:
        company = db.get_one(Company, office.id)
        for words in ("First.", "Second."):
            session, _ = open_session(db, company, office.clock())
            session.error = "QuickBooks is not running." if words == "First." else None
            end_session(session, office.clock(), words)
            db.flush()
            office.clock.advance(hours=1)
    report = office.report()
    assert (report.last_session_words, report.last_session_failed, report.healthy) == ("Second.", False, True)
    with office.database.transaction() as db:
        session, _ = open_session(db, db.get_one(Company, office.id), office.clock())
        assert session.id
    assert office.report().last_session_open
    assert "running" in office.report().lines()[-1]


def test_the_file_and_the_hold(office: Office) -> None:
    with office.database.transaction() as db:
        put_on_hold(db, office.id, HoldKind.PAUSED, "Stop.", by=SERVER, now=office.clock())
        put_on_hold(db, office.id, HoldKind.OTHER_FILE, "QuickBooks has X open.", by=QUICKBOOKS, now=office.clock())
        db.add(
            CompanyFacts(
                company_id=office.id, file_path="", country="US", qbxml_version="13.0", preferences={},
                company_name="Kern", product="QuickBooks Pro 2015", seen_at=office.clock() - timedelta(hours=1),
            )
        )  # fmt: skip
    report = office.report()
    assert (report.hold, report.company_file, report.product) == ("other_file", "Kern", "QuickBooks Pro 2015")
    assert [line for line in report.lines() if "is written" in line] == [
        "Nothing is written: QuickBooks has X open.", "Nothing is written: Stop.",
    ]  # fmt: skip


def test_a_session_without_any_word_is_told_as_such(office: Office) -> None:
    with office.database.transaction() as db:
        session, _ = open_session(db, db.get_one(Company, office.id), office.clock())
        end_session(session, office.clock())
    assert any("ended without a word" in line for line in office.report().lines())


def test_documents_that_wait_for_a_pc_that_is_off_need_somebody() -> None:
    asleep = replace(NEW, **{**WELL, "documents": {"submitted": 1}}, now="2026-03-04T15:00:00+00:00")
    assert ASLEEP in asleep.lines()
    assert not asleep.healthy
    assert replace(asleep, documents={"posted": 1}).healthy
    assert replace(asleep, now="2026-03-03T14:00:00+00:00").healthy
    assert replace(asleep, last_session_open=True).healthy


def test_what_failed_by_the_clock_is_told(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        kern, acme = tenant(db, clock(), "kern"), tenant(db, clock(), "acme")
        for job, company, hours, state, detail in (
            ("look_again", kern, 3, RunState.DONE, None),
            ("look_again", kern, 2, RunState.FAILED, "The disk is full."),
            ("shorten_evidence", kern, 3, RunState.FAILED, "It did better since."),
            ("shorten_evidence", kern, 2, RunState.DONE, None),
            ("forgotten_job", kern, 2, RunState.FAILED, "No such job any more."),
            ("look_again", acme, 2, RunState.FAILED, "Another company."),
            ("look_again", kern, 1, RunState.RUNNING, None),
        ):
            at = clock() - timedelta(hours=hours)
            db.add(
                JobRun(
                    job=job, subject_id=company.id, company_id=company.id, due_at=at, keep_until=at, state=state,
                    precedence=0, detail=detail, code=None if detail is None else "job_broke",
                )
            )  # fmt: skip
    with database.reading() as db:
        report = company_report(db, kern, now=clock())
    assert [(one.job, one.message) for one in report.failed_jobs] == [("look_again", "The disk is full.")]
    assert not report.healthy
    assert any("(look again, " in line and "The disk is full." in line for line in report.lines())
    assert json.loads(json.dumps(report.as_record()))["failed_jobs"][0]["code"] == "job_broke"
