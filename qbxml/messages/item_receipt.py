"""Receipts of items without a bill: add, modify and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.messages.bill import BillItemLineAdd
from qbxml.messages.purchase_lines import (
    ExpenseLineAdd,
    ExpenseLineMod,
    ExpenseLineRet,
    ItemGroupLineAdd,
    ItemGroupLineMod,
    ItemGroupLineRet,
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


class ItemReceiptAdd(Aggregate):
    """A receipt of items to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    vendor: Ref = ref("VendorRef", 41)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    link_to_txn_ids: tuple[Id, ...] = element("LinkToTxnID", default=())
    expense_line_adds: tuple[ExpenseLineAdd, ...] = element("ExpenseLineAdd", default=())
    lines: tuple[BillItemLineAdd | ItemGroupLineAdd, ...] = element("ItemLineAdd", "ItemGroupLineAdd", default=())


class ItemReceiptAddRq(Request, since=(4, 0)):
    """Enter a receipt of items."""

    item_receipt_add: ItemReceiptAdd = element("ItemReceiptAdd")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class ItemReceiptMod(Aggregate):
    """The changes to a receipt of items; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    vendor: Ref | None = ref("VendorRef", 41, default=None)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class ItemReceiptModRq(Request, since=(4, 0)):
    """Change a receipt of items."""

    item_receipt_mod: ItemReceiptMod = element("ItemReceiptMod")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class ItemReceiptQueryRq(IteratedQuery, since=(3, 0)):
    """Look for receipts of items."""

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
    include_linked_txns: bool | None = element("IncludeLinkedTxns", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=())
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


class ItemReceiptRet(TxnRet):
    """A receipt of items, as it stands in the books."""

    vendor: Ref = ref("VendorRef", 41)
    ap_account: Ref | None = ref("APAccountRef", 159, default=None)
    liability_account: Ref | None = ref("LiabilityAccountRef", 159, default=None, since=(11, 0))
    txn_date: date = element("TxnDate")
    total_amount: Amount = element("TotalAmount")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(8, 0))
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    memo: str | None = element("Memo", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=())
    expense_line_rets: tuple[ExpenseLineRet, ...] = element("ExpenseLineRet", default=())
    lines: tuple[ItemLineRet | ItemGroupLineRet, ...] = element("ItemLineRet", "ItemGroupLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())
    choices = (at_most_one("ap_account", "liability_account"),)


class ItemReceiptAddRs(Response, since=(4, 0)):
    """The answer to :class:`ItemReceiptAddRq`."""

    item_receipt_ret: ItemReceiptRet | None = element("ItemReceiptRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemReceiptModRs(Response, since=(4, 0)):
    """The answer to :class:`ItemReceiptModRq`."""

    item_receipt_ret: ItemReceiptRet | None = element("ItemReceiptRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemReceiptQueryRs(IteratedQueryResponse, since=(3, 0)):
    """The answer to :class:`ItemReceiptQueryRq`."""

    item_receipt_rets: tuple[ItemReceiptRet, ...] = element("ItemReceiptRet", default=())


MESSAGES = (
    ItemReceiptAddRq,
    ItemReceiptModRq,
    ItemReceiptQueryRq,
    ItemReceiptRet,
    ItemReceiptAddRs,
    ItemReceiptModRs,
    ItemReceiptQueryRs,
)
