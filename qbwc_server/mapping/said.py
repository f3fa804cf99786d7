"""Words as a source says them, and how they are compared: exactly, but for blanks and the form of accents."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from qbwc_server.mapping.kinds import WordKind
from qbwc_server.shortening import storable

LONGEST_WORD = 300
_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Said:
    """A word of a source for an entry of QuickBooks.

    Attributes:
        title: what a person there would call it, where the word itself is a number or code.
        number, email: by which it may be found in QuickBooks.
    """

    kind: WordKind
    word: str
    title: str | None = None
    number: str | None = None
    email: str | None = None

    @property
    def key(self) -> tuple[WordKind, str]:
        """What it is compared by."""
        return self.kind, word_key(self.word)

    @property
    def hints(self) -> dict[str, str]:
        """What the source tells of it beside the word."""
        told = {"title": self.title, "number": self.number, "email": self.email}
        return {name: value for name, value in told.items() if value}


def word_key(word: str) -> str:
    """A word as it is compared and kept; a very long one by its beginning and digest."""
    plain = storable(" ".join(unicodedata.normalize("NFC", word).split()))
    if len(plain) <= LONGEST_WORD:
        return plain
    return f"{plain[: LONGEST_WORD - _DIGEST - 1]}-{sha256(plain.encode()).hexdigest()[:_DIGEST]}"
