"""Logs hold codes, counts and the names of elements; never what stands in an answer of QuickBooks."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from qbwc_server.connector import answers as connector_answers
from qbwc_server.observe import logs
from qbwc_server.posting.requests import Purpose
from tests.sessions.wire import Wire
from tests.sessions.world import World, invoice

pytestmark = pytest.mark.usefixtures("_logging_as_before")

MARK = "MARKER of a customer"
LEAF = re.compile(r"(?<=>)[^<>]+(?=</)")


@pytest.fixture
def written() -> io.StringIO:
    """All that is logged, as it would stand in the file."""
    stream = io.StringIO()
    logs.configure("DEBUG", "json", stream)
    return stream


def exchange(wire: Wire, origin: str, change: Callable[[str], str]) -> None:
    """One session in which every answer is changed."""
    wire.world.hand_in(invoice(origin))
    ticket = wire.login()
    hcp: str | None = None
    for _ in range(4):
        request = wire.send(ticket, hcp)
        if not request:
            break
        wire.receive(ticket, change(wire.quickbooks(request)))
        hcp = ""
    wire.last_error(ticket)
    wire.close(ticket)


def test_a_value_that_cannot_be_read_is_not_quoted(sqlite_world: World, written: io.StringIO) -> None:
    wire = Wire(sqlite_world)
    for number in range(40):

        def mark(answer: str, number: int = number) -> str:
            places = [found.span() for found in LEAF.finditer(answer)]
            for start, end in places[number::40][::-1]:
                answer = answer[:start] + MARK + answer[end:]
            return answer

        exchange(wire, f"i-{number}", mark)
    assert "session closed" in written.getvalue()
    assert MARK not in written.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer.replace("<TxnID>", f"<Memo>{MARK}<TxnID>"),
        lambda answer: answer[: len(answer) // 2] + MARK,
        lambda answer: f"<{MARK.partition(' ')[0]}>{MARK}</x>",
        lambda answer: MARK,
        lambda answer: re.sub('(?<=statusMessage=")[^"]*', MARK, re.sub('(?<=statusCode=")[^"]*', "3999", answer)),
        lambda answer: re.sub('(?<= requestID=")[^"]*', MARK, answer),
        lambda answer: f'<!DOCTYPE x [<!ENTITY a "{MARK}">]>' + answer.partition("?>")[2],
    ],
    ids=["a tag that does not end", "broken off", "no qbXML", "no XML", "a status", "an id", "a document type"],
)
def test_an_answer_that_breaks_off_is_not_quoted(
    sqlite_world: World, written: io.StringIO, change: Callable[[str], str]
) -> None:
    exchange(Wire(sqlite_world), "i-1", change)
    assert "MARKER of" not in written.getvalue()


def test_what_a_reader_stumbles_over_is_not_quoted(
    sqlite_world: World, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise KeyError(MARK)

    monkeypatch.setitem(connector_answers.READERS, Purpose.POST, stumble)
    exchange(Wire(sqlite_world), "i-1", str)
    assert "KeyError" in written.getvalue()
    assert MARK not in written.getvalue()


def test_messages_of_windows_and_users_are_not_quoted(sqlite_world: World, written: io.StringIO) -> None:
    wire = Wire(sqlite_world)
    sqlite_world.hand_in(invoice("i-1"))
    wire.authenticate(user=MARK, password=MARK)
    ticket = wire.login()
    wire.send(ticket)
    wire.receive(ticket, "", "0x80040400", MARK)
    wire.connection_error(ticket, "0x80040408", MARK)
    wire.call("interactiveRejected", ("wcTicket", ticket), ("reason", MARK))
    wire.call("clientVersion", ("strVersion", MARK))
    wire.close(ticket)
    assert MARK not in written.getvalue()
