"""A person chooses the accounts of a source, or takes those that the company file suggests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, effective_options
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Choices, change_connection
from qbwc_server.channels.start import AccountFor
from qbwc_server.channels.starting.accounts import Accounts, changes, sure_ones
from qbwc_server.channels.starting.looking import start_of
from qbwc_server.errors import Invalid
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor


def categories_of(row: Connection) -> dict[str, AccountFor]:
    """The categories of its books as it stands, by place. Raises NoStart."""
    options = channel_of(row).options.model_construct(**effective_options(row))
    return {one.place: one for one in start_of(row).accounts(options)}


def choose_accounts(
    db: Session, row: Connection, chosen: Mapping[str, str | None], *, settings: Settings, by: Actor, now: datetime
) -> None:
    """Choose accounts by place; None or nothing takes one back. What does not fit is refused.

    Args:
        row: locked.

    Raises:
        Invalid: there is no such category, or the account is not there, not active, or of another type.
        Settled: the connection is started.
    """
    categories, options = categories_of(row), effective_options(row)
    for place in chosen:
        if place not in categories:
            raise Invalid(f"There is no category {place[:60]!r}; there are: {', '.join(categories)}.")
    values = changes(list(categories.values()), chosen, options)
    asked = [categories[place] for place, name in chosen.items() if name]
    for one in Accounts(db, row.company_id).seen(asked, {**options, **values}):
        if one.problem is not None:
            raise Invalid(one.problem.message, advice=one.problem.advice)
    change_connection(db, row, values, Choices(), settings=settings, by=by, now=now)


def take_suggested(db: Session, row: Connection, *, settings: Settings, by: Actor, now: datetime) -> dict[str, str]:
    """Choose what leaves no doubt for every category without an account; returns it by place.

    Raises NoStart, Settled.
    """
    seen = Accounts(db, row.company_id).seen(categories_of(row).values(), effective_options(row))
    sure = sure_ones(seen)
    if sure:
        choose_accounts(db, row, sure, settings=settings, by=by, now=now)
    return sure
