"""A channel, a connection and a run, in lines for the person at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qbwc_server.channels.contract import Channel
from qbwc_server.channels.options import Option, declared
from qbwc_server.channels.report import Finding
from qbwc_server.cli.output import moment, paragraph, plain, say

_SHOWN = 10  # findings


def when(text: str, zone: str) -> str:
    """A moment of a record as the people of the company read it."""
    return moment(datetime.fromisoformat(text), zone) or ""


def how_to_upload(channel: Channel, company: str, connection_id: int) -> str:
    """The command that uploads a file to a connection."""
    if channel.brings_charges:
        return f"Upload a file: qbwc-server connection upload {company} {connection_id} FILE"
    return f"Upload a file: qbwc-server documents import {company} FILE --connection {connection_id}"


def show_channel(channel: Channel) -> None:
    """What it brings, what it needs, and every option."""
    say(f"{channel.code}: {channel.title}")
    paragraph(f"  Brings: {channel.brings}")
    paragraph(f"  Needs: {channel.needs}")
    if channel.is_uploaded:
        say(f"  Is run by uploading a file: {channel.upload_command}")
    else:
        say(f"  Is run every {channel.every_minutes} minutes where nothing else is said.")
    for option in declared(channel.options):
        paragraph(f"  {option.name} ({_about(option)}): {option.help}")


def _about(option: Option) -> str:
    parts = [option.type, *option.checks]
    if option.choices:
        parts.append("one of " + ", ".join(option.choices))
    if option.required:
        parts.append("needed")
    elif option.default not in (None, "") and not option.secret:
        parts.append(f"default {option.default}")
    return "; ".join(parts)


def show_connection(record: Mapping[str, Any], zone: str) -> None:
    """How it stands, what it was told, its records and runs."""
    said = record["state"].replace("_", " ")
    if record["failing_since"]:
        said += f" since {when(record['failing_since'], zone)}"
    say(
        f"Connection {record['id']}: {plain(record['title'])} ({record['channel']}, {plain(record['account'])}), {said}"
    )
    if record["message"]:
        paragraph(f"  {record['message']} {record['advice'] or ''}".rstrip())
    goes = "submitted at once where nothing speaks against it" if record["submits"] else "for review"
    when_run = f"Run every {record['every_minutes']} minutes" if record["every_minutes"] else "Run by uploads"
    say(f"  {when_run}; documents are {goes}.")
    for name, most in record["limits"].items():
        if most is not None:
            say(f"  limit: {name} = {most}")
    for name, value in record["options"].items():
        say(f"  {name} = {plain(str(value))}")
    if record["notes_path"]:
        say(f"  webhooks: {record['notes_path']} behind the address of this server")
    if record["words"]:
        say(f"  words to be mapped: {', '.join(record['words'])}")
    for name, until in record["complete_until"].items():
        say(f"  {name}: complete until {when(until, zone)}")
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in record["records"].items() if number)
    say(f"  Records: {counts or 'none'}")
    for run in record["runs"]:
        paragraph(f"  {when(run['started_at'], zone)}  {_one_line(run)}")


def _one_line(run: Mapping[str, Any]) -> str:
    records, documents = run["records"], run["documents"]
    said = f"{run['outcome'].replace('_', ' ')}: "
    if run["file"] is None:
        said += f"{run['pages']} pages, records: {records['new']} new, "
        said += f"{records['changed']} changed, {records['known']} known"
    else:
        said += plain(run["file"]) + (", the same as before" if records["known"] else "")
    if records["set_aside"]:
        said += f", {records['set_aside']} set aside"
    if documents.get("documents"):
        said += f"; documents: {documents['added']} added, {documents['revised']} revised, {documents['same']} there"
    said += f" ({run['seconds']} s)" if run["seconds"] is not None else ""
    return f"{said}. {run['message'] or ''}".rstrip()


def show_run(run: Mapping[str, Any], findings: Sequence[Finding], set_aside: int) -> None:
    """What came of a run, and what was found."""
    paragraph(_one_line(run))
    if run["advice"]:
        paragraph(f"      {run['advice']}")
    for finding in findings[:_SHOWN]:
        where = f"{plain(finding.origin)}: " if finding.origin else ""
        paragraph(f"  {where}{finding.outcome.replace('_', ' ')}: {finding.problem.message} {finding.problem.advice}")
    if len(findings) > _SHOWN:
        say(f"  and {len(findings) - _SHOWN} more; --json lists them")
    if set_aside:
        say(f"  {set_aside} records are set aside; connection records --set-aside says why.")
