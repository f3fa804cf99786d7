"""A person says what a word stands for, or takes that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.fate import Standing, by_list_id, by_name, standing_of
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.list_kinds import usable_name
from qbwc_server.mapping.kinds import KINDS, WordKind
from qbwc_server.mapping.models import ALL_CONNECTIONS, Decision, WordMapping
from qbwc_server.mapping.resolving import misfit
from qbwc_server.mapping.said import word_key
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


class DoesNotFit(Invalid):
    """This entry of QuickBooks cannot stand for such a word."""

    code = "mapping_does_not_fit"


class NoSuchEntry(Invalid):
    """QuickBooks has no such entry, as far as its lists have been read."""

    code = "no_such_entry"
    advice = "Look for it in the lists of the company. Was it added just now? Have them read again."


@dataclass(frozen=True, slots=True)
class Choice:
    """What a word shall stand for.

    Attributes:
        list_id, name: of the entry; the ListID counts where both are given.
    """

    decision: Decision
    list_id: str | None = None
    name: str | None = None


NEVER = Choice(Decision.NEVER)


def choice_of(entry: str | None, list_id: str | None, create: str | None, *, never: bool) -> Choice:
    """What a person chose. Raises Invalid where it is nothing, or more than one."""
    if sum(map(bool, (entry or list_id, create, never))) != 1:
        raise Invalid("Say one of them: the entry by its name or ListID, the name to create it under, or never.")
    if never:
        return NEVER
    return Choice(Decision.CREATE, name=create) if create else Choice(Decision.ENTRY, list_id, entry)


def set_mapping(
    db: Session,
    company: Company,
    kind: WordKind,
    word: str,
    choice: Choice,
    *,
    connection_id: int = ALL_CONNECTIONS,
    by: Actor,
    now: datetime,
    batch: str | None = None,
) -> WordMapping:
    """Keep what a word stands for, in the place of what was said before.

    Raises:
        NoSuchEntry: the lists of the company do not have it.
        DoesNotFit: it is inactive, or of a type that does not fit.
        Invalid: the word is empty, the name cannot be one, or nothing of this kind is added from here.
    """
    key = word_key(word)
    if not key:
        raise Invalid("The word is empty.")
    list_id, name = checked(db, company, kind, word, choice)
    row = find_mapping(db, company.id, kind, key, connection_id)
    if row is None:
        row = WordMapping(company_id=company.id, connection_id=connection_id, kind=kind, word=key)
        db.add(row)
    before = None if row.decision is None else _state(row)
    row.decision, row.list_id, row.name = choice.decision, list_id, name
    row.batch, row.by, row.changed_at = batch, by, now
    db.flush()
    _note(db, Audited.MAPPED, row, before, _state(row), by=by, now=now)
    return row


def follow_entry(db: Session, row: WordMapping, name: str, list_id: str | None, *, by: Actor, now: datetime) -> None:
    """Its entry is called otherwise in QuickBooks now."""
    if (row.name, row.list_id) == (name, list_id):
        return
    before = _state(row)
    row.name, row.list_id = name, list_id
    db.flush()
    _note(db, Audited.MAPPED, row, before, _state(row), by=by, now=now)


def unset_mapping(
    db: Session,
    company: Company,
    kind: WordKind,
    word: str,
    *,
    connection_id: int = ALL_CONNECTIONS,
    by: Actor,
    now: datetime,
) -> WordMapping:
    """Take back what was said of a word. Raises NotFound."""
    row = find_mapping(db, company.id, kind, word_key(word), connection_id)
    if row is None:
        raise NotFound(f"Nothing is said of the {KINDS[kind].title} {word[:60]!r}.")
    db.delete(row)
    db.flush()
    _note(db, Audited.UNMAPPED, row, _state(row), None, by=by, now=now)
    return row


def _state(row: WordMapping) -> dict[str, object]:
    return {"decision": row.decision.value, "list_id": row.list_id, "name": row.name}


def _note(
    db: Session,
    what: Audited,
    row: WordMapping,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    of = f" of connection {row.connection_id}" if row.connection_id else ""
    subject = f"{KINDS[row.kind].title} {row.word!r}{of}"
    note_audit(db, what, by=by, now=now, company_id=row.company_id, subject=subject, before=before, after=after)


def find_mapping(db: Session, company_id: int, kind: WordKind, key: str, connection_id: int) -> WordMapping | None:
    """What is said of a word for exactly this connection, or for all."""
    return db.scalars(
        select(WordMapping).where(
            WordMapping.company_id == company_id,
            WordMapping.kind == kind,
            WordMapping.word == key,
            WordMapping.connection_id == connection_id,
        )
    ).one_or_none()


def checked(db: Session, company: Company, kind: WordKind, word: str, choice: Choice) -> tuple[str | None, str | None]:
    """ListID and name that a choice comes to. Raises as ``set_mapping`` does."""
    if choice.decision is Decision.NEVER:
        return None, None
    if choice.decision is Decision.CREATE:
        return None, _new_name(kind, choice.name or word)
    entry = _entry(db, company, kind, choice)
    if standing_of(entry) is not Standing.PRESENT:
        raise DoesNotFit(
            f"{entry.full_name!r} is {standing_of(entry).value} in QuickBooks.",
            advice="Choose another one, or make it active again in QuickBooks and read the lists again.",
        )
    if not KINDS[kind].fits(entry.entry_type):
        problem = misfit(kind, word, entry.full_name, entry.entry_type)
        raise DoesNotFit(problem.message, advice=problem.advice)
    return entry.list_id, entry.full_name


def _new_name(kind: WordKind, name: str) -> str:
    mapped = KINDS[kind]
    if not mapped.created:
        raise Invalid(f"No {mapped.title} is added to QuickBooks from here.", advice="Add it there, then choose it.")
    try:
        return usable_name(mapped.list_kind, name)
    except ValueError as wrong:
        raise Invalid(f"This cannot be a {mapped.title} of QuickBooks: {wrong}.") from None


def _entry(db: Session, company: Company, kind: WordKind, choice: Choice) -> MirrorEntry:
    list_kind = KINDS[kind].list_kind
    if choice.list_id is not None:
        entry = by_list_id(db, company.id, list_kind, choice.list_id)
        if entry is None:
            raise NoSuchEntry(f"The list of the company has no {KINDS[kind].title} with ListID {choice.list_id[:40]}.")
        return entry
    found = by_name(db, company.id, list_kind, choice.name or "")
    if not found:
        raise NoSuchEntry(f"The list of the company has no {KINDS[kind].title} called {(choice.name or '')[:60]!r}.")
    if len(found) > 1:
        ids = ", ".join(one.list_id for one in found)
        raise NoSuchEntry(
            f"Several entries are called {(choice.name or '')[:60]!r}.", advice=f"Say which by its ListID: {ids}"
        )
    return found[0]
