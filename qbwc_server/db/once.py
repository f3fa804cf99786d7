"""Rows of which there can be only one: what two people add in the same moment is there once."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.errors import QbwcError


def add_once(db: Session, row: Base, taken: QbwcError) -> None:
    """Put ``row`` into its table. Raises ``taken`` where there is such a one, also one that was added meanwhile."""
    db.flush()  # what else is new is not to be blamed on this row
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise taken from None
