"""What else is needed to write a document, and the marks by which it is known for ours afterwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import LONGEST_NAME, ListKind
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions.host import Host
from qbxml import Ref

_MARK = re.compile(r"\[([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\]", re.IGNORECASE)
LONGEST_MARKED: Final = 4095 - len(" [] ") - 36  # characters of a memo that leave room for a mark


class Mark(StrEnum):
    """By what a transaction of ours is known for ours."""

    EXTERNAL_GUID = "external_guid"
    MEMO = "memo"  # QuickBooks has no field for it: the id stands at the end of the memo
    CONTENT = "content"  # nothing holds it


@dataclass(frozen=True)
class LastWriting:
    """What our last writing left in the books, as far as it is known."""

    document: Document
    line_ids: Sequence[Sequence[str | None]] = ()  # of the lines of ``document``, for each of its sets
    others: Collection[str] | None = None  # TxnLineIDs of others, where a modification left whose fate is not known
    txn_ids: Mapping[str, str] = field(default_factory=dict)  # by origin, of what it waits for, then and now
    host: Host | None = None  # where its lines stand on a transaction of somebody else
    guests: Collection[str] = ()  # TxnLineIDs that other documents of ours put onto this transaction

    def ids(self, number: int, lines: int) -> Sequence[str | None]:
        """The TxnLineID of each of the ``lines`` of a set; none is known where their number is another."""
        found = self.line_ids[number] if number < len(self.line_ids) else ()
        return found if len(found) == lines else [None] * lines


@dataclass(frozen=True)
class Writing:
    """How a document is written for one company."""

    options: PostingOptions
    texts: Texts
    txn_ids: Mapping[str, str] = field(default_factory=dict)  # by origin, of what the document waits for
    last: LastWriting | None = None

    @property
    def host(self) -> Host | None:
        """The transaction of somebody else on which the lines stand; None where the transaction is ours."""
        return None if self.last is None else self.last.host

    def earlier(self) -> Writing:
        """The same for what was written before: its notes were given then."""
        return Writing(self.options, Texts(self.options.characters), self.txn_ids)

    def entry(self, list_kind: ListKind, name: str | None, field: str) -> Ref | None:
        """A reference to an entry by full name, as QuickBooks can hold it. Raises CannotWrite."""
        fitted = self.texts.name_or_none(name, field, LONGEST_NAME[list_kind])
        return None if fitted is None else ref(self.options.name_of(list_kind, fitted))

    def txn_id(self, origin: str) -> str:
        """The TxnID of a document that this one waits for. Raises CannotWrite where it does not stand in the books."""
        try:
            return self.txn_ids[origin]
        except KeyError:
            raise CannotWrite(not_posted(origin)) from None


NOT_POSTED = "named_not_posted"


def not_posted(origin: str) -> Problem:
    """What a document names is not to be had: an invoice of a payment, a payment in a deposit, a credit in a refund."""
    return Problem(
        NOT_POSTED,
        "",
        f"It names document {origin}, which is neither in QuickBooks nor on its way there.",
        "Hand in or submit that document first, then submit this one again.",
    )


@lru_cache(maxsize=10_000)  # few names stand in many requests
def ref(name: str | None) -> Ref | None:
    """A reference by full name."""
    return None if name is None else Ref(full_name=name)


def marked(memo: str | None, guid: UUID) -> str:
    """A memo with our mark at its end."""
    return f"{memo or ''} [{guid}]".lstrip()


def mark_in(memo: str | None) -> UUID | None:
    """The mark in a memo: a bookkeeper may have written before or behind it."""
    found = _MARK.findall(memo or "")
    return UUID(found[-1]) if found else None
