"""Which level of qbXML is spoken with a company file."""

import pytest

from qbxml.errors import TooOld, VersionError
from qbxml.versions import V13, Version, choose

PRO_2014 = [
    "1.0",
    "1.1",
    "2.0",
    "2.1",
    "3.0",
    "4.0",
    "4.1",
    "5.0",
    "6.0",
    "7.0",
    "8.0",
    "9.0",
    "10.0",
    "11.0",
    "12.0",
    "13.0",
]


@pytest.mark.parametrize("text", ["13.0", "2.1", "10.0", " 13.0\n"])
def test_a_version_reads_back_as_written(text: str) -> None:
    assert str(Version.parse(text)) == text.strip()


@pytest.mark.parametrize("text", ["", "13", "CA3.0", "13.0.1", "-1.0", "1e3.0", "١٣.٠", "13,0", "9999.0"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        Version.parse(text)


def test_versions_are_ordered_as_numbers() -> None:
    assert Version.parse("9.0") < Version.parse("10.0") < Version.parse("10.1") < V13


@pytest.mark.parametrize(
    "supported",
    [
        PRO_2014,
        [*PRO_2014, "14.0", "15.0", "16.0"],
        ["16.0"],
        ["CA3.0", "13.0", "UK2.0", ""],
        reversed(PRO_2014),
    ],
    ids=["2014", "2023", "only newer", "national", "reversed"],
)
def test_the_highest_level_that_both_speak_is_chosen(supported: list[str]) -> None:
    assert choose(supported) == V13


@pytest.mark.parametrize(
    ("supported", "said"),
    [(PRO_2014[:-1], "12.0"), (["CA13.0"], "no level"), ([], "no level")],
)
def test_an_old_quickbooks_is_refused_with_its_level(supported: list[str], said: str) -> None:
    with pytest.raises(TooOld, match=said):
        choose(supported)
