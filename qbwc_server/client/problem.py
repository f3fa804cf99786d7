"""What the server refuses, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """The server refused; ``code`` is stable.

    Attributes:
        outcome: what became of what was asked for: not_sent, done, unknown or refused.
        retryable: whether the same call may succeed later.
        fields: every single thing that is wrong with a body, each with field, code, message and advice.
    """

    def __init__(self, status: int, record: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(record.get("code", "unknown"))
        self.detail = str(record.get("detail", ""))
        self.advice = str(record.get("advice", ""))
        self.retryable = bool(record.get("retryable", False))
        self.outcome = str(record.get("outcome", "unknown"))
        self.fields: list[dict[str, str]] = list(record.get("fields", []))
        told = "".join(f" {one['field']}: {one['message']}" for one in self.fields)
        super().__init__(f"{self.detail or self.code}{told} {self.advice}".strip())


class NoAnswer(Exception):
    """The server could not be reached, or its answer was lost, again and again.

    Attributes:
        key: the idempotency key of the call; made again under it, what was done is not done again.
    """

    def __init__(self, message: str, key: str | None) -> None:
        super().__init__(message)
        self.key = key
