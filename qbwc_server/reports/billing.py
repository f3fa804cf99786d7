"""How a company bills, as faces show it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.billing_runs.keeping import settings_row
from qbwc_server.billing_runs.settings import BillingSettings


def settings_record(db: Session, company_id: int) -> dict[str, Any]:
    """The settings by name, and which version of them it is. Raises NoBillingSettings."""
    row = settings_row(db, company_id)
    return {
        "version": row.version,
        "changed_at": row.changed_at.isoformat(),
        "settings": BillingSettings.model_validate(row.settings).model_dump(mode="json"),
    }
