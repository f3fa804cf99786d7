"""What portions of a day were made from, as far as people change it: who finds another state made them too early."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.tenancy.audit import Audited, AuditRecord

_CHANGES_A_PLAN = (  # what is decided of a customer is read anew for each portion
    *(Audited.BILLING_CHANGED, Audited.BILLING_SWITCHED),
    *(Audited.MAPPED, Audited.UNMAPPED),
    *(Audited.CONNECTED, Audited.CONNECTION_CHANGED, Audited.DISCONNECTED),
)


def said_last(db: Session, company_id: int) -> int:
    """The number of what a person last said that a plan depends on; 0 for nothing."""
    said = db.scalar(
        select(func.max(AuditRecord.id)).where(
            AuditRecord.company_id == company_id, AuditRecord.action.in_(_CHANGES_A_PLAN)
        )
    )
    return said or 0
