"""Refunds to the credit card of a customer. QuickBooks wants the TxnIDs of the credits; no program can change one."""

from __future__ import annotations

from qbwc_server.documents.kinds.card_refund import CardRefund
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.sale import address
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.ar_refund_credit_card import (
    ARRefundCreditCardAdd,
    ARRefundCreditCardQueryRq,
    ARRefundCreditCardRet,
    RefundAppliedToTxnAdd,
    RefundAppliedToTxnRet,
)
from qbxml.messages.transaction import TxnDelType


class CardRefundTransaction(Transaction[CardRefund]):
    """A refund to a card in the books."""

    document = CardRefund
    txn_type = TxnDelType.AR_REFUND_CREDIT_CARD
    add_message, query_message, ret = ARRefundCreditCardAdd, ARRefundCreditCardQueryRq, ARRefundCreditCardRet
    line_sets = (
        LineSet(
            "refund_applied_to_txn_adds",
            RefundAppliedToTxnAdd,
            "refund_applied_to_txn_rets",
            RefundAppliedToTxnRet,
            names=("txn_id",),
            key="txn_id",
            amount="refund_amount",
        ),
    )

    def header(self, document: CardRefund, writing: Writing) -> Values:
        """Whose card, and from which account."""
        texts, customer = writing.texts, document.customer
        return {
            "customer": writing.entry(ListKind.CUSTOMER, customer.name, "customer"),
            "refund_from_account": ref(document.refund_from),
            "ar_account": ref(document.ar_account or writing.options.ar_account),
            "txn_date": document.date,
            "ref_number": texts.name_or_none(document.number, "number", document.number_limit),
            "address": address(customer.billing_address, "billing_address", texts),
            "payment_method": writing.entry(ListKind.PAYMENT_METHOD, document.payment_method, "payment_method"),
            "memo": texts.prose(document.memo, "memo", 4095),
        }

    def lines(self, document: CardRefund, writing: Writing) -> tuple[list[LineValues], ...]:
        """The credits in it."""
        return (
            [
                line_values({"txn_id": writing.txn_id(part.key), "refund_amount": part.amount}, part.amount)
                for part in document.refunds
            ],
        )
