"""What a stranger, or another tenant, may try at the SOAP face, and that it brings nothing and tells nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

import pytest
from argon2 import PasswordHasher
from lxml import etree
from sqlalchemy import event, func, select

from qbwc_server.api import PREFIX
from qbwc_server.connector import door, doorkeeper
from qbwc_server.connector.logins import login_of, renew_password
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.text import Text
from qbwc_server.documents.lifecycle import State
from qbwc_server.observe import logs
from qbwc_server.queue.models import MessageSet, QueuedRequest
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import load
from qbwc_server.simulator import WsgiTransport
from qbwc_server.simulator.soap_client import CallFailed, SoapClient
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.credentials import password_matches
from qbwc_server.tenancy.models import LoginFailures
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.wire import Wire, no_trouble
from tests.sessions.world import BY, World, invoice, losing

ELSEWHERE = "198.51.100.66"
_ENTITIES = "".join(f'<!ENTITY a{n + 1} "' + f"&a{n};" * 10 + '">' for n in range(11))
BOMB = f'<!DOCTYPE QBXML [<!ENTITY a0 "ha">{_ENTITIES}]><QBXML><QBXMLMsgsRs>&a11;</QBXMLMsgsRs></QBXML>'
FILE = (
    '<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>'
    '<QBXML><QBXMLMsgsRs><HostQueryRs statusCode="0"><HostRet><ProductName>&f;</ProductName></HostRet></HostQueryRs>'
    "</QBXMLMsgsRs></QBXML>"
)
DEEP = "<QBXML><QBXMLMsgsRs>" + "<a>" * 100_000
_ATTRIBUTES = " ".join(f"a{n}='x'" for n in range(50_000))
WIDE = f"<QBXML><QBXMLMsgsRs {_ATTRIBUTES}/></QBXML>"


@pytest.fixture
def alice(world: World) -> World:
    """A company with work."""
    world.hand_in(invoice("i-1", number="A-1", customer="Alice's customer"))
    return world


@pytest.fixture
def bob(alice: World) -> World:
    """Another company with work on the same server."""
    bob = World(alice.settings, alice.clock, code="bob", app=alice.app)
    bob.hand_in(invoice("i-1", number="B-1", customer="Bob's customer"))
    return bob


def at_a_write(wire: Wire) -> tuple[str, str]:
    """A session whose invoices have just left."""
    ticket = wire.login()
    request = wire.send(ticket)
    while "InvoiceAdd" not in request:
        assert request, wire.last_error(ticket)
        wire.receive(ticket, wire.quickbooks(request))
        request = wire.send(ticket, "")
    return ticket, request


# -- tickets ------------------------------------------------------------------------------------------------------


def test_guessed_tickets_open_nothing_and_change_nothing(alice: World) -> None:
    wire = Wire(alice)
    ticket = wire.login()
    with alice.database.reading() as db:
        digest = db.scalars(select(UpdateSessionRow.ticket_digest)).one()
    stranger = Wire(alice, ELSEWHERE)
    guesses = [ticket[:-1], ticket.lower(), ticket.swapcase(), f" {ticket}", f"{ticket}\n", digest, "*", "%", "_" * 43,
               f"{ticket}\u200b", "1", "' OR '1'='1"]  # fmt: skip
    for guess in guesses:
        assert stranger.send(guess) == ""
        assert stranger.receive(guess, "<QBXML><QBXMLMsgsRs/></QBXML>") < 0
        assert stranger.connection_error(guess, "0x80040401") == "done"
        assert stranger.close(guess) == "Finished."
        assert "Alice" not in stranger.last_error(guess)
    assert wire.finish(ticket)[-1] == 100  # the session went on as if nothing had been


def test_a_ticket_of_one_company_reads_nothing_of_another(alice: World, bob: World) -> None:
    of_alice, of_bob = Wire(alice), Wire(bob)
    _, request_of_alice = at_a_write(of_alice)
    ticket_of_bob = of_bob.authenticate()[0]
    seen = ""
    while True:
        request = of_bob.send(ticket_of_bob, None if not seen else "")
        seen += request
        if of_bob.receive(ticket_of_bob, of_bob.quickbooks(request)) == 100:
            break
    assert "Bob's customer" in seen
    assert "Alice" not in seen
    assert "A-1" not in seen
    assert not set(re.findall('requestID="(.*?)"', seen)) & set(re.findall('requestID="(.*?)"', request_of_alice))


@pytest.mark.parametrize("moment", ["while it is owed", "when nothing is owed", "late"])
def test_answers_of_one_company_change_nothing_in_another(alice: World, bob: World, moment: str) -> None:
    of_alice, of_bob = Wire(alice), Wire(bob)
    with no_trouble():
        ticket, request = at_a_write(of_alice)
        answer = of_alice.quickbooks(request)
        forged = re.sub("(?<=<TxnID>)[^<]+", "F0-1", answer)
        ticket_of_bob, request_of_bob = at_a_write(of_bob)
        if moment != "while it is owed":
            of_bob.receive(ticket_of_bob, of_bob.quickbooks(request_of_bob))
        if moment == "late":
            of_bob.close(ticket_of_bob)
        for text in (forged, forged.replace('statusCode="0"', 'statusCode="3140"')):
            assert of_bob.receive(ticket_of_bob, text) != 0
        row = alice.row("i-1")
        assert (row.state, row.txn_id) == (State.SUBMITTED, None)
        with alice.database.reading() as db:
            of_alice_only = MessageSet.company_id == alice.company(db).id
            sets = db.scalars(select(MessageSet).where(of_alice_only).order_by(MessageSet.sent_at, MessageSet.id))
            assert [one.delivery for one in sets][-1] is Delivery.IN_FLIGHT
            states = db.execute(
                select(QueuedRequest.state, func.count())
                .where(QueuedRequest.company_id == alice.company(db).id)
                .group_by(QueuedRequest.state)
            ).all()
            assert {state.value: count for state, count in states}["sent"] == 1
        assert of_alice.receive(ticket, answer) == 100
        assert alice.row("i-1").txn_id == alice.books.invoices[0].txn_id
        quiet(alice)
        quiet(bob)
    assert [one.ref_number for one in bob.books.invoices] == ["B-1"]
    assert bob.row("i-1").txn_id == bob.books.invoices[0].txn_id


def test_a_large_body_is_taken_from_known_tickets_only(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1"))
    wire = Wire(world)
    ticket = wire.login()
    request = wire.send(ticket)
    large = wire.quickbooks(request).replace("</QBXMLMsgsRs>", f"<!-- {'x' * 300_000} --></QBXMLMsgsRs>")
    assert wire.receive(ticket[::-1], large) == -1
    assert wire.send("", "x" * 300_000) == ""
    with pytest.raises(CallFailed):
        wire.close(ticket + "x" * 300_000)  # no parameter of this one may be long
    with world.database.reading() as db:
        assert db.scalars(select(MessageSet.delivery)).one() is Delivery.IN_FLIGHT  # none of it was read
    assert 1 <= wire.receive(ticket, large) <= 100
    assert wire.finish(ticket, "")[-1] == 100
    assert wire.receive(ticket, large) == 100  # once more, while the session lasts
    wire.close(ticket)
    assert wire.receive(ticket, large) == -1  # all is answered: it has nothing more to say at length


def test_a_large_answer_that_comes_late_is_taken_as_long_as_its_set_was_never_answered(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket, request = at_a_write(wire)
    wire.close(ticket)
    world.clock.advance(days=30)
    large = wire.quickbooks(request).replace("</QBXMLMsgsRs>", f"<!-- {'x' * 300_000} --></QBXMLMsgsRs>")
    assert wire.receive(ticket, large) == 100
    assert world.row("i-1").txn_id == world.books.invoices[0].txn_id
    assert wire.receive(ticket, large) == -1
    quiet(world)
    assert len(world.books.invoices) == 1


def test_a_ticket_of_an_ended_session_says_nothing_once_the_password_is_another(world: World) -> None:
    """Under a ticket late answers are believed; who knew the old password could dispute every posted document."""
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket, request = at_a_write(wire)
    answer = wire.quickbooks(request)
    wire.receive(ticket, answer)
    wire.finish(ticket, "")
    wire.close(ticket)
    world.clock.advance(days=1)
    with world.database.transaction() as db:
        renew_password(db, login_of(db, world.company(db).id), world.clock(), by=BY)
    assert wire.receive(ticket, re.sub("(?<=<TxnID>)[^<]+", "F0-1", answer)) == -1
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, world.books.invoices[0].txn_id)


# -- logins -------------------------------------------------------------------------------------------------------


def test_guessing_a_password_is_stopped_and_does_not_lock_the_real_connector_out(world: World) -> None:
    world.hand_in(invoice("i-1"))
    attacker, connector = Wire(world, ELSEWHERE), Wire(world)
    for number in range(world.settings.login_failures):
        assert attacker.authenticate(password=f"guess {number}") == ["", "nvu"]
    assert attacker.authenticate(password="guess") == ["", "busy"]  # not "nvu": nobody is to look for a mistake
    assert attacker.authenticate() == ["", "busy"]  # even the right one: it is not looked at any more
    ticket, company_file = connector.authenticate()
    assert (bool(ticket), company_file) == (True, "")
    connector.close(ticket)
    assert attacker.authenticate() == ["", "busy"]  # the success elsewhere opened nothing here
    world.clock.advance(seconds=world.settings.login_pause_s)
    assert attacker.authenticate()[1] == ""


def test_while_guesses_are_stopped_no_password_is_checked(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    attacker = Wire(sqlite_world, ELSEWHERE)
    for _ in range(sqlite_world.settings.login_failures):
        attacker.authenticate(password="wrong")
    monkeypatch.setattr(credentials, "keyed", None)
    assert attacker.authenticate() == ["", "busy"]


def whole_session(wire: Wire) -> None:
    ticket = wire.login()
    wire.finish(ticket)
    wire.close(ticket)


def guess(world: World, addresses: list[str], *, times: int, user: str | None = None) -> None:
    """Wrong passwords, the addresses in turn."""
    for number in range(times):
        answer = Wire(world, addresses[number % len(addresses)]).authenticate(user=user, password=f"guess {number}")
        assert answer[1] in ("nvu", "busy")


def test_one_who_has_a_whole_network_of_the_new_addresses_is_one(world: World) -> None:
    world.hand_in(invoice("i-1"))
    guess(world, [f"2001:db8:0:1::{number:x}" for number in range(50)], times=world.settings.login_failures)
    assert Wire(world, "2001:db8:0:1::ffff").authenticate() == ["", "busy"]
    ticket, _ = Wire(world, "2001:db8:0:2::1").authenticate()  # the neighbour
    assert ticket


@pytest.mark.parametrize("before", [True, False], ids=["known", "first-login"])
def test_guesses_from_very_many_addresses_shut_the_right_password_out_nowhere(world: World, before: bool) -> None:
    world.hand_in(invoice("i-1"))
    if before:
        world.update()
    addresses = [f"203.0.113.{number}" for number in range(12)]
    guess(world, addresses, times=11 * len(addresses))
    world.hand_in(invoice("i-2"))
    world.clock.advance(minutes=10)
    guess(world, addresses, times=11 * len(addresses))
    assert world.update(later=False).ok
    quiet(world)
    assert len(world.books.invoices) == 2


@pytest.mark.parametrize("victim", ["kern", "bob", "nobody", ""])
def test_guessing_behind_the_proxy_of_everybody_shuts_nobody_out(alice: World, bob: World, victim: str) -> None:
    proxy = "127.0.0.1"
    for world in (alice, bob):
        whole_session(Wire(world, proxy))
    for number in range(40):
        Wire(alice, proxy).authenticate(user=f"{victim}{number}" if victim == "nobody" else victim, password="guess")
    for world in (alice, bob):
        world.hand_in(invoice("i-9"))
        assert Wire(world, proxy).authenticate()[0]


def test_the_first_login_of_a_company_is_not_shut_out_by_guesses_at_others(alice: World, bob: World) -> None:
    proxy = "127.0.0.1"
    for number in range(20):
        Wire(alice, proxy).authenticate(user=f"guess-{number}", password="guess")
        Wire(alice, proxy).authenticate(password="guess")
    assert Wire(bob, proxy).authenticate()[0]


def test_a_forgotten_password_is_told_as_wrong_where_the_login_is_known(world: World) -> None:
    wire = Wire(world)
    whole_session(wire)
    with recorded(world) as seen:
        for _ in range(world.settings.login_failures):
            assert wire.authenticate(password="the old one") == ["", "nvu"]
    assert not any("INSERT" in statement or "BEGIN IMMEDIATE" in statement for statement in seen)


def test_a_forgotten_password_is_told_as_wrong_while_others_guess_elsewhere(world: World) -> None:
    wire = Wire(world)
    whole_session(wire)
    guess(world, [f"203.0.113.{number}" for number in range(12)], times=132)
    assert Wire(world, "203.0.113.99").authenticate(password="guess") == ["", "busy"]
    assert wire.authenticate(password="the old one") == ["", "nvu"]


def test_guesses_fill_no_table_and_after_a_while_write_nothing(world: World) -> None:
    for number in range(60):
        Wire(world, ELSEWHERE).authenticate(user=f"guess-{number}", password="guess")
    with world.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(LoginFailures)) == 1
    with recorded(world) as seen:
        assert Wire(world, ELSEWHERE).authenticate(user="one-more", password="guess") == ["", "busy"]
    assert not any("INSERT" in statement or "BEGIN IMMEDIATE" in statement for statement in seen)


def test_what_an_older_version_hashed_is_replaced_at_the_first_right_login(world: World) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with world.database.transaction() as db:
        world.login(db).password_hash = hasher.hash(world.password)
    assert Wire(world).authenticate(password="wrong") == ["", "nvu"]
    ticket = Wire(world).authenticate()[0]
    assert ticket
    Wire(world).close(ticket)
    with world.database.reading() as db:
        assert world.login(db).password_hash.startswith("hmac-sha256$")
    assert Wire(world).authenticate()[0]


def test_an_old_hash_costs_a_stranger_no_more_than_a_few_tries(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with sqlite_world.database.transaction() as db:
        sqlite_world.login(db).password_hash = hasher.hash(sqlite_world.password)
    checked: list[str] = []

    class Watched:
        def verify(self, stored: str, password: bytes) -> bool:
            checked.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(credentials, "_HASHER", Watched())
    for _ in range(50):
        Wire(sqlite_world, ELSEWHERE).authenticate(password="wrong")
    assert len(checked) == sqlite_world.settings.login_failures
    for number in range(200):
        Wire(sqlite_world, f"203.0.113.{number}").authenticate(password="wrong")
    assert len(checked) == 10 * sqlite_world.settings.login_failures


def test_a_poll_with_nothing_to_do_reads_once_and_writes_nothing(world: World) -> None:
    wire = Wire(world)
    whole_session(wire)
    with recorded(world) as seen:
        assert wire.authenticate() == ["", "none"]
    assert [statement for statement in seen if not statement.startswith("BEGIN")] == seen[-1:]
    assert "IMMEDIATE" not in "".join(seen)


def test_nobody_learns_which_logins_exist(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    def watched(stored: str | None, password: str, key: bytes | None) -> bool:
        verified.append(password)
        return password_matches(stored, password, key)

    monkeypatch.setattr(doorkeeper, "password_matches", watched)
    monkeypatch.setattr(door, "password_matches", watched)
    monkeypatch.setattr(credentials, "_HASHER", None)  # no stranger costs 20 ms
    statements: list[list[str]] = []
    Wire(world).authenticate(user="whoever", password="wrong")  # the first call of a process reads the key
    verified.clear()
    users = [world.code, "nobody", "", world.code.upper(), f"{world.code} ", "' OR 1=1 --", "x" * 20_000, "東京"]
    for number, user in enumerate(users):
        with recorded(world) as seen:
            assert Wire(world, f"203.0.113.{number}").authenticate(user=user, password="wrong") == ["", "nvu"]
        statements.append(seen)
    assert len(verified) == len(users)  # the same work for everybody
    assert statements == [statements[0]] * len(users)


@pytest.mark.parametrize("user", [None, "nobody"])
def test_nobody_learns_it_by_guessing_on(world: World, user: str | None) -> None:
    answers = [Wire(world, ELSEWHERE).authenticate(user=user, password="wrong")[1] for _ in range(30)]
    failures = world.settings.login_failures
    assert answers == ["nvu"] * failures + ["busy"] * (30 - failures)


@contextmanager
def recorded(world: World) -> Iterator[list[str]]:
    """The SQL statements of a block, without their values."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(world.database.engine, "before_cursor_execute", note)


