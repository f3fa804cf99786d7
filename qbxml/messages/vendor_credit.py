"""Credits from vendors: add, modify and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
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
from qbxml.returned import TxnRet
from qbxml.shared import (
    CurrencyFilter,
    DataExtRet,
    ErrorRecovery,
    LinkedTxn,
    ListFilter,
    ModifiedDateRangeFilter,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Amount, ExchangeRate, Id, Macro


class VendorCreditAdd(Aggregate):
    """A credit from a vendor to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    vendor: Ref = ref("VendorRef", 41)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None, since=(2, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    expense_line_adds: tuple[ExpenseLineAdd, ...] = element("ExpenseLineAdd", default=())
    lines: tuple[ItemLineAdd | ItemGroupLineAdd, ...] = element("ItemLineAdd", "ItemGroupLineAdd", default=())


class VendorCreditAddRq(Request):
    """Enter a credit from a vendor."""

    vendor_credit_add: VendorCreditAdd = element("VendorCreditAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class VendorCreditMod(Aggregate):
    """The changes to a credit from a vendor; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    vendor: Ref | None = ref("VendorRef", 41, default=None)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None, since=(2, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class VendorCreditModRq(Request, since=(8, 0)):
    """Change a credit from a vendor."""

    vendor_credit_mod: VendorCreditMod = element("VendorCreditMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class VendorCreditQueryRq(IteratedQuery):
    """Look for credits from vendors."""

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
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_line_items: bool | None = element("IncludeLineItems", default=None)
    include_linked_txns: bool | None = element("IncludeLinkedTxns", default=None, since=(2, 0))
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


class VendorCreditRet(TxnRet):
    """A credit from a vendor, as it stands in the books."""

    vendor: Ref = ref("VendorRef", 41)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None, since=(2, 0))
    txn_date: date = element("TxnDate")
    credit_amount: Amount = element("CreditAmount")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    credit_amount_in_home_currency: Amount | None = element("CreditAmountInHomeCurrency", default=None, since=(8, 0))
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(2, 0))
    expense_line_rets: tuple[ExpenseLineRet, ...] = element("ExpenseLineRet", default=())
    lines: tuple[ItemLineRet | ItemGroupLineRet, ...] = element("ItemLineRet", "ItemGroupLineRet", default=())
    open_amount: Amount | None = element("OpenAmount", default=None)
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class VendorCreditAddRs(Response):
    """The answer to :class:`VendorCreditAddRq`."""

    vendor_credit_ret: VendorCreditRet | None = element("VendorCreditRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class VendorCreditModRs(Response, since=(8, 0)):
    """The answer to :class:`VendorCreditModRq`."""

    vendor_credit_ret: VendorCreditRet | None = element("VendorCreditRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class VendorCreditQueryRs(IteratedQueryResponse):
    """The answer to :class:`VendorCreditQueryRq`."""

    vendor_credit_rets: tuple[VendorCreditRet, ...] = element("VendorCreditRet", default=())


MESSAGES = (
    VendorCreditAddRq,
    VendorCreditModRq,
    VendorCreditQueryRq,
    VendorCreditRet,
    VendorCreditAddRs,
    VendorCreditModRs,
    VendorCreditQueryRs,
)
