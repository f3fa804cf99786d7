"""Deletes many rows in short transactions, so that no other writer waits for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from qbwc_server.db import Database

ROWS = 500


def delete_in_pieces(
    database: Database,
    key: InstrumentedAttribute[Any],
    *where: ColumnElement[bool],
    checkpoint: Callable[[], None] | None = None,
) -> int:
    """Delete the rows of which ``where`` is true, at most ``ROWS`` per transaction; returns how many.

    Args:
        key: the primary key of their table.
        checkpoint: called between two transactions.
    """
    some = select(key).where(*where).limit(ROWS).scalar_subquery()
    total = 0
    while True:
        with database.transaction() as db:
            gone = len(db.scalars(delete(key.class_).where(key.in_(some)).returning(key)).all())
        total += gone
        if gone < ROWS:
            return total
        if checkpoint is not None:
            checkpoint()
