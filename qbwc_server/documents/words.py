"""Words of a source that stand in a document for entries of QuickBooks, and what each of them became."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class DocumentWord:
    """One word at one place.

    Attributes:
        field: path in the document: ``lines[0].item``.
        kind: what sort of entry it means, in the words of the mappings.
        word: what the source calls it there.
        key: the same as it is compared.
        drafted: the text that the source put in this place.
        hints: what else the source tells of it, such as its e-mail address or number.
        name: of the entry that it became; None where it has none.
        why: what gave it the entry, such as ``mapping 12``.
        problem: why it has none.
    """

    field: str
    kind: str
    word: str
    key: str
    drafted: str
    hints: Mapping[str, str] | None = None
    name: str | None = None
    why: str | None = None
    problem: Problem | None = None

    @property
    def stands(self) -> str:
        """The text in this place of the document, as long as nobody has edited it."""
        return self.drafted if self.name is None else self.name


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """All words of a document, and what is needed to go on with it once they have entries.

    Attributes:
        connection_id: of the connection that brought it; 0 for none.
        submits: whether it is submitted then; else a person looks at it first.
        reviews: why a person has to see it even so.
    """

    words: tuple[DocumentWord, ...]
    connection_id: int = 0
    submits: bool = False
    reviews: tuple[Problem, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """As it is kept with the document."""
        return {
            "words": [asdict(one) for one in self.words],
            "connection_id": self.connection_id,
            "submits": self.submits,
            "reviews": [one.as_record() for one in self.reviews],
        }

    @property
    def problems(self) -> list[Problem]:
        """What keeps the document from being submitted: a word that comes several times is told once."""
        return list({(one.kind, one.key): one.problem for one in self.words if one.problem is not None}.values())

    @property
    def unresolved(self) -> frozenset[str]:
        """The places whose words have no entry."""
        return frozenset(one.field for one in self.words if one.problem is not None)


def words_in(row: DocumentRow) -> DocumentWords | None:
    """The words of a document; None where its source names the entries themselves."""
    kept = row.words
    if kept is None:
        return None
    words = tuple(DocumentWord(**{**one, "problem": _problem(one["problem"])}) for one in kept["words"])
    reviews = tuple(Problem(**one) for one in kept["reviews"])
    return DocumentWords(words, kept["connection_id"], kept["submits"], reviews)


def unmapped_words(row: DocumentRow) -> list[DocumentWord]:
    """The words of a document that have no entry, each once."""
    words = words_in(row)
    return list({(one.kind, one.key): one for one in words.words if one.problem}.values()) if words else []


def _problem(record: Mapping[str, str] | None) -> Problem | None:
    return None if record is None else Problem(**record)


def with_names(document: Document, names: Mapping[str, str]) -> Document:
    """The document with other names at these places.

    Raises:
        KeyError: there is no such place.
        ValidationError: a name cannot stand there.
    """
    values = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    for field, name in names.items():
        _put(values, field, name)
    return KINDS[document.kind].model_validate(values)


def _put(values: dict[str, Any], field: str, name: str) -> None:
    steps: list[str | int] = [int(index) if index else key for key, index in _STEP.findall(field)]
    place: Any = values
    for step in steps[:-1]:
        place = place[step]
    last = steps[-1]
    if isinstance(place[last], dict):  # a party, known by its name
        place[last]["name"] = name
    else:
        place[last] = name


def names_by_field(document: Document) -> dict[str, str]:
    """The names of entries in a document, by place."""
    return {one.field: one.name for one in document.names()}


def still_there(words: Sequence[DocumentWord], document: Document) -> tuple[DocumentWord, ...]:
    """Those of the words whose place nobody has edited."""
    names = names_by_field(document)
    return tuple(one for one in words if names.get(one.field) == one.stands)


def found_again(words: DocumentWords, document: Document) -> DocumentWords:
    """The words in a document that somebody has edited: wherever a name is still the same, its line may have moved."""
    known = {(_sort(one.field), one.stands): one for one in words.words}
    places = [(named.field, known.get((_sort(named.field), named.name))) for named in document.names()]
    found = tuple(_at(one, field) for field, one in places if one is not None)
    return replace(words, words=found)


def _at(word: DocumentWord, field: str) -> DocumentWord:
    return replace(word, field=field, problem=None if word.problem is None else replace(word.problem, field=field))


def _sort(field: str) -> str:
    """A place without its number: ``lines[].item``."""
    return re.sub(r"\[\d+\]", "[]", field)
