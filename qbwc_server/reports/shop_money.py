"""Where the money of a shop is: the clearing account by day beside the channel's own figure, payouts, conflicts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, marks_of
from qbwc_server.channels.connections.models import Connection, Record, RecordDocument
from qbwc_server.channels.connections.models import ConnectionFigure as Figures
from qbwc_server.channels.shop_page import ShopPage
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import NotFound
from qbwc_server.reports.shop import MONEY, document_named, in_books, same_document
from qbwc_server.shop.payouts import BalanceTransaction, Payout, included_net

PAYOUTS, INCLUDED, CONFLICTS = 10, 100, 50  # on a page
COUNTED, TRANSFERRED, PAID_OUT, CLEARING = "counted", "transferred", "paid_out", "clearing"
_CHANGES = ("fees", "disputes", "reserve", "adjustments", "returned")
_NOTHING = Decimal("0.00")
_Day = dict[str, Decimal]


def page_of(shop: Connection) -> ShopPage:
    """How its facts are read. Raises NotFound where it is no shop."""
    page = channel_of(shop).shop
    if page is None:
        raise NotFound(f"Connection {shop.id} is no shop.")
    return page


# the clearing account


def clearing_record(db: Session, shop: Connection, *, before: date | None = None, limit: int = 14) -> dict[str, Any]:
    """The newest days of the clearing account before that one, the newest first.

    ``books``: its balance by what stands in QuickBooks; ``on_the_way``: paid out and not arrived; ``pending``: money
    of orders that the channel has not counted yet; ``stated``: what the channel says it holds. ``difference`` has to
    be zero.
    """
    page = page_of(shop)
    where = [Figures.connection_id == shop.id, Figures.way == page.way]
    asked = select(Figures.day).where(*where, *([Figures.day < before] if before else []))
    days = list(db.scalars(asked.group_by(Figures.day).order_by(Figures.day.desc()).limit(limit + 1)))
    more, days = len(days) > limit, days[:limit]
    found = list(_clearing(db, shop, page, sorted(days))) if days else []
    return {"connection_id": shop.id, "days": found[::-1], "next": days[-1].isoformat() if more else None}


def _clearing(db: Session, shop: Connection, page: ShopPage, days: Sequence[date]) -> Iterator[dict[str, Any]]:
    of_it = (Figures.connection_id == shop.id, Figures.way == page.way)
    sums, balance = _told(db, *of_it, Figures.day < days[0]), _in_books(db, *of_it, Figures.day < days[0])
    told: dict[date, _Day] = {}
    here = (*of_it, Figures.day >= days[0], Figures.day <= days[-1])
    for day, part, amount in db.execute(
        select(Figures.day, Figures.part, func.sum(Figures.amount))
        .where(*here, Figures.origin == "")
        .group_by(Figures.day, Figures.part)
    ):
        told.setdefault(day, {})[part] = amount
    asked = select(Figures.day, func.sum(_standing())).join(DocumentRow, same_document()).where(*here)
    books = {row[0]: row[1] for row in db.execute(asked.group_by(Figures.day))}
    stated = _stated(db, shop, page, days)
    for one in days:
        balance += books.get(one) or _NOTHING
        for part, part_amount in told.get(one, {}).items():
            sums[part] = sums.get(part, _NOTHING) + part_amount
        yield _clearing_day(one, told.get(one, {}), sums, balance, stated.get(one))


def _told(db: Session, *where: ColumnElement[bool]) -> _Day:
    asked = select(Figures.part, func.sum(Figures.amount)).where(*where, Figures.origin == "")
    return {row[0]: row[1] for row in db.execute(asked.group_by(Figures.part))}


def _in_books(db: Session, *where: ColumnElement[bool]) -> Decimal:
    return (
        db.scalar(select(func.sum(_standing())).select_from(Figures).join(DocumentRow, same_document()).where(*where))
        or _NOTHING
    )


def _standing() -> ColumnElement[Any]:
    """By how much a document has changed the clearing account in QuickBooks; an entry of a day only as a whole."""
    posted = and_(Figures.part == CLEARING, DocumentRow.state == State.POSTED)
    return case((posted, Figures.amount), (Figures.part != CLEARING, in_books()), else_=_NOTHING)


def _clearing_day(day: date, here: _Day, sums: _Day, books: Decimal, stated: Decimal | None) -> dict[str, Any]:
    def so_far(*parts: str) -> Decimal:
        return sum((sums.get(part, _NOTHING) for part in parts), _NOTHING)

    expected = so_far(MONEY, PAID_OUT, *_CHANGES)
    pending = so_far(MONEY) - so_far(COUNTED)
    on_the_way = so_far(PAID_OUT) - so_far(TRANSFERRED)
    difference = None if stated is None else books - on_the_way - pending - stated
    amounts = {part: here.get(part, _NOTHING) for part in (MONEY, *_CHANGES, PAID_OUT)}
    amounts |= {"expected": expected, "books": books, "on_the_way": on_the_way, "pending": pending}
    return {
        "day": day.isoformat(),
        **{name: str(amount) for name, amount in amounts.items()},
        "stated": None if stated is None else str(stated),
        "difference": None if difference is None else str(difference),
        "differs": bool(difference) or books != expected,
    }


def _stated(db: Session, shop: Connection, page: ShopPage, days: Sequence[date]) -> dict[date, Decimal]:
    """What the channel said it holds at the end of each day: what it told last, with what changed since then."""
    newest = db.scalar(
        select(Record.body)
        .where(Record.connection_id == shop.id, Record.stream == "balances", Record.body.is_not(None))
        .order_by(Record.id.desc())
        .limit(1)
    )
    mark = marks_of(db, shop).get("balances")
    if newest is None or mark is None:
        return {}
    zone = ZoneInfo(page.zone(_options(shop), json.loads(newest)))
    starts = {day: datetime.combine(day, time(0), zone) for day in days}
    ends = {day: datetime.combine(day + timedelta(days=1), time(0), zone) for day in days}
    found: dict[date, Decimal] = {}
    for day, end in ends.items():
        if mark.complete_until < starts[day]:  # it was not asked since
            continue
        said = _said_last(db, shop, page, end) or _said_last(db, shop, page, end, behind=True)
        if said is not None:
            at, held = said
            changed = _changed_between(db, shop, page, min(at, end), max(at, end), zone)
            found[day] = held + changed if at < end else held - changed
    return found


def _said_last(
    db: Session, shop: Connection, page: ShopPage, moment: datetime, *, behind: bool = False
) -> tuple[datetime, Decimal] | None:
    """What the channel said last before a moment, or first behind it, and when."""
    asked = select(Record.received_at, Record.body).where(Record.connection_id == shop.id, Record.stream == "balances")
    if behind:
        asked = asked.where(Record.received_at >= moment).order_by(Record.id)
    else:
        asked = asked.where(Record.received_at < moment).order_by(Record.id.desc())
    row = db.execute(asked.limit(1)).first()
    held = page.held(json.loads(row.body)) if row is not None and row.body is not None else None
    return (row.received_at, held) if row is not None and held is not None else None


def _changed_between(
    db: Session, shop: Connection, page: ShopPage, since: datetime, end: datetime, zone: ZoneInfo
) -> Decimal:
    first, last = (moment.astimezone(zone).date().isoformat() for moment in (since, end - timedelta(seconds=1)))
    bodies = db.scalars(
        select(Record.body).where(
            Record.connection_id == shop.id,
            Record.group_key >= first,
            Record.group_key <= last,
            Record.stream == "balance_transactions",
            Record.version >= since.astimezone(UTC).isoformat(timespec="microseconds"),
            Record.body.is_not(None),
        )
    )
    changes = [page.change(json.loads(body)) for body in bodies if body is not None]
    return sum((one[1] for one in changes if one is not None and since <= one[0] < end), _NOTHING)


def _options(shop: Connection) -> Any:
    """The options without secrets, as far as days need them."""
    return channel_of(shop).options.model_construct(**shop.options)


# payouts


def payouts_record(db: Session, shop: Connection, *, before: int | None = None, limit: int = PAYOUTS) -> dict[str, Any]:
    """The newest payouts, first told before a record of that number."""
    first = func.min(Record.id)
    asked = (
        select(Record.source_key, first, func.max(Record.version))
        .where(Record.connection_id == shop.id, Record.stream == "payouts", Record.version < "broken/")
        .group_by(Record.source_key)
        .order_by(first.desc())
        .limit(limit + 1)
    )
    if before is not None:
        asked = asked.having(first < before)
    rows = db.execute(asked).all()
    more, rows = len(rows) > limit, rows[:limit]
    return {
        "connection_id": shop.id,
        "payouts": [record for record, _ in _payouts(db, shop, [(key, version) for key, _, version in rows])],
        "next": rows[-1][1] if more else None,
    }


def payout_record(
    db: Session, shop: Connection, number: str, *, after: int = 0, limit: int = INCLUDED
) -> dict[str, Any]:
    """One payout with the transactions in it. Raises NotFound."""
    of_it = (
        Record.connection_id == shop.id,
        Record.stream == "payouts",
        Record.source_key.like(f"%/{number}", escape="\\") if number.isdigit() else Record.source_key == "",
    )
    version = db.execute(
        select(Record.source_key, Record.version).where(*of_it).order_by(Record.version.desc()).limit(1)
    ).first()
    for record, payout in _payouts(db, shop, [tuple(version)] if version is not None else []):
        included = None if payout is None else payout.included
        some = (included or ())[after : after + limit]
        return {
            **record,
            "included": None if included is None else [_transaction_record(one) for one in some],
            "next": after + limit if included is not None and len(included) > after + limit else None,
        }
    raise NotFound(f"There is no payout {number}.")


def _payouts(db: Session, shop: Connection, wanted: Sequence[Any]) -> list[tuple[dict[str, Any], Payout | None]]:
    page = page_of(shop)
    if not wanted:
        return []
    which = or_(*(and_(Record.source_key == key, Record.version == version) for key, version in wanted))
    rows = db.execute(
        select(Record.source_key, Record.body).where(Record.connection_id == shop.id, Record.stream == "payouts", which)
    )
    bodies = {row[0]: row[1] for row in rows if row[1] is not None}
    told = [(key, page.payout(json.loads(bodies[key])) if key in bodies else None) for key, _ in wanted]
    documents = by_origin(db, shop.company_id, [one.origin for _, one in told if one is not None])
    return [
        (_payout_record(key, one, documents.get(one.origin) if one is not None else None), one) for key, one in told
    ]


def _payout_record(key: str, payout: Payout | None, row: DocumentRow | None) -> dict[str, Any]:
    """None for what is not kept any more. ``difference``: what arrived less what is in it."""
    if payout is None:
        return {"payout": key.rpartition("/")[2], "kept": False}
    inside = None if payout.included is None else included_net(payout.included)
    document = None if row is None else document_named(row)
    wants_document = payout.has_left and bool(payout.net)
    arrived = (
        None if row is None or row.txn_id is None or row.state is State.WITHDRAWN else row.posted_total or row.total
    )
    return {
        "payout": payout.id,
        "kept": True,
        "at": payout.at.isoformat(),
        "status": payout.status.value.lower(),
        "net": str(payout.net),
        "included_net": None if inside is None else str(inside),
        "count": None if payout.included is None else len(payout.included),
        "difference": None if inside is None else str(payout.net - inside),
        "document": document,
        "differs": (inside is not None and inside != payout.net)
        or (wants_document and (arrived is None or arrived != abs(payout.net))),
        "problems": [one.message for one in payout.problems],
    }


def _transaction_record(one: BalanceTransaction) -> dict[str, Any]:
    amounts = {name: str(getattr(one, name)) for name in ("amount", "fee", "net")}
    return {
        "id": one.id,
        "type": one.kind,
        "about": one.about.value,
        "at": one.at.isoformat(),
        "order": one.order,
        **amounts,
    }


# conflicts


def conflicts_record(db: Session, shop: Connection, *, after: int = 0, limit: int = CONFLICTS) -> dict[str, Any]:
    """Documents of the shop that need a person, the oldest first."""
    rows = db.scalars(
        select(DocumentRow)
        .join(
            RecordDocument,
            and_(RecordDocument.connection_id == shop.id, RecordDocument.origin == DocumentRow.origin),
        )
        .where(
            DocumentRow.company_id == shop.company_id,
            DocumentRow.state.in_(NEEDS_A_PERSON),
            DocumentRow.id > after,
        )
        .order_by(DocumentRow.id)
        .limit(limit + 1)
    ).all()
    some = rows[:limit]
    return {
        "connection_id": shop.id,
        "conflicts": [{**document_named(row), "date": row.date.isoformat(), "origin": row.origin} for row in some],
        "next": some[-1].id if len(rows) > limit else None,
    }
