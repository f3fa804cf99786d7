"""``qbwc-server billing``."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbwc_server.channels.registry import CHANNELS
from qbwc_server.cli.output import Exit
from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed, told_charge
from tests.qbwc_server.cli.conftest import CommandLine


def test_settings_are_said_and_shown(run: CommandLine, acme: str) -> None:
    assert run("billing", "settings", "acme").exit_code == Exit.NOT_FOUND
    said = run.json("billing", "settings", "acme", "mode=pre_bill", "day=31", "first_day=2026-11-30")
    assert (said["version"], said["settings"]["zone"]) == (1, "America/New_York")
    shown = run("billing", "settings", "acme", "at=06:30", "annual=")
    assert "06:30:00" in shown.stdout
    assert "in a shorter month its last day" in shown.stdout


@pytest.fixture
def distributed(
    cli_database: Database, acme: str, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> Distributed:
    """The company has a distributor; its charges were due long before today, whenever that is."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    distributed = Distributed(cli_database, clock, "acme", added=True)
    distributed.usual(first_day="2024-11-01")
    month = {"first": "2024-11-01", "last": "2024-11-30"}
    distributed.brings(told_charge(price="12.50", **month), told_charge("Orphan", **month), **month)
    return distributed


def test_a_day_from_preview_to_report(run: CommandLine, distributed: Distributed, tmp_path: Path) -> None:
    refused = run("billing", "settings", "acme", "mode=post_bill")
    assert (refused.exit_code, "billing_mode_locked" in refused.stderr) == (Exit.CONFLICT, True)
    day = ("--day", "2024-11-01")
    shown = run("billing", "preview", "acme", *day).stdout
    for words in ("Contoso Ltd: invoice of 120.00 (warned)", "below the cost 12.50", "10 × 12.00 = 120.00", "Orphan"):
        assert words in shown, shown
    waits = run("billing", "run", "acme", *day)
    assert (waits.exit_code, "1 customer to be looked at" in waits.stdout) == (Exit.NEEDS_A_PERSON, True)
    waiting = run("billing", "report", "acme", *day).stdout
    assert "A warning about the customer has not been acknowledged." in " ".join(waiting.split())
    assert "+00:00" not in waiting
    assert "(approved)" in run("billing", "approve", "acme", *day).stdout
    assert "2024-11-01: 1 document." in run("billing", "run", "acme", *day).stdout
    report = run("billing", "report", "acme", *day).stdout
    assert "Contoso Ltd" in report
    assert "205.00" in report
    assert len(run("billing", "report", "acme", *day, "--csv").stdout.splitlines()) == 3
    assert run("billing", "report", "acme", *day, "--pdf", str(tmp_path / "report.pdf")).exit_code == Exit.DONE
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert "held" in run("billing", "take-back", "acme", "Contoso Ltd", *day).stdout
    assert run.json("billing", "hold", "acme", "Contoso Ltd", *day)["customers"][0]["standing"] == "held"
    number = str(distributed.connection_id)
    assert run.json("billing", "switch", "acme", number, "--offer", "M365", "--off")["synchronise"] is False
    assert (
        run.json("billing", "switch", "acme", number, "--organisation", "name:Contoso", "--makes", "update")["makes"]
        == "update"
    )
    assert run.json("billing", "preview", "acme", *day)["customers"] == []


def test_offers_and_organisations_are_listed(run: CommandLine, distributed: Distributed) -> None:
    assert run.json("billing", "words", "acme")["words"] == []  # nothing was charged lately
    assert run("billing", "words", "acme").exit_code == Exit.DONE
