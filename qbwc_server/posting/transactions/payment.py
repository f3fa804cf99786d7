"""Payments received. The invoices they pay must be posted, since QuickBooks wants their TxnIDs."""

from __future__ import annotations

from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.receive_payment import AppliedToTxnAdd, ReceivePaymentAdd, ReceivePaymentQueryRq, ReceivePaymentRet
from qbxml.messages.transaction import TxnDelType


class PaymentTransaction(Transaction[Payment]):
    """A payment in the books."""

    document = Payment
    txn_type = TxnDelType.RECEIVE_PAYMENT
    add_message, query_message, ret = ReceivePaymentAdd, ReceivePaymentQueryRq, ReceivePaymentRet
    voidable = False  # TxnVoid does not know it

    def header(self, document: Payment, writing: Writing) -> Values:
        """All but what it pays."""
        texts = writing.texts
        return {
            "customer": writing.entry(ListKind.CUSTOMER, document.customer.name, "customer"),
            "ar_account": ref(document.ar_account or writing.options.ar_account),
            "txn_date": document.date,
            "ref_number": texts.name_or_none(document.number, "number", document.number_limit),
            "total_amount": document.amount,
            "payment_method": writing.entry(ListKind.PAYMENT_METHOD, document.payment_method, "payment_method"),
            "memo": texts.prose(document.memo, "memo", 4095),
            "deposit_to_account": ref(document.deposit_to or writing.options.deposit_to),
        }

    def add_values(self, document: Payment, writing: Writing) -> Values:
        """What it pays: the invoices it names, or what QuickBooks finds."""
        if not document.applies_to:
            return {"is_auto_apply": True}
        return {
            "applied_to_txn_adds": tuple(
                AppliedToTxnAdd(txn_id=writing.txn_id(part.key), payment_amount=part.amount)
                for part in document.applies_to
            )
        }
