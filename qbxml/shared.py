"""Parts that many messages have in common: references, addresses, filters, links, custom fields."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, exactly_one
from qbxml.errors import BuildError
from qbxml.returned import ListRet
from qbxml.values import Amount, Id, IdOrMacro


class ActiveStatus(StrEnum):
    """Which entries of a list are looked for; active ones if nothing is said."""

    ACTIVE_ONLY = "ActiveOnly"
    INACTIVE_ONLY = "InactiveOnly"
    ALL = "All"


class MatchCriterion(StrEnum):
    """How a text is compared."""

    STARTS_WITH = "StartsWith"
    CONTAINS = "Contains"
    ENDS_WITH = "EndsWith"


class ComparisonOperator(StrEnum):
    """How an amount is compared."""

    LESS_THAN = "LessThan"
    LESS_THAN_EQUAL = "LessThanEqual"
    EQUAL = "Equal"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_EQUAL = "GreaterThanEqual"


class OptionForPriceRuleConflict(StrEnum):
    """The price to take where the price rules contradict each other."""

    ZERO = "Zero"
    BASE_PRICE = "BasePrice"


class DateMacro(StrEnum):
    """A time by name, reckoned from the day of the request."""

    ALL = "All"
    TODAY = "Today"
    THIS_WEEK = "ThisWeek"
    THIS_WEEK_TO_DATE = "ThisWeekToDate"
    THIS_MONTH = "ThisMonth"
    THIS_MONTH_TO_DATE = "ThisMonthToDate"
    THIS_CALENDAR_QUARTER = "ThisCalendarQuarter"
    THIS_CALENDAR_QUARTER_TO_DATE = "ThisCalendarQuarterToDate"
    THIS_FISCAL_QUARTER = "ThisFiscalQuarter"
    THIS_FISCAL_QUARTER_TO_DATE = "ThisFiscalQuarterToDate"
    THIS_CALENDAR_YEAR = "ThisCalendarYear"
    THIS_CALENDAR_YEAR_TO_DATE = "ThisCalendarYearToDate"
    THIS_FISCAL_YEAR = "ThisFiscalYear"
    THIS_FISCAL_YEAR_TO_DATE = "ThisFiscalYearToDate"
    YESTERDAY = "Yesterday"
    LAST_WEEK = "LastWeek"
    LAST_WEEK_TO_DATE = "LastWeekToDate"
    LAST_MONTH = "LastMonth"
    LAST_MONTH_TO_DATE = "LastMonthToDate"
    LAST_CALENDAR_QUARTER = "LastCalendarQuarter"
    LAST_CALENDAR_QUARTER_TO_DATE = "LastCalendarQuarterToDate"
    LAST_FISCAL_QUARTER = "LastFiscalQuarter"
    LAST_FISCAL_QUARTER_TO_DATE = "LastFiscalQuarterToDate"
    LAST_CALENDAR_YEAR = "LastCalendarYear"
    LAST_CALENDAR_YEAR_TO_DATE = "LastCalendarYearToDate"
    LAST_FISCAL_YEAR = "LastFiscalYear"
    LAST_FISCAL_YEAR_TO_DATE = "LastFiscalYearToDate"
    NEXT_WEEK = "NextWeek"
    NEXT_FOUR_WEEKS = "NextFourWeeks"
    NEXT_MONTH = "NextMonth"
    NEXT_CALENDAR_QUARTER = "NextCalendarQuarter"
    NEXT_CALENDAR_YEAR = "NextCalendarYear"
    NEXT_FISCAL_QUARTER = "NextFiscalQuarter"
    NEXT_FISCAL_YEAR = "NextFiscalYear"


class PaidStatus(StrEnum):
    """Whether paid transactions are looked for."""

    ALL = "All"
    PAID_ONLY = "PaidOnly"
    NOT_PAID_ONLY = "NotPaidOnly"


class DataExtType(StrEnum):
    """The type of a custom field."""

    AMTTYPE = "AMTTYPE"
    DATETIMETYPE = "DATETIMETYPE"
    INTTYPE = "INTTYPE"
    PERCENTTYPE = "PERCENTTYPE"
    PRICETYPE = "PRICETYPE"
    QUANTYPE = "QUANTYPE"
    STR1024_TYPE = "STR1024TYPE"
    STR255_TYPE = "STR255TYPE"


class TxnType(StrEnum):
    """The type of a transaction."""

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


class LinkType(StrEnum):
    """What a link is measured in: money or units."""

    AMTTYPE = "AMTTYPE"
    QUANTYPE = "QUANTYPE"


class Ref(Aggregate):
    """The name of a list entry, given by its id or by its full name (``Parent:Child``).

    A request takes one of the two; answers carry both. ``Ref(full_name="")`` clears the field in a modification.
    """

    list_id: Id | None = element("ListID", default=None)
    full_name: str | None = element("FullName", default=None)

    @classmethod
    def refuse(cls, held: dict[str, Any]) -> None:
        """It names something."""
        if not held:
            raise BuildError(cls.__name__, "empty_reference")


class NameFilter(Aggregate):
    """Names that begin with, contain or end with something."""

    match_criterion: MatchCriterion = element("MatchCriterion")
    name: str = element("Name")


class NameRangeFilter(Aggregate):
    """Names in a range of the alphabet, both ends included."""

    from_name: str | None = element("FromName", default=None)
    to_name: str | None = element("ToName", default=None)


class CurrencyFilter(Aggregate):
    """Only these currencies."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=(), max_length=64)
    choices = (exactly_one("list_ids", "full_names"),)


