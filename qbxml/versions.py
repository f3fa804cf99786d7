"""Levels of the qbXML language, and which one is spoken with a company file."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from qbxml.errors import TooOld, VersionError

_WRITTEN = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")


class Version(NamedTuple):
    """A level of qbXML, ordered like its two numbers."""

    major: int
    minor: int = 0

    @classmethod
    def parse(cls, text: str) -> "Version":
        """The version written ``13.0``.

        Raises:
            VersionError: anything else, also the ``CA3.0`` of a national edition.
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise VersionError(f"not a qbXML version: {text[:40]!r}")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


V13 = Version(13, 0)
"""QuickBooks 2014 to 2020: the level in which the messages of this library are declared."""

OLDEST = V13
"""Below this level nothing is sent."""

NEWEST = V13
"""Above this level nothing is declared; newer company files still accept it."""


def choose(supported: Iterable[str]) -> Version:
    """The highest level that both the company file and this library speak.

    Args:
        supported: the ``SupportedQBXMLVersion`` values of a Host answer. National levels (``CA3.0``)
            and values that are no version are passed over.

    Raises:
        TooOld: the file speaks nothing from 13.0 on (QuickBooks 2014 and newer do).
    """
    offered: list[Version] = []
    for text in supported:
        try:
            offered.append(Version.parse(text))
        except VersionError:
            continue
    common = [version for version in offered if OLDEST <= version <= NEWEST]
    if common:
        return max(common)
    if offered and max(offered) > NEWEST:
        return NEWEST  # a newer QuickBooks still takes the older levels, whether it lists them or not
    best = str(max(offered)) if offered else "no level at all"
    raise TooOld(f"QuickBooks is too old: it speaks qbXML {best}; {OLDEST} (QuickBooks 2014) is needed")
