"""Payments received: add. The invoices they pay must be posted, since QuickBooks wants their TxnIDs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.posting.compilers.sale import NAME, ref
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import Ref
from qbxml.messages.receive_payment import AppliedToTxnAdd, ReceivePaymentAdd


def add(
    document: Payment, guid: UUID, options: PostingOptions, texts: Texts, invoices: Mapping[str, str]
) -> ReceivePaymentAdd:
    """The payment as a new transaction.

    Args:
        invoices: TxnID of each invoice named, by its origin.
    """
    return ReceivePaymentAdd(
        customer=Ref(full_name=texts.name(document.customer.name, "customer", NAME)),
        ar_account=ref(document.ar_account or options.ar_account),
        txn_date=document.date,
        ref_number=texts.name_or_none(document.number, "number", 20),
        total_amount=document.amount,
        payment_method=ref(texts.name_or_none(document.payment_method, "payment_method", 31)),
        memo=texts.prose(document.memo, "memo", 4095),
        deposit_to_account=ref(document.deposit_to or options.deposit_to),
        external_guid=guid,
        is_auto_apply=None if document.applies_to else True,
        applied_to_txn_adds=tuple(
            AppliedToTxnAdd(txn_id=invoices[part.invoice], payment_amount=part.amount) for part in document.applies_to
        ),
    )
