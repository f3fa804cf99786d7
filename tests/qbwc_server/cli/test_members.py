"""``qbwc-server member``: roles, limits by kind of document, removal."""

from __future__ import annotations

from qbwc_server.db import Database
from qbwc_server.tenancy.permissions import Permission
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.tenants import may


def test_roles_limits_and_removal(run: CommandLine, acme: str, ann: str, cli_database: Database) -> None:
    added = run.json(
        "member", "add", ann, "--company", "acme", "--role", "bookkeeper", "--limit", "check=none",
        "--limit", "*=view+edit",
    )  # fmt: skip
    assert added == {
        "email": ann, "company": "acme", "role": "bookkeeper", "limits": {"check": [], "*": ["edit", "view"]},
    }  # fmt: skip
    assert may(cli_database, ann, Permission.EDIT_DOCUMENTS, "acme", kind="invoice")
    assert not may(cli_database, ann, Permission.EDIT_DOCUMENTS, "acme", kind="check")
    assert "check=none" in run("member", "list", "--company", "acme").stdout
    assert run.json("member", "role", ann, "--company", "acme", "--role", "viewer")["limits"] is None
    assert not may(cli_database, ann, Permission.EDIT_DOCUMENTS, "acme")
    assert run.json("member", "remove", ann, "--company", "acme")["role"] == "viewer"
    assert run.json("member", "list", "--company", "acme") == {"members": []}
