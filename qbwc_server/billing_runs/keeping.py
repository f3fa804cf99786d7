"""The settings of a company are kept in one row, with a number that counts up; its billing mode locks when used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.models import BillingRun, BillingSettingsRow
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.books.mirror.fate import Standing, by_name, standing_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.db.once import add_once
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company
from qbwc_server.validation import sentences

CHARGES = "charges"
"""The stream whose facts are charges."""


class NoBillingSettings(NotFound):
    """Nobody has said yet how this company bills."""

    code = "no_billing_settings"
    advice = (
        "Say mode, day and first_day: qbwc-server billing settings COMPANY mode=pre_bill day=1 first_day=2026-12-01"
    )


class ModeLocked(Conflict):
    """The billing mode cannot be changed once a distributor is connected, or a day was billed."""

    code = "billing_mode_locked"
    advice = "Disconnect the distributor, change the mode, and connect again."


def settings_row(db: Session, company_id: int, *, locked: bool = False) -> BillingSettingsRow:
    """The row that holds them. Raises NoBillingSettings."""
    row = db.get(BillingSettingsRow, company_id, with_for_update=locked, populate_existing=locked)
    if row is None:
        raise NoBillingSettings
    return row


def settings_of(db: Session, company_id: int) -> BillingSettings:
    """How a company bills. Raises NoBillingSettings."""
    return BillingSettings.model_validate(settings_row(db, company_id).settings)


def change_settings(
    db: Session, company: Company, changes: Mapping[str, object], *, by: Actor, now: datetime
) -> BillingSettingsRow:
    """Say some of them; None takes one back to its default. The first time mode, day and first_day are needed.

    Raises:
        Invalid: what is said cannot be, alone or together.
        ModeLocked: the billing mode is in use.
    """
    row = db.get(BillingSettingsRow, company.id, with_for_update=True)
    before = {} if row is None else row.settings
    settings = _checked({**before, **changes})
    if settings.class_name is not None and "class_name" in changes:
        _refuse_unknown_class(db, company, settings.class_name)
    kept = settings.model_dump(mode="json", exclude_defaults=True)
    if row is None:
        row = BillingSettingsRow(company_id=company.id, version=1, settings=kept, mode_since=now, by=by, changed_at=now)
        add_once(db, row, Conflict("Somebody else has just said how this company bills.", advice="Look again."))
    else:
        if before["mode"] != settings.mode:
            _refuse_locked_mode(db, row)
            row.mode_since = now
        if before != kept:
            row.version += 1
            row.settings, row.by, row.changed_at = kept, by, now
    shown = None if not before else BillingSettings.model_validate(before).model_dump(mode="json")
    after = settings.model_dump(mode="json")
    note_audit(db, Audited.BILLING_CHANGED, by=by, now=now, company_id=company.id, before=shown, after=after)
    db.flush()
    return row


def charge_connections(db: Session, company_id: int, *, connected: bool = True) -> list[Connection]:
    """The connections of a company that bring charges, those that are disconnected only on demand."""
    codes = [code for code, channel in CHANNELS.items() if channel.brings_charges]
    query = select(Connection).where(Connection.company_id == company_id, Connection.channel.in_(codes))
    if connected:
        query = query.where(Connection.state != ConnectionState.DISCONNECTED)
    return list(db.scalars(query.order_by(Connection.id)))


def same_source(db: Session, connection: Connection) -> list[int]:
    """Connections that may tell the same charges: of the same channel, under another account.

    What is uploaded may come from several distributors at once: there only those that are disconnected.
    """
    query = select(Connection.id).where(
        Connection.company_id == connection.company_id,
        Connection.channel == connection.channel,
        Connection.id != connection.id,
    )
    if CHANNELS[connection.channel].is_uploaded:
        query = query.where(Connection.state == ConnectionState.DISCONNECTED)
    return list(db.scalars(query.order_by(Connection.id)))


def _checked(values: Mapping[str, object]) -> BillingSettings:
    try:
        return BillingSettings.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as mistake:
        raise Invalid(" ".join(sentences(mistake, "settings"))) from None


def _refuse_unknown_class(db: Session, company: Company, name: str) -> None:
    found = [one for one in by_name(db, company.id, ListKind.CLASS, name) if standing_of(one) is Standing.PRESENT]
    if len(found) != 1:
        raise Invalid(f"class_name: The lists of the company have no active class called {name[:60]!r}.")


def _refuse_locked_mode(db: Session, row: BillingSettingsRow) -> None:
    """It is open as long as nothing is connected, and nothing was billed by it since it was said, or disconnected."""
    everyone = charge_connections(db, row.company_id, connected=False)
    if any(one.state is not ConnectionState.DISCONNECTED for one in everyone):
        raise ModeLocked("The billing mode cannot be changed while a distributor is connected.")
    since = max([row.mode_since, *(one.changed_at for one in everyone)])
    used = select(BillingRun.id).where(BillingRun.company_id == row.company_id, BillingRun.begun_at >= since).limit(1)
    if db.scalar(used) is not None:
        raise ModeLocked("The billing mode cannot be changed: a day was billed by it.")
