"""Payments received. The invoices they pay must be posted, since QuickBooks wants their TxnIDs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.standing import StandingLine
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml import Aggregate
from qbxml.messages.receive_payment import (
    AppliedToTxnAdd,
    AppliedToTxnMod,
    AppliedToTxnRet,
    ReceivePaymentAdd,
    ReceivePaymentMod,
    ReceivePaymentQueryRq,
    ReceivePaymentRet,
)
from qbxml.messages.transaction import TxnDelType


class Applied(LineSet):
    """What a payment pays: each part is known by the TxnID of its invoice, and is said again with its amount."""

    def write_new(self, line: LineValues) -> Aggregate:
        """An invoice more."""
        return AppliedToTxnMod(**line.values)

    def write_kept(self, found: StandingLine) -> Aggregate:
        """An invoice as before."""
        return AppliedToTxnMod(txn_id=found.txn_line_id or "", payment_amount=found.amount)

    def write_changed(self, found: StandingLine, changes: Mapping[str, Any]) -> Aggregate:
        """An invoice of which another amount is paid."""
        return AppliedToTxnMod(txn_id=found.txn_line_id or "", **changes)

    def write_gone(self, found: StandingLine) -> Aggregate:
        """Nothing of an invoice is paid any more."""
        return AppliedToTxnMod(txn_id=found.txn_line_id or "", payment_amount=Decimal(0))


class PaymentTransaction(Transaction[Payment]):
    """A payment in the books."""

    document = Payment
    txn_type = TxnDelType.RECEIVE_PAYMENT
    add_message, mod_message = ReceivePaymentAdd, ReceivePaymentMod
    query_message, ret = ReceivePaymentQueryRq, ReceivePaymentRet
    line_sets = (
        Applied(
            "applied_to_txn_adds",
            AppliedToTxnAdd,
            "applied_to_txn_rets",
            AppliedToTxnRet,
            "applied_to_txn_mods",
            AppliedToTxnMod,
            names=("txn_id",),
            key="txn_id",
        ),
    )
    voidable = False  # TxnVoid does not know it
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number", "ar_account", "deposit_to_account"})

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

    def lines(self, document: Payment, writing: Writing) -> tuple[list[LineValues], ...]:
        """The invoices that it names."""
        return (
            [
                line_values({"txn_id": writing.txn_id(part.key), "payment_amount": part.amount}, part.amount)
                for part in document.applies_to
            ],
        )

    def add_values(self, document: Payment, writing: Writing) -> Values:
        """Where it names none, QuickBooks finds what it pays, unless it is to stay a credit."""
        return {} if document.applies_to else {"is_auto_apply": not document.unapplied}
