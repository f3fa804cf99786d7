"""Imports: everything accounted for, nothing twice, crashes completed, memory bounded."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels import intake
from qbwc_server.channels.contract import Draft
from qbwc_server.channels.files import importing
from qbwc_server.channels.files.contract import FileRefused, FileTooLarge, UnknownFormat
from qbwc_server.channels.files.formats import format_named, read_options, recognise
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import MOST_FINDINGS, ImportReport, Kept, Progress
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import counts, listing
from qbwc_server.errors import NotFound
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from tests.channels.shopify.export_file import COLUMNS, export, line, order
from tests.channels.shopify.test_export import CHOSEN

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def shop(database: Database) -> Database:
    """A database with the company "shop"."""
    return with_company(database)


@pytest.fixture
def sqlite_shop(sqlite_database: Database) -> Database:
    """The same on SQLite only, for what does not depend on the engine."""
    return with_company(sqlite_database)


def with_company(database: Database) -> Database:
    with database.transaction() as db:
        add_company(db, code="shop", name="Shop", time_zone="America/New_York", now=NOW)
    return database


def invoice(origin: str, **change: Any) -> dict[str, Any]:
    value = {
        "kind": "invoice",
        "origin": origin,
        "date": "2026-03-02",
        "customer": "Ann",
        "lines": [{"item": "Tea", "amount": "5.00"}],
    }
    return {**value, **change}


def payment(origin: str, of: str) -> dict[str, Any]:
    return {
        "kind": "payment",
        "origin": origin,
        "date": "2026-03-02",
        "customer": "Ann",
        "amount": "5.00",
        "applies_to": [{"invoice": of, "amount": "5.00"}],
    }


def json_lines(tmp_path: Path, *values: dict[str, Any] | str) -> Path:
    path = tmp_path / "documents.jsonl"
    path.write_text("".join((v if isinstance(v, str) else json.dumps(v)) + "\n" for v in values), encoding="utf-8")
    return path


def orders(tmp_path: Path, *rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = tmp_path / "orders_export.csv"
    path.write_bytes(export(*rows, columns=columns))
    return path


def run(
    database: Database, path: Path, *, on_progress: Callable[[Progress], None] | None = None, **choices: Any
) -> ImportReport:
    by = Actor(ActorKind.PERSON, "test")
    said = ImportChoices(**choices)
    return import_file(database, "shop", path, said, by=by, clock=lambda: NOW, on_progress=on_progress)


def tally(report: ImportReport) -> tuple[int, ...]:
    """documents, added, same, revised, submitted, for review, skipped, problems"""
    c = report.counts
    assert c.documents == c.added + c.same + c.revised + c.skipped + c.problems
    return (c.documents, c.added, c.same, c.revised, c.submitted, c.for_review, c.skipped, c.problems)


def rows(database: Database) -> list[DocumentRow]:
    with database.reading() as db:
        return listing(db, find_company(db, "shop").id, limit=10_000)


def test_a_file_goes_in_once(shop: Database, tmp_path: Path) -> None:
    path = json_lines(tmp_path, invoice("a"), invoice("b"), payment("p", "a"))
    assert tally(run(shop, path)) == (3, 3, 0, 0, 3, 0, 0, 0)
    assert tally(run(shop, path)) == (3, 0, 3, 0, 0, 0, 0, 0)
    assert {row.state for row in rows(shop)} == {State.SUBMITTED}


def test_the_record_is_json(sqlite_shop: Database, tmp_path: Path) -> None:
    record = run(sqlite_shop, json_lines(tmp_path, invoice("a"), "{")).as_record()
    assert json.loads(json.dumps(record)) == record
    assert record["total"] == "5.00"
    assert record["needs_a_person"] is True
    assert isinstance(record["findings"], list)
    (finding,) = record["findings"]
    assert (finding["line"], finding["outcome"], finding["code"]) == (2, "problem", "not_json")


def test_problems_do_not_keep_the_rest_out(shop: Database, tmp_path: Path) -> None:
    two_mistakes = invoice("c", date="x", total="1,5")
    report = run(shop, json_lines(tmp_path, invoice("a"), two_mistakes, "{", invoice("b")))
    assert tally(report) == (4, 2, 0, 0, 2, 0, 0, 2)
    assert [(f.line_number, f.problem.field) for f in report.findings] == [(2, "date"), (2, "total"), (3, "")]


def test_a_document_that_does_not_foot_waits(shop: Database, tmp_path: Path) -> None:
    report = run(shop, json_lines(tmp_path, invoice("a", total="6.00"), invoice("b")))
    assert tally(report) == (2, 2, 0, 0, 1, 1, 0, 0)
    (finding,) = report.findings
    assert (finding.line_number, finding.outcome, finding.problem.code) == (1, Kept.FOR_REVIEW, "does_not_foot")
    assert report.needs_a_person


def test_nothing_is_submitted_when_a_person_wants_to_look_first(shop: Database, tmp_path: Path) -> None:
    report = run(shop, json_lines(tmp_path, invoice("a"), payment("p", "a")), submit=False)
    assert tally(report) == (2, 2, 0, 0, 0, 2, 0, 0)
    assert not report.needs_a_person
    assert {row.state for row in rows(shop)} == {State.FOR_REVIEW}


def test_another_content_is_a_problem_or_a_revision(shop: Database, tmp_path: Path) -> None:
    run(shop, json_lines(tmp_path, invoice("a")))
    path = json_lines(tmp_path, invoice("a", memo="changed"))
    report = run(shop, path)
    assert tally(report) == (1, 0, 0, 0, 0, 0, 0, 1)
    assert [(f.problem.code, f.origin) for f in report.findings] == [("origin_conflict", "a")]
    assert tally(run(shop, path, revise=True)) == (1, 0, 0, 1, 1, 0, 0, 0)
    assert tally(run(shop, path)) == (1, 0, 1, 0, 0, 0, 0, 0)


def test_an_origin_twice_in_one_file(shop: Database, tmp_path: Path) -> None:
    path = json_lines(tmp_path, invoice("a"), invoice("a"), invoice("a", memo="other"))
    assert tally(run(shop, path)) == (3, 1, 1, 0, 1, 0, 0, 1)
    assert tally(run(shop, path, revise=True))[3] == 1
    assert len(rows(shop)) == 1


def test_a_payment_may_stand_before_its_invoice(
    shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 1)
    report = run(shop, json_lines(tmp_path, payment("p", "a"), invoice("b"), invoice("a")))
    assert tally(report) == (3, 3, 0, 0, 3, 0, 0, 0)
    assert not report.findings


def test_a_payment_of_no_invoice_waits(shop: Database, tmp_path: Path) -> None:
    report = run(shop, json_lines(tmp_path, payment("p", "nothing")))
    assert tally(report) == (1, 1, 0, 0, 0, 1, 0, 0)
    assert [f.problem.code for f in report.findings] == ["named_not_posted"]
    later = run(shop, json_lines(tmp_path, invoice("nothing"), payment("p", "nothing")))
    assert (later.counts.added, later.counts.same, later.counts.submitted) == (1, 1, 2)


class PowerCut(Exception):
    """The process ends here."""


def test_a_crash_in_the_middle_is_completed_by_the_next_import(
    shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 10)
    path = json_lines(tmp_path, payment("p", "i-24"), *(invoice(f"i-{n}") for n in range(25)))
    calls = 0

    def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        handed = hand_in(*args, **kwargs)
        if calls == 2:  # the work is done, the commit is not
            raise PowerCut
        return handed

    monkeypatch.setattr(intake, "hand_in", failing)
    with pytest.raises(PowerCut):
        run(shop, path)
    assert len(rows(shop)) == 10
    monkeypatch.setattr(intake, "hand_in", hand_in)
    report = run(shop, path)
    assert (report.counts.documents, report.counts.added, report.counts.same) == (26, 16, 10)
    assert {row.state for row in rows(shop)} == {State.SUBMITTED}
    assert len(rows(shop)) == 26


def test_two_imports_at_once_add_nothing_twice(shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the commit somebody else adds the same document."""
    path = json_lines(tmp_path, invoice("a"))
    calls = 0

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise IntegrityError("INSERT", {}, Exception("documents.origin"))
        return hand_in(*args, **kwargs)

    monkeypatch.setattr(intake, "hand_in", overtaken)
    assert tally(run(shop, path)) == (1, 1, 0, 0, 1, 0, 0, 0)
    assert calls == 2


