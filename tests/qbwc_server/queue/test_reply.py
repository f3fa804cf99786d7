"""What came of a request, without any answer and with one."""

from __future__ import annotations

from uuid import uuid4

import pytest

from qbwc_server.queue.reply import Reply, request_id_of
from qbwc_server.queue.states import Ended
from qbxml import Answer
from qbxml.outcome import Outcome


def answer(code: int = 0, words: str = "Status OK", **attributes: str) -> Answer:
    given = {"statusCode": str(code), "statusMessage": words, "statusSeverity": "Info", **attributes}
    return Answer("InvoiceQueryRs", given, lambda: None)


def test_an_answer_in_pages_says_what_is_to_come() -> None:
    reply = Reply.of(answer(iteratorRemainingCount="7", iteratorID="{A}"), (), shown=3)
    assert (reply.remaining, reply.iterator_id, reply.shown, reply.ended_by) == (7, "{A}", 3, None)


def test_nothing_found_proves_absence_and_an_empty_answer_does_not() -> None:
    assert Reply.of(answer(1, "no match"), (), shown=0).proves_absence
    assert not Reply.of(answer(), (), shown=0).proves_absence


@pytest.mark.parametrize("ended_by", [Ended.UNREADABLE, Ended.SILENCE, Ended.BREAKDOWN])
def test_what_was_never_answered_proves_nothing(ended_by: Ended) -> None:
    reply = Reply.none(ended_by)
    assert not reply.proves_absence
    assert not reply.tells_all
    assert reply.code is None
    assert reply.reason == ended_by.value
    assert reply.said.outcome is not Outcome.DONE


def test_the_reason_of_a_refusal_is_the_code_of_quickbooks() -> None:
    assert Reply.of(answer(3140, "no"), (), shown=0).reason == "quickbooks_3140"


@pytest.mark.parametrize("said", ["", "nobody's", "{" * 400], ids=["empty", "a text", "long"])
def test_an_answer_to_nobodys_request_is_told_apart(said: str) -> None:
    assert request_id_of(answer(requestID=said)) is None
    assert request_id_of(answer()) is None


def test_an_answer_names_its_request() -> None:
    key = uuid4()
    assert request_id_of(answer(requestID=str(key))) == key
