"""``qbwc-server member``: what somebody may do in a company, or in all companies of a partner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from qbwc_server.cli.output import json_option, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.connector.keys_left import tell_of_keys_left
from qbwc_server.documents.kinds import KINDS
from qbwc_server.reports.people import member_record, role_record
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import add_member, change_role, members_of, remove_member
from qbwc_server.tenancy.models import Company, Partner
from qbwc_server.tenancy.partners import find_partner
from qbwc_server.tenancy.permissions import Role, read_limits
from qbwc_server.tenancy.users import find_user

F = TypeVar("F", bound=Callable[..., Any])


def _where(command: F) -> F:
    of_company = click.option("--company", metavar="CODE", help="In this company.")
    of_partner = click.option("--partner", metavar="CODE", help="In all companies of this partner, also those to come.")
    return of_company(of_partner(command))


_role = click.option(
    "--role",
    "role_name",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="owner: everything; bookkeeper: documents, holds and mappings; viewer: looks on.",
)
_limits = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="KIND=ACTS",
    help="What is left of the role for a kind of document: view, edit, email joined by +, or none; * is every other "
    "kind. May be repeated: --limit invoice=view+edit --limit '*=view'.",
)


@click.group()
def member() -> None:
    """Members: who may what in a company, or in all companies of a partner."""


@member.command(name="list")
@_where
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str | None, partner: str | None, as_json: bool) -> None:
    """Who is a member of just this; a company's partner has members, too."""
    with runtime.database.reading() as db:
        of = _find(db, company, partner)
        records = [member_record(each) for each in members_of(db, of)]
    if as_json:
        print_json({"members": records})
    elif not records:
        say(f"{of.code} has no member.")
    else:
        members_table(of.code, records)


@member.command()
@click.argument("email")
@_where
@_role
@_limits
@json_option
@pass_runtime
def add(
    runtime: Runtime,
    email: str,
    company: str | None,
    partner: str | None,
    role_name: str,
    limits: Sequence[str],
    as_json: bool,
) -> None:
    """Let a user in."""
    with runtime.database.transaction() as db:
        user, of, left = find_user(db, email), _find(db, company, partner), read_limits(limits, KINDS)
        row = add_member(db, user, of, Role(role_name), limits=left, by=runtime.by, now=runtime.now())
        record = _record(user.email, of, role_record(row))
    _tell(record, "{email} is {role} of {where}.", as_json)


@member.command(name="role")
@click.argument("email")
@_where
@_role
@_limits
@json_option
@pass_runtime
def role_(
    runtime: Runtime,
    email: str,
    company: str | None,
    partner: str | None,
    role_name: str,
    limits: Sequence[str],
    as_json: bool,
) -> None:
    """Give a member another role; limits that are not said again are gone."""
    with runtime.database.transaction() as db:
        user, of, left = find_user(db, email), _find(db, company, partner), read_limits(limits, KINDS)
        row = change_role(db, user, of, Role(role_name), limits=left, by=runtime.by, now=runtime.now())
        tell_of_keys_left(db, user, of, now=runtime.now())
        record = _record(user.email, of, role_record(row))
    _tell(record, "{email} is {role} of {where} from now on.", as_json)


@member.command()
@click.argument("email")
@_where
@json_option
@pass_runtime
def remove(runtime: Runtime, email: str, company: str | None, partner: str | None, as_json: bool) -> None:
    """Make a member a stranger, from this moment on."""
    with runtime.database.transaction() as db:
        user, of = find_user(db, email), _find(db, company, partner)
        was = remove_member(db, user, of, by=runtime.by, now=runtime.now())
        tell_of_keys_left(db, user, of, now=runtime.now())
        record = _record(user.email, of, role_record(was))
    _tell(record, "{email} is no member of {where} any more (was: {role}).", as_json)


def members_table(where: str, members: Sequence[Mapping[str, Any]]) -> None:
    """Who may what in ``where``; nothing where nobody may."""
    if not members:
        return
    say()
    say(f"Members of {where}:")
    print_table(
        ("E-mail", "Name", "Role", "Limits", "Disabled"),
        [
            (
                one["email"],
                one["name"],
                one["role"],
                ", ".join(f"{kind}={'+'.join(acts) or 'none'}" for kind, acts in (one["limits"] or {}).items()),
                "yes" if one["disabled"] else None,
            )
            for one in members
        ],
    )


def _find(db: Session, company: str | None, partner: str | None) -> Partner | Company:
    if (company is None) == (partner is None):
        raise click.UsageError("Say either --company CODE or --partner CODE.")
    return find_company(db, company) if company is not None else find_partner(db, partner or "")


def _record(email: str, of: Partner | Company, role: Mapping[str, Any]) -> dict[str, Any]:
    return {"email": email, ("partner" if isinstance(of, Partner) else "company"): of.code, **role}


def _tell(record: Mapping[str, Any], told: str, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        say(told.format(where=record.get("company") or record.get("partner"), **record))
