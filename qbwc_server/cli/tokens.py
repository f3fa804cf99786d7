"""``qbwc-server company token|tokens|revoke``: the API tokens of a company."""

from __future__ import annotations

import click

from qbwc_server.cli.output import json_option, moment, note, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.connector.keys_left import revoke_tokens_made_by
from qbwc_server.reports.tokens import token_record
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.permissions import COMMON_SCOPES, Scope
from qbwc_server.tenancy.tokens import MOST_DAYS, add_token, revoke_token, scopes_of, state_of, tokens_of
from qbwc_server.tenancy.users import find_user


@click.command()
@click.argument("code")
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; may be repeated. Default: all but members, and books (change the books as it likes).",
)
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="How long it is good; default: until it is revoked.")
@json_option
@pass_runtime
def token(runtime: Runtime, code: str, label: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Make a token for the REST interface, good for this company only."""
    allowed = [Scope(name) for name in scopes] or list(COMMON_SCOPES)
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        row, made = add_token(db, found, label=label, scopes=allowed, days=days, by=runtime.by, now=runtime.now())
        record = token_record(row, runtime.now())
    if as_json:
        print_json({"code": found.code, **record, "token": made})
        return
    say(made)
    note(
        f"Send it as Authorization: Bearer TOKEN to {runtime.settings.base_url}/api/v1/companies/{found.code}/documents"
    )
    note(f"It is shown only now. To end it: qbwc-server company revoke {found.code} {record['id']}")


@click.command()
@click.argument("code")
@json_option
@pass_runtime
def tokens(runtime: Runtime, code: str, as_json: bool) -> None:
    """List the tokens of a company, also those that are revoked or no longer good."""
    now = runtime.now()
    with runtime.database.reading() as db:
        found = companies.find_company(db, code)
        rows = tokens_of(db, found.id)
    if as_json:
        print_json({"code": found.code, "tokens": [token_record(row, now) for row in rows]})
        return
    if not rows:
        say(f"Company {found.code} has no token.")
        return
    zone = found.time_zone
    print_table(
        ("Id", "Label", "May", "State", "Created", "Last used", "Good until"),
        [
            (
                row.id,
                row.label,
                ", ".join(sorted(scopes_of(row))),
                state_of(row, now).value,
                moment(row.created_at, zone) or "",
                moment(row.last_used_at, zone) or "never",
                moment(row.expires_at, zone) or "it is revoked",
            )
            for row in rows
        ],
    )


@click.command()
@click.argument("code")
@click.argument("token_id", type=int, metavar="[ID]", required=False)
@click.option("--made-by", metavar="EMAIL", help="All that this user made, instead of one by its id.")
@json_option
@pass_runtime
def revoke(runtime: Runtime, code: str, token_id: int | None, made_by: str | None, as_json: bool) -> None:
    """End a token, by its id in the list: it opens nothing from this moment on, nor does what it made."""
    now = runtime.now()
    if (token_id is None) is (made_by is None):
        raise click.UsageError("Say the ID of a token, or --made-by EMAIL.")
    if made_by is not None:
        _revoke_all_of(runtime, code, made_by, as_json)
        return
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        row, *made = revoke_token(db, found.id, token_id or 0, now, by=runtime.by)
        record = {**token_record(row, now), "revoked_too": [one.id for one in made]}
    if as_json:
        print_json({"code": found.code, **record})
        return
    say(f"Token {record['id']} ({record['label']}) is revoked.")
    for one in made:
        say(f"So is token {one.id} ({one.label}), which was made with it.")


def _revoke_all_of(runtime: Runtime, code: str, email: str, as_json: bool) -> None:
    now = runtime.now()
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        revoked = revoke_tokens_made_by(db, found.id, find_user(db, email), now, by=runtime.by)
        records = [token_record(row, now) for row in revoked]
    if as_json:
        print_json({"code": found.code, "revoked": records})
        return
    for record in records:
        say(f"Token {record['id']} ({record['label']}) is revoked.")
    if not records:
        say(f"{email} has made no token of {found.code} that opens anything.")
