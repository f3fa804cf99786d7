"""The audit: who changed what, when and from where, as it was before and as it is after; nothing secret in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, JsonRecord, Key, UtcDateTime
from qbwc_server.observe.logs import HIDDEN, names_a_secret
from qbwc_server.shortening import shortened
from qbwc_server.tenancy.actor import Actor, ActorColumn

_LONGEST_TEXT = 500  # of one value
_OF_OURS = re.compile(r"qbwc_[A-Za-z0-9_-]{20,}")  # a token, wherever somebody may have put it


class Audited(StrEnum):
    """What was done."""

    PARTNER_ADDED = "partner_added"
    COMPANY_ADDED = "company_added"
    COMPANY_CHANGED = "company_changed"
    COMPANY_MOVED = "company_moved"
    LOGIN_MADE = "connector_login_made"
    LOGIN_RENEWED = "connector_password_renewed"
    SET_UP_LINK_MADE = "set_up_link_made"
    SET_UP_LINK_REVOKED = "set_up_link_revoked"
    SESSION_RELEASED = "session_released"
    POSTPONED = "connector_postponed"
    OPTIONS_CHANGED = "options_changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    FILE_REFUSED = "company_file_refused"
    TOKEN_MADE = "token_made"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    USER_ADDED = "user_added"
    USER_PASSWORD = "user_password_set"  # noqa: S105
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    USER_DISABLED = "user_disabled"
    USER_MAIL = "user_mail_chosen"
    USER_ENABLED = "user_enabled"
    MEMBER_ADDED = "member_added"
    MEMBER_CHANGED = "member_changed"
    MEMBER_REMOVED = "member_removed"
    SIGNED_OUT = "signed_out_everywhere"
    INVITED = "invited"
    INVITATION_REVOKED = "invitation_revoked"
    RESET_LET = "password_reset_let"
    RESET_MAILED = "password_reset_mailed"
    SIGN_IN_LINK_MADE = "sign_in_link_made"
    CONNECTED = "connected"
    CONNECTION_CHANGED = "connection_changed"
    CONNECTION_STARTED = "connection_started"
    CONNECTION_RESET = "connection_reset"
    TAX_ITEM_ASKED_FOR = "tax_item_asked_for"
    CONNECTION_PAUSED = "connection_paused"
    CONNECTION_RESUMED = "connection_resumed"
    DISCONNECTED = "disconnected"
    MAPPED = "mapped"
    UNMAPPED = "unmapped"
    RULE_CHANGED = "rule_changed"
    BILLING_CHANGED = "billing_settings_changed"
    BILLING_SWITCHED = "billing_switched"
    BILLING_DECIDED = "billing_decided"
    INVOICE_SENT = "invoice_marked_sent"
    BULK = "bulk_action"
    LISTS_ASKED_FOR = "lists_asked_for"
    CHANGE_ASKED_FOR = "change_of_the_books_asked_for"
    CHANGE_DECIDED = "change_of_the_books_decided"
    SECRETS_ROTATED = "secrets_rotated"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_SECRET = "webhook_secret_renewed"  # noqa: S105
    WEBHOOK_OFF = "webhook_switched_off"
    WEBHOOK_REMOVED = "webhook_removed"

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


class AuditRecord(Base):
    """One change. Rows are added and never changed; those without a company are about a partner or the server."""

    __tablename__ = "audit_records"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Actor] = mapped_column(ActorColumn)
    place: Mapped[str] = mapped_column(Cut(100))  # from where: an address, the name of a machine
    action: Mapped[Audited] = mapped_column(EnumValue(Audited))
    subject: Mapped[str] = mapped_column(Cut(300))  # what it is about: an e-mail address, the label of a token
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)


def note_audit(
    db: Session,
    action: Audited,
    *,
    by: Actor,
    now: datetime,
    company_id: int | None = None,
    partner_id: int | None = None,
    subject: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Keep what ``by`` did. Where both states are said, only what differs is kept, and nothing where nothing does.

    Values that are secret by their type or their name are blotted out, also inside of others.
    """
    was, is_ = _written(before), _written(after)
    if was is not None and is_ is not None:
        if was == is_ and before == after:
            return
        differing = [name for name in {**was, **is_} if _differs(name, before, after)]
        was, is_ = ({name: state.get(name) for name in differing} for state in (was, is_))
    db.add(
        AuditRecord(
            company_id=company_id,
            partner_id=partner_id,
            at=now,
            by=by,
            place=by.place,
            action=action,
            subject=_OF_OURS.sub(HIDDEN, subject),
            before=was,
            after=is_,
        )
    )
    db.flush()


def audit_of(
    db: Session,
    *,
    company_id: int | None = None,
    partner_id: int | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> list[AuditRecord]:
    """The newest first: of one company, of one partner, or without either of everybody.

    Args:
        before_id: go on behind that one.
    """
    asked = select(AuditRecord).order_by(AuditRecord.id.desc()).limit(limit)
    if company_id is not None:
        asked = asked.where(AuditRecord.company_id == company_id)
    if partner_id is not None:
        asked = asked.where(AuditRecord.partner_id == partner_id)
    if before_id is not None:
        asked = asked.where(AuditRecord.id < before_id)
    return list(db.scalars(asked))


def _differs(name: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> bool:
    """Also of secrets, which look alike once they are blotted out."""
    return (before or {}).get(name) != (after or {}).get(name)


def _written(state: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if state is None else {str(name): _shown(str(name), value) for name, value in state.items()}


def _shown(name: str, value: object) -> Any:
    if value is not None and names_a_secret(name):
        return HIDDEN
    if isinstance(value, str):
        return shortened(_OF_OURS.sub(HIDDEN, str(value)), _LONGEST_TEXT)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return _written(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(name, item) for item in (value if isinstance(value, list | tuple) else sorted(map(str, value)))]
    return HIDDEN  # whatever it is, it was not meant to be read
