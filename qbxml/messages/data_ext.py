"""Custom fields: their definitions and their values."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import at_most_one, element, exactly_one, ref, together
from qbxml.message import Request, Response
from qbxml.shared import DataExtRet, DataExtType, ErrorRecovery, Ref
from qbxml.values import Id, IdOrMacro


class AssignToObject(StrEnum):
    """What a custom field belongs to."""

    ACCOUNT = "Account"
    AR_REFUND_CREDIT_CARD = "ARRefundCreditCard"
    BILL = "Bill"
    BILL_PAYMENT_CHECK = "BillPaymentCheck"
    BILL_PAYMENT_CREDIT_CARD = "BillPaymentCreditCard"
    BUILD_ASSEMBLY = "BuildAssembly"
    CHARGE = "Charge"
    CHECK = "Check"
    COMPANY = "Company"
    CREDIT_CARD_CHARGE = "CreditCardCharge"
    CREDIT_CARD_CREDIT = "CreditCardCredit"
    CREDIT_MEMO = "CreditMemo"
    CUSTOMER = "Customer"
    DEPOSIT = "Deposit"
    EMPLOYEE = "Employee"
    ESTIMATE = "Estimate"
    INVENTORY_ADJUSTMENT = "InventoryAdjustment"
    INVOICE = "Invoice"
    ITEM = "Item"
    ITEM_RECEIPT = "ItemReceipt"
    JOURNAL_ENTRY = "JournalEntry"
    OTHER_NAME = "OtherName"
    PURCHASE_ORDER = "PurchaseOrder"
    RECEIVE_PAYMENT = "ReceivePayment"
    SALES_ORDER = "SalesOrder"
    SALES_RECEIPT = "SalesReceipt"
    SALES_TAX_PAYMENT_CHECK = "SalesTaxPaymentCheck"
    VENDOR = "Vendor"
    VENDOR_CREDIT = "VendorCredit"


class ListDataExtType(StrEnum):
    """The list of the object."""

    ACCOUNT = "Account"
    CUSTOMER = "Customer"
    EMPLOYEE = "Employee"
    ITEM = "Item"
    OTHER_NAME = "OtherName"
    VENDOR = "Vendor"


class TxnDataExtType(StrEnum):
    """The type of the transaction."""

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
    VENDOR_CREDIT = "VendorCredit"


class OtherDataExtType(StrEnum):
    """The object, where it is neither in a list nor a transaction."""

    COMPANY = "Company"


class DataExtDefAdd(Aggregate):
    """The definition of a custom field to be entered."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    data_ext_type: DataExtType = element("DataExtType")
    assign_to_objects: tuple[AssignToObject, ...] = element("AssignToObject", default=())
    data_ext_list_require: bool | None = element("DataExtListRequire", default=None, since=(12, 0))
    data_ext_txn_require: bool | None = element("DataExtTxnRequire", default=None, since=(12, 0))
    data_ext_format_string: str | None = element("DataExtFormatString", default=None, since=(12, 0))