def test_progress_is_told_and_reaches_the_end(
    sqlite_shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 10)
    told: list[Progress] = []
    path = json_lines(tmp_path, *(invoice(f"i-{n}") for n in range(35)))
    run(sqlite_shop, path, on_progress=told.append)
    assert [one.documents for one in told] == [10, 20, 30, 35]
    assert told[-1].bytes_read == told[-1].bytes_total == path.stat().st_size


def test_files_that_cannot_be_read_are_refused(
    sqlite_shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileRefused):
        run(sqlite_shop, tmp_path / "absent.csv")
    with pytest.raises(FileRefused):
        run(sqlite_shop, tmp_path)
    with pytest.raises(UnknownFormat):
        run(sqlite_shop, json_lines(tmp_path, invoice("a")), format="excel")
    with pytest.raises(NotFound):
        import_file(sqlite_shop, "nobody", json_lines(tmp_path, invoice("a")), by=Actor(ActorKind.PERSON, "test"))
    monkeypatch.setattr(importing, "MAX_FILE_BYTES", 10)
    with pytest.raises(FileTooLarge):
        run(sqlite_shop, json_lines(tmp_path, invoice("a")))


def test_very_many_findings_are_counted(sqlite_shop: Database, tmp_path: Path) -> None:
    report = run(sqlite_shop, json_lines(tmp_path, *(invoice(f"i-{n}", date="x") for n in range(MOST_FINDINGS + 50))))
    assert (len(report.findings), report.findings_left_out) == (MOST_FINDINGS, 50)
    assert report.counts.problems == MOST_FINDINGS + 50


