"""Requests to QuickBooks and their answers as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free
from qbwc_server.api.errors import Outcome
from qbwc_server.asked.asking import When
from qbwc_server.asked.models import AskedState


class RequestAnswer(Answer):
    """A request, and how far its answer is."""

    id: int
    message: str
    state: AskedState
    outcome: Outcome = Field(description="unknown: QuickBooks has it, and its answer is awaited or was none.")
    changes_books: bool
    when: When
    after: int | None = Field(description="The request that has to be done before.")
    by: str
    qbxml: str = Field(description="As it was asked.")
    created_at: datetime
    expires_at: datetime | None
    settled_at: datetime | None
    status_code: int | None = Field(description="As QuickBooks gave it.")
    detail: str | None = Field(description="What QuickBooks said, or why there is no answer.")
    advice: str | None
    pages: int
    objects: int
    remaining: int | None = Field(description="Objects that are still to come.")
    whole: bool = Field(description="false: QuickBooks showed more at once than is kept.")


class WholeRequestAnswer(RequestAnswer):
    """The same with one page of the answer."""

    page: int
    next: int | None = Field(description="The page behind this one, as far as they have come.")
    answer: list[Free] = Field(description="Objects by the names of their fields; `type` says of what class.")


class DryRunAnswer(Answer):
    """What would be asked; nothing was queued."""

    message: str
    qbxml: str
    in_pages: bool
    changes_books: bool
    bears_mark: bool = Field(description="Whether it can be found in QuickBooks if its answer is lost.")


class RequestsAnswer(Answer):
    """A page of requests."""

    requests: list[RequestAnswer]
    next: int | None
