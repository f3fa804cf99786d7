"""Refunds of a customer's credit to a credit card."""

from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, unknown_object, wrong_value
from qbwc_server.simulator.sales_header import show_block
from qbwc_server.simulator.transactions import TXN_KINDS, Application, Transaction

REFUNDABLE = ("CreditMemo", "ReceivePayment")


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a refund; what is refunded is taken from credit memos and payments.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    values.setdefault("ar_account", books.special("AccountsReceivable").ref)
    values.setdefault("refund_from_account", books.special("UndepositedFunds").ref)
    show_block(values, "address")
    planned = _planned(books, values["customer"].list_id, message)
    total = sum((one.amount for one in planned), ZERO)
    books.check_total(total, tag, positive=True)
    values["total_amount"] = total
    books.number(tag, values)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=total)
    txn.postings = (
        Posting(values["ar_account"].list_id, total, txn.entity_id),
        Posting(values["refund_from_account"].list_id, -total),
    )
    books.enter(txn)
    for one in planned:
        one.target = txn.txn_id
        txn.applications.append(one)
        if (credit := books.transactions.get(one.source)) is not None:
            credit.applications.append(one)
            books.touch(credit, counts_as_change=books.switches.payment_changes_edit_sequence)
    return txn, OK


def _planned(books: Books, customer: str, message: Any) -> list[Application]:
    planned: list[Application] = []
    for one in getattr(message, "refund_applied_to_txn_adds", None) or ():
        credit = books.transactions.get(one.txn_id)
        if credit is None or credit.kind.tag not in REFUNDABLE:
            raise unknown_object(one.txn_id)
        if not books.lists.descends(books.lists.entry(credit.entity_id), books.lists.entry(customer)):
            raise wrong_value("TxnID", one.txn_id, "The credit belongs to another customer.")
        taken = sum((other.amount for other in planned if other.source == credit.txn_id), Decimal(0))
        if one.refund_amount <= 0 or one.refund_amount + taken > credit.unused:
            raise wrong_value("RefundAmount", one.refund_amount, "It is more than the credit that remains.")
        planned.append(Application(credit.txn_id, "", one.refund_amount))
    if not planned:
        raise cannot_save("ARRefundCreditCard", "You cannot save an empty transaction.")
    return planned


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change the header of a refund, as people can; programs cannot.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    values, txn = amended.values, amended.txn
    postings = [
        Posting(values["ar_account"].list_id, txn.total, values["customer"].list_id),
        Posting(values["refund_from_account"].list_id, -txn.total),
    ]
    headers.save_changed(books, amended, lines=(), total=txn.total, postings=postings)
    return txn, OK
