"""What a company file says of itself, and whether it is the one that is meant."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from qbwc_server.books.facts import (
    Introduction,
    OtherFile,
    Refused,
    UnreadableFile,
    learn,
    read_introduction,
    take_for_ours,
)
from qbwc_server.books.models import CompanyFacts
from qbwc_server.db import Database
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.tenancy.models import Company
from qbxml import OtherEdition, TooOld
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

OWNER, FILE = str(uuid4()), str(uuid4())


def extension(name: str, value: str, owner: str = OWNER) -> str:
    return (
        f"<DataExtRet><OwnerID>{{{owner.upper()}}}</OwnerID><DataExtName>{name}</DataExtName>"
        f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{value}</DataExtValue></DataExtRet>"
    )


HOST = (
    '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet>'
    "<ProductName>QuickBooks Pro 2015</ProductName><MajorVersion>25</MajorVersion><MinorVersion>0</MinorVersion>"
    "<Country>US</Country><SupportedQBXMLVersion>1.0</SupportedQBXMLVersion>"
    "<SupportedQBXMLVersion>CA3.0</SupportedQBXMLVersion><SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>"
    "<IsAutomaticLogin>false</IsAutomaticLogin><QBFileMode>SingleUser</QBFileMode></HostRet></HostQueryRs>"
)
COMPANY = (
    '<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet>'
    "<IsSampleCompany>false</IsSampleCompany><CompanyName>Kern &amp; S&#246;hne</CompanyName>"
    "<LegalCompanyName>Kern GmbH</LegalCompanyName>%s</CompanyRet></CompanyQueryRs>"
)
PREFERENCES = (
    '<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><PreferencesRet>'
    "<AccountingPreferences><IsUsingAccountNumbers>true</IsUsingAccountNumbers>"
    "<IsUsingClassTracking>true</IsUsingClassTracking><ClosingDate>2025-12-31</ClosingDate></AccountingPreferences>"
    "<SalesTaxPreferences><DefaultItemSalesTaxRef><ListID>8-1</ListID><FullName>NY</FullName></DefaultItemSalesTaxRef>"
    "</SalesTaxPreferences></PreferencesRet></PreferencesQueryRs>"
)
MARKS = extension("FileID", f"{{{FILE.upper()}}}") + extension("AppLock", "LOCKED:BACKOFFICE:635500000000000000")


def introduction(*answers: str) -> Introduction:
    text = f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>{"".join(answers)}</QBXMLMsgsRs>\n</QBXML>\n'
    return read_introduction(io.BytesIO(text.encode()), OWNER)


def test_what_the_web_connector_sends() -> None:
    found = introduction(HOST, COMPANY % MARKS, PREFERENCES)
    assert (found.product, found.country) == ("QuickBooks Pro 2015", "US")
    assert found.supported == ("1.0", "CA3.0", "13.0")
    assert (found.company_name, found.legal_name, found.machine) == ("Kern & Söhne", "Kern GmbH", "BACKOFFICE")
    assert found.file_id == FILE  # however QuickBooks writes it
    assert found.closing_date == date(2025, 12, 31)
    assert found.preferences == {
        "class_tracking": True,
        "sales_tax": True,
        "sales_tax_item": "NY",
        "multi_currency": False,
    }


def test_what_the_simulated_company_file_sends(clock: TurnableClock) -> None:
    books = CompanyFile("Kern Lighting", now=clock)
    books.register(UUID(OWNER), UUID(FILE))
    books.open()
    found = read_introduction(io.BytesIO(books.hcp_response(UUID(OWNER)).encode()), OWNER)
    assert (found.company_name, found.file_id) == ("Kern Lighting", FILE)
    assert "13.0" in found.supported


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ((), ("product", "company_name", "file_id", "closing_date", "machine")),
        ((HOST,), ("company_name", "file_id", "closing_date")),
        ((COMPANY % MARKS, PREFERENCES), ("product", "country")),
        ((HOST, COMPANY % ""), ("file_id", "machine")),
        ((COMPANY % extension("FileID", "no guid"),), ("file_id",)),
        ((COMPANY % extension("FileID", FILE, owner=str(uuid4())),), ("file_id",)),  # another application's
        ((COMPANY % extension("AppLock", "UNLOCKED"),), ("machine",)),
        ((PREFERENCES.replace("2025-12-31", "soon"),), ("closing_date",)),
        (('<HostQueryRs requestID="0" statusCode="1000" statusSeverity="Error" statusMessage="No."/>',), ("product",)),
    ],
)
def test_what_is_missing_is_missing(answers: Sequence[str], missing: Sequence[str]) -> None:
    found = introduction(*answers)
    assert [getattr(found, name) for name in missing] == [None] * len(missing)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "HOSTQUERY/COMPANYQUERY/PREFQUERY is currently not supported in QBPOS.",
        "<html><body>502</body></html>",
        "<QBXML><QBXMLMsgsRq/></QBXML>",
        f"<QBXML><QBXMLMsgsRs>{HOST}",
        '<!DOCTYPE QBXML [<!ENTITY x SYSTEM "file:///etc/hostname">]><QBXML><QBXMLMsgsRs/></QBXML>',
        '<!DOCTYPE QBXML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><QBXML><QBXMLMsgsRs>&b;</QBXMLMsgsRs></QBXML>',
        "<QBXML><QBXMLMsgsRs>&x;</QBXMLMsgsRs></QBXML>",
        "<QBXML><QBXMLMsgsRs><HostQueryRs/></QBXMLMsgsRs></QBXML>",  # no status code
    ],
)
def test_what_is_no_introduction(text: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_introduction(io.BytesIO(text.encode()), OWNER)
    assert refusal.value.detail
    assert refusal.value.retry_helps


class Acquaintance:
    """A company, and the files that introduce themselves to it one after the other."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock()).id

    def meets(self, found: Introduction, **values: Any) -> CompanyFacts:
        with self.database.transaction() as db:
            company = db.get_one(Company, self.id)
            return learn(
                db,
                company,
                found,
                now=self.clock(),
                **{"qwc_file_id": FILE, "file_path": "C:\\Kern.QBW", "country": "US", **values},
            )

    def refuses(self, found: Introduction) -> str:
        with pytest.raises(OtherFile) as refusal:
            self.meets(found)
        assert "resume" in refusal.value.advice
        self.seen = dict(refusal.value.seen)
        return str(refusal.value)

    def accept_what_was_refused(self) -> None:
        with self.database.transaction() as db:
            take_for_ours(db, db.get_one(Company, self.id), json.loads(json.dumps(self.seen)), self.clock())


