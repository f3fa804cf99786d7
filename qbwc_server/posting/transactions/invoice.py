"""Invoices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.changes import LineChanges, Values, line_changes
from qbwc_server.posting.transactions.host import OTHER1, Host, OwnLine, Written, is_on, own_lines, placed_on, remarks
from qbwc_server.posting.transactions.lines import LineValues
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.standing import Standing, StandingLine
from qbwc_server.posting.transactions.transaction import Changes
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.invoice import (
    InvoiceAdd,
    InvoiceLineAdd,
    InvoiceLineGroupMod,
    InvoiceLineMod,
    InvoiceLineRet,
    InvoiceMod,
    InvoiceQueryRq,
    InvoiceRet,
)
from qbxml.messages.transaction import TxnDelType


class InvoiceTransaction(SaleTransaction[Invoice]):
    """An invoice in the books."""

    document = Invoice
    txn_type = TxnDelType.INVOICE
    add_message, mod_message, query_message, ret = InvoiceAdd, InvoiceMod, InvoiceQueryRq, InvoiceRet
    line_sets = (sale_lines("lines", InvoiceLineAdd, InvoiceLineRet, InvoiceLineMod, InvoiceLineGroupMod),)
    total_field = None

    def own(self, document: Invoice, writing: Writing) -> Values:
        """Terms, dates, and who sold it."""
        return {
            "ar_account": ref(document.ar_account or writing.options.ar_account),
            "po_number": writing.texts.prose(document.po_number, "po_number", 25),
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
            "due_date": document.due_date,
            "sales_rep": writing.entry(ListKind.SALES_REP, document.sales_rep, "sales_rep"),
            "ship_date": document.ship_date,
            "is_to_be_printed": document.to_be_printed,
        }

    def lines(self, document: Invoice, writing: Writing) -> tuple[list[LineValues], ...]:
        """Its items, with the keys by which they are found again."""
        (lines,) = super().lines(document, writing)
        return ([_with_key(values, line.key) for values, line in zip(lines, document.lines, strict=True)],)

    # -- on an invoice of somebody else

    def _line_changes(self, document: Invoice, standing: Standing, writing: Writing) -> Iterator[LineChanges]:
        if writing.host is None:
            yield from super()._line_changes(document, standing, writing)
            return
        wanted = self._own(document, writing)
        changes = self._placed(writing.host, wanted, standing, writing)
        writing.texts.remarks += dict.fromkeys(remarks(writing.host, wanted, changes.placed))
        yield changes

    def take_back(self, standing: Standing, writing: Writing) -> tuple[InvoiceMod, Changes]:
        """The modification that takes our lines off an invoice of somebody else, and what it changes.

        A line that was taken over says again what it said before.

        Raises:
            CannotWrite: nothing else stands on it, or nobody knows what a line said before.
        """
        changes = self._placed(writing.host or Host(), (), standing, writing)
        if not changes.placed:
            raise CannotWrite(
                Problem(
                    "nothing_else_on_it",
                    "lines",
                    "Nothing else stands on the invoice of somebody else any more, and QuickBooks keeps no empty one.",
                    "Void or delete the invoice in QuickBooks.",
                )
            )
        values: Values = {"txn_id": standing.txn_id, "edit_sequence": standing.edit_sequence, "lines": changes.mods()}
        return InvoiceMod(**values), Changes({}, (changes,))

    def own_lines(self, document: Invoice, standing: Standing, writing: Writing) -> list[StandingLine | None]:
        """The line that each line of the document is on an invoice of somebody else; None where it is not there."""
        (rule,) = self.line_sets
        wanted, last = self._own(document, writing), self._written(writing)
        return own_lines(writing.host or Host(), wanted, last, rule.read(standing.ret), rule)

    def is_on(self, document: Invoice, standing: Standing, writing: Writing) -> bool:
        """Whether any line of ours stands on it."""
        (rule,) = self.line_sets
        keys = {line.key for line in document.lines if line.key is not None}
        return is_on(writing.host or Host(), keys, self._written(writing), rule.read(standing.ret))

    def _placed(self, host: Host, wanted: Sequence[OwnLine], standing: Standing, writing: Writing) -> LineChanges:
        (rule,) = self.line_sets
        found = rule.read(standing.ret)
        placed = placed_on(host, wanted, self._written(writing), found, rule)
        return line_changes(rule, placed, found, expected=None)

    def _own(self, document: Invoice, writing: Writing) -> list[OwnLine]:
        (lines,) = self.lines(document, writing)
        return [
            OwnLine(values, line.amount is not None or line.rate is not None)
            for values, line in zip(lines, document.lines, strict=True)
        ]

    def _written(self, writing: Writing) -> Written:
        last = writing.last
        if last is None or not isinstance(last.document, Invoice):
            return Written()
        own = self._own(last.document, writing.earlier())
        ids = zip(own, last.ids(0, len(own)), strict=True)
        return Written(
            {one.key: line_id for one, line_id in ids if line_id is not None},
            {one.key: one.values for one in own},
            last.others or (),
        )


def _with_key(values: LineValues, key: str | None) -> LineValues:
    return values if key is None else LineValues({**values.values, OTHER1: key}, values.amount, values.sort)
