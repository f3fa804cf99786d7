"""The one place where text of a document becomes text that QuickBooks can store, with a note of every change."""

from __future__ import annotations

from qbwc_server.documents.problems import Problem
from qbxml import CharacterPolicy, TextRefused, fit, shorten


class CannotWrite(Exception):
    """The document cannot be written as a request; ``problem`` says what to correct."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Texts:
    """Fits texts to their fields and remembers what had to be changed."""

    def __init__(self, policy: CharacterPolicy) -> None:
        self.policy = policy
        self.notes: list[str] = []

    def name(self, value: str, field: str, max_length: int) -> str:
        """A name or number: it may be transliterated, never shortened, since it would name something else."""
        return self._fit(value, field, max_length)

    def name_or_none(self, value: str | None, field: str, max_length: int) -> str | None:
        """The same for a field that may be absent."""
        return None if value is None else self._fit(value, field, max_length)

    def prose(self, value: str | None, field: str, max_length: int) -> str | None:
        """Text for people: shortened where QuickBooks has less room, with a note."""
        if value is None:
            return None
        fitted = shorten(self._fit(value, field, None), max_length, name=field)
        self.notes.extend(fitted.notes)
        return fitted.text

    def _fit(self, value: str, field: str, max_length: int | None) -> str:
        try:
            fitted = fit(value, policy=self.policy, max_length=max_length, name=field)
        except TextRefused as refused:
            raise CannotWrite(
                Problem(
                    "too_long" if refused.rule == "max_length" else "characters",
                    field,
                    str(refused),
                    "Correct the text, or allow transliteration for this company.",
                )
            ) from None
        self.notes.extend(fitted.notes)
        return fitted.text
