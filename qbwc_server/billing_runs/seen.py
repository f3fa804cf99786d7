"""What a plan was made from, as far as people and other runs change it: who finds another state planned too early."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.models import BilledPart
from qbwc_server.tenancy.audit import Audited, AuditRecord

_CHANGES_A_PLAN = (
    *(Audited.BILLING_CHANGED, Audited.BILLING_SWITCHED, Audited.BILLING_DECIDED),
    *(Audited.MAPPED, Audited.UNMAPPED),
    *(Audited.CONNECTED, Audited.CONNECTION_CHANGED, Audited.DISCONNECTED),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The number of what was billed last, and of what a person last said that a plan depends on; 0 for nothing."""

    part: int
    said: int


def seen_now(db: Session, company_id: int) -> Seen:
    """How a company stands at this moment."""
    said = db.scalar(
        select(func.max(AuditRecord.id)).where(
            AuditRecord.company_id == company_id, AuditRecord.action.in_(_CHANGES_A_PLAN)
        )
    )
    return Seen(newest_part(db, company_id), said or 0)


def newest_part(db: Session, company_id: int) -> int:
    """The number of what was billed last; 0 for nothing."""
    return db.scalar(select(func.max(BilledPart.id)).where(BilledPart.company_id == company_id)) or 0
