"""Bank deposits: add and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, exactly_one, ref, together
from qbxml.message import IteratedQuery, IteratedQueryResponse, Query, QueryResponse, Request, Response
from qbxml.returned import TxnRet
from qbxml.shared import (
    CurrencyFilter,
    DataExtRet,
    ErrorRecovery,
    ListFilter,
    ModifiedDateRangeFilter,
    Ref,
    TxnDateRangeFilter,
    TxnType,
)
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro


class CashBackInfoAdd(Aggregate):
    """The part of a deposit that is kept in cash."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    account: Ref = ref("AccountRef", 159)
    memo: str | None = element("Memo", default=None, max_length=4095)
    amount: Amount | None = element("Amount", default=None)


class DepositLineAdd(Aggregate):
    """A payment already received, or money from elsewhere."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    payment_txn_id: IdOrMacro | None = element("PaymentTxnID", default=None)
    payment_txn_line_id: IdOrMacro | None = element("PaymentTxnLineID", default=None)
    override_memo: str | None = element("OverrideMemo", default=None, max_length=4095)
    override_check_number: str | None = element("OverrideCheckNumber", default=None, max_length=11)
    override_class: Ref | None = ref("OverrideClassRef", 159, default=None)
    entity: Ref | None = ref("EntityRef", 209, default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    check_number: str | None = element("CheckNumber", default=None, max_length=11)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    choices = (
        exactly_one(
            together(
                "payment_txn_id",
                may=(
                    "payment_txn_line_id",
                    "override_memo",
                    "override_check_number",
                    "override_class",
                ),
            ),
            together(
                "account",
                may=(
                    "entity",
                    "memo",
                    "check_number",
                    "payment_method",
                    "class_",
                    "amount",
                ),
            ),
        ),
    )


class DepositAdd(Aggregate):
    """A bank deposit to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    txn_date: date | None = element("TxnDate", default=None)
    deposit_to_account: Ref = ref("DepositToAccountRef", 159)
    memo: str | None = element("Memo", default=None, max_length=4095)
    cash_back_info_add: CashBackInfoAdd | None = element("CashBackInfoAdd", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    deposit_line_adds: tuple[DepositLineAdd, ...] = element("DepositLineAdd", default=())


class DepositAddRq(Request, since=(2, 0)):
    """Enter a bank deposit."""

    deposit_add: DepositAdd = element("DepositAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class DepositQueryRq(IteratedQuery, since=(2, 0)):
    """Look for bank deposits."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    entity_filter: ListFilter | None = element("EntityFilter", default=None)
    account_filter: ListFilter | None = element("AccountFilter", default=None)
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_line_items: bool | None = element("IncludeLineItems", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=())
    choices = (
        at_most_one(
            "txn_ids",
            any_of(
                "max_returned",
                "modified_date_range_filter",
                "txn_date_range_filter",
                "entity_filter",
                "account_filter",
                "currency_filter",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
    )


class CashBackInfoRet(Aggregate):
    """The part of a deposit that was kept in cash."""

    txn_line_id: Id = element("TxnLineID")
    account: Ref = ref("AccountRef", 159)
    memo: str | None = element("Memo", default=None, max_length=4095)
    amount: Amount | None = element("Amount", default=None)


class DepositLineRet(Aggregate):
    """A line of a deposit, as it stands in the books."""

    txn_type: TxnType | None = element("TxnType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_line_id: Id = element("TxnLineID")
    payment_txn_line_id: Id | None = element("PaymentTxnLineID", default=None, since=(7, 0))
    entity: Ref | None = ref("EntityRef", 209, default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    check_number: str | None = element("CheckNumber", default=None, max_length=11)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)


class DepositRet(TxnRet):
    """A bank deposit, as it stands in the books."""

    txn_date: date = element("TxnDate")
    deposit_to_account: Ref = ref("DepositToAccountRef", 159)
    memo: str | None = element("Memo", default=None, max_length=4095)
    deposit_total: Amount | None = element("DepositTotal", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    deposit_total_in_home_currency: Amount | None = element("DepositTotalInHomeCurrency", default=None, since=(8, 0))
    cash_back_info_ret: CashBackInfoRet | None = element("CashBackInfoRet", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    deposit_line_rets: tuple[DepositLineRet, ...] = element("DepositLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class DepositAddRs(Response, since=(2, 0)):
    """The answer to :class:`DepositAddRq`."""

    deposit_ret: DepositRet | None = element("DepositRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class DepositQueryRs(IteratedQueryResponse, since=(2, 0)):
    """The answer to :class:`DepositQueryRq`."""

    deposit_rets: tuple[DepositRet, ...] = element("DepositRet", default=())


class CashBackInfoMod(Aggregate):
    """The part of a deposit that is kept in cash, as it shall be."""

    account: Ref | None = ref("AccountRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    amount: Amount | None = element("Amount", default=None)


class DepositLineMod(Aggregate):
    """A line of a bank deposit to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    payment_txn_id: IdOrMacro | None = element("PaymentTxnID", default=None)
    payment_txn_line_id: IdOrMacro | None = element("PaymentTxnLineID", default=None)
    override_memo: str | None = element("OverrideMemo", default=None, max_length=4095)
    override_check_number: str | None = element("OverrideCheckNumber", default=None, max_length=11)
    override_class: Ref | None = ref("OverrideClassRef", 159, default=None)
    entity: Ref | None = ref("EntityRef", 209, default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    check_number: str | None = element("CheckNumber", default=None, max_length=11)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    choices = (
        at_most_one(
            together(
                "payment_txn_id",
                may=(
                    "payment_txn_line_id",
                    "override_memo",
                    "override_check_number",
                    "override_class",
                ),
            ),
            any_of("entity", "account", "memo", "check_number", "payment_method", "class_", "amount"),
        ),
    )


class DepositMod(Aggregate):
    """The changes to a bank deposit; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    txn_date: date | None = element("TxnDate", default=None)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    cash_back_info_mod: CashBackInfoMod | None = element("CashBackInfoMod", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    deposit_line_mods: tuple[DepositLineMod, ...] = element("DepositLineMod", default=())


class DepositModRq(Request, since=(7, 0)):
    """Change a bank deposit."""

    deposit_mod: DepositMod = element("DepositMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class DepositModRs(Response, since=(7, 0)):
    """The answer to :class:`DepositModRq`."""

    deposit_ret: DepositRet | None = element("DepositRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ReceivePaymentToDepositQueryRq(Query, since=(2, 0)):
    """Look for payments that wait to be deposited."""

    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ReceivePaymentToDepositRet(Aggregate):
    """A payment that waits to be deposited."""

    txn_id: Id = element("TxnID")
    txn_line_id: Id | None = element("TxnLineID", default=None)
    txn_type: TxnType = element("TxnType")
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None)
    amount: Amount = element("Amount")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    amount_in_home_currency: Amount | None = element("AmountInHomeCurrency", default=None, since=(8, 0))


class ReceivePaymentToDepositQueryRs(QueryResponse, since=(2, 0)):
    """The answer to :class:`ReceivePaymentToDepositQueryRq`."""

    receive_payment_to_deposit_rets: tuple[ReceivePaymentToDepositRet, ...] = element(
        "ReceivePaymentToDepositRet", default=()
    )


MESSAGES = (
    DepositAddRq,
    DepositQueryRq,
    CashBackInfoRet,
    DepositLineRet,
    DepositRet,
    DepositAddRs,
    DepositQueryRs,
    DepositModRq,
    DepositModRs,
    ReceivePaymentToDepositQueryRq,
    ReceivePaymentToDepositRet,
    ReceivePaymentToDepositQueryRs,
)
