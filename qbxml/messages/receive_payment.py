"""Payments received from customers: add and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.card_payments import CreditCardTxnInfo
from qbxml.declaration import attribute, element, exactly_one, ref
from qbxml.message import IteratedQueryResponse, Request, Response
from qbxml.queries import TxnQueryRq
from qbxml.returned import TxnRet
from qbxml.shared import DataExtRet, ErrorRecovery, LinkedTxn, Ref, SetCredit, TxnType
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro


class AppliedToTxnAdd(Aggregate):
    """A transaction to apply the payment to."""

    txn_id: IdOrMacro = element("TxnID")
    payment_amount: Amount | None = element("PaymentAmount", default=None)
    set_credits: tuple[SetCredit, ...] = element("SetCredit", default=())
    discount_amount: Amount | None = element("DiscountAmount", default=None)
    discount_account: Ref | None = ref("DiscountAccountRef", 159, default=None)
    discount_class: Ref | None = ref("DiscountClassRef", 159, default=None, since=(11, 0))


class ReceivePaymentAdd(Aggregate):
    """A payment received from a customer to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    customer: Ref = ref("CustomerRef", 209)
    ar_account: Ref | None = ref("ARAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    total_amount: Amount | None = element("TotalAmount", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(4, 1))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    is_auto_apply: bool | None = element("IsAutoApply", default=None)
    applied_to_txn_adds: tuple[AppliedToTxnAdd, ...] = element("AppliedToTxnAdd", default=())
    choices = (exactly_one("is_auto_apply", "applied_to_txn_adds"),)


class ReceivePaymentAddRq(Request, since=(1, 1)):
    """Enter a payment received from a customer."""

    receive_payment_add: ReceivePaymentAdd = element("ReceivePaymentAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ReceivePaymentQueryRq(TxnQueryRq, since=(1, 1)):
    """Look for payments received from customers."""


class AppliedToTxnRet(Aggregate):
    """A transaction that the payment was applied to."""

    txn_id: Id = element("TxnID")
    txn_type: TxnType = element("TxnType")
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    balance_remaining: Amount | None = element("BalanceRemaining", default=None)
    amount: Amount | None = element("Amount", default=None)
    discount_amount: Amount | None = element("DiscountAmount", default=None)
    discount_account: Ref | None = ref("DiscountAccountRef", 159, default=None)
    discount_class: Ref | None = ref("DiscountClassRef", 159, default=None, since=(11, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(10, 0))


class ReceivePaymentRet(TxnRet, may_lack=("txn_id", "time_created", "time_modified", "edit_sequence")):
    """A payment received from a customer, as it stands in the books; one of credits alone leaves no transaction."""

    customer: Ref | None = ref("CustomerRef", 209, default=None)
    ar_account: Ref | None = ref("ARAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    total_amount: Amount | None = element("TotalAmount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(8, 0))
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(4, 1))
    unused_payment: Amount | None = element("UnusedPayment", default=None)
    unused_credits: Amount | None = element("UnusedCredits", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    applied_to_txn_rets: tuple[AppliedToTxnRet, ...] = element("AppliedToTxnRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ReceivePaymentAddRs(Response, since=(1, 1)):
    """The answer to :class:`ReceivePaymentAddRq`."""

    receive_payment_ret: ReceivePaymentRet | None = element("ReceivePaymentRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ReceivePaymentQueryRs(IteratedQueryResponse, since=(1, 1)):
    """The answer to :class:`ReceivePaymentQueryRq`."""

    receive_payment_rets: tuple[ReceivePaymentRet, ...] = element("ReceivePaymentRet", default=())


MESSAGES = (
    ReceivePaymentAddRq,
    ReceivePaymentQueryRq,
    AppliedToTxnRet,
    ReceivePaymentRet,
    ReceivePaymentAddRs,
    ReceivePaymentQueryRs,
)
