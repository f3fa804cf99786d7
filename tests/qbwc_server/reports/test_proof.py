"""The evidence of a document: every request and look-up, when it left, and its own part of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from lxml import etree

from qbwc_server.queue.models import MessageSet
from qbwc_server.reports.proof import _part
from qbwc_server.settings import load
from tests.conftest import TurnableClock
from tests.sessions.world import World, invoice, losing


@pytest.fixture
def world(sqlite_url: str, clock: TurnableClock) -> Iterator[World]:
    world = World(load(database_url=sqlite_url), clock)
    yield world
    world.database.engine.dispose()


def test_what_was_sent_and_what_came_back(world: World) -> None:
    world.hand_in(invoice("i-1", number="1001"), invoice("i-2", number="1002", customer="Müller & Söhne"))
    began = world.clock()
    world.update()
    proof = world.proof("i-2")
    json.dumps(proof.as_record())
    (request,) = proof.requests
    assert (request.purpose, request.message, request.state, request.attempts) == ("post", "InvoiceAdd", "done", 1)
    assert (request.status_code, request.result_id, proof.state) == (0, proof.txn_id, "posted")
    assert (request.queued_at, request.settled_at) == (began.isoformat(), world.clock().isoformat())
    (journey,) = request.journeys
    with world.database.reading() as db:
        sent = next(one for one in db.query(MessageSet) if str(one.id) == journey.message_set)
    assert request.request is not None
    assert request.request in sent.body
    assert (journey.set_bytes, journey.set_requests, journey.delivery) == (len(sent.body), 2, "answered")
    assert (journey.sent_at, journey.hresult) == (sent.sent_at.isoformat(), None)
    assert journey.answer is not None
    answer = etree.fromstring(journey.answer)
    assert answer.get("requestID") == request.request_id
    assert answer.findtext("InvoiceRet/RefNumber") == "1002"
    assert "1001" not in journey.answer  # its own part only
    assert [(one["event"], one["by"]) for one in proof.history] == [
        ("created", "test"), ("submitted", "test"), ("posted", "QuickBooks"),
    ]  # fmt: skip
    assert proof.history[1]["request_id"] == proof.history[2]["request_id"] == request.request_id


def test_the_look_up_that_settled_a_doubt_is_part_of_it(world: World) -> None:
    world.hand_in(invoice("i-0"))
    world.update()
    world.hand_in(invoice("i-1", number="1001"))
    world.update(losing("InvoiceAddRs"))
    world.update()
    write, look = world.proof("i-1").requests
    assert [journey.delivery for journey in write.journeys] == ["uncertain"]
    assert write.journeys[0].answer is None
    assert (look.purpose, look.state) == ("look", "done")
    assert write.request_id in (look.journeys[0].answer or "")  # found by its mark
    assert [event["detail"] for event in world.proof("i-1").history][-1] == {"found": "by its GUID"}


def test_a_document_that_never_left_has_a_history_only(world: World) -> None:
    world.hand_in(invoice("i-1", number="123456789012"))
    proof = world.proof("i-1")
    assert (proof.requests, proof.txn_id, proof.state) == ([], None, "for_review")
    assert [one["event"] for one in proof.history] == ["created"]


def test_the_part_of_an_answer() -> None:
    guid = uuid4()
    own = f'<InvoiceAddRs requestID="{guid}" statusCode="0"><InvoiceRet/></InvoiceAddRs>'
    whole = f"<QBXML><QBXMLMsgsRs>{own}\n<XRs/></QBXMLMsgsRs></QBXML>"
    for text in (whole, f'<?xml version="1.0" encoding="utf-16"?>\n{whole}', f" \n{whole}", whole[:-20]):
        assert _part(text, guid) == own
    for text in ("", " ", "<", "garbage", "<?xml", str(guid), whole.replace(str(guid), str(uuid4()))):
        assert _part(text, guid) is None


@pytest.mark.parametrize(
    "part",
    [
        "<Rs requestID='GUID' />",
        '<Rs a="1 > 0" requestID = "GUID"\n/>',
        '<Rs requestID="GUID"><Rs2/><Memo>a &amp; b</Memo></Rs\n>',
        '<Rs requestID="GUID"><Memo>&#11;&nope; GUID requestID="GUID"</Memo></Rs>',
        '<Rs statusMessage="GUID" requestID="GUID"><ExternalGUID>GUID</ExternalGUID></Rs>',
    ],
)
def test_a_part_is_shown_as_it_was_received_whatever_stands_around_it(part: str) -> None:
    guid = uuid4()
    part = part.replace("GUID", str(guid))
    strange = f'<Rs requestID="7"><Memo>&#11;&nope;requestID="{guid}"</Memo></Rs><!-- requestID="{guid}" -->&'
    assert _part(f"<QBXML>{strange}\n{part} tail {strange}</QBXML>", guid) == part


def test_a_part_that_broke_off_is_shown_as_far_as_it_came() -> None:
    guid = uuid4()
    assert _part(f'<Q><Rs requestID="{guid}"><InvoiceRet><TxnID>1-2', guid) == (
        f'<Rs requestID="{guid}"><InvoiceRet><TxnID>1-2'
    )
    assert _part(f'<Q><Rs requestID="{guid}"><InvoiceRet></Rs', guid) == f'<Rs requestID="{guid}"><InvoiceRet></Rs'
    assert _part(f'<Q><Rs requestID="{guid}"', guid) is None


@pytest.mark.parametrize(
    "strange", ["GUID ", "<Memo>requestID='GUID'</Memo>", "<R a='GUID", 'GUID<R a="" ', "<GUID", "<R GUID="]
)
def test_a_hostile_answer_of_any_size_is_gone_through_once(strange: str) -> None:
    """Twice as much costs twice as much: else this would take minutes."""
    guid = uuid4()
    own = f'<Rs requestID="{guid}"/>'
    text = strange.replace("GUID", str(guid)) * 200_000
    assert _part(f"<Q>{text}'\">{own}", guid) == own
    assert _part(f"<Q>{own}<a{text}", guid) == own
    assert _part(f"<a{text}", guid) is None


def test_showing_an_answer_reads_no_files_and_expands_nothing() -> None:
    guid = uuid4()
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "/etc/hostname">]>'
        f'<x><Rs requestID="{guid}"><A>&b;&b;</A><B>&c;</B></Rs></x>'
    )
    shown = _part(bomb, guid) or ""
    assert "aaaaaaaaaa" not in shown
    assert len(shown) < 200
