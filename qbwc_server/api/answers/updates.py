"""Update sessions, and runs of connections, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.api.answers.connections import RunAnswer
from qbwc_server.connector.session import SessionState
from qbwc_server.queue.states import Delivery


class UpdateAnswer(Answer):
    """One update session, from authenticate to closeConnection."""

    id: int
    state: SessionState
    started_at: datetime
    last_call_at: datetime
    ended_at: datetime | None
    connector_version: str | None
    qbxml_version: str | None
    answered: int = Field(description="Requests that QuickBooks answered.")
    posted: dict[str, int]
    needs_you: int
    failures: int = Field(description="Calls into QuickBooks that failed as a whole.")
    hresult: str | None
    error: str | None
    advice: str | None
    closing_words: str | None


class UpdatesAnswer(Answer):
    """A page of update sessions, the newest first."""

    updates: list[UpdateAnswer]
    next: int | None


class SetAnswer(Answer):
    """Requests that travelled together."""

    id: UUID
    delivery: Delivery
    writes: bool
    request_count: int
    sent_at: datetime
    answered_at: datetime | None
    answer_bytes: int | None
    hresult: str | None
    hresult_message: str | None
    shortened_at: datetime | None = Field(description="Since then digests prove the texts.")


class WholeUpdateAnswer(UpdateAnswer):
    """The same with its message sets."""

    sets: list[SetAnswer]
    more: bool = Field(description="There are more message sets than are shown.")


class SetTextsAnswer(SetAnswer):
    """The same with its texts."""

    sent: str | None = Field(description="null: it was shortened.")
    answer: str | None = Field(description="null: it was shortened, or is not kept because nothing was written.")


class RunsAnswer(Answer):
    """A page of runs, the newest first."""

    runs: list[RunAnswer]
    next: int | None
