"""Transactions of any type: query, void, delete; and list entries: delete."""

from datetime import date, datetime
from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, exactly_one, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Query, QueryResponse, Request, Response
from qbxml.shared import (
    ClassFilter,
    CurrencyFilter,
    DateMacro,
    ErrorRecovery,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
    TxnType,
)
from qbxml.values import Amount, ExchangeRate, Id


class ListDelType(StrEnum):
    """The list that an entry is deleted from."""

    ACCOUNT = "Account"
    BILLING_RATE = "BillingRate"
    CLASS = "Class"
    CURRENCY = "Currency"
    CUSTOMER = "Customer"
    CUSTOMER_MSG = "CustomerMsg"
    CUSTOMER_TYPE = "CustomerType"
    DATE_DRIVEN_TERMS = "DateDrivenTerms"
    EMPLOYEE = "Employee"
    INVENTORY_SITE = "InventorySite"
    ITEM_DISCOUNT = "ItemDiscount"
    ITEM_FIXED_ASSET = "ItemFixedAsset"
    ITEM_GROUP = "ItemGroup"
    ITEM_INVENTORY = "ItemInventory"
    ITEM_INVENTORY_ASSEMBLY = "ItemInventoryAssembly"
    ITEM_NON_INVENTORY = "ItemNonInventory"
    ITEM_OTHER_CHARGE = "ItemOtherCharge"
    ITEM_PAYMENT = "ItemPayment"
    ITEM_SALES_TAX = "ItemSalesTax"
    ITEM_SALES_TAX_GROUP = "ItemSalesTaxGroup"
    ITEM_SERVICE = "ItemService"
    ITEM_SUBTOTAL = "ItemSubtotal"
    JOB_TYPE = "JobType"
    OTHER_NAME = "OtherName"
    PAYMENT_METHOD = "PaymentMethod"
    PAYROLL_ITEM_NON_WAGE = "PayrollItemNonWage"
    PAYROLL_ITEM_WAGE = "PayrollItemWage"
    PRICE_LEVEL = "PriceLevel"
    SALES_REP = "SalesRep"
    SALES_TAX_CODE = "SalesTaxCode"
    SHIP_METHOD = "ShipMethod"
    STANDARD_TERMS = "StandardTerms"
    TO_DO = "ToDo"
    UNIT_OF_MEASURE_SET = "UnitOfMeasureSet"
    VEHICLE = "Vehicle"
    VENDOR = "Vendor"
    VENDOR_TYPE = "VendorType"
    WORKERS_COMP_CODE = "WorkersCompCode"


class TxnDelType(StrEnum):
    """The type of a transaction to delete."""

    AR_REFUND_CREDIT_CARD = "ARRefundCreditCard"
    BILL = "Bill"
    BILL_PAYMENT_CHECK = "BillPaymentCheck"
    BILL_PAYMENT_CREDIT_CARD = "BillPaymentCreditCard"
    BUILD_ASSEMBLY = "BuildAssembly"
    CHARGE = "Charge"
    CHECK = "Check"
    CREDIT_CARD_CHARGE = "CreditCardCharge"
    CREDIT_CARD_CREDIT = "CreditCardCredit"
    CREDIT_MEMO = "CreditMemo"
    DEPOSIT = "Deposit"
    ESTIMATE = "Estimate"
    INVENTORY_ADJUSTMENT = "InventoryAdjustment"
    INVOICE = "Invoice"
    ITEM_RECEIPT = "ItemReceipt"
    JOURNAL_ENTRY = "JournalEntry"
    PURCHASE_ORDER = "PurchaseOrder"
    RECEIVE_PAYMENT = "ReceivePayment"
    SALES_ORDER = "SalesOrder"
    SALES_RECEIPT = "SalesReceipt"
    SALES_TAX_PAYMENT_CHECK = "SalesTaxPaymentCheck"
    TIME_TRACKING = "TimeTracking"
    TRANSFER_INVENTORY = "TransferInventory"
    VEHICLE_MILEAGE = "VehicleMileage"
    VENDOR_CREDIT = "VendorCredit"


