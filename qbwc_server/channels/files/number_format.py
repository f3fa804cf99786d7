"""How a spreadsheet shows a number, as far as it changes what a person reads: decimals, leading zeros, currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CONDITION = re.compile(r"\[[<>=]")
_IN_BRACKETS = re.compile(r"\[([^\]]*)\]")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].')
_DIGITS = re.compile(r"([0#?][0#?,]*)(?:\.([0#?]+))?(,*)")
_SIGN = re.compile(r"[$\u20ac\u00a3\u00a5\u20b9\uffe5]|\b[A-Z]{3}\b")  # dollar, euro, pound, yen, rupee, or a code


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """``decimals``: as many are shown, None: as many as there are. ``digits``: leading zeros up to so many digits."""

    decimals: int | None = None
    digits: int = 1
    percent: bool = False
    currency: str = ""


def number_format(code: str, *, below_zero: bool = False) -> NumberFormat:
    """What the format ``code`` of a cell does to its number, such as ``#,##0.00`` or ``"No. "00000``."""
    return _number_format(code, below_zero)


@lru_cache(maxsize=1024)
def _number_format(code: str, below_zero: bool) -> NumberFormat:
    sections = _sections(code)
    if any(_CONDITION.search(section) for section in sections):  # then not the sign chooses the section
        return NumberFormat(currency=_currency(sections[0]))
    section = sections[1] if below_zero and len(sections) > 1 else sections[0]
    currency = _currency(section)
    bare = _LITERAL.sub("", _IN_BRACKETS.sub("", section))
    if "%" in bare:
        return NumberFormat(percent=True)
    found = _DIGITS.search(bare)
    in_thousands = found is not None and (found[3] or found[1].endswith(","))
    if found is None or in_thousands or "E" in bare or "/" in bare:  # General, thousands, scientific, fractions
        return NumberFormat(currency=currency)
    return NumberFormat(len(found[2] or ""), found[1].count("0"), currency=currency)


def _sections(code: str) -> list[str]:
    """The parts for positive, negative and other numbers; a semicolon in quotation marks separates nothing."""
    parts, quoted = [""], False
    for character in code:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _currency(section: str) -> str:
    """The sign that the format puts beside the number; ``[$EUR-407]`` names one too."""
    for inside in _IN_BRACKETS.findall(section):
        if inside.startswith("$") and (sign := inside[1:].partition("-")[0]):
            return str(sign)
    literals = "".join(text or mark for text, mark in _LITERAL.findall(section))
    found = _SIGN.search(literals) or _SIGN.search(_LITERAL.sub("", _IN_BRACKETS.sub("", section)))
    return found[0] if found else ""
