"""Holds: side by side, the strongest told first, each lifted by itself and kept as history."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qbwc_server.books.holds import ADVICE, Hold, HoldKind, holds_of, lift, pause, put_on_hold
from qbwc_server.db import Database
from qbwc_server.errors import Conflict
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import QUICKBOOKS, Actor, ActorKind
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ANN = Actor(ActorKind.PERSON, "Ann", "7")


class Office:
    """A company whose holds are put and lifted."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock()).id
            self.other = tenant(db, clock(), "other").id

    def put(self, kind: HoldKind, detail: str = "Look.") -> None:
        with self.database.transaction() as db:
            put_on_hold(db, self.id, kind, detail, by=QUICKBOOKS, now=self.clock())

    def pause(self) -> None:
        with self.database.transaction() as db:
            pause(db, self.id, by=ANN, now=self.clock())

    def lift(self, kind: HoldKind) -> Hold | None:
        with self.database.transaction() as db:
            return lift(db, self.id, kind, by=ANN, now=self.clock())

    def standing(self) -> list[HoldKind]:
        with self.database.reading() as db:
            return [hold.kind for hold in holds_of(db, self.id)]


@pytest.fixture
def office(database: Database, clock: TurnableClock) -> Office:
    return Office(database, clock)


@pytest.mark.parametrize("first", HoldKind)
@pytest.mark.parametrize("second", HoldKind)
def test_no_hold_replaces_another_and_the_strongest_is_told_first(
    office: Office, first: HoldKind, second: HoldKind
) -> None:
    office.put(first)
    office.put(second)
    assert office.standing() == sorted({first, second}, key=list(HoldKind).index)
    assert office.lift(second) is not None
    assert office.standing() == ([] if first is second else [first])
    assert office.lift(second) is None


def test_every_kind_has_advice_and_words() -> None:
    assert set(ADVICE) == set(HoldKind)
    assert [kind.words for kind in HoldKind][:2] == ["other file", "restored backup"]


def test_the_same_kind_again_gets_the_newer_words_and_keeps_its_beginning(office: Office) -> None:
    began = office.clock()
    office.put(HoldKind.RESTORED_BACKUP, "Document 1 is missing.")
    office.clock.advance(hours=1)
    office.put(HoldKind.RESTORED_BACKUP, "Document 2 is missing.")
    with office.database.reading() as db:
        (hold,) = holds_of(db, office.id)
        assert (hold.detail, hold.since, hold.by) == ("Document 2 is missing.", began, QUICKBOOKS)


def test_who_put_and_who_lifted_is_kept(office: Office) -> None:
    office.pause()
    with pytest.raises(Conflict, match="already"):
        office.pause()
    began = office.clock()
    office.clock.advance(minutes=5)
    office.lift(HoldKind.PAUSED)
    office.pause()
    with office.database.reading() as db:
        old, new = db.scalars(select(Hold).order_by(Hold.id))
    assert (old.by, old.since, old.lifted_by, old.lifted_at) == (ANN, began, ANN, began + timedelta(minutes=5))
    assert (new.by, new.lifted_at) == (ANN, None)


def test_a_hold_is_of_one_company(office: Office) -> None:
    office.put(HoldKind.OTHER_FILE)
    with office.database.reading() as db:
        assert holds_of(db, office.other) == []
    with office.database.transaction() as db:
        assert lift(db, office.other, HoldKind.OTHER_FILE, by=ANN, now=office.clock()) is None
    assert office.standing() == [HoldKind.OTHER_FILE]


def test_two_of_a_kind_are_impossible_by_the_database_itself(office: Office) -> None:
    office.put(HoldKind.PAUSED)
    with pytest.raises(IntegrityError), office.database.transaction() as db:
        db.add(Hold(company_id=office.id, kind=HoldKind.PAUSED, detail="x", by=ANN, since=office.clock()))


def test_a_pause_in_the_same_moment_as_a_restored_backup_hides_nothing(postgres_url: str, clock: TurnableClock) -> None:
    database = Database(postgres_url)
    office = Office(database, clock)
    pausing = threading.Thread(target=office.pause)
    with database.transaction() as db:
        take_lane(db, office.id)
        pausing.start()
        pausing.join(0.5)  # it stands before the lane now
        put_on_hold(db, office.id, HoldKind.RESTORED_BACKUP, "Postings are missing.", by=QUICKBOOKS, now=clock())
    pausing.join(20)
    assert office.standing() == [HoldKind.RESTORED_BACKUP, HoldKind.PAUSED]
    database.engine.dispose()
