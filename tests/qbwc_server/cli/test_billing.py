"""``qbwc-server billing``."""

from __future__ import annotations

from qbwc_server.cli.output import Exit
from tests.qbwc_server.cli.conftest import CommandLine


def test_settings_are_said_and_shown(run: CommandLine, acme: str) -> None:
    assert run("billing", "settings", "acme").exit_code == Exit.NOT_FOUND
    said = run.json("billing", "settings", "acme", "mode=pre_bill", "day=31", "first_day=2026-11-30")
    assert (said["version"], said["settings"]["zone"]) == (1, "America/New_York")
    shown = run("billing", "settings", "acme", "at=06:30", "annual=")
    assert "06:30:00" in shown.stdout
    assert "in a shorter month its last day" in shown.stdout
    refused = run("billing", "settings", "acme", "mode=post_bill")
    assert (refused.exit_code, "billing_mode_locked" in refused.stderr) == (Exit.CONFLICT, True)
