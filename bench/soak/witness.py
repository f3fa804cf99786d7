"""Stands beside QuickBooks and sees what happens: what programs wrote for which document, what people changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qbwc_server.simulator import CompanyFile
from qbwc_server.simulator.transactions import Transaction
from qbwc_server.simulator.writing import Answered
from qbxml.message import Request
from qbxml.rendering import render

_MARK = re.compile(r"#(s[0-9]+-[0-9]+)#")


@dataclass
class Copy:
    """A copy of the company file, and what people had done to the transactions in it."""

    content: bytes
    touched: dict[str, list[str]]


@dataclass
class Witness:
    """What was seen at one company file. TxnIDs are keys throughout; they are never given twice."""

    file: CompanyFile
    made: dict[str, str] = field(default_factory=dict)  # by programs: TxnID to origin
    typed: dict[str, str] = field(default_factory=dict)  # by people from the same paper: TxnID to origin
    touched: dict[str, list[str]] = field(default_factory=dict)  # what people did to it since a program last wrote it
    reordered: set[str] = field(default_factory=set)  # TxnIDs whose lines people have put in another order
    overwritten: list[tuple[str, list[str]]] = field(default_factory=list)  # TxnID and what people had done to it
    strangers: list[tuple[str, str]] = field(default_factory=list)  # TxnID of no document, and what a program did to it
    entries: list[tuple[str, str]] = field(default_factory=list)  # list entries that programs made: kind, full name
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # all names one entry has had

    def __post_init__(self) -> None:
        self.file.on_write = self.saw

    def saw(self, request: Request, answered: Answered) -> None:
        """A request of a program changed the books."""
        what = type(request).__name__.removesuffix("Rq")
        txn_id = answered.recovery.txn_id if answered.recovery is not None else None
        if txn_id is None:
            if what.endswith("Add") and answered.recovery is not None and answered.recovery.list_id is not None:
                entry = self.file.books.lists.get(answered.recovery.list_id)
                if entry is not None:
                    self.entries.append((entry.kind.tag, entry.full_name))
            return
        if what.endswith("Add"):
            mark = _MARK.search(render(request))
            self.made[txn_id] = mark[1] if mark else ""
            return
        if txn_id not in self.made and txn_id not in self.typed:
            self.strangers.append((txn_id, what))
        if edits := self.touched.pop(txn_id, None):
            self.overwritten.append((txn_id, [*edits, what]))

    def person_touched(self, txn: Transaction, words: str) -> None:
        """A person changed, voided or deleted it."""
        self.touched.setdefault(txn.txn_id, []).append(words)

    def origin_of(self, txn_id: str) -> str:
        """The document that a transaction was made or typed for; empty for one of nobody's."""
        return self.made.get(txn_id) or self.typed.get(txn_id, "")

    def standing(self, origin: str) -> list[Transaction]:
        """What programs made for a document and what stands in the file as it is now, void or not."""
        return [txn for txn in self._there(self.made) if self.made[txn.txn_id] == origin]

    def live(self, origin: str) -> list[Transaction]:
        """The same without what is void."""
        return [txn for txn in self.standing(origin) if not txn.is_void]

    def twins(self, origin: str) -> list[Transaction]:
        """What people typed from the same paper, not void."""
        return [txn for txn in self._there(self.typed) if self.typed[txn.txn_id] == origin and not txn.is_void]

    def _there(self, txn_ids: Iterable[str]) -> list[Transaction]:
        found = (self.file.books.transactions.get(txn_id) for txn_id in txn_ids)
        return [txn for txn in found if txn is not None]

    # names

    def renamed(self, old: str, new: str) -> None:
        """One entry has had both names, or has taken the place of the other."""
        family = self.names[old] | self.names[new] | {old, new}
        for name in family:
            self.names[name] = family

    def same_name(self, name: str) -> str:
        """One name for all that one entry has had; jobs follow their customers."""
        parts = name.split(":")
        for end in range(len(parts), 0, -1):
            whole = ":".join(parts[:end])
            if whole in self.names:
                return ":".join([min(self.names[whole]), *parts[end:]])
        return name

    # copies

    def copy(self) -> Copy:
        """Somebody copies the company file."""
        return Copy(self.file.backup(), {txn_id: list(words) for txn_id, words in self.touched.items()})

    def put_back(self, copy: Copy) -> None:
        """Somebody puts a copy in the file's place."""
        self.file.restore(copy.content)
        self.touched = {txn_id: list(words) for txn_id, words in copy.touched.items()}


def plain(value: Any, name: Any) -> Any:
    """A value of a transaction without what differs between two books: references by ``name(full name)``."""
    if hasattr(value, "full_name") and hasattr(value, "list_id"):
        return name(value.full_name or "")
    if isinstance(value, tuple):
        return tuple(plain(one, name) for one in value)
    if hasattr(value, "_plan"):
        return {key: plain(one, name) for key, one in sorted(vars(value).items()) if key not in OF_THE_FILE}
    return value


OF_THE_FILE = frozenset(
    {
        *("txn_id", "txn_line_id", "txn_number", "time_created", "time_modified", "edit_sequence", "external_guid"),
        "payment_txn_line_id",
    }
)
"""Fields that QuickBooks gives: they are never the same in two files."""