class TxnVoidType(StrEnum):
    """The type of a transaction to void."""

    AR_REFUND_CREDIT_CARD = "ARRefundCreditCard"
    BILL = "Bill"
    BILL_PAYMENT_CHECK = "BillPaymentCheck"
    BILL_PAYMENT_CREDIT_CARD = "BillPaymentCreditCard"
    CHARGE = "Charge"
    CHECK = "Check"
    CREDIT_CARD_CHARGE = "CreditCardCharge"
    CREDIT_CARD_CREDIT = "CreditCardCredit"
    CREDIT_MEMO = "CreditMemo"
    DEPOSIT = "Deposit"
    INVENTORY_ADJUSTMENT = "InventoryAdjustment"
    INVOICE = "Invoice"
    ITEM_RECEIPT = "ItemReceipt"
    JOURNAL_ENTRY = "JournalEntry"
    SALES_RECEIPT = "SalesReceipt"
    VENDOR_CREDIT = "VendorCredit"


class EntityTypeFilter(StrEnum):
    """One sort of names."""

    CUSTOMER = "Customer"
    EMPLOYEE = "Employee"
    OTHER_NAME = "OtherName"
    VENDOR = "Vendor"


class AccountTypeFilter(StrEnum):
    """One sort of accounts."""

    ACCOUNTS_PAYABLE = "AccountsPayable"
    ACCOUNTS_RECEIVABLE = "AccountsReceivable"
    ALLOWED_FOR_1099 = "AllowedFor1099"
    AP_AND_SALES_TAX = "APAndSalesTax"
    AP_OR_CREDIT_CARD = "APOrCreditCard"
    AR_AND_AP = "ARAndAP"
    ASSET = "Asset"
    BALANCE_SHEET = "BalanceSheet"
    BANK = "Bank"
    BANK_AND_AR_AND_AP_AND_UF = "BankAndARAndAPAndUF"
    BANK_AND_UF = "BankAndUF"
    COST_OF_SALES = "CostOfSales"
    CREDIT_CARD = "CreditCard"
    CURRENT_ASSET = "CurrentAsset"
    CURRENT_ASSET_AND_EXPENSE = "CurrentAssetAndExpense"
    CURRENT_LIABILITY = "CurrentLiability"
    EQUITY = "Equity"
    EQUITY_AND_INCOME_AND_EXPENSE = "EquityAndIncomeAndExpense"
    EXPENSE_AND_OTHER_EXPENSE = "ExpenseAndOtherExpense"
    FIXED_ASSET = "FixedAsset"
    INCOME_AND_EXPENSE = "IncomeAndExpense"
    INCOME_AND_OTHER_INCOME = "IncomeAndOtherIncome"
    LIABILITY = "Liability"
    LIABILITY_AND_EQUITY = "LiabilityAndEquity"
    LONG_TERM_LIABILITY = "LongTermLiability"
    NON_POSTING = "NonPosting"
    ORDINARY_EXPENSE = "OrdinaryExpense"
    ORDINARY_INCOME = "OrdinaryIncome"
    ORDINARY_INCOME_AND_COGS = "OrdinaryIncomeAndCOGS"
    ORDINARY_INCOME_AND_EXPENSE = "OrdinaryIncomeAndExpense"
    OTHER_ASSET = "OtherAsset"
    OTHER_CURRENT_ASSET = "OtherCurrentAsset"
    OTHER_CURRENT_LIABILITY = "OtherCurrentLiability"
    OTHER_EXPENSE = "OtherExpense"
    OTHER_INCOME = "OtherIncome"
    OTHER_INCOME_OR_EXPENSE = "OtherIncomeOrExpense"


