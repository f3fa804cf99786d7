"""The eleven operations: what reaches the plain functions, and what goes back byte for byte."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from qbwc_server.connector.soap import Limits, soap_application
from tests.qbwc_server.connector.soap.exchange import (
    HEAD,
    NAMESPACE,
    TAIL,
    TICKET,
    RecordedOperations,
    authenticate,
    envelope,
    operation,
    post,
    receive,
)

EVERY_OPERATION: list[tuple[str, list[tuple[str, str]], tuple[str, tuple[object, ...]], bytes]] = [
    ("serverVersion", [("strVersion", "")], ("server_version", ("",)), b"1.0"),
    ("clientVersion", [("strVersion", "2.3.0.20")], ("client_version", ("2.3.0.20", "192.0.2.7")), b""),
    (
        "authenticate",
        [("strUserName", "alice"), ("strPassword", "a &lt; b")],
        ("authenticate", ("alice", "a < b", "192.0.2.7")),
        f"<string>{TICKET}</string><string></string><string></string><string>60</string>".encode(),
    ),
    (
        "sendRequestXML",
        [
            ("ticket", TICKET),
            ("strHCPResponse", "&lt;QBXML/&gt;"),
            ("strCompanyFileName", r"C:\Books\Zoë &amp; Co.QBW"),
            ("qbXMLCountry", "US"),
            ("qbXMLMajorVers", "13"),
            ("qbXMLMinorVers", "0"),
        ],
        ("send_request_xml", (TICKET, "<QBXML/>", r"C:\Books\Zoë & Co.QBW", "US", 13, 0)),
        b"&lt;QBXML/&gt;",
    ),
    (
        "receiveResponseXML",
        [("ticket", TICKET), ("response", "&lt;QBXML/&gt;"), ("hresult", "0x80040400"), ("message", "no")],
        ("receive_response_xml", (TICKET, "<QBXML/>", "0x80040400", "no")),
        b"100",
    ),
    (
        "connectionError",
        [("ticket", TICKET), ("hresult", "0x80040408"), ("message", "Could not start QuickBooks.")],
        ("connection_error", (TICKET, "0x80040408", "Could not start QuickBooks.")),
        b"done",
    ),
    ("getLastError", [("ticket", TICKET)], ("get_last_error", (TICKET,)), b"NoOp"),
    ("closeConnection", [("ticket", TICKET)], ("close_connection", (TICKET,)), b"OK"),
    (
        "getInteractiveURL",
        [("wcTicket", TICKET), ("sessionID", "7")],
        ("get_interactive_url", (TICKET, "7")),
        b"",
    ),
    (
        "interactiveRejected",
        [("wcTicket", TICKET), ("reason", "no time")],
        ("interactive_rejected", (TICKET, "no time")),
        b"",
    ),
    ("interactiveDone", [("wcTicket", TICKET)], ("interactive_done", (TICKET,)), b"Done"),
]
ALL_NAMES = [name for name, *_ in EVERY_OPERATION]


@pytest.mark.parametrize(("name", "parameters", "called", "content"), EVERY_OPERATION, ids=ALL_NAMES)
def test_every_operation_reaches_its_function_and_answers_in_intuits_form(
    name: str, parameters: list[tuple[str, str]], called: tuple[str, tuple[object, ...]], content: bytes
) -> None:
    operations = RecordedOperations()
    answer = post(soap_application(operations), operation(name, *parameters))
    assert operations.calls == [called]
    assert answer.status == 200
    assert answer.headers == {"Content-Type": "text/xml; charset=utf-8", "Content-Length": str(len(answer.body))}
    tag = name.encode()
    assert answer.body == (
        HEAD
        + b"<%sResponse xmlns=%s><%sResult>" % (tag, b'"http://developer.intuit.com/"', tag)
        + content
        + b"</%sResult></%sResponse>" % (tag, tag)
        + TAIL
    )


@pytest.mark.parametrize("name", ALL_NAMES)
def test_missing_parameters_arrive_empty(name: str) -> None:
    operations = RecordedOperations()
    assert post(soap_application(operations), operation(name)).status == 200
    ((_, values),) = operations.calls
    assert set(values) <= {"", 0, "192.0.2.7"}


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        ("13", 13),
        (" 13\n", 13),
        ("-1", -1),
        ("+2", 2),
        ("2147483647", 2147483647),
        ("2147483648", 0),
        ("1e3", 0),
        ("13.0", 0),
        ("١٣", 0),
        ("CA13", 0),
        ("9" * 60_000, 0),
        ("", 0),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_number_that_is_none_arrives_as_zero(sent: str, arrived: int) -> None:
    operations = RecordedOperations()
    post(soap_application(operations), operation("sendRequestXML", ("ticket", TICKET), ("qbXMLMajorVers", sent)))
    assert operations.calls[0][1][4] == arrived


LENIENT = {
    "RPC style: prefixed operation, unqualified typed parameters": envelope(
        f'<q1:authenticate xmlns:q1="{NAMESPACE}"'
        ' soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        '<strUserName xsi:type="xsd:string">alice</strUserName>'
        '<strPassword xsi:type="xsd:string">secret</strPassword></q1:authenticate>'
    ),
    "every element prefixed": envelope(
        f'<i:authenticate xmlns:i="{NAMESPACE}"><i:strUserName>alice</i:strUserName>'
        "<i:strPassword>secret</i:strPassword></i:authenticate>"
    ),
    "the namespace without its slash": envelope(
        '<authenticate xmlns="http://developer.intuit.com"><strUserName>alice</strUserName>'
        "<strPassword>secret</strPassword></authenticate>"
    ),
    "another order": operation("authenticate", ("strPassword", "secret"), ("strUserName", "alice")),
    "CDATA": operation("authenticate", ("strUserName", "<![CDATA[al]]>ice"), ("strPassword", "secret")),
    "character references": operation("authenticate", ("strUserName", "&#97;lice"), ("strPassword", "secret")),
    "comments and instructions": operation(
        "authenticate", ("strUserName", "al<!-- x -->i<?pi x?>ce"), ("strPassword", "secret")
    ),
    "not nil": envelope(
        f'<authenticate xmlns="{NAMESPACE}"><strUserName xsi:nil="false">alice</strUserName>'
        "<strPassword>secret</strPassword></authenticate>"
    ),
    "a header": authenticate().replace(
        b"<soap:Body>", b'<soap:Header><a><b>x</b></a><c soap:mustUnderstand="0"/></soap:Header><soap:Body>'
    ),
    "white space": envelope(
        f'\n <authenticate xmlns="{NAMESPACE}">\n <strUserName>alice</strUserName>\n'
        "<strPassword>secret</strPassword>\n</authenticate>\n"
    ),
    "unknown parameters": envelope(
        f'<authenticate xmlns="{NAMESPACE}"><extra>x<deep><er/></deep></extra><strUserName>alice</strUserName>'
        "<extra/><strPassword>secret</strPassword></authenticate>"
    ),
    "no declaration": authenticate().partition(b"?>")[2],
    "UTF-8 with byte order mark": b"\xef\xbb\xbf" + authenticate(),
    "UTF-16": authenticate().decode().replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16"),
    "UTF-16, big end first": ("\ufeff" + authenticate().decode().partition("?>")[2]).encode("utf-16-be"),
    "xsi:nil on an unknown one": envelope(
        f'<authenticate xmlns="{NAMESPACE}"><x xsi:nil="true"/><strUserName>alice</strUserName>'
        "<strPassword>secret</strPassword></authenticate>"
    ),
}


@pytest.mark.parametrize("body", LENIENT.values(), ids=LENIENT.keys())
def test_what_other_clients_send_is_understood(body: bytes) -> None:
    operations = RecordedOperations()
    answer = post(soap_application(operations), body)
    assert answer.status == 200
    assert operations.calls == [("authenticate", ("alice", "secret", "192.0.2.7"))]


@pytest.mark.parametrize("nil", ["true", "1", " true "])
def test_a_nil_parameter_arrives_empty(nil: str) -> None:
    operations = RecordedOperations()
    body = envelope(
        f'<authenticate xmlns="{NAMESPACE}"><strUserName xsi:nil="{nil}">x</strUserName>'
        f'<strPassword xsi:nil="{nil}"/></authenticate>'
    )
    post(soap_application(operations), body)
    assert operations.calls == [("authenticate", ("", "", "192.0.2.7"))]


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "utf-8"), ("iso-8859-1", "ISO-8859-1"), ("windows-1252", "Windows-1252")]
)
def test_the_declared_encoding_counts(encoding: str, name: str) -> None:
    operations = RecordedOperations()
    body = authenticate(user="Zoë").decode().replace('encoding="utf-8"', f'encoding="{name}"').encode(encoding)
    assert post(soap_application(operations), body).status == 200
    assert operations.calls[0][1][0] == "Zoë"


@pytest.mark.parametrize(
    "action",
    [
        '"http://developer.intuit.com/authenticate"',
        "http://developer.intuit.com/authenticate",
        '""',
        "",
        '"http://developer.intuit.com/closeConnection"',
        None,
    ],
)
def test_the_operation_is_the_element_whatever_soapaction_says(action: str | None) -> None:
    operations = RecordedOperations()
    environ: dict[str, object] = {} if action is None else {"HTTP_SOAPACTION": action}
    assert post(soap_application(operations), authenticate(), **environ).status == 200
    assert operations.calls[0][0] == "authenticate"


@pytest.mark.parametrize(
    "content_type", ["text/xml", "text/xml;charset=UTF-8", 'Text/XML; charset="utf-8"', "text/xml ; action=x"]
)
def test_content_types_of_other_clients(content_type: str) -> None:
    answer = post(soap_application(RecordedOperations()), authenticate(), CONTENT_TYPE=content_type)
    assert answer.status == 200


def test_new_lines_and_spaces_are_kept() -> None:
    operations = RecordedOperations(results={"get_last_error": " a\tb\r\nc \n"})
    answer = post(soap_application(operations), operation("getLastError", ("ticket", " a\tb\r\nc&#13; ")))
    assert operations.calls[0][1] == (" a\tb\nc\r ",)  # XML makes a line feed of CR LF
    assert answer.result("getLastError") == " a\tb\r\nc \n"


def test_a_provider_gives_the_operations_for_each_call_and_not_for_refused_ones() -> None:
    made: list[RecordedOperations] = []

    def provide() -> RecordedOperations:
        made.append(RecordedOperations())
        return made[-1]

    app = soap_application(provide)
    post(app, b"nonsense")
    assert made == []
    post(app, authenticate())
    post(app, authenticate())
    assert len(made) == 2


def test_two_applications_in_one_process_do_not_share_operations() -> None:
    one, two = RecordedOperations(), RecordedOperations()
    first, second = soap_application(one), soap_application(two)
    post(first, authenticate(user="one"))
    post(second, authenticate(user="two"))
    assert [call[1][0] for call in one.calls] == ["one"]
    assert [call[1][0] for call in two.calls] == ["two"]


def test_texts_are_closed_after_the_call() -> None:
    operations = RecordedOperations()
    app = soap_application(operations, Limits(spool_above=10))
    assert post(app, receive("x" * 100)).result("receiveResponseXML") == "100"
    (text,) = operations.texts
    assert text.in_file
    with pytest.raises(ValueError):
        text.open()


FALLBACKS: dict[str, str | list[str]] = {
    "serverVersion": "",
    "clientVersion": "",
    "authenticate": ["", "busy"],
    "sendRequestXML": "",
    "receiveResponseXML": "-1",
    "connectionError": "done",
    "getLastError": "The server could not look up what went wrong. Its log has the details; try again later.",
    "closeConnection": "The session has ended. The server could not sum it up; its log has the details.",
    "getInteractiveURL": "",
    "interactiveRejected": "",
    "interactiveDone": "",
}


@pytest.mark.parametrize(("name", "parameters", "called", "content"), EVERY_OPERATION, ids=ALL_NAMES)
def test_an_operation_that_fails_is_answered_within_the_protocol_and_logged_without_secrets(
    name: str, parameters: list[tuple[str, str]], called: tuple[str, tuple[object, ...]], content: bytes
) -> None:
    try:
        raise KeyError("cause")
    except KeyError as cause:
        error = RuntimeError("the password is hunter2")
        error.__cause__ = cause
    operations = RecordedOperations(results={called[0]: error})
    with capture_logs() as logs:
        answer = post(soap_application(operations), operation(name, *parameters))
    assert answer.status == 200
    assert answer.result(name) == FALLBACKS[name]
    (line,) = logs
    assert line["event"] == "soap_operation_failed"
    assert line["operation"] == name
    assert (line["error"], line["cause"]) == ("RuntimeError", "KeyError")
    assert any("exchange.py" in frame for frame in line["frames"])
    assert "hunter2" not in repr(logs)
    assert "a < b" not in repr(logs)


@pytest.mark.parametrize(
    ("function", "result", "name"),
    [
        ("receive_response_xml", None, "receiveResponseXML"),
        ("receive_response_xml", "100", "receiveResponseXML"),
        ("receive_response_xml", True, "receiveResponseXML"),
        ("receive_response_xml", 2**31, "receiveResponseXML"),
        ("send_request_xml", None, "sendRequestXML"),
        ("send_request_xml", b"<QBXML/>", "sendRequestXML"),
        ("authenticate", None, "authenticate"),
        ("authenticate", ["ticket", None], "authenticate"),
        ("authenticate", "ticket", "authenticate"),
    ],
)
def test_a_result_of_the_wrong_type_is_answered_within_the_protocol(function: str, result: Any, name: str) -> None:
    operations = RecordedOperations(results={function: result})
    with capture_logs() as logs:
        answer = post(soap_application(operations), operation(name))
    assert answer.result(name) == FALLBACKS[name]
    assert [line["event"] for line in logs] == ["soap_result_mistyped"]


def test_a_provider_that_fails_is_answered_within_the_protocol() -> None:
    def provide() -> RecordedOperations:
        raise ConnectionError("no database at postgresql://u:hunter2@db")

    with capture_logs() as logs:
        answer = post(soap_application(provide), authenticate())
    assert answer.result("authenticate") == ["", "busy"]
    assert "hunter2" not in repr(logs)


def test_what_ends_the_process_is_not_swallowed() -> None:
    app = soap_application(RecordedOperations(results={"authenticate": SystemExit(1)}))
    with pytest.raises(SystemExit):
        post(app, authenticate())


def test_spyne_going_wrong_is_still_answered_with_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    app = soap_application(RecordedOperations())
    monkeypatch.setattr("qbwc_server.connector.soap.writing.answer", lambda *_: 1 / 0)
    with capture_logs() as logs:
        answer = post(app, authenticate())
    assert answer.status == 500
    assert answer.fault == "The server could not handle the call."
    assert "soap_spyne_failed" in [line["event"] for line in logs]


def test_nothing_is_logged_for_an_ordinary_call(caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs, caplog.at_level(0):
        post(soap_application(RecordedOperations()), authenticate(password="hunter2"))
        post(soap_application(RecordedOperations()), authenticate(password="hunter2")[:-5])
    assert [line["event"] for line in logs] == ["soap_refused"]
    assert "hunter2" not in caplog.text + repr(logs)


# What XML 1.0 allows, without the carriage return that XML itself turns into a line feed.
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda c: c in "\t\n" or (c >= "\x20" and c not in "\ufffe\uffff"))
)


@given(XML_TEXT, XML_TEXT)
def test_any_text_goes_in_and_out_unchanged(going_in: str, going_out: str) -> None:
    operations = RecordedOperations(results={"send_request_xml": going_out})
    escaped = going_in.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    answer = post(
        soap_application(operations), operation("sendRequestXML", ("ticket", escaped), ("strHCPResponse", escaped))
    )
    assert operations.calls[0][1][:2] == (going_in, going_in)
    assert answer.result("sendRequestXML") == going_out
