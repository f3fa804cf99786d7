"""Whose long bodies are kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbwc_server.api import many
from qbwc_server.app.admission import Admission
from qbwc_server.channels.files.receiving import MOST_BYTES
from qbwc_server.portal.uploads import MOST_FORM_BYTES
from qbwc_server.settings import MIB, Settings, load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.browser_sessions import begin_session
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.tokens import add_token, revoke_token
from qbwc_server.tenancy.users import add_user, set_password
from tests.conftest import TurnableClock
from tests.qbwc_server.connector.soap.exchange import operation, receive
from tests.sessions.wire import Wire
from tests.sessions.world import World, invoice


@pytest.fixture
def world(sqlite_url: str, clock: TurnableClock) -> Iterator[World]:
    world = World(load(database_url=sqlite_url), clock)
    world.hand_in(invoice("i-1"))
    yield world
    world.database.engine.dispose()


@pytest.fixture
def admission(world: World) -> Admission:
    admission: Admission = world.app.extensions["admission"]
    return admission


def beginning(admission: Admission, body: bytes) -> bytes:
    return body[: admission.beginning]


LONG = "x" * 200_000


def test_a_ticket_that_was_given_out_vouches(world: World, admission: Admission) -> None:
    ticket = Wire(world).login()
    for path in ("/qbwc", "/qbwc/"):
        assert admission.room(path, "", beginning(admission, receive(LONG, ticket=ticket))) == admission.most
    hcp = operation("sendRequestXML", ("ticket", ticket), ("strHCPResponse", LONG))
    assert admission.room("/qbwc", "", beginning(admission, hcp)) == admission.most


@pytest.mark.parametrize(
    "body",
    [
        receive(LONG, ticket="{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}"),
        receive(LONG, ticket=""),
        LONG.encode(),
        b"<" + LONG.encode(),
        b"",
        b"\xff" * 200_000,
        operation("receiveResponseXML", ("response", LONG), ("ticket", "x")),
    ],
    ids=["nobody's", "none", "no XML", "a tag", "nothing", "no text", "behind"],
)
def test_nobody_else_does(admission: Admission, body: bytes) -> None:
    assert admission.room("/qbwc", "", beginning(admission, body)) == 0


def test_a_ticket_in_a_call_that_is_never_long_does_not(world: World, admission: Admission) -> None:
    ticket = Wire(world).login()
    body = operation("getLastError", ("ticket", ticket), ("unknown", LONG))
    assert admission.room("/qbwc", "", beginning(admission, body)) == 0
    assert admission.room("/elsewhere", "", beginning(admission, receive(LONG, ticket=ticket))) == 0


def test_a_token_vouches_for_the_rest_face(world: World, admission: Admission, clock: TurnableClock) -> None:
    with world.database.transaction() as db:
        row, token = add_token(db, find_company(db, world.code), label="tests", now=clock())
    path = f"/api/v1/companies/{world.code}/documents"
    assert admission.room(path, f"Bearer {token}", b"{") == MIB
    for authorization in ("", f"Basic {token}", "Bearer nobody", "Bearer"):
        assert admission.room(path, authorization, b"{") == 0
    assert admission.room("/qbwc", f"Bearer {token}", b"{") == 0
    with world.database.transaction() as db:
        revoke_token(db, row.company_id, row.id, clock(), by=SERVER)
    assert admission.room(path, f"Bearer {token}", b"{") == 0


def test_files_have_more_room_where_somebody_vouches_for_them(world: World, admission: Admission) -> None:
    with world.database.transaction() as db:
        _, token = add_token(db, find_company(db, world.code), label="tests", now=world.clock())
        user = add_user(db, email="ann@acme.example", name="Ann", by=SERVER, now=world.clock())
        set_password(db, user, "a good long password", by=SERVER, now=world.clock())
        key = begin_session(db, user, network="", browser="", now=world.clock())
    assert admission.room(f"/api/v1/companies/{world.code}/uploads", f"Bearer {token}", b"{") == MOST_BYTES
    assert admission.room(f"/api/v1/companies/{world.code}/documents/many", f"Bearer {token}", b"{") == many.MOST_BYTES
    assert admission.room(f"/api/v1/companies/{world.code}/documents/many", "Bearer nobody's", b"{") == 0
    path = f"/portal/companies/{world.code}/uploads"
    assert admission.room(path, "", b"-", f"other=1; portal={key}") == MOST_FORM_BYTES
    for cookies in ("", "portal=nobody", f"other={key}"):
        assert admission.room(path, "", b"-", cookies) == 0
    assert admission.room("/portal/sign-in", "", b"-", f"portal={key}") == 0
    assert admission.room(path, f"Bearer {token}", b"-") == 0


def test_what_is_kept_follows_the_settings(sqlite_url: str, clock: TurnableClock) -> None:
    settings: Settings = load(database_url=sqlite_url, body_limit=10_000, response_limit=5 * MIB)
    world = World(settings, clock)
    admission: Admission = world.app.extensions["admission"]
    assert 10_000 < admission.beginning < 50_000
    assert 5 * MIB < admission.most < 6 * MIB
    world.database.engine.dispose()
