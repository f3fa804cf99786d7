"""Levels of the qbXML language, and which one is spoken with a company file."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from qbxml.errors import OtherEdition, TooOld, VersionError

_WRITTEN = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")
_NATIONAL = re.compile(r"([A-Z]{2})[0-9]{1,3}\.[0-9]{1,3}")

_OTHER_EDITIONS = {
    "CA": "the Canadian edition of QuickBooks, which keeps GST, HST and PST",
    "UK": "the United Kingdom edition of QuickBooks, which keeps VAT",
    "AU": "the Australian edition of QuickBooks, which keeps GST",
}
"""By the country that the company file names, and by the letters before a national level."""


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


def choose(supported: Iterable[str], *, country: str = "US") -> Version:
    """The highest level that both the company file and this library speak.

    Args:
        supported: the ``SupportedQBXMLVersion`` values of a Host answer. National levels (``CA3.0``)
            and values that are no version are passed over.
        country: the ``Country`` of the same answer.

    Raises:
        OtherEdition: the file is a Canadian, British or Australian one, or speaks national levels only.
        TooOld: the file speaks nothing from 13.0 on (QuickBooks 2014 and newer do).
    """
    _refuse_edition(country.strip().upper())
    offered: list[Version] = []
    national = ""
    for text in supported:
        try:
            offered.append(Version.parse(text))
        except VersionError:
            if found := _NATIONAL.fullmatch(text.strip()):
                national = found[1]
    if not offered:
        _refuse_edition(national)
    common = [version for version in offered if OLDEST <= version <= NEWEST]
    if common:
        return max(common)
    if offered and max(offered) > NEWEST:
        return NEWEST  # a newer QuickBooks still takes the older levels, whether it lists them or not
    best = str(max(offered)) if offered else "no level at all"
    raise TooOld(f"QuickBooks is too old: it speaks qbXML {best}; {OLDEST} (QuickBooks 2014) is needed")


def _refuse_edition(country: str) -> None:
    if (edition := _OTHER_EDITIONS.get("UK" if country == "GB" else country)) is not None:
        raise OtherEdition(
            f"The company file belongs to {edition} in ways of its own; only files of the US edition are written to."
        )
