"""What may be the same sale from another source: of the same party, day and total, though it bears no common number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds.one_deal import as_kinds
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem

POSSIBLE_DUPLICATE = "possible_duplicate"
_AT_A_TIME = 200
_OUT = (State.EXCLUDED, State.WITHDRAWN)


def alike_elsewhere(db: Session, company_id: int, rows: Sequence[DocumentRow]) -> dict[int, Problem]:
    """Documents that are in already from another source, by the id of the one that is new.

    Two that both have a number are told apart by it; one source tells its own apart by their origins.
    """
    asked = [row for row in rows if row.party is not None and row.total is not None and row.txn_id is None]
    found: dict[int, Problem] = {}
    for start in range(0, len(asked), _AT_A_TIME):
        some = asked[start : start + _AT_A_TIME]
        others = db.scalars(
            select(DocumentRow)
            .where(
                DocumentRow.company_id == company_id,
                DocumentRow.state.not_in(_OUT),
                tuple_(DocumentRow.party, DocumentRow.date).in_({(row.party, row.date) for row in some}),
                DocumentRow.total.in_({row.total for row in some}),
            )
            .order_by(DocumentRow.id)
        )
        by_sale: dict[tuple[object, ...], list[DocumentRow]] = {}  # a shop has one customer and thousands a day
        for one in others:
            by_sale.setdefault(_sale(one), []).append(one)
        for row in some:
            other = next((one for one in by_sale.get(_sale(row), ()) if _alike(row, one)), None)
            if other is not None:
                found[row.id] = _problem(row, other)
    return found


def _alike(row: DocumentRow, other: DocumentRow) -> bool:
    return (
        other.id != row.id
        and _sale(other) == _sale(row)
        and (row.number is None or other.number is None)
        and source_of(row.origin) != source_of(other.origin)
    )


def _sale(row: DocumentRow) -> tuple[object, ...]:
    return as_kinds(row.kind), row.party, row.date, row.total


def source_of(origin: str) -> str:
    """What an origin begins with: ``feed:tea-shop`` of ``feed:tea-shop:1001``; all without colons are of one source."""
    return ":".join(origin.split(":")[:-1][:2])


def _problem(row: DocumentRow, other: DocumentRow) -> Problem:
    return Problem(
        POSSIBLE_DUPLICATE,
        "total",
        f"{row.total} of {row.party} of {row.date} is in already from another source, as document {other.id} with "
        f"origin {other.origin}.",
        "If it is the same sale, exclude this document. If it is another one, submit it.",
    )
