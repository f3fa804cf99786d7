"""Characters that XML forbids: what QuickBooks kept reaches us, however it is encoded and wherever it is cut."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from qbwc_server.connector.soap import soap_application
from qbwc_server.connector.soap.characters import LegalCharacters
from tests.qbwc_server.connector.soap.exchange import (
    TICKET,
    RecordedOperations,
    Stream,
    authenticate,
    operation,
    post,
    receive,
)

FORBIDDEN = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"] + ["\ufffe", "\uffff"]
MARK = "Zoë's secret memo"


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda character: f"U+{ord(character):04X}")
@pytest.mark.parametrize("form", ["{}", "&#{code};", "&#x{code:x};", "&#x{code:X};", "&#000{code};"])
def test_what_quickbooks_kept_is_replaced_in_an_answer(character: str, form: str) -> None:
    operations = RecordedOperations()
    body = receive(f"{MARK}{form.format(character, code=ord(character))}b")
    with capture_logs() as logs:
        answer = post(soap_application(operations), body)
    assert answer.result("receiveResponseXML") == "100"
    assert operations.calls[0][1] == (TICKET, f"{MARK}\ufffdb", "", "")
    assert [(line["event"], line["characters"]) for line in logs] == [("soap_characters_replaced", 1)]
    assert MARK not in repr(logs)


@pytest.mark.parametrize(
    ("name", "parameter", "place"),
    [
        ("sendRequestXML", "strHCPResponse", 1),
        ("receiveResponseXML", "response", 1),
        ("receiveResponseXML", "message", 3),
        ("connectionError", "message", 2),
    ],
)
def test_every_call_that_quotes_quickbooks_gets_past_them(name: str, parameter: str, place: int) -> None:
    operations = RecordedOperations()
    answer = post(soap_application(operations), operation(name, ("ticket", TICKET), (parameter, "1 Main\x1fSt&#11;")))
    assert answer.status == 200
    assert operations.calls[0][1][place] == "1 Main\ufffdSt\ufffd"


@pytest.mark.parametrize("user", ["a\x0b", "a&#11;", "a&#xD800;", "a\ufffe"])
def test_a_login_with_such_a_character_is_no_login(user: str) -> None:
    operations = RecordedOperations()
    assert post(soap_application(operations), authenticate(user)).fault == "The request is not well-formed XML."
    assert operations.calls == []


def test_bytes_that_are_no_utf_8_are_replaced_too() -> None:
    operations = RecordedOperations()
    body = receive("before EVIL after").replace(b"EVIL", b"\xed\xa0\x80\xc3\x28\xff")
    assert post(soap_application(operations), body).result("receiveResponseXML") == "100"
    assert operations.calls[0][1][1] == "before \ufffd\ufffd\ufffd\ufffd(\ufffd after"


def test_half_a_pair_in_utf_16_is_replaced() -> None:
    operations = RecordedOperations()
    body = receive("before EVIL after").decode().partition("?>")[2].replace("EVIL", "\udc00")
    post(soap_application(operations), ("\ufeff" + body).encode("utf-16-le", "surrogatepass"))
    assert operations.calls[0][1][1] == "before \ufffd after"


@pytest.mark.parametrize("name", ["iso-8859-1", "windows-1252"])
def test_a_declared_encoding_goes_on_to_count(name: str) -> None:
    operations = RecordedOperations()
    body = receive("Zoë\x0b").replace(b'encoding="utf-8"', f'encoding="{name}"'.encode()).decode().encode(name)
    post(soap_application(operations), body)
    assert operations.calls[0][1][1] == "Zoë\ufffd"


def test_references_within_cdata_and_escaped_ones_are_text() -> None:
    operations = RecordedOperations()
    post(soap_application(operations), receive("a&amp;#11;b&#13;&#xD;&#9;&#x41;&#0000128169;"))
    assert operations.calls[0][1][1] == "a&#11;b\r\r\tA\N{PILE OF POO}"


@pytest.mark.parametrize("reference", ["&#1114112;", "&#x110000;", "&#" + "9" * 1000 + ";", "&#xD83D;", "&#0;"])
def test_references_to_no_character_at_all_are_replaced(reference: str) -> None:
    operations = RecordedOperations()
    assert post(soap_application(operations), receive(f"a{reference}b")).status == 200
    assert operations.calls[0][1][1] == "a\ufffdb"


@given(
    st.text(st.characters() | st.sampled_from("\x0b\x1f&#;<1x")),
    st.sampled_from(["utf-8", "utf-16"]),
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
)
def test_wherever_a_body_is_cut_the_text_arrives(text: str, encoding: str, cuts: list[int]) -> None:
    text = text.replace("\r", "\n")
    body = receive("EVIL").decode().replace("utf-8", encoding).replace("EVIL", escape(text))
    data = body.encode(encoding, "surrogatepass")
    pieces = [data[: sum(cuts)], data[sum(cuts) :]]
    begun = 0
    for cut in cuts:
        pieces.insert(-2, data[begun : begun + cut])
        begun += cut
    pieces[-2:] = [data[begun:]]
    operations = RecordedOperations()
    answer = post(soap_application(operations), Stream(piece for piece in pieces if piece))
    assert answer.status == 200
    arrived = operations.calls[0][1][1]
    if encoding == "utf-16":
        assert arrived == "".join("\ufffd" if _is_forbidden(character) else character for character in text)
    else:  # each byte that is none of UTF-8 counts for itself
        assert str(arrived).replace("\ufffd", "") == "".join(
            character for character in text if not _is_forbidden(character) and character != "\ufffd"
        )


def _is_forbidden(character: str) -> bool:
    return character in FORBIDDEN or 0xD800 <= ord(character) < 0xE000


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_become_what_a_parser_can_judge(pieces: list[bytes]) -> None:
    characters = LegalCharacters()
    try:
        legal = b"".join(map(characters.replace, pieces)) + characters.finish()
    except UnicodeError:  # half a character at the end
        return
    assert len(legal) <= 3 * sum(map(len, pieces))


def test_a_reference_without_end_is_not_held_back() -> None:
    characters = LegalCharacters()
    characters.replace(b"<a>" + b" " * 200)
    assert sum(len(characters.replace(b"&#" + b"0" * 60_000)) for _ in range(3)) > 150_000
