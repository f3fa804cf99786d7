"""The rules of one kind: how a document is written as a transaction, changed, voided, asked for, and read back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.posting.patience import MOST_SHOWN
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.changes import (
    LineChanges,
    Values,
    header_changes,
    line_changes,
    said,
    shown,
    taken_away,
    words,
)
from qbwc_server.posting.transactions.elements import elements_of, parts_of
from qbwc_server.posting.transactions.line_match import Last, match
from qbwc_server.posting.transactions.lines import LineSet, LineValues
from qbwc_server.posting.transactions.standing import Difference, Standing, entry_of, guid_of, in_utc, money
from qbwc_server.posting.transactions.writing import Mark, Writing, mark_in, marked
from qbxml import Aggregate, MissingElement
from qbxml.message import Request
from qbxml.messages.transaction import TxnDelType, TxnTypeFilter
from qbxml.returned import TxnRet
from qbxml.shared import ModifiedDateRangeFilter, TxnDateRangeFilter

D = TypeVar("D", bound=Document)
_DELETED_TYPES = frozenset(str(one) for one in TxnDelType)
_CORE = ("txn_id", "time_created", "time_modified", "edit_sequence", "txn_date", "ref_number", "memo", "external_guid")


@dataclass(frozen=True)
class Changes:
    """What turns a transaction in the books into a document."""

    header: Values
    lines: tuple[LineChanges, ...]  # for each set of lines

    @property
    def none(self) -> bool:
        """Whether the books say already all that the document says, and nothing that it took away."""
        return not self.header and not any(lines.touched for lines in self.lines)

    def others(self) -> list[str]:
        """The TxnLineIDs of lines that are not ours."""
        return [line_id for lines in self.lines for line_id in lines.others()]

    def former(self) -> dict[str, Mapping[str, str | None]]:
        """By TxnLineID: what lines of others say that are about to be ours."""
        return dict(one for lines in self.lines for one in lines.former())


class Transaction(ABC, Generic[D]):
    """One kind of transaction. A kind declares what it consists of, and answers ``header`` and ``lines``."""

    document: type[D]
    txn_type: TxnDelType | TxnTypeFilter  # QuickBooks' word for it
    add_message: Callable[..., Aggregate]
    mod_message: Callable[..., Aggregate] | None = None
    query_message: Callable[..., Request]
    ret: type[TxnRet]
    line_sets: tuple[LineSet, ...] = ()
    voidable: ClassVar[bool] = True
    mark: ClassVar[Mark] = Mark.EXTERNAL_GUID
    party_field: ClassVar[str | None] = "customer"  # of the returned object
    total_field: ClassVar[str | None] = "total_amount"
    subtotal_field: ClassVar[str | None] = None
    tax_field: ClassVar[str | None] = None
    kept: ClassVar[frozenset[str]] = frozenset()  # what QuickBooks keeps when a document no longer has it

    @abstractmethod
    def header(self, document: D, writing: Writing) -> Values:
        """What the messages say beside the lines; None is not said. Raises CannotWrite."""

    def lines(self, document: D, writing: Writing) -> tuple[list[LineValues], ...]:
        """The lines of each set. Raises CannotWrite."""
        return ()

    def add_values(self, document: D, writing: Writing) -> Values:
        """What only the entering of a new one says. Raises CannotWrite."""
        return {}

    # -- names

    @property
    def kind(self) -> str:
        """The kind of document: "sales_receipt"."""
        return str(self.document.model_fields["kind"].default)

    @property
    def add_name(self) -> str:
        """The name of the message that enters it: "SalesReceiptAdd"."""
        return f"{self.txn_type}Add"

    @property
    def query_name(self) -> str:
        """The name of the question for it: "SalesReceiptQuery"."""
        return f"{self.txn_type}Query"

    @property
    def deleted_type(self) -> TxnDelType | None:
        """Its type in the question for what was deleted; None where QuickBooks does not tell that of this kind."""
        return TxnDelType(self.txn_type) if self.txn_type in _DELETED_TYPES else None

    # -- writing

    def add(self, document: D, guid: UUID, writing: Writing) -> Aggregate:
        """The document as a new transaction. Raises CannotWrite, BuildError."""
        values = said(self.header(document, writing) | self.add_values(document, writing))
        if self.mark is Mark.EXTERNAL_GUID:
            values["external_guid"] = guid
        elif self.mark is Mark.MEMO:
            values["memo"] = marked(values.get("memo"), guid)
        for rule, lines in zip(self.line_sets, self.lines(document, writing), strict=True):
            values[rule.add_field] = (*values.get(rule.add_field, ()), *map(rule.write_add, lines))
        return self.add_message(**values)

    def changes(self, document: D, standing: Standing, writing: Writing) -> Changes:
        """What turns ``standing`` into ``document``; what QuickBooks keeps is noted. Raises CannotWrite."""
        if writing.host is not None:
            return Changes({}, tuple(self._line_changes(document, standing, writing)))
        wanted = self._wanted(document, standing, writing)
        header = header_changes(wanted, standing.ret)
        last = writing.last
        if last is not None and isinstance(last.document, self.document):
            before = said(self.header(last.document, writing.earlier()))
            header |= taken_away(before, wanted, standing.ret, self.kept, writing.texts)
        return Changes(header, tuple(self._line_changes(document, standing, writing)))

    def change(self, document: D, standing: Standing, writing: Writing) -> tuple[Aggregate, Changes]:
        """The modification that turns ``standing`` into ``document``, and what it changes.

        Raises:
            CannotWrite: there is no modification of this kind, or a text cannot be written.
        """
        mod = self.require_mod()
        changes = self.changes(document, standing, writing)
        values = {"txn_id": standing.txn_id, "edit_sequence": standing.edit_sequence, **changes.header}
        for lines in changes.lines:
            if lines.touched:
                mods, rule = lines.mods(), lines.rule
                values[rule.mod_field] = (*values.get(rule.mod_field, ()), *mods)
                if not mods and rule.clear is not None:
                    values[rule.clear] = True
        return mod(**values), changes

    def agrees(self, document: D, standing: Standing, writing: Writing) -> bool:
        """Whether the books say all that the document says, and nothing that it took away. Raises CannotWrite."""
        return self.changes(document, standing, writing).none

    def differences(self, document: D, standing: Standing, writing: Writing) -> list[Difference]:
        """Where the books say something else than ``document``, for a person to read. Raises CannotWrite."""
        wanted = {} if writing.host is not None else self._wanted(document, standing, writing)
        found = [
            Difference(words(name), shown(wanted[name]), shown(getattr(standing.ret, name, None)))
            for name in header_changes(wanted, standing.ret)
        ]
        for lines in self._line_changes(document, standing, writing):
            found.extend(lines.differences())
        return found

    def edits(self, last: D, document: D, standing: Standing, writing: Writing) -> list[Difference]:
        """Where the books say something else than ``last``, our last writing, or something more that ``document`` is
        about to replace. Raises CannotWrite.
        """
        found = self.differences(last, standing, writing)
        if writing.host is not None:
            return found
        before = self._wanted(last, standing, writing)
        for name in header_changes(self._wanted(document, standing, writing), standing.ret):
            there = shown(getattr(standing.ret, name, None))
            if name not in before and there:
                found.append(Difference(words(name), None, there))
        return found

    def _wanted(self, document: D, standing: Standing, writing: Writing) -> Values:
        """What its header is to say, with the mark where the memo bears it."""
        wanted = said(self.header(document, writing))
        if self.mark is Mark.MEMO and standing.mark is not None:
            wanted["memo"] = marked(wanted.get("memo"), standing.mark)
        return wanted

    def require_mod(self) -> Callable[..., Aggregate]:
        """The message that changes it. Raises CannotWrite where there is none."""
        if self.mod_message is None:
            raise CannotWrite(
                Problem(
                    "cannot_change",
                    "kind",
                    f"A {self.document.title} that is in QuickBooks cannot be changed from here.",
                    "Change it in QuickBooks, or void it and enter a new one.",
                )
            )
        return self.mod_message

    def _line_changes(self, document: D, standing: Standing, writing: Writing) -> Iterator[LineChanges]:
        last = writing.last
        before: Sequence[list[LineValues]] = [[] for _ in self.line_sets]
        if last is not None and isinstance(last.document, self.document):
            before = self.lines(last.document, writing.earlier())
        sets = zip(self.line_sets, self.lines(document, writing), before, strict=True)
        for number, (rule, wanted, lines) in enumerate(sets):
            found = rule.read(standing.ret)
            known = Last(lines, last.ids(number, len(lines)), last.others) if last is not None else Last()
            expected = () if last is None else last.guests
            yield line_changes(rule, match(wanted, known, found, rule), found, expected)

    # -- reading

    def standing(self, ret: Aggregate) -> Standing:
        """A transaction as it was read. Raises MissingElement for what is none of this kind, or has no id."""
        if not isinstance(ret, self.ret):
            raise MissingElement(f"{type(ret).__name__} came where {self.ret.__name__} was asked for")
        if getattr(ret, "txn_id", None) is None:
            raise MissingElement(f"{self.ret.__name__} came without TxnID")
        total = self.total_of(ret)
        return Standing(
            kind=self.kind,
            txn_id=ret.txn_id,
            edit_sequence=getattr(ret, "edit_sequence", None),
            number=getattr(ret, "ref_number", None),
            day=getattr(ret, "txn_date", None),
            party=entry_of(getattr(ret, self.party_field, None)) if self.party_field else None,
            total=total,
            subtotal=self.subtotal_of(ret, total),
            memo=getattr(ret, "memo", None),
            time_created=in_utc(getattr(ret, "time_created", None)),
            time_modified=in_utc(getattr(ret, "time_modified", None)),
            mark=self.mark_of(ret),
            ret=ret,
            sets=self.line_sets,
        )

    def total_of(self, ret: TxnRet) -> Decimal | None:
        """What the transaction comes to with tax, as far as it was told."""
        return money(getattr(ret, self.total_field, None)) if self.total_field else None

    def subtotal_of(self, ret: TxnRet, total: Decimal | None) -> Decimal | None:
        """What it comes to without tax that QuickBooks computes."""
        return money(getattr(ret, self.subtotal_field, None)) if self.subtotal_field else total

    def mark_of(self, ret: TxnRet) -> UUID | None:
        """The id of the request that entered it, where the transaction tells one."""
        if self.mark is Mark.EXTERNAL_GUID:
            return guid_of(ret)
        return mark_in(getattr(ret, "memo", None)) if self.mark is Mark.MEMO else None

    # -- asking

    def by_id(self, txn_ids: Sequence[str], guid: UUID) -> Request:
        """The question for these transactions, with their lines."""
        with_lines = {"include_line_items": True} if "include_line_items" in self._asked_with else {}
        return self.query_message(txn_ids=tuple(txn_ids), request_id=str(guid), **with_lines)

    def by_number(self, numbers: Sequence[str], guid: UUID) -> Request:
        """The question for those of these numbers; kinds without numbers are never asked so."""
        return self.query_message(ref_numbers=tuple(numbers), request_id=str(guid))

    @property
    def is_asked_by_number(self) -> bool:
        """Whether QuickBooks finds this kind by its number."""
        return "ref_numbers" in self._asked_with

    def glimpse_of_numbers(self, numbers: Sequence[str], guid: UUID) -> Request:
        """The question for those of these numbers, and of each only which it is, whose, when and how much."""
        return self.query_message(ref_numbers=tuple(numbers), include_ret_elements=self.glimpse, request_id=str(guid))

    def by_day(self, day: date, guid: UUID) -> Request:
        """The question for those of a day."""
        days = TxnDateRangeFilter(from_txn_date=day, to_txn_date=day)
        return self.query_message(txn_date_range_filter=days, request_id=str(guid))

    def modified_since(self, moment: datetime, guid: UUID) -> Request:
        """The question for those changed since: of each only which it is, whose, when and how much."""
        return self.query_message(
            max_returned=MOST_SHOWN,
            modified_date_range_filter=ModifiedDateRangeFilter(from_modified_date=moment),
            include_ret_elements=self.glimpse,
            request_id=str(guid),
        )

    @property
    def _asked_with(self) -> Collection[str]:
        return elements_of(self.query_message) if isinstance(self.query_message, type) else ()

    @property
    def glimpse(self) -> tuple[str, ...]:
        """The elements that tell which transaction it is, whose, when, and how much."""
        names = (*_CORE, self.party_field, self.total_field, self.subtotal_field, self.tax_field)
        tags = elements_of(self.ret)
        return tuple(tag for name in names if name is not None and name in tags for tag in tags[name])

    @property
    def details(self) -> frozenset[str]:
        """Parts of what was just written that nobody looks at: all but its lines, and of those all that have parts."""
        wanted = {rule.ret_field for rule in self.line_sets}
        tags = {tag for name, parts in parts_of(self.ret).items() if name not in wanted for tag in parts}
        for rule in self.line_sets:
            for cls in rule.ret if isinstance(rule.ret, tuple) else (rule.ret,):
                tags.update(tag for parts in parts_of(cls).values() for tag in parts)
        return frozenset(tags)
