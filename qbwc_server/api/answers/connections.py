"""Channels, connections, runs and records as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free
from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.mapping.kinds import WordKind


class OptionAnswer(Answer):
    """One option of a channel."""

    name: str
    title: str
    help: str
    type: str
    required: bool
    secret: bool
    default: object
    choices: list[str]
    checks: list[str]


class StreamAnswer(Answer):
    """A stream or check of a channel."""

    name: str
    title: str


class ChannelAnswer(Answer):
    """What a channel declares."""

    channel: str
    title: str
    brings: str
    needs: str
    options: list[OptionAnswer]
    schema_: Free = Field(alias="schema", description="The options as JSON schema.")
    is_uploaded: bool = Field(description="Whether its runs are uploads: nothing is fetched.")
    streams: list[StreamAnswer]
    checks: list[StreamAnswer]
    every_minutes: int
    at_least_minutes: int


class ChannelsAnswer(Answer):
    """Every channel that can be connected."""

    types: list[ChannelAnswer]


class RunRecordsAnswer(Answer):
    """What a run brought, counted."""

    new: int
    changed: int
    known: int
    set_aside: int


class RunAnswer(Answer):
    """One run of a connection."""

    id: int
    by: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    outcome: RunOutcome
    file: str | None = Field(description="What was uploaded; null: upstream was asked.")
    windows: Free
    pages: int
    records: RunRecordsAnswer
    documents: Free
    code: str | None
    message: str | None
    advice: str | None


class SubmissionLimitsAnswer(Answer):
    """How much is submitted without anybody's asking; null: no limit."""

    documents_per_run: int | None
    documents_per_day: int | None
    amount_per_run: str | None
    amount_per_day: str | None


class ConnectionAnswer(Answer):
    """A connection as it stands; secrets are masked."""

    id: int
    channel: str
    account: str
    title: str
    state: ConnectionState
    failing_since: datetime | None
    not_before: datetime | None
    code: str | None
    message: str | None
    advice: str | None
    options: Free
    words: list[WordKind] = Field(description="The kinds of words that it says, to be mapped.")
    notes_path: str | None = Field(
        description="Where upstream may say, by a signed call, that something has changed; null: it is only asked."
    )
    has_start: bool = Field(description="Whether a person has to start it; see its address /start.")
    waits_for_start: bool
    every_minutes: int
    submits: bool
    limits: SubmissionLimitsAnswer
    since: datetime | None
    complete_until: dict[str, datetime] = Field(description="By stream: all that changed until then is here.")
    created_at: datetime
    changed_at: datetime
    last_run: RunAnswer | None


class ConnectionsAnswer(Answer):
    """The connections of the company."""

    connections: list[ConnectionAnswer]


class WholeConnectionAnswer(ConnectionAnswer):
    """The same with its newest runs, and how many of its records stand where."""

    records: dict[str, int]
    runs: list[RunAnswer]


class CheckAnswer(Answer):
    """What was tried, and what came of it."""

    check: str
    well: bool
    found: str | None
    code: str = ""
    message: str = ""
    advice: str = ""


class TriedAnswer(ConnectionAnswer):
    """A connection that was tried now."""

    checks: list[CheckAnswer]


class DisconnectedAnswer(ConnectionAnswer):
    """A connection that was ended now."""

    removed: int = Field(description="How many documents were taken out.")


class RecordAnswer(Answer):
    """One fact as upstream told it, without what it holds."""

    id: int
    stream: str
    key: str
    group: str | None
    version: str
    gone: bool
    state: RecordState
    code: str | None
    message: str | None
    digest: str
    body_kept: bool
    received_at: datetime


class RecordsAnswer(Answer):
    """A page of records."""

    records: list[RecordAnswer]
    next: int | None
