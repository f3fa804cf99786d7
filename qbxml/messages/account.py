"""Accounts: add and query."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, ref
from qbxml.message import Query, QueryResponse, Request, Response
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, CurrencyFilter, DataExtRet, ErrorRecovery, NameFilter, NameRangeFilter, Ref
from qbxml.values import Amount, Id


class AccountType(StrEnum):
    """The type of an account."""

    ACCOUNTS_PAYABLE = "AccountsPayable"
    ACCOUNTS_RECEIVABLE = "AccountsReceivable"
    BANK = "Bank"
    COST_OF_GOODS_SOLD = "CostOfGoodsSold"
    CREDIT_CARD = "CreditCard"
    EQUITY = "Equity"
    EXPENSE = "Expense"
    FIXED_ASSET = "FixedAsset"
    INCOME = "Income"
    LONG_TERM_LIABILITY = "LongTermLiability"
    NON_POSTING = "NonPosting"
    OTHER_ASSET = "OtherAsset"
    OTHER_CURRENT_ASSET = "OtherCurrentAsset"
    OTHER_CURRENT_LIABILITY = "OtherCurrentLiability"
    OTHER_EXPENSE = "OtherExpense"
    OTHER_INCOME = "OtherIncome"


class SpecialAccountType(StrEnum):
    """What QuickBooks itself uses an account for."""

    ACCOUNTS_PAYABLE = "AccountsPayable"
    ACCOUNTS_RECEIVABLE = "AccountsReceivable"
    CONDENSE_ITEM_ADJUSTMENT_EXPENSES = "CondenseItemAdjustmentExpenses"
    COST_OF_GOODS_SOLD = "CostOfGoodsSold"
    DIRECT_DEPOSIT_LIABILITIES = "DirectDepositLiabilities"
    ESTIMATES = "Estimates"
    EXCHANGE_GAIN_LOSS = "ExchangeGainLoss"
    INVENTORY_ASSETS = "InventoryAssets"
    ITEM_RECEIPT_ACCOUNT = "ItemReceiptAccount"
    OPENING_BALANCE_EQUITY = "OpeningBalanceEquity"
    PAYROLL_EXPENSES = "PayrollExpenses"
    PAYROLL_LIABILITIES = "PayrollLiabilities"
    PETTY_CASH = "PettyCash"
    PURCHASE_ORDERS = "PurchaseOrders"
    RECONCILIATION_DIFFERENCES = "ReconciliationDifferences"
    RETAINED_EARNINGS = "RetainedEarnings"
    SALES_ORDERS = "SalesOrders"
    SALES_TAX_PAYABLE = "SalesTaxPayable"
    UNCATEGORIZED_EXPENSES = "UncategorizedExpenses"
    UNCATEGORIZED_INCOME = "UncategorizedIncome"
    UNDEPOSITED_FUNDS = "UndepositedFunds"


class CashFlowClassification(StrEnum):
    """Where an account stands in the cash flow statement."""

    NONE = "None"
    OPERATING = "Operating"
    INVESTING = "Investing"
    FINANCING = "Financing"
    NOT_APPLICABLE = "NotApplicable"


class AccountAdd(Aggregate):
    """An account to be entered."""

    name: str = element("Name", max_length=31)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    account_type: AccountType = element("AccountType")
    account_number: str | None = element("AccountNumber", default=None, max_length=7)
    bank_number: str | None = element("BankNumber", default=None, max_length=25)
    desc: str | None = element("Desc", default=None, max_length=200)
    open_balance: Amount | None = element("OpenBalance", default=None)
    open_balance_date: date | None = element("OpenBalanceDate", default=None)
    tax_line_id: int | None = element("TaxLineID", default=None, since=(7, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))


class AccountAddRq(Request):
    """Enter an account."""

    account_add: AccountAdd = element("AccountAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class AccountQueryRq(Query):
    """Look for accounts."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    account_types: tuple[AccountType, ...] = element("AccountType", default=())
    currency_filter: CurrencyFilter | None = element("CurrencyFilter", default=None, since=(8, 0))
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))
    choices = (
        at_most_one(
            "list_ids",
            "full_names",
            any_of(
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "name_filter",
                "name_range_filter",
                "account_types",
                "currency_filter",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class TaxLineInfoRet(Aggregate):
    """The line of the tax form to which an account belongs."""

    tax_line_id: int = element("TaxLineID")
    tax_line_name: str | None = element("TaxLineName", default=None, max_length=256)


class AccountRet(NamedRet):
    """An account as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    account_type: AccountType = element("AccountType")
    special_account_type: SpecialAccountType | None = element("SpecialAccountType", default=None, since=(2, 1))
    account_number: str | None = element("AccountNumber", default=None, max_length=7)
    bank_number: str | None = element("BankNumber", default=None, max_length=25, since=(2, 0))
    desc: str | None = element("Desc", default=None, max_length=200)
    balance: Amount | None = element("Balance", default=None)
    total_balance: Amount | None = element("TotalBalance", default=None)
    tax_line_info_ret: TaxLineInfoRet | None = element("TaxLineInfoRet", default=None, since=(2, 1))
    cash_flow_classification: CashFlowClassification | None = element(
        "CashFlowClassification", default=None, since=(2, 1)
    )
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class AccountAddRs(Response):
    """The answer to :class:`AccountAddRq`."""

    account_ret: AccountRet | None = element("AccountRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class AccountQueryRs(QueryResponse):
    """The answer to :class:`AccountQueryRq`."""

    account_rets: tuple[AccountRet, ...] = element("AccountRet", default=())


MESSAGES = (
    AccountAddRq,
    AccountQueryRq,
    TaxLineInfoRet,
    AccountRet,
    AccountAddRs,
    AccountQueryRs,
)
