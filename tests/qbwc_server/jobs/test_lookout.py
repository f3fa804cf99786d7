"""What is due is handed out for each subject by its own wall clock, once, whatever happens to clocks and schedulers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from qbwc_server.db import Database
from qbwc_server.jobs.due import Daily, Every, MonthDay
from qbwc_server.jobs.each import COMPANY, SERVER, Each, Subject
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.runs import DueRun
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import a_job, rows
from tests.qbwc_server.tenants import tenant


def _short(runs: list[DueRun]) -> list[tuple[str, int, str]]:
    return [(run.job, run.subject_id, f"{run.due_at:%m-%d %H:%M}") for run in runs]


def _company(database: Database, clock: TurnableClock, code: str, zone: str) -> int:
    with database.transaction() as db:
        company = tenant(db, clock(), code)
        company.time_zone = zone
        return company.id


def test_each_company_has_its_own_wall_clock(database: Database, clock: TurnableClock) -> None:
    berlin = _company(database, clock, "berlin", "Europe/Berlin")
    york = _company(database, clock, "york", "America/New_York")
    lookout = Lookout(database, [a_job("report", when=Daily(5, 0), each=COMPANY), a_job("sweep", when=Every(60))])
    assert _short(lookout.look(clock())) == [("sweep", 0, "03-02 15:00")]  # 5:00 was before the companies were
    clock.moment = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    assert _short(lookout.look(clock())) == [("report", berlin, "03-03 04:00"), ("sweep", 0, "03-03 04:00")]
    clock.moment = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    assert _short(lookout.look(clock())) == [("report", york, "03-03 10:00"), ("sweep", 0, "03-03 10:00")]
    assert [row.company_id for row in rows(database) if row.job == "report"] == [berlin, york]


def test_nothing_is_due_twice_for_many_schedulers_whose_clocks_differ(database: Database, clock: TurnableClock) -> None:
    company = _company(database, clock, "kern", "Europe/Berlin")
    jobs = [a_job("a", when=Every(5), each=COMPANY), a_job("b", when=MonthDay(31, 2, 30), each=COMPANY)]
    first, second = Lookout(database, jobs), Lookout(database, jobs)
    seen: list[tuple[str, int, str]] = []
    for minute in range(0, 3 * 24 * 60, 29):
        now = datetime(2026, 3, 30, tzinfo=UTC) + timedelta(minutes=minute)
        for lookout, wrong in ((first, 0), (second, 40), (first, -90)):
            seen += _short(lookout.look(now + timedelta(minutes=wrong)))
        if minute % 290 == 0:
            second = Lookout(database, jobs)  # started anew: it remembers nothing
    assert len(seen) == len(set(seen))
    assert [run for run in seen if run[0] == "b"] == [("b", company, "02-28 01:30"), ("b", company, "03-31 00:30")][1:]


def test_what_was_missed_is_made_up_for_once(database: Database, clock: TurnableClock) -> None:
    lookout = Lookout(database, [a_job("a", when=Every(5))])
    lookout.look(clock())
    clock.advance(hours=3, minutes=2)
    assert _short(Lookout(database, [a_job("a", when=Every(5))]).look(clock())) == [("a", 0, "03-02 18:00")]


def test_a_clock_that_is_set_forward_and_back_drops_and_doubles_nothing(
    database: Database, clock: TurnableClock
) -> None:
    lookout = Lookout(database, [a_job("a", when=Every(5)), a_job("b", when=Daily(15, 2))])
    seen = []
    for moment in ("15:00", "15:03", "15:06", "15:01", "15:04", "15:06", "15:11"):
        seen += _short(lookout.look(datetime.fromisoformat(f"2026-03-02T{moment}:00+00:00")))
    lookout.look(datetime(2031, 1, 1, tzinfo=UTC))  # a clock gone mad, for one look
    seen += _short(lookout.look(datetime(2026, 3, 2, 15, 16, tzinfo=UTC)))
    seen += _short(lookout.look(datetime(2026, 3, 3, 15, 2, tzinfo=UTC)))
    assert seen == [
        ("a", 0, "03-02 15:00"), ("b", 0, "03-01 15:02"), ("b", 0, "03-02 15:02"), ("a", 0, "03-02 15:05"),
        ("a", 0, "03-02 15:10"), ("a", 0, "03-02 15:15"), ("a", 0, "03-03 15:00"), ("b", 0, "03-03 15:02"),
    ]  # fmt: skip


def test_a_look_at_which_nothing_is_new_writes_nothing(database: Database, clock: TurnableClock) -> None:
    _company(database, clock, "kern", "Europe/Berlin")
    clock.advance(days=2)
    lookout = Lookout(database, [a_job("a", when=Daily(5, 0), each=COMPANY)])
    assert len(lookout.look(clock())) == 1
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    clock.advance(hours=5)
    assert lookout.look(clock()) == []
    assert statements
    assert {statement.split("\n")[0].split()[0] for statement in statements} <= {"SELECT", "BEGIN"}
    assert "BEGIN IMMEDIATE" not in statements


def test_a_subject_may_have_a_schedule_of_its_own(database: Database, clock: TurnableClock) -> None:
    def connections(_: Session) -> Iterable[Subject]:
        for number, when in ((1, None), (2, Every(30)), (3, Daily(9, 15))):
            yield Subject(number, None, "America/New_York", datetime(2026, 1, 1, tzinfo=UTC), when)

    lookout = Lookout(database, [a_job("sync", when=Every(5), each=Each("connection", connections))])
    clock.advance(minutes=7)
    assert _short(lookout.look(clock())) == [
        ("sync", 1, "03-02 15:05"), ("sync", 2, "03-02 15:00"), ("sync", 3, "03-02 14:15"),
    ]  # fmt: skip


def test_what_cannot_be_looked_up_for_one_job_does_not_keep_back_the_others(
    database: Database, clock: TurnableClock
) -> None:
    broken = True

    def subjects(_: Session) -> Iterable[Subject]:
        yield Subject(0, None, "UTC", datetime(2026, 1, 1, tzinfo=UTC))
        if broken:
            raise ZeroDivisionError

    lookout = Lookout(database, [a_job("bad", each=Each("odd", subjects)), a_job("good", each=SERVER)])
    with capture_logs() as logged:
        assert _short(lookout.look(clock())) == [("good", 0, "03-02 15:00")]
    assert [(entry["code"], entry["job"]) for entry in logged] == [("job_not_handed_out", "bad")]
    broken = False
    assert _short(lookout.look(clock())) == [("bad", 0, "03-02 15:00")]


def test_a_company_whose_time_zone_is_none_keeps_its_jobs_and_those_of_others(
    database: Database, clock: TurnableClock
) -> None:
    mars = _company(database, clock, "mars", "Mars/Olympus_Mons")
    berlin = _company(database, clock, "berlin", "Europe/Berlin")
    lookout = Lookout(database, [a_job("a", when=Daily(5, 0), each=COMPANY)])
    clock.advance(days=1)
    with capture_logs() as logged:
        assert _short(lookout.look(clock())) == [("a", mars, "03-03 05:00"), ("a", berlin, "03-03 04:00")]
        lookout.look(clock())
    assert [(entry["code"], entry["company_id"]) for entry in logged] == [("time_zone_unknown", mars)]


def test_a_company_that_comes_or_goes_is_noticed(database: Database, clock: TurnableClock) -> None:
    lookout = Lookout(database, [a_job("a", when=Every(5), each=COMPANY)])
    assert lookout.look(clock()) == []
    first = _company(database, clock, "first", "UTC")
    clock.advance(minutes=5)
    assert _short(lookout.look(clock())) == [("a", first, "03-02 15:05")]
    with database.transaction() as db:
        db.delete(db.get_one(Company, first))
    clock.advance(minutes=5)
    assert lookout.look(clock()) == []


def test_days_of_five_minutes_for_several_and_two_schedulers(sqlite_database: Database, clock: TurnableClock) -> None:
    def connections(_: Session) -> Iterable[Subject]:
        return [Subject(n, None, "UTC", datetime(2026, 1, 1, tzinfo=UTC)) for n in range(1, 4)]

    jobs = [a_job("sync", when=Every(5), each=Each("connection", connections))]
    schedulers = [Lookout(sqlite_database, jobs), Lookout(sqlite_database, jobs)]
    count = 0
    for tick in range(2 * 24 * 12):
        now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=5 * tick)
        if tick % 100 == 99:
            schedulers[tick % 2] = Lookout(sqlite_database, jobs)  # killed, and started again
        due = [run for scheduler in schedulers for run in scheduler.look(now)]
        assert sorted(run.subject_id for run in due) == [1, 2, 3]
        assert {run.due_at for run in due} == {now}
        count += len(due)
    assert count == 2 * 24 * 12 * 3
