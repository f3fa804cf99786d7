"""Refunds to the credit card of a customer: add and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.card_payments import CreditCardTxnInfo
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.returned import TxnRet
from qbxml.shared import (
    Address,
    AddressBlock,
    CurrencyFilter,
    DataExtRet,
    ErrorRecovery,
    ListFilter,
    ModifiedDateRangeFilter,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
    TxnType,
)
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro


class RefundAppliedToTxnAdd(Aggregate):
    """A credit that is refunded."""

    txn_id: IdOrMacro = element("TxnID")
    refund_amount: Amount = element("RefundAmount")


class ARRefundCreditCardAdd(Aggregate):
    """A refund to a customer's credit card to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    customer: Ref = ref("CustomerRef", 209)
    refund_from_account: Ref | None = ref("RefundFromAccountRef", 159, default=None)
    ar_account: Ref | None = ref("ARAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    address: Address | None = element("Address", default=None)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(9, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    refund_applied_to_txn_adds: tuple[RefundAppliedToTxnAdd, ...] = element("RefundAppliedToTxnAdd")


class ARRefundCreditCardAddRq(Request, since=(5, 0)):
    """Enter a refund to a customer's credit card."""

    ar_refund_credit_card_add: ARRefundCreditCardAdd = element("ARRefundCreditCardAdd")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class ARRefundCreditCardQueryRq(IteratedQuery, since=(5, 0)):
    """Look for refunds to customers' credit cards."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    ref_numbers: tuple[str, ...] = element("RefNumber", default=())
    ref_numbers_case_sensitive: tuple[str, ...] = element("RefNumberCaseSensitive", default=(), since=(4, 0))
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    entity_filter: ListFilter | None = element("EntityFilter", default=None)
    account_filter: ListFilter | None = element("AccountFilter", default=None)
    ref_number_filter: RefNumberFilter | None = element("RefNumberFilter", default=None)
    ref_number_range_filter: RefNumberRangeFilter | None = element("RefNumberRangeFilter", default=None)
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(9, 0))
    include_line_items: bool | None = element("IncludeLineItems", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))
    choices = (
        at_most_one(
            "txn_ids",
            "ref_numbers",
            "ref_numbers_case_sensitive",
            any_of(
                "max_returned",
                "modified_date_range_filter",
                "txn_date_range_filter",
                "entity_filter",
                "account_filter",
                "ref_number_filter",
                "ref_number_range_filter",
                "currency_filter",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
        at_most_one("ref_number_filter", "ref_number_range_filter"),
    )


class RefundAppliedToTxnRet(Aggregate):
    """A credit that was refunded."""

    txn_id: Id = element("TxnID")
    txn_type: TxnType = element("TxnType")
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    credit_remaining: Amount = element("CreditRemaining")
    refund_amount: Amount = element("RefundAmount")
    credit_remaining_in_home_currency: Amount | None = element(
        "CreditRemainingInHomeCurrency", default=None, since=(9, 0)
    )
    refund_amount_in_home_currency: Amount | None = element("RefundAmountInHomeCurrency", default=None, since=(9, 0))


class ARRefundCreditCardRet(TxnRet, may_lack=("txn_id", "time_created", "time_modified", "edit_sequence")):
    """A refund to a customer's credit card, as it stands in the books."""

    customer: Ref | None = ref("CustomerRef", 209, default=None)
    refund_from_account: Ref | None = ref("RefundFromAccountRef", 159, default=None)
    ar_account: Ref | None = ref("ARAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    total_amount: Amount | None = element("TotalAmount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(9, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(9, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(9, 0))
    address: Address | None = element("Address", default=None)
    address_block: AddressBlock | None = element("AddressBlock", default=None, since=(6, 0))
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    refund_applied_to_txn_rets: tuple[RefundAppliedToTxnRet, ...] = element("RefundAppliedToTxnRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class ARRefundCreditCardAddRs(Response, since=(5, 0)):
    """The answer to :class:`ARRefundCreditCardAddRq`."""

    ar_refund_credit_card_ret: ARRefundCreditCardRet | None = element("ARRefundCreditCardRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ARRefundCreditCardQueryRs(IteratedQueryResponse, since=(5, 0)):
    """The answer to :class:`ARRefundCreditCardQueryRq`."""

    ar_refund_credit_card_rets: tuple[ARRefundCreditCardRet, ...] = element("ARRefundCreditCardRet", default=())


MESSAGES = (
    ARRefundCreditCardAddRq,
    ARRefundCreditCardQueryRq,
    RefundAppliedToTxnRet,
    ARRefundCreditCardRet,
    ARRefundCreditCardAddRs,
    ARRefundCreditCardQueryRs,
)
