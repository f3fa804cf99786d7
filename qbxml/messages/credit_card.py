"""Purchases by credit card and refunds to it: add."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import attribute, element, ref
from qbxml.message import IteratedQueryResponse, Request, Response
from qbxml.messages.purchase_lines import (
    ExpenseLineAdd,
    ExpenseLineMod,
    ExpenseLineRet,
    ItemGroupLineAdd,
    ItemGroupLineMod,
    ItemGroupLineRet,
    ItemLineAdd,
    ItemLineMod,
    ItemLineRet,
)
from qbxml.queries import TxnQueryRq
from qbxml.returned import TxnRet
from qbxml.shared import DataExtRet, ErrorRecovery, Ref
from qbxml.values import Amount, ExchangeRate, Id, Macro


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


class CreditCardChargeMod(Aggregate):
    """The changes to a purchase by credit card; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    account: Ref | None = ref("AccountRef", 159, default=None)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class CreditCardChargeModRq(Request, since=(6, 0)):
    """Change a purchase by credit card."""

    credit_card_charge_mod: CreditCardChargeMod = element("CreditCardChargeMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CreditCardChargeQueryRq(TxnQueryRq):
    """Look for purchases by credit card."""


class CreditCardChargeModRs(Response, since=(6, 0)):
    """The answer to :class:`CreditCardChargeModRq`."""

    credit_card_charge_ret: CreditCardChargeRet | None = element("CreditCardChargeRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CreditCardChargeQueryRs(IteratedQueryResponse):
    """The answer to :class:`CreditCardChargeQueryRq`."""

    credit_card_charge_rets: tuple[CreditCardChargeRet, ...] = element("CreditCardChargeRet", default=())


class CreditCardCreditMod(Aggregate):
    """The changes to a refund to a credit card; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    account: Ref | None = ref("AccountRef", 159, default=None)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class CreditCardCreditModRq(Request, since=(6, 0)):
    """Change a refund to a credit card."""

    credit_card_credit_mod: CreditCardCreditMod = element("CreditCardCreditMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CreditCardCreditQueryRq(TxnQueryRq):
    """Look for refunds to credit cards."""


class CreditCardCreditModRs(Response, since=(6, 0)):
    """The answer to :class:`CreditCardCreditModRq`."""

    credit_card_credit_ret: CreditCardCreditRet | None = element("CreditCardCreditRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CreditCardCreditQueryRs(IteratedQueryResponse):
    """The answer to :class:`CreditCardCreditQueryRq`."""

    credit_card_credit_rets: tuple[CreditCardCreditRet, ...] = element("CreditCardCreditRet", default=())


MESSAGES = (
    CreditCardChargeAddRq,
    CreditCardCreditAddRq,
    CreditCardChargeRet,
    CreditCardChargeAddRs,
    CreditCardCreditRet,
    CreditCardCreditAddRs,
    CreditCardChargeModRq,
    CreditCardChargeQueryRq,
    CreditCardChargeModRs,
    CreditCardChargeQueryRs,
    CreditCardCreditModRq,
    CreditCardCreditQueryRq,
    CreditCardCreditModRs,
    CreditCardCreditQueryRs,
)
