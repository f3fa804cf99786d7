"""What a company file says of itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest

from qbwc_server.books.facts import Introduction, UnreadableFile, read_introduction
from qbwc_server.books.preferences import Preferences
from qbwc_server.simulator.company_file import CompanyFile
from tests.conftest import TurnableClock

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
        "account_numbers": True,
        "class_tracking": True,
        "sales_tax": True,
        "sales_tax_item": "NY",
        "sales_tax_item_id": "8-1",
        "multi_currency": False,
    }


def test_what_the_simulated_company_file_sends(clock: TurnableClock) -> None:
    books = CompanyFile("Kern Lighting", now=clock)
    books.register(UUID(OWNER), UUID(FILE))
    books.open()
    found = read_introduction(io.BytesIO(books.hcp_response(UUID(OWNER)).encode()), OWNER)
    assert (found.company_name, found.file_id) == ("Kern Lighting", FILE)
    assert "13.0" in found.supported
    said = Preferences.from_record(found.preferences)
    assert (said.estimates, said.inventory, said.receipts_apart, said.price_levels) == (True, True, False, True)
    assert (said.accounts_required, said.bills_due_days, said.sales_tax) == (True, 30, False)


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


def test_the_first_question_that_was_refused_is_known() -> None:
    refusal = (
        '<CompanyQueryRs requestID="1" statusCode="3260" statusSeverity="Error" '
        'statusMessage="Insufficient permission level to perform this action. "/>'
    )
    found = introduction(HOST, refusal, PREFERENCES)
    assert found.refused is not None
    assert (found.refused.code, found.described) == (3260, False)
