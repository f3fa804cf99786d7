"""A database file that is not there, or is none: said plainly, and nothing is made by looking."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qbwc_server.db import Database, make_engine, schema
from qbwc_server.db.sqlite_file import database_file
from qbwc_server.db.unusable import DatabaseMissing, DatabaseUnusable, DriverMissing
from qbwc_server.errors import Unusable


def look(url: str) -> None:
    database = Database(url)
    try:
        with database.reading() as db:
            db.connection()
    finally:
        database.engine.dispose()


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(DatabaseMissing, match=str(file)) as refusal:
        look(f"sqlite:///{file}")
    assert "db upgrade" in refusal.value.advice
    database = Database(f"sqlite:///{file}")
    assert schema.current(database.engine) is None
    with pytest.raises(DatabaseMissing):
        schema.require_current(database.engine)
    assert not file.exists()


def test_the_full_path_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseMissing, match=f"There is no database {tmp_path}/qbwc.db"):
        look("sqlite:///qbwc.db")


def _folder(file: Path) -> None:
    file.mkdir()


def _text(file: Path) -> None:
    file.write_text("this is no database " * 100)


def _shut(file: Path) -> None:
    file.symlink_to("/proc/1/mem")


@pytest.mark.parametrize(
    ("make", "words"), [(_folder, "is a folder"), (_text, "is not a SQLite database"), (_shut, "cannot be opened")]
)
@pytest.mark.parametrize("use", [look, schema.upgrade])
def test_what_is_no_database(
    tmp_path: Path, make: Callable[[Path], None], words: str, use: Callable[[str], None]
) -> None:
    file = tmp_path / "odd.db"
    make(file)
    with pytest.raises(DatabaseUnusable, match=words) as refusal:
        use(f"sqlite:///{file}")
    assert str(file) in str(refusal.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=f"the folder {tmp_path}/typo does not exist"):
        schema.upgrade(f"sqlite:///{tmp_path}/typo/qbwc.db")
    assert list(tmp_path.iterdir()) == []


def test_the_driver_of_postgresql_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DriverMissing) as refusal:
        make_engine("postgresql+psycopg://books:hush@localhost/books")
    assert "[postgres]" in refusal.value.advice
    assert isinstance(refusal.value, Unusable)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://localhost/books"])
def test_what_is_no_file(url: str) -> None:
    assert database_file(url) is None
