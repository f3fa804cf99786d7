"""What can be done with many documents, what is done with each, and how that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import change_bodies, is_asked
from qbwc_server.documents.words import DocumentWords, words_in
from qbwc_server.errors import Notice
from qbwc_server.mapping.acts import map_word, unmap_word
from qbwc_server.mapping.deciding import choice_of, find_mapping
from qbwc_server.mapping.kinds import WordKind, kind_named
from qbwc_server.mapping.resolving import UNMAPPED
from qbwc_server.posting.people.actions import ACTIONS
from qbwc_server.posting.people.exclude import exclude_all, restore_all
from qbwc_server.posting.submitting.hand_in import recall_all
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission


@dataclass(frozen=True, slots=True)
class Turn:
    """One document whose turn it is, and what was asked for."""

    db: Session
    company: Company
    row: DocumentRow
    wanted: dict[str, Any]
    batch: str
    by: Actor
    now: datetime


Together = Callable[[Sequence[Turn]], Mapping[int, Notice | None]]


@dataclass(frozen=True, slots=True)
class BulkKind:
    """One thing that can be done with many.

    Args:
        title: as people read it.
        states: of the documents that it is about.
        work: does it with one; says why it is not done, or raises Conflict or Invalid and leaves no trace.
        undo: takes that back, as long as nothing has left.
        refuse: raises Conflict where it is not done with one, before anything is done.
        together: does it with many in one go, each of which was not refused; by document, why it is not done. Raises
            Conflict or Invalid where it cannot be done with one of them, and then each is done by itself.
        undo_together: takes it back in the same way.
    """

    title: str
    states: tuple[State, ...]
    work: Callable[[Turn], Notice | None]
    undo: Callable[[Turn], Notice | None]
    permission: Permission = Permission.POST_DOCUMENTS
    refuse: Callable[[Turn], None] = lambda turn: None
    together: Together | None = None
    undo_together: Together | None = None


def _act(turn: Turn, code: str) -> None:
    ACTIONS[code].work(turn.db, turn.company, turn.row, by=turn.by, now=turn.now)


def _refuse_asked(turn: Turn) -> None:
    """A question is not answered in bulk, unless those about which just that is asked were chosen."""
    row = turn.row
    asked = is_asked(row) or row.state is State.HELD
    if asked and row.reason != turn.wanted.get("reason"):
        raise NotNow(f"Something is asked about document {row.id}: {row.message}", advice=row.advice or "")


def _submit(turn: Turn) -> Notice | None:
    _act(turn, "submit")
    return _what_lacks(turn.row)


def _submit_together(turns: Sequence[Turn]) -> Mapping[int, Notice | None]:
    first, rows = turns[0], [turn.row for turn in turns]
    submit(first.db, first.company, rows, by=first.by, now=first.now)
    return {row.id: _what_lacks(row) for row in rows}


def _what_lacks(row: DocumentRow) -> Notice | None:
    if row.state is State.SUBMITTED:
        return None
    return Notice(row.reason or "document_not_ready", row.message or "It is not ready.", row.advice or "")


def _exclude(turn: Turn) -> None:
    _act(turn, "exclude")


def _restore(turn: Turn) -> None:
    _act(turn, "restore")


def _exclude_together(turns: Sequence[Turn]) -> Mapping[int, Notice | None]:
    first = turns[0]
    exclude_all(first.db, first.company, [turn.row for turn in turns], by=first.by, now=first.now)
    return {}


def _restore_together(turns: Sequence[Turn]) -> Mapping[int, Notice | None]:
    first = turns[0]
    restore_all(first.db, first.company, [turn.row for turn in turns], by=first.by, now=first.now)
    return {}


def _take_back_together(turns: Sequence[Turn]) -> Mapping[int, Notice | None]:
    first, rows = turns[0], [turn.row for turn in turns]
    for row in rows:
        _refuse_gone_on(row)
    recall_all(first.db, first.company, rows, now=first.now)
    change_bodies(first.db, [(row, load_document(row.body)) for row in rows], by=first.by, now=first.now)
    return {}


def _refuse_gone_on(row: DocumentRow) -> None:
    if row.state is not State.SUBMITTED:
        raise NotNow(f"Document {row.id} is {row.state.value.replace('_', ' ')} by now.")


def _take_back(turn: Turn) -> None:
    """Back for review; refused where a request of it may have left."""
    _take_back_together([turn])


def _map(turn: Turn) -> None:
    """Its words of the kind that have no entry get this one, each once for the connection that says it."""
    to, words = turn.wanted["to"], words_in(turn.row)
    kind = kind_named(to["kind"])
    choice = choice_of(to.get("name"), to.get("list_id"), to.get("create"), never=to.get("never", False))
    mine = [one for one in (words.words if words else ()) if one.kind == kind.value]
    open_ones = {one.key: one for one in mine if one.problem is not None and one.problem.code == UNMAPPED}
    if words is None or not (open_ones or _mapped_here(turn, kind, words)):
        raise NotNow(f"Document {turn.row.id} waits for no word of this kind.")
    for one in open_ones.values():
        map_word(
            turn.db,
            turn.company,
            kind,
            one.word,
            choice,
            connection_id=words.connection_id,
            by=turn.by,
            now=turn.now,
            batch=turn.batch,
        )


def _mapped_here(turn: Turn, kind: WordKind, words: DocumentWords) -> bool:
    """Whether another document of this bulk action has mapped its words already."""
    keys = {one.key for one in words.words if one.kind == kind.value}
    said = [find_mapping(turn.db, turn.company.id, kind, key, words.connection_id) for key in keys]
    return any(one is not None and one.batch == turn.batch for one in said)


def _unmap(turn: Turn) -> None:
    """Its words that were mapped in this bulk action have no entry again; what somebody has said since stays."""
    words = words_in(turn.row)
    kind = kind_named(turn.wanted["to"]["kind"])
    if turn.row.txn_id is not None:
        raise NotNow(f"Document {turn.row.id} is in QuickBooks.")
    for one in {one.key: one for one in (words.words if words else ()) if one.kind == kind.value}.values():
        connection_id = words.connection_id if words else 0
        said = find_mapping(turn.db, turn.company.id, kind, one.key, connection_id)
        if said is not None and said.batch == turn.batch:
            unmap_word(turn.db, turn.company, kind, one.word, connection_id=connection_id, by=turn.by, now=turn.now)


BULK: dict[str, BulkKind] = {
    "submit": BulkKind(
        "Submit",
        ACTIONS["submit"].states,
        _submit,
        _take_back,
        refuse=_refuse_asked,
        together=_submit_together,
        undo_together=_take_back_together,
    ),
    "retry": BulkKind(
        "Submit again what failed",
        (State.FAILED,),
        _submit,
        _take_back,
        refuse=_refuse_asked,
        together=_submit_together,
        undo_together=_take_back_together,
    ),
    "exclude": BulkKind(
        "Exclude",
        ACTIONS["exclude"].states,
        _exclude,
        _restore,
        together=_exclude_together,
        undo_together=_restore_together,
    ),
    "restore": BulkKind(
        "Restore",
        ACTIONS["restore"].states,
        _restore,
        _exclude,
        together=_restore_together,
        undo_together=_exclude_together,
    ),
    "map": BulkKind("Map words", (State.FOR_REVIEW,), _map, _unmap, Permission.MAP),
}