@pytest.fixture
def kern(database: Database, clock: TurnableClock) -> Acquaintance:
    return Acquaintance(database, clock)


OURS = Introduction(product="QuickBooks Pro 2015", supported=("12.0", "13.0"), company_name="Kern", file_id=FILE)
OTHERS = replace(OURS, company_name="Somebody else", file_id=str(uuid4()))
UNMARKED = replace(OURS, file_id=None)


def test_what_was_said_is_remembered(kern: Acquaintance) -> None:
    kern.meets(replace(OURS, closing_date=date(2025, 12, 31), machine="PC-1", preferences={"sales_tax": True}))
    kern.clock.advance(days=1)
    kern.meets(replace(OURS, product="QuickBooks Pro 2016"), file_path="D:\\Kern.QBW")
    with kern.database.reading() as db:
        facts = db.get_one(CompanyFacts, kern.id)
    assert (facts.product, facts.country, facts.qbxml_version) == ("QuickBooks Pro 2016", "US", "13.0")
    assert (facts.file_path, facts.closing_date, facts.seen_at) == ("D:\\Kern.QBW", None, kern.clock())


@pytest.mark.parametrize(
    ("said", "by_the_connector", "kept"),
    [("US", "", "US"), (None, "US", "US"), (None, "", "US"), ("X" * 99, "", "X" * 8)],
)
def test_the_country(kern: Acquaintance, said: str | None, by_the_connector: str, kept: str) -> None:
    assert kern.meets(replace(OURS, country=said), country=by_the_connector).country == kept


