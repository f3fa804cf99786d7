"""Every call in every order gets an answer within the protocol, and what it brings about is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbwc_server import __version__
from qbwc_server.books.holds import pause
from qbwc_server.connector.logins import postpone
from qbwc_server.documents.lifecycle import State
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import load
from qbxml.hresults import HRESULTS
from qbxml.outcome import Outcome
from tests.conftest import TurnableClock
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.people import go_on
from tests.sessions.wire import Wire, no_trouble
from tests.sessions.world import BY, World, invoice

ENDED = "This update session has ended. Press Update Selected to start a new one."
STRANGERS = ["", " ", "guess", "x" * 30_000, "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}", "東京", "' OR 1=1 --"]


@pytest.fixture
def either_wire(world: World) -> Iterator[Wire]:
    """On either database, where what is stored or locked matters."""
    with no_trouble():
        yield Wire(world)


@pytest.fixture
def wire(sqlite_world: World) -> Iterator[Wire]:
    with no_trouble():
        yield Wire(sqlite_world)


def login(wire: Wire, **values: Any) -> None:
    with wire.world.database.transaction() as db:
        for name, value in values.items():
            setattr(wire.world.login(db), name, value)


def posted_once(world: World, *origins: str) -> None:
    """All of them stand in the books, once."""
    assert {row.state for row in world.rows(origins)} == {State.POSTED}
    assert sorted(one.txn_id for one in world.books.invoices) == sorted(str(row.txn_id) for row in world.rows(origins))


# -- a session as it should be ------------------------------------------------------------------------------------


def test_a_session_call_by_call(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"), invoice("i-2"))
    ticket = wire.login()
    told = wire.finish(ticket)
    assert told[-1] == 100
    assert all(1 <= percent <= 99 for percent in told[:-1])
    assert told == sorted(told)
    assert wire.close(ticket) == "2 invoices posted."
    posted_once(wire.world, "i-1", "i-2")
    assert wire.authenticate() == ["", "none"]


def test_a_session_without_work_introduces_the_company_file_and_ends_cleanly(sqlite_world: World) -> None:
    world = sqlite_world
    report = world.update()
    assert (report.ok, report.error, report.percent, report.status_line) == (True, "", 100, "All is well.")
    assert "getLastError" not in [call.operation for call in report.calls]
    assert world.report().company_file == "Kern Lighting"
    again = world.update()
    assert (again.ok, again.status_line) == (True, "No data exchange required")


def test_100_only_when_nothing_is_left(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    request = wire.send(ticket)
    answer = wire.quickbooks(request)
    while "InvoiceAdd" not in request:
        assert wire.receive(ticket, answer) < 100
        request = wire.send(ticket, "")
        answer = wire.quickbooks(request)
    wire.world.hand_in(invoice("i-2"))  # while QuickBooks is at work
    assert 1 <= wire.receive(ticket, answer) <= 99
    assert wire.finish(ticket, "")[-1] == 100
    wire.world.hand_in(invoice("i-3"))  # after the last answer: it waits for the next session
    assert wire.close(ticket) == "2 invoices posted."
    quiet(wire.world)
    posted_once(wire.world, "i-1", "i-2", "i-3")


def test_large_work_is_told_by_true_progress(wire: Wire) -> None:
    world = wire.world
    world.hand_in(*(invoice(f"i-{n}") for n in range(120)))
    ticket = wire.login()
    told = wire.finish(ticket)
    assert told == sorted(told)
    assert told[-1] == 100
    assert len({percent for percent in told if percent < 100}) >= 3
    assert wire.close(ticket) == "120 invoices posted."


# -- authenticate -------------------------------------------------------------------------------------------------


def test_what_authenticate_answers_on_the_wire(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.update()
    assert wire.authenticate() == ["", "none"]
    assert wire.authenticate(password="wrong") == ["", "nvu"]
    assert wire.authenticate(user="nobody") == ["", "nvu"]
    assert wire.authenticate(user="", password="") == ["", "nvu"]
    wire.world.hand_in(invoice("i-1"))
    ticket, company_file = wire.authenticate()
    assert (len(ticket), company_file) == (43, "")
    assert wire.authenticate() == ["", "busy"]
    wire.close(ticket)
    login(wire, company_file=r"C:\Books\Zoë & Co.QBW")
    other, path = wire.authenticate()
    assert (path, other == ticket) == (r"C:\Books\Zoë & Co.QBW", False)


def test_minimum_interval_and_postponement_stand_in_their_places(wire: Wire) -> None:
    wire.world.update()
    login(wire, minimum_interval_s=900)
    assert wire.authenticate() == ["", "none", "", "900"]
    wire.world.hand_in(invoice("i-1"))
    ticket, *rest = wire.authenticate()
    assert rest == ["", "", "900"]
    wire.close(ticket)
    with wire.world.database.transaction() as db:
        postpone(db, wire.world.login(db), seconds=60, by=BY, now=wire.world.clock())
    assert wire.authenticate() == ["", "none", "61", "900"]
    login(wire, minimum_interval_s=None)
    assert wire.authenticate() == ["", "none", "61"]
    wire.world.clock.advance(seconds=60)
    assert len(wire.authenticate()) == 2  # over: a ticket
    assert wire.world.row("i-1").state is State.SUBMITTED  # nothing was lost by waiting


def test_a_postponed_update_is_shown_as_such_and_a_paused_company_as_nothing_to_do(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1"))
    world.connector.application.run_every_seconds = 60
    with world.database.transaction() as db:
        postpone(db, world.login(db), seconds=3600, by=BY, now=world.clock())
    report = world.update(later=False)
    assert (report.ok, report.status_line) == (True, "Update postponed by application")
    world.clock.advance(hours=2)
    with world.database.transaction() as db:
        pause(db, world.company(db).id, by=BY, now=world.clock())
    report = world.update()
    assert (report.ok, report.status_line) == (True, "No data exchange required")
    go_on(world, repost=False)
    quiet(world)
    posted_once(world, "i-1")


def test_a_session_that_fell_silent_makes_room_and_its_late_calls_are_answered(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"))
    first = wire.login()
    assert wire.send(first)
    wire.world.clock.advance(seconds=299)
    assert wire.authenticate() == ["", "busy"]  # QuickBooks may still be at work
    wire.world.clock.advance(seconds=2)
    second, _ = wire.authenticate()
    assert second
    assert wire.send(first, "") == ""
    assert wire.last_error(first) == ENDED
    assert wire.connection_error(first, "0x80040401") == "done"
    assert wire.close(first) == "The Web Connector fell silent."
    assert wire.finish(second)[-1] == 100
    assert wire.close(second) == "1 invoice posted."
    posted_once(wire.world, "i-1")


def test_a_closed_session_makes_room_at_once(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    wire.close(wire.login())
    assert wire.authenticate()[0]


# -- calls out of order, repeated, late ----------------------------------------------------------------------------


def test_unknown_tickets(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"))
    for ticket in STRANGERS:
        assert wire.send(ticket) == ""
        assert wire.last_error(ticket) == ENDED
        assert wire.receive(ticket, "<QBXML/>") < 0
        assert wire.connection_error(ticket, "0x80040401") == "done"
        assert wire.close(ticket) == "Finished."
    assert wire.finish(wire.login())[-1] == 100


def test_a_refused_login_may_be_closed_with_its_empty_ticket(wire: Wire) -> None:
    assert wire.authenticate(password="wrong")[0] == ""
    assert wire.close("") == "Finished."


def test_an_answer_before_any_question(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    for response in ("", "<QBXML><QBXMLMsgsRs/></QBXML>", "garbage"):
        assert 1 <= wire.receive(ticket, response) <= 99
    assert wire.receive(ticket, "", "0x80040400", "?") < 0
    assert wire.finish(ticket)[-1] == 100
    posted_once(wire.world, "i-1")


def test_asked_again_without_an_answer_only_questions_go_out(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"), invoice("i-2"))
    ticket = wire.login()
    request = wire.send(ticket)
    while "InvoiceAdd" not in request:
        wire.receive(ticket, wire.quickbooks(request))
        request = wire.send(ticket, "")
    lost = wire.quickbooks(request)  # executed, and the answer never comes
    for _ in range(3):
        request = wire.send(ticket, "")
        assert not re.search("<[A-Za-z]+(Add|Mod)Rq|<TxnVoidRq", request)
    assert 1 <= wire.receive(ticket, wire.quickbooks(request)) <= 100
    wire.receive(ticket, lost)  # it comes after all
    wire.finish(ticket, "")
    assert wire.close(ticket) == "2 invoices posted."
    quiet(wire.world)
    posted_once(wire.world, "i-1", "i-2")


def test_an_answer_that_comes_twice_counts_once(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"), invoice("i-2"))
    ticket = wire.login()
    request, told = wire.send(ticket), 0
    while told < 100:
        answer = wire.quickbooks(request)
        told = wire.receive(ticket, answer)
        again = wire.receive(ticket, answer)
        assert again >= 1
        if told < 100:
            request = wire.send(ticket, "")
    assert wire.close(ticket) == "2 invoices posted."
    assert wire.receive(ticket, answer) == 100  # once more, after the end
    posted_once(wire.world, "i-1", "i-2")
    assert [one["to"] for one in wire.world.proof("i-1").history].count("posted") == 1


def test_after_the_end_nothing_is_handed_out_and_the_words_stay(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    wire.finish(ticket)
    words = wire.close(ticket)
    wire.world.hand_in(invoice("i-2"))
    for _ in range(2):
        assert wire.send(ticket) == ""
        assert wire.last_error(ticket) == ENDED
        assert wire.receive(ticket, "<QBXML><QBXMLMsgsRs/></QBXML>") == 100
        assert wire.connection_error(ticket, "0x80040401") == "done"
        assert wire.close(ticket) == words == "1 invoice posted."
    assert wire.world.row("i-2").state is State.SUBMITTED


def test_asked_for_more_after_100(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    wire.finish(ticket)
    assert wire.send(ticket, "")  # something harmless, never "" with an error behind it
    wire.world.hand_in(invoice("i-2"))
    quiet(wire.world)
    posted_once(wire.world, "i-1", "i-2")


def test_asked_for_an_error_that_there_is_not(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    assert "nothing is lost" in wire.last_error(ticket)
    assert wire.finish(ticket)[-1] == 100


def test_interactive_calls_are_harmless_at_any_time(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    for name in (ticket, "", "guess"):
        assert wire.call("getInteractiveURL", ("wcTicket", name), ("sessionID", "7")) == ""
        assert wire.call("interactiveRejected", ("wcTicket", name), ("reason", "no time")) == ""
        assert wire.call("interactiveDone", ("wcTicket", name)) == "Done"
    assert wire.finish(ticket)[-1] == 100
    posted_once(wire.world, "i-1")


# -- versions -----------------------------------------------------------------------------------------------------


VERSIONS = [
    ("2.3.0.215", ""),
    ("2.1.0.30", ""),
    ("10.0", ""),
    ("2.1.0.29", "W:"),
    ("2.1", "W:"),
    ("2.0.0.0", "W:"),
    ("1.9.9.9", "E:"),
    ("0.0", "E:"),
    (" 1.5.0.0 ", "E:"),
    ("", ""),
    ("2", ""),
    ("newest", ""),
    ("2.x.0.1", ""),
    ("1.2.3.4.5", ""),
    ("-1.0", ""),
    ("٢.١", ""),
    ("1" * 5000 + ".0", ""),
    ("<b>1.0</b>", ""),
]


def test_the_policy_for_old_web_connectors(wire: Wire) -> None:
    for version, said in VERSIONS:
        answer = wire.call("clientVersion", ("strVersion", version))
        assert answer[:2] == said, version
        if said:
            assert version.strip() in answer
            assert "newest one from Intuit" in answer


def test_the_policy_is_a_setting(sqlite_url: str, clock: TurnableClock) -> None:
    world = World(load(database_url=sqlite_url, refused_connector="3.0", oldest_connector="3.1"), clock)
    wire = Wire(world)
    answers = [wire.call("clientVersion", ("strVersion", version))[:2] for version in ("2.9", "3.0", "3.1")]
    world.database.engine.dispose()
    assert answers == ["E:", "W:", ""]


def test_the_server_tells_its_version(wire: Wire) -> None:
    assert wire.call("serverVersion") == f"qbwc-server {__version__}"


def test_quickbooks_2010_is_refused_in_the_status_line(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1"))
    modern = world.books.switches
    world.books.switches = replace(modern, product_name="QuickBooks Pro 2010", versions=("1.0", "9.0", "10.0"))
    report = world.update()
    assert not report.ok
    assert "too old" in report.status_line
    assert "10.0" in report.status_line
    assert "Update QuickBooks" in report.status_line
    assert world.books.executed_writes == 0
    assert any("What to do: Update QuickBooks" in line for line in world.report().lines())
    world.books.switches = modern
    quiet(world)
    posted_once(world, "i-1")


# -- what the company file says of itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hcp",
    [
        "HOSTQUERY/COMPANYQUERY/PREFQUERY is currently not supported in QBPOS.",
        "<html><body>502 Bad Gateway</body></html>",
        "<QBXML><QBXMLMsgsRs><HostQueryRs",
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><QBXML><QBXMLMsgsRs>&a;</QBXMLMsgsRs></QBXML>',
    ],
    ids=lambda hcp: hcp[:12],
)
def test_an_unreadable_introduction_stops_the_session_with_a_sentence(wire: Wire, hcp: str) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    assert wire.send(ticket, hcp) == ""
    said = wire.last_error(ticket)
    assert said.startswith("The Web Connector's description of the company file could not be read.")
    assert "Update Selected" in said
    assert wire.send(ticket, hcp) == ""  # and stays so
    assert wire.close(ticket) in said
    assert wire.finish(wire.login())[-1] == 100
    posted_once(wire.world, "i-1")


ONLY_A_NAME = (
    '<QBXML><QBXMLMsgsRs><CompanyQueryRs statusCode="0"><CompanyRet><CompanyName>Kern</CompanyName></CompanyRet>'
    "</CompanyQueryRs></QBXMLMsgsRs></QBXML>"
)


def test_without_a_host_answer_the_web_connector_says_the_level(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    levels = {
        (13, 0): True,
        (16, 0): True,
        (10, 0): False,
        (0, 0): False,
        (-1, 0): False,
        (2**31 - 1, 2**31 - 1): False,
    }
    for (major, minor), good in levels.items():
        ticket = wire.login()
        request = wire.send(ticket, wire.marked(ONLY_A_NAME), major=major, minor=minor, country="X" * 500)
        assert bool(request) is good
        if good:
            assert '<?qbxml version="13.0"?>' in request
        else:
            assert "too old" in wire.last_error(ticket)
        wire.close(ticket)


def test_absurd_facts_do_no_harm(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    hcp = (
        "<QBXML><QBXMLMsgsRs>"
        '<HostQueryRs statusCode="0"><HostRet><ProductName>' + "P" * 5000 + "</ProductName><Country>" + "C" * 500 +
        "</Country><SupportedQBXMLVersion>13.0</SupportedQBXMLVersion></HostRet></HostQueryRs>"
        '<CompanyQueryRs statusCode="0"><CompanyRet><CompanyName>' + "N" * 5000 + "</CompanyName></CompanyRet>"
        '</CompanyQueryRs><PreferencesQueryRs statusCode="0"><PreferencesRet><AccountingPreferences><ClosingDate>'
        "9999-12-31</ClosingDate></AccountingPreferences></PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"
    )  # fmt: skip
    assert wire.send(ticket, wire.marked(hcp))
    assert wire.world.report().company_file == "N" * 199 + "…"


# -- garbage for an answer -----------------------------------------------------------------------------------------

GARBAGE: dict[str, Callable[[str], str]] = {
    "nothing": lambda answer: "",
    "words": lambda answer: "An error has occurred.",
    "a web page": lambda answer: "<!DOCTYPE html><html><body>502</body></html>",
    "the beginning": lambda answer: answer[: len(answer) // 2],
    "all but the end": lambda answer: answer[:-12],
    "something behind it": lambda answer: answer + "<x/>",
    "another root": lambda answer: answer.replace("QBXML", "XML"),
    "requests": lambda answer: answer.replace("MsgsRs", "MsgsRq"),
    "no answers": lambda answer: "<QBXML><QBXMLMsgsRs/></QBXML>",
    "no ids": lambda answer: re.sub(' requestID="[^"]*"', "", answer),
    "odd ids": lambda answer: re.sub(' requestID="[^"]*"', ' requestID="1 or 2"', answer),
    "ids of nobody": lambda answer: re.sub('(?<=requestID=")[0-9a-f]{8}', "ffffffff", answer),
    "no status": lambda answer: re.sub(' statusCode="[^"]*"', "", answer),
    "an odd status": lambda answer: re.sub('(?<= statusCode=")[^"]*', "fine", answer),
    "a huge status": lambda answer: re.sub('(?<= statusCode=")[^"]*', "9" * 30, answer),
    "a long message": lambda answer: re.sub('(?<= statusMessage=")[^"]*', "m" * 50_000, answer),
    "no transaction id": lambda answer: re.sub("<TxnID>.*?</TxnID>", "", answer),
    "an empty transaction id": lambda answer: re.sub("<TxnID>.*?</TxnID>", "<TxnID/>", answer),
    "a long transaction id": lambda answer: re.sub("(?<=<TxnID>).*?(?=</TxnID>)", "T" * 500, answer),
    "a long list id": lambda answer: re.sub("(?<=<ListID>).*?(?=</ListID>)", "L" * 500, answer),
    "a long edit sequence": lambda answer: re.sub("(?<=<EditSequence>)[^<]*", "7" * 500, answer),
    "a long number": lambda answer: re.sub("(?<=<RefNumber>)[^<]*", "N" * 500, answer),
    "a huge total": lambda answer: re.sub("(?<=<Subtotal>)[^<]*", "9" * 40, answer),
    "a total in a small coin": lambda answer: re.sub("(?<=<Subtotal>)[^<]*", "30.0000001", answer),
    "a total in words": lambda answer: re.sub("(?<=<Subtotal>)[^<]*", "thirty", answer),
    "an exponent": lambda answer: re.sub("(?<=<Subtotal>)[^<]*", "1E+999999", answer),
    "other types": lambda answer: answer.replace("InvoiceRet", "CustomerRet"),
    "a document type": lambda answer: '<!DOCTYPE QBXML [<!ENTITY a "b">]>' + answer.partition("?>")[2],
    "an undefined entity": lambda answer: answer.replace("Acme", "&acme;"),
    "twice": lambda answer: answer.replace("</QBXMLMsgsRs>", "") + answer.partition("<QBXMLMsgsRs>")[2],
}


WIDE = [name for name in GARBAGE if "long" in name or "huge" in name or "total" in name or name == "an exponent"]


@pytest.mark.parametrize("name", GARBAGE)
def test_whatever_comes_for_an_answer_nothing_is_lost_or_doubled(wire: Wire, name: str) -> None:
    answer_with(wire, GARBAGE[name])


@pytest.mark.parametrize("name", WIDE)
def test_what_is_too_wide_for_a_column_of_postgresql(postgres_url: str, clock: TurnableClock, name: str) -> None:
    world = World(load(database_url=postgres_url), clock)
    with no_trouble():
        answer_with(Wire(world), GARBAGE[name])
    world.database.engine.dispose()


def answer_with(wire: Wire, damage: Callable[[str], str]) -> None:
    """A session in which every answer comes damaged, then sessions until nothing waits."""
    world = wire.world
    world.hand_in(invoice("i-1", number="1001"), invoice("i-2", number="1002", customer="Bolt"))
    ticket = wire.login()
    request, told = wire.send(ticket), 1
    for _ in range(40):
        answer = wire.quickbooks(request)
        told = wire.receive(ticket, damage(answer))
        if told < 0 or told == 100:
            break
        request = wire.send(ticket, "")
        if not request:
            break
    assert told != 0
    assert wire.last_error(ticket)
    assert wire.close(ticket)
    for origin in ("i-1", "i-2"):  # the evidence can be shown, whatever it is
        assert world.proof(origin).as_record()
    assert world.report().lines()
    quiet(world)
    for row in world.rows(["i-1", "i-2"]):
        if row.state in (State.FAILED, State.HELD):
            assert row.advice
    numbers = [one.ref_number for one in world.books.invoices]
    assert len(numbers) == len(set(numbers))
    states = {row.state for row in world.rows(["i-1", "i-2"])}
    assert states <= {State.POSTED, State.HELD, State.FAILED}
    with world.database.reading() as db:
        assert db.query(MessageSet).filter_by(delivery=Delivery.IN_FLIGHT).count() == 0


# -- when QuickBooks fails as a whole ------------------------------------------------------------------------------


def at_a_write(wire: Wire) -> tuple[str, str]:
    """A session whose first set of invoices has just left."""
    wire.world.hand_in(invoice("i-1", number="1001"))
    ticket = wire.login()
    request = wire.send(ticket)
    while "InvoiceAdd" not in request:
        wire.receive(ticket, wire.quickbooks(request))
        request = wire.send(ticket, "")
    return ticket, request


ODD = ["0x8004FFFF", "-2147220478", "80040402", "nonsense", "x" * 5000]


@pytest.mark.parametrize(
    ("code", "executed"),
    [(code, number % 2 == 0) for number, code in enumerate([*sorted(HRESULTS), *ODD])]
    + [("0x80040400", True), ("0x80040400", False), ("0x80040402", True), ("0x80040402", False)],
    ids=lambda value: str(value)[:12],
)
def test_every_hresult_in_place_of_an_answer(wire: Wire, code: str, executed: bool) -> None:
    ticket, request = at_a_write(wire)
    if executed:
        wire.quickbooks(request)
    told = wire.receive(ticket, "", code, "QuickBooks found an error when parsing the provided XML text stream.")
    known = HRESULTS.get(code)
    goes_on = known is None or known.outcome is Outcome.TRY_AGAIN or code == "0x80040400"
    assert (told > 0) is goes_on
    if not goes_on:
        assert known is not None
        assert wire.send(ticket, "") == ""
        said = wire.last_error(ticket)
        assert known.meaning in said
        assert known.advice in said
        assert code in said
        assert wire.close(ticket) in said
    quiet(wire.world)
    posted_once(wire.world, "i-1")


def test_a_set_that_fails_again_and_again_stops_the_session_and_not_the_next(wire: Wire) -> None:
    ticket, _ = at_a_write(wire)
    told = [wire.receive(ticket, "", "0x80040402", "Unexpected.")]
    while told[-1] > 0:
        assert wire.send(ticket, "")
        told.append(wire.receive(ticket, "", "0x80040402", "Unexpected."))
        assert len(told) < 10
    assert len(told) == 3
    assert "0x80040402" in wire.last_error(ticket)
    assert "0x80040402" in wire.close(ticket)
    assert "0x80040402" in " ".join(wire.world.report().lines())
    quiet(wire.world)
    posted_once(wire.world, "i-1")


@pytest.mark.parametrize("path", ["", r"C:\Books\Kern.QBW"])
def test_connection_errors_are_bounded(wire: Wire, path: str) -> None:
    wire.world.hand_in(invoice("i-1"))
    login(wire, company_file=path)
    wire.world.clock.advance(minutes=10)
    ticket = wire.authenticate()[0]
    answers = [wire.connection_error(ticket, "0x80040401", "Could not access QuickBooks.") for _ in range(5)]
    assert answers == [path, path, "done", "done", "done"]
    assert "0x80040401" in wire.last_error(ticket)
    lines = wire.world.report().lines()
    assert any("0x80040401" in line for line in lines)
    assert any(line.startswith("What to do: ") for line in lines)
    login(wire, company_file="")
    assert wire.finish(wire.login())[-1] == 100  # the session had ended, although nobody closed it
    posted_once(wire.world, "i-1")


def test_what_only_a_person_can_mend_is_not_tried_again(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    for code, known in HRESULTS.items():
        ticket = wire.login()
        again = known.outcome is Outcome.TRY_AGAIN
        assert wire.connection_error(ticket, code) == ("" if again else "done"), code
        assert wire.close(ticket) == ("All is well." if again else f"{known.meaning} ({code}) QuickBooks says: No.")


def test_connection_errors_that_say_nothing(either_wire: Wire) -> None:
    wire = either_wire
    wire.world.hand_in(invoice("i-1"))
    for code in ("", "nonsense", "0x", "x" * 5000, "-1", "' OR 1=1"):
        ticket = wire.login()
        assert [wire.connection_error(ticket, code, "m" * 20_000) for _ in range(3)][-1] == "done"
        assert wire.close(ticket)
    assert wire.finish(wire.login())[-1] == 100


# -- negative only for what must stop ------------------------------------------------------------------------------


def test_a_hold_stops_the_session_with_its_reason(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    request = wire.send(ticket)
    with wire.world.database.transaction() as db:
        pause(db, wire.world.company(db).id, by=BY, now=wire.world.clock())
    assert wire.receive(ticket, wire.quickbooks(request)) < 0
    assert wire.last_error(ticket).startswith("Paused by an operator.")
    assert wire.close(ticket) == "Paused by an operator."
    go_on(wire.world, repost=False)
    quiet(wire.world)
    posted_once(wire.world, "i-1")


def test_a_refused_document_stops_nothing(wire: Wire) -> None:
    wire.world.options(create_items=None, item_income_account=None)
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    told = wire.finish(ticket)
    assert told[-1] == 100
    assert min(told) > 0
    assert wire.close(ticket).startswith("1 needs you: http://localhost:8000/status/")


def test_the_clock_of_the_server_may_jump_back(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    request = wire.send(ticket)
    wire.world.clock.moment -= timedelta(days=3)
    assert 1 <= wire.receive(ticket, wire.quickbooks(request)) <= 100
    assert wire.finish(ticket, "")[-1] == 100
    assert wire.close(ticket) == "1 invoice posted."
    posted_once(wire.world, "i-1")


@pytest.mark.parametrize(
    ("of", "into", "said"),
    [
        ("<Country>US</Country>", "<Country>CA</Country>", "Canadian edition"),
        ("<Country>US</Country>", "<Country>UK</Country>", "United Kingdom edition"),
        ("<Country>US</Country>", "<Country>AU</Country>", "Australian edition"),
        ("<CompanyRet>.*</CompanyRet>", "", "may not do this. QuickBooks says: Insufficient permission"),
    ],
)
def test_what_the_first_call_refuses_has_a_sentence_of_its_own(wire: Wire, of: str, into: str, said: str) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    wire.world.books.open()
    hcp = re.sub(of, into, wire.world.books.hcp_response(wire.world.owner_id), flags=re.DOTALL)
    if not into:
        hcp = re.sub(
            "<CompanyQueryRs [^>]*>",
            '<CompanyQueryRs statusCode="3260" statusSeverity="Error" statusMessage="Insufficient permission level.">',
            hcp,
        )
    assert wire.send(ticket, hcp) == ""
    assert said in wire.last_error(ticket)
    assert said in wire.close(ticket)


@pytest.mark.parametrize("forbidden", ["&#11;", "&#x1F;", "&#xFFFE;"])
def test_what_old_books_hold_stops_nobody(wire: Wire, forbidden: str) -> None:
    wire.world.hand_in(invoice("i-1"), invoice("i-2"))
    wire.world.books.open()
    hcp = wire.world.books.hcp_response(wire.world.owner_id)
    wire.world.books.close()
    address = f"<LegalAddress><Addr1>1 Main{forbidden}St</Addr1></LegalAddress>"
    ticket, done = wire.login(), 0
    while done < 100:
        request = wire.send(ticket, hcp.replace("</CompanyRet>", f"{address}</CompanyRet>"))
        answer = wire.quickbooks(request).replace("</InvoiceRet>", f"<Memo>a{forbidden}b</Memo></InvoiceRet>")
        hcp, done = "", wire.receive(ticket, answer)
        assert done >= 0
    assert wire.close(ticket) == "2 invoices posted."
    posted_once(wire.world, "i-1", "i-2")
