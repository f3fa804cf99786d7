"""Search in the lists of a company: by beginning, by word and by likeness, each by an index, ranked at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import address_key, findable, joined, name_key, number_key, search_key
from qbwc_server.books.mirror.lists import stands_in
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.db import Base
from qbwc_server.list_kinds import ListKind

# The tables, not the classes: to build a statement of classes takes longer than the database needs to answer it.
_ENTRIES, _WORDS = (Base.metadata.tables[name] for name in ("mirror_entries", "mirror_words"))
_ENTRY, _WORD = _ENTRIES.c, _WORDS.c
MOST = 100  # entries of one answer
_CANDIDATES = 100  # entries that are looked at for each way to find them
_COUNTED = 400  # a word that more entries bear is a common one
_VOCABULARY = 4_000  # words of like beginning or end that are compared with what was asked for
_LIKE_WORDS = 8  # of them, those that are taken
_LIKE_WORD, LIKE = 72, 70  # percent of likeness from which a word, or an entry, is taken
_LAST = "\N{DELETE}"  # behind all that a key holds
_LONG_WORD = 7  # characters from which on a word begins or ends with the same three, else with the same two
_LONGER = 2  # characters that a word may have more or less than another one that is like it
_WORTH_LIKENESS = 4  # characters of a word from which on another one may be like it


class How(IntEnum):
    """How an entry was found, the surest first."""

    NAME = 1  # it is called so, or it is its ListID, number or e-mail
    BEGINNING = 2
    WORD = 3
    LIKENESS = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, how, and how like its name is to what was asked for, in percent."""

    entry: MirrorEntry
    how: How
    likeness: int


@dataclass(frozen=True, slots=True)
class _Among:
    """Which entries are searched."""

    company_id: int
    kinds: tuple[ListKind, ...]
    types: tuple[str, ...]
    inactive: bool

    def of(self, model: Any) -> list[ColumnElement[bool]]:
        """Conditions on a table that has the company and the kind."""
        found = [model.company_id == self.company_id]
        if self.kinds:
            found.append(model.kind.in_(self.kinds))
        return found

    @property
    def entries(self) -> list[ColumnElement[bool]]:
        """Conditions on entries."""
        return [*self.of(_ENTRY), *self.standing]

    @property
    def standing(self) -> list[ColumnElement[bool]]:
        """Those that no index serves, for entries that are known by their numbers."""
        found: list[ColumnElement[bool]] = [_ENTRY.gone.is_(None)]
        if self.types:
            found.append(_ENTRY.entry_type.in_(self.types))
        if not self.inactive:
            found.append(_ENTRY.active.is_(True))
        return found


@dataclass(frozen=True, slots=True)
class _Said:
    """A word that is asked for: by its beginning, or one of those that are like it."""

    beginning: str
    like: tuple[str, ...] = ()

    def on(self, column: Any) -> ColumnElement[bool]:
        """The condition on the column of words."""
        if self.like:
            return column.in_(self.like)  # type: ignore[no-any-return]
        return and_(column >= self.beginning, column < self.beginning + _LAST)


def search(
    db: Session,
    company_id: int,
    text: str,
    *,
    kinds: Collection[ListKind] = (),
    types: Collection[str] = (),
    inactive: bool = True,
    limit: int = 20,
) -> list[Hit]:
    """The entries that ``text`` may mean, the likeliest first; active ones before inactive ones found as surely.

    What is merely like it is looked for where nothing is found otherwise.

    Args:
        kinds: lists that are searched; all where none is named.
        types: of items, accounts and the like, in QuickBooks' words; all where none is named.
        inactive: whether inactive ones are found, too.
    """
    among = _among(company_id, kinds, types, inactive=inactive)
    words = [] if "@" in text else search_key(text).split()
    found: dict[int, How] = {}
    _note(found, How.NAME, _called(db, among, text))
    if words:
        _note(found, How.BEGINNING, _beginning(db, among, " ".join(words), limit))
    if words and len(found) < limit:
        _note(found, How.WORD, _by_words(db, among, [_Said(word) for word in findable(words)]))
    if words and not found:
        _note(found, How.LIKENESS, _alike(db, among, words))
    return _ranked(db, among, found, " ".join(words), limit) if found else []


def _among(company_id: int, kinds: Collection[ListKind], types: Collection[str], *, inactive: bool) -> _Among:
    places = [stands_in(kind) for kind in kinds]
    implied = () if any(not of_types for _, of_types in places) else tuple(one for _, many in places for one in many)
    return _Among(company_id, tuple(sorted({kind for kind, _ in places})), tuple(types) or implied, inactive)


def _note(found: dict[int, How], how: How, ids: Iterable[int]) -> None:
    for one in ids:
        found.setdefault(one, how)


def _called(db: Session, among: _Among, text: str) -> list[int]:
    """Those whose full name or ListID it is, or whose e-mail or number."""
    said = text.strip()
    called = select(_ENTRY.id).where(*among.entries, _ENTRY.name_key == name_key(said)).limit(_CANDIDATES)
    found = list(db.scalars(called))
    if not any(sign.isdigit() or sign == "@" for sign in said):
        return found
    found += db.scalars(select(_ENTRY.id).where(*among.entries, _ENTRY.list_id == said).limit(_CANDIDATES))
    keys = keys_of(said, said)
    worded = select(_WORD.entry_id).where(*among.of(_WORD), _WORD.word.in_(keys)).limit(_CANDIDATES)
    rows = db.execute(  # by its number alone: SQLite would rather go through the whole list
        select(_ENTRY.id, _ENTRY.email, _ENTRY.number).where(*among.standing, _ENTRY.id.in_(worded))
    )
    return [*found, *(one for one, email, number in rows if keys_of(email, number) & keys)]


