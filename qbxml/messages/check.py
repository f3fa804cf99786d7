"""Checks: add and query."""

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
    Address,
    AddressBlock,
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
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro


class ApplyCheckToTxnAdd(Aggregate):
    """A transaction that the check pays."""

    txn_id: IdOrMacro = element("TxnID")
    amount: Amount | None = element("Amount", default=None)


class CheckAdd(Aggregate):
    """A check to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    account: Ref = ref("AccountRef", 159)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    txn_date: date | None = element("TxnDate", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    address: Address | None = element("Address", default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    apply_check_to_txn_adds: tuple[ApplyCheckToTxnAdd, ...] = element("ApplyCheckToTxnAdd", default=(), since=(7, 0))
    expense_line_adds: tuple[ExpenseLineAdd, ...] = element("ExpenseLineAdd", default=())
    lines: tuple[ItemLineAdd | ItemGroupLineAdd, ...] = element("ItemLineAdd", "ItemGroupLineAdd", default=())


class CheckAddRq(Request):
    """Enter a check."""

    check_add: CheckAdd = element("CheckAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CheckQueryRq(IteratedQuery):
    """Look for checks."""

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
    include_linked_txns: bool | None = element("IncludeLinkedTxns", default=None, since=(7, 0))
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


class CheckRet(TxnRet):
    """A check, as it stands in the books."""

    account: Ref = ref("AccountRef", 159)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    txn_date: date = element("TxnDate")
    amount: Amount = element("Amount")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    amount_in_home_currency: Amount | None = element("AmountInHomeCurrency", default=None, since=(8, 0))
    memo: str | None = element("Memo", default=None, max_length=4095)
    address: Address | None = element("Address", default=None)
    address_block: AddressBlock | None = element("AddressBlock", default=None, since=(6, 0))
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(7, 0))
    expense_line_rets: tuple[ExpenseLineRet, ...] = element("ExpenseLineRet", default=())
    lines: tuple[ItemLineRet | ItemGroupLineRet, ...] = element("ItemLineRet", "ItemGroupLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class CheckAddRs(Response):
    """The answer to :class:`CheckAddRq`."""

    check_ret: CheckRet | None = element("CheckRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CheckQueryRs(IteratedQueryResponse):
    """The answer to :class:`CheckQueryRq`."""

    check_rets: tuple[CheckRet, ...] = element("CheckRet", default=())


class ApplyCheckToTxnMod(Aggregate):
    """How much of a check goes to a transaction, as it shall be."""

    txn_id: IdOrMacro = element("TxnID")
    amount: Amount | None = element("Amount", default=None)


class CheckMod(Aggregate):
    """The changes to a check; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    account: Ref | None = ref("AccountRef", 159, default=None)
    payee_entity: Ref | None = ref("PayeeEntityRef", 209, default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    txn_date: date | None = element("TxnDate", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    address: Address | None = element("Address", default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    apply_check_to_txn_mods: tuple[ApplyCheckToTxnMod, ...] = element("ApplyCheckToTxnMod", default=(), since=(7, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class CheckModRq(Request, since=(6, 0)):
    """Change a check."""

    check_mod: CheckMod = element("CheckMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CheckModRs(Response, since=(6, 0)):
    """The answer to :class:`CheckModRq`."""

    check_ret: CheckRet | None = element("CheckRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    CheckAddRq,
    CheckQueryRq,
    CheckRet,
    CheckAddRs,
    CheckQueryRs,
    CheckModRq,
    CheckModRs,
)
