"""The lane of a company: the row that is locked by whoever changes its queue, its sessions or its holds.

A row of its own, so that saving a company's settings never waits for an update session.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base


class Lane(Base):
    """Holds nothing: it is there to be locked."""

    __tablename__ = "lanes"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)


def take_lane(db: Session, company_id: int) -> None:
    """Let one transaction at a time change the queue of this company; read again what was read before.

    On SQLite the transaction is the only one that writes anyway.
    """
    if db.get_bind().dialect.name == "sqlite":
        return
    this_one = select(Lane.company_id).where(Lane.company_id == company_id).with_for_update()
    if db.scalar(this_one) is None:  # nobody was ever here
        db.execute(insert(Lane).values(company_id=company_id).on_conflict_do_nothing())
        db.scalar(this_one)


def take_free_lanes(db: Session, company_ids: Select[int]) -> list[int]:
    """Take those of these lanes that nobody holds this moment, without waiting; returns whose they are."""
    if db.get_bind().dialect.name == "sqlite":
        return list(db.scalars(company_ids.distinct()))
    free = select(Lane.company_id).where(Lane.company_id.in_(company_ids)).with_for_update(skip_locked=True)
    return list(db.scalars(free))
