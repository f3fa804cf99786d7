"""Mappings as a CSV file, out and in: what a file would change is shown before it does."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from qbwc_server.errors import Invalid, QbwcError
from qbwc_server.mapping.acts import Mapped, map_word, unmap_word
from qbwc_server.mapping.deciding import Choice, checked, find_mapping
from qbwc_server.mapping.kinds import WordKind, kind_named
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.mapping.models import ALL_CONNECTIONS, Decision, WordMapping
from qbwc_server.mapping.said import word_key
from qbwc_server.mapping.waiting import waiting_words
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

COLUMNS = ("kind", "word", "connection", "decision", "list_id", "name")
MOST_ROWS = 20_000
REMOVE = "remove"  # of a mapping, in the column of decisions
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_LARGEST_ID = 2**63 - 1


class Effect(StrEnum):
    """What a row of a file changes."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    SAME = "same"
    LEFT = "left"  # nothing is said of the word, and nothing was
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file, by its line."""

    line: int
    kind: WordKind
    word: str
    connection_id: int
    choice: Choice | None  # None: what was said is taken back
    left: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a row comes to; ``before`` and ``after`` are names, or decisions without one."""

    line: int
    effect: Effect
    kind: str = ""
    word: str = ""
    before: str = ""
    after: str = ""
    problem: str = ""
    row: Row | None = None


class WrongRows(Invalid):
    """Nothing was changed, since rows of the file cannot be used."""

    code = "mapping_rows_wrong"
    advice = "Look at the preview, correct the rows, and import the file again."


