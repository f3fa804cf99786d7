"""Sales receipts: add, modify and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.card_payments import CreditCardTxnInfo
from qbxml.declaration import at_most_one, attribute, element, ref
from qbxml.message import IteratedQueryResponse, Request, Response
from qbxml.queries import TxnQueryRq
from qbxml.returned import TxnRet
from qbxml.sale_lines import LineGroupAdd, ReceiptLineRet
from qbxml.shared import Address, AddressBlock, DataExt, DataExtRet, ErrorRecovery, OptionForPriceRuleConflict, Ref
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro, Percent, Price, Quantity


class SalesReceiptLineAdd(Aggregate):
    """A line of a sales receipt."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    item: Ref | None = ref("ItemRef", default=None)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    rate_percent: Percent | None = element("RatePercent", default=None)
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(4, 0))
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    option_for_price_rule_conflict: OptionForPriceRuleConflict | None = element(
        "OptionForPriceRuleConflict", default=None, since=(13, 0), droppable=True
    )
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    service_date: date | None = element("ServiceDate", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None, since=(2, 0))
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(7, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))
    choices = (
        at_most_one("rate", "rate_percent", "price_level"),
        at_most_one("serial_number", "lot_number"),
    )


class SalesReceiptLineGroupAdd(LineGroupAdd):
    """A group item on a sales receipt; QuickBooks enters its lines."""


class SalesReceiptAdd(Aggregate):
    """A sales receipt to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    is_pending: bool | None = element("IsPending", default=None)
    check_number: str | None = element("CheckNumber", default=None, max_length=25)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(4, 1))
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[SalesReceiptLineAdd | SalesReceiptLineGroupAdd, ...] = element(
        "SalesReceiptLineAdd", "SalesReceiptLineGroupAdd"
    )


class SalesReceiptAddRq(Request):
    """Enter a sales receipt."""

    sales_receipt_add: SalesReceiptAdd = element("SalesReceiptAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class SalesReceiptLineMod(Aggregate):
    """A line of a sales receipt to be kept or changed, or a new one (id -1)."""

    txn_line_id: IdOrMacro = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    rate_percent: Percent | None = element("RatePercent", default=None)
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(4, 0))
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    option_for_price_rule_conflict: OptionForPriceRuleConflict | None = element(
        "OptionForPriceRuleConflict", default=None, since=(13, 0), droppable=True
    )
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    service_date: date | None = element("ServiceDate", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    choices = (
        at_most_one("rate", "rate_percent", "price_level"),
        at_most_one("serial_number", "lot_number"),
    )


class SalesReceiptLineGroupMod(Aggregate):
    """A group item on a sales receipt to be kept or changed, or a new one (id -1)."""

    txn_line_id: IdOrMacro = element("TxnLineID")
    item_group: Ref | None = ref("ItemGroupRef", 31, default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    sales_receipt_line_mods: tuple[SalesReceiptLineMod, ...] = element("SalesReceiptLineMod", default=())


class SalesReceiptMod(Aggregate):
    """The changes to a sales receipt; what is left out stays as it is.

    As soon as one line is given, every line that is not given is deleted.
    """

    txn_id: IdOrMacro = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    is_pending: bool | None = element("IsPending", default=None)
    check_number: str | None = element("CheckNumber", default=None, max_length=25)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    lines: tuple[SalesReceiptLineMod | SalesReceiptLineGroupMod, ...] = element(
        "SalesReceiptLineMod", "SalesReceiptLineGroupMod", default=()
    )


class SalesReceiptModRq(Request, since=(5, 0)):
    """Change a sales receipt."""

    sales_receipt_mod: SalesReceiptMod = element("SalesReceiptMod")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class SalesReceiptQueryRq(TxnQueryRq):
    """Look for sales receipts."""


class SalesReceiptLineRet(ReceiptLineRet):
    """A line of a sales receipt, as it stands in the books."""


class SalesReceiptLineGroupRet(Aggregate):
    """A group item on a sales receipt, with its lines."""

    txn_line_id: Id = element("TxnLineID", since=(3, 0))
    item_group: Ref = ref("ItemGroupRef", 31)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    is_print_items_in_group: bool = element("IsPrintItemsInGroup")
    total_amount: Amount = element("TotalAmount")
    sales_receipt_line_rets: tuple[SalesReceiptLineRet, ...] = element("SalesReceiptLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class SalesReceiptRet(TxnRet):
    """A sales receipt, as it stands in the books."""

    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    bill_address_block: AddressBlock | None = element("BillAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_address_block: AddressBlock | None = element("ShipAddressBlock", default=None, since=(6, 0))
    is_pending: bool | None = element("IsPending", default=None)
    check_number: str | None = element("CheckNumber", default=None, max_length=25)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    subtotal: Amount | None = element("Subtotal", default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    sales_tax_percentage: Percent | None = element("SalesTaxPercentage", default=None)
    sales_tax_total: Amount | None = element("SalesTaxTotal", default=None)
    total_amount: Amount | None = element("TotalAmount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(8, 0))
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(4, 1))
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[SalesReceiptLineRet | SalesReceiptLineGroupRet, ...] = element(
        "SalesReceiptLineRet", "SalesReceiptLineGroupRet", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class SalesReceiptAddRs(Response):
    """The answer to :class:`SalesReceiptAddRq`."""

    sales_receipt_ret: SalesReceiptRet | None = element("SalesReceiptRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class SalesReceiptModRs(Response, since=(5, 0)):
    """The answer to :class:`SalesReceiptModRq`."""

    sales_receipt_ret: SalesReceiptRet | None = element("SalesReceiptRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class SalesReceiptQueryRs(IteratedQueryResponse):
    """The answer to :class:`SalesReceiptQueryRq`."""

    sales_receipt_rets: tuple[SalesReceiptRet, ...] = element("SalesReceiptRet", default=())


MESSAGES = (
    SalesReceiptAddRq,
    SalesReceiptModRq,
    SalesReceiptQueryRq,
    SalesReceiptLineRet,
    SalesReceiptLineGroupRet,
    SalesReceiptRet,
    SalesReceiptAddRs,
    SalesReceiptModRs,
    SalesReceiptQueryRs,
)
