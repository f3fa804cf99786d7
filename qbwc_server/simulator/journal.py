"""Journal entries."""

from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, missing, wrong_value
from qbwc_server.simulator.shapes import Values, build, lines_of
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction
from qbxml.messages.journal_entry import JournalCreditLine, JournalDebitLine

WHOSE = {"AccountsReceivable": "Customer", "AccountsPayable": "Vendor"}
Side = type[JournalDebitLine] | type[JournalCreditLine]
Lines = list[tuple[Side, Values]]


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a journal entry; debits must equal credits.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    if "exchange_rate" in values or "currency" in values:
        books.require(books.facts.multi_currency)
    lines = [
        (_side(line, None), headers.new_line(books, line, _side(line, None), "JournalEntry line"))
        for line in lines_of(message)
    ]
    total, postings = _work_out(books, lines)
    books.number(tag, values)
    values.setdefault("is_adjustment", False)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=total, postings=tuple(postings))
    txn.lines = _identified(books, lines)
    books.enter(txn)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a journal entry as a Mod says.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    if headers.is_header_of_void(amended, message):
        return headers.save_header(books, amended), OK
    before = {line.txn_line_id: line for line in amended.txn.lines}
    lines: Lines = []
    for line in lines_of(message) or amended.txn.lines:
        old = headers.old_line(before, line)
        side = _side(line, old)
        if old is None:
            lines.append((side, headers.new_line(books, line, side, "JournalEntry line")))
        else:
            lines.append((side, headers.changed_line(books, old, line, "JournalEntry line")[0]))
    total, postings = _work_out(books, lines)
    shown = _identified(books, lines)
    headers.save_changed(books, amended, lines=shown, total=total, postings=postings)
    return amended.txn, OK


def _side(line: Any, old: Any) -> Side:
    """Debit or credit: by the class of the line, by what a Mod or a person says, else as before."""
    if isinstance(line, JournalDebitLine | JournalCreditLine):
        return type(line)
    said = str(vars(line).get("journal_line_type") or "")
    if not said and old is not None:
        return type(old)
    return JournalDebitLine if said == "Debit" else JournalCreditLine


def _work_out(books: Books, lines: Lines) -> tuple[Decimal, list[Posting]]:
    """Total and postings; an entry that is empty or out of balance is refused."""
    sums: dict[Side, Decimal] = {JournalDebitLine: ZERO, JournalCreditLine: ZERO}
    postings = []
    for side, shown in lines:
        shown.pop("def_macro", None)
        if "class_" in shown:
            books.require(books.facts.class_tracking)
        amount = shown.setdefault("amount", ZERO)
        if amount < 0:
            raise wrong_value("Amount", amount, "The amount of a journal line must not be negative.")
        sums[side] += amount
        if amount:
            postings.append(_posting(books, shown, amount if side is JournalDebitLine else -amount))
    debit, credit = sums[JournalDebitLine], sums[JournalCreditLine]
    if debit != credit:
        raise wrong_value("amount", debit, f"The debits ({debit}) must equal the credits ({credit}).")
    if not postings:
        raise cannot_save("JournalEntry", "You cannot save an empty transaction.")
    return debit, postings


def _identified(books: Books, lines: Lines) -> tuple[Any, ...]:
    for _, shown in lines:
        shown.setdefault("txn_line_id", headers.new_line_id(books))
    return tuple(build(side, shown) for side, shown in lines)


def _posting(books: Books, shown: dict[str, Any], amount: Any) -> Posting:
    if "account" not in shown:
        raise missing("AccountRef", "JournalEntry line")
    account = books.lists.entry(shown["account"].list_id)
    whose = WHOSE.get(account.value("account_type"))
    if whose is None:
        return Posting(account.list_id, amount)
    entity = shown.get("entity")
    if entity is None or books.lists.entry(entity.list_id).kind.tag != whose:
        raise cannot_save("JournalEntry", f"A line on {account.full_name} needs a {whose.lower()} in the name column.")
    return Posting(account.list_id, amount, entity.list_id)


def lines_for(books: Books, postings: tuple[Posting, ...]) -> tuple[Any, ...]:
    """Journal lines that say what these postings do."""
    lines = []
    for posting in postings:
        shown: dict[str, Any] = {
            "txn_line_id": books.counters.txn_id(books.clock.time()),
            "account": books.lists.entry(posting.account).ref,
            "amount": abs(posting.amount),
        }
        if posting.entity:
            shown["entity"] = books.lists.entry(posting.entity).ref
        lines.append(build(JournalDebitLine if posting.amount > 0 else JournalCreditLine, shown))
    return tuple(lines)
