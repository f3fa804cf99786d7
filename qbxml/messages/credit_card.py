"""Purchases by credit card and refunds to it: add."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import attribute, element, ref
from qbxml.message import Request, Response
from qbxml.messages.purchase_lines import (
    ExpenseLineAdd,
    ExpenseLineRet,
    ItemGroupLineAdd,
    ItemGroupLineRet,
    ItemLineAdd,
    ItemLineRet,
)
from qbxml.returned import TxnRet
from qbxml.shared import DataExtRet, ErrorRecovery, Ref
from qbxml.values import Amount, ExchangeRate, Macro


class CreditCardAdd(Aggregate):
    """What entries on a credit card account have in common."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    account: Ref = ref("AccountRef", 159)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    expense_line_adds: tuple[ExpenseLineAdd, ...] = element("ExpenseLineAdd", default=())
    lines: tuple[ItemLineAdd | ItemGroupLineAdd, ...] = element("ItemLineAdd", "ItemGroupLineAdd", default=())


class CreditCardChargeAdd(CreditCardAdd):
    """A purchase by credit card to be entered."""


class CreditCardChargeAddRq(Request):
    """Enter a purchase by credit card."""

    credit_card_charge_add: CreditCardChargeAdd = element("CreditCardChargeAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CreditCardCreditAdd(CreditCardAdd):
    """A refund to a credit card to be entered."""


class CreditCardCreditAddRq(Request):
    """Enter a refund to a credit card."""

    credit_card_credit_add: CreditCardCreditAdd = element("CreditCardCreditAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CreditCardRet(TxnRet):
    """What entries on a credit card account have in common, as they stand in the books."""

    account: Ref = ref("AccountRef", 159)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    txn_date: date = element("TxnDate")
    amount: Amount = element("Amount")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    amount_in_home_currency: Amount | None = element("AmountInHomeCurrency", default=None, since=(8, 0))
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    memo: str | None = element("Memo", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    expense_line_rets: tuple[ExpenseLineRet, ...] = element("ExpenseLineRet", default=())
    lines: tuple[ItemLineRet | ItemGroupLineRet, ...] = element("ItemLineRet", "ItemGroupLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class CreditCardChargeRet(CreditCardRet):
    """A purchase by credit card, as it stands in the books."""


class CreditCardChargeAddRs(Response):
    """The answer to :class:`CreditCardChargeAddRq`."""

    credit_card_charge_ret: CreditCardChargeRet | None = element("CreditCardChargeRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CreditCardCreditRet(CreditCardRet):
    """A refund to a credit card, as it stands in the books."""


class CreditCardCreditAddRs(Response):
    """The answer to :class:`CreditCardCreditAddRq`."""

    credit_card_credit_ret: CreditCardCreditRet | None = element("CreditCardCreditRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    CreditCardChargeAddRq,
    CreditCardCreditAddRq,
    CreditCardChargeRet,
    CreditCardChargeAddRs,
    CreditCardCreditRet,
    CreditCardCreditAddRs,
)
