"""Names as people compare them: without accents, capitals, signs and legal forms, ``&`` being ``and``."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

from qbwc_server.books.mirror.models import LONGEST_WORD

MOST_WORDS = 24  # of one entry
LEAST_WORD = 2  # characters of a word that is worth finding, where there is another one
_NOT_WORTH_FINDING = frozenset(("and", "the", "of"))
_LEGAL_FORMS = frozenset(
    tuple(form.split())
    for form in (
        *("inc", "incorporated", "llc", "llp", "lllp", "lp", "ltd", "limited", "corp", "corporation", "co", "company"),
        *("plc", "pllc", "pc", "pa", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "gbr", "ek", "ev", "eg", "se"),
        *("as", "asa", "ab", "aps", "ans", "oy", "oyj", "bv", "nv", "vof", "sa", "sas", "sarl", "eurl", "srl", "spa"),
        *("sl", "slu", "lda", "ltda", "pty", "pte", "bhd", "kk", "doo", "sro", "zrt", "kft", "ooo", "sp z oo"),
        *("limited liability company", "sa de cv"),
    )
)
_JOINED = str.maketrans("", "", "'`´’‘ʼ")
_AND = re.compile(r"[&+]")
_ONE_LETTER_AND_POINT = re.compile(r"\b([a-z])\.(?=[a-z]\b|\s|$|[,;)])")
_ONE_LETTERS_DIVIDED = re.compile(r"\b([a-z])/([a-z])\b")
_WORD = re.compile(r"[a-z0-9]+")


def name_key(full_name: str) -> str:
    """A full name as QuickBooks compares it."""
    return full_name.lower()


def words_of(name: str) -> list[str]:
    """The words of one name, without a legal form at its end unless nothing else is there."""
    plain = anyascii(unicodedata.normalize("NFKC", _AND.sub(" and ", name)).translate(_JOINED)).lower()
    plain = _ONE_LETTERS_DIVIDED.sub(r"\1\2", _ONE_LETTER_AND_POINT.sub(r"\1", plain))
    words: list[str] = _WORD.findall(plain)
    return _without_legal_forms(words) or words


def _without_legal_forms(words: list[str]) -> list[str]:
    while words:
        longest = next((n for n in (3, 2, 1) if tuple(words[-n:]) in _LEGAL_FORMS and len(words) >= n), 0)
        if not longest:
            return words
        words = words[:-longest]
        if words and words[-1] == "and":
            words = words[:-1]
    return words


def search_key(full_name: str) -> str:
    """All of a full name, from above to below: ``Müller & Söhne GmbH:Küche`` is ``muller and sohne kuche``."""
    return " ".join(word for part in full_name.split(":") for word in words_of(part))


def findable(words: list[str]) -> list[str]:
    """Those of them by which an entry is found: all, where none is worth it."""
    worth = [word for word in words if len(word) >= LEAST_WORD and word not in _NOT_WORTH_FINDING]
    return [word[:LONGEST_WORD] for word in dict.fromkeys(worth or words)]


def joined(words: list[str]) -> str:
    """The words in one: so ``Star Light`` is found by ``Starlight``, and the other way round."""
    return "".join(word for word in words if word not in _NOT_WORTH_FINDING)[:LONGEST_WORD]


def address_key(email: str) -> str:
    """An e-mail address as it is compared."""
    return anyascii(email.strip()).lower()[:LONGEST_WORD]


def number_key(number: str) -> str:
    """A number as it is compared: its letters and digits."""
    return "".join(_WORD.findall(anyascii(number).lower()))[:LONGEST_WORD]


def entry_words(full_name: str, company_name: str | None, email: str | None, number: str | None) -> list[str]:
    """Every word by which an entry is found."""
    found: list[str] = []
    for name in (full_name, company_name):
        words = search_key(name or "").split()
        found += findable(words)
        if len(words) > 1:
            found.append(joined(words))
    if email:
        found.append(address_key(email))
    if number:
        found.append(number_key(number))
    return [word for word in dict.fromkeys(found) if word][:MOST_WORDS]
