"""Words to entries: what each word of a batch stands for now, or why it stands for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.fate import Fate, Standing, became_of
from qbwc_server.documents.problems import Problem
from qbwc_server.mapping.kinds import KINDS, WordKind
from qbwc_server.mapping.models import ALL_CONNECTIONS, Decision, WordMapping
from qbwc_server.mapping.said import Said

UNMAPPED, LOST, MISFIT, NEVER = "unmapped", "mapping_lost", "mapping_does_not_fit", "never_taken"
UNUSABLE = "entry_unusable"
Key = tuple[WordKind, str]
_AT_A_TIME = 500  # words in one statement


def waits_for_a_word(code: str | None) -> bool:
    """Whether somebody has to say, by this problem, which entry of QuickBooks a word stands for."""
    return code in (UNMAPPED, LOST, MISFIT, UNUSABLE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A word that stands for an entry: its full name now, and its ListID where QuickBooks has told it."""

    name: str
    mapping_id: int
    list_id: str | None = None

    @property
    def why(self) -> str:
        """What gave it the entry."""
        return f"mapping {self.mapping_id}"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A word that stands for nothing, and why; the field of the problem is for the document to say."""

    problem: Problem

    @property
    def never(self) -> bool:
        """Whether somebody said that what names it is never taken."""
        return self.problem.code == NEVER


def resolve(
    db: Session, company_id: int, connection_id: int, words: Collection[Said]
) -> dict[Key, Resolved | Unmapped]:
    """What each word stands for, by its key; nothing is changed.

    What was said for this connection counts before what was said for all. An entry is followed by its ListID: renamed,
    it has its new name. That it was merged into another QuickBooks does not tell: a person says so.
    """
    asked = {said.key: said for said in words}
    rows = _rows(db, company_id, connection_id, asked)
    fates = fates_of(db, company_id, rows.values())
    return {
        key: Unmapped(_unmapped(said)) if key not in rows else outcome_of(rows[key], fates.get(rows[key].id), said.word)
        for key, said in asked.items()
    }


def _rows(db: Session, company_id: int, connection_id: int, keys: Collection[Key]) -> dict[Key, WordMapping]:
    found: dict[Key, WordMapping] = {}
    texts = sorted({text for _, text in keys})
    for start in range(0, len(texts), _AT_A_TIME):
        rows = db.scalars(
            select(WordMapping)
            .where(
                WordMapping.company_id == company_id,
                WordMapping.word.in_(texts[start : start + _AT_A_TIME]),
                WordMapping.connection_id.in_((ALL_CONNECTIONS, connection_id)),
            )
            .order_by(WordMapping.connection_id)  # the one for all first
        )
        found.update({(row.kind, row.word): row for row in rows if (row.kind, row.word) in keys})
    return found


def fates_of(db: Session, company_id: int, rows: Iterable[WordMapping]) -> dict[int, Fate]:
    """What became of the entries of these mappings, by the id of the mapping."""
    by_kind: dict[WordKind, dict[int, str]] = {}
    for row in rows:
        if row.list_id is not None:
            by_kind.setdefault(row.kind, {})[row.id] = row.list_id
    found: dict[int, Fate] = {}
    for kind, ids in by_kind.items():
        fates = became_of(db, company_id, KINDS[kind].list_kind, set(ids.values()))
        found.update({row_id: fates[list_id] for row_id, list_id in ids.items()})
    return found


def outcome_of(row: WordMapping, fate: Fate | None, word: str | None = None) -> Resolved | Unmapped:
    """What a mapping comes to now."""
    kind, said = KINDS[row.kind], row.word if word is None else word
    name = row.name or row.word
    if row.decision is Decision.NEVER:
        return Unmapped(
            Problem(
                NEVER,
                "",
                f"Somebody said that the {kind.title} {said!r} is never taken.",
                "To take it after all, say which entry of QuickBooks it is.",
            )
        )
    if row.decision is Decision.CREATE or fate is None or fate.standing is Standing.UNKNOWN:
        return Resolved(name, row.id, row.list_id)
    entry = fate.entry
    if entry is None or fate.standing is not Standing.PRESENT:  # nor does one go where it may have been merged into
        return Unmapped(_lost(kind.title, said, name, fate))
    if not kind.fits(entry.entry_type):
        return Unmapped(misfit(row.kind, said, entry.full_name, entry.entry_type))
    return Resolved(entry.full_name, row.id, entry.list_id)


def _unmapped(said: Said) -> Problem:
    called = f" ({said.title})" if said.title and said.title != said.word else ""
    return Problem(
        UNMAPPED,
        "",
        f"There is no QuickBooks {KINDS[said.kind].title} for {said.word!r}{called} yet.",
        "Say which one it is, or that it is never taken; the document then goes on by itself.",
    )


_FATES = {
    Standing.INACTIVE: "is inactive in QuickBooks",
    Standing.DELETED: "was deleted in QuickBooks, or merged into another one",
    Standing.MISSING: "is not in QuickBooks any more",
}


def _lost(title: str, word: str, name: str, fate: Fate) -> Problem:
    heirs = " or ".join(one.full_name for one in fate.heirs)
    perhaps = f" It may be {heirs} now." if heirs else ""
    return Problem(
        LOST,
        "",
        f"The QuickBooks {title} {name!r}, which {word!r} stands for, {_FATES[fate.standing]}.{perhaps}",
        "Make it active again there, or say which other one it is.",
    )


def misfit(kind: WordKind, word: str, name: str, entry_type: str | None) -> Problem:
    """An entry of a type that this kind of word cannot stand for."""
    wanted = KINDS[kind]
    return Problem(
        MISFIT,
        "",
        f"{word!r} wants a {wanted.title}, and {name!r} is of type {entry_type} in QuickBooks.",
        f"Choose {wanted.wanted}.",
    )
