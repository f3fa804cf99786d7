"""Search in the lists of a company: by beginning, by word and by likeness, each by an index, ranked at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from qbwc_server.books.mirror.keys import address_key, findable, joined, name_key, number_key, search_key
from qbwc_server.books.mirror.lists import stands_in
from qbwc_server.books.mirror.models import EntryWord, MirrorEntry
from qbwc_server.list_kinds import ListKind

MOST = 100  # entries of one answer
_CANDIDATES = 200  # entries that are looked at for each way to find them
_COUNTED = 400  # a word that more entries bear is a common one
_VOCABULARY = 4_000  # words of like beginning or end that are compared with what was asked for
_LIKE_WORDS = 8  # of them, those that are taken
_LIKE_WORD, LIKE = 72, 70  # percent of likeness from which a word, or an entry, is taken
_LAST = "\N{DELETE}"  # behind all that a key holds
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
        found = [*self.of(MirrorEntry), MirrorEntry.gone.is_(None)]
        if self.types:
            found.append(MirrorEntry.entry_type.in_(self.types))
        if not self.inactive:
            found.append(MirrorEntry.active.is_(True))
        return found


@dataclass(frozen=True, slots=True)
class _Word:
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

    Args:
        kinds: lists that are searched; all where none is named.
        types: of items, accounts and the like, in QuickBooks' words; all where none is named.
        inactive: whether inactive ones are found, too.
    """
    among = _among(company_id, kinds, types, inactive=inactive)
    words = search_key(text).split()
    found: dict[int, How] = {}
    _note(found, How.NAME, _called(db, among, text))
    if words:
        _note(found, How.BEGINNING, _beginning(db, among, " ".join(words), limit))
    if words and len(found) < limit:
        _note(found, How.WORD, _by_words(db, among, [_Word(word) for word in findable(words)]))
    if words and len(found) < limit:
        _note(found, How.LIKENESS, _alike(db, among, words))
    return _ranked(db, among, found, " ".join(words))[:limit]


def _among(company_id: int, kinds: Collection[ListKind], types: Collection[str], *, inactive: bool) -> _Among:
    places = [stands_in(kind) for kind in kinds]
    implied = () if any(not of_types for _, of_types in places) else tuple(one for _, many in places for one in many)
    return _Among(company_id, tuple(sorted({kind for kind, _ in places})), tuple(types) or implied, inactive)


def _note(found: dict[int, How], how: How, ids: Iterable[int]) -> None:
    for one in ids:
        found.setdefault(one, how)


def _called(db: Session, among: _Among, text: str) -> Sequence[int]:
    """Those whose full name or ListID it is, or whose e-mail or number."""
    is_its = or_(MirrorEntry.name_key == name_key(text.strip()), MirrorEntry.list_id == text.strip())
    named = db.scalars(select(MirrorEntry.id).where(*among.entries, is_its).limit(_CANDIDATES)).all()
    keys = [key for key in (address_key(text), number_key(text)) if key]
    if not any(sign.isdigit() or sign == "@" for sign in text):
        return named
    worded = select(EntryWord.entry_id).where(*among.of(EntryWord), EntryWord.word.in_(keys)).limit(_CANDIDATES)
    rows = db.execute(
        select(MirrorEntry.id, MirrorEntry.email, MirrorEntry.number).where(*among.entries, MirrorEntry.id.in_(worded))
    )
    return [*named, *(one for one, *known in rows if keys_of(*known) & set(keys))]


def keys_of(email: str | None, number: str | None) -> set[str]:
    """The e-mail address and the number of an entry as they are compared."""
    return {key for key in (address_key(email or ""), number_key(number or "")) if key}


def _beginning(db: Session, among: _Among, key: str, limit: int) -> Sequence[int]:
    return db.scalars(
        select(MirrorEntry.id)
        .where(*among.entries, MirrorEntry.search_key >= key, MirrorEntry.search_key < key + _LAST)
        .order_by(MirrorEntry.search_key)
        .limit(limit)
    ).all()


def _by_words(db: Session, among: _Among, words: Sequence[_Word]) -> Sequence[int]:
    """Entries that bear all the words: the rarest word finds them, the others are looked up with each."""
    if not words:
        return ()
    rarest = min(range(len(words)), key=lambda n: _how_many(db, among, words[n])) if len(words) > 1 else 0
    found = select(EntryWord.entry_id).where(*among.of(EntryWord), words[rarest].on(EntryWord.word)).distinct()
    if among.types or not among.inactive:
        found = found.join(MirrorEntry, MirrorEntry.id == EntryWord.entry_id).where(*among.entries)
    for number, word in enumerate(words):
        if number != rarest:
            other = aliased(EntryWord)
            same = select(other.entry_id).where(other.entry_id == EntryWord.entry_id, word.on(other.word))
            found = found.where(same.exists())
    return db.scalars(found.limit(_CANDIDATES)).all()


def _how_many(db: Session, among: _Among, word: _Word) -> int:
    some = select(EntryWord.entry_id).where(*among.of(EntryWord), word.on(EntryWord.word)).limit(_COUNTED)
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0


def _alike(db: Session, among: _Among, words: Sequence[str]) -> list[int]:
    """Entries with words that are like these; where none has all of them, those with the rarest."""
    known = [_Word(word, _like(db, among, word) or (word,)) for word in findable(list(words))]
    found = list(_by_words(db, among, known))
    if len(known) > 1:
        worth = [word for word in known if len(word.beginning) >= _WORTH_LIKENESS] or known
        found += _by_words(db, among, [min(worth, key=lambda one: _how_many(db, among, one))])
        whole = joined(list(words))
        found += _by_words(db, among, [_Word(whole, _like(db, among, whole) or (whole,))])
    return found


def _like(db: Session, among: _Among, word: str) -> tuple[str, ...]:
    """Words of the company's lists that are like this one: they begin or end as it does."""
    if len(word) < _WORTH_LIKENESS:
        return (word,)
    start, end = word[:2], word[:-3:-1]
    vocabulary: set[str] = set()
    for column, edge in ((EntryWord.word, start), (EntryWord.backwards, end)):
        beginning = (column >= edge, column < edge + _LAST)
        near = select(column).where(*among.of(EntryWord), *beginning).distinct().limit(_VOCABULARY)
        vocabulary.update(one if column is EntryWord.word else one[::-1] for one in db.scalars(near))
    return tuple(
        found
        for found, _, _ in process.extract(
            word, sorted(vocabulary), scorer=fuzz.ratio, score_cutoff=_LIKE_WORD, limit=_LIKE_WORDS
        )
    )


def _ranked(db: Session, among: _Among, found: dict[int, How], key: str) -> list[Hit]:
    hits = []
    for entry in db.scalars(select(MirrorEntry).where(*among.entries, MirrorEntry.id.in_(found))):
        how = found[entry.id]
        likeness = likeness_of(key, entry)
        if how is not How.LIKENESS or likeness >= LIKE:
            hits.append(Hit(entry, how, likeness))
    return sorted(hits, key=lambda hit: (hit.how, not hit.entry.active, -hit.likeness, hit.entry.name_key))


def likeness_of(key: str, entry: MirrorEntry) -> int:
    """How like a search key is to the name of an entry, or to its company name, in percent."""
    keys = [entry.search_key] if entry.company_name is None else [entry.search_key, search_key(entry.company_name)]
    alike = max(
        max(fuzz.token_sort_ratio(key, one), fuzz.ratio(joined(key.split()), joined(one.split()))) for one in keys
    )
    return round(alike)
