"""What every channel has to stand that tells upstream what became of documents: subclass ``TwoWayContract``.

Upstream hears of each change at least once, whatever breaks; what it heard under one key always said the same, and what
it heard last of a document is what stands here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import ToldBack
from qbwc_server.channels.connections.states import ConnectionState, RunOutcome
from qbwc_server.channels.connections.telling_back import BECAME
from qbwc_server.channels.tellings import Became, Telling
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import Posting, apply_postings
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from tests.channels import upstream_server as wire
from tests.channels.connected import ANN, CLOCK, Connected, Killed, KilledAt
from tests.channels.contract import Source

CONNECTOR = Actor(ActorKind.JOB, "connector")


class TwoWaySource(Source, Protocol):
    """The upstream of a channel that is told what became of documents."""

    def options_to_be_told(self) -> dict[str, object]:
        """Options with which it is connected and told."""
        ...

    def heard(self) -> list[Telling]:
        """What it took, in the order in which it was told, as often as that was."""
        ...

    def take_nothing_of(self, *keys: str) -> None:
        """Answer, and do not take what is told of these; none: take all again."""
        ...


class TwoWayContract:
    """The stories."""

    @pytest.fixture
    def source(self) -> Iterator[TwoWaySource]:
        """Furnished by the test of the channel."""
        raise NotImplementedError

    @pytest.fixture
    def connection(self, connected: Connected, source: TwoWaySource) -> int:
        """Three sales are upstream, and what comes of them is submitted by itself."""
        for number in range(3):
            source.sale(f"s{number}", f"{number + 1}.00", connected.clock() - timedelta(minutes=9 - number))
        return connected.add(source.channel, source.options_to_be_told(), submits=True)

    def last_heard(self, source: TwoWaySource) -> dict[str, Became]:
        """By origin, what upstream believes; what it hears again under a key that it knows, it passes over."""
        by_key: dict[str, Telling] = {}
        believed: dict[str, Became] = {}
        for one in source.heard():
            assert by_key.setdefault(one.key, one) == one, "one key, two tellings"
            believed[one.origin] = one.became
        return believed

    def stands(self, connected: Connected) -> dict[str, Became]:
        """By origin, what there is to believe of all that has arrived somewhere."""
        states = {origin: State(state) for origin, state in connected.states().items()}
        return {origin: BECAME[state] for origin, state in states.items() if state in BECAME}

    def answer(self, connected: Connected, origin: str, event: Event, **values: object) -> None:
        """QuickBooks has answered for a document."""
        with connected.database.transaction() as db:
            lock(db, find_company(db, "shop"))
            row = _row(db, origin)
            posting = Posting(row.id, row.state, event, "", values)
            apply_postings(db, row.company_id, [posting], by=CONNECTOR, now=connected.clock())

    def person(self, connected: Connected, origin: str, what: Callable[..., object]) -> None:
        """A person excludes a document, or restores it."""
        with connected.database.transaction() as db:
            what(db, find_company(db, "shop"), _row(db, origin), by=ANN, now=connected.clock())

    def test_each_change_is_told_once(self, connected: Connected, source: TwoWaySource, connection: int) -> None:
        connected.run(connection)
        assert set(connected.states().values()) == {"submitted"}
        assert source.heard() == []  # on its way: there is nothing to tell yet
        first, second, third = (source.origin(f"s{number}") for number in range(3))
        self.answer(connected, first, Event.POSTED, txn_id="1-2", posted_number="77")
        self.answer(connected, second, Event.REFUSED, reason="list_entry", message="There is no such item.")
        self.person(connected, third, exclude)
        assert connected.run(connection).outcome is RunOutcome.DONE
        told = {one.origin: one for one in source.heard()}
        assert {origin: one.became for origin, one in told.items()} == {
            first: Became.POSTED, second: Became.FAILED, third: Became.EXCLUDED
        }  # fmt: skip
        assert (told[first].txn_id, told[first].number, told[first].code) == ("1-2", "77", None)
        assert (told[second].code, told[second].message) == ("list_entry", "There is no such item.")
        connected.run(connection)
        assert len(source.heard()) == 3
        self.person(connected, third, restore)
        connected.run(connection)
        assert (len(source.heard()), self.last_heard(source)) == (4, self.stands(connected))

    def test_what_was_brought_before_it_wanted_to_know_is_told(
        self, connected: Connected, source: TwoWaySource
    ) -> None:
        source.sale("s0", "1.00", connected.clock() - timedelta(minutes=9))
        number = connected.add(source.channel, source.options())
        connected.run(number)
        assert source.heard() == []
        connected.change(number, source.options_to_be_told())
        connected.run(number)
        assert self.last_heard(source) == self.stands(connected) == {source.origin("s0"): Became.NEEDS_A_PERSON}

    @pytest.mark.parametrize(
        "fault", [wire.status(503), wire.half, wire.hung_up, wire.garbled], ids=["503", "half", "hung up", "garbled"]
    )
    def test_an_answer_that_is_lost_is_asked_for_again(
        self, connected: Connected, source: TwoWaySource, connection: int, fault: wire.Fault
    ) -> None:
        connected.run(connection)
        self.person(connected, source.origin("s0"), exclude)
        streams = len(source.channel.streams)
        source.server.faults.extend([*[None] * streams, fault])
        connected.run(connection)
        connected.clock.advance(minutes=5)
        assert connected.run(connection).outcome is RunOutcome.DONE
        assert self.last_heard(source) == self.stands(connected)
        assert len({one.key for one in source.heard()}) == 1

    def test_what_upstream_does_not_take_waits_and_hinders_nothing(
        self, connected: Connected, source: TwoWaySource, connection: int
    ) -> None:
        connected.run(connection)
        for number in range(3):
            self.person(connected, source.origin(f"s{number}"), exclude)
        source.take_nothing_of("s1")
        report = connected.run(connection)
        assert (report.outcome, len(source.heard())) == (RunOutcome.DONE, 2)
        assert any("did not take it of 1" in remark for remark in report.documents.remarks)
        source.take_nothing_of()
        connected.run(connection)
        assert self.last_heard(source) == self.stands(connected)

    def test_a_key_that_is_refused_waits_for_a_person(
        self, connected: Connected, source: TwoWaySource, connection: int
    ) -> None:
        connected.run(connection)
        self.person(connected, source.origin("s0"), exclude)
        streams = len(source.channel.streams)
        source.server.faults.extend([*[None] * streams, wire.status(401)])
        connected.run(connection, by=CLOCK)
        assert connected.connection(connection).state is ConnectionState.NEEDS_SIGN_IN

    @pytest.mark.parametrize("committed", [False, True], ids=["before commit", "behind commit"])
    def test_killed_at_every_step_upstream_believes_in_the_end_what_stands(
        self, connected: Connected, source: TwoWaySource, connection: int, committed: bool
    ) -> None:
        connected.run(connection)
        doing = itertools.cycle((exclude, restore))
        for at in itertools.count(1):
            connected.clock.advance(minutes=5)
            what = next(doing)
            for number in range(3):
                self.person(connected, source.origin(f"s{number}"), what)
            killed = False
            with suppress(Killed):
                killed = True
                connected.run(connection, database=KilledAt(connected.database, at, committed=committed), by=CLOCK)
                killed = False
            connected.run(connection, by=CLOCK)
            assert self.last_heard(source) == self.stands(connected), at
            with connected.database.reading() as db:
                assert [one.origin for one in db.scalars(select(ToldBack)) if one.waits or one.body] == []
            if not killed:
                assert at > 6  # among them: written down, read up to, marked
                return


def _row(db: Session, origin: str) -> DocumentRow:
    row = db.scalar(select(DocumentRow).where(DocumentRow.origin == origin))
    assert isinstance(row, DocumentRow)
    return row
