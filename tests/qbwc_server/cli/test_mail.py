"""``qbwc-server mail``: what left and what did not; one to try the settings with."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.mail import To, newest_mail, put_letter
from qbwc_server.outbox.rows import DeliveryState
from tests.conftest import TurnableClock
from tests.qbwc_server.cli.conftest import CommandLine
from tests.qbwc_server.outbox.conftest import mail_server
from tests.qbwc_server.outbox.mail_server import MailServer

__all__ = ["mail_server"]


@pytest.fixture
def dead(cli_database: Database, clock: TurnableClock) -> int:
    """An e-mail that was given up."""
    with cli_database.transaction() as db:
        put_letter(db, "a", [To("1", "ann@example.com")], Letter("Silent", ("It is silent.",)), now=clock())
        (row,) = newest_mail(db)
        row.state, row.trouble = DeliveryState.DEAD, "550 no such mailbox"
        return row.id


def test_what_was_given_up_is_told_and_tried_again(run: CommandLine, acme: str, dead: int) -> None:
    assert "1 e-mail was given up" in run("status").stderr
    assert "550 no such mailbox" in run("mail", "list", "--state", "dead").stdout
    assert run("mail", "list", "--state", "waiting").stdout.strip() == "There is none."
    assert run.json("mail", "list")["mail"][0]["trouble"] == "550 no such mailbox"
    assert run.json("mail", "again", dead)["state"] == "waiting"
    assert run("mail", "again", dead).exit_code == 4
    assert run("mail", "again", 999).exit_code == 3
    assert "given up" not in run("status").stderr


def test_one_to_try_the_settings_with(
    run: CommandLine, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no_mail_server" in run("mail", "test", "ann@example.com").stderr
    for name, value in (
        ("SMTP_HOST", "127.0.0.1"),
        ("SMTP_PORT", str(mail_server.port)),
        ("SMTP_SECURITY", "none"),
        ("MAIL_FROM", "books@example.com"),
    ):
        monkeypatch.setenv(f"QBWC_{name}", value)
    assert run("mail", "test", "no address").exit_code == 4
    assert run.json("mail", "test", "Ann@Example.com") == {"sent_to": "ann@example.com"}
    assert mail_server.subjects == [("ann@example.com", "A test")]
    mail_server.answers["DATA"] = "451 later"
    assert "451 later" in run("mail", "test", "ann@example.com").stderr
