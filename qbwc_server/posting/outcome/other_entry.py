"""QuickBooks finds entries by their names; by the ListIDs of its answer we know whether it found those that we know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.ensure import ensure, name_key, wanted_by
from qbwc_server.posting.options import OptionsInForce
from qbwc_server.posting.outcome.differing import called
from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions.entries_shown import Shown, entries_shown
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 1_000  # names in one statement
_ADVICE = (
    "Look in QuickBooks which of the two is meant; if it is the other one, correct the transaction there. "
    "What names it next waits until somebody has said which is meant."
)


def other_entries(
    db: Session, company_id: int, options: OptionsInForce, taken: Mapping[int, Collection[Shown]]
) -> list[Finding]:
    """What people are told of documents that QuickBooks holds for another customer, item or account of the same name.

    What is known of those names is not taken for granted any more.

    Args:
        taken: the entries that each document names in QuickBooks, by its id.
    """
    names = {name_key(one.name) for some in taken.values() for one in some}
    known = _known(db, company_id, options, names)
    others = {
        document_id: different
        for document_id, some in taken.items()
        if (different := [one for one in sorted(some, key=lambda one: one.name) if _is_another(one, known)])
    }
    if not others:
        return []
    _forget(db, {entry.id for some in others.values() for one in some for entry in _candidates(one, known)})
    rows = db.scalars(select(DocumentRow).where(DocumentRow.id.in_(others)))
    return [_finding(row, others[row.id]) for row in rows]


_Known = Mapping[tuple[ListKind, str], Sequence[ListEntry]]


def _known(db: Session, company_id: int, options: OptionsInForce, names: Collection[str]) -> _Known:
    """The entries whose ListIDs we know, by list and the name in QuickBooks."""
    known: dict[tuple[ListKind, str], list[ListEntry]] = {}
    keys = sorted({*names, *_said_for(options, names)})
    for start in range(0, len(keys), _AT_A_TIME):
        rows = db.scalars(
            select(ListEntry).where(
                ListEntry.company_id == company_id,
                ListEntry.name_key.in_(keys[start : start + _AT_A_TIME]),
                ListEntry.list_id.is_not(None),
                ListEntry.presence != Presence.RESTORED,  # entered anew it has another ListID
            )
        )
        for row in rows:
            known.setdefault((row.kind, name_key(options.name_of(row.kind, row.full_name))), []).append(row)
    return known


def _said_for(options: OptionsInForce, names: Collection[str]) -> Iterator[str]:
    """What documents say for these names of QuickBooks, where people chose another name."""
    for (_, said), name in options.called.items():
        above = name_key(name)
        yield from (said + one[len(above) :] for one in names if one == above or one.startswith(f"{above}:"))


def _candidates(one: Shown, known: _Known) -> list[ListEntry]:
    return [entry for kind in one.lists for entry in known.get((kind, name_key(one.name)), ())]


def _is_another(one: Shown, known: _Known) -> bool:
    entries = _candidates(one, known)
    return bool(entries) and all(entry.list_id != one.list_id for entry in entries)


def _forget(db: Session, ids: Collection[int]) -> None:
    db.execute(update(ListEntry).where(ListEntry.id.in_(ids)).values(presence=Presence.UNKNOWN))


def _finding(document: DocumentRow, others: Sequence[Shown]) -> Finding:
    names = ", ".join(f'{one.lists[0].value.replace("_", " ")} "{one.name}"' for one in others)
    return Finding(
        WorkKind.OTHER_ENTRY,
        str(document.id),
        f"{called(document)} names the {names}: QuickBooks has another entry under that name now than the one that is "
        "known here, and entered it for that.",
        _ADVICE,
        document.id,
        {"txn_id": document.txn_id, "entries": [{"name": one.name, "list_id": one.list_id} for one in others]},
    )


def renamed_since(
    db: Session, company: Company, options: OptionsInForce, document: Document, found: Standing, now: datetime
) -> tuple[UUID, ...]:
    """The questions what became of entries that ``document`` names and that ``found`` shows under other names.

    They come before a change: what had the name once may be meant, or what has it by now. Raises CannotWrite.
    """
    shown = {one.list_id: one.name for one in entries_shown(found)}
    wanted = wanted_by(document, Texts(options.characters))
    if not shown or not wanted:
        return ()
    rows = db.scalars(
        select(ListEntry).where(
            ListEntry.company_id == company.id,
            ListEntry.name_key.in_({name_key(name) for _, name in wanted}),
            ListEntry.list_id.in_(shown),
        )
    )
    names = {(kind, name_key(name)): (kind, name) for kind, name in wanted}
    renamed = [
        row
        for row in rows
        if (row.kind, row.name_key) in names
        and name_key(options.name_of(row.kind, row.full_name)) != name_key(shown[str(row.list_id)])
    ]
    if not renamed:
        return ()
    _forget(db, [row.id for row in renamed])
    asked = ensure(db, company, {names[row.kind, row.name_key]: None for row in renamed}, now)
    return tuple(guid for guid in asked.values() if guid is not None)
