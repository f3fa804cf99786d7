"""``qbwc-server simulate`` against the real application, in process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import click
import pytest
from werkzeug.serving import make_server

from qbwc_server.app import create_app
from qbwc_server.cli.simulate import read_faults
from qbwc_server.settings import load
from qbwc_server.simulator import Break, WireFault
from qbwc_server.simulator.faults import CrashDuring, Fine, RefuseToOpen, Slow
from tests.conftest import TurnableClock
from tests.qbwc_server.cli.conftest import INVOICE, CommandLine, Import


@pytest.fixture
def qwc(run: CommandLine, acme: str, clock: TurnableClock) -> Iterator[Path]:
    """The .qwc file of a company whose server is up."""
    app = create_app(load(database_url=run.url), clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    path = Path("acme.qwc")
    text = run("company", "qwc", "acme").stdout
    path.write_text(text.replace("localhost:8000", f"localhost:{server.port}"), encoding="utf-8")
    yield path
    server.shutdown()
    server.server_close()
    app.extensions["database"].engine.dispose()


def test_an_invoice_reaches_the_simulated_books(run: CommandLine, acme: str, qwc: Path, bring_in: Import) -> None:
    bring_in(INVOICE)
    command = ("simulate", "--qwc", qwc, "--company-file", "books.db", "--password", acme)
    first = run.json(*command)
    assert first["ok"] is True
    assert first["books"]["transactions"] == 1
    assert first["books"]["trial_balance"]["Accounts Receivable"] == "36.00"
    assert first["updates"][0]["percent"] == 100
    assert first["updates"][0]["calls"][0]["operation"] == "serverVersion"
    again = run(*command)
    assert again.exit_code == 0
    assert "No data exchange required" in again.stdout
    assert "hold 1 transaction." in again.stdout
    shown = run.json("documents", "show", "acme", 1)
    assert shown["state"] == "posted"
    assert len(shown["proof"]["requests"][0]["journeys"]) == 1
    text = run("documents", "show", "acme", 1).stdout
    for part in ("TxnID", "in session 1", "answered", "<InvoiceAddRs", "<InvoiceAddRq"):
        assert part in text


def test_a_wrong_password_is_told_by_status(run: CommandLine, qwc: Path, bring_in: Import) -> None:
    bring_in(INVOICE)
    result = run("simulate", "--qwc", qwc, typed="wrong\n")
    assert result.exit_code == 1
    assert "Invalid password" in result.stdout
    assert "wrong" not in result.stdout


def test_after_a_lost_answer_nothing_is_posted_twice(
    run: CommandLine, acme: str, qwc: Path, bring_in: Import, clock: TurnableClock
) -> None:
    bring_in(INVOICE)
    command = ("simulate", "--qwc", qwc, "--company-file", "books.db", "--password", acme)
    run.json(*command, "--faults", "request_lost@receiveResponseXML:3", code=1)
    assert run.json("status", "acme")["in_quickbooks"] == 1
    clock.advance(hours=1)  # until the session that was broken off is given up
    settled = run.json(*command)
    assert settled["books"]["transactions"] == 1
    shown = run.json("documents", "show", "acme", 1)
    assert shown["state"] == "posted"
    assert [request["purpose"] for request in shown["proof"]["requests"]] == ["post", "look"]
    assert "to find out whether it was executed" in run("documents", "show", "acme", 1).stdout


def test_a_web_connector_killed_by_plan_has_a_report(run: CommandLine, acme: str, qwc: Path, bring_in: Import) -> None:
    bring_in(INVOICE)
    ended = run.json("simulate", "--qwc", qwc, "--password", acme, "--faults", "held_back@closeConnection", code=1)
    assert "killed" in ended["updates"][0]["status_line"]
    assert [call["operation"] for call in ended["late_calls"]] == ["closeConnection"]


def test_empty_books_lack_the_item(run: CommandLine, acme: str, qwc: Path, bring_in: Import) -> None:
    bring_in(INVOICE)
    ended = run.json("simulate", "--qwc", qwc, "--password", acme, "--books", "empty")
    assert ended["books"]["transactions"] == 0
    assert run.json("documents", "list", "acme")["documents"][0]["state"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--qwc", "absent.qwc", "--password", "x"), 3, "cannot be read"),
        (("--qwc", "broken.qwc", "--password", "x"), 4, "cannot be used"),
        (("--qwc", "good.qwc", "--password", "x", "--company-file", "broken.qwc"), 4, "simulated company file"),
        (("--qwc", "good.qwc", "--password", "x", "--faults", "earthquake"), 2, "no fault"),
        (("--password", "x"), 2, "--qwc"),
    ],
)
def test_what_cannot_be_used_is_refused(
    run: CommandLine, acme: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    Path("broken.qwc").write_text("<QBWCXML>", encoding="utf-8")
    run("company", "qwc", "acme", "--output", "good.qwc")
    result = run("simulate", *arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_server_that_is_not_there(run: CommandLine, acme: str) -> None:
    text = run("company", "qwc", "acme").stdout
    Path("acme.qwc").write_text(text.replace("localhost:8000", "localhost:1"), encoding="utf-8")
    result = run("simulate", "--qwc", "acme.qwc", "--password", acme, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["updates"][0]["ok"] is False


def test_faults_are_read() -> None:
    plan = read_faults(
        ("twice@authenticate, answer_lost@sendRequestXML:3", "fine,crash_during=4,refuse_to_open,slow=2.5")
    )
    assert plan.wire.plan == (
        WireFault(Break.TWICE, "authenticate", 1),
        WireFault(Break.ANSWER_LOST, "sendRequestXML", 3),
    )
    assert plan.quickbooks == (Fine(), CrashDuring(after=4), RefuseToOpen(), Slow(seconds=2.5))


@pytest.mark.parametrize(
    "text", ["nothing", "twice@", "twice@pay", "twice@authenticate:0", "crash_during=many", "fine=1", "crash_during@x"]
)
def test_what_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError, match="no fault"):
        read_faults((text,))