def test_a_total_beyond_quickbooks_is_refused(shop: Database, tmp_path: Path) -> None:
    huge = invoice("a", lines=[{"item": "Tea", "quantity": "9999999999", "rate": "9999999999"}])
    report = run(shop, json_lines(tmp_path, huge, invoice("b")))
    assert tally(report) == (2, 1, 0, 0, 1, 0, 0, 1)
    assert [f.problem.code for f in report.findings] == ["too_large"]


# Shopify

TEA = line("Tea", "20.00")


def run_shop(database: Database, tmp_path: Path, *rows: list[dict[str, str]], **more: Any) -> ImportReport:
    path = orders(tmp_path, *rows, columns=more.pop("columns", COLUMNS))
    return run(database, path, options={**CHOSEN, **more.pop("options", {})}, **more)


def test_an_order_with_a_question_is_kept_unsubmitted(shop: Database, tmp_path: Path) -> None:
    owing = order("#1", "20.00", [TEA], Outstanding_Balance="5.00")
    report = run_shop(shop, tmp_path, owing, order("#2", "20.00", [TEA]))
    assert tally(report) == (2, 2, 0, 0, 1, 1, 0, 0)
    first, second = rows(shop)
    assert (first.state, first.reason) == (State.FOR_REVIEW, "paid_with_balance")
    assert first.message
    assert "5.00" in first.message
    assert second.state is State.SUBMITTED
    with shop.transaction() as db:  # a person says it is right
        row = db.get_one(DocumentRow, first.id)
        submit(db, find_company(db, "shop"), [row], by=Actor(ActorKind.PERSON), now=NOW)
        assert row.state is State.SUBMITTED


def test_an_order_paid_later_gets_its_payment_once(shop: Database, tmp_path: Path) -> None:
    run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Financial_Status="pending"))
    paid = order("#1", "20.00", [TEA], Paid_at="2026-03-09 10:00:00 -0500")
    assert tally(run_shop(shop, tmp_path, paid)) == (2, 1, 1, 0, 1, 0, 0, 0)
    assert [(row.kind, row.total) for row in rows(shop)] == [("invoice", Decimal(20)), ("payment", Decimal(20))]
    assert tally(run_shop(shop, tmp_path, paid)) == (1, 0, 1, 0, 0, 0, 0, 0)


