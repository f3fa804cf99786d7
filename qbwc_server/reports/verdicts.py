"""Is all well? One verdict for each company, for many companies in the same few statements as for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import Hold, HoldKind
from qbwc_server.connector.contact import Calls, Contact
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import OpenWork
from qbwc_server.reports.jobs import failed_jobs_in
from qbwc_server.tenancy.models import Company

_ALL: Mapping[int, Collection[str]] = {}


class Finding(StrEnum):
    """What is said first about a company; the worst first."""

    TWICE = "twice"  # something stands in QuickBooks two times
    STOPPED = "stopped"  # nothing is written until a person has looked
    SILENT = "silent"  # work waits, and nobody fetches it
    UPDATE_FAILED = "update_failed"
    NEEDS_YOU = "needs_you"
    PAUSED = "paused"  # a person wanted it so
    NEVER_CALLED = "never_called"
    UNHEARD = "unheard"  # nothing waits, and the Web Connector has not called for more than a day
    WELL = "well"


class Light(StrEnum):
    """How much of a hurry it is."""

    BAD = "bad"  # nothing flows, or something is wrong in the books
    WARN = "warn"  # a person must act, and the rest flows
    OK = "ok"


_LIGHTS = {Finding.WELL: Light.OK} | dict.fromkeys(
    (Finding.TWICE, Finding.STOPPED, Finding.SILENT, Finding.UPDATE_FAILED), Light.BAD
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One company in a sentence, and the figures beside it."""

    code: str
    name: str
    time_zone: str
    finding: Finding
    needs_you: int  # documents, open work, and what failed by the clock
    waiting: int  # documents on their way
    twice: int
    contact: Contact
    heard_at: datetime | None  # of the Web Connector
    said: str  # the words of the hold or of the update that failed; else ""

    @property
    def light(self) -> Light:
        """How much of a hurry it is."""
        return _LIGHTS.get(self.finding, Light.WARN)


def verdicts(
    db: Session, companies: Sequence[Company], *, now: datetime, kinds: Mapping[int, Collection[str]] = _ALL
) -> list[Verdict]:
    """The verdict on each company, worst first, then by name.

    Args:
        kinds: of documents that the reader may see, by the id of the company; left out: all of them.
    """
    if not companies:
        return []
    seen = _Seen(db, [company.id for company in companies], now, kinds)
    found = [_judge(seen, company, now) for company in companies]
    order = list(Finding)
    return sorted(found, key=lambda one: (order.index(one.finding), -one.needs_you, one.name.casefold(), one.code))


class _Seen:
    """What the tables say of some companies: one statement each."""

    def __init__(self, db: Session, ids: Sequence[int], now: datetime, kinds: Mapping[int, Collection[str]]) -> None:
        may_be_seen = _may_be_seen(kinds)
        state, twice = DocumentRow.state, and_(DocumentRow.state == State.HELD, DocumentRow.reason == Reason.TWICE)
        self.documents = {
            (company, where): count
            for company, where, count in db.execute(
                select(DocumentRow.company_id, state, func.count())
                .where(DocumentRow.company_id.in_(ids), state.in_((*NEEDS_A_PERSON, State.SUBMITTED)), *may_be_seen)
                .group_by(DocumentRow.company_id, state)
            )
        }
        self.twice = _by_company(
            db.execute(
                select(DocumentRow.company_id, func.count())
                .where(DocumentRow.company_id.in_(ids), twice, *may_be_seen)
                .group_by(DocumentRow.company_id)
            )
        )
        open_ones = (OpenWork.company_id.in_(ids), OpenWork.ended_at.is_(None))
        work = select(OpenWork.company_id, func.count()).where(*open_ones)
        if may_be_seen:
            about = work.outerjoin(DocumentRow, DocumentRow.id == OpenWork.document_id)
            work = about.where(or_(OpenWork.document_id.is_(None), *may_be_seen))
        self.open_work = _by_company(db.execute(work.group_by(OpenWork.company_id)))
        self.holds: dict[int, list[Hold]] = {}
        for hold in db.scalars(select(Hold).where(Hold.company_id.in_(ids), Hold.lifted_at.is_(None))):
            self.holds.setdefault(hold.company_id, []).append(hold)
        self.failed_jobs = failed_jobs_in(db, ids, now=now)
        self.calls = Calls(db, ids)


def _may_be_seen(kinds: Mapping[int, Collection[str]]) -> list[ColumnElement[bool]]:
    """The condition on documents; none where all may be seen."""
    if not kinds:
        return []
    limited = (and_(DocumentRow.company_id == company, DocumentRow.kind.in_(some)) for company, some in kinds.items())
    return [or_(DocumentRow.company_id.not_in(kinds), *limited)]


def _by_company(rows: Any) -> dict[int, Any]:
    return {company: value for company, value in rows if value is not None}


def _judge(seen: _Seen, company: Company, now: datetime) -> Verdict:
    holds = seen.holds.get(company.id, [])
    stopped = next((hold for hold in holds if hold.kind is not HoldKind.PAUSED), None)
    failed = seen.calls.error(company.id)
    needs = sum(seen.documents.get((company.id, state), 0) for state in NEEDS_A_PERSON)
    needs += seen.open_work.get(company.id, 0) + len(seen.failed_jobs.get(company.id, []))
    contact, heard = seen.calls.contact(company.id, paused=bool(holds) and stopped is None, now=now)
    works = company.id in seen.calls.due
    holding = {
        Finding.TWICE: company.id in seen.twice,
        Finding.STOPPED: stopped is not None,
        Finding.SILENT: contact is Contact.SILENT and works,
        Finding.UPDATE_FAILED: bool(failed),
        Finding.NEEDS_YOU: needs > 0,
        Finding.PAUSED: bool(holds),
        Finding.NEVER_CALLED: contact is Contact.NEVER,
        Finding.UNHEARD: contact is Contact.SILENT,
    }
    finding = next((one for one in Finding if holding.get(one)), Finding.WELL)
    said = {Finding.STOPPED: stopped.detail if stopped else "", Finding.UPDATE_FAILED: failed or ""}.get(finding, "")
    return Verdict(
        code=company.code,
        name=company.name,
        time_zone=company.time_zone,
        finding=finding,
        needs_you=needs,
        waiting=seen.documents.get((company.id, State.SUBMITTED), 0),
        twice=seen.twice.get(company.id, 0),
        contact=contact,
        heard_at=heard,
        said=said,
    )
