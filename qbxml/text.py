"""Text as QuickBooks can store it: the characters of Windows-1252, without control characters, up to a length.

What lies outside is transliterated with a note, or refused; it never becomes a question mark behind anyone's back.
"""

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from anyascii import anyascii

from qbxml.errors import BuildError


class CharacterPolicy(StrEnum):
    """What happens to a character that QuickBooks cannot store."""

    TRANSLITERATE = "transliterate"  # write it in Latin letters and say so
    REFUSE = "refuse"


TRANSLITERATE = CharacterPolicy.TRANSLITERATE
REFUSE = CharacterPolicy.REFUSE


class TextRefused(BuildError):
    """The text cannot be stored as it is; ``path`` names the field."""


class Fitted(NamedTuple):
    """A text that QuickBooks stores as it stands, and what had to be changed for that, in plain words."""

    text: str
    notes: tuple[str, ...] = ()


# The printable part of Windows-1252 outside Latin-1; its five unassigned bytes are unassigned here too.
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_STORABLE = f"\t\n\x20-\x7e\xa0-\xff{_WINDOWS}"
_UNSTORABLE_RUN = re.compile(f"[^{_STORABLE}]+")
_UNSTORABLE = re.compile(f"[^{_STORABLE}]")

# Categories that may be left out: marks on other characters, and invisible ones.
_MARKS = frozenset({"Mn", "Mc", "Me", "Cf", "Lm", "Sk"})
# How a compatibility character is written out, by the tag of its decomposition: 10⁵ is not 105, 2⅓ is not 21/3.
_WRITTEN_OUT = {"<super>": "^{}", "<circle>": "({})", "<fraction>": " {}"}
_NEGATION = "\u0338"  # the stroke through ≠, without which it would say the opposite
_EXAMPLES = 3
_EXAMPLE_LENGTH = 40


def storable(ch: str) -> bool:
    """Whether QuickBooks stores this character as it is. Tab and line feed are the only control characters."""
    return len(ch) == 1 and _UNSTORABLE.match(ch) is None


def fit(
    value: str,
    *,
    policy: CharacterPolicy = CharacterPolicy.TRANSLITERATE,
    max_length: int | None = None,
    name: str = "text",
) -> Fitted:
    """``value`` in characters that QuickBooks stores.

    CR LF and a lone CR become LF; letters and their accents are put together (NFC) before anything is judged.

    Args:
        policy: for characters outside Windows-1252.
        max_length: in characters, counted in the result; None for no limit.
        name: what the field is called in notes and errors.

    Raises:
        TextRefused: a control character, a character that nothing stands for, nothing left of the text, or a text
            over ``max_length`` (:func:`shorten` is the caller's decision).
    """
    text = value
    notes: tuple[str, ...] = ()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNSTORABLE.search(text):
        text, notes = _fit_characters(unicodedata.normalize("NFC", text), policy, name)
        if not text.strip() and value.strip():
            raise TextRefused(name, "characters", "Windows-1252", value)
    if max_length is not None and len(text) > max_length:
        raise TextRefused(name, "max_length", max_length, text)
    return Fitted(text, notes)


def shorten(value: str, max_length: int, *, name: str = "text") -> Fitted:
    """``value`` cut to at most ``max_length`` characters, after a word where that keeps at least half of them."""
    if max_length < 1:
        raise ValueError("max_length must be at least 1")
    if len(value) <= max_length:
        return Fitted(value)
    kept = value[:max_length]
    if not value[max_length].isspace():
        words = re.match(r"(?s)(.*\S)\s", kept)
        if words and len(words[1]) * 2 >= max_length:
            kept = words[1]
    kept = kept.rstrip() or kept
    note = f"{name}: shortened to {len(kept)} characters, because QuickBooks takes {max_length}; left out: "
    return Fitted(kept, (note + _quoted(value[len(kept) :].strip()),))


