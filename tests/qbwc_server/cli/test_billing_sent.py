"""``qbwc-server billing sent``, ``mark-sent``, ``mark-unsent``."""

from __future__ import annotations

from qbwc_server.cli.output import Exit
from tests.qbwc_server.cli.conftest import CommandLine


def test_an_invoice_is_marked_as_sent_and_taken_back(run: CommandLine, acme: str) -> None:
    assert run.json("billing", "mark-sent", "acme", "1A-1760000000")["txn_id"] == "1A-1760000000"
    assert "nothing is put onto it any more" in run("billing", "mark-sent", "acme", "1A-1760000000").stdout
    assert "1A-1760000000" in run("billing", "sent", "acme").stdout
    assert [one["txn_id"] for one in run.json("billing", "sent", "acme")["sent"]] == ["1A-1760000000"]
    assert run("billing", "mark-unsent", "acme", "1A-1760000000").exit_code == Exit.DONE
    assert run.json("billing", "sent", "acme")["sent"] == []
    assert run("billing", "mark-unsent", "acme", "1A-1760000000").exit_code == Exit.NOT_FOUND
    assert run("billing", "mark-sent", "acme", "12").exit_code == Exit.NOT_FOUND
