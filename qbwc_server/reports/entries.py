"""Which entry of QuickBooks stands in each place of a document, its word at the source, and what gave it that entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import called_of, entries_of, given_of
from qbwc_server.documents.words import DocumentWord, words_in

_INDEX = re.compile(r"\[(\d+)\]\.?")


class GivenBy(StrEnum):
    """What gave a place its entry."""

    SOURCE = "source"  # names the entry itself
    MAPPING = "mapping"
    RULE = "rule"
    LEARNT = "learnt"  # what was confirmed before
    OPTION = "option"  # of the channel or format: a default for all of that sort
    PERSON = "person"  # edited it here
    NOTHING = "nothing"  # its word has no entry yet


def entries_record(row: DocumentRow) -> list[dict[str, Any]]:
    """Each place that names an entry, in the order of the document."""
    kept = words_in(row)
    words = {} if kept is None else {one.field: one for one in kept.words}
    called, given = called_of(row), given_of(row)
    drafted = {f"{place}.account": one["account"] for place, one in entries_of(row).get("lines", {}).items()}
    found = []
    for named in load_document(row.body).names():
        word = words.get(named.field)
        found.append(
            {
                "field": named.field,
                "list_kind": named.list_kind.value,
                "name": None if word is not None and word.problem is not None else named.name,
                "word": called.get(named.name) if word is None else word.word,
                "kind": None if word is None else word.kind,
                "hints": {} if word is None else dict(word.hints or {}),
                "given_by": _given_by(named.name, word, given.get(named.field), drafted.get(named.field)),
                "problem": None if word is None or word.problem is None else word.problem.as_record(),
            }
        )
    return found


def not_by_the_source(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of them that the source does not name itself, in words that are mapped or by a rule or default."""
    return [one for one in entries if one["word"] is not None or one["given_by"]["what"] != GivenBy.SOURCE]


def place_words(field: str) -> str:
    """A place for a person: ``Lines 2: item`` of ``lines[1].item``."""
    counted = _INDEX.sub(lambda found: f" {int(found[1]) + 1}: ", field).rstrip(": ")
    plain = counted.replace(".", ": ").replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _given_by(name: str, word: DocumentWord | None, said: str | None, drafted: str | None) -> dict[str, Any]:
    if word is None:
        if drafted is not None and drafted != name:
            return {"what": GivenBy.PERSON.value, "id": None, "words": "a person has edited it here"}
        return _told(said) if said else {"what": GivenBy.SOURCE.value, "id": None, "words": "its source names it"}
    if name != word.stands:
        return {"what": GivenBy.PERSON.value, "id": None, "words": "a person has edited it here"}
    if word.why is None:
        return {"what": GivenBy.NOTHING.value, "id": None, "words": "nothing yet"}
    return _told(word.why)


def _told(why: str) -> dict[str, Any]:
    """``mapping 12``, ``rule 3``, ``option tip_item``: what it is, and which."""
    what, _, which = why.partition(" ")
    known = what if what in tuple(GivenBy) else GivenBy.LEARNT.value
    return {"what": known, "id": int(which) if which.isdigit() else None, "words": why}
