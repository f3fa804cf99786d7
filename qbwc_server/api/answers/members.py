"""Members of a company, their invitations and sessions, as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.tenancy.permissions import DocumentAct, Role


class RoleAnswer(Answer):
    """What somebody is."""

    email: str
    name: str
    disabled: bool
    role: Role
    limits: dict[str, list[DocumentAct]] | None = Field(description="By kind of document, what is left of the role.")


class MemberAnswer(RoleAnswer):
    """A member of just this company."""

    id: int


class InvitationAnswer(Answer):
    """An invitation that can be accepted."""

    id: int
    email: str
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime


class NewInvitationAnswer(InvitationAnswer):
    """The same with its link."""

    link: str = Field(description="Shown this once; whoever opens it becomes a member.")


class PartnerAnswer(Answer):
    """Under whom the company stands; its members may the same in all its companies."""

    code: str
    name: str
    members: list[RoleAnswer]


class MembersAnswer(Answer):
    """Who may what here."""

    members: list[MemberAnswer]
    partner: PartnerAnswer
    invitations: list[InvitationAnswer]


class BrowserSessionAnswer(Answer):
    """Where a member is signed in."""

    id: int
    browser: str = Field(description="As it calls itself.")
    began_at: datetime
    used_at: datetime = Field(description="To the minute.")


class BrowserSessionsAnswer(Answer):
    """Every session of a member that has not ended, the one used last first."""

    sessions: list[BrowserSessionAnswer]


class RetentionAnswer(Answer):
    """For how many days what is kept; whoever runs the server sets it."""

    evidence_days: int = Field(description="Texts of message sets and answers; then a digest proves them.")
    record_days: int = Field(description="What upstream systems told, word for word; then a digest proves it.")
    request_days: int = Field(description="Requests of programs with their answers, after they are settled.")
    documents: str = Field(description="Documents with their history and proof, and the audit.")