class ItemTypeFilter(StrEnum):
    """One sort of items."""

    ALL_EXCEPT_FIXED_ASSET = "AllExceptFixedAsset"
    ASSEMBLY = "Assembly"
    DISCOUNT = "Discount"
    FIXED_ASSET = "FixedAsset"
    INVENTORY = "Inventory"
    INVENTORY_AND_ASSEMBLY = "InventoryAndAssembly"
    NON_INVENTORY = "NonInventory"
    OTHER_CHARGE = "OtherCharge"
    PAYMENT = "Payment"
    SALES = "Sales"
    SALES_TAX = "SalesTax"
    SERVICE = "Service"


class TxnTypeFilter(StrEnum):
    """One type of transactions, or all."""

    ALL = "All"
    AR_REFUND_CREDIT_CARD = "ARRefundCreditCard"
    BILL = "Bill"
    BILL_PAYMENT_CHECK = "BillPaymentCheck"
    BILL_PAYMENT_CREDIT_CARD = "BillPaymentCreditCard"
    BUILD_ASSEMBLY = "BuildAssembly"
    CHARGE = "Charge"
    CHECK = "Check"
    CREDIT_CARD_CHARGE = "CreditCardCharge"
    CREDIT_CARD_CREDIT = "CreditCardCredit"
    CREDIT_MEMO = "CreditMemo"
    DEPOSIT = "Deposit"
    ESTIMATE = "Estimate"
    INVENTORY_ADJUSTMENT = "InventoryAdjustment"
    INVOICE = "Invoice"
    ITEM_RECEIPT = "ItemReceipt"
    JOURNAL_ENTRY = "JournalEntry"
    LIABILITY_ADJUSTMENT = "LiabilityAdjustment"
    PAYCHECK = "Paycheck"
    PAYROLL_LIABILITY_CHECK = "PayrollLiabilityCheck"
    PURCHASE_ORDER = "PurchaseOrder"
    RECEIVE_PAYMENT = "ReceivePayment"
    SALES_ORDER = "SalesOrder"
    SALES_RECEIPT = "SalesReceipt"
    SALES_TAX_PAYMENT_CHECK = "SalesTaxPaymentCheck"
    TRANSFER = "Transfer"
    VENDOR_CREDIT = "VendorCredit"
    YTD_ADJUSTMENT = "YTDAdjustment"


class TransactionDetailLevelFilter(StrEnum):
    """Whole transactions, their lines, or both."""

    ALL = "All"
    SUMMARY_ONLY = "SummaryOnly"
    ALL_EXCEPT_SUMMARY = "AllExceptSummary"


class TransactionPostingStatusFilter(StrEnum):
    """Whether transactions that do not post are looked for."""

    EITHER = "Either"
    NON_POSTING = "NonPosting"
    POSTING = "Posting"


class TransactionPaidStatusFilter(StrEnum):
    """Whether settled transactions are looked for."""

    EITHER = "Either"
    CLOSED = "Closed"
    OPEN = "Open"


class ListDelRq(Request, since=(1, 1)):
    """Delete a list entry that is not in use."""

    list_del_type: ListDelType = element("ListDelType")
    list_id: Id = element("ListID")


class DeletedDateRangeFilter(Aggregate):
    """Deleted in this time; both ends included, each may be left open."""

    from_deleted_date: datetime | None = element("FromDeletedDate", default=None)
    to_deleted_date: datetime | None = element("ToDeletedDate", default=None)


