"""What does not foot is never entered, whatever brought it; what foots, or has been corrected, is posted."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.files.importing import import_file
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.settings import Settings, load
from tests.channels.feed_upstream import feed_upstream
from tests.sessions.world import BY, World

GOOD: dict[str, Any] = {"lines": "16.90", "tips": "3.00", "tenders": [{"name": "Cash", "amount": "19.90"}]}
BAD: dict[str, Any] = {**GOOD, "tenders": [{"name": "Cash", "amount": "19.80"}]}
SOURCES = ("program", "file", "feed")


def receipt(origin: str, stated: dict[str, Any]) -> dict[str, Any]:
    lines = [{"item": "Tea", "amount": "16.90"}, {"item": "Tips", "amount": "3.00"}]
    of = {"kind": "sales_receipt", "origin": origin, "date": "2026-03-02", "customer": "Walk-in"}
    return {**of, "lines": lines, "stated": stated}


def bring(world: World, source: str, settings: Settings, folder: Path, **stated: dict[str, Any]) -> dict[str, str]:
    """Bring receipts by key; returns their origins."""
    if source == "program":
        world.hand_in(*(read_document(receipt(key, said)) for key, said in stated.items()))
        return {key: key for key in stated}
    if source == "file":
        path = folder / "receipts.jsonl"
        path.write_text("\n".join(json.dumps(receipt(key, said)) for key, said in stated.items()))
        import_file(world.database, world.code, path, by=BY, clock=world.clock)
        return {key: key for key in stated}
    with feed_upstream() as feed:
        feed.key = "key"
        for key, said in stated.items():
            told = {name: value for name, value in receipt(key, said).items() if name != "origin"}
            feed.put(key, world.clock() - timedelta(hours=1), told)
        options = {"address": feed.server.address, "name": "till", "key": "key"}
        with world.database.transaction() as db:
            added = add_connection(
                db, world.company(db), FEED, options, Choices(submits=True), settings=settings, by=BY, now=world.clock()
            )
            number = added.id
        run_connection(world.database, world.code, number, settings=settings, by=BY, clock=world.clock)
    return {key: f"feed:till:{key}" for key in stated}


@pytest.mark.parametrize("source", SOURCES)
def test_what_does_not_foot_never_leaves_and_what_foots_is_posted(
    source: str, world: World, database_url: str, tmp_path: Path
) -> None:
    settings = load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    world.update()  # QuickBooks has told its closing date
    origins = bring(world, source, settings, tmp_path, good=GOOD, bad=BAD)
    world.update()
    assert world.row(origins["good"]).txn_id is not None
    bad = world.row(origins["bad"])
    assert (bad.state, bad.reason, bad.txn_id) == (State.FOR_REVIEW, "does_not_foot", None)
    assert bad.message == "The document comes to 19.90, but the tenders (Cash 19.80) come to 19.80."

    with world.database.transaction() as db:  # no person can submit it as it is
        company = world.company(db)
        (row,) = by_origin(db, company.id, [origins["bad"]]).values()
        assert submit(db, company, [row], by=BY, now=world.clock()).not_ready == [row]
    world.update()
    assert world.row(origins["bad"]).txn_id is None

    world.hand_in(read_document(receipt(origins["bad"], GOOD)), revise=True)
    world.update()
    assert world.row(origins["bad"]).state is State.POSTED
    assert world.row(origins["bad"]).txn_id is not None
