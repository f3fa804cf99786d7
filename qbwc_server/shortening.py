"""Texts from outside, cut to a length that a person reads and a column holds, and compared as people do."""

from __future__ import annotations

import re

_ELLIPSIS = "…"
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no room for the one, no encoding for the others


def shortened(text: str, most: int) -> str:
    """``text`` with at most ``most`` characters; where something is left out, an ellipsis says so."""
    return text if len(text) <= most else text[: most - 1] + _ELLIPSIS


def same_words(one: str, other: str) -> bool:
    """Whether a person means the same, however the words are spaced and written."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def storable(text: str) -> str:
    """``text`` without what no database keeps."""
    if text.isascii() and "\0" not in text:  # nearly all of them
        return text
    return _NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
