"""What only a person can enter is kept as open work: a sale that was cancelled afterwards, money without a sale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from qbwc_server.channels.contract import Draft, Outcome, Skipped
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import IntakeReport
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from tests.channels.test_intake import draft

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BY = Actor(ActorKind.PERSON, "test")


@pytest.fixture
def shop(database: Database) -> Database:
    """A database with the company "shop"."""
    with database.transaction() as db:
        add_company(db, code="shop", name="Shop", time_zone="America/New_York", now=NOW)
    return database


def bring_in(database: Database, *outcomes: Outcome) -> IntakeReport:
    work = Intake(database, "shop", IntakeReport(), by=BY, clock=lambda: NOW)
    for outcome in outcomes:
        work.take(outcome)
    work.finish()
    return work.report


def cancelled(origin: str, kept: str = "0") -> Skipped:
    problem = Problem("cancelled", "", f"Order {origin} is left out: It was cancelled.", "Enter what was kept.")
    return Skipped(problem, origin, 1, Decimal(kept))


def work(database: Database) -> list[OpenWork]:
    with database.reading() as db:
        return open_work(db, find_company(db, "shop").id)


def end(database: Database, items: Iterable[OpenWork], ended: Ended) -> None:
    with database.transaction() as db:
        for item in items:
            end_work(db, find_company(db, "shop").id, item.id, ended, by=BY, now=NOW)


def person(database: Database, origin: str, does: object) -> None:
    with database.transaction() as db:
        company = find_company(db, "shop")
        does(db, company, by_origin(db, company.id, [origin])[origin], by=BY, now=NOW)  # type: ignore[operator]


def test_a_sale_that_is_here_and_was_cancelled_wants_a_credit_memo(shop: Database) -> None:
    bring_in(shop, draft("a"), draft("b"))
    for _ in range(2):  # the same export again is the same item
        report = bring_in(shop, cancelled("a"), cancelled("never:here"))
        assert ["But it is document" in found.problem.message for found in report.findings] == [True, False]
        (item,) = work(shop)
    assert item.work is WorkKind.CREDIT_MEMO_WANTED
    assert item.document_id is not None
    assert "Order a is left out" in item.message
    assert "enter a credit memo" in item.advice
    person(shop, "a", exclude)
    assert work(shop) == []


@pytest.mark.parametrize("kind", ["sales_order", "estimate"])
def test_an_order_that_is_none_any_more_wants_no_credit_memo(shop: Database, kind: str) -> None:
    """It is no part of the books: when it is sold, the invoice stands by itself."""
    bring_in(shop, draft("a", kind=kind))
    report = bring_in(shop, cancelled("a"))
    (item,) = work(shop)
    assert item.work is WorkKind.STAYS_IN_QUICKBOOKS
    for advice in (item.advice, report.findings[0].problem.advice):
        assert "Close it in QuickBooks" in advice
        assert "credit memo" not in advice
    person(shop, "a", exclude)
    assert work(shop) == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("credit_memo", {}),
        ("payment", {"amount": "5.00", "lines": None, "unapplied": True}),
        (
            "transfer",
            {"transfer_from": "Clearing", "transfer_to": "Bank", "amount": "5.00", "lines": None, "customer": None},
        ),
    ],
)
def test_what_is_no_sale_wants_no_credit_memo(shop: Database, kind: str, more: dict[str, object]) -> None:
    plain: dict[str, object] = {"kind": kind, "origin": "a", "date": "2026-03-02", "customer": "Ann"}
    plain |= {"lines": [{"item": "Tea", "amount": "5.00"}], **more}
    told = {name: value for name, value in plain.items() if value is not None}
    bring_in(shop, Draft(read_document(told)))
    bring_in(shop, cancelled("a"))
    (item,) = work(shop)
    assert item.work is WorkKind.STAYS_IN_QUICKBOOKS
    assert item.advice.endswith("void it or take it back in QuickBooks.")


@pytest.mark.parametrize("ended", [Ended.DONE, Ended.DISMISSED])
def test_what_a_person_has_ended_is_not_opened_again(shop: Database, ended: Ended) -> None:
    bring_in(shop, draft("a"))
    skipped = (cancelled("a"), cancelled("b", kept="5.00"))
    bring_in(shop, *skipped)
    assert {item.work for item in work(shop)} == {WorkKind.CREDIT_MEMO_WANTED, WorkKind.PAYMENT_WANTED}
    end(shop, work(shop), ended)
    bring_in(shop, *skipped)
    assert work(shop) == []


def test_a_sale_that_is_taken_back_into_the_books_wants_it_again(shop: Database) -> None:
    bring_in(shop, draft("a"))
    bring_in(shop, cancelled("a"))
    person(shop, "a", exclude)
    bring_in(shop, cancelled("a"))
    assert work(shop) == []
    person(shop, "a", restore)
    bring_in(shop, cancelled("a"))
    assert [item.work for item in work(shop)] == [WorkKind.CREDIT_MEMO_WANTED]


@pytest.mark.parametrize(("amount", "wanted"), [("5.00", 0), ("4.99", 1)])
def test_a_sale_that_was_credited_in_full_wants_none(shop: Database, amount: str, wanted: int) -> None:
    bring_in(shop, draft("a"), draft("a:refund:1", amount, kind="credit_memo"), draft("ab:1", kind="credit_memo"))
    report = bring_in(shop, cancelled("a"))
    assert len(work(shop)) == wanted
    assert sum("But it is document" in found.problem.message for found in report.findings) == wanted


def test_money_that_was_kept_without_a_sale_is_wanted_until_it_is_given_back(shop: Database) -> None:
    bring_in(shop, cancelled("a", kept="5.00"))
    (item,) = work(shop)
    assert (item.work, item.key, item.document_id) == (WorkKind.PAYMENT_WANTED, "a", None)
    bring_in(shop, cancelled("a"))
    assert work(shop) == []
