"""Purchase orders: add, modify and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.returned import TxnRet
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
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Amount, ExchangeRate, Id, IdOrMacro, Macro, Price, Quantity


class PurchaseOrderLineAdd(Aggregate):
    """A line of a purchase order."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    item: Ref | None = ref("ItemRef", default=None)
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    service_date: date | None = element("ServiceDate", default=None)
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None, since=(2, 0))
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))


class PurchaseOrderLineGroupAdd(Aggregate):
    """A group item on a purchase order; QuickBooks enters its lines."""

    item_group: Ref = ref("ItemGroupRef", 31)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))


class PurchaseOrderAdd(Aggregate):
    """A purchase order to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    vendor: Ref | None = ref("VendorRef", 41, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    ship_to_entity: Ref | None = ref("ShipToEntityRef", 209, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    vendor_address: Address | None = element("VendorAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    expected_date: date | None = element("ExpectedDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    memo: str | None = element("Memo", default=None, max_length=4095)
    vendor_msg: str | None = element("VendorMsg", default=None, max_length=99)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    other1: str | None = element("Other1", default=None, max_length=25, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[PurchaseOrderLineAdd | PurchaseOrderLineGroupAdd, ...] = element(
        "PurchaseOrderLineAdd", "PurchaseOrderLineGroupAdd"
    )
    choices = (at_most_one("inventory_site", "ship_to_entity"),)


class PurchaseOrderAddRq(Request):
    """Enter a purchase order."""

    purchase_order_add: PurchaseOrderAdd = element("PurchaseOrderAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class PurchaseOrderLineMod(Aggregate):
    """A line of a purchase order to be kept or changed, or a new one (id -1)."""

    txn_line_id: IdOrMacro = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    service_date: date | None = element("ServiceDate", default=None)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))


class PurchaseOrderLineGroupMod(Aggregate):
    """A group item on a purchase order to be kept or changed, or a new one (id -1)."""

    txn_line_id: IdOrMacro = element("TxnLineID")
    item_group: Ref | None = ref("ItemGroupRef", 31, default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    purchase_order_line_mods: tuple[PurchaseOrderLineMod, ...] = element("PurchaseOrderLineMod", default=())


class PurchaseOrderMod(Aggregate):
    """The changes to a purchase order; what is left out stays as it is."""

    txn_id: IdOrMacro = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    vendor: Ref | None = ref("VendorRef", 41, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    ship_to_entity: Ref | None = ref("ShipToEntityRef", 209, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    vendor_address: Address | None = element("VendorAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    expected_date: date | None = element("ExpectedDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    vendor_msg: str | None = element("VendorMsg", default=None, max_length=99)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    other1: str | None = element("Other1", default=None, max_length=25, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    lines: tuple[PurchaseOrderLineMod | PurchaseOrderLineGroupMod, ...] = element(
        "PurchaseOrderLineMod", "PurchaseOrderLineGroupMod", default=()
    )
    choices = (at_most_one("inventory_site", "ship_to_entity"),)


class PurchaseOrderModRq(Request, since=(2, 1)):
    """Change a purchase order."""

    purchase_order_mod: PurchaseOrderMod = element("PurchaseOrderMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class PurchaseOrderQueryRq(IteratedQuery):
    """Look for purchase orders."""

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


class PurchaseOrderLineRet(Aggregate):
    """A line of a purchase order, as it stands in the books."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    service_date: date | None = element("ServiceDate", default=None)
    received_quantity: Quantity | None = element("ReceivedQuantity", default=None, since=(1, 1))
    unbilled_quantity: Quantity | None = element("UnbilledQuantity", default=None, since=(11, 0))
    is_billed: bool | None = element("IsBilled", default=None, since=(11, 0))
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None, since=(2, 1))
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class PurchaseOrderLineGroupRet(Aggregate):
    """A group item on a purchase order, with its lines."""

    txn_line_id: Id = element("TxnLineID", since=(2, 1))
    item_group: Ref = ref("ItemGroupRef", 31)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    is_print_items_in_group: bool = element("IsPrintItemsInGroup")
    total_amount: Amount = element("TotalAmount")
    purchase_order_line_rets: tuple[PurchaseOrderLineRet, ...] = element("PurchaseOrderLineRet", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class PurchaseOrderRet(TxnRet):
    """A purchase order, as it stands in the books."""

    vendor: Ref | None = ref("VendorRef", 41, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    ship_to_entity: Ref | None = ref("ShipToEntityRef", 209, default=None)
    template: Ref | None = ref("TemplateRef", 31, default=None, since=(3, 0))
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    vendor_address: Address | None = element("VendorAddress", default=None)
    vendor_address_block: AddressBlock | None = element("VendorAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_address_block: AddressBlock | None = element("ShipAddressBlock", default=None, since=(6, 0))
    terms: Ref | None = ref("TermsRef", 31, default=None)
    due_date: date | None = element("DueDate", default=None)
    expected_date: date | None = element("ExpectedDate", default=None)
    ship_method: Ref | None = ref("ShipMethodRef", 15, default=None)
    fob: str | None = element("FOB", default=None, max_length=13)
    total_amount: Amount | None = element("TotalAmount", default=None)
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    total_amount_in_home_currency: Amount | None = element("TotalAmountInHomeCurrency", default=None, since=(8, 0))
    is_manually_closed: bool | None = element("IsManuallyClosed", default=None, since=(2, 1))
    is_fully_received: bool | None = element("IsFullyReceived", default=None, since=(2, 1))
    memo: str | None = element("Memo", default=None, max_length=4095)
    vendor_msg: str | None = element("VendorMsg", default=None, max_length=99)
    is_to_be_printed: bool | None = element("IsToBePrinted", default=None)
    is_to_be_emailed: bool | None = element("IsToBeEmailed", default=None, since=(6, 0))
    other1: str | None = element("Other1", default=None, max_length=25, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    linked_txns: tuple[LinkedTxn, ...] = element("LinkedTxn", default=(), since=(3, 0))
    lines: tuple[PurchaseOrderLineRet | PurchaseOrderLineGroupRet, ...] = element(
        "PurchaseOrderLineRet", "PurchaseOrderLineGroupRet", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class PurchaseOrderAddRs(Response):
    """The answer to :class:`PurchaseOrderAddRq`."""

    purchase_order_ret: PurchaseOrderRet | None = element("PurchaseOrderRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class PurchaseOrderModRs(Response, since=(2, 1)):
    """The answer to :class:`PurchaseOrderModRq`."""

    purchase_order_ret: PurchaseOrderRet | None = element("PurchaseOrderRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class PurchaseOrderQueryRs(IteratedQueryResponse):
    """The answer to :class:`PurchaseOrderQueryRq`."""

    purchase_order_rets: tuple[PurchaseOrderRet, ...] = element("PurchaseOrderRet", default=())


MESSAGES = (
    PurchaseOrderAddRq,
    PurchaseOrderModRq,
    PurchaseOrderQueryRq,
    PurchaseOrderLineRet,
    PurchaseOrderLineGroupRet,
    PurchaseOrderRet,
    PurchaseOrderAddRs,
    PurchaseOrderModRs,
    PurchaseOrderQueryRs,
)
