"""A person connects a channel, changes what it was told, and tries whether it works."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.channels.addresses import check_url, site_of
from qbwc_server.channels.connections.audit import note_connection, settled
from qbwc_server.channels.connections.brought_by_file import refuse_twice
from qbwc_server.channels.connections.finding import (
    channel_of,
    effective_options,
    find_connection,
    marks_of,
    options_of,
    sealed_secrets,
    secrets_of,
    waits_for_start,
    with_defaults,
)
from qbwc_server.channels.connections.models import Connection, Record, RecordDocument
from qbwc_server.channels.connections.moments import EARLIEST, LATEST, within_reach
from qbwc_server.channels.connections.states import ConnectionEvent, ConnectionState, RecordState, after
from qbwc_server.channels.connections.trouble import tell_trouble
from qbwc_server.channels.connections.versions import BROKEN
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.gone import DISCONNECTED
from qbwc_server.channels.http import SignInRefused, Upstream
from qbwc_server.channels.options import (
    ChannelOptions,
    addresses,
    declared,
    open_values,
    read_options,
    secret_names,
    secret_values,
)
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Conflict, Invalid, Notice, QbwcError
from qbwc_server.posting.submitting.automatic import changed_limits, limits_of, set_limits
from qbwc_server.settings import Settings
from qbwc_server.shortening import storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.sealing import Sealed

log = structlog.get_logger(__name__)

_LONGEST_TITLE = 100
_MOST_MINUTES = 24 * 60


class AlreadyConnected(Conflict):
    """This account is connected already."""

    code = "already_connected"
    advice = "Change that connection, or disconnect it first."


class AnotherAccount(Conflict):
    """These options name another account."""

    code = "another_account"
    advice = "Add another connection for it, so that the documents of both are not mixed up."


class SecretsElsewhere(Invalid):
    """The address is another one, to which secrets were not given."""

    code = "secrets_elsewhere"
    advice = "Give the secrets again together with the address, so that nobody sends them where they do not belong."


class ChannelBroke(QbwcError):
    """The channel stumbled over something nobody expected."""

    code = "channel_broke"
    advice = "It is tried again at the next run. If it stays so, report what the log says of it."

    @classmethod
    def over(cls, error: Exception) -> ChannelBroke:
        """It stumbled over ``error``, which is told by its type alone: texts of exceptions hold data of customers."""
        return cls(f"The channel stumbled over something nobody expected ({type(error).__name__}).")


class Settled(Conflict):
    """This was settled with the start of the connection."""

    code = "settled_by_start"
    advice = "Reset the connection first; what it has brought stays, and comes no second time."


class BadSchedule(Invalid):
    """This is no schedule."""

    code = "bad_schedule"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chooses beside the options of the channel; ``None``: as it is, or the default.

    ``limits`` of what is submitted by itself, by name (see ``Limits``); None among them takes one away.
    """

    title: str | None = None
    every_minutes: int | None = None
    submits: bool | None = None
    since: datetime | None = None
    limits: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One live check: what is wrong, or what was found."""

    title: str
    notice: Notice | None
    found: str

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        notice = self.notice
        told = {} if notice is None else {"code": notice.code, "message": notice.message, "advice": notice.advice}
        return {"check": self.title, "well": notice is None, "found": self.found, **told}


def read_since(text: str | None, time_zone: str) -> datetime | None:
    """A day, which begins where the company keeps its books, or a moment. Raises Invalid."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        moment = (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("This is no day such as 2026-03-31, and no moment such as 2026-03-31T12:00:00Z.") from None
    if not within_reach(moment):
        raise Invalid(f"Days lie between {EARLIEST.year} and {LATEST.year}.")
    return moment


def add_connection(
    db: Session,
    company: Company,
    channel: Channel,
    values: Mapping[str, object],
    choices: Choices,
    *,
    settings: Settings,
    by: Actor,
    now: datetime,
) -> Connection:
    """Connect a channel; one that was connected before is the same again, and knows what it brought.

    Raises:
        WrongConnectionOptions, AddressRefused, BadSchedule: what was chosen cannot be used.
        AlreadyConnected: the account is connected.
    """
    options = _checked(channel, values, settings)
    sealed = sealed_secrets(secret_values(options), settings)
    return connect(db, company, channel, options, sealed, choices, by=by, now=now)


