"""A QuickBooks that answers oddly, and people who work in it: for the tests of an auditor."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.posting.requests import Purpose
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.simulator.faults import CrashAfter, Fault
from tests.sessions.world import World, invoice, receipt

Respond = Callable[[str, Callable[[str], str]], str]


def quickbooks_says(world: World, respond: Respond) -> Callable[[], None]:
    """Put ``respond(request, quickbooks)`` between the connector and QuickBooks; returns what takes it out again."""
    before = world.books.process

    def between(request: str) -> str:
        return respond(request, before)

    world.books.process = between  # type: ignore[method-assign]

    def undo() -> None:
        world.books.process = before  # type: ignore[method-assign]

    return undo


def quiet(world: World, rounds: int = 30) -> None:
    """Update sessions until nothing waits; then nothing may be left that nobody would ever take up again."""
    for _ in range(rounds):
        if world.update().status_line == "No data exchange required":
            nothing_is_stranded(world)
            return
    raise AssertionError(f"never quiet: {world.report().lines()}")


def nothing_is_stranded(world: World) -> None:
    """Nothing is under way any more, and every submitted document has a request that waits for another's."""
    with world.database.reading() as db:
        requests = db.scalars(select(QueuedRequest).where(QueuedRequest.company_id == world.company(db).id)).all()
        under_way = (RequestState.QUEUED, RequestState.RESTING, RequestState.SENT, RequestState.UNCERTAIN)
        assert [f"{one.purpose} {one.subject}" for one in requests if one.state in under_way] == []
        waiting = {one.subject for one in requests if one.state is RequestState.WAITING and one.purpose == Purpose.POST}
        disputed = {
            one.subject for one in requests if one.state is RequestState.DISPUTED and one.purpose == Purpose.POST
        }
        for row in store.listing(db, world.company(db).id, limit=10_000):
            assert row.state is not State.SUBMITTED or str(row.id) in waiting, f"{row.origin} waits for nothing"
            assert str(row.id) not in disputed or row.reason == Reason.OUTCOME_UNKNOWN, f"{row.origin} is in dispute"


def known_names(world: World) -> None:
    """Customer Acme with item Seat, and customer Shop with item Lamp, stand in the books."""
    world.hand_in(invoice("warm-up", number="W-1"), receipt("warm-up-too", number="W-2"))
    quiet(world)


def at_the_next_write(world: World, fault: Fault) -> None:
    """The first set that writes anything meets this fault, however many questions go before it."""

    def when_it_comes(request: str, quickbooks: Callable[[str], str]) -> str:
        if re.search(r"<\w+(Add|Mod|Void|Del)Rq ", request):
            undo()
            world.books.faults.add(fault)
        return quickbooks(request)

    undo = quickbooks_says(world, when_it_comes)


def lose_the_answer(world: World) -> None:
    """What waits is written, and QuickBooks dies before it can say so."""
    writes = world.books.executed_writes
    at_the_next_write(world, CrashAfter())
    world.update()
    assert world.books.executed_writes > writes


def numbers(world: World) -> list[str]:
    """Of the invoices in the books."""
    return sorted(str(one.ref_number) for one in world.books.invoices)


def without_ids(answer: str) -> str:
    """An answer that does not say to what."""
    return re.sub(r' requestID="[^"]*"', "", answer)


def emptied(answer: str, *tags: str) -> str:
    """The answers of these messages with status 0 and nothing in them."""
    for tag in tags:
        answer = re.sub(
            rf"<{tag}Rs ([^>]*?)statusCode=\"\d+\" statusSeverity=\"\w+\"([^>]*?)(/>|>.*?</{tag}Rs>)",
            rf'<{tag}Rs \1statusCode="0" statusSeverity="Info" />',
            answer,
            flags=re.DOTALL,
        )
    return answer


def answered(answer: str, tag: str, code: int, severity: str = "Error") -> str:
    """The answers of this message with another status and nothing in them."""
    return re.sub(
        rf"<{tag}Rs ([^>]*?)statusCode=\"\d+\" statusSeverity=\"\w+\"([^>]*?)(/>|>.*?</{tag}Rs>)",
        rf'<{tag}Rs \1statusCode="{code}" statusSeverity="{severity}" statusMessage="So it is." />',
        answer,
        flags=re.DOTALL,
    )


def document_with(answer: str) -> str:
    """A whole answer document."""
    return f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>{answer}</QBXMLMsgsRs></QBXML>'


def by_hand(world: World, request: str) -> str:
    """Somebody does this in QuickBooks."""
    world.books.open()
    answer = world.books.process(
        f'<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">{request}'
        "</QBXMLMsgsRq></QBXML>"
    )
    world.books.close()
    assert 'statusSeverity="Error"' not in answer, answer
    return answer


def refusing(tag: str, code: int) -> Respond:
    """A QuickBooks that does not carry out these requests and says so."""

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        refused = re.findall(rf'<{tag}Rq requestID="([^"]*)">', request)
        answer = quickbooks(re.sub(rf"<{tag}Rq .*?</{tag}Rq>", "", request, flags=re.DOTALL))
        said = "".join(
            f'<{tag}Rs requestID="{key}" statusCode="{code}" statusSeverity="Error" statusMessage="No." />'
            for key in refused
        )
        if "</QBXMLMsgsRs>" in answer:
            return answer.replace("</QBXMLMsgsRs>", f"{said}</QBXMLMsgsRs>")
        return re.sub("<QBXMLMsgsRs[^>]*/>", f"<QBXMLMsgsRs>{said}</QBXMLMsgsRs>", answer)

    return respond
