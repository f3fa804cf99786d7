"""Open work: one item for one thing, until somebody has seen to it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from qbwc_server.db import Database
from qbwc_server.documents.open_work import (
    LONGEST_KEY,
    AlreadyEnded,
    Ended,
    Finding,
    OpenWork,
    WorkKind,
    count_open_work,
    end_work,
    note_work,
    open_work,
    settle_work,
)
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.actor import Actor, ActorKind
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ANN, BOB, EVE = (Actor(ActorKind.PERSON, name) for name in ("Ann", "Bob", "Eve"))


def finding(key: str = "7", message: str = "It came to 32.48 instead of 30.00.") -> Finding:
    return Finding(WorkKind.TOTAL_DIFFERS, key, message, "Look at the tax of it in QuickBooks.")


def test_the_same_finding_is_one_item_in_the_newest_words(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        first, again = note_work(db, company.id, [finding(), finding(message="It came to 33.00.")], now=clock())
        later = note_work(db, company.id, [finding(message="It came to 34.00.")], now=clock())
        assert first.id == again.id == later[0].id
        assert [item.message for item in open_work(db, company.id)] == ["It came to 34.00."]
        assert count_open_work(db, company.id) == {WorkKind.TOTAL_DIFFERS: 1}


def test_what_was_seen_to_opens_anew_when_it_is_found_again(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        (item,) = note_work(db, company.id, [finding()], now=clock())
        end_work(db, company.id, item.id, Ended.DONE, by=ANN, now=clock())
        assert (item.ended, item.ended_by, item.ended_at) == (Ended.DONE, ANN, clock())
        assert open_work(db, company.id) == []
        (other,) = note_work(db, company.id, [finding()], now=clock())
        assert other.id != item.id


def test_what_does_not_hold_any_more_settles_itself(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        note_work(db, company.id, [finding("7"), finding("8")], now=clock())
        settle_work(db, company.id, WorkKind.EDITED_IN_QUICKBOOKS, ["7"], now=clock())
        settle_work(db, company.id, WorkKind.TOTAL_DIFFERS, ["7"], now=clock())
        assert [item.key for item in open_work(db, company.id)] == ["8"]


def test_an_item_ends_once(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        (item,) = note_work(db, company.id, [finding()], now=clock())
        end_work(db, company.id, item.id, Ended.DISMISSED, by=ANN, now=clock())
        with pytest.raises(AlreadyEnded, match="dismissed"):
            end_work(db, company.id, item.id, Ended.DONE, by=BOB, now=clock())


def test_an_item_of_another_company_does_not_exist(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        mine, other = tenant(db, clock()), tenant(db, clock(), "other")
        (item,) = note_work(db, mine.id, [finding()], now=clock())
        with pytest.raises(NotFound):
            end_work(db, other.id, item.id, Ended.DONE, by=EVE, now=clock())
        settle_work(db, other.id, WorkKind.TOTAL_DIFFERS, ["7"], now=clock())
        assert (open_work(db, other.id), len(open_work(db, mine.id))) == ([], 1)


def test_a_long_key_is_shortened_and_still_the_same(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        note_work(db, company.id, [finding("é" * 5000)], now=clock())
        note_work(db, company.id, [finding("é" * 5000)], now=clock())
        assert [len(item.key) for item in open_work(db, company.id)] == [LONGEST_KEY]


def test_the_database_itself_refuses_a_second_open_item(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        note_work(db, company.id, [finding()], now=clock())
        values = {"company_id": company.id, "work": WorkKind.TOTAL_DIFFERS, "key": "7", "message": "", "advice": ""}
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(insert(OpenWork).values(**values, found_at=clock()))


def test_a_page_at_a_time(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        note_work(db, company.id, [finding(str(number)) for number in range(5)], now=clock())
        first = open_work(db, company.id, limit=3)
        rest = open_work(db, company.id, after_id=first[-1].id)
        assert [item.key for item in first + rest] == ["0", "1", "2", "3", "4"]
        assert open_work(db, company.id, work=WorkKind.PAYMENT_WANTED) == []