def test_parts_of_a_payment_add_up(shop: Database, tmp_path: Path) -> None:
    part = {"Financial_Status": "partially_paid"}
    for owed, payments in (("15.00", ["5.00"]), ("15.00", ["5.00"]), ("8.00", ["5.00", "7.00"])):
        run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Outstanding_Balance=owed, **part))
        assert [str(row.total) for row in rows(shop) if row.kind == "payment"] == payments
    run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Paid_at="2026-03-09 10:00:00 -0500"))
    assert [str(row.total) for row in rows(shop) if row.kind == "payment"] == ["5.00", "7.00", "8.00"]


@pytest.mark.parametrize("first", ["paid", "pending"])
def test_a_refund_is_a_credit_memo_once(shop: Database, tmp_path: Path, first: str) -> None:
    run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Financial_Status=first))
    later = order("#1", "20.00", [TEA], Financial_Status="refunded", Refunded_Amount="20.00", Paid_at="2026-03-05")
    for _ in range(2):
        run_shop(shop, tmp_path, later)
        credited = [row for row in rows(shop) if row.kind == "credit_memo"]
        assert [(row.total, row.state, row.reason) for row in credited] == [
            (Decimal(20), State.FOR_REVIEW, "refund_to_check")
        ]


def test_a_voided_order_that_came_before_is_told(shop: Database, tmp_path: Path) -> None:
    run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Financial_Status="pending"))
    report = run_shop(shop, tmp_path, order("#1", "20.00", [TEA], Financial_Status="voided"))
    assert tally(report) == (1, 0, 0, 0, 0, 0, 1, 0)
    (finding,) = report.findings
    assert f"document {rows(shop)[0].id}" in finding.problem.message
    assert "void" in finding.problem.advice


@pytest.mark.parametrize("id_first", [True, False])
def test_an_export_with_other_columns_posts_nothing_twice(shop: Database, tmp_path: Path, id_first: bool) -> None:
    without = tuple(c for c in COLUMNS if c != "Id")
    rows_ = order("#1001", "20.00", [TEA])
    run_shop(shop, tmp_path, rows_, columns=COLUMNS if id_first else without)
    report = run_shop(shop, tmp_path, rows_, columns=without if id_first else COLUMNS)
    assert tally(report) == (1, 0, 0, 0, 0, 0, 0, 1)
    assert [f.problem.code for f in report.findings] == ["imported_under_another_key"]


def test_two_shops_with_the_same_order_names_are_two_sales(shop: Database, tmp_path: Path) -> None:
    run_shop(shop, tmp_path, order("#1", "20.00", [TEA]))
    other = order("#1", "21.00", [line("Tea", "21.00")], Id="8800000000001")
    report = run_shop(shop, tmp_path, other)
    assert (report.counts.added, report.counts.submitted) == (1, 1)


def test_what_lacked_a_choice_is_replaced_when_it_was_made(shop: Database, tmp_path: Path) -> None:
    taxed = order("#1", "22.00", [TEA], Taxes="2.00", Tax_1_Name="GST", Tax_1_Value="2.00")
    report = run_shop(shop, tmp_path, taxed, options={"tax_item": None})
    assert [f.problem.code for f in report.findings] == ["item_not_chosen"]  # one sentence for one thing
    assert (report.counts.for_review, rows(shop)[0].reason) == (1, "item_not_chosen")
    assert tally(run_shop(shop, tmp_path, taxed)) == (1, 0, 0, 1, 1, 0, 0, 0)
    assert len(rows(shop)) == 1


@pytest.mark.parametrize(("on", "submitted"), [(None, 0), (True, 0), (False, 1)])
def test_sales_tax_of_the_company_file_decides(shop: Database, tmp_path: Path, on: bool | None, submitted: int) -> None:
    if on is not None:
        with shop.transaction() as db:
            db.add(
                CompanyFacts(
                    company_id=find_company(db, "shop").id, file_path="", country="US", qbxml_version="13.0",
                    preferences={"sales_tax": on}, seen_at=NOW,
                )
            )  # fmt: skip
    report = run_shop(shop, tmp_path, order("#1", "20.00", [TEA]), options={"sales_tax_on": None})
    assert report.counts.submitted == submitted
    assert [f.problem.code for f in report.findings] == ["tax_may_be_added_twice"] * (1 - submitted)


