"""After any doubt, look before you write: the questions that tell what became of a change that a program asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.asked.asking import CHANGE, request_of
from qbwc_server.asked.messages import added_by, bears_mark, fields_of, kind_of
from qbwc_server.asked.models import AskedRequest
from qbwc_server.ids import new_id
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Work
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Priority, RequestState
from qbxml import MESSAGES, Aggregate, Ref, Request, build, render
from qbxml.messages.transaction import (
    DeletedDateRangeFilter,
    ListDeletedQueryRq,
    ListDelType,
    TxnDeletedQueryRq,
    TxnDelType,
)

LOOK, LOOK_DELETED = "asked_look", "asked_look_deleted"
"""The purposes of look-ups; their subject is the request that is looked for."""
MOST_SHOWN = 5_000
_TELLS = ("txn_id", "list_id", "time_created", "time_modified", "edit_sequence", "ref_number", "name", "full_name")
_PARTIES = ("customer", "vendor", "payee_entity", "entity")


def look_for(
    db: Session, company_id: int, rows: Sequence[RequestRow], since: Callable[[datetime], datetime], now: datetime
) -> list[RequestRow]:
    """Queue a look-up for each uncertain change that bears a mark.

    Args:
        since: from when on QuickBooks is to be asked for what happened since a moment, by the clock of its PC.

    Returns:
        The others: of those nobody can tell but who looks in QuickBooks.
    """
    untold: list[RequestRow] = []
    looks: list[NewRequest] = []
    for row in rows:
        asked = db.get(AskedRequest, int(row.subject))
        request = None if asked is None else request_of(asked)
        if request is not None and bears_mark(request):
            looks.append(_look(row.id, request, since(first_sent(db, row.id) or now)))
        elif row.state is not RequestState.DONE:
            untold.append(row)
    put(db, company_id, looks, now)
    return untold


def _look(about: UUID, request: Request, since: datetime) -> NewRequest:
    kind, number = kind_of(request), new_id()
    query, ret = MESSAGES[f"{kind}QueryRq"], MESSAGES[f"{kind}Ret"]
    known, told = fields_of(query), fields_of(ret)
    values: dict[str, Any] = {"request_id": str(number), "max_returned": MOST_SHOWN}
    if "from_modified_date" in known:
        values |= {"active_status": "All", "from_modified_date": since}
    else:
        values["modified_date_range_filter"] = {"from_modified_date": since}
    names = [name for name in (*_TELLS, *_PARTIES, "external_guid") if name in told]
    values["include_ret_elements"] = list(ret.tags(*names))
    text = render(build(query.__name__, {name: value for name, value in values.items() if name in known}))
    sent = {"since": since.isoformat()}
    return NewRequest(LOOK, str(about), f"{kind}Query", False, Priority.LOOK, text, id=number, sent=sent)


def look_at_deleted(work: Work, row: RequestRow, about: RequestRow, asked: AskedRequest) -> bool:
    """Ask, after ``row``, for what was deleted since it first left; False where QuickBooks does not tell that."""
    kind, number, since = kind_of(request_of(asked)), new_id(), since_of(work, row)
    dates = DeletedDateRangeFilter(from_deleted_date=since)
    query: Request
    if kind in tuple(TxnDelType):
        query = TxnDeletedQueryRq(
            txn_del_types=(TxnDelType(kind),), deleted_date_range_filter=dates, request_id=str(number)
        )
    elif kind in tuple(ListDelType):
        query = ListDeletedQueryRq(
            list_del_types=(ListDelType(kind),), deleted_date_range_filter=dates, request_id=str(number)
        )
    else:
        return False
    name, sent = type(query).__name__.removesuffix("Rq"), {"since": since.isoformat()}
    look = NewRequest(LOOK_DELETED, str(about.id), name, False, Priority.LOOK, render(query), id=number, sent=sent)
    work.put(look, instead_of=row.id)
    return True


def since_of(work: Work, row: RequestRow) -> datetime:
    """From when on this look-up asks."""
    return datetime.fromisoformat((work.db.get_one(QueuedRequest, row.id).sent or {})["since"])


def in_question(work: Work, row: RequestRow) -> tuple[RequestRow, AskedRequest] | None:
    """The change that was looked for, while its fate or the number of its executions is open."""
    found = requests_by_id(work.db, work.company.id, [UUID(row.subject)])
    if not found or found[0].purpose != CHANGE:
        return None
    about = found[0]
    work.states.setdefault(about.id, about.state)
    asked = work.db.get(AskedRequest, int(about.subject))
    if asked is None or work.states[about.id] not in (RequestState.UNCERTAIN, RequestState.DONE):
        return None
    return about, asked


def mark_of(ret: Aggregate) -> UUID | None:
    """The id that it bears, where it bears one."""
    value = getattr(ret, "external_guid", None)
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def may_be_it(rets: Sequence[Aggregate], request: Request, since: datetime) -> list[Aggregate]:
    """Those that bear no mark and say what was to be added: typed by hand, or QuickBooks keeps no marks of its kind."""
    part = added_by(request)
    said = {} if part is None else part[1].__dict__
    return [ret for ret in rets if mark_of(ret) is None and is_new(ret, since) and _says(ret, said)]


def is_new(ret: Aggregate, since: datetime) -> bool:
    """Whether it may have been added since then."""
    created: datetime | None = getattr(ret, "time_created", None)
    if created is None:
        return True
    return (created if created.tzinfo is not None else created.replace(tzinfo=UTC)) >= since


def _says(ret: Aggregate, said: Mapping[str, Any]) -> bool:
    """The number or name decides where one was given; else whose it is, as far as that is told."""
    for name in ("ref_number", "name"):
        if name in said:
            return str(getattr(ret, name, None) or "").casefold() == str(said[name]).casefold()
    return all(_same(said.get(name), getattr(ret, name, None)) for name in _PARTIES)


def _same(ours: Ref | None, there: Ref | None) -> bool:
    if ours is None or there is None:
        return True
    if ours.list_id and there.list_id:
        return ours.list_id == there.list_id
    if ours.full_name and there.full_name:
        return ours.full_name.casefold() == there.full_name.casefold()
    return True
