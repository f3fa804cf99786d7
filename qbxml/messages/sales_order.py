"""Sales orders: add."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.returned import TxnRet
from qbxml.sale_lines import LineGroupAdd
from qbxml.shared import (
    Address,
    AddressBlock,
    CurrencyFilter,
    DataExt,
    DataExtRet,
    ErrorRecovery,
    LinkedTxn,
    ListFilter,
    ModifiedDateRangeFilter,
    OptionForPriceRuleConflict,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Amount, ExchangeRate, Id, Macro, Percent, Price, Quantity


class SalesOrderLineAdd(Aggregate):
    """A line of a sales order."""

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
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))
    choices = (
        at_most_one("rate", "rate_percent", "price_level"),
        at_most_one("serial_number", "lot_number"),
    )


class SalesOrderLineGroupAdd(LineGroupAdd):
    """A group item on a sales order; QuickBooks enters its lines."""


class SalesOrderAdd(Aggregate):
    """A sales order to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    customer: Ref = ref("CustomerRef", 209)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[SalesOrderLineAdd | SalesOrderLineGroupAdd, ...] = element(
        "SalesOrderLineAdd", "SalesOrderLineGroupAdd"
    )


class SalesOrderAddRq(Request, since=(2, 1)):
    """Enter a sales order."""

    sales_order_add: SalesOrderAdd = element("SalesOrderAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class SalesOrderLineRet(Aggregate):
    """A line of a sales order, as it stands in the books."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    rate_percent: Percent | None = element("RatePercent", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    invoiced: Quantity | None = element("Invoiced", default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())
    choices = (
        at_most_one("rate", "rate_percent"),
        at_most_one("serial_number", "lot_number"),
    )


class SalesOrderLineGroupRet(Aggregate):
    """A group item on a sales order, with its lines."""

    txn_line_id: Id = element("TxnLineID", since=(3, 0))
    item_group: Ref = ref("ItemGroupRef", 31)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    is_print_items_in_group: bool = element("IsPrintItemsInGroup")
    total_amount: Amount = element("TotalAmount")
    sales_order_line_rets: tuple[SalesOrderLineRet, ...] = element("SalesOrderLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class SalesOrderRet(TxnRet):
    """A sales order, as it stands in the books."""

    customer: Ref = ref("CustomerRef", 209)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    bill_address_block: AddressBlock | None = element("BillAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_address_block: AddressBlock | None = element("ShipAddressBlock", default=None, since=(6, 0))
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    subtotal: Amount | None = element("Subtotal", default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    sales_tax_percentage: Percent | None = element("SalesTaxPercentage", default=None)
    sales_tax_total: Amount | None = element("SalesTaxTotal", default=None)
    total_amount: Amount | None = element("TotalAmount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(8, 0))
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    is_fully_invoiced: bool | None = element("IsFullyInvoiced", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=())
    lines: tuple[SalesOrderLineRet | SalesOrderLineGroupRet, ...] = element(
        "SalesOrderLineRet", "SalesOrderLineGroupRet", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class SalesOrderAddRs(Response, since=(2, 1)):
    """The answer to :class:`SalesOrderAddRq`."""

    sales_order_ret: SalesOrderRet | None = element("SalesOrderRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class SalesOrderLineMod(Aggregate):
    """A line of a sales order to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
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
        "OptionForPriceRuleConflict", default=None, since=(13, 0)
    )
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    choices = (
        at_most_one("rate", "rate_percent", "price_level"),
        at_most_one("serial_number", "lot_number"),
    )


class SalesOrderLineGroupMod(Aggregate):
    """A group item on a sales order to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    item_group: Ref | None = ref("ItemGroupRef", 31, default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    sales_order_line_mods: tuple[SalesOrderLineMod, ...] = element("SalesOrderLineMod", default=())


class SalesOrderMod(Aggregate):
    """The changes to a sales order; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    ship_date: date | None = element("ShipDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    lines: tuple[SalesOrderLineMod | SalesOrderLineGroupMod, ...] = element(
        "SalesOrderLineMod", "SalesOrderLineGroupMod", default=()
    )


class SalesOrderModRq(Request, since=(3, 0)):
    """Change a sales order."""

    sales_order_mod: SalesOrderMod = element("SalesOrderMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class SalesOrderQueryRq(IteratedQuery, since=(2, 1)):
    """Look for sales orders."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    ref_numbers: tuple[str, ...] = element("RefNumber", default=())
    ref_numbers_case_sensitive: tuple[str, ...] = element("RefNumberCaseSensitive", default=(), since=(4, 0))
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    entity_filter: ListFilter | None = element("EntityFilter", default=None)
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
                "ref_number_filter",
                "ref_number_range_filter",
                "currency_filter",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
        at_most_one("ref_number_filter", "ref_number_range_filter"),
    )


class SalesOrderModRs(Response, since=(3, 0)):
    """The answer to :class:`SalesOrderModRq`."""

    sales_order_ret: SalesOrderRet | None = element("SalesOrderRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class SalesOrderQueryRs(IteratedQueryResponse, since=(2, 1)):
    """The answer to :class:`SalesOrderQueryRq`."""

    sales_order_rets: tuple[SalesOrderRet, ...] = element("SalesOrderRet", default=())


MESSAGES = (
    SalesOrderAddRq,
    SalesOrderLineRet,
    SalesOrderLineGroupRet,
    SalesOrderRet,
    SalesOrderAddRs,
    SalesOrderModRq,
    SalesOrderQueryRq,
    SalesOrderModRs,
    SalesOrderQueryRs,
)
