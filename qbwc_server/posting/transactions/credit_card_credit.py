"""Credit card credits."""

from __future__ import annotations

from qbwc_server.documents.kinds.credit_card_credit import CreditCardCredit
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import PurchaseTransaction, payee
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.credit_card import (
    CreditCardCreditAdd,
    CreditCardCreditMod,
    CreditCardCreditQueryRq,
    CreditCardCreditRet,
)
from qbxml.messages.transaction import TxnDelType


class CreditCardCreditTransaction(PurchaseTransaction[CreditCardCredit]):
    """A credit card credit in the books."""

    document = CreditCardCredit
    txn_type = TxnDelType.CREDIT_CARD_CREDIT
    add_message, mod_message = CreditCardCreditAdd, CreditCardCreditMod
    query_message, ret = CreditCardCreditQueryRq, CreditCardCreditRet
    party_field = "payee_entity"

    def own(self, document: CreditCardCredit, writing: Writing) -> Values:
        """On which card, and from whom."""
        account = writing.entry(ListKind.ACCOUNT, document.card_account, "card_account")
        return {"account": account, **payee(document, writing)}
