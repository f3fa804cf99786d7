"""The base of every error that a person or a program on the other side can act on."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import ClassVar

from qbwc_server.shortening import shortened

LONGEST_MESSAGE = 2000  # characters; what it quotes comes from outside


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is told: a stable code, a sentence, and what to do next."""

    code: str
    message: str
    advice: str = ""


class QbwcError(Exception):
    """Something a person or program on the other side can act on.

    The docstring of a subclass is its sentence for the bookkeeper. ``detail`` is for the developer,
    ``advice`` says what to do next (of the class, or better of this one case), ``retry_helps`` whether the same call
    may succeed later.
    """

    code: ClassVar[str] = "error"  # stable: part of the API
    advice: str = ""
    retry_helps: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, detail: str = "", advice: str | None = None) -> None:
        super().__init__(shortened(message or cleandoc(self.__doc__ or ""), LONGEST_MESSAGE))
        self.detail = shortened(detail, LONGEST_MESSAGE)
        if advice is not None:
            self.advice = advice

    @property
    def notice(self) -> Notice:
        """What a person is told."""
        return Notice(self.code, str(self), self.advice)

    def as_record(self) -> dict[str, object]:
        """What faces show: code, message, detail, advice, retry_helps."""
        return {
            "code": self.code,
            "message": str(self),
            "detail": self.detail,
            "advice": self.advice,
            "retry_helps": self.retry_helps,
        }


class NotFound(QbwcError):
    """There is nothing of that name or number here."""

    code = "not_found"
    advice = "Check the name or number."


class Invalid(QbwcError):
    """The input cannot be used."""

    code = "invalid"
    advice = "Correct what the message names and send it again."


class Conflict(QbwcError):
    """This contradicts what is already stored."""

    code = "conflict"


class Unusable(QbwcError):
    """Settings, database or address cannot be used."""

    code = "unusable"
