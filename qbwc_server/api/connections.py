"""``/companies/CODE/connections``: connect a channel, see how it goes, have it run, pause it, end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.connections import (
    ChannelsAnswer,
    ConnectionAnswer,
    ConnectionsAnswer,
    DisconnectedAnswer,
    RecordsAnswer,
    TriedAnswer,
    WholeConnectionAnswer,
)
from qbwc_server.api.errors import ACCEPTED, CREATED
from qbwc_server.api.routes import AFTER, LIMIT, MOST_PER_PAGE, Body, Route, one_of
from qbwc_server.api.schemas import number_asked
from qbwc_server.channels.addresses import AddressRefused
from qbwc_server.channels.connections.finding import connections_of, find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.runs import RunUnderWay
from qbwc_server.channels.connections.setting_up import (
    AlreadyConnected,
    AnotherAccount,
    BadSchedule,
    ChannelBroke,
    Choices,
    Settled,
    add_connection,
    ask_again_since,
    change_connection,
    read_since,
    try_connection,
)
from qbwc_server.channels.connections.states import ConnectionNotNow, RecordState
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause, resume
from qbwc_server.channels.options import WrongConnectionOptions
from qbwc_server.channels.registry import CHANNELS, UnknownChannel, channel_named
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.jobs.asked_for import ask_for_run
from qbwc_server.reports.connections import (
    channel_record,
    connection_record,
    record_record,
    records_of,
    whole_connection_record,
)
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/connections"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):connection_id>"
_CHOICES = {"title": str, "every_minutes": int, "submits": bool, "limits": dict}
_CHOICE_WORDS = {
    "options": "Of the channel; connection-types tells them. Secrets are among them, and are kept sealed.",
    "title": "What it is called.",
    "every_minutes": "How often it runs.",
    "submits": "Whether what it brings is submitted, or kept for a person.",
    "limits": "Of what is submitted without anybody's asking, by name; null takes one away.",
    "since": "A day or moment: take what changed since then.",
}
_SETTING_UP = (Invalid, WrongConnectionOptions, BadSchedule, AddressRefused, AlreadyConnected, AnotherAccount)
ROUTES = {
    "connection_types": Route(Permission.SEE_COMPANY, ChannelsAnswer),
    "connections": Route(Permission.SEE_COMPANY, ConnectionsAnswer),
    "connection": Route(Permission.SEE_COMPANY, WholeConnectionAnswer, refuses=(NotFound,)),
    "connection_records": Route(
        Permission.SEE_COMPANY,
        RecordsAnswer,
        parameters={"state": one_of("Only those.", *RecordState), "after": AFTER, "limit": LIMIT},
        refuses=(Invalid, NotFound),
    ),
    "connect": Route(
        Permission.CONNECT,
        ConnectionAnswer,
        takes=Body({"channel": str, "options": dict, "since": str, **_CHOICES}, _CHOICE_WORDS, needed=("channel",)),
        statuses=(CREATED,),
        refuses=(*_SETTING_UP, UnknownChannel, ConnectionNotNow),
    ),
    "change_one_connection": Route(
        Permission.CONNECT,
        ConnectionAnswer,
        takes=Body({"options": dict, **_CHOICES}, _CHOICE_WORDS),
        refuses=(*_SETTING_UP, NotFound, ConnectionNotNow, Settled),
    ),
    "test_connection": Route(
        Permission.CONNECT,
        TriedAnswer,
        takes=Body(),
        refuses=(*_SETTING_UP, NotFound, ConnectionNotNow, ChannelBroke),
        once=False,
    ),
    "run_now": Route(
        Permission.CONNECT,
        ConnectionAnswer,
        takes=Body({"since": str}, _CHOICE_WORDS),
        statuses=(ACCEPTED,),
        refuses=(Invalid, NotFound, ConnectionNotNow, NotRunning),
    ),
    "pause_or_resume": Route(Permission.CONNECT, ConnectionAnswer, takes=Body(), refuses=(NotFound, ConnectionNotNow)),
    "disconnect_one": Route(
        Permission.CONNECT,
        DisconnectedAnswer,
        takes=Body(
            {"unposted": str},
            {"unposted": f"What becomes of what is not in QuickBooks: {', '.join(Unposted)}."},
            needed=("unposted",),
        ),
        refuses=(Invalid, NotFound, ConnectionNotNow, RunUnderWay),
        once=False,
    ),
}
STOPS: dict[str, Callable[..., None]] = {"pause": pause, "resume": resume}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_looking(blueprint, access)
    _add_setting_up(blueprint, access)
    _add_running(blueprint, access)


def _add_looking(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get("/companies/<code>/connection-types")
    def connection_types(code: str) -> Response:
        """Every channel that can be connected, with its options and their schema."""
        return jsonify(types=[channel_record(channel) for channel in CHANNELS.values()])

    @blueprint.get(_ALL)
    def connections(code: str) -> Response:
        """The connections of the company."""
        with access.looking() as (db, company):
            records = [connection_record(db, row) for row in connections_of(db, company.id)]
        return jsonify(connections=records)

    @blueprint.get(_ONE)
    def connection(code: str, connection_id: int) -> Response:
        """One connection with its newest runs; secrets are masked."""
        with access.looking() as (db, company):
            record = whole_connection_record(db, find_connection(db, company.id, connection_id))
        return jsonify(record)

    @blueprint.get(f"{_ONE}/records")
    def connection_records(code: str, connection_id: int) -> Response:
        """What it brought, a page at a time: go on with after=next."""
        state = _state_asked(request.args)
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            row = find_connection(db, company.id, connection_id)
            found = records_of(db, row, state=state, after_id=after, limit=limit + 1)
            page = [record_record(one) for one in found[:limit]]
        return jsonify(records=page, next=page[-1]["id"] if len(found) > limit else None)


def _add_setting_up(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(_ALL)
    def connect(code: str) -> tuple[Response, int]:
        """Connect a channel: {"channel": ..., "options": {...}}, secrets among the options."""
        said = access.said()
        if "channel" not in said:
            raise Invalid("The field channel is missing: which channel is to be connected.")
        channel = channel_named(said["channel"])
        with access.changing() as (db, company):
            choices = _choices(said, read_since(said.get("since"), company.time_zone))
            row = add_connection(
                db,
                company,
                channel,
                said.get("options", {}),
                choices,
                settings=access.settings,
                by=access.by,
                now=access.now(),
            )
            record = connection_record(db, row)
        return jsonify(record), CREATED

    @blueprint.patch(_ONE)
    def change_one_connection(code: str, connection_id: int) -> Response:
        """Change some options; null takes one back to its default."""
        said = access.said()
        with access.changing() as (db, company):
            row = find_connection(db, company.id, connection_id, locked=True)
            values = said.get("options", {})
            change_connection(db, row, values, _choices(said), settings=access.settings, by=access.by, now=access.now())
            record = connection_record(db, row)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/test")
    def test_connection(code: str, connection_id: int) -> Response:
        """Try the address and the key; the answer says what was found."""
        access.said()
        with access.looking() as (db, company):
            company_id = company.id
        tried = try_connection(access.database, company_id, connection_id, settings=access.settings, clock=access.now)
        with access.looking() as (db, company):
            record = connection_record(db, find_connection(db, company.id, connection_id))
        return jsonify({**record, "checks": [one.as_record() for one in tried]})


def _add_running(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(f"{_ONE}/run")
    def run_now(code: str, connection_id: int) -> tuple[Response, int]:
        """Have it run as soon as a worker is free; with since: ask again for all that changed since then."""
        said = access.said()
        with access.changing() as (db, company):
            row = find_connection(db, company.id, connection_id, locked=True)
            since = read_since(said.get("since"), company.time_zone)
            if since is not None:
                ask_again_since(db, row, since)
            ask_for_run(db, row, now=access.now())
            record = connection_record(db, row)
        return jsonify(record), ACCEPTED

    @blueprint.post(f"{_ONE}/<any({', '.join(STOPS)}):stop>")
    def pause_or_resume(code: str, connection_id: int, stop: str) -> Response:
        """Run it no more until resume, or go on."""
        access.said()
        with access.changing() as (db, company):
            row = find_connection(db, company.id, connection_id, locked=True)
            STOPS[stop](db, row, by=access.by, now=access.now())
            record = connection_record(db, row)
        return jsonify(record)

    @blueprint.post(f"{_ONE}/disconnect")
    def disconnect_one(code: str, connection_id: int) -> Response:
        """End it; {"unposted": "keep"} or "remove" says what becomes of what is not in QuickBooks."""
        unposted = _unposted_said(access.said().get("unposted"))
        with access.looking() as (db, company):
            found: Connection = find_connection(db, company.id, connection_id)
        done = disconnect(access.database, code, found.id, unposted, by=access.by, clock=access.now)
        with access.looking() as (db, company):
            record = connection_record(db, find_connection(db, company.id, connection_id))
        return jsonify({**record, "removed": done.removed})


def _choices(said: Mapping[str, Any], since: datetime | None = None) -> Choices:
    return Choices(said.get("title"), said.get("every_minutes"), said.get("submits"), since, said.get("limits"))


def _unposted_said(name: str | None) -> Unposted:
    try:
        return Unposted(name or "")
    except ValueError:
        raise Invalid(f"The field unposted must be among {', '.join(Unposted)}.") from None


def _state_asked(arguments: Mapping[str, str]) -> RecordState | None:
    name = arguments.get("state") or None
    try:
        return None if name is None else RecordState(name)
    except ValueError:
        raise Invalid(f"The parameter state must be among {', '.join(RecordState)}.") from None
