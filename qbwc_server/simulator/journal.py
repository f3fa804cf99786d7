"""Journal entries."""

from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, missing, wrong_value
from qbwc_server.simulator.shapes import build, copied, header, message_class
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction
from qbxml.messages.journal_entry import JournalCreditLine, JournalDebitLine

WHOSE = {"AccountsReceivable": "Customer", "AccountsPayable": "Vendor"}


def add(books: Books, message: Any) -> tuple[Transaction, Remark]:
    """Enter a journal entry; debits must equal credits.

    Raises:
        Refused: nothing was entered.
    """
    values = header(message, message_class("JournalEntryRet"))
    if "exchange_rate" in values or "currency" in values:
        books.require(books.facts.multi_currency)
    books.resolve_all(values, "JournalEntry")
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", "JournalEntry")
    postings, lines, debit, credit = [], [], ZERO, ZERO
    for line in message.lines:
        shown = copied(line, type(line))
        shown.pop("def_macro", None)
        books.resolve_all(shown, "JournalEntry line")
        if "class_" in shown:
            books.require(books.facts.class_tracking)
        amount = shown.setdefault("amount", ZERO)
        if amount < 0:
            raise wrong_value("Amount", amount, "The amount of a journal line must not be negative.")
        if isinstance(line, JournalDebitLine):
            debit += amount
        else:
            credit += amount
            amount = -amount
        if amount:
            postings.append(_posting(books, shown, amount))
        lines.append((type(line), shown))
    if debit != credit:
        raise wrong_value("amount", debit, f"The debits ({debit}) must equal the credits ({credit}).")
    if not postings:
        raise cannot_save("JournalEntry", "You cannot save an empty transaction.")
    books.number("JournalEntry", values)
    values.setdefault("is_adjustment", False)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS["JournalEntry"], values, total=debit, postings=tuple(postings))
    made = []
    for cls, shown in lines:
        shown["txn_line_id"] = books.counters.txn_id(books.clock.time())
        made.append(build(cls, shown))
    txn.lines = tuple(made)
    books.enter(txn)
    return txn, OK


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
