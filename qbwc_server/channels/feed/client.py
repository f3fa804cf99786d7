"""Asks a feed for the facts of a window; docs/channels.md says what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from qbwc_server import strict_json
from qbwc_server.channels.contract import BrokenFact, BrokenPage, Fact, Page, Window
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.http import Answer, AnswerUnreadable, Upstream
from qbwc_server.documents.problems import Problem
from qbwc_server.strict_json import BadJson

NEXT = "Feed-Next"  # header: what to ask for behind this page; left out on the last one
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ADVICE = "Correct the feed; docs/channels.md says how a line is written."


def pull(options: FeedOptions, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
    """The pages in the order in which facts changed. A page whose body is no text is passed over by its header."""
    cursor: str | None = None
    seen: set[str] = set()
    reached: datetime | None = _LONG_AGO  # by the pages so far; None: they are in no order
    while True:
        answer = upstream.get(
            _url(options, window.stream), params=_asked(options, window, cursor), headers=key_header(options)
        )
        following = answer.headers.get(NEXT.lower())
        try:
            facts, broken = _lines(answer)
        except AnswerUnreadable as error:
            yield BrokenPage(Problem(error.code, "", str(error), error.advice))
        else:
            reached = _reached(facts, reached, window)
            yield Page(facts, broken, complete_until=reached if following else window.until)
        if not following:
            return
        if following in seen:
            raise AnswerUnreadable("The feed leads back to a page that was there already.", advice=_ADVICE)
        seen.add(following)
        cursor = following


def try_key(options: FeedOptions, upstream: Upstream) -> str:
    """Whether the feed answers, and takes the key."""
    answer = upstream.get(f"{options.address.rstrip('/')}/check", headers=key_header(options))
    said = answer.json()
    if not isinstance(said, dict) or not isinstance(said.get("title"), str):
        raise AnswerUnreadable("The feed answers, but not with its title.", advice=_ADVICE)
    return f"The feed {said['title'][:100]} answers, and takes the key."


def _reached(facts: Sequence[Fact], before: datetime | None, window: Window) -> datetime | None:
    """Until when all is told: the feed says so by the order of its facts, and where that is none it says nothing."""
    moments = [fact.changed_at for fact in facts if fact.changed_at is not None]
    if before is None or not moments:
        return before
    in_order = moments == sorted(moments) and before <= moments[0] and moments[-1] <= window.until
    return moments[-1] if in_order else None


def _url(options: FeedOptions, stream: str) -> str:
    return f"{options.address.rstrip('/')}/{stream}"


def _asked(options: FeedOptions, window: Window, cursor: str | None) -> dict[str, str]:
    asked = {"until": window.until.isoformat(), "limit": str(options.page_size)}
    if window.since is not None:
        asked["since"] = window.since.isoformat()
    if cursor is not None:
        asked["after"] = cursor
    return asked


def key_header(options: FeedOptions) -> dict[str, str]:
    """What the feed knows us by."""
    key = options.key.get_secret_value()
    return {"Authorization": f"Bearer {key}"} if key else {}


def _lines(answer: Answer) -> tuple[list[Fact], list[BrokenFact]]:
    """The facts of a page, and the lines that are none."""
    facts: list[Fact] = []
    broken: list[BrokenFact] = []
    for line in answer.text().splitlines():
        if not line.strip():
            continue
        try:
            facts.append(_fact(strict_json.decode(line, "line")))
        except (BadJson, _NoFactError) as error:
            broken.append(BrokenFact(Problem("not_a_fact", "", str(error), _ADVICE), line))
    return facts, broken


class _NoFactError(ValueError):
    """The line is JSON, and no fact."""


def _fact(value: object) -> Fact:
    if not isinstance(value, dict):
        raise _NoFactError("The line is no object.")
    key, gone, group = value.get("key"), value.get("deleted", False), value.get("group")
    if not isinstance(key, str) or not key:
        raise _NoFactError("The line has no key.")
    if not isinstance(gone, bool) or not isinstance(group, str | None):
        raise _NoFactError("deleted must be true or false, and group a text.")
    body = value.get("document", {})
    if not isinstance(body, dict) or not (body or gone):
        raise _NoFactError("The line has no document.")
    return Fact(key, _moment(value), body, _sequence(value), group, gone)


def _moment(value: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(value.get("changed_at", ""))
    except (TypeError, ValueError):
        raise _NoFactError("changed_at is no moment such as 2026-03-31T12:00:00Z.") from None
    if found.tzinfo is None:
        raise _NoFactError("changed_at has no time zone.")
    return found


def _sequence(value: Mapping[str, Any]) -> int | None:
    """None where the feed does not count: of one moment, what it tells last is the newest."""
    found = value.get("version")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 10**18:
        raise _NoFactError("version must be a whole number.")
    return found
