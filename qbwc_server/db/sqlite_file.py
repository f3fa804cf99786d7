"""The file of a SQLite database: where it lies, and sentences for one that is not there or is none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from qbwc_server.db.unusable import DatabaseMissing, DatabaseUnusable


def database_file(url: str) -> Path | None:
    """The full path of the file that ``url`` names; ``None`` where the database is no file."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(address.database or "").absolute()


def check_file(file: Path, *, must_exist: bool) -> None:
    """Refuse what can be no database before SQLite says so in its own words, or makes one where none was.

    Args:
        must_exist: SQLite makes a file that is not there, empty; whoever only wants to read would not notice.

    Raises:
        DatabaseMissing: there is no such file.
        DatabaseUnusable: it is a folder, or its folder does not exist.
    """
    if file.is_dir():
        raise DatabaseUnusable(f"{file} is a folder, not a database.")
    if must_exist and not file.exists():
        raise DatabaseMissing(f"There is no database {file}.")
    if not file.parent.is_dir():
        raise DatabaseUnusable(f"The database {file} cannot be made: the folder {file.parent} does not exist.")


@contextmanager
def said_plainly(file: Path | None) -> Iterator[None]:
    """SQLite's complaints about the file as a whole, in words; a database that is busy is not among them."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if file is None or "lock" in str(error):
            raise
        raise DatabaseUnusable(f"The database {file} cannot be opened: {error}.") from None
    except sqlite3.DatabaseError:
        raise DatabaseUnusable(f"{file} is not a SQLite database.") from None
