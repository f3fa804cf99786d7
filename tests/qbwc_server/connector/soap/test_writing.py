"""Answers as bytes, above all what happens to characters that XML cannot carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from structlog.testing import capture_logs

from qbwc_server.connector.soap.contract import CONTRACT
from qbwc_server.connector.soap.writing import answer, fault


def content(body: bytes) -> str:
    return etree.fromstring(body)[0][0][0].text or ""


@pytest.mark.parametrize(
    ("result", "arrives"),
    [
        ("bad \x0b character", "bad \ufffd character"),
        ("\x00\x01\x1f", "\ufffd\ufffd\ufffd"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("é \x0b", "é \ufffd"),
    ],
)
def test_a_forbidden_character_is_replaced_visibly_and_logged(result: str, arrives: str) -> None:
    with capture_logs() as logs:
        body = answer(CONTRACT["getLastError"], result)
    assert content(body) == arrives
    assert [(line["event"], line["operation"]) for line in logs] == [
        ("soap_result_characters_replaced", "getLastError")
    ]


@pytest.mark.parametrize("result", ["\t\n\r", "é€", "\U0001f600", "\x7f\x85\u2028", "\ufffd", "]]>", "&amp;<x/>"])
def test_an_allowed_character_is_kept(result: str) -> None:
    with capture_logs() as logs:
        body = answer(CONTRACT["getLastError"], result)
    assert content(body) == result
    assert logs == []


@given(st.text(st.characters()))
def test_whatever_the_result_the_envelope_is_whole(result: str) -> None:
    body = answer(CONTRACT["authenticate"], [result, ""])
    strings = etree.fromstring(body)[0][0][0]
    assert [etree.QName(string).localname for string in strings] == ["string", "string"]
    assert len(strings[0].text or "") == len(result)


def test_an_array_may_be_empty() -> None:
    assert b"<authenticateResult></authenticateResult>" in answer(CONTRACT["authenticate"], [])


def test_a_fault_has_code_and_sentence() -> None:
    body = etree.fromstring(fault("Client", "Something is wrong."))
    assert body.findtext(".//faultcode") == "soap:Client"
    assert body.findtext(".//faultstring") == "Something is wrong."