class ListDeletedQueryRq(Query, since=(2, 0)):
    """Ask which list entries were deleted."""

    list_del_types: tuple[ListDelType, ...] = element("ListDelType")
    deleted_date_range_filter: DeletedDateRangeFilter | None = element("DeletedDateRangeFilter", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class TxnDelRq(Request, since=(1, 1)):
    """Delete a transaction."""

    txn_del_type: TxnDelType = element("TxnDelType")
    txn_id: Id = element("TxnID")


class TxnVoidRq(Request, since=(1, 1)):
    """Set a transaction to zero; it stays in the books under its number."""

    txn_void_type: TxnVoidType = element("TxnVoidType")
    txn_id: Id = element("TxnID")


class TxnDeletedQueryRq(Query, since=(2, 0)):
    """Ask which transactions were deleted."""

    txn_del_types: tuple[TxnDelType, ...] = element("TxnDelType")
    deleted_date_range_filter: DeletedDateRangeFilter | None = element("DeletedDateRangeFilter", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class TransactionModifiedDateRangeFilter(Aggregate):
    """Changed in this time: two moments, or the name of a time."""

    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    date_macro: DateMacro | None = element("DateMacro", default=None)
    choices = (at_most_one(any_of("from_modified_date", "to_modified_date"), "date_macro"),)


class TransactionEntityFilter(Aggregate):
    """Only these customers, vendors, employees or other names."""

    entity_type_filter: EntityTypeFilter | None = element("EntityTypeFilter", default=None)
    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", default=None)
    choices = (
        exactly_one("entity_type_filter", "list_ids", "full_names", "list_id_with_children", "full_name_with_children"),
    )


class TransactionAccountFilter(Aggregate):
    """Only what touches these accounts."""

    account_type_filter: AccountTypeFilter | None = element("AccountTypeFilter", default=None)
    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", default=None)
    choices = (
        exactly_one(
            "account_type_filter", "list_ids", "full_names", "list_id_with_children", "full_name_with_children"
        ),
    )


class TransactionItemFilter(Aggregate):
    """Only what sells or buys these items."""

    item_type_filter: ItemTypeFilter | None = element("ItemTypeFilter", default=None)
    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", default=None)
    choices = (
        exactly_one("item_type_filter", "list_ids", "full_names", "list_id_with_children", "full_name_with_children"),
    )


class TransactionTypeFilter(Aggregate):
    """Only these types of transactions."""

    txn_type_filters: tuple[TxnTypeFilter, ...] = element("TxnTypeFilter")


class TransactionQueryRq(IteratedQuery, since=(4, 0)):
    """Look for transactions of any type."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    ref_numbers: tuple[str, ...] = element("RefNumber", default=())
    ref_numbers_case_sensitive: tuple[str, ...] = element("RefNumberCaseSensitive", default=(), since=(4, 0))
    ref_number_filter: RefNumberFilter | None = element("RefNumberFilter", default=None)
    ref_number_range_filter: RefNumberRangeFilter | None = element("RefNumberRangeFilter", default=None)
    transaction_modified_date_range_filter: TransactionModifiedDateRangeFilter | None = element(
        "TransactionModifiedDateRangeFilter", default=None
    )
    transaction_date_range_filter: TxnDateRangeFilter | None = element("TransactionDateRangeFilter", default=None)
    transaction_entity_filter: TransactionEntityFilter | None = element("TransactionEntityFilter", default=None)
    transaction_account_filter: TransactionAccountFilter | None = element("TransactionAccountFilter", default=None)
    transaction_item_filter: TransactionItemFilter | None = element("TransactionItemFilter", default=None)
    transaction_class_filter: ClassFilter | None = element("TransactionClassFilter", default=None)
    transaction_type_filter: TransactionTypeFilter | None = element("TransactionTypeFilter", default=None)
    transaction_detail_level_filter: TransactionDetailLevelFilter | None = element(
        "TransactionDetailLevelFilter", default=None
    )
    transaction_posting_status_filter: TransactionPostingStatusFilter | None = element(
        "TransactionPostingStatusFilter", default=None
    )
    transaction_paid_status_filter: TransactionPaidStatusFilter | None = element(
        "TransactionPaidStatusFilter", default=None
    )
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)
    choices = (
        at_most_one(
            "txn_ids",
            any_of(
                "max_returned",
                "ref_numbers",
                "ref_numbers_case_sensitive",
                "ref_number_filter",
                "ref_number_range_filter",
                "transaction_modified_date_range_filter",
                "transaction_date_range_filter",
                "transaction_entity_filter",
                "transaction_account_filter",
                "transaction_item_filter",
                "transaction_class_filter",
                "transaction_type_filter",
                "transaction_detail_level_filter",
                "transaction_posting_status_filter",
                "transaction_paid_status_filter",
                "currency_filter",
            ),
        ),
        at_most_one("ref_numbers", "ref_numbers_case_sensitive", "ref_number_filter", "ref_number_range_filter"),
    )


class ListDelRs(Response, since=(1, 1)):
    """What was deleted; the values stand directly in the answer."""

    list_del_type: ListDelType | None = element("ListDelType", default=None)
    list_id: Id | None = element("ListID", default=None)
    time_deleted: datetime | None = element("TimeDeleted", default=None)
    full_name: str | None = element("FullName", default=None)


class ListDeletedRet(Aggregate):
    """A deleted list entry, as it stands in the books."""

    list_del_type: ListDelType = element("ListDelType")
    list_id: Id = element("ListID")
    time_created: datetime = element("TimeCreated")
    time_deleted: datetime = element("TimeDeleted")
    full_name: str | None = element("FullName", default=None)


class ListDeletedQueryRs(QueryResponse, since=(2, 0)):
    """The answer to :class:`ListDeletedQueryRq`."""

    list_deleted_rets: tuple[ListDeletedRet, ...] = element("ListDeletedRet", default=())


class TxnDelRs(Response, since=(1, 1)):
    """What was deleted; the values stand directly in the answer."""

    txn_del_type: TxnDelType | None = element("TxnDelType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    time_deleted: datetime | None = element("TimeDeleted", default=None)
    ref_number: str | None = element("RefNumber", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class TxnVoidRs(Response, since=(1, 1)):
    """What was voided; the values stand directly in the answer."""

    txn_void_type: TxnVoidType | None = element("TxnVoidType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    time_created: datetime | None = element("TimeCreated", default=None)
    time_modified: datetime | None = element("TimeModified", default=None)
    ref_number: str | None = element("RefNumber", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class TxnDeletedRet(Aggregate):
    """A deleted transaction, as it stands in the books."""

    txn_del_type: TxnDelType = element("TxnDelType")
    txn_id: Id = element("TxnID")
    time_created: datetime = element("TimeCreated")
    time_deleted: datetime = element("TimeDeleted")
    ref_number: str | None = element("RefNumber", default=None)


class TxnDeletedQueryRs(QueryResponse, since=(2, 0)):
    """The answer to :class:`TxnDeletedQueryRq`."""

    txn_deleted_rets: tuple[TxnDeletedRet, ...] = element("TxnDeletedRet", default=())


class TransactionRet(Aggregate):
    """One transaction of any type, in summary."""

    txn_type: TxnType | None = element("TxnType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None)
    time_created: datetime | None = element("TimeCreated", default=None)
    time_modified: datetime | None = element("TimeModified", default=None)
    entity: Ref | None = ref("EntityRef", 209, default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None)
    amount: Amount | None = element("Amount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    amount_in_home_currency: Amount | None = element("AmountInHomeCurrency", default=None, since=(8, 0))
    memo: str | None = element("Memo", default=None, max_length=4095)


class TransactionQueryRs(IteratedQueryResponse, since=(4, 0)):
    """The answer to :class:`TransactionQueryRq`."""

    transaction_rets: tuple[TransactionRet, ...] = element("TransactionRet", default=())


MESSAGES = (
    ListDelRq,
    ListDeletedQueryRq,
    TxnDelRq,
    TxnVoidRq,
    TxnDeletedQueryRq,
    TransactionQueryRq,
    ListDelRs,
    ListDeletedRet,
    ListDeletedQueryRs,
    TxnDelRs,
    TxnVoidRs,
    TxnDeletedRet,
    TxnDeletedQueryRs,
    TransactionRet,
    TransactionQueryRs,
)
