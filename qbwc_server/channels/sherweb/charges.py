"""Charges of the distributor: which periods are asked for, and one fact of each organisation and period."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from hashlib import sha256
from tempfile import TemporaryFile

from qbwc_server.billing.days import Period
from qbwc_server.channels.contract import BrokenPage, Fact, Page, Window
from qbwc_server.channels.http import AnswerUnreadable, Upstream, UpstreamRefused
from qbwc_server.channels.sherweb.api import Api, Scope
from qbwc_server.channels.sherweb.gathering import Gathered, gather
from qbwc_server.channels.sherweb.options import SherwebOptions
from qbwc_server.documents.problems import Problem

PAYABLE = "/billing/payable-charges"
_ORGANISATIONS = 200  # on a page
_BROKEN = 500  # on a page
_MOST_PERIODS = 60  # that one run asks for
_LONGEST_BODY = 700_000  # characters of the charges in one fact
_LONGEST_NAME = 120  # characters of a name in a key
_DAY = timedelta(days=1)


def pull_charges(options: SherwebOptions, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
    """The current period of the distributor and those before it that may still change, each told whole.

    Upstream dates nothing and cannot be asked what changed: a charge of the current period may change at any moment,
    one of an earlier period until the distributor has billed it, and even then, which is a correction. So every run
    asks for the current period and ``months_back`` before it, and for more only where it is asked for what changed
    since then. What is known already costs one comparison.
    """
    api = Api(options, upstream, Scope.DISTRIBUTOR)
    day, asked_until = window.until.astimezone(UTC).date(), _asked_until(window)
    seen: set[date] = set()
    for number in range(_MOST_PERIODS):
        try:
            with api.download(PAYABLE, date=day.isoformat()) as answer, TemporaryFile() as file:
                gathered = gather(answer, file)
                first = gathered.period.first
                if first in seen:  # it has none before
                    break
                seen.add(first)
                yield from pages(gathered)
        except UpstreamRefused as refused:
            if not seen:
                raise
            yield Page([], remarks=[f"Charges of {day} and before are not to be had. {refused}"])
            break  # a period from before it knew us: what is known of it stays
        except AnswerUnreadable as error:
            yield BrokenPage(Problem(error.code, "", f"Charges of {day}: {error}", error.advice))
            first = day.replace(day=1)
        if number >= options.months_back and first <= asked_until:
            break
        day = min(first, day) - _DAY
    yield Page([], complete_until=window.until)


def _asked_until(window: Window) -> date:
    """How far back it is asked for in any case: to the day since when something may have changed."""
    return date.max if window.since is None else window.since.astimezone(UTC).date()


def pages(gathered: Gathered) -> Iterator[Page]:
    """Facts of a period, page by page; the parts of one organisation stand on one."""
    for start in range(0, len(gathered.broken), _BROKEN):
        yield Page([], list(gathered.broken_facts(start, _BROKEN)))
    names = gathered.organisations
    for start in range(0, len(names), _ORGANISATIONS):
        yield Page([fact for name in names[start : start + _ORGANISATIONS] for fact in _facts(gathered, name)])
    if gathered.tells_all:
        yield Page([], all_of=f"{gathered.period.first}:")


def _facts(gathered: Gathered, organisation: str) -> Iterator[Fact]:
    """One fact, or several where it has more charges than one can hold."""
    parts: list[list[str]] = [[]]
    size = 0
    for charge in gathered.charges(organisation):
        if size + len(charge) > _LONGEST_BODY and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(charge)
        size += len(charge)
    for number, part in enumerate(parts, 1):
        charges = [json.loads(one) for one in part]
        yield _fact(gathered.period, organisation, charges, number)


def _fact(period: Period, organisation: str, charges: list[object], number: int) -> Fact:
    first, last = period.first.isoformat(), period.last.isoformat()
    body = {"organisation": organisation, "period_from": first, "period_to": last, "charges": charges}
    key = f"{first}:{_short(organisation)}" + (f"#{number}" if number > 1 else "")
    return Fact(key, None, body)


def _short(name: str) -> str:
    if len(name) <= _LONGEST_NAME and "#" not in name:
        return name
    return f"{name[:_LONGEST_NAME]}#{sha256(name.encode()).hexdigest()[:16]}"
