"""``qbwc-server company``: companies, their Web Connector login and file, tokens, options and holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qbwc_server.books import holds
from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.books.models import CompanyFacts
from qbwc_server.cli.named_values import print_values, read_changes
from qbwc_server.cli.output import json_option, moment, note, print_facts, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.cli.tokens import revoke, token, tokens
from qbwc_server.connector import logins, wrong_file
from qbwc_server.connector.qwc import qwc_file
from qbwc_server.documents import store
from qbwc_server.errors import Invalid
from qbwc_server.posting.options import PostingOptions, change_options, options_of
from qbwc_server.posting.people import resume as resuming
from qbwc_server.reports.companies import company_record, whole_company_record
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.partners import find_partner
from qwc_templates import QwcError


class _SayWhichFile(Invalid):
    """The hold is about another company file."""

    code = "say_which_file"
    advice = (
        "Open the right company file and press Update Selected: the hold goes by itself. If the file that was open is "
        "the right one: --accept-file NAME, the name of the company in it."
    )


@click.group()
def company() -> None:
    """Companies: whose books are kept here."""


for each in (token, tokens, revoke):
    company.add_command(each)


@company.command()
@click.argument("code")
@click.option("--name", required=True, help="Name as people know it.")
@click.option("--time-zone", required=True, metavar="ZONE", help="Where the books are kept, e.g. America/New_York.")
@click.option("--company-file", default="", metavar="PATH", help="Company file on the PC; default: the open one.")
@click.option("--partner", metavar="CODE", help="Under which partner it stands; default: one of its own is made.")
@json_option
@pass_runtime
def add(
    runtime: Runtime, code: str, name: str, time_zone: str, company_file: str, partner: str | None, as_json: bool
) -> None:
    """Add a company; prints its Web Connector password, this once."""
    with runtime.database.transaction() as db:
        under = find_partner(db, partner) if partner else None
        added = companies.add_company(
            db, code=code, name=name, time_zone=time_zone, now=runtime.now(), partner=under, by=runtime.by
        )
        login, password = logins.add_login(db, added, company_file=company_file, by=runtime.by)
        record = company_record(db, added)
    if as_json:
        print_json({**record, "connector_password": password})
        return
    say(f"Company {added.code} added: {added.name}")
    say()
    print_facts([("Login", login.user), ("Password", password)])
    say()
    say("Keep the password: it is shown only now. Next:")
    say(f"  qbwc-server company qwc {added.code} --output {added.code}.qwc")
    say("then open that file on the PC with QuickBooks: Web Connector, Add an application, enter the password.")


@company.command(name="list")
@json_option
@pass_runtime
def list_(runtime: Runtime, as_json: bool) -> None:
    """All companies."""
    with runtime.database.reading() as db:
        found = companies.companies(db)
        waiting = {each.id: store.counts(db, each.id) for each in found}
        held = {each.id: holds_of(db, each.id) for each in found}
        records = [company_record(db, each) for each in found]
    if as_json:
        print_json({"companies": records})
    elif not found:
        say("There is no company yet. Add one: qbwc-server company add CODE --name NAME --time-zone ZONE")
    else:
        print_table(
            ("Code", "Name", "Time zone", "Documents", "Hold"),
            [
                (
                    c.code,
                    c.name,
                    c.time_zone,
                    sum(waiting[c.id].values()),
                    ", ".join(hold.kind.words for hold in held[c.id]) or None,
                )
                for c in found
            ],
            right=("Documents",),
        )


@company.command()
@click.argument("code")
@json_option
@pass_runtime
def show(runtime: Runtime, code: str, as_json: bool) -> None:
    """One company: login, company file, options, what stands in the way."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, code)
        facts = db.get(CompanyFacts, found.id)
        counts = store.counts(db, found.id)
        record = whole_company_record(db, found)
        standing, login = holds_of(db, found.id), logins.login_of(db, found.id)
    if as_json:
        print_json(record)
        return
    zone = found.time_zone
    print_facts(
        [
            ("Code", found.code),
            ("Name", found.name),
            ("Time zone", zone),
            ("Login", login.user),
            ("Company file", login.company_file or "the one that is open"),
            ("Least pause", None if login.minimum_interval_s is None else f"{login.minimum_interval_s} seconds"),
            ("Postponed until", moment(login.postpone_until, zone)),
            *(("Hold", f"{hold.kind.words}: {hold.detail}") for hold in standing),
            ("Documents", ", ".join(f"{n} {state.value.replace('_', ' ')}" for state, n in sorted(counts.items()))),
            *(
                []
                if facts is None
                else [
                    ("QuickBooks", f"{facts.product or 'unknown product'}, qbXML {facts.qbxml_version}"),
                    ("Name in QuickBooks", facts.company_name),
                    ("File in QuickBooks", facts.file_path),
                    ("Closing date", facts.closing_date),
                    ("Seen", moment(facts.seen_at, zone)),
                ]
            ),
        ]
    )
    if facts is None and not standing:
        note("The Web Connector has not called yet.")


