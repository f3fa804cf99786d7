"""What a source held and owed before its first day: one entry against an account that a person chose, for review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.start import Start
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def opening_origin(row: Connection) -> str:
    """Of the entry: the same connection, started again, revises it."""
    return f"{row.channel}:opening:{row.account}"[:120]


def enter_opening(
    db: Session,
    company: Company,
    row: Connection,
    declared: Start,
    begins: date,
    balances: Mapping[str, Decimal],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Hand in the entry of the day before the first, where there is anything to enter; a person submits it.

    Raises:
        Invalid: an account is not chosen.
        Conflict: the entry of an earlier start cannot be revised as it stands.
    """
    document = opening_entry(row, declared, begins, balances)
    if document is None:
        return
    handed = hand_in(db, company, [document], by=by, now=now, revise=True, submit_now=False)
    if isinstance(handed.results[0], Conflict):
        raise handed.results[0]


def opening_entry(row: Connection, declared: Start, begins: date, balances: Mapping[str, Decimal]) -> Document | None:
    """The journal entry; None where there was nothing. Raises Invalid where an account is not chosen."""
    lines: list[dict[str, Any]] = []
    for one in declared.openings:
        amount = balances.get(one.code, Decimal(0)) * (-1 if one.owed else 1)
        if amount:
            lines.append(_line(_account(row, one.account, one.title), amount, one.title))
    if not lines:
        return None
    rest = sum((line.get("debit", Decimal(0)) - line.get("credit", Decimal(0)) for line in lines), Decimal(0))
    memo = f"{row.title}: balances before {begins.isoformat()}"
    if rest:
        lines.append(_line(_account(row, declared.against, "the other side of opening balances"), -rest, memo))
    values = {"origin": opening_origin(row), "date": begins - timedelta(days=1), "memo": memo, "lines": lines}
    return KINDS["journal_entry"].model_validate(values)


def _line(account: str, amount: Decimal, memo: str) -> dict[str, Any]:
    return {"account": account, "debit" if amount > 0 else "credit": abs(amount), "memo": memo}


def _account(row: Connection, option: str, title: str) -> str:
    name = row.options.get(option)
    if not name:
        raise Invalid(f"There is no account for {title}.", advice="Choose it among the accounts, then start.")
    return str(name)