class DataExtDefAddRq(Request, since=(2, 0)):
    """Enter the definition of a custom field."""

    data_ext_def_add: DataExtDefAdd = element("DataExtDefAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class DataExtAdd(Aggregate):
    """A value for a custom field, and the object that gets it."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    list_data_ext_type: ListDataExtType | None = element("ListDataExtType", default=None)
    list_obj: Ref | None = ref("ListObjRef", 159, default=None)
    txn_data_ext_type: TxnDataExtType | None = element("TxnDataExtType", default=None)
    txn_id: IdOrMacro | None = element("TxnID", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None, since=(3, 0))
    other_data_ext_type: OtherDataExtType | None = element("OtherDataExtType", default=None)
    data_ext_value: str = element("DataExtValue")
    choices = (
        exactly_one(
            together("list_data_ext_type", "list_obj"),
            together("txn_data_ext_type", "txn_id", may=("txn_line_id",)),
            "other_data_ext_type",
        ),
    )


class DataExtAddRq(Request, since=(2, 0)):
    """Enter the value of a custom field."""

    data_ext_add: DataExtAdd = element("DataExtAdd")


class DataExtMod(Aggregate):
    """A new value for a custom field, and the object that gets it."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    list_data_ext_type: ListDataExtType | None = element("ListDataExtType", default=None)
    list_obj: Ref | None = ref("ListObjRef", 159, default=None)
    txn_data_ext_type: TxnDataExtType | None = element("TxnDataExtType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None, since=(3, 0))
    other_data_ext_type: OtherDataExtType | None = element("OtherDataExtType", default=None)
    data_ext_value: str = element("DataExtValue")
    choices = (
        exactly_one(
            together("list_data_ext_type", "list_obj"),
            together("txn_data_ext_type", "txn_id", may=("txn_line_id",)),
            "other_data_ext_type",
        ),
    )


class DataExtModRq(Request, since=(2, 0)):
    """Change the value of a custom field."""

    data_ext_mod: DataExtMod = element("DataExtMod")


class DataExtDel(Aggregate):
    """The custom field, and the object that loses its value of it."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    list_data_ext_type: ListDataExtType | None = element("ListDataExtType", default=None)
    list_obj: Ref | None = ref("ListObjRef", 159, default=None)
    txn_data_ext_type: TxnDataExtType | None = element("TxnDataExtType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None, since=(3, 0))
    other_data_ext_type: OtherDataExtType | None = element("OtherDataExtType", default=None)
    choices = (
        exactly_one(
            together("list_data_ext_type", "list_obj"),
            together("txn_data_ext_type", "txn_id", may=("txn_line_id",)),
            "other_data_ext_type",
        ),
    )


class DataExtDelRq(Request, since=(2, 0)):
    """Take the value of a custom field away."""

    data_ext_del: DataExtDel = element("DataExtDel")


class DataExtDefRet(Aggregate):
    """The definition of a custom field, as it stands in the books."""

    owner_id: UUID | None = element("OwnerID", default=None)
    data_ext_id: int = element("DataExtID", since=(11, 0))
    data_ext_name: str = element("DataExtName", max_length=31)
    data_ext_type: DataExtType = element("DataExtType")
    assign_to_objects: tuple[AssignToObject, ...] = element("AssignToObject", default=())
    data_ext_list_require: bool = element("DataExtListRequire", since=(11, 0))
    data_ext_txn_require: bool = element("DataExtTxnRequire", since=(11, 0))
    data_ext_format_string: str = element("DataExtFormatString", since=(11, 0))


class DataExtDefAddRs(Response, since=(2, 0)):
    """The answer to :class:`DataExtDefAddRq`."""

    data_ext_def_ret: DataExtDefRet | None = element("DataExtDefRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class DataExtAddRs(Response, since=(2, 0)):
    """The answer to :class:`DataExtAddRq`."""

    data_ext_ret: DataExtRet | None = element("DataExtRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class DataExtModRs(Response, since=(2, 0)):
    """The answer to :class:`DataExtModRq`."""

    data_ext_ret: DataExtRet | None = element("DataExtRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class DataExtDelRet(Aggregate):
    """The custom field whose value was taken away."""

    owner_id: UUID = element("OwnerID")
    data_ext_name: str = element("DataExtName", max_length=31)
    list_data_ext_type: ListDataExtType | None = element("ListDataExtType", default=None)
    list_obj: Ref | None = ref("ListObjRef", 159, default=None)
    txn_data_ext_type: TxnDataExtType | None = element("TxnDataExtType", default=None)
    txn_id: Id | None = element("TxnID", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None, since=(3, 0))
    other_data_ext_type: OtherDataExtType | None = element("OtherDataExtType", default=None)
    time_deleted: datetime | None = element("TimeDeleted", default=None)
    choices = (
        at_most_one(
            together("list_data_ext_type", "list_obj"),
            together("txn_data_ext_type", "txn_id", may=("txn_line_id",)),
            "other_data_ext_type",
        ),
    )


class DataExtDelRs(Response, since=(2, 0)):
    """The answer to :class:`DataExtDelRq`."""

    data_ext_del_ret: DataExtDelRet | None = element("DataExtDelRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    DataExtDefAddRq,
    DataExtAddRq,
    DataExtModRq,
    DataExtDelRq,
    DataExtDefRet,
    DataExtDefAddRs,
    DataExtAddRs,
    DataExtModRs,
    DataExtDelRet,
    DataExtDelRs,
)
