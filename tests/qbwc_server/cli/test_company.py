"""``qbwc-server company``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import qwc_templates
from qbwc_server.books.contact import take_for_ours
from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.logins import login_of
from qbwc_server.db import Database
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.credentials import password_matches
from qbwc_server.tenancy.server_key import known_key
from tests.qbwc_server.cli.conftest import CommandLine

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SEEN: dict[str, Any] = {
    "file_id": None,
    "company_name": "Acme Ltd",
    "legal_name": None,
    "file_path": "",
    "product": None,
    "country": "US",
    "qbxml_version": "13.0",
    "machine": None,
    "closing_date": None,
    "preferences": {},
}
KEYS = {
    "code",
    "name",
    "time_zone",
    "partner",
    "created_at",
    "connector_user",
    "owner_id",
    "file_id",
    "company_file",
    "minimum_interval_s",
    "postpone_until",
    "hold",
    "hold_detail",
    "holds",
}


def test_add_shows_login_and_password_and_how_to_go_on(run: CommandLine, cli_database: Database) -> None:
    result = run("company", "add", "acme", "--name", "Acme", "--time-zone", "America/New_York")
    assert result.exit_code == 0
    words = result.stdout.split()
    password = words[words.index("Password") + 1]
    assert "qbwc-server company qwc acme --output acme.qwc" in result.stdout
    with cli_database.reading() as db:
        login = login_of(db, find_company(db, "acme").id)
        assert password_matches(login.password_hash, password, known_key(db, "passwords"))
        assert login.user == "acme"


def test_add_for_programs(run: CommandLine) -> None:
    added = run.json("company", "add", "a1", "--name", "A", "--time-zone", "UTC", "--company-file", r"C:\books\a.qbw")
    assert set(added) == {*KEYS, "connector_password"}
    assert added["company_file"] == r"C:\books\a.qbw"
    assert added["hold"] is None


@pytest.mark.parametrize(
    ("code", "zone", "message"),
    [("Acme!", "UTC", "lower-case"), ("b", "Mars/Olympus", "no time zone"), ("acme", "UTC", "already a company")],
)
def test_add_refuses(run: CommandLine, acme: str, code: str, zone: str, message: str) -> None:
    result = run("company", "add", code, "--name", "A", "--time-zone", zone)
    assert result.exit_code == 4
    assert message in result.stderr
    assert result.stdout == ""


def test_add_needs_name_and_time_zone(run: CommandLine) -> None:
    assert run("company", "add", "acme").exit_code == 2


def test_list(run: CommandLine) -> None:
    assert "no company yet" in run("company", "list").stdout
    assert run.json("company", "list") == {"companies": []}
    for code in ("zeta", "acme"):
        run("company", "add", code, "--name", code.title(), "--time-zone", "UTC")
    assert [line.split()[0] for line in run("company", "list").stdout.splitlines()] == ["Code", "acme", "zeta"]
    listed = run.json("company", "list")["companies"]
    assert [each["code"] for each in listed] == ["acme", "zeta"]
    assert set(listed[0]) == KEYS


def test_show_before_the_first_session(run: CommandLine, acme: str) -> None:
    result = run("company", "show", "acme")
    assert "Acme Lighting" in result.stdout
    assert "has not called yet" in result.stderr
    shown = run.json("company", "show", "acme")
    assert set(shown) == {*KEYS, "documents", "options", "quickbooks"}
    assert shown["quickbooks"] is None
    assert shown["documents"] == {}
    assert shown["options"]["create_items"] is False
    assert "password" not in str(shown)


def test_show_what_quickbooks_said_of_itself(run: CommandLine, acme: str, cli_database: Database) -> None:
    with cli_database.transaction() as db:
        company = find_company(db, "acme")
        db.add(
            CompanyFacts(
                company_id=company.id,
                company_name="Acme Books",
                file_path=r"C:\acme.qbw",
                product="QuickBooks Pro 2015",
                country="US",
                qbxml_version="13.0",
                preferences={},
                seen_at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
            )
        )
    text = run("company", "show", "acme").stdout
    assert "QuickBooks Pro 2015, qbXML 13.0" in text
    assert "2026-03-02 10:00:00 EST" in text
    assert run.json("company", "show", "acme")["quickbooks"]["company_name"] == "Acme Books"


def test_an_unknown_company_is_not_found(run: CommandLine) -> None:
    for command in ("show", "qwc", "password", "token", "options", "resume"):
        result = run("company", command, "nobody")
        assert result.exit_code == 3, command
        assert "no company 'nobody'" in result.stderr


def test_qwc_goes_to_a_file_or_to_stdout(run: CommandLine, acme: str) -> None:
    result = run("company", "qwc", "acme", "--output", "acme.qwc", "--every", "5")
    assert (result.exit_code, result.stdout) == (0, "")
    file = qwc_templates.read(Path("acme.qwc").read_bytes())
    qwc_templates.check(file)
    assert (file.user_name, file.app_url, file.run_every_minutes) == ("acme", "http://localhost:8000/qbwc", 5)
    printed = qwc_templates.read(run("company", "qwc", "acme").stdout_bytes)
    assert printed.run_every_minutes is None
    assert printed.owner_id == file.owner_id


def test_qwc_into_a_folder_that_is_not_there(run: CommandLine, acme: str) -> None:
    result = run("company", "qwc", "acme", "--output", "absent/acme.qwc")
    assert result.exit_code == 4
    assert "cannot be written" in result.stderr


def test_qwc_for_an_address_that_the_web_connector_refuses(run: CommandLine, acme: str) -> None:
    Path("qbwc.toml").write_text('base_url = "https://10.0.0.1"\n', encoding="utf-8")
    result = run("company", "qwc", "acme")
    assert result.exit_code == 4
    assert "would not take this file: AppURL" in result.stderr


def test_a_new_password_replaces_the_old_one(run: CommandLine, acme: str, cli_database: Database) -> None:
    renewed = run.json("company", "password", "acme")
    assert set(renewed) == {"code", "connector_user", "connector_password"}
    with cli_database.reading() as db:
        stored, key = login_of(db, find_company(db, "acme").id).password_hash, known_key(db, "passwords")
    assert password_matches(stored, renewed["connector_password"], key)
    assert not password_matches(stored, acme, key)
    assert "New password" in run("company", "password", "acme").stdout


def test_options_are_shown_changed_and_taken_back(run: CommandLine, acme: str) -> None:
    assert run.json("company", "options", "acme")["options"]["create_customers"] is True
    changed = run.json("company", "options", "acme", "create_customers=no", "deposit_to=Checking")["options"]
    assert (changed["create_customers"], changed["deposit_to"]) == (False, "Checking")
    assert run.json("company", "options", "acme", "deposit_to=")["options"]["deposit_to"] is None
    table = run("company", "options", "acme").stdout
    assert "create_customers" in table
    assert "add customers that documents name" in table


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ("create_items=true", 4, "item_income_account"),
        ("create_items=perhaps", 4, "create_items"),
        ("colour=red", 4, "colour"),
        ("create_items", 2, "NAME=VALUE"),
    ],
)
def test_options_that_cannot_be_are_refused(run: CommandLine, acme: str, change: str, code: int, message: str) -> None:
    result = run("company", "options", "acme", change)
    assert result.exit_code == code
    assert message in result.stderr
    assert run.json("company", "options", "acme")["options"]["create_items"] is False


def test_postpone_and_lift(run: CommandLine, acme: str) -> None:
    assert "postponed until" in run("company", "postpone", "acme", "--minutes", 30).stdout
    assert run.json("company", "show", "acme")["postpone_until"] is not None
    assert "no longer" in run("company", "postpone", "acme", "--minutes", 0).stdout
    assert run.json("company", "postpone", "acme", "--minutes", 0)["postpone_until"] is None


def test_pause_and_resume(run: CommandLine, acme: str) -> None:
    assert "acme is paused" in run("company", "pause", "acme").stdout
    assert run.json("company", "show", "acme")["hold"] == "paused"
    assert "Paused by an operator" in run("status", "acme").stdout
    assert run("company", "pause", "acme").exit_code == 4
    assert "was: paused" in run("company", "resume", "acme").stdout


def test_resume_lifts_a_hold(run: CommandLine, acme: str, cli_database: Database) -> None:
    refused = run("company", "resume", "acme")
    assert refused.exit_code == 4
    assert "document_state: " in refused.stderr
    with cli_database.transaction() as db:
        company_id = find_company(db, "acme").id
        put_on_hold(
            db, company_id, HoldKind.OTHER_FILE, "Another company file is open.", by=QUICKBOOKS, now=NOW, seen=SEEN
        )
    assert "other file: Another company file is open." in run("company", "show", "acme").stdout
    assert "other file" in run("company", "list").stdout
    refused = run("company", "resume", "acme")
    assert refused.exit_code == 4
    assert "--accept-file" in refused.stderr
    assert run("company", "resume", "acme", "--accept-file", "Somebody else").exit_code == 4
    assert run.json("company", "show", "acme")["hold"] == "other_file"
    assert "was: other file" in run("company", "resume", "acme", "--accept-file", " acme  LTD").stdout
    assert run.json("company", "show", "acme")["quickbooks"]["company_name"] == "Acme Ltd"
    assert run.json("company", "show", "acme")["hold"] is None
    with cli_database.transaction() as db:
        put_on_hold(db, company_id, HoldKind.RESTORED_BACKUP, "Postings are missing.", by=QUICKBOOKS, now=NOW)
    resumed = run.json("company", "resume", "acme", "--repost")
    assert (resumed["was"], resumed["hold"], resumed["looked_for"]) == ("restored_backup", None, 0)


def test_a_file_is_refused_by_the_name_of_its_company(run: CommandLine, acme: str, cli_database: Database) -> None:
    unknown = run("company", "refuse-file", "acme", "Acme Ltd")
    assert unknown.exit_code == 4
    assert "No company file is known" in unknown.stderr
    file_id = run.json("company", "show", "acme")["file_id"]
    with cli_database.transaction() as db:
        take_for_ours(db, find_company(db, "acme"), {**SEEN, "file_id": file_id}, NOW)
    assert run("company", "refuse-file", "acme", "Somebody else").exit_code == 4
    refused = run.json("company", "refuse-file", "acme", "acme ltd")
    assert (refused["refused_file"], refused["new_qwc"], refused["hold"]) == ("Acme Ltd", True, "other_file")
    assert refused["file_id"] != file_id  # what that file bears is no mark of ours any more
    assert run("company", "resume", "acme", "--accept-file").exit_code == 4  # which one is always said
    run("company", "resume", "acme", "--accept-file", "Acme Ltd")
    said = run("company", "refuse-file", "acme", "Acme Ltd").stdout
    assert "Nothing is written to Acme Ltd any more." in said
    assert "company qwc" not in said


def test_of_several_holds_one_is_lifted_by_name(run: CommandLine, acme: str, cli_database: Database) -> None:
    with cli_database.transaction() as db:
        put_on_hold(
            db, find_company(db, "acme").id, HoldKind.RESTORED_BACKUP, "Postings are missing.", by=QUICKBOOKS, now=NOW
        )
    run("company", "pause", "acme")
    assert [hold["kind"] for hold in run.json("company", "show", "acme")["holds"]] == ["restored_backup", "paused"]
    which = run("company", "resume", "acme")
    assert which.exit_code == 4
    assert "restored_backup, paused" in which.stderr
    assert "restored backup" in run("company", "resume", "acme", "--hold", "paused").stdout
    assert run.json("company", "show", "acme")["hold"] == "restored_backup"
    assert run("company", "resume", "acme", "--hold", "paused").exit_code == 4
    assert run("company", "resume", "acme", "--accept-file").exit_code == 4
    assert "goes on" in run("company", "resume", "acme").stdout