def test_a_password_of_another_company_is_no_password(alice: World, bob: World) -> None:
    wire = Wire(alice)
    assert wire.authenticate(user="kern", password=bob.password) == ["", "nvu"]
    assert wire.authenticate(user="bob", password=alice.password) == ["", "nvu"]
    assert wire.authenticate(user="bob", password=bob.password)[1] == ""


def test_the_address_is_the_one_of_the_connection_unless_a_proxy_is_trusted(
    sqlite_url: str, clock: TurnableClock
) -> None:
    for proxies, stopped in ((0, True), (1, False)):
        world = World(load(database_url=sqlite_url, trusted_proxies=proxies), clock, code=f"kern-{proxies}")
        for number in range(world.settings.login_failures + 1):
            answer = _forwarded(world, "wrong", f"203.0.113.{number}")
        answer = _forwarded(world, world.password, "203.0.113.200")
        assert (answer[1] == "busy") is stopped, proxies
        world.database.engine.dispose()


def _forwarded(world: World, password: str, address: str) -> list[str]:
    """Log in through something that claims to forward for ``address``."""
    inner = WsgiTransport(world.app, remote_address="192.0.2.1")

    class Forwarding:
        def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
            return inner.call(operation, body, {**headers, "X-Forwarded-For": address})

    return SoapClient(Forwarding()).strings("authenticate", [("strUserName", world.code), ("strPassword", password)])


