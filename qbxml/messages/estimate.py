"""Estimates: add and modify."""

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


class EstimateLineAdd(Aggregate):
    """A line of an estimate."""

    item: Ref | None = ref("ItemRef", default=None)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    rate_percent: Percent | None = element("RatePercent", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    option_for_price_rule_conflict: OptionForPriceRuleConflict | None = element(
        "OptionForPriceRuleConflict", default=None, since=(13, 0), droppable=True
    )
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    markup_rate: Price | None = element("MarkupRate", default=None)
    markup_rate_percent: Percent | None = element("MarkupRatePercent", default=None)
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(7, 0))
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None, since=(2, 0))
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))
    choices = (
        at_most_one("rate", "rate_percent"),
        at_most_one("markup_rate", "markup_rate_percent", "price_level"),
    )


class EstimateLineGroupAdd(LineGroupAdd):
    """A group item on an estimate; QuickBooks enters its lines."""


class EstimateAdd(Aggregate):
    """An estimate to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    customer: Ref = ref("CustomerRef", 209)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None, since=(7, 0))
    is_active: bool | None = element("IsActive", default=None, since=(3, 0))
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[EstimateLineAdd | EstimateLineGroupAdd, ...] = element("EstimateLineAdd", "EstimateLineGroupAdd")


class EstimateAddRq(Request):
    """Enter an estimate."""

    estimate_add: EstimateAdd = element("EstimateAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class EstimateLineMod(Aggregate):
    """A line of an estimate to be kept or changed, or a new one (id -1)."""

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
    option_for_price_rule_conflict: OptionForPriceRuleConflict | None = element(
        "OptionForPriceRuleConflict", default=None, since=(13, 0), droppable=True
    )
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    markup_rate: Price | None = element("MarkupRate", default=None)
    markup_rate_percent: Percent | None = element("MarkupRatePercent", default=None)
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(7, 0))
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    choices = (
        at_most_one("rate", "rate_percent"),
        at_most_one("markup_rate", "markup_rate_percent", "price_level"),
    )


class EstimateLineGroupMod(Aggregate):
    """A group item on an estimate to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    item_group: Ref | None = ref("ItemGroupRef", 31, default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    estimate_line_mods: tuple[EstimateLineMod, ...] = element("EstimateLineMod", default=())


class EstimateMod(Aggregate):
    """The changes to an estimate; what is left out stays as it is.

    As soon as one line is given, every line that is not given is deleted.
    """

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None, since=(7, 0))
    is_active: bool | None = element("IsActive", default=None)
    create_change_order: bool | None = element("CreateChangeOrder", default=None)
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer_msg: Ref | None = ref("CustomerMsgRef", 101, default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    lines: tuple[EstimateLineMod | EstimateLineGroupMod, ...] = element(
        "EstimateLineMod", "EstimateLineGroupMod", default=()
    )


class EstimateModRq(Request, since=(3, 0)):
    """Change an estimate."""

    estimate_mod: EstimateMod = element("EstimateMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class EstimateLineRet(Aggregate):
    """A line of an estimate, as it stands in the books."""

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
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    markup_rate: Price | None = element("MarkupRate", default=None)
    markup_rate_percent: Percent | None = element("MarkupRatePercent", default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (
        at_most_one("rate", "rate_percent"),
        at_most_one("markup_rate", "markup_rate_percent"),
    )


class EstimateLineGroupRet(Aggregate):
    """A group item on an estimate, with its lines."""

    txn_line_id: Id = element("TxnLineID", since=(3, 0))
    item_group: Ref = ref("ItemGroupRef", 31)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    is_print_items_in_group: bool = element("IsPrintItemsInGroup")
    total_amount: Amount = element("TotalAmount")
    estimate_line_rets: tuple[EstimateLineRet, ...] = element("EstimateLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class EstimateRet(TxnRet):
    """An estimate, as it stands in the books."""

    customer: Ref = ref("CustomerRef", 209)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    bill_address: Address | None = element("BillAddress", default=None)
    bill_address_block: AddressBlock | None = element("BillAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None, since=(7, 0))
    ship_address_block: AddressBlock | None = element("ShipAddressBlock", default=None, since=(7, 0))
    is_active: bool | None = element("IsActive", default=None, since=(3, 0))
    po_number: str | None = element("PONumber", default=None, max_length=25)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
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
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    customer_sales_tax_code: Ref | None = ref("CustomerSalesTaxCodeRef", 3, default=None)
    other: str | None = element("Other", default=None, max_length=29, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(3, 0))
    lines: tuple[EstimateLineRet | EstimateLineGroupRet, ...] = element(
        "EstimateLineRet", "EstimateLineGroupRet", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class EstimateAddRs(Response):
    """The answer to :class:`EstimateAddRq`."""

    estimate_ret: EstimateRet | None = element("EstimateRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class EstimateModRs(Response, since=(3, 0)):
    """The answer to :class:`EstimateModRq`."""

    estimate_ret: EstimateRet | None = element("EstimateRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class EstimateQueryRq(IteratedQuery):
    """Look for estimates."""

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
    include_linked_txns: bool | None = element("IncludeLinkedTxns", default=None, since=(3, 0))
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


class EstimateQueryRs(IteratedQueryResponse):
    """The answer to :class:`EstimateQueryRq`."""

    estimate_rets: tuple[EstimateRet, ...] = element("EstimateRet", default=())


MESSAGES = (
    EstimateAddRq,
    EstimateModRq,
    EstimateLineRet,
    EstimateLineGroupRet,
    EstimateRet,
    EstimateAddRs,
    EstimateModRs,
    EstimateQueryRq,
    EstimateQueryRs,
)
