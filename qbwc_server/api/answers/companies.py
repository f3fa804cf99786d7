"""A company, its status, tokens and audit as the API shows them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free
from qbwc_server.books.holds import HoldKind
from qbwc_server.posting.options import PostingOptions
from qbwc_server.tenancy.actor import ActorKind
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import TokenState


class HoldAnswer(Answer):
    """Why nothing is written."""

    kind: HoldKind
    detail: str
    since: datetime
    by: str
    advice: str


class CompanyAnswer(Answer):
    """The company, its Web Connector login, and what stands in the way."""

    code: str
    name: str
    time_zone: str
    partner: str
    created_at: datetime
    connector_user: str = ""
    owner_id: str = ""
    file_id: str = ""
    company_file: str | None = None
    minimum_interval_s: int | None = None
    postpone_until: datetime | None = None
    hold: HoldKind | None = Field(description="The strongest reason why nothing is written.")
    hold_detail: str | None
    holds: list[HoldAnswer]


class FactsAnswer(Answer):
    """What the company file said of itself when it was seen last."""

    file_id: str | None
    company_name: str | None
    file_path: str | None
    product: str | None
    country: str | None
    qbxml_version: str | None
    closing_date: date | None
    seen_at: datetime


class OptionsAnswer(Answer):
    """The options in force."""

    options: PostingOptions


class WholeCompanyAnswer(CompanyAnswer):
    """The same with its documents counted, its options, and what QuickBooks said of the file."""

    documents: dict[str, int]
    options: PostingOptions
    quickbooks: FactsAnswer | None


class ResumedAnswer(CompanyAnswer):
    """The company after a hold was lifted."""

    was: HoldKind
    looked_for: int = Field(description="How many postings are looked for in the file.")


class RefusedFileAnswer(CompanyAnswer):
    """The company after a company file was refused."""

    refused_file: str
    new_qwc: bool = Field(description="Whether the .qwc file is another one now.")


class NewPasswordAnswer(Answer):
    """A new password for the Web Connector, shown this once."""

    code: str
    connector_user: str
    connector_password: str


class NeedsYouAnswer(Answer):
    """Documents kept by one and the same reason."""

    reason: str
    count: int
    message: str
    advice: str
    example: int
    named: str


class ToSeeToAnswer(Answer):
    """Open work of one kind."""

    work: str
    count: int
    message: str
    advice: str
    example: int


class WaitsAnswer(Answer):
    """A submitted document that waits for another one."""

    document: int
    named: str
    behind: str


class FailedJobAnswer(Answer):
    """A timed job whose newest run failed."""

    job: str
    due_at: datetime
    code: str | None
    message: str


class StatusAnswer(Answer):
    """What waits, why, and what to do."""

    company: str
    name: str
    time_zone: str
    documents: dict[str, int]
    waiting: int
    locked: int
    in_doubt: int
    in_quickbooks: int
    company_file: str | None
    product: str | None
    last_session_at: datetime | None
    last_session_open: bool
    last_session_words: str | None
    last_session_failed: bool
    last_session_advice: str | None
    needs_you: list[NeedsYouAnswer]
    now: datetime
    behind_others: int
    waits: list[WaitsAnswer]
    open_work: list[ToSeeToAnswer]
    failed_jobs: list[FailedJobAnswer]
    holds: list[HoldAnswer]
    hold: HoldKind | None
    hold_detail: str | None
    healthy: bool
    lines: list[str] = Field(description="The whole in sentences, the most urgent first.")


class TokenAnswer(Answer):
    """An API token; itself is not in it."""

    id: int
    label: str
    scopes: list[Scope]
    state: TokenState
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    made_by: int | None
    revoked_at: datetime | None


class NewTokenAnswer(TokenAnswer):
    """A token that was made now."""

    token: str = Field(description="Shown this once.")


class RevokedTokenAnswer(TokenAnswer):
    """A token that was revoked now."""

    revoked_too: list[int] = Field(description="The tokens that it had made.")


class TokensAnswer(Answer):
    """Every token that was ever made."""

    tokens: list[TokenAnswer]


class ChangeAnswer(Answer):
    """Who changed what."""

    id: int
    at: datetime
    by: str
    by_kind: ActorKind
    by_id: str | None
    place: str | None
    action: str
    subject: str | None
    before: Free | None
    after: Free | None


class AuditAnswer(Answer):
    """A page of changes, the newest first."""

    audit: list[ChangeAnswer]
    next: int | None
