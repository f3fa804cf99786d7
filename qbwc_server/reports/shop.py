"""Days of a shop: totals by way of payment as its orders tell them, beside documents and books; a day by its orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import connections_of, find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.models import ConnectionFigure as Figures
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Invalid, NotFound

SOLD, MONEY = "sold", "money"
DAYS, ORDERS = 14, 50  # on a page
_MOST_DOCUMENTS = 200  # of the orders on a page
_NOTHING = Decimal("0.00")
_NOT_MEANT = (State.EXCLUDED, State.WITHDRAWN)
_Sums = dict[tuple[Any, ...], Decimal]


class NoShop(NotFound):
    """No shop is connected to this company."""

    code = "no_shop"
    advice = "Connect one: qbwc-server connection types"


def shops_of(db: Session, company_id: int) -> list[Connection]:
    """The connections of a company that are shops, in the order in which they were made."""
    return [one for one in connections_of(db, company_id) if (found := CHANNELS.get(one.channel)) and found.shop]


def find_shop(db: Session, company_id: int, connection_id: int | None = None) -> Connection:
    """One shop of the company; left out, its first. Raises NotFound, NoShop."""
    if connection_id is not None:
        found = find_connection(db, company_id, connection_id)
        if found not in shops_of(db, company_id):
            raise NotFound(f"Connection {connection_id} is no shop.")
        return found
    shops = shops_of(db, company_id)
    if not shops:
        raise NoShop("No shop is connected to this company.")
    return shops[0]


def read_day(said: str | None) -> date | None:
    """A day as it is written, 2026-03-07. Raises Invalid."""
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Invalid(f"{said[:20]!r} is no day.", advice="Write it as 2026-03-07.") from None


@dataclass(frozen=True, slots=True)
class Sum:
    """One amount three times: as orders tell it, as documents do, and as QuickBooks has it."""

    part: str
    way: str
    place: str
    orders: Decimal
    documents: Decimal
    books: Decimal

    @property
    def difference(self) -> Decimal:
        """What the books hold more than was told; it has to be zero."""
        return self.books - self.orders

    def as_record(self) -> dict[str, Any]:
        """JSON-ready."""
        record = {"part": self.part, "way": self.way, "place": self.place}
        amounts = {name: str(getattr(self, name)) for name in ("orders", "documents", "books", "difference")}
        return {**record, **amounts}


def days_record(db: Session, shop: Connection, *, before: date | None = None, limit: int = DAYS) -> dict[str, Any]:
    """The newest days before that one on which anything happened, each with its sums by way of payment."""
    days = _days(db, shop, before, limit + 1)
    more, days = len(days) > limit, days[:limit]
    return {
        "connection_id": shop.id,
        "title": shop.title,
        "days": records_of_days(db, shop, days),
        "next": days[-1].isoformat() if more else None,
    }


def records_of_days(db: Session, shop: Connection, days: Sequence[date]) -> list[dict[str, Any]]:
    """Each of these days: how many orders, its sums, what waits, and whether the books say the same."""
    if not days:
        return []
    sums = sums_of(db, shop, days)
    orders, waiting = _orders(db, shop, days), _waiting(db, shop, days)
    return [
        {
            "day": day.isoformat(),
            "orders": orders.get(day, 0),
            "waiting": waiting.get(day, 0),
            "sums": [one.as_record() for one in sums.get(day, ())],
            "differs": any(one.difference for one in sums.get(day, ())),
        }
        for day in days
    ]


def day_record(db: Session, shop: Connection, day: date, *, after: str = "", limit: int = ORDERS) -> dict[str, Any]:
    """A day by place and way, with its orders behind one, each with what it tells and its documents."""
    sources = list(
        db.scalars(
            select(Figures.source)
            .where(*_of_orders(shop, (day,)), Figures.source > after)
            .group_by(Figures.source)
            .order_by(Figures.source)
            .limit(limit + 1)
        )
    )
    more, sources = len(sources) > limit, sources[:limit]
    by_place = [one.as_record() for one in sums_of(db, shop, (day,), by_place=True).get(day, ())]
    (whole,) = records_of_days(db, shop, (day,))
    return {
        **whole,
        "connection_id": shop.id,
        "by_place": by_place,
        "listed": _told(db, shop, day, sources),
        "next": sources[-1] if more else None,
    }


def sums_of(db: Session, shop: Connection, days: Sequence[date], *, by_place: bool = False) -> dict[date, list[Sum]]:
    """What was sold and paid on each day, in three tellings."""
    place = (Figures.place_name,) if by_place else ()
    key = (Figures.day, Figures.part, Figures.way, *place)
    rows = db.execute(select(*key, func.sum(Figures.amount)).where(*_of_orders(shop, days)).group_by(*key))
    told: _Sums = {tuple(row[:-1]): row[-1] for row in rows}
    stands = (Figures.connection_id == shop.id, Figures.day.in_(days), Figures.part.in_((SOLD, MONEY)))
    documents: _Sums = {}
    books: _Sums = {}
    asked = select(*key, func.sum(_meant()), func.sum(in_books())).join(DocumentRow, same_document()).where(*stands)
    for *head, meant, standing in db.execute(asked.group_by(*key)):
        documents[tuple(head)], books[tuple(head)] = meant, standing
    found: dict[date, list[Sum]] = {}
    for one in sorted(told.keys() | documents.keys(), key=lambda key: (key[0], key[1] == MONEY, *key[2:])):
        day, part, way, *where = one
        three = (each.get(one) or _NOTHING for each in (told, documents, books))
        found.setdefault(day, []).append(Sum(part, way, where[0] if where else "", *three))
    return found


def same_document() -> ColumnElement[bool]:
    """Joins a figure with the document that has to say it."""
    return and_(
        DocumentRow.company_id == Figures.company_id,
        DocumentRow.origin == Figures.origin,
        DocumentRow.kind == Figures.kind,
    )


def in_books() -> ColumnElement[Any]:
    """What a document has in QuickBooks, with the sign that it has in its figure; nothing where it is not there."""
    there = and_(DocumentRow.txn_id.is_not(None), DocumentRow.state != State.WITHDRAWN)
    return case((there, _signed(func.coalesce(DocumentRow.posted_total, DocumentRow.total))), else_=_NOTHING)


def _meant() -> ColumnElement[Any]:
    return case((DocumentRow.state.not_in(_NOT_MEANT), _signed(DocumentRow.total)), else_=_NOTHING)


def _signed(total: Any) -> ColumnElement[Any]:
    return case((Figures.amount < _NOTHING, -total), else_=total)


def _of_orders(shop: Connection, days: Iterable[date]) -> tuple[ColumnElement[bool], ...]:
    return (
        Figures.connection_id == shop.id,
        Figures.day.in_(list(days)),
        Figures.part.in_((SOLD, MONEY)),
        Figures.origin == "",
    )


def _days(db: Session, shop: Connection, before: date | None, limit: int) -> list[date]:
    where = [Figures.connection_id == shop.id, Figures.part.in_((SOLD, MONEY))]
    if before is not None:
        where.append(Figures.day < before)
    return list(
        db.scalars(select(Figures.day).where(*where).group_by(Figures.day).order_by(Figures.day.desc()).limit(limit))
    )


def _orders(db: Session, shop: Connection, days: Sequence[date]) -> dict[date, int]:
    asked = select(Figures.day, func.count(Figures.source.distinct())).where(*_of_orders(shop, days))
    return {row[0]: row[1] for row in db.execute(asked.group_by(Figures.day))}


def _waiting(db: Session, shop: Connection, days: Sequence[date]) -> dict[date, int]:
    """Documents that are not in the books as they are meant to be."""
    asked = (
        select(Figures.day, func.count(DocumentRow.id.distinct()))
        .join(DocumentRow, same_document())
        .where(
            Figures.connection_id == shop.id,
            Figures.day.in_(days),
            Figures.part.in_((SOLD, MONEY)),
            DocumentRow.state.not_in((State.POSTED, *_NOT_MEANT)),
        )
    )
    return {row[0]: row[1] for row in db.execute(asked.group_by(Figures.day))}


def _told(db: Session, shop: Connection, day: date, sources: Sequence[str]) -> list[dict[str, Any]]:
    rows = db.scalars(
        select(Figures).where(*_of_orders(shop, (day,)), Figures.source.in_(sources)).order_by(Figures.id)
    ).all()
    documents = _documents(db, shop, day, sorted({one.group_key for one in rows}))
    found: dict[str, dict[str, Any]] = {}
    for one in rows:
        told = found.setdefault(
            one.source, {"order": one.source, "name": one.called, "place": one.place_name, "told": [], "documents": []}
        )
        told["told"].append({"part": one.part, "way": one.way, "amount": str(one.amount)})
        for each in documents.get(one.group_key, ()):
            if each not in told["documents"]:
                told["documents"].append(each)
    return [found[one] for one in sources]


def _documents(db: Session, shop: Connection, day: date, groups: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The documents of these groups on that day."""
    rows = db.execute(
        select(Figures.group_key, DocumentRow)
        .join(DocumentRow, same_document())
        .where(Figures.connection_id == shop.id, Figures.group_key.in_(groups), Figures.day == day)
        .order_by(DocumentRow.id)
        .limit(_MOST_DOCUMENTS)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for group, row in rows:
        found.setdefault(group, []).append(document_named(row))
    return found


def document_named(row: DocumentRow) -> dict[str, Any]:
    """A document as a link names it, with its state."""
    return {
        "id": row.id,
        "kind": row.kind,
        "number": row.number,
        "state": row.state.value,
        "total": None if row.total is None else str(row.total),
        "posted_total": None if row.posted_total is None else str(row.posted_total),
        "txn_id": row.txn_id,
        "message": row.message,
        "advice": row.advice,
    }
