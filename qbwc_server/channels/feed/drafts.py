"""Facts of a feed to drafts: each holds a document; those of one group become one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from qbwc_server.channels.contract import Draft, Fact, Outcome
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.files import json_lines
from qbwc_server.mapping.rules.statement import entries_of
from qbwc_server.mapping.said import said_in

_LONGEST = 60  # characters of a key in an origin


def draft(facts: Sequence[Fact], options: FeedOptions) -> Iterator[Outcome]:
    """One document for all facts that are still there; their lines follow in the order of their keys."""
    there = sorted((fact for fact in facts if not fact.gone), key=lambda fact: fact.key)
    if not there:
        return
    first = there[0]
    document: dict[str, Any] = {**first.body, "origin": origin_of(options, first.group or first.key)}
    if len(there) > 1:
        document["lines"] = [line for fact in there for line in fact.body.get("lines", ())]
        document.pop("total", None)
    for outcome in json_lines.outcomes_of(document, 0):
        if not isinstance(outcome, Draft):
            yield outcome
            continue
        named = said_in(outcome.document, options.kinds) or None
        yield replace(outcome, words=named, entries=entries_of(outcome.document) if options.rules else None)


def origin_of(options: FeedOptions, key: str) -> str:
    """The origin of what is called ``key`` in this feed."""
    short = key if len(key) <= _LONGEST else f"{key[: _LONGEST - 13]}-{sha256(key.encode()).hexdigest()[:12]}"
    return f"feed:{options.name}:{short}"
