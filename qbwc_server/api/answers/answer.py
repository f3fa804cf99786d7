"""The base of all answers, and the page of a list."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from qbwc_server.api.errors import Outcome


class Answer(BaseModel):
    """A JSON object; what is not named is not in it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Mistake(Answer):
    """One thing that is wrong with a body or document."""

    field: str = Field(description="Its path: lines[0].item; empty: the whole.")
    code: str
    message: str
    advice: str


class Problem(Answer):
    """Problem details as RFC 9457 has them: what kept a request from being done, for people and for programs."""

    type: str = Field(description="Where this kind of problem is described.")
    title: str = Field(description="This kind of problem in a sentence, the same each time.")
    status: int
    detail: str = Field(description="What is wrong this time, in a sentence.")
    code: str = Field(description="Stable: what a program goes by.")
    advice: str = Field(description="What to do next; may be empty.")
    cause: str = Field(description="More for the developer; may be empty.")
    retryable: bool = Field(description="Whether the same request may succeed later, unchanged.")
    outcome: Outcome = Field(description="What became of what was asked for.")
    fields: list[Mistake] = Field([], description="Every single thing that is wrong, where several are.")


Free = dict[str, Any]
"""Names and values that something else declares, such as the options of a channel."""