# -- texts that want to be more than texts -------------------------------------------------------------------------

NASTY = [
    "Robert'); DROP TABLE documents;--",
    "<script>alert(1)</script>",
    "]]><CustomerRef>",
    "&amp; &lt; &#0; &unknown;",
    "${7*7} {{7*7}} %s %n {0}",
    "../../etc/passwd",
    'a" onload="x',
    "<?xml version='1.0'?><!DOCTYPE x>",
]


def test_nasty_texts_are_stored_sent_and_found_as_they_are(sqlite_world: World) -> None:
    world = sqlite_world
    for number, text in enumerate(NASTY):
        lines = [{"item": "Seat", "description": text, "quantity": Decimal(1), "amount": Decimal(10)}]
        name = text[:41].strip().replace(":", "")
        world.hand_in(invoice(f"i-{number}", number=str(number), customer=name, memo=text, lines=lines))
    world.update(losing("InvoiceAddRs"))  # so that it is looked for as well
    quiet(world)
    assert sorted(one.memo for one in world.books.invoices) == sorted(NASTY)
    for number, text in enumerate(NASTY):
        row = world.row(f"i-{number}")
        assert row.state is State.POSTED, (text, row.message)
        assert json.loads(row.body)["memo"] == text
        (request,) = [one for one in world.proof(f"i-{number}").requests if one.purpose == "post"]
        assert request.request is not None
        assert etree.fromstring(request.request).findtext(".//Memo") == text


