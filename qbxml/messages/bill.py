"""Bills from vendors: add and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.messages.purchase_lines import (
    BillableStatus,
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
    Address,
    CurrencyFilter,
    DataExt,
    DataExtRet,
    ErrorRecovery,
    LinkedTxn,
    LinkToTxn,
    ListFilter,
    ModifiedDateRangeFilter,
    PaidStatus,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Amount, ExchangeRate, Id, Macro, Price, Quantity


class BillItemLineAdd(Aggregate):
    """A line of a bill that names an item; it may take over a line of a purchase order."""

    item: Ref | None = ref("ItemRef", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    cost: Price | None = element("Cost", default=None)
    amount: Amount | None = element("Amount", default=None)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(2, 0))
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None, since=(2, 0))
    link_to_txn: LinkToTxn | None = element("LinkToTxn", default=None, since=(4, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(13, 0))
    choices = (at_most_one("serial_number", "lot_number"),)


class BillAdd(Aggregate):
    """A bill from a vendor to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    vendor: Ref = ref("VendorRef", 41)
    vendor_address: Address | None = element("VendorAddress", default=None, since=(13, 0))
    ap_account: Ref | None = ref("APAccountRef", 159, default=None, since=(2, 0))
    txn_date: date | None = element("TxnDate", default=None)
    due_date: date | None = element("DueDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    link_to_txn_ids: tuple[Id, ...] = element("LinkToTxnID", default=(), since=(4, 0))
    expense_line_adds: tuple[ExpenseLineAdd, ...] = element("ExpenseLineAdd", default=())
    lines: tuple[BillItemLineAdd | ItemGroupLineAdd, ...] = element("ItemLineAdd", "ItemGroupLineAdd", default=())


class BillAddRq(Request):
    """Enter a bill from a vendor."""

    bill_add: BillAdd = element("BillAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class BillQueryRq(IteratedQuery):
    """Look for bills from vendors."""

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
    paid_status: PaidStatus | None = element("PaidStatus", default=None)
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
                "paid_status",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
        at_most_one("ref_number_filter", "ref_number_range_filter"),
    )


class BillRet(TxnRet):
    """A bill from a vendor, as it stands in the books."""

    vendor: Ref = ref("VendorRef", 41)
    vendor_address: Address | None = element("VendorAddress", default=None, since=(13, 0))
    ap_account: Ref | None = ref("APAccountRef", 159, default=None, since=(2, 0))
    txn_date: date = element("TxnDate")
    due_date: date | None = element("DueDate", default=None)
    amount_due: Amount = element("AmountDue")
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    amount_due_in_home_currency: Amount | None = element("AmountDueInHomeCurrency", default=None, since=(8, 0))
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    is_paid: bool | None = element("IsPaid", default=None, since=(2, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(2, 0))
    expense_line_rets: tuple[ExpenseLineRet, ...] = element("ExpenseLineRet", default=())
    lines: tuple[ItemLineRet | ItemGroupLineRet, ...] = element("ItemLineRet", "ItemGroupLineRet", default=())
    open_amount: Amount | None = element("OpenAmount", default=None)
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class BillAddRs(Response):
    """The answer to :class:`BillAddRq`."""

    bill_ret: BillRet | None = element("BillRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class BillQueryRs(IteratedQueryResponse):
    """The answer to :class:`BillQueryRq`."""

    bill_rets: tuple[BillRet, ...] = element("BillRet", default=())


class BillMod(Aggregate):
    """The changes to a bill from a vendor; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    vendor: Ref | None = ref("VendorRef", 41, default=None)
    vendor_address: Address | None = element("VendorAddress", default=None, since=(13, 0))
    ap_account: Ref | None = ref("APAccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    due_date: date | None = element("DueDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    clear_expense_lines: bool | None = element("ClearExpenseLines", default=None)
    expense_line_mods: tuple[ExpenseLineMod, ...] = element("ExpenseLineMod", default=())
    clear_item_lines: bool | None = element("ClearItemLines", default=None)
    lines: tuple[ItemLineMod | ItemGroupLineMod, ...] = element("ItemLineMod", "ItemGroupLineMod", default=())


class BillModRq(Request, since=(3, 0)):
    """Change a bill from a vendor."""

    bill_mod: BillMod = element("BillMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class BillModRs(Response, since=(3, 0)):
    """The answer to :class:`BillModRq`."""

    bill_ret: BillRet | None = element("BillRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    BillAddRq,
    BillQueryRq,
    BillRet,
    BillAddRs,
    BillQueryRs,
    BillModRq,
    BillModRs,
)
