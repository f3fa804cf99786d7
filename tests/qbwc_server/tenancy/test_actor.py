"""Who acts: written into history rows and read back, and said in words."""

from __future__ import annotations

import pytest

from qbwc_server.tenancy.actor import QUICKBOOKS, SERVER, Actor, ActorKind


@pytest.mark.parametrize("kind", ActorKind)
@pytest.mark.parametrize(("label", "number"), [("", ""), ("alice", ""), ("a: b:", "17"), ("", "17"), ("Zoë", "9")])
def test_what_is_written_is_read_back(kind: ActorKind, label: str, number: str) -> None:
    actor = Actor(kind, label, number)
    assert Actor.from_text(actor.as_text()) == actor


@pytest.mark.parametrize("kind", ActorKind)
def test_the_longest_fits_into_its_column(kind: ActorKind) -> None:
    text = Actor(kind, "x" * 500, "9" * 500).as_text()
    assert len(text) <= 160
    assert Actor.from_text(text).kind is kind


def test_every_kind_is_said_in_words() -> None:
    assert [str(Actor(kind)) for kind in ActorKind] == [
        "a person", "API", "job", "QuickBooks", "command line", "a link", "server",
    ]  # fmt: skip
    assert [str(Actor(kind, "Till 1", "4")) for kind in ActorKind] == [
        "Till 1", "API, Till 1", "job Till 1", "QuickBooks, Till 1", "Till 1, command line", "Till 1",
        "server, Till 1",
    ]  # fmt: skip
    assert (str(QUICKBOOKS), str(SERVER)) == ("QuickBooks", "server")


def test_a_kind_that_does_not_exist_is_no_actor() -> None:
    with pytest.raises(ValueError, match="nobody"):
        Actor.from_text("nobody:1:x")
