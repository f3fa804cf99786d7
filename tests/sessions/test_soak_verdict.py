"""The verdict of the soak sees what it is there to see: lost, doubled, altered, hidden, written over, nobody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bench.soak.schedule import Schedule
from bench.soak.stage import Servers, prepared
from bench.soak.verdict import judge
from bench.soak.wishes import Intent
from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.transactions import Transaction

SEED = 4


@pytest.fixture
def played(sqlite_url: str) -> Iterator[Schedule]:
    """A schedule in which documents were brought and posted, and nothing else happened."""
    with prepared():
        servers = Servers(sqlite_url)
        schedule = Schedule(servers, SEED, outside=False, only=[0])
        assert schedule.run().violations == []
        yield schedule
        servers.close()


def posted(schedule: Schedule) -> tuple[Intent, Transaction]:
    """One of its documents, and where it stands."""
    for intent in schedule.wishes.all.values():
        live = schedule.witness.live(intent.origin)
        free = live and not live[0].applications and not live[0].deposited_in
        if free and live[0].ref_number and len(live[0].lines) > 0:
            return intent, live[0]
    raise AssertionError("nothing was posted")


Deed = Callable[[Bookkeeper, Schedule, Transaction], object]


def lose(ann: Bookkeeper, _: Schedule, txn: Transaction) -> None:
    ann.delete(txn)


def delete(ann: Bookkeeper, schedule: Schedule, txn: Transaction) -> None:
    schedule.witness.person_touched(txn, "deleted")
    ann.delete(txn)


def double(ann: Bookkeeper, schedule: Schedule, txn: Transaction) -> None:
    schedule.witness.made[ann.type_again(txn).txn_id] = schedule.witness.origin_of(txn.txn_id)


def alter(ann: Bookkeeper, _: Schedule, txn: Transaction) -> None:
    ann.change(txn, memo="Something else")


def edit(ann: Bookkeeper, schedule: Schedule, txn: Transaction) -> None:
    alter(ann, schedule, txn)
    schedule.witness.person_touched(txn, "another memo")


def type_beside(ann: Bookkeeper, schedule: Schedule, txn: Transaction) -> None:
    schedule.witness.typed[ann.type_again(txn).txn_id] = schedule.witness.origin_of(txn.txn_id)


def write_over(_: Bookkeeper, schedule: Schedule, txn: Transaction) -> None:
    schedule.witness.overwritten.append((txn.txn_id, ["another memo", "InvoiceMod"]))


def write_to_a_stranger(_: Bookkeeper, schedule: Schedule, __: Transaction) -> None:
    schedule.witness.strangers.append(("F-1", "InvoiceMod"))


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (lose, ["lost"]),
        (delete, ["hidden"]),
        (double, ["doubled and hidden"]),
        (alter, ["altered"]),
        (edit, ["hidden"]),
        (type_beside, ["typed beside"]),
        (write_over, ["overwritten"]),
        (write_to_a_stranger, ["stranger's transaction"]),
    ],
)
def test_the_verdict_sees(played: Schedule, deed: Deed, words: list[str]) -> None:
    intent, txn = posted(played)
    deed(Bookkeeper(played.stage.file), played, txn)
    found = judge(played)
    assert [one.what for one in found] == words
    assert intent.origin in found[0].detail or words == ["stranger's transaction"]


def test_what_is_excluded_and_stands_there_all_the_same(played: Schedule) -> None:
    intent, _ = posted(played)
    intent.excluded = True
    assert [one.what for one in judge(played)] == ["unwanted"]


def test_what_a_person_was_told_of_is_not_hidden(played: Schedule) -> None:
    intent, txn = posted(played)
    edit(Bookkeeper(played.stage.file), played, txn)
    intent.acknowledged.add("edited_in_quickbooks")
    assert judge(played) == []


def test_the_same_seed_gives_the_same_story(sqlite_url: str) -> None:
    with prepared():
        servers = Servers(sqlite_url)
        stories = []
        for _ in range(2):
            outcome = Schedule(servers, SEED).run()
            stories.append([line for line in outcome.story if "://" not in line])  # a link is new each time
        servers.close()
    assert stories[0] == stories[1]
    assert len(stories[0]) > 5
