"""``qbwc-server user``: people by command line, from the first owner on."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import click
import pytest

from qbwc_server.cli import cli
from qbwc_server.db import Database
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.permissions import Permission
from qbwc_server.tenancy.second_factor import begin, code_at, confirm, is_on, step_of
from qbwc_server.tenancy.users import find_user, signed_in
from tests.conftest import TurnableClock
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.tenants import may

PASSWORD = "zwölf Löwen gähnen"


def test_the_first_owner(run: CommandLine, acme: str, ann: str, cli_database: Database) -> None:
    result = run("user", "password", ann, typed=f"{PASSWORD}\n")
    assert (result.exit_code, PASSWORD in result.output) == (0, False)
    assert run("member", "add", ann, "--company", "acme", "--role", "owner").stdout.strip() == (
        "ann@example.com is owner of acme."
    )
    with cli_database.reading() as db:
        assert signed_in(db, ann, PASSWORD) is not None
    assert all(may(cli_database, ann, permission, "acme") for permission in Permission)
    (listed,) = run.json("user", "list")["users"]
    assert listed["memberships"] == [{"company": "acme", "role": "owner", "limits": None}]
    assert listed["has_password"]
    assert "argon2" not in run("user", "list", "--json").stdout
    table = run("user", "list").stdout
    assert "owner of acme" in table


def test_no_command_takes_a_password_from_its_arguments() -> None:
    """Whoever looks at the list of processes, or at the history of a shell, would read it."""
    group = cli.commands["user"]
    assert isinstance(group, click.Group)
    for command in group.commands.values():
        said = {option for parameter in command.params for option in (*parameter.opts, parameter.name or "")}
        assert not any("pass" in option for option in said), command.name


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "aaaaaaaaaaaaaaaaa\n", "ann@example.com\n"])
def test_weak_passwords_are_refused(run: CommandLine, ann: str, typed: str) -> None:
    result = run("user", "password", ann, typed=typed)
    assert result.exit_code == 4
    assert "weak_password" in result.stderr
    assert not run.json("user", "list")["users"][0]["has_password"]


def test_a_link_to_sign_in(run: CommandLine, ann: str) -> None:
    address = run.json("user", "link", ann)["address"]
    assert re.fullmatch("http://localhost:8000/portal/sign-in/link/[A-Za-z0-9_-]{22,}", address)
    shown = run("user", "link", ann)
    assert shown.stdout.strip() != address
    assert "once" in shown.stderr
    assert run("user", "link", "nobody@example.com").exit_code == 3


def test_disabled_and_back(run: CommandLine, acme: str, ann: str, cli_database: Database) -> None:
    run("user", "password", ann, typed=f"{PASSWORD}\n")
    assert run.json("user", "disable", ann)["disabled_at"] is not None
    with cli_database.reading() as db:
        assert signed_in(db, ann, PASSWORD) is None
    assert run.json("user", "enable", "ANN@example.com")["disabled_at"] is None
    with cli_database.reading() as db:
        assert signed_in(db, ann, PASSWORD) is not None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("partner", "show", "nobody"), 3),
        (("partner", "add", "Not a code", "--name", "X"), 4),
        (("partner", "add", "acme", "--name", "X"), 4),
        (("company", "add", "more", "--name", "X", "--time-zone", "UTC", "--partner", "nobody"), 3),
        (("user", "add", "ANN@example.com", "--name", "X"), 4),
        (("user", "add", "no address", "--name", "X"), 4),
        (("user", "disable", "nobody@example.com"), 3),
        (("user", "password", "nobody@example.com"), 3),
        (("member", "add", "ann@example.com", "--role", "owner"), 2),
        (("member", "add", "ann@example.com", "--company", "acme", "--partner", "acme", "--role", "owner"), 2),
        (("member", "add", "ann@example.com", "--company", "acme", "--role", "king"), 2),
        (("member", "add", "ann@example.com", "--company", "nowhere", "--role", "owner"), 3),
        (("member", "add", "nobody@example.com", "--company", "acme", "--role", "owner"), 3),
        (("member", "add", "ann@example.com", "--company", "acme", "--role", "owner", "--limit", "cheque=view"), 4),
        (("member", "remove", "ann@example.com", "--company", "acme"), 3),
        (("audit", "list", "nowhere"), 3),
        (("audit", "list", "acme", "--partner", "acme"), 2),
    ],
)
def test_slips_end_with_their_exit_status_and_change_nothing(
    run: CommandLine, acme: str, ann: str, arguments: tuple[str, ...], code: int
) -> None:
    before = run.json("audit", "list")
    assert run(*arguments).exit_code == code
    assert run.json("audit", "list") == before


def test_whoever_lost_phone_and_codes_signs_in_by_the_password(
    run: CommandLine, ann: str, cli_database: Database, tmp_path: Path, clock: TurnableClock
) -> None:
    settings = load(database_url="sqlite:///unused.db", secrets_file=tmp_path / "keys")
    with cli_database.transaction() as db:
        user = find_user(db, ann)
        secret = base64.b32decode(begin(db, user, settings=settings))
        confirm(db, user, code_at(secret, step_of(clock())), settings=settings, by=SERVER, now=clock())
        assert is_on(db, user.id)
    for _ in range(2):
        assert run("user", "without-code", ann).exit_code == 0
    with cli_database.reading() as db:
        assert not is_on(db, find_user(db, ann).id)


def test_which_e_mails_somebody_gets(run: CommandLine, ann: str) -> None:
    assert run.json("user", "list")["users"][0]["mail"] == {"alarms": True, "summaries": True}
    assert run("user", "mail", ann, "--no-summaries").stdout.strip() == f"{ann} gets of e-mails: alarms."
    assert run.json("user", "mail", ann, "--no-alarms")["mail"] == {"alarms": False, "summaries": False}
    assert run("user", "mail", ann).stdout.strip() == f"{ann} gets of e-mails: none."
    noted = [row["after"] for row in run.json("audit", "list")["audit"] if row["action"] == "user_mail_chosen"]
    assert noted == [{"alarms": False}, {"summaries": False}]
