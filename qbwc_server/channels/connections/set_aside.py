"""Records that are set aside are open work, one item for each connection, until none is left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, Record
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.files.channel import FILES
from qbwc_server.documents.open_work import Finding, OpenWork, WorkKind, ended_by_people, note_work, settle_work
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.models import Company

_ADVICE = (
    "Look at them: qbwc-server connection records COMPANY CONNECTION --set-aside. Correct them upstream or change the "
    "options of the connection; then they are tried again. Enter by hand what cannot be read."
)
_ADVICE_FILES = (
    "Look at them: qbwc-server connection records COMPANY CONNECTION --set-aside. Correct them in the file and upload "
    "it again; what is in already is known. Mark this as done where they are not wanted."
)


def tell_set_aside(db: Session, connection: Connection, *, now: datetime) -> int:
    """Keep as open work that records are set aside; returns how many. What a person has ended is told at the next one.

    The key holds the newest of them: what a person has seen to is not opened again before another comes.
    """
    number, newest = db.execute(
        select(func.count(), func.max(Record.id)).where(
            Record.connection_id == connection.id, Record.state == RecordState.SET_ASIDE
        )
    ).one()
    lock(db, db.get_one(Company, connection.company_id))
    key = f"connection {connection.id} record {newest}"
    _settle_others(db, connection, key if number else None, now)
    advice = _ADVICE_FILES if connection.channel == FILES.code else _ADVICE
    if number and not ended_by_people(db, connection.company_id, WorkKind.RECORDS_SET_ASIDE, [key]):
        why = db.scalar(select(Record.message).where(Record.id == newest)) or ""
        told = f"{number} records of {connection.title} could not be used and are set aside. The newest: {why}"
        note_work(db, connection.company_id, [Finding(WorkKind.RECORDS_SET_ASIDE, key, told, advice)], now=now)
    return int(number)


def _settle_others(db: Session, connection: Connection, but: str | None, now: datetime) -> None:
    keys = db.scalars(
        select(OpenWork.key).where(
            OpenWork.company_id == connection.company_id,
            OpenWork.work == WorkKind.RECORDS_SET_ASIDE,
            OpenWork.ended_at.is_(None),
            OpenWork.key.startswith(f"connection {connection.id} record "),
        )
    )
    settle_work(db, connection.company_id, WorkKind.RECORDS_SET_ASIDE, [key for key in keys if key != but], now=now)