def connect(
    db: Session,
    company: Company,
    channel: Channel,
    options: ChannelOptions,
    sealed: Sealed | None,
    choices: Choices,
    *,
    by: Actor,
    now: datetime,
) -> Connection:
    """Connect a channel with options that have been looked at.

    Raises AlreadyConnected, BadSchedule, BroughtByFile.
    """
    account = channel.account(options)
    refuse_twice(db, company.id, channel, options)
    row = db.scalar(
        select(Connection)
        .where(Connection.company_id == company.id, Connection.channel == channel.code, Connection.account == account)
        .with_for_update()
    )
    if row is None:
        row = Connection(
            company_id=company.id,
            channel=channel.code,
            account=account,
            title=channel.title,
            state=ConnectionState.BEING_SET_UP,
            every_minutes=channel.every_minutes,
            submits=False,
            created_at=now,
        )
        db.add(row)
    elif row.state is not ConnectionState.DISCONNECTED:
        raise AlreadyConnected(f"{channel.title} {account} is connection {row.id} already.")
    else:
        row.state = after(row.state, ConnectionEvent.CONNECTED_AGAIN)
        if not channel.is_uploaded:
            _bring_back(db, row)
    row.options, row.sealed = open_values(options), sealed
    _choose(row, channel, choices)
    row.tell(None)
    row.failing_since = row.not_before = row.started_at = None
    row.changed_at = now
    db.flush()
    _limit(db, row, choices)
    note_connection(db, Audited.CONNECTED, row, by=by, now=now, after=settled(db, row))
    return row


def change_connection(
    db: Session,
    row: Connection,
    values: Mapping[str, object],
    choices: Choices,
    *,
    settings: Settings,
    by: Actor,
    now: datetime,
) -> None:
    """Give a connection other options; one that is None goes back to its default. What was set aside is tried again.

    Raises:
        WrongConnectionOptions, AddressRefused, BadSchedule, AnotherAccount: what was chosen cannot be used.
        SecretsElsewhere: secrets that were given for one address would be sent to another.
        ConnectionNotNow: it is disconnected.
        Settled: it is started, and only a reset opens this option again.
    """
    channel, before = channel_of(row), settled(db, row)
    state = after(row.state, ConnectionEvent.CHANGED)
    secret = set(secret_names(channel.options))
    sealed = None if secret <= values.keys() else row.sealed  # whoever gives them all may have lost the sealing key
    secrets_kept = secrets_of(sealed, settings)
    merged = {**row.options, **secrets_kept, **values}
    options = _checked(channel, {name: value for name, value in merged.items() if value is not None}, settings)
    _keep_secrets_at_home(row, options, secrets_kept.keys() - values.keys())
    if channel.account(options) != row.account:
        raise AnotherAccount(f"Connection {row.id} is that of {row.account}.")
    _keep_settled(row, channel, options)
    refuse_twice(db, row.company_id, channel, options)
    row.options = open_values(options)
    if values.keys() & secret:
        row.sealed = sealed_secrets(secret_values(options), settings)
    _choose(row, channel, choices)
    _limit(db, row, choices)
    if state is not row.state or values.keys() & secret:
        row.tell(None)
    row.state, row.not_before, row.changed_at = state, None, now
    if not channel.is_uploaded:  # a file is not kept: what was set aside of it comes with the next one
        _try_again(db, row)
    tell_trouble(db, row, now=now)
    note_connection(db, Audited.CONNECTION_CHANGED, row, by=by, now=now, before=before, after=settled(db, row))


def _keep_settled(row: Connection, channel: Channel, options: ChannelOptions) -> None:
    """What was settled with the start is not changed by the way: documents stand in the books as it says."""
    if row.started_at is None or channel.start is None:
        return
    before, now = effective_options(row), with_defaults(channel, open_values(options))
    changed = [name for name in sorted(channel.start.closed(options)) if before.get(name) != now.get(name)]
    if changed:
        titles = {one.name: one.title for one in declared(channel.options)}
        raise Settled(f"Connection {row.id} was started with it: {titles.get(changed[0], changed[0])} stays as it is.")


def _try_again(db: Session, row: Connection) -> None:
    set_aside = Record.connection_id == row.id, Record.state == RecordState.SET_ASIDE
    db.execute(update(Record).where(*set_aside, ~Record.version.startswith(BROKEN)).values(state=RecordState.NEW))


def ask_again_since(db: Session, row: Connection, since: datetime) -> None:
    """At its next run a connection is asked again for all that changed since then; what is known is known."""
    for mark in marks_of(db, row).values():
        mark.complete_until = min(mark.complete_until, since)