def _fit_characters(text: str, policy: CharacterPolicy, name: str) -> tuple[str, tuple[str, ...]]:
    """The text without unstorable characters, and the notes about it."""
    written: dict[str, str] = {}
    left_out: dict[str, None] = {}

    def replacement(match: re.Match[str]) -> str:
        run = match[0]
        parts: list[str] = []
        for at, ch in enumerate(run, match.start()):
            if policy is CharacterPolicy.REFUSE or (part := _transliterated(ch, text[at - 1 : at])) is None:
                raise TextRefused(name, "characters", "Windows-1252", ch)
            if not part:
                left_out[f"U+{ord(ch):04X}"] = None
            parts.append(part)
        if result := "".join(parts):
            written[run] = result.strip()
        return result

    fitted = _UNSTORABLE_RUN.sub(replacement, text)
    notes: list[str] = []
    if written:
        pairs = [f"{_quoted(old)} as {_quoted(new)}" for old, new in list(written.items())[:_EXAMPLES]]
        more = f", and {len(written) - _EXAMPLES} more" if len(written) > _EXAMPLES else ""
        notes.append(f"{name}: QuickBooks cannot store some characters; written {', '.join(pairs)}{more}")
    if left_out:
        codes = ", ".join(list(left_out)[:_EXAMPLES]) + (" and others" if len(left_out) > _EXAMPLES else "")
        notes.append(f"{name}: left out marks and invisible characters ({codes})")
    return fitted, tuple(notes)


def _transliterated(ch: str, before: str) -> str | None:
    """What is written for an unstorable character after ``before``; None where nothing will do."""
    category = unicodedata.category(ch)
    if category == "Cc":
        return None
    if category.startswith("L"):
        bare = _with_fewer_accents(ch)
        if bare:
            return bare
    base = unicodedata.normalize("NFD", ch).removesuffix(_NEGATION)
    if base != unicodedata.normalize("NFD", ch):
        positive = _plain(base)
        return None if positive is None else "!" + positive
    compatible = unicodedata.normalize("NFKC", ch)
    if compatible != ch:
        tag = unicodedata.decomposition(ch).partition(" ")[0]
        plain = _plain(compatible)
        if plain is None or not (plain[:1].isdigit() and tag in _WRITTEN_OUT):
            return plain
        needless = tag == "<fraction>" and not before.isdigit()
        return plain if needless else _WRITTEN_OUT[tag].format(plain)
    return _plain(ch)


def _with_fewer_accents(letter: str) -> str:
    """A Latin letter with as many of its accents as can be stored (ễ as ê); "" for other scripts."""
    decomposed = unicodedata.normalize("NFD", letter)
    for length in range(len(decomposed) - 1, 0, -1):
        candidate = unicodedata.normalize("NFC", decomposed[:length])
        if not _UNSTORABLE.search(candidate):
            return candidate
    return ""


def _plain(text: str) -> str | None:
    """The characters in ASCII where they are not storable; None where one has no equivalent."""
    parts: list[str] = []
    for ch in text:
        if storable(ch):
            parts.append(ch)
            continue
        ascii_ = "" if unicodedata.category(ch) == "Cf" else anyascii(ch)
        if not ascii_ and not _may_go(ch):
            return None
        if "?" in ascii_ and not _asks(ch):
            return None
        if len(ascii_) > 2 and ascii_.startswith(":") and ascii_.endswith(":"):
            ascii_ = f"({ascii_[1:-1]})"  # an emoji; a colon is not allowed in the names of lists
        parts.append(ascii_)
    return "".join(parts)


def _may_go(ch: str) -> bool:
    """Whether a character may be left out: a mark, something invisible, a letter without a sound."""
    return unicodedata.category(ch) in _MARKS or " LETTER " in unicodedata.name(ch, "")


def _asks(ch: str) -> bool:
    """Whether the character is a question mark of some script, not just one that nobody can transliterate."""
    character = unicodedata.name(ch, "")
    return "QUESTION" in character or "INTERROBANG" in character


def _quoted(text: str) -> str:
    if len(text) > _EXAMPLE_LENGTH:
        text = text[: _EXAMPLE_LENGTH - 1].rstrip() + "…"
    return f'"{text}"'
