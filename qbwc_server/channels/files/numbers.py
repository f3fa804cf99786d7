"""Numbers as people write them: what one says if a point marks the decimals, and what if a comma does."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from qbwc_server.channels.files.cells import Unreadable, shown

_LONGEST = 40  # characters of a number with all its signs
_MOST_DIGITS = 24
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-"})
_BLANKS = r"[ \u00a0\u2009\u202f]"
_GROUPS = r"[0-9]{{1,3}}(?:{0}[0-9]{{3}})+"  # 1 234 567
_INDIAN = r"[0-9]{{1,2}}(?:{0}[0-9]{{2}})*{0}[0-9]{{3}}"  # 12,34,567


class DecimalSign(StrEnum):
    """What stands before the decimals."""

    POINT = "point"
    COMMA = "comma"


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    separators = (re.escape(thousands), "['\u2019]", _BLANKS)
    groups = "|".join(form.format(one) for one in separators for form in (_GROUPS, _INDIAN))
    return re.compile(rf"(?P<whole>(?!0[^0-9])(?:{groups})|[0-9]+)?(?P<decimals>{re.escape(decimal)}[0-9]+)?")


_FORMS = {DecimalSign.POINT: _pattern(".", ","), DecimalSign.COMMA: _pattern(",", ".")}


@dataclass(frozen=True, slots=True)
class Written:
    """The value of a number by each way to read it; None where it is none by that way."""

    by_point: Decimal | None
    by_comma: Decimal | None

    def by(self, sign: DecimalSign) -> Decimal | None:
        """The value where ``sign`` marks the decimals."""
        return self.by_point if sign is DecimalSign.POINT else self.by_comma

    @property
    def certain(self) -> Decimal | None:
        """The value, where it is the same by every way to read it."""
        if self.by_point is None or self.by_comma is None:
            return self.by_comma if self.by_point is None else self.by_point
        return self.by_point if self.by_point == self.by_comma else None

    @property
    def proves(self) -> DecimalSign | None:
        """The sign that the number cannot be read without."""
        if (self.by_point is None) == (self.by_comma is None):
            return None
        return DecimalSign.COMMA if self.by_point is None else DecimalSign.POINT


@lru_cache(maxsize=10_000)  # each is read twice, and few stand in many rows
def written(text: str, *, currency: str | None = None, brackets: bool = False) -> Written:
    """Both readings of ``text``, which may be signed, hold ``currency`` and, if allowed, stand in ``brackets``.

    Raises Unreadable where it is no number at all.
    """
    bare, negative = _bare(text, currency, brackets)
    if not bare or len(bare) > _LONGEST or sum(character.isdigit() for character in bare) > _MOST_DIGITS:
        raise Unreadable("bad_number", f"{shown(text)} is not a number.", _advice(text))
    values = {sign: _value(form.fullmatch(bare), negative) for sign, form in _FORMS.items()}
    found = Written(values[DecimalSign.POINT], values[DecimalSign.COMMA])
    if found.by_point is None and found.by_comma is None:
        raise Unreadable("bad_number", f"{shown(text)} is not a number.", _advice(text))
    return found


def _bare(text: str, currency: str | None, brackets: bool) -> tuple[str, bool]:
    """Digits and separators alone, and whether the number is below zero."""
    bare = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    negative = False
    if brackets and bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1].strip(), True
    signed = False
    for _ in range(2):  # -$5 and $-5
        if bare.startswith("-") and not signed and not negative:
            bare, signed = bare[1:].lstrip(), True
        if currency is not None:
            bare = _without(bare, unicodedata.normalize("NFKC", currency).strip())
    return bare, negative or signed


def _without(bare: str, currency: str) -> str:
    folded, sign = bare.casefold(), currency.casefold()
    if sign and folded.startswith(sign):
        return bare[len(currency) :].strip()
    if sign and folded.endswith(sign):
        return bare[: -len(currency)].strip()
    return bare


def _value(found: re.Match[str] | None, negative: bool) -> Decimal | None:
    if found is None or not (found["whole"] or found["decimals"]):
        return None
    whole = "".join(filter(str.isdigit, found["whole"] or "0"))
    value = Decimal(f"{whole}.{(found['decimals'] or '.0')[1:]}")
    return -value + 0 if negative else value + 0


def _advice(text: str) -> str:
    bare = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    if not bare:
        return "Fill it in."
    if re.fullmatch(r"[0-9.,]+E[+-]?[0-9]+", bare, re.IGNORECASE):
        return "A spreadsheet has shortened it: widen the column, format it as a number, and save the file again."
    if bare.endswith("%"):
        return "Write the number itself; 7% of what is not known here."
    if bare.startswith("(") and bare.endswith(")"):
        return "Is it below zero? Then give the option brackets=true, or write a minus sign: -12.50."
    if bare.endswith("-"):
        return "Write the minus sign in front: -12.50."
    signs = "".join(c for c in bare if not (c.isascii() and (c.isdigit() or c in ".,-'() "))).strip()
    if signs and len(signs) <= 4 and any(c.isdigit() for c in bare):
        return f"Give the option currency={signs} if that is the currency of the books; else write the number alone."
    return "Write digits with a point for the decimals, such as 1234.50."
