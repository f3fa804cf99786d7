"""Connections in a browser: a channel is connected by the form that it declares, tried, run, paused and ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from qbwc_server.channels.connections.finding import channel_of, connections_of, find_connection, waits_for_start
from qbwc_server.channels.connections.setting_up import (
    Choices,
    add_connection,
    change_connection,
    read_since,
    try_connection,
)
from qbwc_server.channels.connections.states import BY_THE_CLOCK
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause, resume
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.files.formats import FORMATS
from qbwc_server.channels.options import Option, declared
from qbwc_server.channels.registry import CHANNELS, channel_named
from qbwc_server.errors import Conflict, Invalid, QbwcError
from qbwc_server.jobs.asked_for import ask_for_run
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.option_form import fields_of, read_fields
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.translation import lazy_gettext
from qbwc_server.portal.visit import Visit
from qbwc_server.posting.submitting.automatic import limits_of
from qbwc_server.reports.connections import channel_record, connection_record, whole_connection_record

LIMITS = {
    "documents_per_run": lazy_gettext("Documents in one run"),
    "documents_per_day": lazy_gettext("Documents in one day"),
    "amount_per_run": lazy_gettext("Amount in one run"),
    "amount_per_day": lazy_gettext("Amount in one day"),
}
"""Of what is submitted by itself, in the order of the form."""
STOPS: dict[str, Callable[..., None]] = {"pause": pause, "resume": resume}


def index(visit: Visit, problem: QbwcError | None = None) -> Response:
    """All of them, the form to upload a file, and what can be connected."""
    with visit.looking() as (db, standing):
        rows = [connection_record(db, row) for row in connections_of(db, standing.company.id)]
    channels = [channel_record(channel) for channel in CHANNELS.values()]
    return show(
        visit,
        "connections.html",
        200 if problem is None else 422,
        connections=rows,
        channels=channels,
        running=_RUNNING,
        problem=problem,
        formats=FORMATS.values(),
        typed=visit.request.form,
    )


def connection(visit: Visit, connection_id: int, problem: QbwcError | None = None, **shown: Any) -> Response:
    """One: how it goes, its runs, and what may be pressed about it."""
    with visit.looking() as (db, standing):
        row = find_connection(db, standing.company.id, connection_id)
        record = whole_connection_record(db, row)
        options = declared(channel_of(row).options)
    status = 200 if problem is None else 409
    return show(
        visit,
        "connection.html",
        status,
        problem=problem,
        one=record,
        options=options,
        running=_RUNNING,
        base_url=visit.settings.base_url,
        **shown,
    )


def form(visit: Visit, channel: str, problem: QbwcError | None = None) -> Response:
    """What the channel wants to know."""
    with visit.looking():
        found = channel_named(channel)
    return _form(visit, found, {}, problem, submits=False, every=found.every_minutes, title=found.title)


def send(visit: Visit, channel: str) -> Response:
    """Connect it."""
    found = channel_named(channel)
    try:
        values = read_fields(declared(found.options), visit.request.form, changing=False)
        with visit.changing() as (db, standing):
            choices = _choices(visit, standing.company.time_zone)
            row = add_connection(
                db,
                standing.company,
                found,
                values,
                choices,
                settings=visit.settings,
                by=visit.by,
                now=visit.now,
            )
            page = "portal.start_page" if waits_for_start(row) else "portal.connection"
            connection_id = row.id
    except (Conflict, Invalid) as problem:
        return form(visit, channel, problem)
    return go_to(page, code=visit.code, connection_id=connection_id)


def change_form(visit: Visit, connection_id: int, problem: QbwcError | None = None) -> Response:
    """What was chosen, to be changed; secrets stay hidden."""
    with visit.looking() as (db, standing):
        row = find_connection(db, standing.company.id, connection_id)
        channel, chosen = channel_of(row), dict(row.options)
        more = {
            "submits": row.submits,
            "every": row.every_minutes,
            "title": row.title,
            "connection_id": row.id,
            "limits": limits_of(db, row.id).as_record(),
        }
    return _form(visit, channel, chosen, problem, **more)


def change(visit: Visit, connection_id: int) -> Response:
    """Change it."""
    try:
        with visit.changing() as (db, standing):
            row = find_connection(db, standing.company.id, connection_id, locked=True)
            values = read_fields(declared(channel_of(row).options), visit.request.form, changing=True)
            choices = _choices(visit, standing.company.time_zone)
            change_connection(db, row, values, choices, settings=visit.settings, by=visit.by, now=visit.now)
    except (Conflict, Invalid) as problem:
        return change_form(visit, connection_id, problem)
    return go_to("portal.connection", code=visit.code, connection_id=connection_id)


def test(visit: Visit, connection_id: int) -> Response:
    """Try the address and the key."""
    with visit.looking() as (_, standing):
        company_id = standing.company.id
    try:
        tried = try_connection(
            visit.database, company_id, connection_id, settings=visit.settings, clock=lambda: visit.now
        )
    except (Conflict, Invalid) as problem:
        return connection(visit, connection_id, problem)
    return connection(visit, connection_id, tried=[one.as_record() for one in tried])


def run_now(visit: Visit, connection_id: int) -> Response:
    """Have it run as soon as a worker is free."""
    try:
        with visit.changing() as (db, standing):
            ask_for_run(db, find_connection(db, standing.company.id, connection_id, locked=True), now=visit.now)
    except Conflict as problem:
        return connection(visit, connection_id, problem)
    return go_to("portal.connection", code=visit.code, connection_id=connection_id)


def stop(visit: Visit, connection_id: int, act: str) -> Response:
    """Run it no more until resume, or go on."""
    try:
        with visit.changing() as (db, standing):
            row = find_connection(db, standing.company.id, connection_id, locked=True)
            STOPS[act](db, row, by=visit.by, now=visit.now)
    except Conflict as problem:
        return connection(visit, connection_id, problem)
    return go_to("portal.connection", code=visit.code, connection_id=connection_id)


def confirm_disconnect(visit: Visit, connection_id: int, problem: QbwcError | None = None) -> Response:
    """What stays, what goes, and the choice."""
    with visit.looking() as (db, standing):
        record = connection_record(db, find_connection(db, standing.company.id, connection_id))
    return show(visit, "disconnect.html", 200 if problem is None else 409, one=record, problem=problem)


def end(visit: Visit, connection_id: int) -> Response:
    """End it."""
    said = text_field(visit.request, "unposted")
    try:
        if said not in tuple(Unposted):
            raise Invalid("Say whether to keep or to remove what is not in QuickBooks yet.")
        with visit.looking() as (db, standing):
            find_connection(db, standing.company.id, connection_id)
        disconnect(visit.database, visit.code, connection_id, Unposted(said), by=visit.by, clock=lambda: visit.now)
    except (Conflict, Invalid) as problem:
        return confirm_disconnect(visit, connection_id, problem)
    return go_to("portal.connection", code=visit.code, connection_id=connection_id)


_RUNNING = {state.value for state in BY_THE_CLOCK}


def _form(visit: Visit, channel: Channel, chosen: dict[str, Any], problem: QbwcError | None, **more: Any) -> Response:
    options: tuple[Option, ...] = declared(channel.options)
    typed = visit.request.form
    more = {"connection_id": None, "limits": {}, **more}
    if typed:
        more |= {
            "submits": typed.get("submits") == "yes",
            "every": typed.get("every", ""),
            "title": typed.get("title", ""),
            "limits": {name: typed.get(f"limit-{name}", "") for name in LIMITS},
        }
    return show(
        visit,
        "connection_form.html",
        200 if problem is None else 422,
        channel=channel_record(channel),
        fields=fields_of(options, chosen, typed),
        since=typed.get("since", ""),
        limit_words=LIMITS,
        problem=problem,
        **more,
    )


def _choices(visit: Visit, time_zone: str) -> Choices:
    every = text_field(visit.request, "every", 10).strip()
    if every and not (every.isascii() and every.isdigit()):
        raise Invalid("The minutes between two runs must be a whole number.")
    return Choices(
        title=text_field(visit.request, "title") or None,
        every_minutes=int(every) if every else None,
        submits=text_field(visit.request, "submits") == "yes",
        since=read_since(text_field(visit.request, "since", 40).strip() or None, time_zone),
        limits=_limits(visit),
    )


def _limits(visit: Visit) -> dict[str, object] | None:
    """Those that the form names; one that is left empty is none."""
    said = {name: text_field(visit.request, f"limit-{name}", 20).strip() for name in LIMITS}
    found: dict[str, object] = {
        name: int(text) if name.startswith("documents") and text.isascii() and text.isdigit() else text or None
        for name, text in said.items()
        if f"limit-{name}" in visit.request.form
    }
    return found or None
