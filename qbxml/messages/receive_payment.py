"""Payments received from customers: add and query."""

from datetime import date, datetime
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.card_payments import CardVerification, CreditCardTxnInfo, CreditCardTxnType, PaymentStatus, TransactionMode
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


class CreditCardTxnInputInfoMod(Aggregate):
    """What is to be sent to the card processor, as it shall be."""

    credit_card_number: str | None = element("CreditCardNumber", default=None, max_length=25)
    expiration_month: int | None = element("ExpirationMonth", default=None, min_value=1, max_value=12)
    expiration_year: int | None = element("ExpirationYear", default=None)
    name_on_card: str | None = element("NameOnCard", default=None, max_length=41)
    credit_card_address: str | None = element("CreditCardAddress", default=None, max_length=41)
    credit_card_postal_code: str | None = element("CreditCardPostalCode", default=None, max_length=18)
    commercial_card_code: str | None = element("CommercialCardCode", default=None, max_length=24)
    transaction_mode: TransactionMode | None = element("TransactionMode", default=None)
    credit_card_txn_type: CreditCardTxnType | None = element("CreditCardTxnType", default=None)


class CreditCardTxnResultInfoMod(Aggregate):
    """What the card processor answered, as it shall be."""

    result_code: int | None = element("ResultCode", default=None)
    result_message: str | None = element("ResultMessage", default=None, max_length=60)
    credit_card_trans_id: str | None = element("CreditCardTransID", default=None, max_length=24)
    merchant_account_number: str | None = element("MerchantAccountNumber", default=None, max_length=32)
    authorization_code: str | None = element("AuthorizationCode", default=None, max_length=12)
    avs_street: CardVerification | None = element("AVSStreet", default=None)
    avs_zip: CardVerification | None = element("AVSZip", default=None)
    card_security_code_match: CardVerification | None = element("CardSecurityCodeMatch", default=None)
    recon_batch_id: str | None = element("ReconBatchID", default=None, max_length=84)
    payment_grouping_code: int | None = element("PaymentGroupingCode", default=None)
    payment_status: PaymentStatus | None = element("PaymentStatus", default=None)
    txn_authorization_time: datetime | None = element("TxnAuthorizationTime", default=None)
    txn_authorization_stamp: int | None = element("TxnAuthorizationStamp", default=None)
    client_trans_id: str | None = element("ClientTransID", default=None, max_length=16)


class CreditCardTxnInfoMod(Aggregate):
    """A payment by card, as it shall be."""

    credit_card_txn_input_info_mod: CreditCardTxnInputInfoMod | None = element(
        "CreditCardTxnInputInfoMod", default=None
    )
    credit_card_txn_result_info_mod: CreditCardTxnResultInfoMod | None = element(
        "CreditCardTxnResultInfoMod", default=None
    )


class AppliedToTxnMod(Aggregate):
    """How much of a payment goes to a transaction, as it shall be."""

    txn_id: Id = element("TxnID")
    payment_amount: Amount | None = element("PaymentAmount", default=None)
    set_credits: tuple[SetCredit, ...] = element("SetCredit", default=())
    discount_amount: Amount | None = element("DiscountAmount", default=None)
    discount_account: Ref | None = ref("DiscountAccountRef", 159, default=None)
    discount_class: Ref | None = ref("DiscountClassRef", 159, default=None, since=(11, 0))


class ReceivePaymentMod(Aggregate):
    """The changes to a payment received from a customer; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    ar_account: Ref | None = ref("ARAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    total_amount: Amount | None = element("TotalAmount", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    credit_card_txn_info_mod: CreditCardTxnInfoMod | None = element("CreditCardTxnInfoMod", default=None, since=(7, 0))
    applied_to_txn_mods: tuple[AppliedToTxnMod, ...] = element("AppliedToTxnMod", default=())


class ReceivePaymentModRq(Request, since=(6, 0)):
    """Change a payment received from a customer."""

    receive_payment_mod: ReceivePaymentMod = element("ReceivePaymentMod")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class ReceivePaymentModRs(Response, since=(6, 0)):
    """The answer to :class:`ReceivePaymentModRq`."""

    receive_payment_ret: ReceivePaymentRet | None = element("ReceivePaymentRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    ReceivePaymentAddRq,
    ReceivePaymentQueryRq,
    AppliedToTxnRet,
    ReceivePaymentRet,
    ReceivePaymentAddRs,
    ReceivePaymentQueryRs,
    ReceivePaymentModRq,
    ReceivePaymentModRs,
)
