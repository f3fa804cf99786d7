"""All messages, from their tags to their classes."""

from typing import Any, Final

from qbxml.aggregate import Aggregate
from qbxml.message import Request
from qbxml.messages.account import (
    AccountAddRq,
    AccountAddRs,
    AccountQueryRq,
    AccountQueryRs,
    AccountRet,
    TaxLineInfoRet,
)
from qbxml.messages.bill import BillAddRq, BillAddRs, BillQueryRq, BillQueryRs, BillRet
from qbxml.messages.check import CheckAddRq, CheckAddRs, CheckQueryRq, CheckQueryRs, CheckRet
from qbxml.messages.company import (
    CompanyQueryRq,
    CompanyQueryRs,
    CompanyRet,
    HostQueryRq,
    HostQueryRs,
    HostRet,
    PreferencesQueryRq,
    PreferencesQueryRs,
    PreferencesRet,
)
from qbxml.messages.credit_card import (
    CreditCardChargeAddRq,
    CreditCardChargeAddRs,
    CreditCardChargeRet,
    CreditCardCreditAddRq,
    CreditCardCreditAddRs,
    CreditCardCreditRet,
)
from qbxml.messages.credit_memo import (
    CreditMemoAddRq,
    CreditMemoAddRs,
    CreditMemoLineGroupRet,
    CreditMemoLineRet,
    CreditMemoQueryRq,
    CreditMemoQueryRs,
    CreditMemoRet,
)
from qbxml.messages.customer import (
    CustomerAddRq,
    CustomerAddRs,
    CustomerModRq,
    CustomerModRs,
    CustomerQueryRq,
    CustomerQueryRs,
    CustomerRet,
)
from qbxml.messages.data_ext import (
    DataExtAddRq,
    DataExtAddRs,
    DataExtDefAddRq,
    DataExtDefAddRs,
    DataExtDefRet,
    DataExtDelRet,
    DataExtDelRq,
    DataExtDelRs,
    DataExtModRq,
    DataExtModRs,
)
from qbxml.messages.deposit import (
    CashBackInfoRet,
    DepositAddRq,
    DepositAddRs,
    DepositLineRet,
    DepositQueryRq,
    DepositQueryRs,
    DepositRet,
)
from qbxml.messages.estimate import (
    EstimateAddRq,
    EstimateAddRs,
    EstimateLineGroupRet,
    EstimateLineRet,
    EstimateModRq,
    EstimateModRs,
    EstimateRet,
)
from qbxml.messages.invoice import (
    InvoiceAddRq,
    InvoiceAddRs,
    InvoiceLineGroupRet,
    InvoiceLineRet,
    InvoiceModRq,
    InvoiceModRs,
    InvoiceQueryRq,
    InvoiceQueryRs,
    InvoiceRet,
)
from qbxml.messages.item import (
    ItemDiscountAddRq,
    ItemDiscountAddRs,
    ItemDiscountRet,
    ItemFixedAssetRet,
    ItemGroupRet,
    ItemInventoryAddRq,
    ItemInventoryAddRs,
    ItemInventoryAssemblyRet,
    ItemInventoryRet,
    ItemNonInventoryAddRq,
    ItemNonInventoryAddRs,
    ItemNonInventoryRet,
    ItemOtherChargeAddRq,
    ItemOtherChargeAddRs,
    ItemOtherChargeRet,
    ItemPaymentRet,
    ItemQueryRq,
    ItemQueryRs,
    ItemSalesTaxGroupRet,
    ItemServiceAddRq,
    ItemServiceAddRs,
    ItemServiceRet,
    ItemSubtotalRet,
)
from qbxml.messages.journal_entry import (
    JournalEntryAddRq,
    JournalEntryAddRs,
    JournalEntryQueryRq,
    JournalEntryQueryRs,
    JournalEntryRet,
)
from qbxml.messages.lists import (
    ClassQueryRq,
    ClassQueryRs,
    ClassRet,
    DateDrivenTermsRet,
    PaymentMethodAddRq,
    PaymentMethodAddRs,
    PaymentMethodQueryRq,
    PaymentMethodQueryRs,
    PaymentMethodRet,
    StandardTermsRet,
    TermsQueryRq,
    TermsQueryRs,
)
from qbxml.messages.receive_payment import (
    AppliedToTxnRet,
    ReceivePaymentAddRq,
    ReceivePaymentAddRs,
    ReceivePaymentQueryRq,
    ReceivePaymentQueryRs,
    ReceivePaymentRet,
)
from qbxml.messages.sales_order import (
    SalesOrderAddRq,
    SalesOrderAddRs,
    SalesOrderLineGroupRet,
    SalesOrderLineRet,
    SalesOrderRet,
)
from qbxml.messages.sales_receipt import (
    SalesReceiptAddRq,
    SalesReceiptAddRs,
    SalesReceiptLineGroupRet,
    SalesReceiptLineRet,
    SalesReceiptModRq,
    SalesReceiptModRs,
    SalesReceiptQueryRq,
    SalesReceiptQueryRs,
    SalesReceiptRet,
)
from qbxml.messages.tax import (
    ItemSalesTaxAddRq,
    ItemSalesTaxAddRs,
    ItemSalesTaxQueryRq,
    ItemSalesTaxQueryRs,
    ItemSalesTaxRet,
    SalesTaxCodeQueryRq,
    SalesTaxCodeQueryRs,
    SalesTaxCodeRet,
)
from qbxml.messages.transaction import (
    ListDeletedQueryRq,
    ListDeletedQueryRs,
    ListDeletedRet,
    ListDelRq,
    ListDelRs,
    TransactionQueryRq,
    TransactionQueryRs,
    TransactionRet,
    TxnDeletedQueryRq,
    TxnDeletedQueryRs,
    TxnDeletedRet,
    TxnDelRq,
    TxnDelRs,
    TxnVoidRq,
    TxnVoidRs,
)
from qbxml.messages.vendor import VendorAddRq, VendorAddRs, VendorQueryRq, VendorQueryRs, VendorRet
from qbxml.shared import AdditionalNotesRet, ContactsRet, DataExtRet, ExpenseLineRet, ItemGroupLineRet, ItemLineRet

