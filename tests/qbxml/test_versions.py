"""Which level of qbXML is spoken with a company file."""

import pytest

from qbxml.errors import OtherEdition, TooOld, VersionError
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
    [(PRO_2014[:-1], "12.0"), ([], "no level")],
)
def test_an_old_quickbooks_is_refused_with_its_level(supported: list[str], said: str) -> None:
    with pytest.raises(TooOld, match=said):
        choose(supported)


@pytest.mark.parametrize(
    ("supported", "country", "said"),
    [
        (PRO_2014, "CA", "Canadian.* HST"),
        (PRO_2014, " uk ", "United Kingdom.* VAT"),
        (PRO_2014, "GB", "United Kingdom.* VAT"),
        (PRO_2014, "AU", "Australian.* GST"),
        (["CA13.0"], "US", "Canadian"),
        (["UK3.0", "UK4.0", "x"], "", "United Kingdom"),
    ],
)
def test_another_edition_is_refused_by_its_name(supported: list[str], country: str, said: str) -> None:
    with pytest.raises(OtherEdition, match=said):
        choose(supported, country=country)


@pytest.mark.parametrize("country", ["US", "us", "", "Elsewhere"])
def test_a_country_that_is_not_known_is_taken_for_ours(country: str) -> None:
    assert choose(PRO_2014, country=country) == V13
