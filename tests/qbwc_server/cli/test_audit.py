"""``qbwc-server audit``: all that commands change."""

from __future__ import annotations

import getpass
import socket

from tests.qbwc_server.cli.conftest import CommandLine


def test_all_that_is_changed_by_command_line_is_noted(run: CommandLine, acme: str, ann: str) -> None:
    token = run.json("company", "token", "acme", "--label", "till")
    renewed = run.json("company", "password", "acme")["connector_password"]
    for arguments in (
        ("company", "revoke", "acme", token["id"]),
        ("company", "options", "acme", "create_items=yes", "item_income_account=Sales"),
        ("company", "postpone", "acme", "--minutes", 5),
        ("company", "pause", "acme"),
        ("company", "resume", "acme"),
        ("member", "add", ann, "--company", "acme", "--role", "viewer"),
        ("member", "role", ann, "--company", "acme", "--role", "owner"),
        ("member", "remove", ann, "--company", "acme"),
    ):
        assert run(*arguments).exit_code == 0, arguments
    rows = run.json("audit", "list", "acme")["audit"][::-1]
    assert [row["action"] for row in rows] == [
        "company_added", "connector_login_made", "token_made", "connector_password_renewed", "token_revoked",
        "options_changed", "connector_postponed", "paused", "resumed", "member_added", "member_changed",
        "member_removed",
    ]  # fmt: skip
    by = f"{getpass.getuser()}, command line"
    assert {(row["by"], row["place"].partition(",")[0]) for row in rows} == {(by, socket.gethostname())}
    said = run("audit", "list", "acme").stdout
    assert "create_items: no -> yes" in said
    assert "role: viewer -> owner" in said
    for secret in (token["token"], renewed, acme):
        assert secret not in said + str(rows)
    everywhere = run.json("audit", "list", "--limit", 1)
    assert everywhere["next"] is not None
    older = run.json("audit", "list", "--before", everywhere["next"])["audit"]
    assert {"partner_added", "user_added"} <= {row["action"] for row in older}
    assert [row["action"] for row in run.json("audit", "list", "--partner", "acme")["audit"]] == ["partner_added"]
