"""Calls for workers: procrastinate's tables are made when needed, and one call waits per job and subject."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from qbwc_server.db import Database, schema
from qbwc_server.jobs import calls
from qbwc_server.jobs.calls import Calls, prepare
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import due, handed_out


@pytest.fixture
def crew(postgres: Database, postgres_url: str) -> Iterator[Calls]:
    """Calls on an empty queue."""
    prepare(postgres)
    with Calls(postgres, postgres_url) as crew:
        yield crew


def _called(database: Database) -> list[str]:
    with database.reading() as db:
        found = db.scalars(text("SELECT queueing_lock FROM procrastinate.procrastinate_jobs ORDER BY id"))
        return [str(lock) for lock in found]


def test_the_tables_are_made_once_and_leave_ours_alone(postgres: Database) -> None:
    threads = [threading.Thread(target=prepare, args=[postgres]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    prepare(postgres)
    assert _called(postgres) == []
    assert schema.differences(postgres.engine) == []
    with postgres.reading() as db:
        assert db.scalar(text("SHOW search_path")) == '"$user", public'


def test_tables_of_another_version_are_made_anew(crew: Calls, postgres: Database) -> None:
    crew.wake([("a", 1)])
    prepare(postgres)
    assert _called(postgres) == ["a 1"]
    with postgres.transaction() as db:
        db.execute(text("COMMENT ON SCHEMA procrastinate IS '2.0.0'"))
    prepare(postgres)
    assert _called(postgres) == []
    crew.wake([("a", 1)])
    assert _called(postgres) == ["a 1"]


def test_one_call_waits_per_job_and_subject(crew: Calls, postgres: Database) -> None:
    crew.wake([("a", 1), ("a", 2), ("a", 1)])
    crew.wake([("b", 1), ("a", 2), ("a", 3)])
    assert sorted(_called(postgres)) == ["a 1", "a 2", "a 3", "b 1"]


def test_many_are_called_in_pieces(crew: Calls, postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_AT_A_TIME", 7)
    crew.wake([("a", 15)])
    crew.wake([("a", number) for number in range(1, 31)])
    assert len(set(_called(postgres))) == len(_called(postgres)) == 30


def test_who_still_waits_at_the_next_look_is_called_again(
    crew: Calls, postgres: Database, clock: TurnableClock
) -> None:
    handed_out(postgres, due("a", clock(), 1), due("a", clock(), 2))
    crew.wake([("a", 1)])
    assert _called(postgres) == ["a 1"]
    with postgres.transaction() as db:
        db.execute(text("SET LOCAL search_path TO procrastinate"))
        db.execute(text("DELETE FROM procrastinate_jobs"))  # a worker died with the call
    crew.wake([])
    assert sorted(_called(postgres)) == ["a 1", "a 2"]
