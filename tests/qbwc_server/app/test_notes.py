"""A shop says that something has changed: only the shop itself is heard, and all it can do is to hasten a run."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.notes import takes_notes
from qbwc_server.channels.connections.setting_up import Choices, add_connection, change_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.connections.stopping import pause
from qbwc_server.channels.registry import channel_named
from qbwc_server.db import Database
from qbwc_server.jobs.asked_for import RUN_CONNECTION
from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.states import RunState
from qbwc_server.settings import MIB, Settings
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock

BODY = b'{"id": 820982911946154508, "note": "caf\xc3\xa9"}'
OURS, THEIRS = "shpss_ours", "shpss_theirs"


def signed(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Shops:
    """Two companies, each with a shop that signs with a secret of its own."""

    def __init__(self, app: Flask, database: Database, settings: Settings, clock: TurnableClock) -> None:
        self.client: FlaskClient = app.test_client()
        self.database, self.settings, self.clock = database, settings, clock
        self.ours, self.theirs = self._shop("ours", OURS), self._shop("theirs", THEIRS)

    def _shop(self, code: str, secret: str) -> int:
        with self.database.transaction() as db:
            company = add_company(db, code=code, name=code, time_zone="UTC", now=self.clock())
            options = {"shop": f"{code}.myshopify.com", "token": "shpat", "webhook_secret": secret}
            channel, choices = channel_named("shopify"), Choices()
            more = {"settings": self.settings, "by": SERVER, "now": self.clock()}
            row = add_connection(db, company, channel, options, choices, **more)  # type: ignore[arg-type]
            row.state = ConnectionState.RUNNING
            return row.id

    def tell(
        self, connection: int | None = None, body: bytes = BODY, *, secret: str = OURS, topic: str = "orders/updated"
    ) -> int:
        """What a call is answered with."""
        headers = {"x-shopify-hmac-sha256": signed(body, secret), "X-SHOPIFY-TOPIC": topic}
        where = self.ours if connection is None else connection
        return self.client.post(f"/notes/{where}", data=body, headers=headers).status_code

    def runs(self, state: RunState = RunState.DUE) -> list[int]:
        """The connections that are to be run, one for each run."""
        with self.database.reading() as db:
            rows = db.scalars(select(JobRun).where(JobRun.job == RUN_CONNECTION, JobRun.state == state)).all()
        return [row.subject_id for row in rows]

    def come(self) -> None:
        """Somebody comes to what is due."""
        with self.database.transaction() as db:
            for row in db.scalars(select(JobRun).where(JobRun.state == RunState.DUE)):
                row.state = RunState.DONE


@pytest.fixture
def shops(app: Flask, database: Database, settings: Settings, clock: TurnableClock) -> Shops:
    return Shops(app, database, settings, clock)


def test_a_genuine_note_hastens_the_next_run_of_that_connection_and_no_other(shops: Shops) -> None:  # part e
    assert shops.tell() == 200
    assert shops.runs() == [shops.ours]


def test_the_same_note_again_and_many_at_once_are_one_run(shops: Shops) -> None:  # at least once, unordered
    assert {shops.tell(topic=topic) for topic in ("orders/paid", "orders/create", "orders/paid")} == {200}
    assert shops.runs() == [shops.ours]


def test_a_replay_for_ever_costs_one_run_in_ten_seconds(shops: Shops) -> None:
    begun = 0
    for _ in range(60):
        shops.tell()
        begun += len(shops.runs())
        shops.come()
        shops.clock.advance(seconds=1)
    assert 6 <= begun <= 8


def test_a_change_behind_a_run_that_has_begun_is_not_left_for_the_schedule(shops: Shops) -> None:
    shops.tell()
    shops.come()
    shops.clock.advance(seconds=2)
    shops.tell()
    assert shops.runs() == [shops.ours]


@pytest.mark.parametrize("secret", ["", "wrong", THEIRS, f"{OURS} "])
def test_who_signs_with_another_secret_is_nobody(shops: Shops, secret: str) -> None:
    assert shops.tell(secret=secret) == 401
    assert shops.runs() == []


def test_the_secret_of_another_company_opens_only_its_own_connection(shops: Shops) -> None:
    assert shops.tell(shops.theirs, secret=OURS) == 401
    assert shops.tell(shops.theirs, secret=THEIRS) == 200
    assert shops.runs() == [shops.theirs]


def test_one_byte_more_or_less_is_another_body(shops: Shops) -> None:
    headers = {"X-Shopify-Hmac-Sha256": signed(BODY, OURS), "X-Shopify-Topic": "orders/updated"}
    for body in (BODY + b"\n", BODY[:-1], BODY.replace(b" ", b""), b""):
        assert shops.client.post(f"/notes/{shops.ours}", data=body, headers=headers).status_code == 401
    assert shops.runs() == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml"])
def test_the_body_is_taken_as_it_came_whatever_it_is_called(shops: Shops, kind: str) -> None:
    headers = {"X-Shopify-Hmac-Sha256": signed(BODY, OURS), "X-Shopify-Topic": "orders/updated", "Content-Type": kind}
    assert shops.client.post(f"/notes/{shops.ours}", data=BODY, headers=headers).status_code == 200


def test_a_huge_body_is_refused_without_being_read(shops: Shops) -> None:
    body = b"x" * (MIB + 1)
    assert shops.tell(body=body) == 413
    assert shops.tell(body=body[1:]) == 200


def test_a_stranger_is_not_told_which_connections_there_are(shops: Shops) -> None:
    headers = {"X-Shopify-Hmac-Sha256": "AAAA"}
    answers = [shops.client.post(f"/notes/{number}", data=BODY, headers=headers) for number in (shops.ours, 4711, 0)]
    assert {(one.status_code, one.data) for one in answers} == {(401, answers[0].data)}
    assert shops.client.get(f"/notes/{shops.ours}").status_code == 405
    assert shops.client.post("/notes/x", data=BODY).status_code == 404


def test_a_note_about_something_else_is_taken_and_forgotten(shops: Shops) -> None:
    assert shops.tell(topic="themes/publish") == 200
    assert shops.runs() == []


def test_paused_or_left_alone_a_connection_is_not_hastened(shops: Shops) -> None:
    with shops.database.transaction() as db:
        row = find_connection(db, find_company(db, "ours").id, shops.ours, locked=True)
        row.not_before = shops.clock.moment.replace(hour=23)
    assert shops.tell() == 200
    with shops.database.transaction() as db:
        row = find_connection(db, find_company(db, "ours").id, shops.ours, locked=True)
        row.not_before = None
        pause(db, row, by=SERVER, now=shops.clock())
    assert shops.tell() == 200
    assert shops.runs() == []


def test_without_a_secret_nothing_is_taken(shops: Shops) -> None:
    with shops.database.transaction() as db:
        row = find_connection(db, find_company(db, "ours").id, shops.ours, locked=True)
        values = {"token": "shpat_second", "webhook_secret": None}
        more = {"settings": shops.settings, "by": SERVER, "now": shops.clock()}
        change_connection(db, row, values, Choices(), **more)  # type: ignore[arg-type]
    assert shops.tell(secret="") == 401
    assert shops.tell() == 401
    assert shops.runs() == []


def test_long_bodies_are_kept_for_connections_that_take_notes_only(shops: Shops, app: Flask) -> None:
    room = app.extensions["admission"].room
    with shops.database.reading() as db:
        assert takes_notes(db, shops.ours)
        assert not takes_notes(db, 4711)
    assert room(f"/notes/{shops.ours}", "", b"") == MIB
    for path in ("/notes/4711", "/notes/", "/notes/x", f"/notes/{shops.ours}/x", f"/notes/{'9' * 30}", "/notes/²"):
        assert room(path, "", b"") == 0
