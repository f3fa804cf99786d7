"""``qbwc-server secrets``: the keys of sealed secrets; neither a secret nor a key that is in use is ever shown."""

from __future__ import annotations

import click

from qbwc_server.cli.output import Exit, counted, json_option, note, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.tenancy.resealing import rotate as rotate_keys
from qbwc_server.tenancy.resealing import standing
from qbwc_server.tenancy.sealing_keys import SealingKey, key_file


@click.group()
def secrets() -> None:
    """Secrets of connections are sealed: the database alone does not give them away."""


@secrets.command()
@json_option
@pass_runtime
@click.pass_context
def show(ctx: click.Context, runtime: Runtime, as_json: bool) -> None:
    """Where the keys are, by name, and how many secrets each seals; exit status 1 where a key is lost."""
    file = key_file(runtime.settings)
    with runtime.database.reading() as db:
        found = standing(db, runtime.settings)
    place = "the setting secrets_keys" if file is None else str(file)
    if as_json:
        print_json({"keys_in": place, "keys": dict(found.here), "lost": dict(found.lost)})
    else:
        say(f"The keys stand in {place}." if found.here else f"There is no key yet; the first start makes {place}.")
        rows = [(name, count, "" if at else "seals") for at, (name, count) in enumerate(found.here.items())]
        rows += [(name, count, "lost") for name, count in found.lost.items()]
        if rows:
            print_table(("Key", "Secrets", "State"), rows, right=("Secrets",))
    if found.lost:
        note("Put the file with the lost keys back from its copy, or enter these secrets again.")
        ctx.exit(Exit.NEEDS_A_PERSON)


@secrets.command()
@json_option
@pass_runtime
@click.pass_context
def rotate(ctx: click.Context, runtime: Runtime, as_json: bool) -> None:
    """Seal every secret with a new key; the server may run meanwhile.

    Where the setting secrets_keys holds the keys: put a new one in front first, on every machine, and start them anew.
    """
    done = rotate_keys(runtime.database, runtime.settings, by=runtime.by, now=runtime.now())
    file = key_file(runtime.settings)
    if as_json:
        record = {"key": done.key, "resealed": done.resealed, "unreadable": done.unreadable}
        print_json({**record, "unused": list(done.unused)})
    else:
        say(f"The key {done.key} seals from now on; {counted(done.resealed, 'secret')} sealed anew.")
    if file is not None:
        note(f"Copy {file} anew, apart from the copies of the database.")
    elif done.unused:
        note(f"Nothing needs these keys of secrets_keys any more: {', '.join(done.unused)}")
    if done.unreadable:
        note(f"{counted(done.unreadable, 'secret')} cannot be read and must be entered again.")
        ctx.exit(Exit.NEEDS_A_PERSON)


@secrets.command("new-key")
def new_key() -> None:
    """Make a key for the setting secrets_keys; it is shown now and kept nowhere."""
    click.echo(SealingKey.made().text.decode())
