"""The simulated Web Connector against a scripted server: the order of calls and what it makes of each answer."""

from dataclasses import replace
from typing import Any
from uuid import UUID
from wsgiref.validate import validator

import pytest

from qbwc_server.simulator import (
    Break,
    ConnectorKilled,
    Faults,
    Habits,
    HResultError,
    NeverEnding,
    QuickBooks,
    WebConnector,
    WireFault,
    WsgiTransport,
)
from qwc_templates import QwcError, QwcFile, Style, render
from tests.qbwc_server.simulator.scripted_server import Raw, ScriptedQuickBooks, ScriptedServer, fault

OWNER = UUID("5f3b4a1c-0000-4000-8000-00000000a11c")
FILE = UUID("5f3b4a1c-0000-4000-8000-0000000000f1")
GREETING = ["serverVersion", "clientVersion", "authenticate"]
ROUND = ["sendRequestXML", "receiveResponseXML"]
QBWC_FILE = QwcFile(
    app_name="Kern",
    app_url="http://localhost:8000/qbwc",
    app_description="Invoices",
    app_support="http://localhost:8000/",
    user_name="kern",
    owner_id=OWNER,
    file_id=FILE,
    run_every_minutes=5,
)


class Waits(list[float]):
    """Stands for time.sleep and remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def connector(server: ScriptedServer, quickbooks: QuickBooks | None = None, **options: Any) -> WebConnector:
    options.setdefault("sleep", Waits())
    return WebConnector(
        WsgiTransport(validator(server)),
        quickbooks or ScriptedQuickBooks(),
        user="kern",
        password="p&ss",
        owner_id=OWNER,
        **options,
    )


# A session that goes well


def test_a_session_of_three_rounds() -> None:
    server = ScriptedServer({"sendRequestXML": ["<a/>", "<bb/>", "<ccc/>"], "receiveResponseXML": [0, 66, 100]})
    books = ScriptedQuickBooks()
    shown: list[tuple[int, str]] = []
    report = connector(server, books, on_progress=lambda percent, text: shown.append((percent, text))).update()
    assert server.operations == [*GREETING, *ROUND, *ROUND, *ROUND, "closeConnection"]
    assert report.ok
    assert (report.status_line, report.error, report.percent, report.rounds) == ("all done", "", 100, 3)
    assert (report.ticket, report.next_run_in) == ("ticket-1", None)
    assert [call.operation for call in report.calls] == server.operations
    assert [percent for percent, _ in shown] == [0, 66, 100]
    assert (books.opened, books.closed) == ([""], 1)
    assert [one["response"] for one in server.calls("receiveResponseXML")] == [
        "<answer to='4'/>",
        "<answer to='5'/>",
        "<answer to='6'/>",
    ]


def test_what_each_call_carries() -> None:
    server = ScriptedServer({"receiveResponseXML": [50, 100]})
    connector(server, version="2.1.0.30").update()
    _, version, authenticate, first, received, second, *_, close = server.asked
    assert server.asked[0].values == {}
    assert version.values == {"strVersion": "2.1.0.30"}
    assert authenticate.values == {"strUserName": "kern", "strPassword": "p&ss"}
    assert list(first.values.items()) == [
        ("ticket", "ticket-1"),
        ("strHCPResponse", "<hcp/>"),
        ("strCompanyFileName", "C:\\Books\\kern.qbw"),
        ("qbXMLCountry", "US"),
        ("qbXMLMajorVers", "13"),
        ("qbXMLMinorVers", "0"),
    ]
    assert second["strHCPResponse"] == ""
    assert list(received.values) == ["ticket", "response", "hresult", "message"]
    assert (received["hresult"], received["message"]) == ("", "")
    assert close.values == {"ticket": "ticket-1"}


def test_neither_password_nor_ticket_is_in_the_report() -> None:
    report = connector(ScriptedServer()).update()
    assert not [call for call in report.calls if "p&ss" in call.brief or "ticket-1" in call.brief]
    assert "p&ss" not in repr(connector(ScriptedServer()).application)


def test_the_company_file_comes_from_authenticate() -> None:
    books = ScriptedQuickBooks()
    server = ScriptedServer({"authenticate": [["t", "D:\\other.qbw"]]})
    connector(server, books).update()
    assert books.opened == ["D:\\other.qbw"]


# clientVersion


@pytest.mark.parametrize("answer", ["", None, "W:please update", fault("no such method")])
def test_client_version_lets_the_update_go_on(answer: Any) -> None:
    server = ScriptedServer({"serverVersion": [fault("no such method")], "clientVersion": [answer]})
    assert connector(server).update().ok
    assert "authenticate" in server.operations


@pytest.mark.parametrize(
    ("answer", "error", "status_line"),
    [
        ("E:too old", "QBWC1037", "too old"),
        ("O:2.3.0.215", "QBWC1037", "2.3.0.215"),
        ("nonsense", "QBWC1046", "clientVersion answered 'nonsense'"),
        (Raw(b"<html/>", content_type="text/html"), "QBWC1036", "clientVersion: the response has the content type"),
    ],
)
def test_client_version_stops_the_update(answer: Any, error: str, status_line: str) -> None:
    server = ScriptedServer({"clientVersion": [answer]})
    report = connector(server).update()
    assert (report.ok, report.error) == (False, error)
    assert report.status_line.startswith(status_line)
    assert server.operations == ["serverVersion", "clientVersion"]


def test_the_user_may_stop_at_a_warning() -> None:
    server = ScriptedServer({"clientVersion": ["W:please update"]})
    report = connector(server, habits=Habits(goes_on_after_warning=False)).update()
    assert (report.ok, report.status_line) == (False, "please update")
    assert server.operations == ["serverVersion", "clientVersion"]


# authenticate


@pytest.mark.parametrize(
    ("word", "ok", "error", "status_line"),
    [
        ("none", True, "", "No data exchange required"),
        ("NONE", True, "", "No data exchange required"),
        ("nvu", False, "QBWC1040", "Invalid password for username"),
        ("busy", False, "", "Application Busy"),
    ],
)
@pytest.mark.parametrize("closes", [True, False])
def test_a_refusal_ends_the_update(word: str, ok: bool, error: str, status_line: str, closes: bool) -> None:
    server = ScriptedServer({"authenticate": [["", word]]})
    books = ScriptedQuickBooks()
    report = connector(server, books, habits=Habits(closes_after_refusal=closes)).update()
    assert (report.ok, report.error, report.status_line) == (ok, error, status_line)
    assert server.operations == [*GREETING, "closeConnection"][: 4 if closes else 3]
    assert books.opened == []


@pytest.mark.parametrize(
    "answer",
    [
        [],
        ["only a ticket"],
        None,
        fault("broken"),
        Raw(b"Bad Gateway", "502 Bad Gateway", "text/html"),
        Raw(b"", content_type="text/xml"),
        Raw(b"<html><body>Login</body></html>", content_type="text/xml"),
        Raw(b"<not-closed>", content_type="text/xml"),
    ],
)
def test_an_unusable_answer_to_authenticate(answer: Any) -> None:
    server = ScriptedServer({"authenticate": [answer]})
    report = connector(server).update()
    assert (report.ok, report.error) == (False, "QBWC1012")
    assert server.operations == GREETING


@pytest.mark.parametrize(
    ("answer", "status_line", "next_run_in", "interval"),
    [
        (["t", "", "600", ""], "Update postponed by application", 600, 300),
        (["t", "", "", "900"], "all done", 900, 900),
        (["t", "", "", "60"], "all done", 300, 300),
        (["t", "", "600", "900"], "Update postponed by application", 600, 900),
        (["t", "none", "600", ""], "Update postponed by application", 600, 300),
        (["t", "none", "", "900"], "No data exchange required", 900, 900),
        (["t", "busy", "", ""], "Application Busy", 300, 300),
        (["t", "", "", "", "fifth"], "all done", 300, 300),
    ],
)
def test_wishes_about_the_schedule(answer: list[str], status_line: str, next_run_in: int, interval: int) -> None:
    one = connector(ScriptedServer({"authenticate": [answer]}), run_every_seconds=300)
    report = one.update()
    assert (report.status_line, report.next_run_in) == (status_line, next_run_in)
    assert one.application.run_every_seconds == interval


def test_without_a_schedule_there_are_no_wishes() -> None:
    report = connector(ScriptedServer({"authenticate": [["t", "", "600", "900"]]})).update()
    assert (report.status_line, report.next_run_in) == ("all done", None)


def test_seconds_must_be_a_number() -> None:
    report = connector(ScriptedServer({"authenticate": [["t", "", "soon"]]}), run_every_seconds=300).update()
    assert report.error == "QBWC1012"


# connectionError


def test_connection_error_is_asked_until_the_file_opens() -> None:
    books = ScriptedQuickBooks(open_errors=[HResultError("0x80040403", "cannot open"), HResultError("0x80040414")])
    server = ScriptedServer({"connectionError": ["E:\\spare.qbw", ""]})
    report = connector(server, books).update()
    assert report.ok
    assert books.opened == ["", "E:\\spare.qbw", ""]
    assert books.closed == 1
    assert server.calls("connectionError")[0].values == {
        "ticket": "ticket-1",
        "hresult": "0x80040403",
        "message": "cannot open",
    }


@pytest.mark.parametrize("closes", [True, False])
def test_connection_error_ends_with_done(closes: bool) -> None:
    books = ScriptedQuickBooks(open_errors=[HResultError("0x80040418", "never allowed")])
    server = ScriptedServer({"connectionError": ["DONE"]})
    report = connector(server, books, habits=Habits(closes_after_done=closes)).update()
    assert (report.ok, report.error, report.status_line) == (False, "QBWC1013", "never allowed")
    assert server.operations == [*GREETING, "connectionError", "closeConnection"][: 5 if closes else 4]
    assert books.closed == 0


def test_a_server_that_never_says_done_is_given_up() -> None:
    books = ScriptedQuickBooks(open_errors=[HResultError("0x80040403")] * 100)
    with pytest.raises(NeverEnding):
        connector(ScriptedServer({"connectionError": [""]}), books, max_steps=50).update()


# sendRequestXML and receiveResponseXML


def test_an_hresult_is_passed_on_without_a_response() -> None:
    def broken(request: str) -> str:
        raise HResultError("0x80040400", "QuickBooks found an error when parsing the XML text stream.")

    server = ScriptedServer({"receiveResponseXML": [30, -101], "getLastError": ["could not be parsed"]})
    report = connector(server, ScriptedQuickBooks(process=broken)).update()
    assert server.calls("receiveResponseXML")[1].values == {
        "ticket": "ticket-1",
        "response": "",
        "hresult": "0x80040400",
        "message": "QuickBooks found an error when parsing the XML text stream.",
    }
    assert server.operations == [*GREETING, *ROUND, *ROUND, "getLastError", "closeConnection"]
    assert (report.ok, report.status_line, report.percent) == (False, "could not be parsed", 30)


def test_no_op_pauses_and_asks_again() -> None:
    server = ScriptedServer({"sendRequestXML": ["", "", "<a/>"], "getLastError": ["NoOp"]})
    waits = Waits()
    assert connector(server, sleep=waits).update().ok
    assert waits == [5.0, 5.0]
    assert [one["strHCPResponse"] for one in server.calls("sendRequestXML")] == ["<hcp/>", "", ""]
    assert server.operations == [*GREETING, *["sendRequestXML", "getLastError"] * 2, *ROUND, "closeConnection"]


@pytest.mark.parametrize("reason", ["nothing to do", "", "noop"])
def test_any_other_reason_is_shown_and_ends_the_update(reason: str) -> None:
    server = ScriptedServer({"sendRequestXML": [""], "getLastError": [reason]})
    report = connector(server).update()
    assert server.operations == [*GREETING, "sendRequestXML", "getLastError", "closeConnection"]
    assert (report.ok, report.status_line, report.rounds) == (False, reason or "all done", 0)


def test_a_literal_no_op_goes_to_quickbooks() -> None:
    server = ScriptedServer({"sendRequestXML": ["NoOp"]})
    assert connector(server).update().rounds == 1


@pytest.mark.parametrize("answer", ["99.5", "", "ten", 2147483648, None, fault("oops"), Raw(b"<", "200 OK")])
def test_progress_must_be_an_int(answer: Any) -> None:
    server = ScriptedServer({"receiveResponseXML": [answer]})
    books = ScriptedQuickBooks()
    report = connector(server, books).update()
    assert (report.ok, report.error) == (False, "QBWC1042")
    assert server.operations == [*GREETING, *ROUND]
    assert books.closed == 1


def test_progress_over_100_is_an_error() -> None:
    assert connector(ScriptedServer({"receiveResponseXML": [101]})).update().error == "QBWC1042"


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("authenticate", "QBWC1012"),
        ("sendRequestXML", "QBWC1041"),
        ("receiveResponseXML", "QBWC1042"),
        ("getLastError", "QBWC1043"),
        ("closeConnection", "QBWC1044"),
        ("connectionError", "QBWC1045"),
    ],
)
@pytest.mark.parametrize("kind", [Break.REQUEST_LOST, Break.ANSWER_LOST])
def test_a_lost_call_ends_the_update_with_its_code(operation: str, error: str, kind: Break) -> None:
    server = ScriptedServer()
    books = ScriptedQuickBooks()
    if operation == "getLastError":
        server.script["receiveResponseXML"] = [-1]
    if operation == "connectionError":
        books.open_errors.append(HResultError("0x80040401"))
    report = connector(server, books, faults=Faults.of(WireFault(kind, operation))).update()
    assert (report.ok, report.error) == (False, error)
    assert report.calls[-1].operation == operation
    assert bool(server.calls(operation)) == (kind is Break.ANSWER_LOST)


def test_a_failed_call_may_be_followed_by_close_connection() -> None:
    server = ScriptedServer({"sendRequestXML": [fault("oops")]})
    report = connector(server, habits=Habits(closes_after_failed_call=True)).update()
    assert (report.error, server.operations[-1]) == ("QBWC1041", "closeConnection")


def test_company_data_that_cannot_be_read_ends_the_update() -> None:
    books = ScriptedQuickBooks(hcp=HResultError("0x80040402", "unexpected"))
    server = ScriptedServer()
    report = connector(server, books).update()
    assert (report.error, report.status_line, books.closed) == ("QBWC1014", "unexpected", 1)
    assert server.operations == GREETING


def test_trouble_when_leaving_quickbooks_is_shown_after_a_good_update() -> None:
    report = connector(ScriptedServer(), ScriptedQuickBooks(close_error=HResultError("0x80040402"))).update()
    assert (report.ok, report.error) == (True, "QBWC1015")


def test_a_server_that_never_ends_is_given_up() -> None:
    books = ScriptedQuickBooks()
    server = ScriptedServer({"receiveResponseXML": [50]})
    with pytest.raises(NeverEnding):
        connector(server, books, max_steps=30).update()
    assert len(server.asked) == 30
    assert books.closed == 1


# Interactive mode


def interactive(*answers: str, **options: Any) -> tuple[ScriptedServer, WebConnector]:
    server = ScriptedServer(
        {
            "sendRequestXML": ["", "<a/>"],
            "getLastError": ["Interactive mode"],
            "interactiveDone": list(answers) or ["DONE"],
        }
    )
    return server, connector(server, **options)


def test_interactive_mode_polls_until_done() -> None:
    waits = Waits()
    server, one = interactive("", "", "Done", sleep=waits)
    report = one.update()
    assert server.operations[3:] == [
        "sendRequestXML",
        "getLastError",
        "getInteractiveURL",
        *["interactiveDone"] * 3,
        "closeConnection",
    ]
    assert report.ok
    assert waits == [60.0] * 3
    assert list(server.calls("getInteractiveURL")[0].values) == ["wcTicket", "sessionID"]
    assert server.calls("interactiveDone")[0].values == {"wcTicket": "ticket-1"}


def test_interactive_mode_may_go_on() -> None:
    server, one = interactive("CONTINUE")
    assert one.update().rounds == 1
    assert server.operations[-3:] == [*ROUND, "closeConnection"]


def test_interactive_mode_may_fail() -> None:
    _, one = interactive("something went wrong")
    report = one.update()
    assert (report.ok, report.status_line) == (False, "something went wrong")


@pytest.mark.parametrize(
    ("habits", "calls"),
    [
        (Habits(allows_interactive=False), ["interactiveRejected"]),
        (Habits(interactive_polls=1), ["getInteractiveURL", "interactiveDone", "interactiveRejected"]),
    ],
)
def test_the_user_may_decline_or_give_up(habits: Habits, calls: list[str]) -> None:
    server, one = interactive("", habits=habits)
    report = one.update()
    assert (report.ok, report.status_line) == (False, "sorry")
    assert server.operations[5:] == [*calls, "closeConnection"]
    assert list(server.calls("interactiveRejected")[0].values) == ["wcTicket", "reason"]


def test_harmless_interactive_answers_end_the_update() -> None:
    server, one = interactive()
    server.script["getInteractiveURL"] = [""]
    assert not one.update().ok


# Breaks by plan


def test_killed_before_the_call() -> None:
    server = ScriptedServer({"receiveResponseXML": [50, 100]})
    books = ScriptedQuickBooks()
    one = connector(server, books, faults=Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", 2)))
    with pytest.raises(ConnectorKilled) as caught:
        one.update()
    assert server.operations == [*GREETING, *ROUND, "sendRequestXML"]
    assert caught.value.report.rounds == 2
    assert caught.value.report.calls[-1] == ("receiveResponseXML", "killed before the call")
    assert books.closed == 1
    assert one.update().ok  # each break happens once


def test_killed_after_the_call() -> None:
    server = ScriptedServer()
    books = ScriptedQuickBooks()
    with pytest.raises(ConnectorKilled) as caught:
        connector(server, books).update(Faults.of(WireFault(Break.KILLED_AFTER, "sendRequestXML")))
    assert server.operations == [*GREETING, "sendRequestXML"]
    assert caught.value.report.rounds == 0


def test_breaks_of_one_session_are_counted_from_its_beginning() -> None:
    one = connector(ScriptedServer())
    assert one.update().ok
    assert not one.update(Faults.of(WireFault(Break.REQUEST_LOST, "sendRequestXML"))).ok
    assert one.update().ok


@pytest.mark.parametrize(
    ("kind", "executed"), [(Break.TWICE, ["second"]), (Break.TWICE_FIRST_COUNTS, ["first"])], ids=str
)
def test_asked_twice_in_a_row(kind: Break, executed: list[str]) -> None:
    done: list[str] = []

    def process(request: str) -> str:
        done.append(request)
        return "<ok/>"

    server = ScriptedServer({"sendRequestXML": ["first", "second"]})
    report = connector(server, ScriptedQuickBooks(process=process)).update(Faults.of(WireFault(kind, "sendRequestXML")))
    assert report.ok
    assert done == executed
    assert server.operations == [*GREETING, "sendRequestXML", "sendRequestXML", "receiveResponseXML", "closeConnection"]


def test_delivered_twice_and_the_second_delivery_counts() -> None:
    server = ScriptedServer({"receiveResponseXML": [fault("first"), 100]})
    assert connector(server).update(Faults.of(WireFault(Break.TWICE, "receiveResponseXML"))).ok
    first, second = server.calls("receiveResponseXML")
    assert first.body == second.body


def test_held_back_and_delivered_after_another_session() -> None:
    server = ScriptedServer({"authenticate": [["old", ""], ["new", ""]], "receiveResponseXML": [100, -1]})
    one = connector(server)
    with pytest.raises(ConnectorKilled):
        one.update(Faults.of(WireFault(Break.HELD_BACK, "receiveResponseXML")))
    assert server.calls("receiveResponseXML") == []
    assert one.update().ok
    assert one.late() == (("receiveResponseXML", "-1"),)
    assert [call["ticket"] for call in server.calls("receiveResponseXML")] == ["new", "old"]
    assert one.late() == ()


def test_repeated_late() -> None:
    server = ScriptedServer({"receiveResponseXML": [100, fault("who are you?")]})
    one = connector(server)
    assert one.update(Faults.of(WireFault(Break.REPEATED_LATE, "receiveResponseXML"))).ok
    ((operation, brief),) = one.late()
    assert (operation, brief) == ("receiveResponseXML", "failed: receiveResponseXML: who are you?")


@pytest.mark.parametrize(
    ("kind", "response"),
    [(Break.RESPONSE_CUT, "0123"), (Break.RESPONSE_EMPTY, "")],
)
def test_a_damaged_response(kind: Break, response: str) -> None:
    server = ScriptedServer()
    books = ScriptedQuickBooks(process=lambda request: "01234567")
    connector(server, books).update(Faults.of(WireFault(kind, "receiveResponseXML")))
    assert server.calls("receiveResponseXML")[0]["response"] == response


def test_garbage_arrives_as_text() -> None:
    server = ScriptedServer()
    connector(server).update(Faults.of(WireFault(Break.RESPONSE_GARBAGE, "receiveResponseXML")))
    assert "<has>" in server.calls("receiveResponseXML")[0]["response"]


def test_random_breaks_are_the_same_for_the_same_seed() -> None:
    plans = [Faults.random(seed) for seed in range(200)]
    assert plans == [Faults.random(seed) for seed in range(200)]
    assert {fault.kind for plan in plans for fault in plan.plan} == set(Break)
    assert any(plan == Faults() for plan in plans)


def test_breaks_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError):
        WireFault(Break.RESPONSE_CUT, "sendRequestXML")
    with pytest.raises(ValueError):
        WireFault(Break.TWICE, "sendRequestXML", 0)


# The .qwc file


def test_an_application_is_added_from_its_qwc_file() -> None:
    server = ScriptedServer()
    books = ScriptedQuickBooks()
    one = WebConnector.from_qwc(render(QBWC_FILE), "p&ss", books, transport=WsgiTransport(server), sleep=Waits())
    report = one.update()
    assert report.ok
    assert report.next_run_in == 300
    assert books.registered == [(OWNER, FILE)]
    assert server.calls("authenticate")[0].values == {"strUserName": "kern", "strPassword": "p&ss"}


def test_a_file_against_the_rules_is_not_added() -> None:
    books = ScriptedQuickBooks()
    with pytest.raises(QwcError):
        WebConnector.from_qwc(render(QBWC_FILE).replace(b"localhost", b"192.0.2.1"), "p&ss", books)
    assert books.registered == []


def test_the_rpc_style_of_the_file_is_spoken() -> None:
    server = ScriptedServer()
    rpc = render(replace(QBWC_FILE, style=Style.RPC))
    assert WebConnector.from_qwc(rpc, "p&ss", ScriptedQuickBooks(), transport=WsgiTransport(server)).update().ok
    assert b'<q1:authenticate xmlns:q1="http://developer.intuit.com/">' in server.calls("authenticate")[0].body
    assert b'<strUserName xsi:type="xsd:string">kern</strUserName>' in server.calls("authenticate")[0].body
