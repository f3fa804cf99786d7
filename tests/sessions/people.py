"""What people do: decide, resume, revise."""

from __future__ import annotations

from typing import Any

from qbwc_server.documents import store
from qbwc_server.documents.store import Saved, SaveResult
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.resume import resume
from tests.sessions.world import BY, World


def say(world: World, origin: str, posted_as: str | None, *, confirmed: bool = False) -> None:
    """A person decides."""
    with world.database.transaction() as db:
        company = world.company(db)
        row = store.by_origin(db, company.id, [origin])[origin]
        decide(db, company, row, posted_as=posted_as, confirmed=confirmed, by=BY, now=world.clock())


def go_on(world: World, *, repost: bool) -> None:
    """A person lifts the hold."""
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=repost, by=BY, now=world.clock())


def revise(world: World, document: Any) -> None:
    """Hand in the next revision, which is taken."""
    result = world.hand_in(document, revise=True).results[0]
    assert isinstance(result, SaveResult), result
    assert result.saved is Saved.REVISED
