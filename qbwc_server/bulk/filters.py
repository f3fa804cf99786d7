"""Which documents are meant: by number, state, kind, reason, beginning of the origin, text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.errors import Invalid
from qbwc_server.shortening import storable

MOST_IDS = 1_000
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Filter:
    """What is meant; what is left out is not looked at.

    Attributes:
        origin: what the origin begins with, such as ``feed:tea-shop:``.
        text: part of a number or of the party's name.
        kinds: those that whoever asks may do something with; (): all.
    """

    ids: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    kind: str | None = None
    reason: str | None = None
    origin: str | None = None
    text: str | None = None
    kinds: tuple[str, ...] = ()

    def where(self, company_id: int) -> list[ColumnElement[bool]]:
        """As conditions on DocumentRow."""
        found: list[ColumnElement[bool]] = [DocumentRow.company_id == company_id]
        if self.ids:
            found.append(DocumentRow.id.in_(self.ids))
        if self.states:
            found.append(DocumentRow.state.in_(self.states))
        if self.kinds:
            found.append(DocumentRow.kind.in_(self.kinds))
        if self.kind is not None:
            found.append(DocumentRow.kind == self.kind)
        if self.reason is not None:
            found.append(DocumentRow.reason == self.reason)
        if self.origin is not None:
            found.append(DocumentRow.origin.startswith(self.origin, autoescape=True))
        if self.text is not None:
            columns = (DocumentRow.number, DocumentRow.posted_number, DocumentRow.party)
            found.append(or_(*(column.icontains(self.text, autoescape=True) for column in columns)))
        return found

    def as_record(self) -> dict[str, Any]:
        """What was asked for, without what was left out."""
        return {name: _plain(value) for name, value in asdict(self).items() if value not in (None, ())}


def _plain(value: Any) -> Any:
    return [str(one) if isinstance(one, State) else one for one in value] if isinstance(value, tuple) else value


def read_filter(said: Mapping[str, Any]) -> Filter:
    """A filter as people and programs say it. Raises Invalid."""
    if unknown := sorted(said.keys() - {"ids", "states", "kind", "reason", "origin", "text"}):
        raise Invalid(f"Documents are not chosen by {unknown[0][:40]!r}.")
    ids, states = _list(said, "ids"), _list(said, "states")
    if len(ids) > MOST_IDS or not all(isinstance(one, int) and 0 < one <= LARGEST_ID for one in ids):
        raise Invalid(f"ids are at most {MOST_IDS} numbers of documents.")
    if not {str(one) for one in states} <= {*State}:
        raise Invalid(f"states are among {', '.join(State)}.")
    kind = _text(said, "kind")
    if kind is not None and kind not in KINDS:
        raise Invalid(f"There is no kind of document {kind[:40]!r}.")
    reason, origin, text = (_text(said, name) for name in ("reason", "origin", "text"))
    return Filter(tuple(ids), tuple(State(one) for one in states), kind, reason, origin, text)


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name) or []
    if not isinstance(value, list):
        raise Invalid(f"{name} is a list.")
    return value


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise Invalid(f"{name} is a text of at most {_LONGEST} characters.")
    return storable(value)