def keys_of(email: str | None, number: str | None) -> set[str]:
    """The e-mail address and the number of an entry as they are compared."""
    return {key for key in (address_key(email or ""), number_key(number or "")) if key}


def _beginning(db: Session, among: _Among, key: str, limit: int) -> Sequence[int]:
    return db.scalars(
        select(_ENTRY.id)
        .where(*among.entries, _ENTRY.search_key >= key, _ENTRY.search_key < key + _LAST)
        .order_by(_ENTRY.search_key)
        .limit(limit)
    ).all()


def _by_words(db: Session, among: _Among, words: Sequence[_Said]) -> Sequence[int]:
    """Entries that bear all the words: the rarest word finds them, the others are looked up with each."""
    if not words:
        return ()
    rarest = _rarest(db, among, words)
    found = select(_WORD.entry_id).where(*among.of(_WORD), words[rarest].on(_WORD.word)).distinct()
    if among.types or not among.inactive:
        found = found.join(_ENTRIES, _ENTRY.id == _WORD.entry_id).where(*among.standing)
    for number, word in enumerate(words):
        if number != rarest:
            other = _WORDS.alias().c
            same = select(other.entry_id).where(other.entry_id == _WORD.entry_id, word.on(other.word))
            found = found.where(same.exists())
    return db.scalars(found.limit(_CANDIDATES)).all()


def _rarest(db: Session, among: _Among, words: Sequence[_Said]) -> int:
    """The place of the word that the fewest entries bear, as far as that is counted."""
    if len(words) == 1:
        return 0
    bearing = [select(_WORD.entry_id).where(*among.of(_WORD), word.on(_WORD.word)) for word in words]
    counts = [select(func.count()).select_from(one.limit(_COUNTED).subquery()).scalar_subquery() for one in bearing]
    numbers = db.execute(select(*counts)).one()
    return min(range(len(words)), key=lambda place: numbers[place])


def _alike(db: Session, among: _Among, words: Sequence[str]) -> Sequence[int]:
    """Entries with words that are like all of these; else those with the rarest of them, or with all of them in one."""
    known = [_Said(word, _like(db, among, word) or (word,)) for word in findable(list(words))]
    found = _by_words(db, among, known)
    if len(known) > 1 and not found:
        worth = [word for word in known if len(word.beginning) >= _WORTH_LIKENESS] or known
        whole = joined(list(words))
        found = [
            *_by_words(db, among, [worth[_rarest(db, among, worth)]]),
            *_by_words(db, among, [_Said(whole, _like(db, among, whole) or (whole,))]),
        ]
    return found


def _like(db: Session, among: _Among, word: str) -> tuple[str, ...]:
    """Words of the company's lists that are like this one: itself, or those that begin or end as it does."""
    here = among.of(_WORD)
    known = select(_WORD.entry_id).where(*here, _WORD.word == word).limit(1)
    if len(word) < _WORTH_LIKENESS or db.scalar(known):
        return (word,)
    edge = 2 if len(word) < _LONG_WORD else 3
    alike: dict[str, float] = {}
    for column, said in ((_WORD.word, word), (_WORD.backwards, word[::-1])):
        beginning = (column >= said[:edge], column < said[:edge] + _LAST)
        as_long = func.length(column).between(len(word) - _LONGER, len(word) + _LONGER)
        near = db.scalars(select(column).where(*here, *beginning, as_long).distinct().limit(_VOCABULARY)).all()
        found = process.extract(said, near, scorer=fuzz.ratio, score_cutoff=_LIKE_WORD, limit=_LIKE_WORDS)
        alike.update({one if said is word else one[::-1]: likeness for one, likeness, _ in found})
    return tuple(sorted(alike, key=lambda one: (-alike[one], one))[:_LIKE_WORDS])


def _ranked(db: Session, among: _Among, found: dict[int, How], key: str, limit: int) -> list[Hit]:
    columns = (
        _ENTRY.id,
        _ENTRY.active,
        _ENTRY.name_key,
        _ENTRY.search_key,
        _ENTRY.company_name,
    )
    ranks = []
    for one in db.execute(select(*columns).where(*among.standing, _ENTRY.id.in_(found))).all():
        how, likeness = found[one.id], likeness_of(key, one.search_key, one.company_name)
        if how is not How.LIKENESS or likeness >= LIKE:
            ranks.append((how, not one.active, -likeness, one.name_key, one.id))
    best = sorted(ranks)[:limit]
    entries = {
        one.id: one for one in db.scalars(select(MirrorEntry).where(MirrorEntry.id.in_([row[-1] for row in best])))
    }
    return [Hit(entries[number], how, -unlike) for how, _, unlike, _, number in best]


def likeness_of(key: str, name: str, company_name: str | None) -> int:
    """How like a search key is to that of a name, or to a company name, in percent."""
    keys = {name} if company_name is None else {name, search_key(company_name)}
    whole = joined(key.split())
    return round(max(max(fuzz.token_sort_ratio(key, one), fuzz.ratio(whole, joined(one.split()))) for one in keys))
