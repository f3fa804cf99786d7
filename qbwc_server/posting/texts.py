"""The one place where text of a document becomes text that QuickBooks can store, with a note of every change."""

from __future__ import annotations

import re

from qbwc_server.documents.problems import Problem
from qbxml import CharacterPolicy, TextRefused, fit, shorten

_SHOWN = 60
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PLACE = re.compile(r"([a-z_]+)\[([0-9]+)\](?:\.([a-z_]+))?|([a-z_]+)(?:\.lines)?")


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
        self.remarks: list[str] = []  # what of others stays beside it and a person should see
        self.stays: dict[str, str] = {}  # by field: what is to be taken away and can be taken away there only

    def name(self, value: str, field: str, max_length: int) -> str:
        """A name or number: it may be transliterated, never shortened, since it would name something else.

        A blank that is no plain one becomes one: nobody sees the difference, and QuickBooks would have two names.
        """
        return self._fit(value if value.isascii() else _BLANKS.sub(" ", value).strip(), field, max_length)

    def name_or_none(self, value: str | None, field: str, max_length: int) -> str | None:
        """The same for a field that may be absent."""
        return None if value is None else self.name(value, field, max_length)

    def prose(self, value: str | None, field: str, max_length: int) -> str | None:
        """Text for people: shortened where QuickBooks has less room, with a note."""
        if value is None:
            return None
        text = self._fit(value, field, None)
        if len(text) <= max_length:
            return text
        fitted = shorten(text, max_length, name=in_words(field))
        self.notes.extend(fitted.notes)
        return fitted.text

    def _fit(self, value: str, field: str, max_length: int | None) -> str:
        if value.isascii() and value.isprintable() and (max_length is None or len(value) <= max_length):
            return value  # as most are: there is nothing to fit
        try:
            fitted = fit(value, policy=self.policy, max_length=max_length, name=in_words(field))
        except TextRefused as refused:
            if refused.rule == "max_length":
                raise CannotWrite(too_long(field, str(refused.value), max_length)) from None
            advice = "Correct the text, or allow transliteration for this company."
            raise CannotWrite(Problem("characters", field, f"{refused}.", advice)) from None
        self.notes.extend(fitted.notes)
        return fitted.text


def in_words(field: str) -> str:
    """The path of a field as a person calls it: lines[0].item is ``line 1, item``."""
    found = _PLACE.fullmatch(field)
    if found is None:
        return field.replace("_", " ").replace(".", ", ")
    rows, index, inside, whole = found.groups()
    if whole is not None:
        return str(whole).replace("_", " ")
    row = f"{rows.removesuffix('s').replace('_', ' ')} {int(index) + 1}"
    return row if inside is None else f"{row}, {inside.replace('_', ' ')}"


def too_long(field: str, text: str, most: int | None) -> Problem:
    """A name or number for which QuickBooks has no room: shortened by us it would name something else."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    message = f'{in_words(field)}: "{shown}" has {len(text)} characters; QuickBooks keeps {most}.'
    return Problem("too_long", field, message, "Shorten it where it comes from, and hand the document in again.")
