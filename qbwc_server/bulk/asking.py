"""Somebody asks for a bulk action, or has one taken back: every document that is meant is written down at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select
from sqlalchemy.orm import Session

from qbwc_server.bulk.acts import BULK, BulkKind
from qbwc_server.bulk.filters import Filter
from qbwc_server.bulk.models import BulkAction, BulkItem, BulkState, ItemState
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.mapping.deciding import checked, choice_of
from qbwc_server.mapping.kinds import kind_named
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company

MOST = 100_000
_ITEM = ("company_id", "bulk_id", "document_id", "state")
_TO = {"kind": str, "name": str, "list_id": str, "create": str, "never": bool}


class NothingFound(Invalid):
    """No document is meant."""

    code = "nothing_found"
    advice = "Look at the list of documents first, with the same words."


class NotToUndo(Conflict):
    """This cannot be taken back."""

    code = "not_to_undo"


def bulk_named(code: str) -> BulkKind:
    """What is done under that name. Raises Invalid."""
    if code not in BULK:
        raise Invalid(f"{code[:40]!r} is nothing that is done with many documents: {', '.join(BULK)}.")
    return BULK[code]


def ask_for_bulk(
    db: Session,
    company: Company,
    code: str,
    chosen: Filter,
    *,
    to: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> BulkAction:
    """Write down what is to be done, and with which documents: those that are meant now.

    Args:
        to: for ``map``: the kind of word, and the entry (``name``, ``list_id``, ``create`` or ``never``).

    Raises:
        Invalid: no such action, no document is meant, too many, or that is no entry.
    """
    kind = bulk_named(code)
    wanted = chosen.as_record()
    if code == "map":
        wanted["to"] = _entry(db, company, to)
    states = [state for state in kind.states if not chosen.states or state in chosen.states]
    if not states:
        raise NothingFound
    meant = select(DocumentRow.id).where(*chosen.where(company.id), DocumentRow.state.in_(states))
    row = _add(db, company, code, wanted, meant, by=by, now=now)
    note_audit(db, Audited.BULK, by=by, now=now, company_id=company.id, subject=f"{code}: {row.total}", after=wanted)
    return row


def _entry(db: Session, company: Company, to: Mapping[str, Any] | None) -> dict[str, Any]:
    said = {name: value for name, value in (to or {}).items() if value is not None}
    if unknown := sorted(said.keys() - _TO.keys()):
        raise Invalid(f"An entry is not said by {unknown[0][:40]!r}.")
    if wrong := [name for name, value in said.items() if type(value) is not _TO[name]]:
        raise Invalid(f"The field {wrong[0]} is of another type.")
    kind = kind_named(said.get("kind", ""))
    choice = choice_of(said.get("name"), said.get("list_id"), said.get("create"), never=said.get("never", False))
    checked(db, company, kind, "", choice)  # before anything is done
    return said


def ask_for_undo(db: Session, company: Company, bulk_id: int, *, by: Actor, now: datetime) -> BulkAction:
    """Have everything taken back that has not left. Raises NotFound, NotToUndo."""
    before = find_bulk(db, company.id, bulk_id)
    if before.undoes is not None or before.state is not BulkState.DONE:
        raise NotToUndo(f"Bulk action {bulk_id} is under way, or is one that took back another.")
    if db.scalar(select(BulkAction.id).where(BulkAction.undoes == bulk_id)) is not None:
        raise NotToUndo(f"Bulk action {bulk_id} has been taken back.")
    meant = select(BulkItem.document_id).where(BulkItem.bulk_id == bulk_id, BulkItem.state == ItemState.DONE)
    row = _add(db, company, before.action, before.wanted, meant, undoes=bulk_id, by=by, now=now)
    note_audit(db, Audited.BULK, by=by, now=now, company_id=company.id, subject=f"undo of {bulk_id}: {row.total}")
    return row


def _add(
    db: Session,
    company: Company,
    code: str,
    wanted: Mapping[str, Any],
    meant: Select[int],
    *,
    undoes: int | None = None,
    by: Actor,
    now: datetime,
) -> BulkAction:
    total = db.scalar(select(func.count()).select_from(meant.subquery())) or 0
    if not total:
        raise NothingFound
    if total > MOST:
        raise Invalid(f"{total} documents are meant; at most {MOST} can be done at once.")
    row = BulkAction(
        company_id=company.id, action=code, wanted=dict(wanted), undoes=undoes,
        state=BulkState.UNDER_WAY, total=total, by=by, asked_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    document = meant.selected_columns[0]
    values = meant.with_only_columns(
        literal(company.id), literal(row.id), document, literal(ItemState.WAITING.value)
    ).order_by(document)
    db.execute(insert(BulkItem).from_select(_ITEM, values))
    return row


def find_bulk(db: Session, company_id: int, bulk_id: int) -> BulkAction:
    """One bulk action of this company, or NotFound."""
    row = db.get(BulkAction, bulk_id)
    if row is None or row.company_id != company_id:
        raise NotFound(f"There is no bulk action {bulk_id} in this company.")
    return row


def bulk_of(db: Session, company_id: int, *, limit: int = 50) -> list[BulkAction]:
    """The newest first."""
    of_company = select(BulkAction).where(BulkAction.company_id == company_id)
    return list(db.scalars(of_company.order_by(BulkAction.id.desc()).limit(limit)))


def counts_of(db: Session, bulk_id: int) -> dict[ItemState, int]:
    """How many documents stand where."""
    rows = db.execute(select(BulkItem.state, func.count()).where(BulkItem.bulk_id == bulk_id).group_by(BulkItem.state))
    return {state: count for state, count in rows}  # noqa: C416  # rows are no pairs to mypy


def items_of(
    db: Session, bulk_id: int, *, state: ItemState | None = None, after_id: int = 0, limit: int = 100
) -> list[BulkItem]:
    """Results in the order of the documents, a page at a time.

    Args:
        after_id: number of the document behind which the page begins.
    """
    query = select(BulkItem).where(BulkItem.bulk_id == bulk_id, BulkItem.document_id > after_id)
    if state is not None:
        query = query.where(BulkItem.state == state)
    return list(db.scalars(query.order_by(BulkItem.document_id).limit(limit)))
