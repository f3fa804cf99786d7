"""The start of a connection as records: how each step stands, and what a dry run shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.starting.accounts import AccountSeen
from qbwc_server.channels.starting.dry_run import DryRun, WouldBe
from qbwc_server.channels.starting.looking import Looked, start_of
from qbwc_server.channels.starting.room import RoomFor
from qbwc_server.channels.starting.steps import start_seen
from qbwc_server.channels.starting.tax import TaxSeen


def start_record(db: Session, row: Connection) -> dict[str, Any]:
    """Everything that a person sees before the start, and whether it was started. Raises NoStart."""
    start, seen = start_of(row), start_seen(db, row)
    balances = {} if seen.looked is None else seen.looked.balances
    return {
        "connection": row.id,
        "account": row.account,
        "state": row.state.value,
        "started_at": None if row.started_at is None else row.started_at.isoformat(),
        "is_ready": seen.is_ready,
        "steps": [
            {
                "step": one.step.value,
                "stands": one.stands.value,
                "said": [{"message": message, "advice": advice} for message, advice in one.said],
            }
            for one in seen.steps
        ],
        "looked": None if seen.looked is None else _looked(seen.looked),
        "tax": _tax(seen.tax),
        "accounts": [_account(one) for one in seen.accounts],
        "names": [_room(one) for one in seen.room],
        "begins": None if seen.begins is None else seen.begins.isoformat(),
        "openings": [
            {
                "code": one.code,
                "title": one.title,
                "account": row.options.get(one.account),
                "is_owed": one.owed,
                "upstream_says": None if one.code not in balances else f"{balances[one.code]:.2f}",
            }
            for one in start.openings
        ],
    }


def dry_run_record(found: DryRun, *, kinds: Collection[str] | None = None) -> dict[str, Any]:
    """What a source would bring.

    Args:
        kinds: of documents that may be seen; None: all.
    """
    shown = [one for one in found.documents if kinds is None or one.document.kind in kinds]
    counts = {kind: number for kind, number in sorted(found.counts.items()) if kinds is None or kind in kinds}
    return {
        "documents": [_would_be(one) for one in shown],
        "counts": counts,
        "sums": {kind: f"{found.sums[kind]:.2f}" for kind in counts},
        "left_out": found.left_out,
        "remarks": list(found.remarks),
        "is_cut": found.cut,
        "code": None if found.notice is None else found.notice.code,
        "message": None if found.notice is None else found.notice.message,
        "advice": None if found.notice is None else found.notice.advice,
    }


def _looked(looked: Looked) -> dict[str, Any]:
    kept = looked.as_record()
    notice = kept.pop("notice") or (None, None, None)
    return {**kept, **dict(zip(("code", "message", "advice"), notice, strict=True))}


def _tax(tax: TaxSeen) -> dict[str, Any]:
    rate = tax.rate if tax.item else tax.usual_rate
    return {
        "is_charged": tax.charged,
        "item": tax.item or tax.usual_item,
        "rate": None if rate is None else str(rate),
        "code": tax.code,
        "code_is_free": tax.code_is_free,
        "item_coming": tax.coming,
    }


def _account(one: AccountSeen) -> dict[str, Any]:
    problem = one.problem
    return {
        "place": one.category.place,
        "title": one.category.title,
        "fits": list(one.category.fits),
        "chosen": one.chosen,
        "type": one.entry_type,
        "problem": None if problem is None else f"{problem.message} {problem.advice}",
        "suggested": [{"name": found.name, "likeness": found.likeness} for found in one.suggested],
    }


def _room(one: RoomFor) -> dict[str, Any]:
    return {
        "option": one.names.option,
        "title": one.names.title,
        "is_detailed": one.detailed,
        "coming": one.coming,
        "rows": one.rows,
        "limit": one.limit,
        "state": one.state.value,
        "sentence": one.sentence,
    }


def _would_be(one: WouldBe) -> dict[str, Any]:
    document = one.document
    total = document.comes_to()
    return {
        "origin": document.origin,
        "kind": document.kind,
        "number": document.number,
        "date": document.date.isoformat(),
        "party": None if document.party is None else document.party.name,
        "total": None if total is None else f"{total:.2f}",
        "unmapped": list(one.unmapped),
        "problems": [problem.as_record() for problem in one.problems],
        "document": document.model_dump(mode="json", exclude_none=True, by_alias=True),
    }
