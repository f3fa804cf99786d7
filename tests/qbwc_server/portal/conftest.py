"""People in browsers: each signs in by the form, and sends only what the pages give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qbwc_server.bulk.asking import ask_for_bulk
from qbwc_server.bulk.filters import Filter
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.connector.logins import add_login
from qbwc_server.connector.sessions import open_session
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.outbox.webhooks import CHOSEN, Told, Webhook, WebhookEvent, tell
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.sealing import Sealed
from qbwc_server.tenancy.users import add_user, set_password
from tests.conftest import TurnableClock
from tests.qbwc_server.channels.starting.beginning import told

PASSWORD = "correct horse battery"
SET_ID = UUID("12345678-1234-5678-1234-567812345678")
PROGRAM = Actor(ActorKind.TOKEN, "shop")


@dataclass
class Browser:
    """One person's."""

    client: FlaskClient
    email: str = ""

    def get(self, path: str, **arguments: Any) -> TestResponse:
        """A page below the portal's address."""
        return self.client.get(f"/portal{path}", **arguments)

    def send(self, path: str, at: str, **fields: str) -> TestResponse:
        """A form, with the proof that stands on the page ``at``."""
        return self.client.post(f"/portal{path}", data={"proof": self.proof(at), **fields})

    def proof(self, at: str) -> str:
        """What forms of that page carry."""
        found = re.search(r'name="proof" value="([0-9a-f]{64})"', self.get(at).text)
        assert found, at
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """By the form."""
        self.email = email
        return self.send("/sign-in", "/sign-in", email=email, password=password, **fields)


@dataclass
class Town:
    """Companies and people, to be made by tests."""

    app: Flask
    database: Database
    clock: TurnableClock

    def company(self, code: str, name: str | None = None) -> None:
        """One more company, under a partner of its own."""
        with self.database.transaction() as db:
            company = add_company(
                db, code=code, name=name or code.title(), time_zone="America/New_York", by=SERVER, now=self.clock()
            )
            add_login(db, company)

    def person(self, email: str, name: str = "Ann", **roles: Role) -> Browser:
        """Somebody with a password and a role in each of these companies, signed in."""
        with self.database.transaction() as db:
            user = add_user(db, email=email, name=name, by=SERVER, now=self.clock())
            set_password(db, user, PASSWORD, by=SERVER, now=self.clock())
            for code, role in roles.items():
                add_member(db, user, find_company(db, code), role, by=SERVER, now=self.clock())
        browser = self.stranger()
        assert browser.sign_in(email).status_code == 303
        return browser

    def stranger(self) -> Browser:
        """A browser without a cookie."""
        return Browser(self.app.test_client())

    def document(self, code: str, submit: bool = False, **values: Any) -> int:
        """A document handed in; returns its number."""
        with self.database.transaction() as db:
            company = find_company(db, code)
            handed = hand_in(
                db, company, [read_document(invoice(**values))], by=PROGRAM, now=self.clock(), submit_now=submit
            )
            (result,) = handed.results
            assert not isinstance(result, Exception)
            return result.row.id

    def bulk(self, code: str) -> None:
        """All documents that wait for review are to be submitted."""
        with self.database.transaction() as db:
            ask_for_bulk(db, find_company(db, code), "submit", Filter(), by=PROGRAM, now=self.clock())

    def connection(self, code: str) -> None:
        """A feed is connected, without a key."""
        with self.database.transaction() as db:
            add_connection(
                db, find_company(db, code), FEED, {"address": "https://feed.example", "name": "tea"}, Choices(),
                settings=load(database_url="sqlite:///unused.db"), by=PROGRAM, now=self.clock(),
            )  # fmt: skip

    def shop(self, code: str) -> int:
        """A shop is connected, without a key, and has to be started; the number of the connection."""
        with self.database.transaction() as db:
            company_id = find_company(db, code).id
            told(db, company_id, self.clock(), sales_tax=True, non_taxable_code="Non", sales_tax_item="State Tax")
            row = Connection(
                company_id=company_id, channel="shopify", account="tea.myshopify.com", title="Shopify", submits=False,
                options={"shop": "https://tea.myshopify.com", "sales_account": "Shopify Sales", "cogs_account": "Till"},
                state=ConnectionState.BEING_SET_UP, every_minutes=5, created_at=self.clock(), changed_at=self.clock(),
                looked={
                    "at": self.clock().isoformat(), "coming": {"customers": 13_100, "inventory": 240}, "remarks": [],
                    "lacking": [{"name": "read_cash_tracking", "missing": "cash sessions", "needed": False}],
                    "balances": {"clearing": "1240.55", "gift_cards": "380.00"}, "notice": None,
                },
            )  # fmt: skip
            db.add(row)
            db.flush()
            return row.id

    def webhook(self, code: str) -> None:
        """A program is told of everything, and of one thing already."""
        with self.database.transaction() as db:
            webhook = Webhook(
                company_id=find_company(db, code).id, url="https://hooks.example.com/", events=" ".join(CHOSEN),
                secret=Sealed("00000000:unreadable"), created_at=self.clock(), failures=0,
            )  # fmt: skip
            db.add(webhook)
            db.flush()
            tell(db, [webhook], [Told(WebhookEvent.DOCUMENT_POSTED, {"document": {"id": 1}})], now=self.clock())

    def update(self, code: str) -> None:
        """An update session with one message set, whose id is ``SET_ID``."""
        with self.database.transaction() as db:
            company = find_company(db, code)
            session, _ = open_session(db, company, self.clock(), connector_version="2.3.0.215")
            sent = MessageSet(
                id=SET_ID, company_id=company.id, session_id=session.id, delivery=Delivery.ANSWERED, writes=True,
                request_count=1, body="<QBXML>sent</QBXML>", sent_at=self.clock(), answered_at=self.clock(),
                answer="<QBXML>answered</QBXML>", hresult="0x80040400",
            )  # fmt: skip
            db.add(sent)

    def found(self, code: str) -> Company:
        """The company as it stands."""
        with self.database.reading() as db:
            return find_company(db, code)


def invoice(**values: Any) -> dict[str, Any]:
    """An invoice without a mistake."""
    return {
        "kind": "invoice",
        "origin": "shop:1001",
        "number": "1001",
        "date": "2026-03-02",
        "customer": {"name": "Müller & Söhne"},
        "lines": [{"item": "Widget", "quantity": "2", "rate": "10.50"}],
        **values,
    }


def said(answer: TestResponse) -> str:
    """The texts of a page without its tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Secrets are sealed with keys in a file of the test."""
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


@pytest.fixture
def town(app: Flask, clock: TurnableClock) -> Town:
    """With the company acme in it."""
    town = Town(app, app.extensions["database"], clock)
    town.company("acme", "Acme Inc.")
    return town


@pytest.fixture
def owner(town: Town) -> Browser:
    """Of acme."""
    return town.person("owner@acme.example", "Olga Owner", acme=Role.OWNER)
