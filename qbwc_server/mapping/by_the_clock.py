"""By the clock: mappings follow their entries, what is lost is told, and what waits for nothing goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.open_work import Finding, OpenWork, WorkKind, ended_by_people, note_work, settle_work
from qbwc_server.mapping.deciding import follow_entry
from qbwc_server.mapping.going_on import go_on
from qbwc_server.mapping.kinds import KINDS
from qbwc_server.mapping.listing import Listed, mappings_of
from qbwc_server.mapping.models import Decision
from qbwc_server.mapping.resolving import Resolved
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 500
_JOB = Actor(ActorKind.JOB, "follow_mappings")


def follow_mappings(
    *, database: Database, clock: Clock, subject_id: int, checkpoint: Callable[[], None], **_: object
) -> str:
    """Look after the mappings of one company, and after the documents that wait for them."""
    lost = _follow(database, subject_id, clock())
    submitted, after_id = 0, 0
    while True:
        checkpoint()
        with database.transaction() as db:
            went = go_on(db, db.get_one(Company, subject_id), by=_JOB, now=clock(), after_id=after_id)
        submitted += went.submitted
        if went.last_id is None:
            break
        after_id = went.last_id
    told = [
        f"mappings without their entry: {lost}" if lost else "",
        f"documents that went on: {submitted}" if submitted else "",
    ]
    return "; ".join(one for one in told if one)


def _follow(database: Database, company_id: int, now: datetime) -> int:
    with database.reading() as db:
        if not mappings_of(db, company_id, limit=1):
            return 0
    with database.transaction() as db:
        lost = [one for page in _pages(db, company_id) for one in _followed(db, page, now)]
        seen = ended_by_people(db, company_id, WorkKind.MAPPING_LOST, [_about(one) for one in lost])
        note_work(db, company_id, [_finding(one) for one in lost if _about(one) not in seen], now=now)
        _settle(db, company_id, {_about(one) for one in lost}, now)
        return len(lost)


def _pages(db: Session, company_id: int) -> Iterator[Sequence[Listed]]:
    after_id = 0
    while page := mappings_of(db, company_id, after_id=after_id, limit=_AT_A_TIME):
        yield page
        after_id = page[-1].row.id


def _followed(db: Session, page: Sequence[Listed], now: datetime) -> Iterator[Listed]:
    """Those that have lost their entry; the others have the name and ListID that it has now, which is audited."""
    for one in page:
        if isinstance(one.outcome, Resolved):
            if one.row.decision is Decision.ENTRY:
                follow_entry(db, one.row, one.outcome.name, one.outcome.list_id, by=_JOB, now=now)
        elif one.row.decision is not Decision.NEVER:
            yield one


def _about(one: Listed) -> str:
    return f"mapping {one.row.id}: {one.row.list_id}"


def _finding(one: Listed) -> Finding:
    assert not isinstance(one.outcome, Resolved)
    problem = one.outcome.problem
    what = KINDS[one.row.kind].title
    return Finding(
        WorkKind.MAPPING_LOST, _about(one), problem.message, problem.advice, detail={"kind": what, "word": one.row.word}
    )


def _settle(db: Session, company_id: int, lost: set[str], now: datetime) -> None:
    open_ones = db.scalars(
        select(OpenWork.key).where(
            OpenWork.company_id == company_id, OpenWork.work == WorkKind.MAPPING_LOST, OpenWork.ended_at.is_(None)
        )
    ).all()
    settle_work(db, company_id, WorkKind.MAPPING_LOST, [key for key in open_ones if key not in lost], now=now)