@pytest.mark.parametrize("name", ["shopify_orders.csv", "shopify_orders_windows.csv"])
def test_own_exports_are_accounted_for(shop: Database, name: str) -> None:
    """Invented exports as they come: CRLF and a mark, or Windows-1252; all statuses, several lines, other scripts."""
    options = {**CHOSEN, "currency": "USD"}
    report = run(shop, FIXTURES / name, options=options)
    assert (
        tally(report)
        == {
            "shopify_orders.csv": (18, 14, 0, 0, 7, 7, 2, 2),
            "shopify_orders_windows.csv": (3, 3, 0, 0, 3, 0, 0, 0),
        }[name]
    )
    assert (
        report.counts.total
        == {"shopify_orders.csv": Decimal("849.42"), "shopify_orders_windows.csv": Decimal("91.30")}[name]
    )
    lines = [finding.line_number or 0 for finding in report.findings]
    assert lines == sorted(lines)
    again = run(shop, FIXTURES / name, options=ShopifyOptions(**options))
    followed = sum(row.origin.count(":") > 2 for row in rows(shop))  # credit memos of what was refunded
    assert (again.counts.added, again.counts.same) == (0, report.counts.added - followed)


def peak_of_import(database: Database, path: Path, count: int) -> int:
    tracemalloc.start()
    try:
        assert run(database, path, submit=False).counts.added == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_import_needs_memory_for_a_batch_only(
    sqlite_shop: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 50)
    small = json_lines(tmp_path, *(invoice(f"s-{n}") for n in range(200))).rename(tmp_path / "small.jsonl")
    peak_of_import(sqlite_shop, json_lines(tmp_path, invoice("caches-fill")).rename(tmp_path / "one.jsonl"), 1)
    large = json_lines(tmp_path, *(invoice(f"l-{n}") for n in range(2000)))
    # keeping all 2,000 documents instead of 50 takes about 15 MB
    assert peak_of_import(sqlite_shop, large, 2000) < peak_of_import(sqlite_shop, small, 200) + 1_000_000


def test_ten_thousand_rows_are_read_in_bounded_memory(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        lines = [TEA, *[line("Cup", "1.00")] * 9]
        path = tmp_path / f"{count}.csv"
        path.write_bytes(export(*(order(f"#{n}", "29.00", lines) for n in range(count))))
        found = format_named("shopify_orders")
        with path.open("rb") as stream:
            tracemalloc.start()
            try:
                drafts = (one for one in found.read(stream, read_options(found, CHOSEN)) if isinstance(one, Draft))
                assert sum(1 for _ in drafts) == count
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(1)  # caches fill
    few = peak(100)
    assert peak(1000) < 1.3 * few + 200_000  # 10,000 rows; the file has 1 MB


def test_ten_thousand_rows_go_in(sqlite_shop: Database, tmp_path: Path) -> None:
    lines = [TEA, *[line("Cup", "1.00")] * 4]
    many = [order(f"#{n}", "24.00", lines) for n in range(2000)]
    assert tally(run_shop(sqlite_shop, tmp_path, *many)) == (2000, 2000, 0, 0, 2000, 0, 0, 0)
    with sqlite_shop.reading() as db:
        assert counts(db, find_company(db, "shop").id) == {State.SUBMITTED: 2000}


def test_reading_a_file_is_a_stream(tmp_path: Path) -> None:
    """Documents come out long before the file has been read to its end."""
    path = json_lines(tmp_path, *(invoice(f"i-{n}") for n in range(5000)))
    with path.open("rb") as stream:
        found = recognise(stream, path.name)
        next(iter(found.read(stream, read_options(found, None))))
        assert stream.tell() < path.stat().st_size / 4


def test_what_was_paid_for_an_order_that_is_left_out_needs_a_person(shop: Database, tmp_path: Path) -> None:
    kept = order("#1", "20.00", [line("Tea", "20.00")], Cancelled_at="2026-03-05")
    given_back = order("#2", "20.00", [line("Tea", "20.00")], Cancelled_at="2026-03-05", Refunded_Amount="20.00")
    options = ShopifyOptions(**CHOSEN)
    report = run(shop, orders(tmp_path, kept, given_back), options=options)
    assert (report.counts.skipped, report.counts.open_work, report.needs_a_person) == (2, 1, True)
    report = run(shop, orders(tmp_path, given_back), options=options)
    assert (report.counts.skipped, report.counts.open_work, report.needs_a_person) == (1, 0, False)
