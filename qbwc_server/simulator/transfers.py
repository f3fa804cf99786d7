"""Transfers of money from one account to another."""

from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.refusals import OK, Remark, missing, wrong_value
from qbwc_server.simulator.shapes import Values
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction

ENDS = (("transfer_to_account", 1), ("transfer_from_account", -1))
NOT_MOVABLE = ("Income", "Expense", "CostOfGoodsSold", "OtherIncome", "OtherExpense", "NonPosting")


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a transfer.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    postings = _work_out(books, values)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=values["amount"], postings=tuple(postings))
    books.enter(txn)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a transfer.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    if headers.is_header_of_void(amended, message):
        return headers.save_header(books, amended), OK
    postings = _work_out(books, amended.values)
    headers.save_changed(books, amended, lines=(), total=amended.values["amount"], postings=postings)
    return amended.txn, OK


def _work_out(books: Books, values: Values) -> list[Posting]:
    if "class_" in values:
        books.require(books.facts.class_tracking)
    amount = values.setdefault("amount", ZERO)
    books.check_total(amount, "Transfer", positive=True)
    postings = []
    for name, sign in ENDS:
        if name not in values:
            raise missing(f"{name.title().replace('_', '')}Ref", "Transfer")
        account = books.lists.entry(values[name].list_id)
        if account.value("account_type") in NOT_MOVABLE:
            raise wrong_value(name, account.full_name, "Money is transferred between balance sheet accounts.")
        postings.append(Posting(account.list_id, sign * amount))
    if postings[0].account == postings[1].account:
        raise wrong_value("TransferToAccountRef", values["transfer_to_account"].full_name, "The accounts are the same.")
    return postings