MESSAGES: Final[dict[str, type[Aggregate]]] = {
    # company
    "HostQueryRq": HostQueryRq,
    "CompanyQueryRq": CompanyQueryRq,
    "PreferencesQueryRq": PreferencesQueryRq,
    "HostRet": HostRet,
    "HostQueryRs": HostQueryRs,
    "CompanyRet": CompanyRet,
    "CompanyQueryRs": CompanyQueryRs,
    "PreferencesRet": PreferencesRet,
    "PreferencesQueryRs": PreferencesQueryRs,
    # account
    "AccountAddRq": AccountAddRq,
    "AccountQueryRq": AccountQueryRq,
    "TaxLineInfoRet": TaxLineInfoRet,
    "AccountRet": AccountRet,
    "AccountAddRs": AccountAddRs,
    "AccountQueryRs": AccountQueryRs,
    # customer
    "CustomerAddRq": CustomerAddRq,
    "CustomerModRq": CustomerModRq,
    "CustomerQueryRq": CustomerQueryRq,
    "CustomerRet": CustomerRet,
    "CustomerAddRs": CustomerAddRs,
    "CustomerModRs": CustomerModRs,
    "CustomerQueryRs": CustomerQueryRs,
    # vendor
    "VendorAddRq": VendorAddRq,
    "VendorQueryRq": VendorQueryRq,
    "VendorRet": VendorRet,
    "VendorAddRs": VendorAddRs,
    "VendorQueryRs": VendorQueryRs,
    # tax
    "SalesTaxCodeQueryRq": SalesTaxCodeQueryRq,
    "ItemSalesTaxAddRq": ItemSalesTaxAddRq,
    "ItemSalesTaxQueryRq": ItemSalesTaxQueryRq,
    "SalesTaxCodeRet": SalesTaxCodeRet,
    "SalesTaxCodeQueryRs": SalesTaxCodeQueryRs,
    "ItemSalesTaxRet": ItemSalesTaxRet,
    "ItemSalesTaxAddRs": ItemSalesTaxAddRs,
    "ItemSalesTaxQueryRs": ItemSalesTaxQueryRs,
    # item
    "ItemServiceAddRq": ItemServiceAddRq,
    "ItemNonInventoryAddRq": ItemNonInventoryAddRq,
    "ItemOtherChargeAddRq": ItemOtherChargeAddRq,
    "ItemInventoryAddRq": ItemInventoryAddRq,
    "ItemDiscountAddRq": ItemDiscountAddRq,
    "ItemQueryRq": ItemQueryRq,
    "ItemServiceRet": ItemServiceRet,
    "ItemServiceAddRs": ItemServiceAddRs,
    "ItemNonInventoryRet": ItemNonInventoryRet,
    "ItemNonInventoryAddRs": ItemNonInventoryAddRs,
    "ItemOtherChargeRet": ItemOtherChargeRet,
    "ItemOtherChargeAddRs": ItemOtherChargeAddRs,
    "ItemInventoryRet": ItemInventoryRet,
    "ItemInventoryAddRs": ItemInventoryAddRs,
    "ItemDiscountRet": ItemDiscountRet,
    "ItemDiscountAddRs": ItemDiscountAddRs,
    "ItemInventoryAssemblyRet": ItemInventoryAssemblyRet,
    "ItemFixedAssetRet": ItemFixedAssetRet,
    "ItemSubtotalRet": ItemSubtotalRet,
    "ItemPaymentRet": ItemPaymentRet,
    "ItemSalesTaxGroupRet": ItemSalesTaxGroupRet,
    "ItemGroupRet": ItemGroupRet,
    "ItemQueryRs": ItemQueryRs,
    # lists
    "TermsQueryRq": TermsQueryRq,
    "ClassQueryRq": ClassQueryRq,
    "PaymentMethodAddRq": PaymentMethodAddRq,
    "PaymentMethodQueryRq": PaymentMethodQueryRq,
    "StandardTermsRet": StandardTermsRet,
    "DateDrivenTermsRet": DateDrivenTermsRet,
    "TermsQueryRs": TermsQueryRs,
    "ClassRet": ClassRet,
    "ClassQueryRs": ClassQueryRs,
    "PaymentMethodRet": PaymentMethodRet,
    "PaymentMethodAddRs": PaymentMethodAddRs,
    "PaymentMethodQueryRs": PaymentMethodQueryRs,
    # invoice
    "InvoiceAddRq": InvoiceAddRq,
    "InvoiceModRq": InvoiceModRq,
    "InvoiceQueryRq": InvoiceQueryRq,
    "InvoiceLineRet": InvoiceLineRet,
    "InvoiceLineGroupRet": InvoiceLineGroupRet,
    "InvoiceRet": InvoiceRet,
    "InvoiceAddRs": InvoiceAddRs,
    "InvoiceModRs": InvoiceModRs,
    "InvoiceQueryRs": InvoiceQueryRs,
    # sales receipt
    "SalesReceiptAddRq": SalesReceiptAddRq,
    "SalesReceiptModRq": SalesReceiptModRq,
    "SalesReceiptQueryRq": SalesReceiptQueryRq,
    "SalesReceiptLineRet": SalesReceiptLineRet,
    "SalesReceiptLineGroupRet": SalesReceiptLineGroupRet,
    "SalesReceiptRet": SalesReceiptRet,
    "SalesReceiptAddRs": SalesReceiptAddRs,
    "SalesReceiptModRs": SalesReceiptModRs,
    "SalesReceiptQueryRs": SalesReceiptQueryRs,
    # sales order
    "SalesOrderAddRq": SalesOrderAddRq,
    "SalesOrderLineRet": SalesOrderLineRet,
    "SalesOrderLineGroupRet": SalesOrderLineGroupRet,
    "SalesOrderRet": SalesOrderRet,
    "SalesOrderAddRs": SalesOrderAddRs,
    # estimate
    "EstimateAddRq": EstimateAddRq,
    "EstimateModRq": EstimateModRq,
    "EstimateLineRet": EstimateLineRet,
    "EstimateLineGroupRet": EstimateLineGroupRet,
    "EstimateRet": EstimateRet,
    "EstimateAddRs": EstimateAddRs,
    "EstimateModRs": EstimateModRs,
    # credit memo
    "CreditMemoAddRq": CreditMemoAddRq,
    "CreditMemoQueryRq": CreditMemoQueryRq,
    "CreditMemoLineRet": CreditMemoLineRet,
    "CreditMemoLineGroupRet": CreditMemoLineGroupRet,
    "CreditMemoRet": CreditMemoRet,
    "CreditMemoAddRs": CreditMemoAddRs,
    "CreditMemoQueryRs": CreditMemoQueryRs,
    # receive payment
    "ReceivePaymentAddRq": ReceivePaymentAddRq,
    "ReceivePaymentQueryRq": ReceivePaymentQueryRq,
    "AppliedToTxnRet": AppliedToTxnRet,
    "ReceivePaymentRet": ReceivePaymentRet,
    "ReceivePaymentAddRs": ReceivePaymentAddRs,
    "ReceivePaymentQueryRs": ReceivePaymentQueryRs,
    # deposit
    "DepositAddRq": DepositAddRq,
    "DepositQueryRq": DepositQueryRq,
    "CashBackInfoRet": CashBackInfoRet,
    "DepositLineRet": DepositLineRet,
    "DepositRet": DepositRet,
    "DepositAddRs": DepositAddRs,
    "DepositQueryRs": DepositQueryRs,
    # bill
    "BillAddRq": BillAddRq,
    "BillQueryRq": BillQueryRq,
    "BillRet": BillRet,
    "BillAddRs": BillAddRs,
    "BillQueryRs": BillQueryRs,
    # check
    "CheckAddRq": CheckAddRq,
    "CheckQueryRq": CheckQueryRq,
    "CheckRet": CheckRet,
    "CheckAddRs": CheckAddRs,
    "CheckQueryRs": CheckQueryRs,
    # credit card
    "CreditCardChargeAddRq": CreditCardChargeAddRq,
    "CreditCardCreditAddRq": CreditCardCreditAddRq,
    "CreditCardChargeRet": CreditCardChargeRet,
    "CreditCardChargeAddRs": CreditCardChargeAddRs,
    "CreditCardCreditRet": CreditCardCreditRet,
    "CreditCardCreditAddRs": CreditCardCreditAddRs,
    # journal entry
    "JournalEntryAddRq": JournalEntryAddRq,
    "JournalEntryQueryRq": JournalEntryQueryRq,
    "JournalEntryRet": JournalEntryRet,
    "JournalEntryAddRs": JournalEntryAddRs,
    "JournalEntryQueryRs": JournalEntryQueryRs,
    # transaction
    "ListDelRq": ListDelRq,
    "ListDeletedQueryRq": ListDeletedQueryRq,
    "TxnDelRq": TxnDelRq,
    "TxnVoidRq": TxnVoidRq,
    "TxnDeletedQueryRq": TxnDeletedQueryRq,
    "TransactionQueryRq": TransactionQueryRq,
    "ListDelRs": ListDelRs,
    "ListDeletedRet": ListDeletedRet,
    "ListDeletedQueryRs": ListDeletedQueryRs,
    "TxnDelRs": TxnDelRs,
    "TxnVoidRs": TxnVoidRs,
    "TxnDeletedRet": TxnDeletedRet,
    "TxnDeletedQueryRs": TxnDeletedQueryRs,
    "TransactionRet": TransactionRet,
    "TransactionQueryRs": TransactionQueryRs,
    # data ext
    "DataExtDefAddRq": DataExtDefAddRq,
    "DataExtAddRq": DataExtAddRq,
    "DataExtModRq": DataExtModRq,
    "DataExtDelRq": DataExtDelRq,
    "DataExtDefRet": DataExtDefRet,
    "DataExtDefAddRs": DataExtDefAddRs,
    "DataExtAddRs": DataExtAddRs,
    "DataExtModRs": DataExtModRs,
    "DataExtDelRet": DataExtDelRet,
    "DataExtDelRs": DataExtDelRs,
    # parts of many messages
    "DataExtRet": DataExtRet,
    "ContactsRet": ContactsRet,
    "AdditionalNotesRet": AdditionalNotesRet,
    "ExpenseLineRet": ExpenseLineRet,
    "ItemLineRet": ItemLineRet,
    "ItemGroupLineRet": ItemGroupLineRet,
}
"""Every request, response and returned object, by the name it has in a document."""


def request_for(aggregate: Aggregate, *, request_id: str | None = None) -> Request:
    """The request that carries what is to be added or modified: an InvoiceAddRq for an InvoiceAdd.

    Raises:
        TypeError: no request carries it.
    """
    tag = type(aggregate).__name__
    request = MESSAGES.get(f"{tag}Rq")
    if request is None or not issubclass(request, Request):
        raise TypeError(f"no request carries {tag}")
    values: dict[str, Any] = {request._plan.by_tag[tag].name: aggregate, "request_id": request_id}
    return request(**values)