def written(db: Session, company_id: int, *, of: Collection[str] | None = None) -> str:
    """All mappings as CSV, then the words that wait for one, their decision left open."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    known = set()
    for listed in mappings_of(db, company_id):
        row = listed.row
        known.add((row.kind, row.word, row.connection_id))
        cells = (row.kind, row.word, row.connection_id or "", row.decision, row.list_id or "", row.name or "")
        writer.writerow([guarded(str(cell)) for cell in cells])
    for one in waiting_words(db, company_id, of=of):
        if (*one.said.key, one.connection_id) not in known:
            waiting = (one.said.kind, one.said.key[1], one.connection_id or "", "", "", "")
            writer.writerow([guarded(str(cell)) for cell in waiting])
    return out.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one more apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The reverse."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def preview(db: Session, company: Company, text: str, *, connections: Collection[int]) -> list[Change]:
    """What a file would change, row by row; nothing is changed.

    Args:
        connections: of the company: a row may be about one of them, or about all.

    Raises:
        Invalid: it is no table of mappings, or has too many rows.
    """
    seen: dict[tuple[WordKind, str, int], int] = {}
    known = {ALL_CONNECTIONS, *connections}
    return [_with_twins(change, seen) for change in (_change(db, company, one, known) for one in _rows(text))]


def take_in(
    db: Session, company: Company, text: str, *, connections: Collection[int], by: Actor, now: datetime
) -> list[Mapped]:
    """Do what ``preview`` shows, all of it. Raises WrongRows, with nothing changed, where a row cannot be used."""
    changes = preview(db, company, text, connections=connections)
    wrong = [one for one in changes if one.effect is Effect.WRONG]
    if wrong:
        raise WrongRows(f"{len(wrong)} rows cannot be used. Line {wrong[0].line}: {wrong[0].problem}")
    return list(_done(db, company, changes, by=by, now=now))


def _done(db: Session, company: Company, changes: Sequence[Change], *, by: Actor, now: datetime) -> Iterator[Mapped]:
    for one in changes:
        row = one.row
        if row is None or one.effect in (Effect.SAME, Effect.LEFT):
            continue
        scope = row.connection_id
        if row.choice is None:
            yield unmap_word(db, company, row.kind, row.word, connection_id=scope, by=by, now=now)
        else:
            yield map_word(db, company, row.kind, row.word, row.choice, connection_id=scope, by=by, now=now)


def _rows(text: str) -> Iterator[Row | Change]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        yield from _read(reader)
    except csv.Error as broken:
        raise Invalid(f"Line {reader.line_num} is no row of a CSV file: {broken}.") from None


def _read(reader: Iterable[list[str]]) -> Iterator[Row | Change]:
    rows = iter(enumerate(reader, start=1))
    head = [name.strip().lower() for name in next(rows, (0, []))[1]]
    if missing := [name for name in ("kind", "word", "decision") if name not in head]:
        raise Invalid(f"The file has no column {', '.join(missing)}.", advice="Export the mappings to see its columns.")
    if len(set(head)) < len(head):
        raise Invalid("A column stands there twice.")
    for line, cells in rows:
        if line > MOST_ROWS:
            raise Invalid(f"The file has more than {MOST_ROWS} rows. Divide it.")
        if any(cell.strip() for cell in cells):
            values = dict(zip(head, map(unguarded, cells), strict=False))
            try:
                yield _row(line, values)
            except Invalid as wrong:
                yield Change(line, Effect.WRONG, values.get("kind", ""), values.get("word", ""), problem=str(wrong))


def _row(line: int, values: dict[str, str]) -> Row:
    kind, word = kind_named(values["kind"].strip()), word_key(values.get("word", ""))
    if not word:
        raise Invalid("The word is empty.")
    connection = values.get("connection", "").strip() or str(ALL_CONNECTIONS)
    if not (connection.isascii() and connection.isdigit() and int(connection[:20]) <= _LARGEST_ID):
        raise Invalid(f"{connection[:40]!r} is no number of a connection.")
    said = values.get("decision", "").strip().lower()
    list_id, name = values.get("list_id", "").strip() or None, values.get("name", "").strip() or None
    if not said and name is None and list_id is None:
        return Row(line, kind, word, int(connection), None, left=True)
    if said == REMOVE:
        return Row(line, kind, word, int(connection), None)
    if said not in ("", *Decision):
        raise Invalid(f"There is no decision {said[:40]!r}. Decisions are: {', '.join(Decision)}, {REMOVE}.")
    return Row(line, kind, word, int(connection), Choice(Decision(said or Decision.ENTRY), list_id, name))


def _change(db: Session, company: Company, one: Row | Change, connections: Collection[int]) -> Change:
    if isinstance(one, Change):
        return one
    if one.connection_id not in connections:
        missing = f"There is no connection {one.connection_id} in this company."
        return Change(one.line, Effect.WRONG, one.kind.value, one.word, problem=missing)
    known = find_mapping(db, company.id, one.kind, one.word, one.connection_id)
    before = "" if known is None else _shown(known.decision, known.name)
    kind = one.kind.value
    if one.left or (one.choice is None and known is None):
        return Change(one.line, Effect.LEFT, kind, one.word, before, before, row=one)
    if one.choice is None:
        return Change(one.line, Effect.REMOVED, kind, one.word, before, row=one)
    if known is not None and _is_as_it_was(known, one.choice):
        return Change(one.line, Effect.SAME, kind, one.word, before, before, row=one)
    try:
        _, name = checked(db, company, one.kind, one.word, one.choice)
    except QbwcError as wrong:
        return Change(one.line, Effect.WRONG, kind, one.word, before, problem=str(wrong))
    effect = Effect.NEW if known is None else Effect.CHANGED
    return Change(one.line, effect, kind, one.word, before, _shown(one.choice.decision, name), row=one)


def _is_as_it_was(known: WordMapping, choice: Choice) -> bool:
    """Whether a row says what is said already; its entry need not be usable any more."""
    if known.decision is not choice.decision:
        return False
    if choice.decision is Decision.NEVER:
        return True
    if choice.list_id is not None:
        return choice.list_id == known.list_id
    return choice.name == (known.name or known.word)


def _shown(decision: Decision, name: str | None) -> str:
    return {Decision.NEVER: "never", Decision.CREATE: f"create {name}"}.get(decision, name or "")


def _with_twins(change: Change, seen: dict[tuple[WordKind, str, int], int]) -> Change:
    """A word that stands there twice is a mistake in the second place."""
    if change.row is None:
        return change
    key = change.row.kind, change.row.word, change.row.connection_id
    first = seen.setdefault(key, change.line)
    if first == change.line:
        return change
    return Change(
        change.line, Effect.WRONG, change.kind, change.word, problem=f"The word stands in line {first} already."
    )
