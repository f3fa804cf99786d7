"""Rules and what was learnt, from the lines of an upload to the documents, and what people choose instead."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import ImportReport
from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.applying import learn_from
from qbwc_server.mapping.rules.keeping import add_rule, move_rule
from qbwc_server.mapping.rules.rule import Rule, Split
from qbwc_server.posting.options import change_options
from qbwc_server.posting.people.edit import edit
from qbwc_server.reports.entries import entries_record
from qbwc_server.tenancy.companies import add_company, find_company
from tests.channels.connected import ANN
from tests.conftest import TurnableClock
from tests.introduced import introduced
from tests.qbwc_server.books.mirror.lists_kept import keep, told


class Office:
    """A company whose statements are uploaded as checks."""

    def __init__(self, database: Database, clock: TurnableClock, folder: Path) -> None:
        self.database, self.clock, self._folder = database, clock, folder
        with database.transaction() as db:
            company = add_company(db, code="shop", name="Shop", time_zone="UTC", now=clock())
            introduced(db, company.id, clock())
            for name in ("Travel", "Fees", "Unknown", "Rent", "Checking"):
                keep(db, company.id, told(f"{name}-1", name, entry_type="Expense"), kind=ListKind.ACCOUNT)

    def rule(self, text: str, account: str, **more: Any) -> int:
        with self.database.transaction() as db:
            return add_rule(db, find_company(db, "shop"), Rule(text, account, **more), by=ANN, now=self.clock()).id

    def upload(self, *memos: str, key: str = "1", **more: Any) -> ImportReport:
        """One check with a line of ten for each."""
        lines = [{"account": "Unknown", "amount": "10.00", "memo": memo} for memo in memos]
        told = {
            "kind": "check", "origin": f"bank:{key}", "date": "2026-03-02", "bank_account": "Checking",
            "expenses": lines, **more,
        }  # fmt: skip
        path = self._folder / "statement.jsonl"
        path.write_text(json.dumps(told) + "\n")
        choices = ImportChoices(options={"rules": True}, submit=False, revise=True)
        return import_file(self.database, "shop", path, choices, by=ANN, clock=self.clock)

    def lines(self, key: str = "1") -> list[tuple[str, str, str]]:
        """Account, amount, and what gave the account."""
        with self.database.reading() as db:
            row = self._row(db, key)
            said = {one["field"]: one["given_by"]["words"] for one in entries_record(row)}
            expenses = json.loads(row.body)["expenses"]
        return [(line["account"], line["amount"], said[f"expenses[{at}].account"]) for at, line in enumerate(expenses)]

    def choose(self, account: str, key: str = "1", **more: Any) -> int:
        """A person writes another account on the first line; how many choices were learnt."""
        with self.database.transaction() as db:
            row = self._row(db, key)
            before = load_document(row.body)
            content = {name: value for name, value in json.loads(row.body).items() if name not in ("kind", "origin")}
            content["expenses"][0] |= {"account": account, **more}
            edit(db, find_company(db, "shop"), row, content, revision=row.revision, by=ANN, now=self.clock())
            return learn_from(db, row, before, now=self.clock())

    def _row(self, db: Any, key: str) -> DocumentRow:
        row = db.scalar(select(DocumentRow).where(DocumentRow.origin == f"bank:{key}"))
        assert isinstance(row, DocumentRow)
        return row


@pytest.fixture
def office(database: Database, clock: TurnableClock, tmp_path: Path) -> Office:
    return Office(database, clock, tmp_path)


SOURCE, PERSON = "its source names it", "a person has edited it here"


def test_the_first_rule_that_fits_gives_the_account_and_the_document_says_which(office: Office) -> None:
    first, second = office.rule("parking", "Travel"), office.rule("parking main", "Fees")
    office.upload("Parking Main St", "Lunch")
    assert office.lines() == [("Travel", "10.00", f"rule {first}"), ("Unknown", "10.00", SOURCE)]
    with office.database.transaction() as db:
        move_rule(db, find_company(db, "shop"), second, 1, by=ANN, now=office.clock())
    office.upload("Parking Main St", key="2")
    assert office.lines("2") == [("Fees", "10.00", f"rule {second}")]


def test_parts_stand_behind_all_lines_and_come_to_the_same(office: Office) -> None:
    number = office.rule("card", "Travel", splits=(Split("Fees", amount=Decimal("2.50")),))
    office.upload("card 1", "Lunch")
    why = f"rule {number}"
    assert office.lines() == [("Travel", "7.50", why), ("Unknown", "10.00", SOURCE), ("Fees", "2.50", why)]


def test_what_a_person_chose_is_proposed_for_the_next_one_behind_all_rules(office: Office) -> None:
    office.upload("Rent 03/2026")
    assert office.choose("Rent") == 1
    assert office.lines() == [("Rent", "10.00", PERSON)]
    office.upload("RENT 04/2026", key="2")
    ((account, _, why),) = office.lines("2")
    assert (account, why.split()[0]) == ("Rent", "learnt")
    number = office.rule("rent", "Fees")
    office.upload("Rent 05/2026", key="3")
    assert office.lines("3") == [("Fees", "10.00", f"rule {number}")]


def test_a_company_that_does_not_want_it_learns_nothing_and_uses_nothing(office: Office) -> None:
    office.upload("Rent 03/2026")
    office.choose("Rent")
    with office.database.transaction() as db:
        company = find_company(db, "shop")
        change_options(db, company.id, {"learn_accounts": False}, by=ANN, now=office.clock())
    office.upload("Rent 04/2026", key="2")
    assert office.lines("2") == [("Unknown", "10.00", SOURCE)]
    assert office.choose("Travel", key="2") == 0


def test_what_a_person_did_not_choose_is_not_learnt(office: Office) -> None:
    office.upload("Rent 03/2026")
    assert office.choose("Unknown", memo="Rent of March") == 0
    assert office.choose("Travel", amount="4.00") == 0  # he split the line
    assert office.choose("No such account") == 0


def test_what_was_edited_by_hand_stays_when_a_rule_comes_later(office: Office) -> None:
    office.upload("Parking", "Lunch")
    office.choose("Rent")
    office.rule("lunch", "Travel")
    report = office.upload("Parking", "Lunch")
    assert (report.counts.same, report.counts.revised) == (1, 0)
    assert [account for account, _, _ in office.lines()] == ["Rent", "Unknown"]


def test_what_nobody_touched_follows_a_rule_when_it_comes_again(office: Office) -> None:
    office.upload("Parking", "Lunch")
    office.rule("lunch", "Travel")
    assert office.upload("Parking", "Lunch").counts.revised == 1
    assert [account for account, _, _ in office.lines()] == ["Unknown", "Travel"]
    assert office.upload("Parking", "Lunch").counts.same == 1


def test_without_the_option_rules_change_nothing(office: Office, tmp_path: Path) -> None:
    office.rule("parking", "Travel")
    office.upload("Parking")
    path = tmp_path / "statement.jsonl"
    path.write_text(path.read_text().replace("bank:1", "bank:2"))
    import_file(office.database, "shop", path, ImportChoices(submit=False), by=ANN, clock=office.clock)
    assert office.lines("2") == [("Unknown", "10.00", SOURCE)]
