"""Journal entries. QuickBooks keeps a memo on their lines only, and tells no total."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from qbwc_server.documents.kinds.journal_entry import JournalEntry, JournalLine
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import NEW_LINE, LineSet, LineValues, line_values
from qbwc_server.posting.transactions.standing import money
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml import Aggregate
from qbxml.messages.journal_entry import (
    JournalCreditLine,
    JournalDebitLine,
    JournalEntryAdd,
    JournalEntryMod,
    JournalEntryQueryRq,
    JournalEntryRet,
    JournalLineMod,
    JournalLineType,
)
from qbxml.messages.purchase_lines import BillableStatus
from qbxml.messages.transaction import TxnDelType
from qbxml.returned import TxnRet

_LINES = {JournalLineType.DEBIT: JournalDebitLine, JournalLineType.CREDIT: JournalCreditLine}


class JournalLines(LineSet):
    """Debits and credits, in one order."""

    def write_add(self, line: LineValues) -> Aggregate:
        """A debit or a credit of a new entry."""
        return _LINES[JournalLineType(line.sort)](**line.values)

    def write_new(self, line: LineValues) -> Aggregate:
        """The same for an entry that is changed."""
        return JournalLineMod(txn_line_id=NEW_LINE, journal_line_type=JournalLineType(line.sort), **line.values)

    def sort_of(self, line: Aggregate) -> str:
        """Debit or credit."""
        return JournalLineType.DEBIT if isinstance(line, JournalDebitLine) else JournalLineType.CREDIT


class JournalEntryTransaction(Transaction[JournalEntry]):
    """A journal entry in the books."""

    document = JournalEntry
    txn_type = TxnDelType.JOURNAL_ENTRY
    add_message, mod_message, query_message, ret = (
        JournalEntryAdd,
        JournalEntryMod,
        JournalEntryQueryRq,
        JournalEntryRet,
    )
    line_sets = (
        JournalLines(
            "lines",
            JournalDebitLine,
            "lines",
            (JournalDebitLine, JournalCreditLine),
            "journal_line_mods",
            JournalLineMod,
            names=("account",),
            words="memo",
            kept=frozenset({"billable_status", "entity"}),
        ),
    )
    party_field = None
    total_field = None
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number"})

    def header(self, document: JournalEntry, writing: Writing) -> Values:
        """Day and number."""
        return {
            "txn_date": document.date,
            "ref_number": writing.texts.name_or_none(document.number, "number", document.number_limit),
            "is_adjustment": document.adjustment,
        }

    def lines(self, document: JournalEntry, writing: Writing) -> tuple[list[LineValues], ...]:
        """Debits and credits; the first of them bears the memo of the entry unless it has one of its own."""
        return (
            [
                _line(line, f"lines[{index}]", line.memo or (None if index else document.memo), writing)
                for index, line in enumerate(document.lines)
            ],
        )

    def total_of(self, ret: TxnRet) -> Decimal | None:
        """The debits, where the lines were told."""
        lines = [line for line in getattr(ret, "lines", None) or () if isinstance(line, JournalDebitLine)]
        return money(sum((line.amount or Decimal(0) for line in lines), Decimal(0))) if lines else None


def _line(line: JournalLine, at: str, memo: str | None, writing: Writing) -> LineValues:
    amount = line.debit if line.debit is not None else line.credit
    status = None
    if line.billable is not None:
        status = BillableStatus.BILLABLE if line.billable else BillableStatus.NOT_BILLABLE
    values = {
        "account": writing.entry(ListKind.ACCOUNT, line.account, f"{at}.account"),
        "amount": amount,
        "memo": writing.texts.prose(memo, f"{at}.memo", 4095),
        "entity": writing.entry(ListKind.CUSTOMER, line.entity, f"{at}.customer"),
        "class_": writing.entry(ListKind.CLASS, line.class_name, f"{at}.class"),
        "billable_status": status,
    }
    sort = JournalLineType.DEBIT if line.debit is not None else JournalLineType.CREDIT
    return line_values(values, amount, sort)
