"""Whether the company file that is open is the one that is meant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from qbwc_server.books.contact import OtherFile, learn, take_for_ours
from qbwc_server.books.facts import Introduction, Refused, UnreadableFile
from qbwc_server.books.models import CompanyFacts
from qbwc_server.db import Database
from qbwc_server.tenancy.models import Company
from qbxml import OtherEdition, TooOld
from qbxml.status import status
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

FILE = str(uuid4())


class Acquaintance:
    """A company, and the files that introduce themselves to it one after the other."""

    def __init__(self, database: Database, clock: TurnableClock, code: str = "kern") -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock(), code).id

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
    kern.meets(replace(OURS, product="QuickBooks Pro 2016", closing_date_told=True), file_path="D:\\Kern.QBW")
    with kern.database.reading() as db:
        facts = db.get_one(CompanyFacts, kern.id)
    assert (facts.product, facts.country, facts.qbxml_version) == ("QuickBooks Pro 2016", "US", "13.0")
    assert (facts.file_path, facts.closing_date, facts.seen_at) == ("D:\\Kern.QBW", None, kern.clock())


def test_what_is_closed_stays_closed_until_the_file_says_otherwise(kern: Acquaintance) -> None:
    """Whoever may not see the preferences does not hear of it."""
    kern.meets(replace(OURS, closing_date=date(2025, 12, 31), closing_date_told=True))
    assert kern.meets(OURS).closing_date == date(2025, 12, 31)
    assert kern.meets(replace(OURS, closing_date_told=True)).closing_date is None


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
    assert "Kern.QBW open" in kern.refuses(replace(OTHERS, company_name=None))
    kern.meets(OURS)


@pytest.mark.parametrize("other", [OTHERS, UNMARKED, replace(UNMARKED, company_name="Somebody else")])
def test_only_the_mark_of_the_qwc_is_taken_at_the_very_first_session(kern: Acquaintance, other: Introduction) -> None:
    for _ in range(2):
        said = kern.refuses(other)
        assert str(other.company_name) in said
        assert "Kern Lighting" in said
    with kern.database.reading() as db:
        assert db.get(CompanyFacts, kern.id) is None  # nothing of it is remembered
    kern.meets(OURS)


@pytest.mark.parametrize("name", [None, ""])
@pytest.mark.parametrize("path", ["", "C:\\Kern.QBW"])
def test_a_file_that_says_nothing_of_itself_is_not_taken_for_ours(
    kern: Acquaintance, name: str | None, path: str
) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableFile):
            kern.meets(replace(UNMARKED, company_name=name), file_path=path)
    kern.meets(OURS)


def test_a_company_without_a_name_is_called_by_its_file(kern: Acquaintance) -> None:
    nameless = replace(UNMARKED, company_name=None, described=True)
    assert "Kern.QBW open" in kern.refuses(nameless)
    kern.accept_what_was_refused()
    kern.meets(nameless)
    with pytest.raises(OtherFile, match=r"Lamb.QBW open.* until now that was Kern.QBW"):
        kern.meets(nameless, file_path="C:\\Lamb.QBW")


def test_a_file_without_a_mark_is_known_by_its_name_once_it_is_accepted(kern: Acquaintance) -> None:
    kern.refuses(UNMARKED)
    kern.accept_what_was_refused()
    kern.meets(UNMARKED)
    assert "Kern" in kern.refuses(replace(UNMARKED, company_name="Somebody else"))
    kern.meets(OURS)  # marked in the meantime


@pytest.mark.parametrize("path", ["D:\\Books\\KERN.qbw", "//office/books/Kern.QBW", ""])
def test_the_folder_of_an_accepted_file_may_be_called_otherwise(kern: Acquaintance, path: str) -> None:
    kern.refuses(UNMARKED)
    kern.accept_what_was_refused()
    kern.meets(UNMARKED, file_path=path)
    with pytest.raises(OtherFile, match=r"another Kern \(C:\\Kern 2019.QBW\)"):
        kern.meets(UNMARKED, file_path="C:\\Kern 2019.QBW")  # not told is not forgotten


def lamb(kern: Acquaintance) -> Acquaintance:
    return Acquaintance(kern.database, kern.clock, code="lamb")


@pytest.mark.parametrize(
    ("path", "kerns_pc", "lambs_pc", "same"),
    [
        ("C:\\Kern.QBW", "PC-1", "pc-1", True),
        ("C:\\Kern.QBW", "PC-1", "PC-2", False),  # every PC has a drive of this name
        ("C:\\Kern.QBW", None, "PC-2", True),  # not told
        ("\\\\OFFICE\\Books\\Kern.QBW", "PC-1", "PC-2", True),
        ("", "PC-1", "PC-1", False),  # not told either
    ],
)
def test_a_file_that_another_company_has_is_a_question(
    kern: Acquaintance, path: str, kerns_pc: str | None, lambs_pc: str | None, same: bool
) -> None:
    kern.meets(replace(OURS, machine=kerns_pc), file_path=path)
    second, theirs = lamb(kern), replace(OURS, machine=lambs_pc)
    if not same:
        second.meets(theirs, file_path=path)
        return
    with pytest.raises(OtherFile, match=r"kern already writes.* lamb would") as question:
        second.meets(theirs, file_path=path.upper())
    second.seen = dict(question.value.seen)
    second.accept_what_was_refused()
    second.meets(theirs, file_path=path)


def test_the_mark_is_not_believed_of_a_file_with_both_names_changed(kern: Acquaintance) -> None:
    kern.meets(OURS)
    kern.meets(OURS, file_path="C:\\Kern 2026.QBW")
    kern.meets(replace(OURS, company_name="Kern Inc"), file_path="C:\\Kern 2026.QBW")
    kern.meets(replace(OURS, company_name=None), file_path="C:\\Kern Inc.QBW")
    kern.meets(replace(OURS, company_name="Kern Inc"), file_path="")
    with pytest.raises(OtherFile, match=r"Lamb open.* until now that was Kern Inc"):  # the .qwc was added there, too
        kern.meets(replace(OURS, company_name="Lamb"), file_path="C:\\Lamb.QBW")
    kern.meets(replace(OURS, company_name="Kern Inc"), file_path="D:\\Kern Inc.QBW")


def test_a_known_file_that_has_become_another_companys_is_a_question(kern: Acquaintance) -> None:
    kern.meets(OURS, file_path="C:\\Kern.QBW")
    second = lamb(kern)
    second.meets(OURS, file_path="C:\\Old\\Lamb.QBW")
    second.meets(OURS, file_path="D:\\Lamb.QBW")
    with pytest.raises(OtherFile, match="kern already writes"):
        second.meets(OURS, file_path="C:\\Kern.QBW")
    kern.meets(OURS, file_path="C:\\Kern.QBW")
    second.meets(OURS, file_path="C:\\Lamb.QBW")


def test_companies_of_the_same_name_have_files_of_their_own(kern: Acquaintance) -> None:
    kern.meets(OURS, file_path="C:\\Kern.QBW")
    lamb(kern).meets(OURS, file_path="C:\\Lamb.QBW")


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


def test_a_permission_that_lacks_is_named(kern: Acquaintance) -> None:
    refused = status(3260, "Insufficient permission level to perform this action. ")
    with pytest.raises(Refused, match=r"may not do this.* Insufficient permission level") as refusal:
        kern.meets(replace(UNMARKED, company_name=None, refused=refused))
    assert "permission" in refusal.value.said.advice
