"""What a connection calls by words of its own waits for mappings of the connection."""

from __future__ import annotations

import json

from sqlalchemy import select

from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision
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
