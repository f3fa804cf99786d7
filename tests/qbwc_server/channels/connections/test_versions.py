"""Facts that upstream does not date, facts that are kept for later, and what is told no more where all is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qbwc_server.channels.connections.retention import shorten_records
from qbwc_server.channels.connections.states import RecordState, RunOutcome
from qbwc_server.channels.connections.versions import kept_facts, newest_versions
from qbwc_server.channels.contract import BrokenFact, Fact, Page, Stream
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.problems import Problem
from tests.channels.connected import Connected
from tests.qbwc_server.channels.scripted import Script, fact

NOVEMBER, DECEMBER = "2026-11-01:", "2026-12-01:"


@pytest.fixture
def kept(connected: Connected, script: Script, monkeypatch: pytest.MonkeyPatch) -> int:
    """A connection whose stream is kept for later."""
    channel = replace(script.channel, streams=(Stream("charges", "Charges", drafted=False),))
    monkeypatch.setitem(CHANNELS, "scripted", channel)
    return connected.add(channel, {})


def charges(key: str, *amounts: str) -> Fact:
    """What is told of an organisation, undated."""
    return Fact(key, None, {"charges": list(amounts)})


def bodies(connected: Connected, connection: int, beginning: str = "") -> dict[str, Mapping[str, Any]]:
    """What stands there in the end."""
    with connected.database.reading() as db:
        return {one.key: one.body for one in kept_facts(db, connection, "charges", beginning=beginning)}


def amounts(connected: Connected, connection: int, beginning: str = "") -> dict[str, list[str]]:
    return {key: body["charges"] for key, body in bodies(connected, connection, beginning).items()}


def test_what_is_kept_for_later_is_drafted_never(connected: Connected, script: Script, kept: int) -> None:
    script.tells(Page([charges("a", "1"), charges("b", "2")]))
    report = connected.run(kept)
    assert (report.outcome, report.set_aside, report.documents.counts.documents) == (RunOutcome.DONE, 0, 0)
    script.tells(Page([charges("a", "1"), charges("b", "2")]))
    connected.run(kept, again=True)
    connected.change(kept, {"refuse": "Coffee"})
    connected.run(kept)
    assert (script.drafted, connected.documents()) == ([], {})
    assert [record.state for record in connected.records()] == [RecordState.KEPT] * 2
    assert amounts(connected, kept) == {"a": ["1"], "b": ["2"]}


def test_what_is_not_dated_is_known_when_it_is_told_again(connected: Connected, script: Script, kept: int) -> None:
    for number in range(3):
        script.tells(Page([charges("a", "1"), charges("b", "2")]))
        connected.run(kept)
        run = connected.last_run(kept)
        assert (run.new, run.changed, run.known) == ((2, 0, 0) if number == 0 else (0, 0, 2))
        connected.clock.advance(hours=1)
    assert len(connected.records()) == 2


def test_what_becomes_again_what_it_was_is_the_newest(connected: Connected, script: Script, kept: int) -> None:
    """A, B, A, and A once more: the last one tells nothing new."""
    seen = []
    for amount in ("1", "2", "1", "1"):
        script.tells(charges("a", amount))
        connected.run(kept)
        seen.append((amounts(connected, kept)["a"], connected.last_run(kept).changed))
        connected.clock.advance(days=1)
    assert seen == [(["1"], 0), (["2"], 1), (["1"], 1), (["1"], 0)]
    assert len(connected.records()) == 3


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1)], ids=["stands", "goes back"])
def test_what_is_told_last_is_the_newest_whatever_our_clock_says(
    connected: Connected, script: Script, kept: int, back: timedelta
) -> None:
    for amount in ("1", "2", "1"):
        script.tells(Page([charges("a", amount), charges("a", f"{amount}0")]), charges("a", f"{amount}00"))
        connected.run(kept)
        connected.clock.advance(seconds=-back.total_seconds())
        assert amounts(connected, kept) == {"a": [f"{amount}00"]}
    assert len(connected.records()) == 9


def test_what_is_told_no_more_is_gone_where_all_was_told(connected: Connected, script: Script, kept: int) -> None:
    """Of the window that was told whole, and of no other; on whichever of its pages a fact stood."""
    old = charges(f"{DECEMBER}c", "9")
    script.tells(
        Page([charges(f"{NOVEMBER}a", "1"), old]),
        Page([charges(f"{NOVEMBER}b", "2"), charges(f"{NOVEMBER}c", "3")], all_of=NOVEMBER),
    )
    connected.run(kept)
    assert connected.last_run(kept).changed == 0
    connected.clock.advance(days=1)
    script.tells(charges(f"{NOVEMBER}c", "3"), Page([charges(f"{NOVEMBER}a", "1")], all_of=NOVEMBER))
    connected.run(kept)
    run = connected.last_run(kept)
    assert (run.new, run.changed, run.known) == (0, 1, 2)
    assert amounts(connected, kept) == {f"{NOVEMBER}a": ["1"], f"{NOVEMBER}c": ["3"], f"{DECEMBER}c": ["9"]}
    assert amounts(connected, kept, DECEMBER) == {f"{DECEMBER}c": ["9"]}
    script.tells(Page([charges(f"{NOVEMBER}a", "1"), charges(f"{NOVEMBER}c", "3")], all_of=NOVEMBER))
    connected.run(kept)
    assert (connected.last_run(kept).changed, connected.last_run(kept).known) == (0, 2)  # gone once is gone
    script.tells(Page([charges(f"{NOVEMBER}b", "2")], all_of=NOVEMBER))
    connected.run(kept)
    assert amounts(connected, kept) == {f"{NOVEMBER}b": ["2"], f"{DECEMBER}c": ["9"]}  # it came back as it was
    with connected.database.reading() as db:
        gone = {key for key, one in newest_versions(db, kept, "charges").items() if one.gone}
    assert gone == {f"{NOVEMBER}a", f"{NOVEMBER}c"}


def test_a_pull_that_breaks_off_takes_nothing_away(connected: Connected, script: Script, kept: int) -> None:
    script.tells(Page([charges(f"{NOVEMBER}{key}", "1") for key in "abc"], all_of=NOVEMBER))
    connected.run(kept)
    script.tells(charges(f"{NOVEMBER}a", "1"), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        connected.run(kept)
    assert len(amounts(connected, kept)) == 3


def test_what_was_told_and_cannot_be_kept_is_not_gone(connected: Connected, script: Script, kept: int) -> None:
    """Too long a body is set aside; what was told before still stands."""
    script.tells(Page([charges(f"{NOVEMBER}a", "1")], all_of=NOVEMBER))
    connected.run(kept)
    script.tells(Page([charges(f"{NOVEMBER}a", "1" * 1_000_001)], all_of=NOVEMBER))
    connected.run(kept)
    assert amounts(connected, kept) == {f"{NOVEMBER}a": ["1"]}
    assert connected.last_run(kept).set_aside == 1


def test_what_is_no_fact_is_set_aside_beside_what_is_kept(connected: Connected, script: Script, kept: int) -> None:
    broken = BrokenFact(Problem("not_a_charge", "", "It is none.", ""), "{?}")
    for _ in range(2):
        script.tells(Page([charges("a", "1")], [broken]))
        report = connected.run(kept)
    assert report.set_aside == 1
    assert amounts(connected, kept) == {"a": ["1"]}


def test_the_newest_version_of_what_is_kept_stays_word_for_word(
    connected: Connected, script: Script, kept: int
) -> None:
    script.tells(Page([charges("a", "1"), charges("b", "2")]))
    connected.run(kept)
    connected.clock.advance(days=1)
    script.tells(charges("a", "3"))
    connected.run(kept)
    connected.clock.advance(days=200)
    done = shorten_records(
        database=connected.database, settings=connected.settings, clock=connected.clock, checkpoint=lambda: None
    )
    assert done == "Records shortened: 1."
    assert amounts(connected, kept) == {"a": ["3"], "b": ["2"]}


def test_undated_facts_that_are_drafted_revise_their_documents(
    connected: Connected, script: Script, connection: int
) -> None:
    for amount in ("1.00", "2.00", "1.00"):
        script.tells(Page([replace(fact("a", amount, connected.clock()), changed_at=None)], all_of="a"))
        assert connected.run(connection).documents.counts.documents == 1
        connected.clock.advance(hours=1)
        assert {total for _, total, _ in connected.documents().values()} == {amount}
    script.tells(Page([], all_of="a"))
    connected.run(connection)
    assert set(connected.states().values()) == {"excluded"}


def test_what_is_kept_takes_no_part_in_a_group_of_that_name(
    connected: Connected, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = (Stream("charges", "Charges", drafted=False), Stream("sales", "Sales"))
    channel = replace(script.channel, streams=streams)
    monkeypatch.setitem(CHANNELS, "scripted", channel)
    connection = connected.add(channel, {})
    script.tells(charges("a", "9"))  # of the first stream
    script.tells(fact("a", "5.00", connected.clock()))  # of the second
    connected.run(connection)
    assert [total for _, total, _ in connected.documents().values()] == ["5.00"]
    assert script.drafted == [["a"]]
    assert [record.state for record in connected.records()] == [RecordState.KEPT, RecordState.DRAFTED]


def test_of_one_moment_what_is_told_last_is_the_newest_where_upstream_does_not_count(
    connected: Connected, script: Script, kept: int
) -> None:
    """Upstream's clock counts seconds: told otherwise of the same second it was edited within it."""
    at = connected.clock() - timedelta(minutes=1)
    for amount in ("1", "2", "3", "2", "2"):
        script.tells(Page([Fact("a", at, {"charges": [amount]}, sequence=None)]))
        connected.run(kept)
        assert amounts(connected, kept) == {"a": [amount]}
    assert len(connected.records()) == 4  # the last was known
    script.tells(Page([Fact("a", at - timedelta(seconds=1), {"charges": ["9"]}, sequence=None)]))
    connected.run(kept)
    assert amounts(connected, kept) == {"a": ["2"]}
    script.tells(Page([Fact("a", at + timedelta(seconds=1), {}, sequence=None, gone=True)]))
    connected.run(kept)
    assert amounts(connected, kept) == {}


def test_a_page_may_say_something_of_the_source_as_a_whole(connected: Connected, script: Script, kept: int) -> None:
    script.tells(Page([charges("a", "1")], remarks=["It has moved."]), Page([], remarks=["It has moved."]))
    assert connected.run(kept).documents.remarks == ["It has moved."]