def try_connection(
    database: Database, company_id: int, connection_id: int, *, settings: Settings, clock: Clock
) -> list[Tried]:
    """Try the live checks of a connection.

    One that was being set up or needs a key goes on by its schedule when all are well. Raises NotFound,
    ConnectionNotNow.
    """
    with database.reading() as db:
        row = find_connection(db, company_id, connection_id)
        after(row.state, ConnectionEvent.CHANGED)  # of one that is disconnected nothing is known to try
        channel, options = channel_of(row), options_of(row, settings)
    found: list[Tried] = []
    event = ConnectionEvent.WORKED
    secrets = secret_values(options).values()
    with Upstream(private=settings.private_upstreams, secrets=secrets, clock=clock) as upstream:
        for check in channel.checks:
            try:
                found.append(Tried(check.title, None, check.check(options, upstream)))
            except Exception as error:
                known = error if isinstance(error, QbwcError) else ChannelBroke.over(error)
                log.warning("check failed", code=known.code, connection_id=connection_id, exc_info=known is not error)
                found.append(Tried(check.title, known.notice, ""))
                event = ConnectionEvent.REFUSED if isinstance(known, SignInRefused) else ConnectionEvent.FAILED
    with database.transaction() as db:
        row = db.get_one(Connection, connection_id, with_for_update=True)
        wrong = next((one.notice for one in found if one.notice is not None), None)
        say(row, event, wrong, clock())
        tell_trouble(db, row, now=clock())
    return found


def say(row: Connection, event: ConnectionEvent, notice: Notice | None, now: datetime) -> None:
    """Move a connection by what upstream answered; one that a person has yet to start is not run for that."""
    if event is ConnectionEvent.WORKED and row.state is ConnectionState.BEING_SET_UP and waits_for_start(row):
        event = ConnectionEvent.ANSWERED
    row.state = after(row.state, event)
    row.tell(notice)
    failing = event is ConnectionEvent.FAILED
    row.failing_since = (row.failing_since or now) if failing else None


def _checked(channel: Channel, values: Mapping[str, object], settings: Settings) -> ChannelOptions:
    options = read_options(channel.options, values)
    for address in addresses(options):
        check_url(address, private=settings.private_upstreams)
    return options


def _keep_secrets_at_home(row: Connection, options: ChannelOptions, kept: Collection[str]) -> None:
    """Who may change an address must not learn a secret by it: nobody is ever shown one."""
    before = addresses(type(options).model_construct(**row.options))
    moved = set(map(site_of, addresses(options))) - set(map(site_of, before))
    if kept and moved:
        raise SecretsElsewhere(f"The address is another one; given for the one before were: {', '.join(sorted(kept))}.")


def _choose(row: Connection, channel: Channel, choices: Choices) -> None:
    if choices.title is not None:
        title = " ".join(storable(choices.title).split())
        if not title or len(title) > _LONGEST_TITLE:
            raise Invalid(f"A connection is called something of at most {_LONGEST_TITLE} characters.")
        row.title = title
    if choices.every_minutes is not None and channel.is_uploaded:
        if choices.every_minutes:
            raise BadSchedule(f"{channel.title} are not fetched by the clock: somebody uploads them.")
    elif choices.every_minutes is not None:
        if not channel.at_least_minutes <= choices.every_minutes <= _MOST_MINUTES:
            raise BadSchedule(
                f"{channel.title} can be run every {channel.at_least_minutes} to {_MOST_MINUTES} minutes.",
                advice="Choose another number of minutes.",
            )
        row.every_minutes = choices.every_minutes
    if choices.submits is not None:
        row.submits = choices.submits
    if choices.since is not None:
        row.since = choices.since


def _limit(db: Session, row: Connection, choices: Choices) -> None:
    if choices.limits is not None:
        set_limits(db, row.company_id, row.id, changed_limits(limits_of(db, row.id), choices.limits))


def _bring_back(db: Session, row: Connection) -> None:
    """What was taken away when it was disconnected is drafted again."""
    taken = (
        select(RecordDocument.group_key)
        .join(
            DocumentRow,
            (DocumentRow.company_id == RecordDocument.company_id) & (DocumentRow.origin == RecordDocument.origin),
        )
        .where(
            RecordDocument.connection_id == row.id,
            DocumentRow.state == State.EXCLUDED,
            DocumentRow.reason == DISCONNECTED,
        )
    )
    db.execute(
        update(Record)
        .where(
            Record.connection_id == row.id,
            Record.group_key.in_(taken),
            Record.state == RecordState.DRAFTED,
            ~Record.version.startswith(BROKEN),
        )
        .values(state=RecordState.NEW)
    )
