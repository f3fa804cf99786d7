"""What upstream wants in the books, kept apart from the server: the measure that its result is held against."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import ValidationError

from bench.soak import records
from bench.soak.records import Record
from bench.soak.shapes import SHAPES
from qbwc_server.documents.kinds import KINDS, Document, read_document

TRIES = 30


class NotMade(Exception):
    """No acceptable document of a kind could be made: the harness does not know what it needs."""


@dataclass
class Intent:
    """One document as it was asked for last, and what is wanted of it."""

    origin: str
    kind: str
    record: Record
    revision: int = 1
    excluded: bool = False  # a person said: not into the books
    void: bool = False  # a person had it voided
    poison: bool = False  # QuickBooks cannot read it: it must fail, alone
    left_out: str = ""  # a person saw that it is not in the books, and left it so; why
    acknowledged: set[str] = field(default_factory=set)  # what a person was shown of it and took note of

    @property
    def document(self) -> Document:
        """As it is handed in."""
        return read_document(self.record)

    def problems(self) -> list[str]:
        """What the server would find wrong with it."""
        try:
            return [problem.message for problem in self.document.problems()]
        except ValidationError as mistake:
            return [str(mistake)]

    @property
    def mark(self) -> str:
        """What its memo begins with."""
        return f"#{self.origin}#"

    @property
    def wanted(self) -> bool:
        """Whether it belongs into the books, with its amounts."""
        return not (self.excluded or self.void or self.poison or self.left_out)

    def named(self) -> str:
        """For the story."""
        number = f" {self.record['number']}" if "number" in self.record else ""
        return f"{self.kind.replace('_', ' ')} {self.origin}{number}"


class Wishes:
    """Makes documents, and changes of mind about them."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.all: dict[str, Intent] = {}

    def new(self, dice: random.Random) -> Intent:
        """Another document of any kind; what needs others only where they are.

        Raises:
            NotMade: the server calls everything that was tried unacceptable.
        """
        origin = f"{self._prefix}-{len(self.all) + 1}"
        kind = dice.choice(list(KINDS))
        reasons = ""
        for _ in range(TRIES):
            record = records.make(kind, dice)
            shape = SHAPES.get(kind)
            if shape is not None and not shape(record, self.all, dice):
                kind, reasons = "invoice", ""
                continue
            self._dress(origin, record, 1, dice)
            if dice.random() < 0.75 and KINDS[kind].number_limit:
                record["number"] = f"{kind[:2].upper()}{len(self.all) + 1}"
            intent = Intent(origin, kind, record)
            problems = intent.problems()
            if not problems:
                self.all[origin] = intent
                return intent
            reasons = "; ".join(problems)
        raise NotMade(f"{kind}: {reasons}")

    @staticmethod
    def _dress(origin: str, record: Record, revision: int, dice: random.Random) -> None:
        """Mark it, so that it is recognised in the books whatever else becomes of it."""
        record["origin"] = origin
        record["memo"] = f"#{origin}# r{revision} {dice.choice(records.TEXTS)}"

    def revised(self, intent: Intent, dice: random.Random) -> Record | None:
        """The record of a next revision; None where nothing acceptable came up."""
        for _ in range(TRIES):
            record = deepcopy(intent.record)
            fresh = records.make(intent.kind, dice)
            shape = SHAPES.get(intent.kind)
            if shape is not None and not shape(fresh, self.all, dice, intent):
                return None
            for _ in range(dice.choice((1, 1, 2))):
                self._change(record, fresh, dice, paid=self.pays(intent.origin))
            self._dress(intent.origin, record, intent.revision + 1, dice)
            copy = Intent(intent.origin, intent.kind, record)
            if not copy.problems():
                return record
        return None

    @staticmethod
    def _change(record: Record, fresh: Record, dice: random.Random, *, paid: bool) -> None:
        """Change something in a record: a field taken from a fresh one, one taken away, or a line."""
        kept = {"kind", "origin", "number", "memo", "applies_to", "amount"}
        if paid:  # never less in total, nor another customer
            kept |= records.LISTS | {"customer", "ar_account", "deposit_to"}
        names = sorted(name for name in {*record, *fresh} - kept if isinstance(name, str))
        lists = sorted(name for name in records.LISTS & record.keys() if record[name])
        if lists and not paid and dice.random() < 0.6:
            name = dice.choice(lists)
            _change_lines(record[name], fresh.get(name) or [], dice)
        elif names:
            name = dice.choice(names)
            if name in fresh:
                record[name] = fresh[name]
            else:
                record.pop(name, None)

    def accepted(self, intent: Intent, record: Record) -> None:
        """The server took this revision."""
        intent.record = record
        intent.revision += 1
        intent.acknowledged.clear()

    def pays(self, origin: str) -> bool:
        """Whether another document that is wanted refers to this one."""
        return any(origin in one.document.waits_for() for one in self.all.values() if not one.excluded)


def _change_lines(lines: list[Record], fresh: list[Record], dice: random.Random) -> None:
    what = dice.randrange(5)
    priced = [line for line in lines if "amount" in line]
    if what == 0 and fresh:
        lines.insert(dice.randrange(len(lines) + 1), fresh[0])
    elif what == 1 and len(lines) > 1:
        del lines[dice.randrange(len(lines))]
    elif what == 2 and priced:
        one = dice.choice(priced)
        one["amount"] = str(Decimal(one["amount"]) + Decimal("5.05"))
    elif what == 3 and len(lines) > 1:
        dice.shuffle(lines)
    else:
        one = dice.choice(lines)
        texts = [name for name in ("description", "memo") if name in one]
        if texts:
            one.pop(texts[0])
        elif fresh and "item" in one and "item" in fresh[0]:
            lines[lines.index(one)] = fresh[0]
