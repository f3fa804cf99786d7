"""Why nothing is written to a company file until a person has looked: holds, several side by side, ranked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, JsonRecord, Key, UtcDateTime, Words
from qbwc_server.errors import Conflict
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor, ActorColumn
from qbwc_server.tenancy.audit import Audited, note_audit


class HoldKind(StrEnum):
    """Reasons, the strongest first: where several stand side by side, that one is told first."""

    OTHER_FILE = "other_file"
    RESTORED_BACKUP = "restored_backup"
    RESTORED_DATABASE = "restored_database"
    PAUSED = "paused"

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


ADVICE = {
    HoldKind.OTHER_FILE: "open the right company file in QuickBooks and press Update Selected; or resume the company "
    "and say that the file which was open is the right one.",
    HoldKind.RESTORED_BACKUP: "restore the newest company file and resume the company; or keep this file, resume the "
    "company, and let it post again what is missing, or leave that out.",
    HoldKind.RESTORED_DATABASE: "see the list of open work for what this server does not know any more; then resume "
    "the company. What stands in QuickBooks already is not entered again.",
    HoldKind.PAUSED: "resume the company when posting may go on.",
}
_RANK = {kind: rank for rank, kind in enumerate(HoldKind)}
PAUSED_BY_OPERATOR = "Paused by an operator."


class Hold(Base):
    """One reason, from the moment it was seen until a person, or the right file, lifts it; it is kept as history."""

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "one_standing_hold_of_a_kind_per_company",
            "company_id",
            "kind",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
            sqlite_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[HoldKind] = mapped_column(EnumValue(HoldKind))
    detail: Mapped[str] = mapped_column(Words(2000))  # for the bookkeeper
    seen: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # other_file: what that file said of itself
    by: Mapped[Actor] = mapped_column(ActorColumn)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[Actor | None] = mapped_column(ActorColumn)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# once: it is asked in each call, and to put it together takes longer than to execute it
_STANDING = select(Hold).where(Hold.company_id == bindparam("company"), Hold.lifted_at.is_(None))


def holds_of(db: Session, company_id: int) -> list[Hold]:
    """What stands in the way of this company, the strongest first; empty when writing may go on."""
    standing = db.scalars(_STANDING, {"company": company_id})
    return sorted(standing, key=lambda hold: _RANK[hold.kind])


def put_on_hold(
    db: Session,
    company_id: int,
    kind: HoldKind,
    detail: str,
    *,
    by: Actor,
    now: datetime,
    seen: Mapping[str, Any] | None = None,
) -> None:
    """Write nothing to this company file until somebody has looked at ``detail``, whatever else stands in the way.

    A hold of the same kind that stands already gets the newer words.
    """
    take_lane(db, company_id)
    for hold in holds_of(db, company_id):
        if hold.kind is kind:
            hold.detail, hold.seen = detail, dict(seen) if seen is not None else None
            return
    db.add(
        Hold(
            company_id=company_id,
            kind=kind,
            detail=detail,
            seen=dict(seen) if seen is not None else None,
            by=by,
            since=now,
        )
    )
    db.flush()


def lift(db: Session, company_id: int, kind: HoldKind, *, by: Actor, now: datetime) -> Hold | None:
    """That reason is gone, and no other with it. None where it did not stand."""
    take_lane(db, company_id)
    for hold in holds_of(db, company_id):
        if hold.kind is kind:
            hold.lifted_by, hold.lifted_at = by, now
            db.flush()
            return hold
    return None


def pause(db: Session, company_id: int, *, by: Actor, now: datetime) -> None:
    """Somebody wants nothing written until further notice. Raises Conflict where that was said already."""
    take_lane(db, company_id)
    if any(hold.kind is HoldKind.PAUSED for hold in holds_of(db, company_id)):
        raise Conflict("It is paused already.")
    put_on_hold(db, company_id, HoldKind.PAUSED, PAUSED_BY_OPERATOR, by=by, now=now)
    note_audit(db, Audited.PAUSED, by=by, now=now, company_id=company_id)
