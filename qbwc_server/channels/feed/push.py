"""Tells a feed what became of its documents; docs/channels.md says what is sent, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qbwc_server.channels.feed.client import key_header
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.http import AnswerUnreadable, Upstream
from qbwc_server.channels.tellings import Telling

_ADVICE = 'Correct the feed: it answers {"taken": [...]} with the keys that it has taken; docs/channels.md shows it.'


def push(options: FeedOptions, upstream: Upstream, tellings: Sequence[Telling]) -> Iterator[str]:
    """One call for all of them; asked again where its answer is lost, since the feed knows them by their keys."""
    told = {"told": [one.as_record() for one in tellings]}
    answer = upstream.ask(f"{options.address.rstrip('/')}/told", json=told, headers=key_header(options)).json()
    taken = answer.get("taken") if isinstance(answer, dict) else None
    if not isinstance(taken, list) or not all(isinstance(key, str) for key in taken):
        raise AnswerUnreadable("The feed does not say what it has taken.", advice=_ADVICE)
    yield from taken