def test_the_file_id_decides_not_the_name(kern: Acquaintance) -> None:
    kern.meets(OURS)
    kern.meets(replace(OURS, company_name="Kern Lighting Inc"))  # renamed
    assert "Somebody else" in kern.refuses(OTHERS)
    assert "a company without a name" in kern.refuses(replace(OTHERS, company_name=None))
    kern.meets(OURS)


def test_another_file_is_refused_at_the_very_first_session(kern: Acquaintance) -> None:
    kern.refuses(OTHERS)
    with kern.database.reading() as db:
        assert db.get(CompanyFacts, kern.id) is None  # nothing of it is remembered


@pytest.mark.parametrize("name", [None, ""])
def test_a_file_that_says_nothing_of_itself_is_not_taken_for_ours(kern: Acquaintance, name: str | None) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableFile):
            kern.meets(replace(UNMARKED, company_name=name))
    kern.meets(OURS)


def test_a_file_without_a_mark_is_known_by_its_name(kern: Acquaintance) -> None:
    kern.meets(UNMARKED)
    kern.meets(UNMARKED)
    assert "Kern" in kern.refuses(replace(UNMARKED, company_name="Somebody else"))
    kern.meets(OURS)  # marked in the meantime


def test_a_file_that_has_lost_its_mark_is_another_file(kern: Acquaintance) -> None:
    kern.meets(OURS)
    kern.refuses(UNMARKED)


@pytest.mark.parametrize("other", [OTHERS, replace(UNMARKED, company_name="Kern Ltd")])
def test_a_person_may_say_that_the_file_seen_is_the_right_one(kern: Acquaintance, other: Introduction) -> None:
    kern.meets(OURS)
    kern.refuses(replace(other, closing_date=date(2025, 12, 31)))
    kern.accept_what_was_refused()
    kern.refuses(replace(OTHERS, file_id=str(uuid4())))  # another one than the one that was seen
    kern.meets(other)
    kern.meets(other)  # and stays so
    kern.refuses(replace(OTHERS, file_id=str(uuid4())))  # which was said of that one only


@pytest.mark.parametrize(
    ("said", "by_the_connector", "tax"),
    [("CA", "US", "PST"), (None, "UK", "VAT"), ("GB", "", "VAT"), ("au", "AU", "GST"), (None, "CA", "HST")],
)
def test_a_file_of_another_edition_is_refused_in_words(
    kern: Acquaintance, said: str | None, by_the_connector: str, tax: str
) -> None:
    with pytest.raises(OtherEdition, match=tax):
        kern.meets(replace(OURS, country=said), country=by_the_connector)


def test_a_permission_that_lacks_is_named(kern: Acquaintance) -> None:
    refusal = (
        '<CompanyQueryRs requestID="1" statusCode="3260" statusSeverity="Error" '
        'statusMessage="Insufficient permission level to perform this action. "/>'
    )
    with pytest.raises(Refused, match=r"may not do this.* Insufficient permission level") as refused:
        kern.meets(introduction(HOST, refusal, PREFERENCES))
    assert "permission" in refused.value.said.advice


@pytest.mark.parametrize("supported", [(), ("10.0",), ("12.0", "9.1"), ("", "x", "-1.0")])
def test_quickbooks_that_is_too_old_is_refused_whatever_file_it_is(
    kern: Acquaintance, supported: tuple[str, ...]
) -> None:
    with pytest.raises(TooOld, match="too old"):
        kern.meets(replace(OURS, supported=supported))
    with kern.database.reading() as db:
        assert db.get(CompanyFacts, kern.id) is None  # nothing was accepted by it


@pytest.mark.parametrize("supported", [("13.0",), ("13.0", "16.0"), ("15.0", "16.0"), ("2.0", "13.0", "CA14.0")])
def test_the_level_spoken(kern: Acquaintance, supported: tuple[str, ...]) -> None:
    assert kern.meets(replace(OURS, supported=supported)).qbxml_version == "13.0"
