"""What a source would bring: its newest facts, asked for and drafted as in a run, and nothing of it kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, find_connection, options_of
from qbwc_server.channels.connections.setting_up import ChannelBroke
from qbwc_server.channels.connections.tax_once import TaxOnce
from qbwc_server.channels.contract import BrokenPage, Channel, Draft, Fact, Outcome, Remark, RowProblem, Skipped, Window
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.options import secret_values
from qbwc_server.channels.starting.looking import start_of
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Notice, QbwcError
from qbwc_server.mapping.documents import WordedDocument, put_entries
from qbwc_server.settings import Settings

DAYS = 2  # that are asked for
MOST_FACTS = 500  # of each stream
MOST_SHOWN = 100  # documents

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WouldBe:
    """A document as it would be, the words in it that nobody has mapped yet, and what a person would be asked."""

    document: Document
    unmapped: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass
class DryRun:
    """What came of it.

    Attributes:
        documents: the first of them, in the order in which they would come.
        counts, sums: of all documents, by kind.
        left_out: what makes no document, and why.
        cut: whether upstream has more of these days than was asked for.
        notice: why it broke off, if it did.
    """

    documents: list[WouldBe] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    cut: bool = False
    notice: Notice | None = None


def dry_run(database: Database, company_id: int, connection_id: int, *, settings: Settings, clock: Clock) -> DryRun:
    """Draft what changed upstream in the last two days. Raises NotFound, NoStart."""
    with database.reading() as db:
        row = find_connection(db, company_id, connection_id)
        begins, channel, options = start_of(row).begins, channel_of(row), options_of(row, settings)
    options = options.model_copy(update={begins: None})
    found, now = DryRun(), clock()
    facts: dict[str, list[Fact]] = {}
    with Upstream(private=settings.private_upstreams, secrets=secret_values(options).values(), clock=clock) as upstream:
        try:
            for stream in (one for one in channel.streams if one.drafted):
                window = Window(stream.name, now - timedelta(days=DAYS), now)
                _ask(channel, options, upstream, window, facts, found)
        except Exception as error:
            known = error if isinstance(error, QbwcError) else ChannelBroke.over(error)
            log.warning("upstream not asked", code=known.code, connection_id=connection_id, exc_info=known is not error)
            found.notice = known.notice
    with database.reading() as db:
        once = TaxOnce.of(db, company_id)
        for some in facts.values():
            for outcome in _drafted(channel, options, some):
                _take(db, company_id, connection_id, once, outcome, found)
    return found


def _ask(
    channel: Channel,
    options: Any,
    upstream: Upstream,
    window: Window,
    facts: dict[str, list[Fact]],
    found: DryRun,
) -> None:
    """The facts of a stream by the group in which they are drafted, as many as are shown."""
    number = 0
    for page in () if channel.pull is None else channel.pull(options, upstream, window):
        if isinstance(page, BrokenPage):
            found.left_out.append(page.problem.message)
            continue
        found.remarks.update(dict.fromkeys(page.remarks))
        for fact in page.facts:
            facts.setdefault(f"{window.stream} {fact.group or fact.key}", []).append(fact)
        number += len(page.facts)
        if number >= MOST_FACTS:
            found.cut = True
            return


def _drafted(channel: Channel, options: Any, facts: list[Fact]) -> Iterator[Outcome]:
    try:
        yield from list(channel.draft(facts, options))
    except Exception as error:
        log.exception("channel broke", code=ChannelBroke.code)
        yield Remark(f"{facts[0].key}: {ChannelBroke.over(error)}")


def _take(db: Session, company_id: int, connection_id: int, once: TaxOnce, outcome: Outcome, found: DryRun) -> None:
    if isinstance(outcome, Remark):
        found.remarks[outcome.message] = None
    elif isinstance(outcome, Draft):
        draft = once.settle(outcome)
        document, unmapped = _with_entries(db, company_id, connection_id, draft)
        found.counts[document.kind] += 1
        total = document.comes_to()
        found.sums[document.kind] = found.sums.get(document.kind, Decimal(0)) + (total or 0)
        if len(found.documents) < MOST_SHOWN:
            found.documents.append(WouldBe(document, unmapped, draft.reviews))
    elif isinstance(outcome, RowProblem):
        found.left_out.append(f"{outcome.problem.message} {outcome.problem.advice}".strip())
    elif isinstance(outcome, Skipped):
        found.left_out.append(outcome.problem.message)


def _with_entries(db: Session, company_id: int, connection_id: int, draft: Draft) -> tuple[Document, tuple[str, ...]]:
    """The document with the entries that its words are mapped to, and the words that are not."""
    if not draft.words:
        return draft.document, ()
    worded = WordedDocument(draft.document, draft.words, draft.reviews)
    ((document, words),) = put_entries(db, company_id, connection_id, [worded], submits=False)
    lacking = words.unresolved
    return document, tuple(dict.fromkeys(said.word for at, said in draft.words.items() if at in lacking))
