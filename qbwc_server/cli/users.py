"""``qbwc-server user``: people; their passwords come from a prompt or standard input, never from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from qbwc_server.cli.output import json_option, moment, note, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.connector.keys_left import tell_of_keys_left
from qbwc_server.reports.people import user_record
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.mail_choices import ByMail, choose_mail
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.second_factor import take_away
from qbwc_server.tenancy.sign_in_links import make_sign_in_link, sign_in_link
from qbwc_server.tenancy.users import add_user, disable, enable, find_user, set_password, users

_Change = Callable[[Session, User, Actor, datetime], None]


@click.group()
def user() -> None:
    """Users: the people who may see and do something here."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="Name as people know it.")
@json_option
@pass_runtime
def add(runtime: Runtime, email: str, name: str, as_json: bool) -> None:
    """Add a user, who is nothing anywhere yet and has no password."""
    with runtime.database.transaction() as db:
        record = user_record(db, add_user(db, email=email, name=name, by=runtime.by, now=runtime.now()))
    if as_json:
        print_json(record)
        return
    say(f"User {record['email']} added: {record['name']}")
    note(f"A password: qbwc-server user password {record['email']}")
    note(f"Where he may do what: qbwc-server member add {record['email']} --company CODE --role owner")


@user.command(name="list")
@json_option
@pass_runtime
def list_(runtime: Runtime, as_json: bool) -> None:
    """All users, each with what he is where."""
    with runtime.database.reading() as db:
        found = users(db)
        records = [user_record(db, each) for each in found]
    if as_json:
        print_json({"users": records})
    elif not records:
        say("There is no user yet. Add one: qbwc-server user add EMAIL --name NAME")
    else:
        print_table(
            ("E-mail", "Name", "May", "Password", "Disabled"),
            [
                (
                    record["email"],
                    record["name"],
                    ", ".join(
                        f"{one['role']} of {one.get('company') or 'partner ' + one['partner']}"
                        for one in record["memberships"]
                    ),
                    "set" if record["has_password"] else "none yet",
                    moment(each.disabled_at, "UTC"),
                )
                for each, record in zip(found, records, strict=True)
            ],
        )


@user.command()
@click.argument("email")
@json_option
@pass_runtime
def password(runtime: Runtime, email: str, as_json: bool) -> None:
    """Give a user a password: asked for twice at a terminal, else the first line of standard input."""
    with runtime.database.reading() as db:
        find_user(db, email)  # before anybody has to think of a password
    said = _read_password()

    def change(db: Session, found: User, by: Actor, now: datetime) -> None:
        set_password(db, found, said, by=by, now=now)

    _change(runtime, email, change, "{email} has a new password; the old one stopped working.", as_json)


@user.command(name="link")
@click.argument("email")
@json_option
@pass_runtime
def link_(runtime: Runtime, email: str, as_json: bool) -> None:
    """A link that signs a user in without his password: once, within an hour."""
    with runtime.database.transaction() as db:
        secret = make_sign_in_link(db, find_user(db, email), by=runtime.by, now=runtime.now())
    address = sign_in_link(runtime.settings.base_url, secret)
    if as_json:
        print_json({"address": address})
        return
    say(address)
    note("It works once, and for an hour. Whoever has it is that user: hand it over as you would a password.")


@user.command(name="disable")
@click.argument("email")
@json_option
@pass_runtime
def disable_(runtime: Runtime, email: str, as_json: bool) -> None:
    """Let a user do nothing any more, anywhere, from this moment on. What he was is kept."""

    def change(db: Session, found: User, by: Actor, now: datetime) -> None:
        disable(db, found, by=by, now=now)
        tell_of_keys_left(db, found, None, now=now)

    _change(runtime, email, change, "{email} is disabled. To undo it: qbwc-server user enable {email}", as_json)


@user.command(name="enable")
@click.argument("email")
@json_option
@pass_runtime
def enable_(runtime: Runtime, email: str, as_json: bool) -> None:
    """Let a user who was disabled in again, as what he was."""

    def change(db: Session, found: User, by: Actor, now: datetime) -> None:
        enable(db, found, by=by, now=now)

    _change(runtime, email, change, "{email} may come in again.", as_json)


@user.command(name="without-code")
@click.argument("email")
@json_option
@pass_runtime
def without_code(runtime: Runtime, email: str, as_json: bool) -> None:
    """Let a user who lost the phone and the recovery codes sign in without a code."""

    def change(db: Session, found: User, by: Actor, now: datetime) -> None:
        take_away(db, found, by=by, now=now)

    _change(runtime, email, change, "{email} signs in with the password alone.", as_json)


@user.command(name="mail")
@click.argument("email")
@click.option("--alarms/--no-alarms", default=None, help="Told at once when something is wrong, and when it is over.")
@click.option("--summaries/--no-summaries", default=None, help="What there was, every working morning.")
@json_option
@pass_runtime
def mail_(runtime: Runtime, email: str, alarms: bool | None, summaries: bool | None, as_json: bool) -> None:
    """Which e-mails about companies a user gets."""
    said = {ByMail.ALARMS: alarms, ByMail.SUMMARIES: summaries}
    wanted = {what: yes for what, yes in said.items() if yes is not None}

    def change(db: Session, found: User, by: Actor, now: datetime) -> None:
        choose_mail(db, found, wanted, by=by, now=now)

    _change(runtime, email, change, "{email} gets of e-mails: {mail}.", as_json)


def _change(runtime: Runtime, email: str, change: _Change, told: str, as_json: bool) -> None:
    with runtime.database.transaction() as db:
        found = find_user(db, email)
        change(db, found, runtime.by, runtime.now())
        record = user_record(db, found)
    if as_json:
        print_json(record)
    else:
        mail = ", ".join(what for what, wanted in record["mail"].items() if wanted) or "none"
        say(told.format(email=record["email"], mail=mail))


def _read_password() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
