"""The charges of a period by organisation: read one by one, gathered in a file, so that memory holds an index only."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import ijson

from qbwc_server.billing.charges import NotACharge, charge_of, day_of, organisation_named
from qbwc_server.billing.days import Period
from qbwc_server.channels.contract import BrokenFact
from qbwc_server.channels.http import AnswerUnreadable
from qbwc_server.channels.sherweb.fields import as_kept
from qbwc_server.documents.problems import Problem
from qbwc_server.shortening import shortened, storable

ORPHANS = ""
"""Stands for the organisation of charges that name none, or several: they are listed, never dropped."""
_LONGEST = 200_000  # characters of one charge
_BOM = b"\xef\xbb\xbf"
_ADVICE = "Ask the distributor; nothing is billed for this charge as long as it cannot be read."
_UNREADABLE = (ijson.JSONError, ValueError, ArithmeticError)


@dataclass
class Gathered:
    """What is charged for one period of the distributor.

    Args:
        tells_all: whether the answer lists charges, be it none at all.
        broken: where in the file charges stand that cannot be read, and why.
    """

    period: Period
    tells_all: bool
    file: IO[bytes]
    places: dict[str, array[int]] = field(default_factory=dict)
    broken: list[tuple[Problem, int]] = field(default_factory=list)

    @property
    def organisations(self) -> list[str]:
        """Their names in order."""
        return sorted(self.places)

    def charges(self, organisation: str) -> list[str]:
        """The charges of one, each as JSON; in the same order, in whichever they were told."""
        return sorted(self._line(place) for place in self.places[organisation])

    def broken_facts(self, start: int, count: int) -> Iterator[BrokenFact]:
        """Some of the charges that cannot be read, each with its text."""
        for problem, place in self.broken[start : start + count]:
            yield BrokenFact(problem, self._line(place))

    def add(self, told: object) -> None:
        """One more charge, whatever it is."""
        try:
            kept = _charge(told)
        except NotACharge as error:
            self._set_aside(error.problem, told)
            return
        place, name = self._write(kept), _organisation(kept)
        self.places.setdefault(name, array("Q")).append(place)
        if name == ORPHANS:
            return  # shown as one, which says more
        try:
            charge_of(kept, self.period, {})
        except NotACharge as error:  # kept as it is told: what was billed of it is not taken back
            self.broken.append((error.problem, place))

    def _set_aside(self, problem: Problem, told: object) -> None:
        try:
            text = json.dumps(told, default=str)
        except (ValueError, RecursionError):
            text = f"a {type(told).__name__}"
        self.broken.append((problem, self._write(shortened(text, _LONGEST))))

    def _write(self, value: object) -> int:
        place = self.file.tell()
        self.file.write(json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n")
        return place

    def _line(self, place: int) -> str:
        self.file.seek(place)
        return self.file.readline().decode()


def gather(answer: IO[bytes], file: IO[bytes]) -> Gathered:
    """Gather the charges of an answer in ``file``. Raises AnswerUnreadable."""
    try:
        period, named = _head(answer)
        gathered = Gathered(period, named is not None, file)
        if named is not None:
            _rewind(answer)
            for told in ijson.items(answer, f"{named}.item"):
                gathered.add(told)
    except NotACharge as error:
        raise AnswerUnreadable(f"The answer names no period: {error}") from None
    except _UNREADABLE:
        raise AnswerUnreadable("The charges are not JSON, or not all of it.") from None
    return gathered


def _head(answer: IO[bytes]) -> tuple[Period, str | None]:
    """The period, and how the list of charges is called; None where none is told. The first one of each name counts."""
    days: dict[str, object] = {}
    named: dict[str, str] = {}
    _rewind(answer)
    for prefix, event, value in ijson.parse(answer):
        name = prefix.lower()
        if name in ("periodfrom", "periodto"):
            days.setdefault(name, value)
        elif name == "charges" and event != "end_array":
            if event not in ("start_array", "null"):
                raise AnswerUnreadable("The charges of the answer are no list.")
            named.setdefault(name, prefix if event == "start_array" else "")
        if len(days) == 2 and named:
            break
    if not named:
        raise AnswerUnreadable("The answer holds no charges.")
    first, last = day_of(days.get("periodfrom"), "periodFrom"), day_of(days.get("periodto"), "periodTo")
    if last < first:
        raise AnswerUnreadable(f"The period ends ({last}) before it begins ({first}).")
    return Period(first, last), named["charges"] or None


def _rewind(answer: IO[bytes]) -> None:
    answer.seek(0)
    if answer.read(len(_BOM)) != _BOM:
        answer.seek(0)


def _charge(told: object) -> Mapping[str, Any]:
    """A charge as it is kept, be it one that cannot be billed. Raises NotACharge."""
    if not isinstance(told, dict):
        raise NotACharge("", "What stands among the charges is no object.")
    kept: Mapping[str, Any] = as_kept(told)
    return kept


def _organisation(kept: Mapping[str, Any]) -> str:
    try:
        return storable(organisation_named(kept))
    except NotACharge:
        return ORPHANS
