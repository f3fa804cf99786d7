"""Words as a source says them, and how they are compared: exactly, but for blanks and the form of accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from qbwc_server.documents.kinds import Document
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import KINDS, WordKind
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


_OF_LIST = {  # what a name of each list is where nothing more is known of it
    KINDS[kind].list_kind: kind
    for kind in reversed(WordKind)
    if not KINDS[kind].types or KINDS[kind].list_kind is not ListKind.ACCOUNT
}
LISTS_OF_WORDS = tuple(sorted(kind.value for kind in _OF_LIST.values()))


def said_in(document: Document, kinds: Collection[str]) -> dict[str, Said]:
    """The names in a document that are words of these kinds, by place."""
    found: dict[str, Said] = {}
    if not kinds:
        return found
    for named in document.names():
        kind = _OF_LIST.get(named.list_kind)
        if kind is not None and kind.value in kinds:
            found[named.field] = Said(kind, named.name, email=named.party.email if named.party else None)
    return found


def word_key(word: str) -> str:
    """A word as it is compared and kept; a very long one by its beginning and digest."""
    plain = storable(" ".join(unicodedata.normalize("NFC", word).split()))
    if len(plain) <= LONGEST_WORD:
        return plain
    return f"{plain[: LONGEST_WORD - _DIGEST - 1]}-{sha256(plain.encode()).hexdigest()[:_DIGEST]}"
