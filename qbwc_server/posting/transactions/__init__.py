"""Kinds of transaction: TRANSACTIONS is the table, and everything that lists kinds is derived from it."""

from __future__ import annotations

from typing import Any

from qbwc_server.documents.kinds import Document
from qbwc_server.posting.transactions.bill import BillTransaction
from qbwc_server.posting.transactions.card_refund import CardRefundTransaction
from qbwc_server.posting.transactions.check import CheckTransaction
from qbwc_server.posting.transactions.credit_card_charge import CreditCardChargeTransaction
from qbwc_server.posting.transactions.credit_card_credit import CreditCardCreditTransaction
from qbwc_server.posting.transactions.credit_memo import CreditMemoTransaction
from qbwc_server.posting.transactions.deposit import DepositTransaction
from qbwc_server.posting.transactions.entries_shown import LISTS
from qbwc_server.posting.transactions.estimate import EstimateTransaction
from qbwc_server.posting.transactions.inventory_adjustment import InventoryAdjustmentTransaction
from qbwc_server.posting.transactions.invoice import InvoiceTransaction
from qbwc_server.posting.transactions.item_receipt import ItemReceiptTransaction
from qbwc_server.posting.transactions.journal_entry import JournalEntryTransaction
from qbwc_server.posting.transactions.payment import PaymentTransaction
from qbwc_server.posting.transactions.purchase_order import PurchaseOrderTransaction
from qbwc_server.posting.transactions.sales_order import SalesOrderTransaction
from qbwc_server.posting.transactions.sales_receipt import SalesReceiptTransaction
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.transfer import TransferTransaction
from qbwc_server.posting.transactions.vendor_credit import VendorCreditTransaction

TRANSACTIONS: dict[str, Transaction[Any]] = {
    one.kind: one
    for one in (
        InvoiceTransaction(),
        SalesReceiptTransaction(),
        CreditMemoTransaction(),
        PaymentTransaction(),
        SalesOrderTransaction(),
        JournalEntryTransaction(),
        EstimateTransaction(),
        DepositTransaction(),
        CreditCardChargeTransaction(),
        CheckTransaction(),
        BillTransaction(),
        VendorCreditTransaction(),
        CreditCardCreditTransaction(),
        PurchaseOrderTransaction(),
        ItemReceiptTransaction(),
        CardRefundTransaction(),
        TransferTransaction(),
        InventoryAdjustmentTransaction(),
    )
}
ADDS = frozenset(one.add_name for one in TRANSACTIONS.values())  # messages that enter a transaction
DETAILS = frozenset(tag for one in TRANSACTIONS.values() for tag in one.details if tag not in LISTS)


def transaction_of(document: Document) -> Transaction[Any]:
    """The rules of a document's kind."""
    return TRANSACTIONS[document.kind]
