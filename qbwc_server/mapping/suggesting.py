"""Suggestions: which entry of QuickBooks a word most likely stands for, how likely, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import address_key, name_key, number_key, search_key
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.mirror.search import How, likeness_of, search
from qbwc_server.mapping.kinds import KINDS
from qbwc_server.mapping.said import Said

MOST = 5  # suggestions for one word
_NEAR = 70  # percent of likeness from which a name is near


class Reason(StrEnum):
    """Why an entry is suggested, the surest first."""

    SAME_NUMBER = "same_number"
    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"


_ORDER = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that a word may stand for; ``likeness`` of the names in percent."""

    entry: MirrorEntry
    reason: Reason
    likeness: int


def suggestions_for(db: Session, company_id: int, said: Said) -> list[Suggestion]:
    """What the word may stand for, the likeliest first; nothing that is inactive or does not fit."""
    mapped = KINDS[said.kind]
    found: dict[str, Suggestion] = {}
    for text in _texts(said):
        hits = search(
            db, company_id, text, kinds=(mapped.list_kind,), types=mapped.types, inactive=False, limit=4 * MOST
        )
        for hit in hits:
            one = _judged(said, hit.entry)
            if one is None and hit.how is How.NAME and mapped.fits(hit.entry.entry_type):
                one = Suggestion(hit.entry, Reason.NEAR_NAME, hit.likeness)
            if one is not None:
                found.setdefault(one.entry.list_id, one)
    return sorted(found.values(), key=lambda one: (_ORDER[one.reason], -one.likeness, one.entry.name_key))[:MOST]


def sure_one(suggestions: Iterable[Suggestion]) -> Suggestion | None:
    """The suggestion that leaves no doubt: one entry alone has the same number, e-mail address or name.

    Where the same number points to one entry and the same name to another, nothing is sure.
    """
    exact = [one for one in suggestions if one.reason is not Reason.NEAR_NAME]
    return exact[0] if len(exact) == 1 else None


def _texts(said: Said) -> Iterator[str]:
    """What is searched for, each once."""
    yield from dict.fromkeys(text for text in (said.number, said.email, said.word, said.title) if text and text.strip())


def _judged(said: Said, entry: MirrorEntry) -> Suggestion | None:
    names = [text for text in (said.word, said.title) if text]
    likeness = max(likeness_of(search_key(name), entry.search_key, entry.company_name) for name in names)
    numbers = {number_key(text) for text in (said.number, said.word) if text and any(map(str.isdigit, text))} - {""}
    if entry.number and number_key(entry.number) in numbers:
        return Suggestion(entry, Reason.SAME_NUMBER, likeness)
    if said.email and entry.email and address_key(entry.email) == address_key(said.email):
        return Suggestion(entry, Reason.SAME_EMAIL, likeness)
    if any(name_key(name.strip()) == entry.name_key for name in names):
        return Suggestion(entry, Reason.SAME_NAME, 100)
    return Suggestion(entry, Reason.NEAR_NAME, likeness) if likeness >= _NEAR else None
