"""Bulk actions on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.qbwc_server.cli.conftest import CommandLine


def test_from_the_filter_to_the_undo(run: CommandLine, acme: str, tmp_path: Path) -> None:
    sales = [
        {
            "kind": "sales_receipt",
            "origin": f"o{number}",
            "date": "2026-03-02",
            "customer": f"C{number}",
            "lines": [{"item": "Tea", "amount": "5.00"}],
            "total": "5.01" if number == 2 else "5.00",
        }
        for number in range(3)
    ]
    path = tmp_path / "sales.jsonl"
    path.write_text("\n".join(map(json.dumps, sales)))
    run("documents", "import", "acme", str(path), "--for-review")
    done = run("bulk", "run", "acme", "submit", "--state", "for_review")
    assert done.exit_code == 1, done.output
    assert (done.exit_code, "2 done, 1 refused" in done.stdout, "5.01" in done.stdout) == (1, True, True)
    (listed,) = run.json("bulk", "list", "acme")["bulk"]
    assert (listed["action"], listed["total"], listed["refused"]) == ("submit", 3, 1)
    number = str(listed["id"])
    (refused,) = run.json("bulk", "results", "acme", number, "--refused")["results"]
    assert refused["code"] == "does_not_foot"
    assert "done" in run("bulk", "results", "acme", number).stdout
    undone = run.json("bulk", "undo", "acme", number)
    assert (undone["done"], undone["undoes"]) == (2, listed["id"])
    assert {one["state"] for one in run.json("documents", "list", "acme")["documents"]} == {"for_review"}
    assert "Submit" in run("bulk", "list", "acme").stdout
    nothing = run("bulk", "run", "acme", "exclude", "--text", "nobody")
    assert nothing.exit_code not in (0, 1)
