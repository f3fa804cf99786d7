"""Credit card charges."""

from __future__ import annotations

from qbwc_server.documents.kinds.credit_card_charge import CreditCardCharge
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import PurchaseTransaction, payee
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.credit_card import (
    CreditCardChargeAdd,
    CreditCardChargeMod,
    CreditCardChargeQueryRq,
    CreditCardChargeRet,
)
from qbxml.messages.transaction import TxnDelType


class CreditCardChargeTransaction(PurchaseTransaction[CreditCardCharge]):
    """A credit card charge in the books."""

    document = CreditCardCharge
    txn_type = TxnDelType.CREDIT_CARD_CHARGE
    add_message, mod_message = CreditCardChargeAdd, CreditCardChargeMod
    query_message, ret = CreditCardChargeQueryRq, CreditCardChargeRet
    party_field = "payee_entity"

    def own(self, document: CreditCardCharge, writing: Writing) -> Values:
        """On which card, and to whom."""
        account = writing.entry(ListKind.ACCOUNT, document.card_account, "card_account")
        return {"account": account, **payee(document, writing)}
