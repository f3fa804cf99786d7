"""The wire: requests byte for byte as the Web Connector writes them, answers read as strictly as .NET does."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.simulator.soap_client import BodyStyle, CallFailed, SoapClient, SoapFault, envelope
from qbwc_server.simulator.transports import Answer, TransportError
from tests.qbwc_server.simulator.scripted_server import ENVELOPE, NAMESPACE, read, soap


class Canned:
    """A transport with one answer."""

    def __init__(self, body: bytes, status: int = 200, content_type: str = "text/xml") -> None:
        self.answer: Answer = (status, {"content-type": content_type}, body)
        self.headers: Mapping[str, str] = {}

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.headers = headers
        return self.answer


def test_a_request_is_written_as_the_web_connector_writes_it() -> None:
    parameters = (("ticket", "t"), ("response", '<?xml version="1.0" ?>\n<a b="é">&amp;</a>\n'), ("hresult", ""))
    assert envelope("receiveResponseXML", parameters).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        '<soap:Body><receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>t</ticket>'
        '<response>&lt;?xml version="1.0" ?&gt;\n&lt;a b="é"&gt;&amp;amp;&lt;/a&gt;\n</response><hresult />'
        "</receiveResponseXML></soap:Body></soap:Envelope>"
    )


def test_a_request_without_parameters() -> None:
    assert b'<soap:Body><serverVersion xmlns="http://developer.intuit.com/" /></soap:Body>' in envelope(
        "serverVersion", ()
    )


def test_the_headers_of_a_request() -> None:
    transport = Canned(soap("getLastError", "x"))
    SoapClient(transport).text("getLastError", (("ticket", "t"),))
    assert transport.headers["SOAPAction"] == '"http://developer.intuit.com/getLastError"'
    assert transport.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert transport.headers["User-Agent"].startswith("Mozilla/4.0 (compatible; MSIE 6.0;")


def test_a_forbidden_character_goes_out_as_reference_like_the_old_net_writer_does() -> None:
    assert b"<message>a&#x0;b</message>" in envelope("connectionError", (("message", "a\x00b"),))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff", min_codepoint=0x20)))
@pytest.mark.parametrize("style", BodyStyle)
def test_every_text_survives(style: BodyStyle, text: str) -> None:
    body = envelope("receiveResponseXML", (("response", text), ("number", 13)), style)
    assert read(body, {}).values == {"response": text, "number": "13"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_every_result_is_read(text: str) -> None:
    assert SoapClient(Canned(soap("getLastError", text))).text("getLastError", ()) == text


@pytest.mark.parametrize(
    "result", [None, "", "plain", "<?xml version='1.0'?>\n<a>&amp;</a>"], ids=["absent", "empty", "plain", "xml"]
)
def test_text_results(result: str | None) -> None:
    assert SoapClient(Canned(soap("getLastError", result))).text("getLastError", ()) == (result or "")


def test_nil_cdata_prefixes_and_an_open_content_type_are_understood() -> None:
    prefixed = ENVELOPE.format(
        f'<n:sendRequestXMLResponse xmlns:n="{NAMESPACE}"><n:sendRequestXMLResult><![CDATA[<a/>]]> b'
        "</n:sendRequestXMLResult></n:sendRequestXMLResponse>"
    )
    nil = ENVELOPE.format(
        f'<getLastErrorResponse xmlns="{NAMESPACE}"><getLastErrorResult xsi:nil="true"/></getLastErrorResponse>'
    )
    client = SoapClient(Canned(prefixed.encode(), content_type="Text/XML;charset=UTF-8"))
    assert client.text("sendRequestXML", ()) == "<a/> b"
    assert SoapClient(Canned(nil.encode())).text("getLastError", ()) == ""


def test_an_array_keeps_its_empty_strings() -> None:
    assert SoapClient(Canned(soap("authenticate", ["t", "", "", "60"]))).strings("authenticate", ()) == [
        "t",
        "",
        "",
        "60",
    ]


@pytest.mark.parametrize(("text", "number"), [("42", 42), (" 7\n", 7), ("-101", -101), ("+5", 5)])
def test_numbers(text: str, number: int) -> None:
    assert SoapClient(Canned(soap("receiveResponseXML", text))).number("receiveResponseXML", ()) == number


@pytest.mark.parametrize("text", [None, "", "1.0", "1e2", "٤", "0x10", "99999999999", "2147483648", "1 2"])
def test_what_is_no_number(text: str | None) -> None:
    with pytest.raises(CallFailed):
        SoapClient(Canned(soap("receiveResponseXML", text))).number("receiveResponseXML", ())


GOOD = soap("getLastError", "x")


@pytest.mark.parametrize(
    ("transport", "said"),
    [
        (Canned(GOOD, status=404), "HTTP status 404"),
        (Canned(GOOD, status=302), "HTTP status 302"),
        (Canned(GOOD, status=500), "HTTP status 500"),
        (Canned(b"oops", status=500, content_type="text/html"), "HTTP status 500"),
        (Canned(GOOD, content_type="text/html"), "content type 'text/html'"),
        (Canned(GOOD, content_type=""), "content type"),
        (Canned(GOOD, content_type="application/soap+xml"), "content type"),
        (Canned(b""), "empty"),
        (Canned(b"   "), "not well-formed"),
        (Canned(GOOD[:-3]), "not well-formed"),
        (Canned(GOOD.replace(b"x<", b"\x01<")), "not well-formed"),
        (Canned(GOOD.replace(b"x<", b"\xff<")), "not well-formed"),
        (Canned(b"<!DOCTYPE a>" + GOOD.partition(b"?>")[2]), "document type"),
        (Canned(b"<html/>"), "not a SOAP 1.1 envelope"),
        (Canned(GOOD.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope")), "envelope"),
        (Canned(soap("closeConnection", "x")), "instead of"),
        (Canned(GOOD.replace(b"intuit.com/", b"intuit.com")), "instead of"),
        (Canned(ENVELOPE.format("").encode()), "nothing instead of"),
        (Canned(GOOD.replace(b">x<", b"><b>x</b><")), "elements instead of text"),
    ],
)
def test_an_answer_that_net_would_not_take(transport: Canned, said: str) -> None:
    with pytest.raises(CallFailed, match=said):
        SoapClient(transport).text("getLastError", ())


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_is_told_apart(status: int) -> None:
    body = ENVELOPE.format("<soap:Fault><faultcode>c</faultcode><faultstring> why </faultstring></soap:Fault>")
    with pytest.raises(SoapFault, match="getLastError: why"):
        SoapClient(Canned(body.encode(), status)).text("getLastError", ())


def test_no_answer_at_all() -> None:
    class Dead:
        def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
            raise TransportError("refused")

    with pytest.raises(CallFailed, match="refused"):
        SoapClient(Dead()).text("getLastError", ())


def test_a_long_text_is_read() -> None:
    text = "é<&" * 4_000_000
    assert SoapClient(Canned(soap("sendRequestXML", text))).text("sendRequestXML", ()) == text
