"""Bulk actions as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free
from qbwc_server.bulk.models import BulkState, ItemState
from qbwc_server.documents.lifecycle import State


class BulkAnswer(Answer):
    """One thing done with many documents."""

    id: int
    action: str
    title: str
    wanted: Free = Field(description="The filter, and for map what the words stand for.")
    undoes: int | None = Field(description="The bulk action that it takes back.")
    undone_by: int | None
    state: BulkState
    total: int
    waiting: int = Field(description="Documents whose turn has not come.")
    done: int
    refused: int
    by: str
    asked_at: datetime
    ended_at: datetime | None


class BulksAnswer(Answer):
    """The newest bulk actions."""

    bulk: list[BulkAnswer]


class BulkItemAnswer(Answer):
    """What became of one document."""

    document: int
    state: ItemState
    before: State | None
    after: State | None
    code: str | None
    message: str | None


class BulkItemsAnswer(Answer):
    """A page of results."""

    results: list[BulkItemAnswer]
    next: int | None