def test_nasty_words_of_quickbooks_are_shown_as_they_are(sqlite_world: World) -> None:
    world = sqlite_world
    wire = Wire(world)
    for number, text in enumerate(NASTY):
        world.hand_in(invoice(f"i-{number}", customer=f"C{number}"))
        ticket, request = at_a_write(wire)
        (request_id,) = re.findall('<InvoiceAddRq requestID="(.*?)"', request)
        quoted = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        wire.receive(
            ticket,
            f'<QBXML><QBXMLMsgsRs><InvoiceAddRs requestID="{request_id}" statusCode="3140" statusSeverity="Error" '
            f'statusMessage="{quoted}"/></QBXMLMsgsRs></QBXML>',
        )
        wire.close(ticket)
        row = world.row(f"i-{number}")
        assert row.state is State.FAILED
        assert text in str(row.message)
        assert any(text in line for line in world.report().lines())


@pytest.mark.parametrize("attack", [BOMB, FILE, DEEP, WIDE], ids=["bomb", "file", "deep", "wide"])
def test_hostile_xml_inside_an_answer_and_an_introduction(sqlite_world: World, attack: str) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1"))
    operations = WebConnectorOperations(world.database, world.settings, world.clock)
    world.clock.advance(minutes=10)
    ticket = operations.authenticate(world.code, world.password, "192.0.2.7")[0]
    assert operations.send_request_xml(ticket, Text.of(attack), "", "US", 13, 0) == ""
    operations.close_connection(ticket)
    wire = Wire(world)
    ticket, request = at_a_write(wire)
    wire.quickbooks(request)
    assert -1 <= operations.receive_response_xml(ticket, Text.of(attack), "", "") <= 99
    assert operations.close_connection(ticket)
    for proof in world.proof("i-1").requests:
        for journey in proof.journeys:
            assert len(journey.answer or "") < 10_000
    quiet(world)
    assert len(world.books.invoices) == 1
    assert world.row("i-1").state is State.POSTED


