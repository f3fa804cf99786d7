"""What every channel has to stand: subclass ``ChannelContract``, say how its upstream is furnished, and it is tested.

The upstream is an HTTP server on this machine that answers as the real one does. Each story compares the documents that
stand in the end with those of a run in which nothing went wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.channels.connections.stopping import Unposted, disconnect
from qbwc_server.channels.contract import Channel
from qbwc_server.db import Database
from qbwc_server.settings import load
from tests.channels import upstream_server as wire
from tests.channels.connected import ANN, CLOCK, Connected, Killed, KilledAt
from tests.channels.upstream_server import UpstreamServer
from tests.conftest import TurnableClock


class Source(Protocol):
    """The upstream of a channel under test."""

    channel: Channel
    server: UpstreamServer

    def options(self) -> dict[str, object]:
        """Options with which it is connected, its key among them."""
        ...

    def sale(self, key: str, amount: str, changed_at: datetime) -> None:
        """Make a sale of that total, or edit it."""
        ...

    def delete(self, key: str, changed_at: datetime) -> None:
        """Delete it upstream."""
        ...

    def origin(self, key: str) -> str:
        """The origin of its document."""
        ...

    def refuse_the_key(self) -> dict[str, object]:
        """Take another key from now on; returns the options that name it."""
        ...


@pytest.fixture
def connected(database: Database, database_url: str, clock: TurnableClock, tmp_path: Path) -> Connected:
    """A company, and settings that let upstream stand on this machine."""
    settings = load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    return Connected(database, settings, clock)


class ChannelContract:
    """The stories."""

    pages: int = 3
    """How many pages the eight sales of a story come on, at least."""

    settled: RecordState = RecordState.DRAFTED
    """How records stand in the end."""

    @pytest.fixture
    def source(self) -> Iterator[Source]:
        """Furnished by the test of the channel: few facts on a page."""
        raise NotImplementedError

    @pytest.fixture
    def connection(self, connected: Connected, source: Source) -> int:
        """Eight sales of the last hour are upstream, and the channel is connected."""
        start = connected.clock() - timedelta(hours=1)
        for number in range(8):
            source.sale(f"s{number}", f"{number + 1}.00", start + timedelta(minutes=number))
        return connected.add(source.channel, source.options())

    def expected(self, source: Source, **changed: str) -> dict[str, str]:
        """The total by origin of the eight sales."""
        totals = {f"s{number}": f"{number + 1}.00" for number in range(8)} | changed
        return {source.origin(key): total for key, total in totals.items()}

    @property
    def drafts(self) -> bool:
        """Whether documents are made of what comes."""
        return self.settled is RecordState.DRAFTED

    def totals(self, connected: Connected) -> dict[str, str]:
        """The total by origin of what would go into the books."""
        found = connected.documents()
        return {origin: total for origin, (state, total, _) in found.items() if state != "excluded"}

    def test_everything_comes_once(self, connected: Connected, source: Source, connection: int) -> None:
        first = connected.run(connection)
        assert (first.outcome, first.documents.counts.added) == (RunOutcome.DONE, 8 if self.drafts else 0)
        assert connected.last_run(connection).new == 8
        assert self.totals(connected) == self.expected(source)
        assert connected.connection(connection).state is ConnectionState.RUNNING
        before = connected.documents()
        again = connected.run(connection)
        assert (again.outcome, again.documents.counts.documents) == (RunOutcome.DONE, 0)
        whole = connected.run(connection, since=connected.clock() - timedelta(days=30))
        assert (whole.outcome, whole.documents.counts.documents) == (RunOutcome.DONE, 0)
        assert connected.last_run(connection).known == 8
        assert (connected.documents(), self.totals(connected)) == (before, self.expected(source))
        assert connected.last_run(connection).pages >= self.pages

    def test_what_is_known_is_drafted_again_when_it_is_asked_for(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        connected.run(connection)
        again = connected.run(connection, since=connected.clock() - timedelta(days=30), again=True)
        eight = 8 if self.drafts else 0
        assert (again.documents.counts.same, again.documents.counts.documents) == (eight, eight)
        assert self.totals(connected) == self.expected(source)

    def test_an_edit_revises_its_document_and_no_other(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        connected.run(connection)
        connected.clock.advance(minutes=5)
        source.sale("s3", "44.00", connected.clock() - timedelta(minutes=1))
        report = connected.run(connection)
        one = 1 if self.drafts else 0
        assert (report.documents.counts.revised, report.documents.counts.documents) == (one, one)
        assert connected.last_run(connection).changed == 1
        assert self.totals(connected) == self.expected(source, s3="44.00")

    def test_what_is_deleted_upstream_is_excluded_and_comes_back(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        connected.run(connection)
        connected.clock.advance(minutes=5)
        source.delete("s3", connected.clock() - timedelta(minutes=1))
        connected.run(connection)
        assert source.origin("s3") not in self.totals(connected)
        assert connected.states().get(source.origin("s3")) == ("excluded" if self.drafts else None)
        connected.clock.advance(minutes=5)
        source.sale("s3", "4.00", connected.clock() - timedelta(minutes=1))
        connected.run(connection)
        assert self.totals(connected) == self.expected(source)

    def test_what_changes_at_the_edge_of_a_window_is_not_missed(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        connected.run(connection)
        edge = connected.clock()
        source.sale("s0", "10.00", edge)  # in the moment of the run itself
        source.sale("s1", "20.00", edge - timedelta(microseconds=1))  # a moment before, and told only now
        overlap = min(stream.overlap for stream in source.channel.streams)
        source.sale("s2", "30.00", edge - overlap)
        connected.clock.advance(minutes=5)
        connected.run(connection)
        assert self.totals(connected) == self.expected(source, s0="10.00", s1="20.00", s2="30.00")

    @pytest.mark.parametrize(
        "fault",
        [wire.status(429, Retry_After="2"), wire.status(503), wire.half, wire.hung_up],
        ids=["429", "503", "half", "hung up"],
    )
    def test_a_fault_that_passes_is_not_noticed(
        self, connected: Connected, source: Source, connection: int, fault: wire.Fault
    ) -> None:
        source.server.faults.extend([None, fault, None, fault])
        assert connected.run(connection).outcome is RunOutcome.DONE
        assert self.totals(connected) == self.expected(source)

    @pytest.mark.parametrize(
        "fault",
        [wire.status(429), wire.status(500, "<h1>Out of order</h1>"), wire.half, wire.hung_up, wire.status(404)],
        ids=["429", "500", "half", "hung up", "404"],
    )
    def test_a_fault_that_stays_ends_the_run_and_the_next_one_goes_on(
        self, connected: Connected, source: Source, connection: int, fault: wire.Fault
    ) -> None:
        connected.run(connection)
        connected.clock.advance(minutes=5)
        source.sale("s3", "44.00", connected.clock() - timedelta(minutes=1))
        source.server.faults.extend([fault] * 20)
        report = connected.run(connection)
        assert report.outcome is RunOutcome.FAILED
        assert report.notice is not None
        assert report.notice.message
        row = connected.connection(connection)
        assert (row.state, row.failing_since) == (ConnectionState.FAILING, connected.clock())
        source.server.faults.clear()
        connected.clock.advance(minutes=5)
        assert connected.run(connection, by=CLOCK).outcome is RunOutcome.DONE
        row = connected.connection(connection)
        assert (row.state, row.failing_since, row.message) == (ConnectionState.RUNNING, None, None)
        assert self.totals(connected) == self.expected(source, s3="44.00")

    @pytest.mark.parametrize("at", range(4))
    @pytest.mark.parametrize("fault", [wire.garbled, wire.cut_short], ids=["garbled", "cut short"])
    def test_a_page_that_breaks_costs_no_fact(
        self, connected: Connected, source: Source, connection: int, fault: wire.Fault, at: int
    ) -> None:
        source.server.faults.extend([None] * at + [fault])
        connected.run(connection)
        connected.clock.advance(minutes=5)
        connected.run(connection)
        connected.clock.advance(minutes=5)
        assert connected.run(connection).outcome is RunOutcome.DONE
        assert self.totals(connected) == self.expected(source)
        assert {record.state for record in connected.records()} == {self.settled}

    def test_patience_that_upstream_asks_for_is_kept(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        source.server.faults.append(wire.status(429, Retry_After="3600"))
        assert connected.run(connection).outcome is RunOutcome.FAILED
        assert connected.connection(connection).not_before == connected.clock() + timedelta(hours=1)
        assert len(source.server.asked) == 1

    @pytest.mark.parametrize("committed", [False, True], ids=["before commit", "behind commit"])
    def test_killed_at_every_step_nothing_is_lost_and_nothing_doubled(
        self, connected: Connected, source: Source, connection: int, committed: bool
    ) -> None:
        connected.run(connection)
        totals, amount = self.expected(source), 100
        for at in itertools.count(1):
            connected.clock.advance(minutes=5)
            amount += 1
            for key in ("s1", "s5", f"n{at}"):
                source.sale(key, f"{amount}.00", connected.clock() - timedelta(minutes=1))
                totals[source.origin(key)] = f"{amount}.00"
            killed = False
            with suppress(Killed):
                killed = True
                connected.run(connection, database=KilledAt(connected.database, at, committed=committed), by=CLOCK)
                killed = False
            connected.run(connection, by=CLOCK)
            assert self.totals(connected) == totals, at
            assert {record.state for record in connected.records()} == {self.settled}
            if not killed:
                assert at > 5  # begin, windows, at least one page, documents, marks, end
                return

    def test_a_key_that_is_refused_is_told_and_not_tried_again(
        self, connected: Connected, source: Source, connection: int
    ) -> None:
        connected.run(connection)
        another = source.refuse_the_key()
        report = connected.run(connection, by=CLOCK)
        assert report.notice is not None
        assert report.notice.code == "sign_in_refused"
        secrets = {str(source.options()[name]) for name in another} | {str(value) for value in another.values()}
        assert not [secret for secret in secrets if secret in report.notice.message]
        assert connected.connection(connection).state is ConnectionState.NEEDS_SIGN_IN
        connected.change(connection, another)
        assert connected.connection(connection).state is ConnectionState.RUNNING
        assert connected.run(connection, by=CLOCK).outcome is RunOutcome.DONE

    @pytest.mark.parametrize("unposted", Unposted)
    def test_disconnected_and_connected_again_it_doubles_nothing(
        self, connected: Connected, source: Source, connection: int, unposted: Unposted
    ) -> None:
        connected.run(connection)
        before = {origin: (total, digest) for origin, (_, total, digest) in connected.documents().items()}
        done = disconnect(connected.database, "shop", connection, unposted, by=ANN, clock=connected.clock)
        assert done.removed == (8 if unposted is Unposted.REMOVE and self.drafts else 0)
        gone = {"excluded"} if unposted is Unposted.REMOVE else {"for_review"}
        assert set(connected.states().values()) == (gone if self.drafts else set())
        connected.clock.advance(days=1)
        source.sale("s8", "9.00", connected.clock() - timedelta(hours=1))
        assert connected.add(source.channel, source.options()) == connection
        assert connected.run(connection).outcome is RunOutcome.DONE
        assert self.totals(connected) == self.expected(source, s8="9.00")
        after = connected.documents()
        assert {origin: after[origin][1:] for origin in before} == before
        assert set(connected.states().values()) == ({"for_review"} if self.drafts else set())
