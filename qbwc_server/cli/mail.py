"""``qbwc-server mail``: e-mails for people: what left, what could not, a first one to try the settings with."""

from __future__ import annotations

import click

from qbwc_server.cli.output import json_option, moment, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Conflict, Unusable
from qbwc_server.outbox.delivering import try_again
from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.mail import find_mail, newest_mail
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.smtp import Envelope, Post
from qbwc_server.reports.mail import mail_record
from qbwc_server.tenancy.users import read_email


class NoMailServer(Unusable):
    """No mail server is set."""

    code = "no_mail_server"
    advice = "Set smtp_host and mail_from; see docs/operations.md."


@click.group()
def mail() -> None:
    """E-mails for people: what left, what could not, and one to try the settings with."""


@mail.command(name="list")
@click.option(
    "--state", type=click.Choice([state.value for state in DeliveryState]), help="Only those that stand there."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def list_(runtime: Runtime, state: str | None, limit: int, as_json: bool) -> None:
    """The newest e-mails, each with why it could not be delivered; times are UTC."""
    with runtime.database.reading() as db:
        rows = newest_mail(db, state=DeliveryState(state) if state else None, limit=limit)
    if as_json:
        print_json({"mail": [mail_record(row) for row in rows]})
    elif not rows:
        say("There is none.")
    else:
        print_table(
            ("ID", "To", "Subject", "Written", "State", "Tried", "Trouble"),
            [
                (
                    row.id,
                    plain(row.address),
                    plain(row.subject),
                    moment(row.created_at, "UTC"),
                    row.state,
                    row.attempts,
                    plain(row.trouble or ""),
                )
                for row in rows
            ],
            right=("ID", "Tried"),
        )


@mail.command()
@click.argument("number", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@json_option
@pass_runtime
def again(runtime: Runtime, number: int, as_json: bool) -> None:
    """Have an e-mail that was given up tried again."""
    with runtime.database.transaction() as db:
        row = find_mail(db, number)
        if not try_again(row, runtime.now()):
            raise Conflict(f"E-mail {number} was not given up: it is {row.state}.")
        db.flush()
        record = mail_record(row)
    if as_json:
        print_json(record)
    else:
        say(f"E-mail {number} is tried again within a minute.")


@mail.command()
@click.argument("address")
@json_option
@pass_runtime
def test(runtime: Runtime, address: str, as_json: bool) -> None:
    """Send an e-mail at once, to see whether the settings are right."""
    to, now = read_email(address), runtime.now()
    if runtime.settings.smtp_host is None:
        raise NoMailServer
    letter = Letter("A test", ("This server can send e-mails.",), link=runtime.settings.base_url)
    with Post(runtime.settings) as post:
        post.send(Envelope(to, letter.subject, letter.as_text(), letter.as_html(), f"test.{int(now.timestamp())}", now))
    if as_json:
        print_json({"sent_to": to})
    else:
        say(f"The mail server took it for {to}.")
