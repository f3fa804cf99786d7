"""Voiding and deleting transactions."""

from decimal import Decimal
from typing import Any

from qbwc_server.simulator import deposits, payments
from qbwc_server.simulator.books import Books, Deleted
from qbwc_server.simulator.ledger import ZERO
from qbwc_server.simulator.shapes import Values, build, values_of
from qbwc_server.simulator.transactions import Transaction

AMOUNTS = (
    *("amount", "total_amount", "subtotal", "sales_tax_total", "deposit_total", "amount_due"),
    *("credit_amount", "value_difference"),
)
QUANTITIES = ("quantity", "quantity_difference")
LONGEST_MEMO = 4095


def void(books: Books, tag: str, txn_id: str) -> Transaction:
    """Set every amount of a transaction to zero; it stays, with its number.

    Raises:
        Refused: 3120 there is none such, 3171 it is in the closed period, 3185 it lies in a deposit.
    """
    txn = books.find(tag, txn_id)
    books.check_open(txn.txn_date, "void", tag)
    deposits.refuse_if_deposited(txn, "void")
    payments.unlink(books, txn)
    deposits.release(books, txn)
    values = _zeroed(txn.values)
    if not txn.is_void and tag != "JournalEntry":
        values["memo"] = f"VOID: {txn.memo}"[:LONGEST_MEMO].rstrip()
    lines = tuple(_zeroed_line(line) for line in txn.lines)
    books.amend(txn, values, lines=lines, total=ZERO, postings=(), stock=(), is_void=True)
    return txn


def delete(books: Books, tag: str, txn_id: str) -> Deleted:
    """Take a transaction out of the books; that it was there is remembered.

    Raises:
        Refused: 3120 there is none such, 3161 it is in the closed period, 3160 it lies in a deposit.
    """
    txn = books.find(tag, txn_id)
    books.check_open(txn.txn_date, "delete", tag)
    deposits.refuse_if_deposited(txn, "delete")
    payments.unlink(books, txn)
    deposits.release(books, txn)
    return books.delete(txn)


def _zeroed(values: Values) -> Values:
    return {name: ZERO if name in AMOUNTS else value for name, value in values.items()}


def _zeroed_line(line: Any) -> Any:
    values = _zeroed(values_of(line))
    for name in QUANTITIES:
        if name in values:
            values[name] = Decimal(0)
    for name, value in values.items():
        if name.endswith("_line_rets"):
            values[name] = tuple(_zeroed_line(member) for member in value)
    return build(type(line), values)
