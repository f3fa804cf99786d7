"""What a connection calls by words of its own waits for mappings of the connection."""

from __future__ import annotations

import json

from sqlalchemy import select

from qbwc_server.channels.connections.stopping import Unposted, disconnect
from qbwc_server.channels.connections.words import kinds_used
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision
from qbwc_server.reports.connections import connection_record
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.qbwc_server.channels.scripted import Script, fact


def items(connected: Connected) -> dict[str, str]:
    with connected.database.reading() as db:
        rows = db.scalars(select(DocumentRow)).all()
        return {row.origin: json.loads(row.body)["lines"][0]["item"] for row in rows}


def test_it_waits_goes_on_and_is_known_when_it_is_told_again(connected: Connected, script: Script) -> None:
    script.words = "item"
    connection = connected.add(script.channel, {}, submits=True)
    now = connected.clock()
    script.tells(fact("a", "1.00", now, item="SKU-1"))
    connected.run(connection)
    assert connected.states() == {"feed:script:a": "for_review"}
    with connected.database.transaction() as db:
        company = find_company(db, "shop")
        keep(db, company.id, told("1-1", "Green tea", entry_type="Service"), kind=ListKind.ITEM)
        choice = Choice(Decision.ENTRY, name="Green tea")
        went = map_word(db, company, WordKind.ITEM, "SKU-1", choice, connection_id=connection, by=ANN, now=now).went
    assert went.submitted == 1
    assert (connected.states(), items(connected)) == (
        {"feed:script:a": "submitted"},
        {"feed:script:a": "Green tea"},
    )
    before = connected.documents()
    connected.clock.advance(minutes=5)
    script.tells(fact("a", "1.00", now, item="SKU-1"), fact("b", "2.00", now, item="SKU-1"))
    connected.run(connection)
    assert connected.documents()["feed:script:a"] == before["feed:script:a"]
    assert items(connected)["feed:script:b"] == "Green tea"
    assert connected.states()["feed:script:b"] == "submitted"


def test_names_are_those_of_quickbooks_where_no_words_are_declared(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True)
    script.tells(fact("a", "1.00", connected.clock(), item="SKU-1"))
    connected.run(connection)
    assert (connected.states(), items(connected)) == (
        {"feed:script:a": "submitted"},
        {"feed:script:a": "SKU-1"},
    )


def test_kinds_are_those_that_connections_declare_that_wait_or_are_mapped(connected: Connected, script: Script) -> None:
    def used(**seen: list[str] | None) -> list[WordKind]:
        with connected.database.reading() as db:
            return list(kinds_used(db, 1, **seen))

    assert used() == []
    options = {"address": "https://feed.example.com", "name": "tea", "words": "terms,customer"}
    feed = connected.add(FEED, options)
    assert used() == [WordKind.CUSTOMER, WordKind.TERMS]
    with connected.database.reading() as db:
        assert connection_record(db, connected.connection(feed))["words"] == ["customer", "terms"]
    script.words = "item"
    connection = connected.add(script.channel, {})
    assert used() == [WordKind.ITEM, WordKind.CUSTOMER, WordKind.TERMS]
    script.tells(fact("a", "1.00", connected.clock(), item="SKU-1"))
    connected.run(connection)
    for one in (feed, connection):
        disconnect(connected.database, "shop", one, Unposted.KEEP, by=ANN, clock=connected.clock)
    assert used() == [WordKind.ITEM]  # a document still waits for one
    assert used(of=["invoice"]) == []  # for who may not see that document
    with connected.database.transaction() as db:
        company, never = find_company(db, "shop"), Choice(Decision.NEVER)
        map_word(db, company, WordKind.CLASS, "East", never, connection_id=connection, by=ANN, now=connected.clock())
    assert used(of=["invoice"]) == [WordKind.CLASS]


def test_a_word_that_the_channel_does_not_declare_is_set_aside(connected: Connected, script: Script) -> None:
    script.words, script.declares = "item", [WordKind.CUSTOMER]
    connection = connected.add(script.channel, {}, submits=True)
    script.tells(fact("a", "1.00", connected.clock(), item="SKU-1"))
    report = connected.run(connection)
    assert (connected.states(), report.set_aside) == ({}, 1)
    (record,) = connected.records()
    assert (record.code, record.message) == (
        "word_not_declared", "The channel names words that it does not declare: item."
    )  # fmt: skip
