"""How a company bills, as the API shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.billing_runs.settings import BillingSettings


class BillingSettingsAnswer(Answer):
    """The settings in force."""

    version: int = Field(description="Counted up with each change.")
    changed_at: datetime
    settings: BillingSettings
