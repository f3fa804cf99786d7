"""Adjustments of the quantity or value of inventory: add, modify and query."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, exactly_one, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.returned import TxnRet
from qbxml.shared import (
    DataExtRet,
    ErrorRecovery,
    ListFilter,
    ModifiedDateRangeFilter,
    Ref,
    RefNumberFilter,
    RefNumberRangeFilter,
    TxnDateRangeFilter,
)
from qbxml.values import Amount, Id, Macro, Quantity


class QuantityAdjustment(Aggregate):
    """A quantity on hand: the new one, or the difference."""

    new_quantity: Quantity | None = element("NewQuantity", default=None)
    quantity_difference: Quantity | None = element("QuantityDifference", default=None)
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    choices = (
        exactly_one("new_quantity", "quantity_difference"),
        at_most_one("serial_number", "lot_number"),
    )


class ValueAdjustment(Aggregate):
    """A quantity and a value on hand: the new ones, or the differences."""

    new_quantity: Quantity | None = element("NewQuantity", default=None)
    quantity_difference: Quantity | None = element("QuantityDifference", default=None, since=(10, 0))
    new_value: Amount | None = element("NewValue", default=None)
    value_difference: Amount | None = element("ValueDifference", default=None, since=(10, 0))
    choices = (
        at_most_one("new_quantity", "quantity_difference"),
        at_most_one("new_value", "value_difference"),
    )


class SerialNumberAdjustment(Aggregate):
    """One item by its serial number, added or removed."""

    add_serial_number: str | None = element("AddSerialNumber", default=None, max_length=4095)
    remove_serial_number: str | None = element("RemoveSerialNumber", default=None, max_length=4095)
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    choices = (at_most_one("add_serial_number", "remove_serial_number"),)


class LotNumberAdjustment(Aggregate):
    """A lot, and the difference in its count."""

    lot_number: str | None = element("LotNumber", default=None, max_length=40)
    count_adjustment: int | None = element("CountAdjustment", default=None)
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))


class InventoryAdjustmentLineAdd(Aggregate):
    """A line of an inventory adjustment."""

    item: Ref = ref("ItemRef")
    quantity_adjustment: QuantityAdjustment | None = element("QuantityAdjustment", default=None)
    value_adjustment: ValueAdjustment | None = element("ValueAdjustment", default=None)
    serial_number_adjustment: SerialNumberAdjustment | None = element(
        "SerialNumberAdjustment", default=None, since=(11, 0)
    )
    lot_number_adjustment: LotNumberAdjustment | None = element("LotNumberAdjustment", default=None, since=(11, 0))
    choices = (
        exactly_one("quantity_adjustment", "value_adjustment", "serial_number_adjustment", "lot_number_adjustment"),
    )


class InventoryAdjustmentAdd(Aggregate):
    """An inventory adjustment to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    account: Ref = ref("AccountRef", 159)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    inventory_adjustment_line_adds: tuple[InventoryAdjustmentLineAdd, ...] = element("InventoryAdjustmentLineAdd")


class InventoryAdjustmentAddRq(Request, since=(2, 0)):
    """Enter an inventory adjustment."""

    inventory_adjustment_add: InventoryAdjustmentAdd = element("InventoryAdjustmentAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class InventoryAdjustmentLineMod(Aggregate):
    """A line of an inventory adjustment to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    count_adjustment: int | None = element("CountAdjustment", default=None, since=(11, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    quantity_difference: Quantity | None = element("QuantityDifference", default=None)
    value_difference: Amount | None = element("ValueDifference", default=None)
    choices = (at_most_one("serial_number", any_of("lot_number", "count_adjustment")),)


class InventoryAdjustmentMod(Aggregate):
    """The changes to an inventory adjustment; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    account: Ref | None = ref("AccountRef", 159, default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    inventory_adjustment_line_mods: tuple[InventoryAdjustmentLineMod, ...] = element(
        "InventoryAdjustmentLineMod", default=()
    )


class InventoryAdjustmentModRq(Request, since=(9, 0)):
    """Change an inventory adjustment."""

    inventory_adjustment_mod: InventoryAdjustmentMod = element("InventoryAdjustmentMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemFilter(Aggregate):
    """Only these items, with or without those below them."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=(), max_length=159)
    list_id_with_children: Id | None = element("ListIDWithChildren", default=None)
    full_name_with_children: str | None = element("FullNameWithChildren", default=None, max_length=159)
    choices = (exactly_one("list_ids", "full_names", "list_id_with_children", "full_name_with_children"),)


class InventoryAdjustmentQueryRq(IteratedQuery, since=(2, 0)):
    """Look for inventory adjustments."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    ref_numbers: tuple[str, ...] = element("RefNumber", default=())
    ref_numbers_case_sensitive: tuple[str, ...] = element("RefNumberCaseSensitive", default=(), since=(4, 0))
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    entity_filter: ListFilter | None = element("EntityFilter", default=None)
    account_filter: ListFilter | None = element("AccountFilter", default=None)
    item_filter: ItemFilter | None = element("ItemFilter", default=None)
    ref_number_filter: RefNumberFilter | None = element("RefNumberFilter", default=None)
    ref_number_range_filter: RefNumberRangeFilter | None = element("RefNumberRangeFilter", default=None)
    include_line_items: bool | None = element("IncludeLineItems", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=())
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
                "item_filter",
                "ref_number_filter",
                "ref_number_range_filter",
            ),
        ),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
        at_most_one("ref_number_filter", "ref_number_range_filter"),
    )


class SerialNumberAddedOrRemoved(StrEnum):
    """What became of a serial number."""

    ADDED = "Added"
    REMOVED = "Removed"


class InventoryAdjustmentLineRet(Aggregate):
    """A line of an inventory adjustment, as it stands in the books."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref = ref("ItemRef")
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    serial_number_added_or_removed: SerialNumberAddedOrRemoved | None = element(
        "SerialNumberAddedOrRemoved", default=None, since=(11, 0)
    )
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    quantity_difference: Quantity = element("QuantityDifference")
    value_difference: Amount = element("ValueDifference")
    choices = (at_most_one(any_of("serial_number", "serial_number_added_or_removed"), "lot_number"),)


class InventoryAdjustmentRet(TxnRet):
    """An inventory adjustment, as it stands in the books."""

    account: Ref = ref("AccountRef", 159)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    inventory_adjustment_line_rets: tuple[InventoryAdjustmentLineRet, ...] = element(
        "InventoryAdjustmentLineRet", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class InventoryAdjustmentAddRs(Response, since=(2, 0)):
    """The answer to :class:`InventoryAdjustmentAddRq`."""

    inventory_adjustment_ret: InventoryAdjustmentRet | None = element("InventoryAdjustmentRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class InventoryAdjustmentModRs(Response, since=(9, 0)):
    """The answer to :class:`InventoryAdjustmentModRq`."""

    inventory_adjustment_ret: InventoryAdjustmentRet | None = element("InventoryAdjustmentRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class InventoryAdjustmentQueryRs(IteratedQueryResponse, since=(2, 0)):
    """The answer to :class:`InventoryAdjustmentQueryRq`."""

    inventory_adjustment_rets: tuple[InventoryAdjustmentRet, ...] = element("InventoryAdjustmentRet", default=())


MESSAGES = (
    InventoryAdjustmentAddRq,
    InventoryAdjustmentModRq,
    InventoryAdjustmentQueryRq,
    InventoryAdjustmentLineRet,
    InventoryAdjustmentRet,
    InventoryAdjustmentAddRs,
    InventoryAdjustmentModRs,
    InventoryAdjustmentQueryRs,
)