def test_a_bomb_in_the_envelope_is_refused_without_a_word_of_it(sqlite_world: World) -> None:
    for attack in (BOMB, FILE):
        wire = Wire(sqlite_world)
        envelope = attack.partition("]>")[0] + "]>"
        transport = WsgiTransport(sqlite_world.app)
        status, _, body = transport.call(
            "getLastError",
            (
                envelope + '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><getLastError '
                'xmlns="http://developer.intuit.com/"><ticket>&a11;&f;</ticket></getLastError></s:Body></s:Envelope>'
            ).encode(),
            {"Content-Type": "text/xml; charset=utf-8"},
        )
        assert status == 500
        assert b"faultstring" in body
        assert b"haha" not in body
        assert wire.authenticate(password="wrong") == ["", "nvu"]  # it goes on serving


# -- what logs tell -----------------------------------------------------------------------------------------------


@pytest.fixture
def log(_logging_as_before: None) -> io.StringIO:
    """Everything that is logged, as in production but down to the last detail."""
    stream = io.StringIO()
    logs.configure("DEBUG", "json", stream)
    return stream


def test_logs_hold_no_secrets_and_no_customers(world: World, log: io.StringIO) -> None:
    with world.database.transaction() as db:
        _, token = add_token(db, world.company(db), label="till", now=world.clock())
    client = world.app.test_client()
    document = {
        "kind": "invoice", "origin": "api:1", "date": "2026-03-02", "customer": "Zebedee Customer", "memo": "Marmalade",
        "lines": [{"item": "Xylophone", "amount": "123.45"}],
    }  # fmt: skip
    answer = client.post(
        f"{PREFIX}/companies/{world.code}/documents", json=document, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code in (200, 201), answer.get_data()
    client.post(
        f"{PREFIX}/companies/{world.code}/documents",
        json=document,
        headers={"Authorization": "Bearer qbwc_wrongtokenwrongtoken"},
    )
    wire = Wire(world)
    assert wire.authenticate(password="hunter2hunter2") == ["", "nvu"]
    ticket, request = at_a_write(wire)
    answer_text = wire.quickbooks(request)
    wire.receive(ticket, answer_text[: answer_text.index("Zebedee") + 4])  # breaks off in the middle of a name
    wire.receive(ticket, answer_text.replace("Zebedee", "&Zebedee;"))
    wire.receive(ticket, "", "0x80040402", "Zebedee Customer is being edited.")
    wire.connection_error(ticket, "0x80040408", "Could not open C:\\Zebedee.QBW")
    wire.last_error(ticket)
    wire.close(ticket)
    with pytest.raises(CallFailed):
        wire.call("getLastError", ("ticket", "hunter2hunter2" * 20_000))
    quiet(world)
    assert world.row("api:1").state is State.POSTED
    written = log.getvalue()
    assert len(written.splitlines()) > 20
    for secret in (world.password, "hunter2", ticket, token, token.removeprefix("qbwc_"), "wrongtoken", "Zebedee",
                   "Marmalade", "Xylophone", "123.45", "<InvoiceAdd"):  # fmt: skip
        assert secret not in written, secret
    for line in written.splitlines():
        json.loads(line)


def test_the_database_holds_no_ticket_password_or_token(world: World) -> None:
    with world.database.transaction() as db:
        _, token = add_token(db, world.company(db), label="till", now=world.clock())
    world.hand_in(invoice("i-1"))
    wire = Wire(world)
    ticket = wire.login()
    wire.finish(ticket)
    wire.close(ticket)
    everything = []
    with world.database.reading() as db:
        for table in UpdateSessionRow.metadata.sorted_tables:
            everything += [repr(row) for row in db.execute(table.select())]
    text = "\n".join(everything)
    assert "Acme" in text
    for secret in (ticket, world.password, token, token.removeprefix("qbwc_")):
        assert secret not in text
