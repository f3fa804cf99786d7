"""A person at the PC: what people do to the books in QuickBooks' own windows, without any program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from qbwc_server.simulator import list_changes, removals
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.documents import with_controls_kept
from qbwc_server.simulator.entering import ENTERING
from qbwc_server.simulator.kinds import LIST_KINDS, REFERENCES
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import Remark
from qbwc_server.simulator.shapes import Form, Values, values_of
from qbwc_server.simulator.transactions import Transaction
from qbxml.messages.journal_entry import JournalDebitLine, JournalLine
from qbxml.shared import Ref

GIVEN_BY_QUICKBOOKS = frozenset({"txn_id", "txn_number", "time_created", "time_modified", "edit_sequence"})
OF_A_PROGRAM = frozenset({"external_guid"})


class Bookkeeper:
    """Somebody who works in the company file by hand.

    Fields bear the names of the Ret in Python's spelling; whatever refers to a list is given by full name, and None
    empties a field. Control characters, as old data has them, can be typed. What QuickBooks would not let a person do
    raises ``Refused``. A closing date stops nobody here: the password is known.
    """

    def __init__(self, company: CompanyFile) -> None:
        self.company = company

    # transactions

    def enter(self, tag: str, *, lines: Iterable[Values] = (), **header: Any) -> Transaction:
        """Type a new transaction, e.g. ``enter("Invoice", customer="Acme", lines=[{"item": "Seat"}])``."""
        given = {name: value for name, value in header.items() if value is not None or name == "ref_number"}
        form = Form(**_filled_in(given), lines=tuple(Form(**_filled_in(line)) for line in lines))
        with self._at_work():
            return _entered(*ENTERING[tag].add(self.company.books, form))

    def type_again(self, txn: Transaction, **changes: Any) -> Transaction:
        """Type what somebody else has entered already, from the same paper: same number, same lines, no mark."""
        header = {name: value for name, value in txn.values.items() if name not in GIVEN_BY_QUICKBOOKS | OF_A_PROGRAM}
        lines = [_typed_again(line) for line in txn.lines if vars(line).get("txn_id") is None]
        return self.enter(txn.kind.tag, lines=lines, **{**header, **changes})

    def change(self, txn: Transaction, **header: Any) -> Transaction:
        """Change fields of the header: number, date, customer, memo and so on."""
        return self._save(txn, header, None)

    def change_line(self, txn: Transaction, number: int, **fields: Any) -> Transaction:
        """Change fields of a line; lines are counted from 0, a group counts as one."""
        lines = [_kept(line) for line in txn.lines]
        vars(lines[number]).update(_filled_in(fields))
        return self._save(txn, {}, lines)

    def add_line(self, txn: Transaction, position: int | None = None, **fields: Any) -> Transaction:
        """Write a new line, at the end if nothing else is said."""
        lines = [_kept(line) for line in txn.lines]
        lines.insert(len(lines) if position is None else position, Form(txn_line_id="-1", **_filled_in(fields)))
        return self._save(txn, {}, lines)

    def remove_line(self, txn: Transaction, number: int) -> Transaction:
        """Delete a line."""
        lines = [_kept(line) for line in txn.lines]
        del lines[number]
        return self._save(txn, {}, lines)

    def reorder_lines(self, txn: Transaction, order: Iterable[int]) -> Transaction:
        """Put the lines into another order."""
        lines = [_kept(line) for line in txn.lines]
        return self._save(txn, {}, [lines[number] for number in order])

    def save_unchanged(self, txn: Transaction) -> Transaction:
        """Open and save it as it is: its edit sequence moves."""
        with self._at_work():
            self.company.books.touch(txn)
        return txn

    def void(self, txn: Transaction) -> Transaction:
        """Void it: all amounts become zero."""
        with self._at_work():
            return removals.void(self.company.books, txn.kind.tag, txn.txn_id)

    def delete(self, txn: Transaction) -> None:
        """Delete it."""
        with self._at_work():
            removals.delete(self.company.books, txn.kind.tag, txn.txn_id)

    def _save(self, txn: Transaction, header: Values, lines: list[Form] | None) -> Transaction:
        form = Form(txn_id=txn.txn_id, edit_sequence=txn.edit_sequence, **_filled_in(header))
        if lines is not None:
            form.lines, form.clear_expense_lines, form.clear_item_lines = tuple(lines), True, True
        with self._at_work():
            return _entered(*ENTERING[txn.kind.tag].modify(self.company.books, form))

    # lists

    def add(self, tag: str, name: str, *, parent: str | None = None, **fields: Any) -> Entry:
        """Add a list element, e.g. ``add("Customer", "Acme")``."""
        books, kind = self.company.books, LIST_KINDS[tag]
        above = books.lists.parent_of(kind, Ref(full_name=parent)) if parent else None
        books.lists.check_name(kind, name, above)
        values = _filled_in(fields)
        books.resolve_all(values, tag)
        with self._at_work():
            return books.create(tag, name, parent=above, values=values)

    def find(self, tag: str, full_name: str) -> Entry:
        """The element of this name.

        Raises:
            LookupError: there is none.
        """
        entry = self.company.books.lists.named(LIST_KINDS[tag].space, full_name)
        if entry is None or entry.kind.tag != tag:
            raise LookupError(f"no {tag} {full_name!r}")
        return entry

    def rename(self, tag: str, full_name: str, name: str) -> Entry:
        """Give an element another name; its ListID stays, and all that names it shows the new name."""
        entry, books = self.find(tag, full_name), self.company.books
        books.lists.check_name(entry.kind, name, entry.parent, self_=entry)
        with self._at_work():
            books.rename(entry, name, entry.parent)
            books.touch_entry(entry)
        return entry

    def merge(self, tag: str, full_name: str, into: str) -> Entry:
        """Merge an element into another one, whose name and ListID remain."""
        source, target = self.find(tag, full_name), self.find(tag, into)
        with self._at_work():
            list_changes.merge(self.company.books, source, target)
        return target

    def change_entry(self, tag: str, full_name: str, **fields: Any) -> Entry:
        """Change fields of a list element; ``is_active=False`` makes it inactive."""
        entry, books = self.find(tag, full_name), self.company.books
        active = fields.pop("is_active", entry.is_active)
        values = _filled_in(fields)
        books.resolve_all(values, tag)
        with self._at_work():
            entry.is_active = active
            entry.values = {name: value for name, value in {**entry.values, **values}.items() if value != ""}
            books.touch_entry(entry)
        return entry

    def delete_entry(self, tag: str, full_name: str) -> None:
        """Delete an element that nothing uses."""
        entry = self.find(tag, full_name)
        with self._at_work():
            list_changes.delete(self.company.books, tag, entry.list_id)

    # the company

    def close_books(self, day: date | None, *, password: bool = True) -> None:
        """Set the closing date, None for none; without a password it stops no program."""
        with self._at_work():
            self.company.closing_date, self.company.closing_date_password = day, password

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        books = self.company.books
        books.at_the_keyboard = True
        try:
            yield
        finally:
            books.at_the_keyboard = False
            self.company.save()


def _entered(txn: Transaction | None, _: Remark) -> Transaction:
    if txn is None:
        raise LookupError("no transaction arose")
    return txn


def _filled_in(fields: Values) -> Values:
    """Names of list elements as references, nothing as the empty text that clears."""
    return {name: _one(name, value) for name, value in fields.items()}


def _one(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        value = with_controls_kept(value)
    return Ref(full_name=value) if name in REFERENCES and isinstance(value, str) else value


def _kept(line: Any) -> Form:
    return Form(txn_line_id=line.txn_line_id)


def _typed_again(line: Any) -> Values:
    """A line as it would be typed from paper: a rate follows from quantity and amount."""
    values = {name: value for name, value in values_of(line).items() if not name.endswith(("line_rets", "line_id"))}
    if "amount" in values:
        values.pop("rate", None)
    if isinstance(line, JournalLine):
        values["journal_line_type"] = "Debit" if isinstance(line, JournalDebitLine) else "Credit"
    return values
