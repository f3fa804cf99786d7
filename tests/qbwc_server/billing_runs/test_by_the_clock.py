"""Due at the wall-clock time of the zone, once; late under its own date; who waits is looked at again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qbwc_server.billing_runs.by_the_clock import bill_when_due, next_day, read_day
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind
from tests.qbwc_server.billing_runs.distributor import Distributed, told, told_charge


def tick(distributed: Distributed, at: datetime | None = None) -> str:
    if at is not None:
        distributed.clock.moment = at
    return bill_when_due(
        database=distributed.database, clock=distributed.clock, subject_id=distributed.id, checkpoint=lambda: None
    )


def moment(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def days(distributed: Distributed) -> list[date]:
    return [row.date for row in distributed.documents()]


def test_without_settings_there_is_nothing_to_do(distributed: Distributed) -> None:
    assert tick(distributed) == ""


@pytest.mark.parametrize(
    ("day", "first", "due"),
    [(1, "2026-12-01", moment(2026, 12, 1, 10)), (31, "2027-03-31", moment(2027, 3, 31, 9))],
    ids=["winter", "summer"],
)  # S4-07, f13
def test_five_in_new_york(distributed: Distributed, day: int, first: str, due: datetime) -> None:
    distributed.usual(day=day, first_day=first)
    last = "2026-12-31" if day == 1 else "2027-04-29"
    distributed.brings(told_charge(first=first, last=last), first=first, last=last)
    assert tick(distributed, due.replace(hour=due.hour - 1, minute=59)) == ""
    assert tick(distributed, due) == f"{first}: documents 1, customers that wait 0."
    assert tick(distributed) == ""
    assert days(distributed) == [date.fromisoformat(first)]


def test_a_server_that_was_down_bills_each_day_under_its_date(distributed: Distributed) -> None:
    distributed.usual(first_day="2026-12-01")
    for first, last in (("2026-12-01", "2026-12-31"), ("2027-01-01", "2027-01-31")):
        distributed.brings(told_charge(first=first, last=last), first=first, last=last)
    tick(distributed, moment(2027, 1, 20, 8))
    assert days(distributed) == [date(2026, 12, 1), date(2027, 1, 1)]


def test_what_was_due_before_it_was_said_is_billed_by_hand_only(distributed: Distributed) -> None:
    distributed.usual()  # on the first of November, ten hours after five
    distributed.brings(told_charge())
    assert tick(distributed) == ""
    with distributed.database.reading() as db:
        assert next_day(db, distributed.id, distributed.clock()) == date(2026, 11, 1)
    distributed.run(date(2026, 11, 1))
    with distributed.database.reading() as db:
        assert next_day(db, distributed.id, distributed.clock()) == date(2026, 12, 1)


def test_who_waits_is_looked_at_again_after_an_hour(distributed: Distributed) -> None:
    distributed.usual(first_day="2026-12-01", proration="both")
    december = {"first": "2026-12-01", "last": "2026-12-31"}
    distributed.brings(told_charge(first="2026-12-16", last="2026-12-31", netPriceProrated="4.00"), **december)
    distributed.sells(price=None)
    assert tick(distributed, moment(2026, 12, 1, 10)).endswith("customers that wait 1.")
    distributed.sells()  # somebody gives it a price
    assert tick(distributed, moment(2026, 12, 1, 10, 59)) == ""
    assert tick(distributed, moment(2026, 12, 1, 11)).endswith("documents 1, customers that wait 0.")
    assert days(distributed) == [date(2026, 12, 1)]


def test_a_billing_day_that_is_read(distributed: Distributed) -> None:
    assert (read_day(" 2026-12-01 "), read_day(None), read_day("")) == (date(2026, 12, 1), None, None)
    with pytest.raises(Invalid):
        read_day("first")


def test_an_item_that_goes_after_it_was_mapped_makes_nobody_fail(distributed: Distributed) -> None:
    distributed.usual(first_day="2026-12-01")
    distributed.brings(told_charge(first="2026-12-01", last="2026-12-31"), first="2026-12-01", last="2026-12-31")
    distributed.shows(ListKind.ITEM, told("8000Licence-1", "Licence", entry_type="Service", active=False), reading=2)
    assert tick(distributed, moment(2026, 12, 1, 10)) == "2026-12-01: documents 0, customers that wait 0."
