"""A reader that breaks, an answer that cannot be written down, one that takes long to read: each keeps to itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from qbwc_server.connector import answers
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.store import apply_postings
from qbwc_server.posting.outcome import outcome
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.requests import Purpose
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Ended, RequestState
from qbxml import read_answers
from tests.sessions.odd_quickbooks import known_names, numbers, quiet
from tests.sessions.people import say
from tests.sessions.world import World, invoice

SECRET = "Mrs Secret of Elm Street"


def breaking(monkeypatch: pytest.MonkeyPatch, purpose: Purpose, breaks: Callable[[Work, RequestRow], bool]) -> None:
    """The reader of this purpose breaks where it is told to, also when it hears that there is no answer."""
    reader = answers.READERS[purpose]

    def read(work: Work, row: RequestRow, reply: Reply) -> None:
        if breaks(work, row) and reply.ended_by is None:
            raise ZeroDivisionError(SECRET)
        reader(work, row, reply)

    monkeypatch.setitem(answers.READERS, purpose, read)


def is_of(world: World, origin: str) -> Callable[[Work, RequestRow], bool]:
    return lambda _, row: row.subject == str(world.row(origin).id)


def test_a_reader_that_breaks_disputes_its_own_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known_names(world)
    world.hand_in(*(invoice(f"i-{n}", number=str(n)) for n in (1, 2, 3)))
    breaking(monkeypatch, Purpose.POST, is_of(world, "i-2"))
    quiet(world)
    assert [world.row(f"i-{n}").state for n in (1, 2, 3)] == [State.POSTED, State.HELD, State.POSTED]
    assert world.row("i-2").reason == Reason.OUTCOME_UNKNOWN
    (request,) = [one for one in world.proof("i-2").requests if one.purpose == Purpose.POST]
    assert (request.state, request.status_code) == (RequestState.DISPUTED, None)
    assert numbers(world).count("2") == 1
    monkeypatch.undo()
    say(world, "i-2", next(one.txn_id for one in world.books.invoices if one.ref_number == "2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert numbers(world).count("2") == 1


def test_the_company_goes_on_as_long_as_the_reader_breaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    breaking(monkeypatch, Purpose.POST, is_of(world, "i-1"))
    quiet(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED


@pytest.mark.parametrize("purpose", [Purpose.ENSURE, Purpose.CREATE, Purpose.LOOK, Purpose.SENTINEL, Purpose.GREETING])
def test_every_other_reader_may_break_too(world: World, monkeypatch: pytest.MonkeyPatch, purpose: Purpose) -> None:
    known_names(world)
    breaking(monkeypatch, purpose, lambda *_: True)
    world.hand_in(invoice("i-1", number="1", customer="New one"), invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert numbers(world).count("1") <= 1
    monkeypatch.undo()
    if world.row("i-1").state is not State.POSTED:
        assert world.row("i-1").message
        world.submit("i-1")
        quiet(world)
        assert world.row("i-1").state is State.POSTED
        assert numbers(world).count("1") == 1


def test_what_cannot_be_written_down_leaves_the_others_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known_names(world)
    world.hand_in(*(invoice(f"i-{n}", number=str(n)) for n in (1, 2, 3)))
    poison = world.row("i-2").id
    write = apply_postings

    def refusing(db: Any, company_id: int, postings: Any, **more: Any) -> None:
        if any(one.document_id == poison and one.event.value == "posted" for one in postings):
            raise ValueError(SECRET)
        write(db, company_id, postings, **more)

    monkeypatch.setattr(outcome, "apply_postings", refusing)
    quiet(world)
    assert [world.row(f"i-{n}").state for n in (1, 2, 3)] == [State.POSTED, State.HELD, State.POSTED]
    assert numbers(world) == ["1", "2", "3", "W-1"]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged."""
    text = io.StringIO()
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(text), cache_logger_on_first_use=False)
    yield text
    structlog.configure(**before)


def test_nothing_of_the_answer_is_logged(
    world: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    breaking(monkeypatch, Purpose.POST, is_of(world, "i-1"))
    quiet(world)
    assert SECRET not in log.getvalue() + caplog.text


def test_no_code_is_stored_that_quickbooks_did_not_give(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    breaking(monkeypatch, Purpose.POST, is_of(world, "i-1"))
    quiet(world)
    with world.database.reading() as db:
        ended = db.scalars(select(QueuedRequest).where(QueuedRequest.ended_by.is_not(None))).all()
    assert [(one.ended_by, one.status_code) for one in ended] == [(Ended.BREAKDOWN, None)]


# -- an answer is read outside of the transaction that works it in ---------------------------------


def while_reading(monkeypatch: pytest.MonkeyPatch, tag: str, step: Callable[[], None]) -> None:
    """Something happens once while an answer with this tag is being read."""
    done: list[bool] = []

    def slow(source: Any, **more: Any) -> Iterator[Any]:
        for answer in read_answers(source, **more):
            if answer.tag == tag and not done:
                done.append(True)
                step()
            yield answer

    monkeypatch.setattr("qbwc_server.connector.answers.read_answers", slow)


def test_nobody_waits_while_an_answer_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    open_then: list[int] = []
    while_reading(
        monkeypatch,
        "InvoiceAddRs",
        lambda: open_then.append(world.database.engine.pool.checkedout()),  # type: ignore[attr-defined]
    )
    quiet(world)
    assert open_then == [0]
    assert world.row("i-1").state is State.POSTED


def test_what_was_settled_while_its_answer_was_read_stays_settled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    other = world.new_connector(world.books)

    def another_session() -> None:
        world.clock.advance(minutes=10)
        other.update()

    while_reading(monkeypatch, "InvoiceAddRs", another_session)
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world) == ["1", "W-1"]
