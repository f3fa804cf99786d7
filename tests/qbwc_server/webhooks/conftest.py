"""A company with a webhook, and the program that is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.outbox.webhooks import Told, Webhook, WebhookDelivery, WebhookEvent, tell_company
from qbwc_server.settings import Settings, SmtpSecurity, load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user
from qbwc_server.webhooks.sending import deliver_webhook
from qbwc_server.webhooks.setting_up import add_webhook, deliveries_of, find_webhook
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant
from tests.qbwc_server.webhooks.program import Program


@dataclass
class Town:
    """The company kern, one webhook, and whoever sees to the books."""

    database: Database
    settings: Settings
    clock: TurnableClock
    program: Program
    company_id: int = 0
    webhook_id: int = 0
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        with self.database.transaction() as db:
            company = tenant(db, self.clock())
            user = add_user(db, email="ann@example.com", name="Ann", by=SERVER, now=self.clock())
            add_member(db, user, company, Role.OWNER, by=SERVER, now=self.clock())
            row, secret = add_webhook(db, self.settings, company, self.program.url, by=SERVER, now=self.clock())
            self.company_id, self.webhook_id, self.secret = company.id, row.id, secret.get_secret_value()

    def happens(self, count: int = 1, event: WebhookEvent = WebhookEvent.DOCUMENT_POSTED) -> None:
        with self.database.transaction() as db:
            told = [Told(event, {"document": {"id": number}}) for number in range(1, count + 1)]
            tell_company(db, self.company_id, told, now=self.clock())

    def deliver(self, **more: Any) -> str:
        return deliver_webhook(
            database=self.database, settings=self.settings, clock=self.clock, subject_id=self.webhook_id,
            checkpoint=lambda: None, **more,
        )  # fmt: skip

    def webhook(self) -> Webhook:
        with self.database.reading() as db:
            return find_webhook(db, self.company_id, self.webhook_id)

    def rows(self) -> list[WebhookDelivery]:
        with self.database.reading() as db:
            return deliveries_of(db, find_webhook(db, self.company_id, self.webhook_id))[::-1]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(heard.body) for heard in self.program.heard]


@pytest.fixture
def program() -> Iterator[Program]:
    """Listening."""
    with Program() as listening:
        yield listening


@pytest.fixture
def town(database: Database, database_url: str, tmp_path: Path, clock: TurnableClock, program: Program) -> Town:
    """On both databases."""
    settings = load(
        database_url=database_url,
        private_upstreams=True,
        secrets_file=tmp_path / "keys",
        smtp_host="127.0.0.1",
        smtp_security=SmtpSecurity.NONE,
        mail_from="books@example.com",
    )
    return Town(database, settings, clock, program)