class Address(Aggregate):
    """An address in parts."""

    addr1: str | None = element("Addr1", default=None, max_length=41)
    addr2: str | None = element("Addr2", default=None, max_length=41)
    addr3: str | None = element("Addr3", default=None, max_length=41)
    addr4: str | None = element("Addr4", default=None, max_length=41, since=(2, 0))
    addr5: str | None = element("Addr5", default=None, max_length=41, since=(6, 0))
    city: str | None = element("City", default=None, max_length=31)
    state: str | None = element("State", default=None, max_length=21)
    postal_code: str | None = element("PostalCode", default=None, max_length=13)
    country: str | None = element("Country", default=None, max_length=31)
    note: str | None = element("Note", default=None, max_length=41, since=(6, 0))


class AdditionalContact(Aggregate):
    """One more way to reach somebody: its name (Alt. Mobile, Website, ...) and its value."""

    contact_name: str = element("ContactName", max_length=40)
    contact_value: str = element("ContactValue", max_length=255)


class Contacts(Aggregate):
    """A further contact person."""

    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str = element("FirstName", max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=())


class AdditionalNotes(Aggregate):
    """One more note on a customer or vendor."""

    note: str = element("Note", max_length=4095)


class TotalBalanceFilter(Aggregate):
    """Balances compared with an amount."""

    operator: ComparisonOperator = element("Operator")
    amount: Amount = element("Amount")


class ClassFilter(Aggregate):
    """Only these classes, with or without those below them."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", default=None)
    choices = (exactly_one("list_ids", "full_names", "list_id_with_children", "full_name_with_children"),)


class BarCode(Aggregate):
    """The bar code of an item."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50)
    assign_even_if_used: bool | None = element("AssignEvenIfUsed", default=None)
    allow_override: bool | None = element("AllowOverride", default=None)


class SetCredit(Aggregate):
    """Uses an existing credit to pay a transaction."""

    credit_txn_id: IdOrMacro = element("CreditTxnID")
    applied_amount: Amount = element("AppliedAmount")
    override: bool | None = element("Override", default=None, since=(10, 0))


class LinkToTxn(Aggregate):
    """Takes over one line of another transaction, such as a sales order."""

    txn_id: Id = element("TxnID")
    txn_line_id: Id = element("TxnLineID")


class DataExt(Aggregate):
    """A value for a custom field, given together with its object."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    data_ext_value: str = element("DataExtValue")


class ModifiedDateRangeFilter(Aggregate):
    """Changed in this time; both ends included, each may be left open."""

    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)


class TxnDateRangeFilter(Aggregate):
    """Dated in this time: two days, both included, or the name of a time."""

    from_txn_date: date | None = element("FromTxnDate", default=None)
    to_txn_date: date | None = element("ToTxnDate", default=None)
    date_macro: DateMacro | None = element("DateMacro", default=None)
    choices = (at_most_one(any_of("from_txn_date", "to_txn_date"), "date_macro"),)


class ListFilter(Aggregate):
    """Only these customers, vendors or accounts, with or without those below them."""

    list_ids: tuple[Id, ...] = element("ListID", default=(), since=(2, 0))
    full_names: tuple[str, ...] = element("FullName", default=())
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None, since=(2, 0))
    full_name_with_children: str | None = element("FullNameWithChildren", default=None)
    choices = (exactly_one("list_ids", "full_names", "list_id_with_children", "full_name_with_children"),)


class RefNumberFilter(Aggregate):
    """Numbers that begin with, contain or end with something."""

    match_criterion: MatchCriterion = element("MatchCriterion")
    ref_number: str = element("RefNumber")


class RefNumberRangeFilter(Aggregate):
    """A range of numbers, both ends included."""

    from_ref_number: str | None = element("FromRefNumber", default=None)
    to_ref_number: str | None = element("ToRefNumber", default=None)


class AddressBlock(Aggregate):
    """An address as it is printed, line by line."""

    addr1: str | None = element("Addr1", default=None, max_length=41)
    addr2: str | None = element("Addr2", default=None, max_length=41)
    addr3: str | None = element("Addr3", default=None, max_length=41)
    addr4: str | None = element("Addr4", default=None, max_length=41)
    addr5: str | None = element("Addr5", default=None, max_length=41)


class DataExtRet(Aggregate):
    """The value of one custom field."""

    owner_id: UUID | None = element("OwnerID", default=None)
    data_ext_name: str = element("DataExtName", max_length=31)
    data_ext_type: DataExtType = element("DataExtType")
    data_ext_value: str = element("DataExtValue")


class ErrorRecovery(Aggregate):
    """What QuickBooks remembers of a request that it had done before: enough to find the object again."""

    list_id: Id | None = element("ListID", default=None)
    owner_id: UUID | None = element("OwnerID", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_number: int | None = element("TxnNumber", default=None)
    edit_sequence: str | None = element("EditSequence", default=None, max_length=16)
    external_guid: UUID | None = element("ExternalGUID", default=None)
    choices = (at_most_one("list_id", "owner_id", "txn_id"),)


class ContactsRet(ListRet):
    """A further contact person, with id and edit sequence."""

    contact: str | None = element("Contact", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str = element("FirstName", max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=())


class AdditionalNotesRet(Aggregate):
    """A dated note on a customer or vendor."""

    note_id: int = element("NoteID")
    date_: date = element("Date")
    note: str = element("Note", max_length=4095)


class LinkedTxn(Aggregate):
    """Another transaction that is linked with this one."""

    txn_id: Id = element("TxnID")
    txn_type: TxnType = element("TxnType")
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=20)
    link_type: LinkType | None = element("LinkType", default=None, since=(3, 0))
    amount: Amount = element("Amount")


MESSAGES = (
    DataExtRet,
    ContactsRet,
    AdditionalNotesRet,
)
