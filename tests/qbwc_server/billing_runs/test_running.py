"""A billing day is billed once, whatever breaks: the same documents, and every charge on one of them."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from qbwc_server.billing_runs.deciding import approve
from qbwc_server.billing_runs.models import BilledPart, BillingRun
from qbwc_server.billing_runs.running import run_billing
from qbwc_server.channels.contract import Fact
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import Killed, KilledAt
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import ANN, DISTRIBUTOR, Distributed, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def lines(row: DocumentRow) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (one["description"], one.get("quantity"), one.get("rate"), one.get("amount"))
        for one in json.loads(row.body)["lines"]
    ]


def december(name: str = "Contoso", **more: Any) -> dict[str, Any]:
    return told_charge(name, first="2026-12-01", last="2026-12-31", **more)


def test_a_whole_month_is_one_line_without_a_rate(distributed: Distributed) -> None:  # S4-05, S4-09
    distributed.usual()
    distributed.brings(told_charge(), told_charge("Fabrikam", quantity="3"))
    result = distributed.run(NOVEMBER)
    assert (result.documents, result.waiting) == (2, 0)
    first, second = distributed.documents()
    assert (first.kind, first.date, first.party, first.state) == ("invoice", NOVEMBER, "Contoso Ltd", State.SUBMITTED)
    assert first.origin == f"billing:{distributed.connection_id}:2026-11-01:9000ContosoLtd-1"
    assert lines(first) == [("M365 licence, 2026-11-01 to 2026-11-30", "10", None, None)]
    assert lines(second) == [("M365 licence, 2026-11-01 to 2026-11-30", "3", None, None)]


def test_again_it_bills_nothing_and_late_it_keeps_its_date(distributed: Distributed) -> None:
    distributed.usual()
    distributed.clock.advance(days=300)
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    assert distributed.run(NOVEMBER).documents == 0
    assert [row.date for row in distributed.documents()] == [NOVEMBER]
    with distributed.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(BillingRun)) == 1


def test_a_charge_that_changes_later_is_a_correction_of_the_next_invoice(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge(quantity="10"))
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=1)
    distributed.brings(told_charge(quantity="8"))
    assert distributed.run(NOVEMBER).documents == 0  # that day is billed
    distributed.brings(december(quantity="8"), first="2026-12-01", last="2026-12-31")
    distributed.run(DECEMBER)
    assert lines(distributed.documents()[1]) == [
        ("M365 licence, 2026-12-01 to 2026-12-31", "8", None, None),
        ("Correction: M365 licence, 2026-11-01 to 2026-11-30, 8 instead of 10", None, None, "-24.00"),
    ]


def test_what_would_be_negative_is_one_credit_memo(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge(quantity="10"), told_charge("Fabrikam"))
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=1)
    distributed.brings(told_charge(quantity="4"))
    distributed.brings(december(quantity="1"), first="2026-12-01", last="2026-12-31")
    distributed.run(DECEMBER)
    credit = distributed.documents()[2]
    assert (credit.kind, credit.origin.endswith(":credit")) == ("credit_memo", True)
    assert lines(credit) == [
        ("M365 licence, 2026-12-01 to 2026-12-31", "-1", None, None),
        ("Correction: M365 licence, 2026-11-01 to 2026-11-30, 4 instead of 10", None, None, "72.00"),
    ]


def test_two_organisations_on_one_customer_are_one_invoice(distributed: Distributed) -> None:
    distributed.usual()
    distributed.maps("Fabrikam", "Contoso Ltd")
    distributed.brings(told_charge(), told_charge("Fabrikam", quantity="2"))
    distributed.run(NOVEMBER)
    (row,) = distributed.documents()
    assert [one[:2] for one in lines(row)] == [
        ("Contoso: M365 licence, 2026-11-01 to 2026-11-30", "10"),
        ("Fabrikam: M365 licence, 2026-11-01 to 2026-11-30", "2"),
    ]


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("at", range(4))
def test_killed_at_every_step_and_begun_again_it_makes_the_same(
    distributed: Distributed, monkeypatch: pytest.MonkeyPatch, at: int, *, committed: bool
) -> None:
    monkeypatch.setattr("qbwc_server.billing_runs.portions._AT_A_TIME", 1)
    distributed.usual()
    distributed.brings(told_charge(), told_charge("Fabrikam", quantity="3"))
    dying: Any = KilledAt(distributed.database, at, committed=committed)
    with suppress(Killed):
        run_billing(dying, distributed.code, NOVEMBER, by=ANN, clock=distributed.clock)
    distributed.run(NOVEMBER)
    assert [(row.party, row.revision, row.state) for row in distributed.documents()] == [
        ("Contoso Ltd", 1, State.SUBMITTED),
        ("Fabrikam Inc", 1, State.SUBMITTED),
    ]
    with distributed.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(BilledPart)) == 2
        assert db.scalars(select(BillingRun.done_at)).one() is not None


def test_what_was_taken_back_before_it_left_is_billed_again_once_somebody_approves(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    with distributed.database.transaction() as db:
        row = db.get_one(DocumentRow, distributed.documents()[0].id)
        exclude(db, find_company(db, distributed.code), row, by=ANN, now=distributed.clock())
    assert [one.lines[0].bill.quantity for one in distributed.plan(NOVEMBER).billings] == [Decimal(10)]
    assert distributed.run(NOVEMBER).documents == 0  # somebody may have billed it otherwise
    with distributed.database.transaction() as db:
        approve(db, find_company(db, distributed.code), NOVEMBER, None, by=ANN, now=distributed.clock())
    assert distributed.run(NOVEMBER).documents == 1
    (row,) = distributed.documents()
    assert row.state is State.SUBMITTED
    assert distributed.run(NOVEMBER).documents == 0


def test_prorated_seats_are_billed_at_the_price_of_quickbooks(distributed: Distributed) -> None:
    distributed.usual(proration="both")
    added = told_charge(first="2026-11-16", quantity="5", price="8.00", netPriceProrated="4.00")
    distributed.brings(told_charge(), added)
    distributed.run(NOVEMBER)
    assert lines(distributed.documents()[0]) == [
        ("M365 licence, 2026-11-01 to 2026-11-30", "10", None, None),
        ("M365 licence, 2026-11-16 to 2026-11-30: 5 added, 15 of 30 days", "5", "6", None),
    ]


def test_an_organisation_of_a_very_long_name_is_billed(distributed: Distributed) -> None:
    distributed.usual()
    name = "Contoso " * 60
    distributed.maps(name, "Contoso Ltd")
    body = {
        "organisation": name,
        "period_from": "2026-11-01",
        "period_to": "2026-11-30",
        "charges": [told_charge(name)],
    }
    distributed.tells("charges", Fact("2026-11-01:long", distributed.clock(), body))
    assert distributed.run(NOVEMBER).documents == 1
    assert distributed.run(NOVEMBER).documents == 0


def test_in_a_year_nothing_is_billed_twice_and_every_charge_is_billed_or_listed(
    sqlite_database: Database, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    monkeypatch.setattr("qbwc_server.billing_runs.portions._AT_A_TIME", 2)
    distributed = Distributed(sqlite_database, clock)
    distributed.usual(proration="both")
    told = 0
    for month in range(12):
        day = date(2026 + (10 + month) // 12, (10 + month) % 12 + 1, 1)
        last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        span = {"first": day.isoformat(), "last": last.isoformat()}
        charges = [
            told_charge(quantity=str(10 + month), **span),
            told_charge("Fabrikam", quantity="3", **span),
            told_charge("Orphan", **span),
            told_charge(
                first=day.replace(day=16).isoformat(), last=span["last"], quantity="2", netPriceProrated="4.00"
            ),
        ]
        told += len(charges)
        distributed.brings(*charges, **span)
        distributed.run(day)
        if month % 4 == 0:
            distributed.run(day)
        distributed.clock.advance(minutes=1)
        distributed.brings(charges[0] | {"quantity": str(9 + month)}, *charges[1:], **span)  # told otherwise later
    with distributed.database.reading() as db:
        billed = list(db.scalars(select(BilledPart).order_by(BilledPart.id)))
    first = [row.part for row in billed if row.quantity_before is None]
    corrected = [row.part for row in billed if row.quantity_before is not None]
    assert len(first) == len(set(first)) == 12 * 3  # each once
    assert len(corrected) == len(set(corrected)) == 11  # and what was told otherwise since, but for the last month
    assert set(corrected) <= set(first)
    plan = distributed.plan(date(2027, 11, 1))
    assert len({one.key for one in plan.orphans}) == 12
    assert len(set(first)) + len(plan.orphans) == told
    assert len(distributed.documents()) == 24
