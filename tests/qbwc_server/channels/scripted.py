"""A channel whose pages a test writes down: no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic import Field, SecretStr

from qbwc_server.channels.contract import (
    BrokenPage,
    Channel,
    Draft,
    Fact,
    Outcome,
    Page,
    RowProblem,
    Stored,
    Stream,
    Window,
)
from qbwc_server.channels.feed.drafts import draft
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.options import ChannelOptions
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.problems import Problem
from qbwc_server.mapping.kinds import WordKind


class ScriptedOptions(ChannelOptions):
    """Options of the scripted channel."""

    name: str = Field(default="script", title="Name", description="Of the source.")
    refuse: str = Field(default="", title="Refuse", description="Which item is a mistake.")
    key: SecretStr = Field(default=SecretStr(""), title="Key", description="A secret.")


class Script:
    """What upstream tells, run by run: each run takes the next list of pages, or nothing where there is none."""

    def __init__(self) -> None:
        self.words = ""  # which of its names are mapped
        self.declares: Sequence[WordKind] | None = None  # other kinds of words than it names
        self.refunded: set[str] = set()  # origins that a refund follows, where it is not here yet
        self.runs: list[list[Page | BrokenPage | BaseException]] = []
        self.windows: list[Window] = []
        self.drafted: list[list[str]] = []
        self.channel = Channel(
            code="scripted",
            title="Scripted",
            brings="What the test says.",
            needs="Nothing.",
            options=ScriptedOptions,
            streams=(Stream("sales", "Sales", overlap=timedelta(minutes=10)),),
            pull=self._pull,
            draft=self._draft,
            account=lambda options: options.name,
            words=lambda options: self.declares if self.declares is not None else self._kinds(options),
            every_minutes=5,
            at_least_minutes=2,
        )

    def tells(self, *pages: Page | BrokenPage | BaseException | Fact) -> None:
        """One more run; a fact alone is a page of its own."""
        self.runs.append([Page([page]) if isinstance(page, Fact) else page for page in pages])

    def _pull(self, options: Any, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
        self.windows.append(window)
        pages = self.runs.pop(0) if self.runs else []
        for page in pages:
            if isinstance(page, BaseException):
                raise page
            yield page
        yield Page([], complete_until=window.until)

    def _kinds(self, options: Any) -> Sequence[WordKind]:
        return FeedOptions(address="-", name=options.name, words=self.words).kinds

    def _draft(self, facts: Sequence[Fact], options: Any) -> Iterator[Outcome]:
        self.drafted.append(sorted(fact.key for fact in facts if not fact.gone))
        items = [line["item"] for fact in facts for line in fact.body.get("lines", ())]
        if "Break" in items:
            raise RuntimeError("hunter2")
        if options.refuse and options.refuse in items:
            yield RowProblem(Problem("not_wanted", "", f"{options.refuse} is not wanted.", ""), 0, 0)
            return
        feed = FeedOptions(address="-", name=options.name, words=self.words)
        for made in draft(facts, feed):
            follows = isinstance(made, Draft) and made.document.origin in self.refunded
            yield replace(made, follow_ups=partial(_refund, made)) if isinstance(made, Draft) and follows else made


def _refund(made: Draft, stored: Sequence[Stored]) -> Iterator[Draft]:
    """A credit memo that comes once."""
    origin = f"{made.document.origin}:refund"
    if origin not in {one.origin for one in stored}:
        values = made.document.model_dump(mode="json", by_alias=True, exclude_none=True)
        yield Draft(read_document({**values, "kind": "credit_memo", "origin": origin}))


def fact(key: str, amount: str, at: datetime, *, item: str = "Tea", **more: Any) -> Fact:
    """A sale upstream."""
    lines = [{"item": item, "amount": amount}]
    return Fact(key, at, {"kind": "sales_receipt", "date": "2026-03-02", "customer": "Ann", "lines": lines}, **more)


def gone(key: str, at: datetime) -> Fact:
    """It was deleted upstream."""
    return replace(fact(key, "0.00", at), body={}, gone=True)
