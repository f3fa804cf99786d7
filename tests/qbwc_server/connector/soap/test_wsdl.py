"""The description: equal to Intuit's where there is one, and enough for a client that is not ours."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import zeep
import zeep.transports
from lxml import etree

from qbwc_server.connector.soap import soap_application, wsdl
from qbwc_server.connector.soap.contract import CONTRACT, NAMESPACE
from tests.qbwc_server.connector.soap.exchange import TICKET, RecordedOperations, post
from tests.shared_folder import shared

URL = "https://books.example/qbwc"

NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
}


class Described:
    """What a WSDL says, comparable."""

    def __init__(self, document: bytes) -> None:
        self.root = etree.fromstring(document, etree.XMLParser(remove_comments=True))

    def _select(self, path: str) -> list[etree._Element]:
        found = self.root.findall(path, NAMES)
        assert found, path
        return found

    def elements(self) -> dict[str | None, list[dict[str, str]]]:
        """Message elements with their members in order."""
        return {
            element.get("name"): [
                {str(key): str(value) for key, value in member.attrib.items()}
                for member in element.findall("s:complexType/s:sequence/s:element", NAMES)
            ]
            for element in self._select("w:types/s:schema/s:element")
        }

    def array(self) -> list[tuple[str | None, dict[str, str]]]:
        return [
            (kind.get("name"), {str(key): str(value) for key, value in member.attrib.items()})
            for kind in self._select("w:types/s:schema/s:complexType")
            for member in kind.findall("s:sequence/s:element", NAMES)
        ]

    def messages(self) -> dict[str | None, tuple[str | None, str | None]]:
        return {
            part.getparent().get("name"): (part.get("name"), part.get("element"))  # type: ignore[union-attr]
            for part in self._select("w:message/w:part")
        }

    def ports(self) -> dict[str | None, list[str | None]]:
        return {
            operation.get("name"): [way.get("message") for way in operation]
            for operation in self._select("w:portType/w:operation")
        }

    def bindings(self) -> dict[str | None, tuple[str | None, str | None, list[str | None]]]:
        return {
            operation.get("name"): (
                operation.find("soap:operation", NAMES).get("soapAction"),  # type: ignore[union-attr]
                operation.find("soap:operation", NAMES).get("style"),  # type: ignore[union-attr]
                [body.get("use") for body in operation.iterfind(".//soap:body", NAMES)],
            )
            for operation in self._select("w:binding/w:operation")
        }

    def frame(self) -> list[dict[str, str]]:
        """Everything with a name that stands once, but the address."""
        paths = (
            ".",
            "w:types/s:schema",
            "w:portType",
            "w:binding",
            "w:binding/soap:binding",
            "w:service",
            "w:service/w:port",
        )
        return [
            {str(key): str(value) for key, value in element.attrib.items()}
            for path in paths
            for element in self._select(path)
        ]


def test_the_eight_operations_are_described_as_intuit_does() -> None:
    ours = Described(wsdl(URL))
    theirs = Described(shared("schemas", "QBWebConnectorSvc.wsdl").read_bytes())
    assert ours.frame() == theirs.frame()
    assert ours.array() == theirs.array()
    interactive = {"getInteractiveURL", "interactiveRejected", "interactiveDone"}
    for ours_part, theirs_part in (
        (ours.elements(), theirs.elements()),
        (ours.messages(), theirs.messages()),
        (ours.ports(), theirs.ports()),
        (ours.bindings(), theirs.bindings()),
    ):
        assert {name: ours_part[name] for name in theirs_part} == theirs_part
        assert all(
            any(str(name).startswith(one) for one in interactive) for name in ours_part.keys() - theirs_part.keys()
        )
    assert len(theirs.ports()) == 8
    assert len(ours.ports()) == 11


def test_the_address_is_the_configured_one_and_is_escaped() -> None:
    address = Described(wsdl('https://x.example/q?a="1"&b=<2>'))._select("w:service/w:port/soap:address")
    assert [element.get("location") for element in address] == ['https://x.example/q?a="1"&b=<2>']


class InProcess(zeep.transports.Transport):
    """Carries zeep's messages straight into the application."""

    def __init__(self, operations: RecordedOperations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # zeep is typed only in parts
        self._app = soap_application(operations)
        self.raw = b""

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> requests.Response:
        assert address == URL
        answer = post(self._app, message, CONTENT_TYPE=headers["Content-Type"], HTTP_SOAPACTION=headers["SOAPAction"])
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response._content = self.raw = answer.body
        return response


@pytest.fixture
def operations() -> RecordedOperations:
    return RecordedOperations()


@pytest.fixture
def service(operations: RecordedOperations) -> Iterator[Any]:
    transport = InProcess(operations)
    make_client: Any = zeep.Client  # untyped
    yield make_client(io.BytesIO(wsdl(URL)), transport=transport).service
    transport.session.close()


# zeep hands an empty string over as None; the raw bytes are looked at in test_answering.
CALLS: list[tuple[str, tuple[object, ...], tuple[str, tuple[object, ...]], object]] = [
    ("serverVersion", ("",), ("server_version", ("",)), "1.0"),
    ("clientVersion", ("2.3.0.20",), ("client_version", ("2.3.0.20", "192.0.2.7")), None),
    (
        "authenticate",
        ("alice", "secret"),
        ("authenticate", ("alice", "secret", "192.0.2.7")),
        [TICKET, None, None, "60"],
    ),
    (
        "sendRequestXML",
        (TICKET, "<QBXML/>", "C:\\Books & Co.QBW", "US", 13, 0),
        ("send_request_xml", (TICKET, "<QBXML/>", "C:\\Books & Co.QBW", "US", 13, 0)),
        "<QBXML/>",
    ),
    (
        "receiveResponseXML",
        (TICKET, "<QBXML>\n</QBXML>", "", ""),
        ("receive_response_xml", (TICKET, "<QBXML>\n</QBXML>", "", "")),
        100,
    ),
    ("connectionError", (TICKET, "0x80040408", "no"), ("connection_error", (TICKET, "0x80040408", "no")), "done"),
    ("getLastError", (TICKET,), ("get_last_error", (TICKET,)), "NoOp"),
    ("closeConnection", (TICKET,), ("close_connection", (TICKET,)), "OK"),
    ("getInteractiveURL", (TICKET, "7"), ("get_interactive_url", (TICKET, "7")), None),
    ("interactiveRejected", (TICKET, "no time"), ("interactive_rejected", (TICKET, "no time")), None),
    ("interactiveDone", (TICKET,), ("interactive_done", (TICKET,)), "Done"),
]


@pytest.mark.parametrize(("name", "arguments", "called", "expected"), CALLS, ids=[name for name, *_ in CALLS])
def test_zeep_calls_every_operation(
    service: Any,
    operations: RecordedOperations,
    name: str,
    arguments: tuple[object, ...],
    called: tuple[str, tuple[object, ...]],
    expected: object,
) -> None:
    assert service[name](*arguments) == expected
    assert operations.calls == [called]


def test_zeep_was_tried_on_all_of_them() -> None:
    assert [name for name, *_ in CALLS] == list(CONTRACT)
    assert NAMESPACE.endswith("/")


def test_zeep_may_leave_parameters_out(service: Any, operations: RecordedOperations) -> None:
    assert service.sendRequestXML(qbXMLMajorVers=13, qbXMLMinorVers=0) == "<QBXML/>"
    assert service.authenticate(strUserName=None) == [TICKET, None, None, "60"]
    assert operations.calls == [
        ("send_request_xml", ("", "", "", "", 13, 0)),
        ("authenticate", ("", "", "192.0.2.7")),
    ]


def test_zeep_reads_a_fault(service: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="The request is too long"):
        service.getLastError("x" * 100_000)
