"""``qbwc-server demo``: the whole thing as a user starts it, and what happens when something is in its way."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from qbwc_server.cli import cli
from qbwc_server.cli.demo_billing import DemoBilling
from qbwc_server.cli.demo_folder import DemoFolder
from qbwc_server.cli.demo_outcome import FOR_REVIEW, REFUSED, Outcome, look, print_outcome, shop_company
from qbwc_server.cli.simulate import open_books
from qbwc_server.db import Database
from qbwc_server.documents.store import listing
from qbwc_server.errors import Invalid
from qbwc_server.simulator import UpdateReport
from qbwc_server.simulator.company_file import CompanyFile

NOTHING = {
    "billing_day": "2026-03-01",
    "done_at": "2026-03-01T10:00:00+00:00",
    "documents": [],
    "lines": [],
    "charges": [],
    "costs": [],
}
_MOST_SECONDS = 120  # generous: the machine may be busy with other tests


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The demo in a process of its own, without a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "qbwc_server.cli", "demo", "--folder", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def finish(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=_MOST_SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def signs_in(portal: str, email: str, password: str) -> bool:
    """Whether a browser that types these comes to the companies."""
    with httpx.Client(base_url=portal, follow_redirects=True, timeout=60) as browser:
        proof = re.search('name="proof" value="([0-9a-f]{64})"', browser.get("sign-in").text)
        assert proof
        sent = browser.post("sign-in", data={"proof": proof[1], "email": email, "password": password})
        return "Riverside Trading" in sent.text


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that have to do with the demo in ``folder``; nothing where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if str(folder) in command:
            found.append(command)
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A demo that has run to its end, made once."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return folder, finish(folder, "--exit")


@pytest.fixture
def demo_copy(finished: tuple[Path, Any], tmp_path: Path) -> Iterator[tuple[Database, CompanyFile]]:
    """Database and books of the finished demo, to be changed."""
    shutil.copytree(finished[0], tmp_path / "demo")
    place = DemoFolder(tmp_path / "demo")
    database = Database(f"sqlite:///{place.database}")
    yield database, open_books(place.company_file, shop_company)
    database.engine.dispose()


def test_the_demo_ends_as_expected(finished: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = finished
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for words in (
        "POSTED: 57 documents",
        "invoice        1001    2026-03-02  Kern Lighting",
        "REFUSED: 1",
        "The item Gift Basket",
        "What to do: ",
        "WAITING: 3",
        "No data exchange required",
        "BILLED: ",
        "TOLD BACK: ",
        "feed:market-stall:1  posted",
        "trial balance",
        "Everything came as it should",
    ):
        assert words in done.stdout
    assert processes_of(folder) == []


def billed(books: CompanyFile) -> Decimal:
    """What is owed for subscriptions: 15.00 a licence, five of them from the 16th, and 31.25 gigabytes at 0.25."""
    (day,) = {one.txn_date for one in books.transactions if one.memo and one.memo.startswith("Subscriptions")}
    last = monthrange(day.year, day.month)[1]
    added = (5 * Decimal(15) * (last - 15) / last).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return 10 * Decimal(15) + added + 4 * Decimal(15) + Decimal("7.81")


def test_the_books_themselves_hold_what_was_posted(demo_copy: tuple[Database, CompanyFile]) -> None:
    _, books = demo_copy
    kinds = [transaction.kind.tag for transaction in books.transactions]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "Invoice": 23,
        "SalesReceipt": 29,
        "CreditMemo": 1,
        "ReceivePayment": 4,
    }
    balance = books.trial_balance()
    assert sum(balance.values()) == 0
    assert balance["Accounts Receivable"] == Decimal("5016.52") + billed(books)
    assert balance["Undeposited Funds"] == Decimal("3343.18")


def test_what_the_distributor_charges_is_shown_beside_the_documents(finished: tuple[Path, Any]) -> None:
    """S4-09, and the demo of billing: posted, and nothing of the month left over."""
    settings = ["--settings", str(finished[0] / "qbwc.toml")]
    kept = json.loads(CliRunner().invoke(cli, [*settings, "billing", "settings", "demo", "--json"]).stdout)
    day = kept["settings"]["first_day"]
    told = CliRunner().invoke(cli, [*settings, "billing", "report", "demo", "--day", day, "--json"])
    report = json.loads(told.stdout)
    assert {(one["customer"], one["state"]) for one in report["documents"]} == {
        ("Contoso Dental", "posted"),
        ("Fabrikam Works", "posted"),
        ("Northwind Cafe", "posted"),
    }
    assert {one["outcome"] for one in report["charges"]} == {"all", "billed", "left"}


def test_every_command_works_on_the_folder_afterwards(finished: tuple[Path, Any]) -> None:
    settings = ["--settings", str(finished[0] / "qbwc.toml")]
    shown = CliRunner().invoke(cli, [*settings, "documents", "list", "demo", "--state", "failed", "--json"])
    (failed,) = json.loads(shown.stdout)["documents"]
    assert {failed["origin"]} == set(REFUSED)
    status = CliRunner().invoke(cli, [*settings, "status", "demo"])
    assert "57 documents are in QuickBooks." in status.stdout
    proof = CliRunner().invoke(cli, [*settings, "documents", "show", "demo", "1"])
    assert "<InvoiceAddRs" in proof.stdout


def test_a_demo_is_continued_and_then_begun_again(finished: tuple[Path, Any], tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(finished[0], folder)
    continued = finish(folder, "--exit", "--json")
    assert continued.returncode == 0, continued.stderr
    told = json.loads(continued.stdout)
    assert told["as_expected"] is True
    assert [each["added"] for each in told["imports"]] == [0, 0, 0]
    assert [each["message_sets"] for each in told["updates"]] == [0, 0, 0]
    assert len(told["posted"]) == 57
    assert "Continuing the demo" in continued.stderr
    (folder / "mine.txt").write_text("keep me")
    again = finish(folder, "--exit", "--json", "--fresh")
    assert again.returncode == 0, again.stderr
    assert [each["added"] for each in json.loads(again.stdout)["imports"]] == [25, 6, 25]
    assert (folder / "mine.txt").read_text() == "keep me"


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 0), ("SIGTERM", 128 + 15)])
def test_the_server_goes_on_until_it_is_told_to_stop(
    finished: tuple[Path, Any], tmp_path: Path, number: str, code: int
) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(finished[0], folder)
    process = start(folder)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:  # ends when the process does
        lines.append(line)
        if "The server goes on at http://localhost:" in line:
            shown = re.search("Or sign in: (http://.*/portal/), as (.*), password (.*)", "".join(lines))
            assert shown
            assert signs_in(*shown.groups())
            link = re.search("Look at it: (http://.*/portal/sign-in/link/[^ ]+) ", "".join(lines))
            assert link
            assert "owner@demo.example" in httpx.get(link[1]).text
            assert any("--settings" in command for command in processes_of(folder))
            process.send_signal(getattr(signal, number))
            break
    out, err = process.communicate(timeout=_MOST_SECONDS)
    assert process.returncode == code, "".join(lines) + out + err
    assert "Traceback" not in err
    assert processes_of(folder) == []


def test_ctrl_c_in_the_middle_leaves_nothing_running(finished: tuple[Path, Any], tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(finished[0], folder)
    process = start(folder, "--exit")
    assert process.stdout is not None
    for line in process.stdout:
        if "The server runs" in line:
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=_MOST_SECONDS)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "Stopped."
    assert processes_of(folder) == []


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("Dear Sir")
    for path in (tmp_path, tmp_path / "letters.txt"):
        result = CliRunner().invoke(cli, ["demo", "--exit", "--fresh", "--folder", str(path)])
        assert result.exit_code == 4
        assert "not_a_demo_folder: " in result.stderr
        assert "--folder" in result.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["letters.txt"]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="cannot be written"):
        DemoFolder(tmp_path / "file" / "demo").write(8000)


def test_the_environment_does_not_lead_the_demo_to_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_DATABASE_URL", "postgresql+psycopg://real:books@db/books")
    place = DemoFolder(tmp_path / 'a "quoted" demo')
    settings = place.write(8123)
    assert settings.database == f"sqlite:///{place.database.resolve().as_posix()}"
    assert (settings.base_url, settings.port) == ("http://localhost:8123", 8123)
    assert place.exists()
    assert place.last_port() == 8123
    place.clear()
    assert not place.exists()


def test_the_bundled_files_are_the_ones_that_are_imported(tmp_path: Path) -> None:
    place = DemoFolder(tmp_path / "demo")
    place.write(8000)
    bundled = {entry.name for entry in resources.files("qbwc_server.cli").joinpath("bundled").iterdir()}
    assert bundled == {path.name for pair in place.imports() for path in pair if path is not None}


def deviations(outcome: Outcome) -> str:
    return " ".join(outcome.deviations)


def test_what_deviates_is_found(demo_copy: tuple[Database, CompanyFile], capsys: pytest.CaptureFixture[str]) -> None:
    database, books = demo_copy
    sound = look(database, books, [], [])
    assert sound.deviations == ["Not 1 but 0 orders were left out."]

    with database.transaction() as db:
        rows = {row.origin: row for row in listing(db, 1, limit=1000)}
        lost, other, refused = rows["demo:invoice:1001"], rows["demo:till:5001"], rows[next(iter(REFUSED))]
        lost.txn_id = "FFFF-1"
        other.posted_total = Decimal(1)
        refused.message = None
        rows[next(iter(FOR_REVIEW))].origin = "elsewhere:1"
    found = look(database, books, [], [], DemoBilling(NOTHING, ["Nobody was billed."]))
    told = deviations(found)
    assert f"Document {lost.id} (demo:invoice:1001) counts as posted but is not in the books." in told
    assert "The books hold Invoice 1001 of 193.00, which no document explains." in told
    assert f"Document {other.id}: 5001 of 65.00 became 5001 of 65.00." in told
    assert "does not say why" in told
    assert "(elsewhere:1) is for review" in told
    assert "should be waiting: the shop says paid" in told
    assert "Nobody was billed." in told
    assert not found.as_expected
    print_outcome(found, DemoFolder(Path("demo")))
    assert "NOT AS IT SHOULD BE" in capsys.readouterr().out


def test_a_document_too_few_is_found(demo_copy: tuple[Database, CompanyFile]) -> None:
    database, books = demo_copy
    with database.transaction() as db:
        for row in listing(db, 1, limit=1000):
            db.delete(row)
    told = deviations(look(database, books, [], []))
    assert "There are no documents." in told
    owed = Decimal("5016.52") + billed(books)
    assert f"Customers owe {owed} by the books, 0 by the documents." in told


def test_an_update_with_an_error_deviates(finished: tuple[Path, Any], demo_copy: tuple[Database, CompanyFile]) -> None:
    failed = UpdateReport(ok=False, status_line="QuickBooks is closed", error="QBWC1013", percent=0, rounds=1, calls=())
    told = deviations(look(*demo_copy, [], [failed, replace(failed, ok=True)]))
    assert "An update ended with an error: QuickBooks is closed" in told
    assert "The last update still had something to send." in told