@company.command()
@click.argument("code")
@click.option("--partner", required=True, metavar="CODE", help="Under which partner it stands from now on.")
@json_option
@pass_runtime
def move(runtime: Runtime, code: str, partner: str, as_json: bool) -> None:
    """Put a company under another partner: its members are let in, those of the partner before are not any more."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        companies.move_company(db, found, find_partner(db, partner), by=runtime.by, now=runtime.now())
        record = company_record(db, found)
    if as_json:
        print_json(record)
    else:
        say(f"{found.code} stands under {record['partner']} from now on.")


@company.command()
@click.argument("code")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: stdout.")
@click.option("--every", type=click.IntRange(1, 1440), metavar="MINUTES", help="How often the Web Connector calls.")
@pass_runtime
def qwc(runtime: Runtime, code: str, output: Path | None, every: int | None) -> None:
    """Write the .qwc file that tells the Web Connector where this server is."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, code)
        try:
            content = qwc_file(found, logins.login_of(db, found.id), runtime.settings, every_minutes=every)
        except QwcError as error:
            raise Invalid(f"The Web Connector would not take this file: {error}.") from None
    if output is None:
        if sys.stdout.isatty():
            say(content.decode())
        else:
            click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{output} cannot be written: {error.strerror}.") from None
    note(f"Written: {output}")


@company.command()
@click.argument("code")
@json_option
@pass_runtime
def password(runtime: Runtime, code: str, as_json: bool) -> None:
    """Give the company a new Web Connector password; the old one stops working at once."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        login = logins.login_of(db, found.id)
        renewed = logins.renew_password(db, login, runtime.now(), by=runtime.by)
    if as_json:
        print_json({"code": found.code, "connector_user": login.user, "connector_password": renewed})
        return
    print_facts([("Login", login.user), ("New password", renewed)])
    note("Enter it in the Web Connector, in the password column of this application. It is shown only now.")


@company.command()
@click.argument("code")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
@pass_runtime
def options(runtime: Runtime, code: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Show what may be done in the company file, or change it.

    NAME= without a value takes an option back to its default.
    """
    if changes:
        with runtime.database.transaction() as db:
            company_id = companies.find_company(db, code).id
            in_force = change_options(db, company_id, read_changes(changes), by=runtime.by, now=runtime.now())
    else:
        with runtime.database.reading() as db:
            in_force = options_of(db, companies.find_company(db, code).id)
    values = in_force.model_dump(mode="json")
    if as_json:
        print_json({"code": code, "options": values})
        return
    print_values(PostingOptions, values)


@company.command()
@click.argument("code")
@click.option("--minutes", type=click.IntRange(0, 43_200), required=True, help="How long; 0 lifts it.")
@json_option
@pass_runtime
def postpone(runtime: Runtime, code: str, minutes: int, as_json: bool) -> None:
    """Ask the Web Connector to come back later."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        login = logins.login_of(db, found.id)
        logins.postpone(db, login, seconds=minutes * 60, by=runtime.by, now=runtime.now())
        record = company_record(db, found)
    if as_json:
        print_json(record)
    elif login.postpone_until is None:
        say(f"{found.code} is no longer postponed.")
    else:
        say(f"{found.code} is postponed until {moment(login.postpone_until, found.time_zone)}.")


@company.command()
@click.argument("code")
@json_option
@pass_runtime
def pause(runtime: Runtime, code: str, as_json: bool) -> None:
    """Write nothing to this company file until `resume`."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        holds.pause(db, found.id, by=runtime.by, now=runtime.now())
        record = company_record(db, found)
    if as_json:
        print_json(record)
    else:
        say(f"{found.code} is paused. To go on: qbwc-server company resume {found.code}")


@company.command("refuse-file")
@click.argument("code")
@click.argument("name")
@json_option
@pass_runtime
def refuse_file(runtime: Runtime, code: str, name: str, as_json: bool) -> None:
    """The company file that was the right one until now is not: NAME is that of the company in it."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        refused = wrong_file.refuse_file(db, found, name, by=runtime.by, now=runtime.now())
        record = company_record(db, found)
    if as_json:
        print_json({**record, "refused_file": refused.name, "new_qwc": refused.new_qwc})
        return
    say(f"Nothing is written to {refused.name} any more. Open the right company file and press Update Selected.")
    if refused.new_qwc:
        say(
            f"It bears the mark of the .qwc file, so {found.code} has got another one: open the right company file, "
            f"then add it. qbwc-server company qwc {found.code}"
        )


@company.command()
@click.argument("code")
@click.option(
    "--repost/--no-repost",
    default=False,
    help="After a restored backup: put what the backup lacks into the books again.",
)
@click.option(
    "--accept-file",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="NAME",
    help="After another company file: the one that was open is the right one; NAME is that of the company in it.",
)
@click.option(
    "--hold", type=click.Choice([kind.value for kind in HoldKind]), help="Which hold to lift, where several stand."
)
@json_option
@pass_runtime
def resume(runtime: Runtime, code: str, repost: bool, accept_file: str | None, hold: str | None, as_json: bool) -> None:
    """Lift a hold: writing to this company file may go on."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, code)
        named = HoldKind.OTHER_FILE if accept_file is not None else HoldKind(hold) if hold else None
        meant = resuming.hold_to_lift(db, found, named)
        was = meant.kind
        if was is HoldKind.OTHER_FILE and not accept_file:
            raise _SayWhichFile(meant.detail)
        looked_for = resuming.resume(
            db,
            found,
            repost=repost,
            by=runtime.by,
            now=runtime.now(),
            hold=was,
            accept_file=accept_file,
        )
        after = holds_of(db, found.id)
        record = company_record(db, found)
    if as_json:
        print_json({**record, "was": was.value, "looked_for": looked_for})
        return
    if after:
        say(f"The hold {was.words} is lifted. What stands in the way still: {', '.join(h.kind.words for h in after)}.")
    else:
        say(f"{code} goes on at the next update (was: {was.words}).")
    if looked_for:
        say(f"{looked_for} postings are looked for in the file first; what it lacks is entered again.")
