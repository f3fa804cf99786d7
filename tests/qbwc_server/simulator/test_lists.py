"""Names, parents, limits, changes and deletions of list elements; custom fields."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.kinds import ListLimits
from qbwc_server.simulator.switches import Switches
from qbxml.kinds import CUSTOM_FIELDS
from qbxml.messages.account import AccountAdd, AccountQueryRq, AccountType
from qbxml.messages.company import CompanyQueryRq
from qbxml.messages.customer import CustomerAdd, CustomerMod, CustomerQueryRq
from qbxml.messages.data_ext import (
    AssignToObject,
    DataExtAdd,
    DataExtDefAdd,
    DataExtDel,
    DataExtMod,
    ListDataExtType,
    OtherDataExtType,
    TxnDataExtType,
)
from qbxml.messages.invoice import InvoiceQueryRq
from qbxml.messages.item import (
    ItemDiscountAdd,
    ItemNonInventoryAdd,
    ItemOtherChargeAdd,
    ItemQueryRq,
    ItemServiceAdd,
    SalesAndPurchase,
    SalesOrPurchase,
)
from qbxml.messages.lists import PaymentMethodAdd
from qbxml.messages.tax import ItemSalesTaxAdd
from qbxml.messages.transaction import ListDeletedQueryRq, ListDelRq, ListDelType
from qbxml.messages.vendor import VendorAdd
from qbxml.shared import ActiveStatus, Address, DataExtType, Ref

from .asking import ask, clock_of, company, done, invoice, line, name

D = Decimal


@pytest.fixture
def books() -> CompanyFile:
    return company()


def service(item: str, account: str = "Service Income", **fields: object) -> ItemServiceAdd:
    part = SalesOrPurchase(price=D("5"), account=name(account))
    return ItemServiceAdd(name=item, sales_or_purchase=part, **fields)  # type: ignore[arg-type]


# -- names -----------------------------------------------------------------------------------------


def test_a_new_customer_has_ids_of_the_real_look(books: CompanyFile) -> None:
    ret = done(books, CustomerAdd(name="New One", bill_address=Address(addr1="New One", city="Bend", state="OR")))
    assert ret.list_id.startswith("800000")
    assert ret.list_id.endswith(f"-{ret.edit_sequence}")
    assert (ret.full_name, ret.sublevel, ret.is_active, ret.balance) == ("New One", 0, True, D("0.00"))
    assert ret.bill_address_block.addr2 == "Bend, OR"


def test_names_are_unique_over_customers_and_vendors_whatever_their_case(books: CompanyFile) -> None:
    got = ask(books, VendorAdd(name="kern LIGHTING"))
    assert (got.code, got.message) == (3100, 'The name "kern LIGHTING" of the list element is already in use.')
    assert ask(books, CustomerAdd(name="amazon")).code == 3100
    assert ask(books, service("Amazon")).code == 0  # items are another list


def test_jobs_have_unique_names_below_their_customer_only(books: CompanyFile) -> None:
    job = done(books, CustomerAdd(name="Showroom", parent=name("Bluebird Cafe")))
    assert (job.full_name, job.sublevel) == ("Bluebird Cafe:Showroom", 1)
    assert ask(books, CustomerAdd(name="SHOWROOM", parent=name("kern lighting"))).code == 3100


def test_a_colon_is_refused(books: CompanyFile) -> None:
    got = ask(books, CustomerAdd(name="Kern:Lighting"))
    assert got.code == 3090
    assert got.message == (
        'There was an error when storing "Kern:Lighting" in the "customer name" field.  '
        "QuickBooks error message: Names in this list cannot contain a colon (:)."
    )


def test_there_are_five_levels_and_parents_must_exist(books: CompanyFile) -> None:
    parent = "Kern Lighting:Showroom"
    for level in range(3):
        parent = done(books, CustomerAdd(name=f"Level {level}", parent=name(parent))).full_name
    assert ask(books, CustomerAdd(name="Too deep", parent=name(parent))).code == 3090
    got = ask(books, CustomerAdd(name="Orphan", parent=name("Nobody")))
    assert got.code == 3130
    assert 'a parent "Nobody" in the Customers list' in got.message


def test_full_lists_take_nothing_more() -> None:
    small = company(switches=Switches(limits=ListLimits(names=12, each_name_list=9, items=13)))
    taken = len(small.customers) + len(small.vendors)
    assert (len(small.customers), taken) == (7, 10)
    assert [ask(small, CustomerAdd(name=f"C{n}")).code for n in range(3)] == [0, 0, 3300]
    assert ask(small, VendorAdd(name="V")).code == 3300
    assert ask(small, service("One more")).code == 3300
    lifted = company(switches=Switches(limits=ListLimits(each_name_list=8)))
    assert [ask(lifted, CustomerAdd(name=f"C{n}")).code for n in range(2)] == [0, 3300]
    assert ask(lifted, VendorAdd(name="V")).code == 0


# -- items and accounts ----------------------------------------------------------------------------


def test_items_of_every_kind_can_be_added_and_used(books: CompanyFile) -> None:
    one = SalesOrPurchase(desc="a", price=D("2.5"), account=name("Sales"))
    both = SalesAndPurchase(
        sales_price=D("3"), income_account=name("Sales"), expense_account=name("Cost of Goods Sold")
    )
    for add in (
        service("A Service"),
        ItemNonInventoryAdd(name="A Part", sales_and_purchase=both),
        ItemOtherChargeAdd(name="A Charge", sales_or_purchase=one),
        ItemDiscountAdd(name="A Discount", discount_rate_percent=D("50"), account=name("Sales Discounts")),
    ):
        assert done(books, add).full_name == add.name
    ret = done(books, invoice(line("A Service"), line("A Part"), line("A Charge"), line("A Discount")))
    assert [shown.amount for shown in ret.lines] == [D("5.00"), D("3.00"), D("2.50"), D("-1.25")]
    tax = done(books, ItemSalesTaxAdd(name="City", tax_rate=D("1.5"), tax_vendor=name("Amazon")))
    assert tax.tax_vendor.list_id == books.vendors[-1].list_id
    assert done(books, PaymentMethodAdd(name="Barter")).name == "Barter"


def test_an_item_needs_an_account_that_exists(books: CompanyFile) -> None:
    got = ask(books, service("X", account="No Such Account"))
    assert got.code == 3140
    bare = ItemServiceAdd(name="X", sales_or_purchase=SalesOrPurchase(price=D("1")))
    assert ask(books, bare).code == 3150


def test_an_account_can_begin_with_a_balance(books: CompanyFile) -> None:
    ret = done(
        books,
        AccountAdd(
            name="Petty Cash",
            account_type=AccountType.BANK,
            open_balance=D("80.00"),
            open_balance_date=date(2026, 1, 1),
        ),
    )
    shown = done(books, AccountQueryRq(list_ids=(ret.list_id,)))
    assert shown.balance == D("80.00")
    assert books.trial_balance() == {"Opening Balance Equity": D("-80.00"), "Petty Cash": D("80.00")}
    sub = done(books, AccountAdd(name="Till", account_type=AccountType.BANK, parent=name("Petty Cash")))
    assert sub.full_name == "Petty Cash:Till"


# -- changes ---------------------------------------------------------------------------------------


def test_a_customer_mod_keeps_clears_and_changes(books: CompanyFile) -> None:
    made = done(books, CustomerAdd(name="Mod Me", phone="1", fax="2", terms=name("Net 15")))
    clock_of(books).forward()
    mod = CustomerMod(
        list_id=made.list_id, edit_sequence=made.edit_sequence, fax="", phone="9", terms=Ref(full_name="")
    )
    ret = done(books, mod)
    assert (ret.phone, ret.fax, ret.terms, ret.name) == ("9", None, None, "Mod Me")
    assert ret.edit_sequence != made.edit_sequence
    assert ask(books, mod).code == 3200


def test_a_renamed_customer_shows_its_new_name_everywhere(books: CompanyFile) -> None:
    made = done(books, invoice(customer="Kern Lighting:Showroom"))
    kern = next(one for one in books.customers if one.name == "Kern Lighting")
    done(books, CustomerMod(list_id=kern.list_id, edit_sequence=kern.edit_sequence, name="Kern & Co"))
    shown = done(books, InvoiceQueryRq(txn_ids=(made.txn_id,)))
    assert shown.customer.full_name == "Kern & Co:Showroom"
    assert books.find_by_ref(made.ref_number)[0].customer == "Kern & Co:Showroom"
    assert ask(books, invoice(customer="Kern Lighting")).code == 3140
    taken = CustomerMod(list_id=kern.list_id, edit_sequence=kern.edit_sequence, name="Amazon")
    assert ask(books, taken).code == 3100
    same = CustomerMod(list_id=kern.list_id, edit_sequence=kern.edit_sequence, name="KERN & CO")
    assert done(books, same).name == "KERN & CO"


def test_a_customer_cannot_stand_below_itself(books: CompanyFile) -> None:
    kern = next(one for one in books.customers if one.name == "Kern Lighting")
    mod = CustomerMod(list_id=kern.list_id, edit_sequence=kern.edit_sequence, parent=name("Kern Lighting:Showroom"))
    assert ask(books, mod).code == 3210


def test_inactive_elements_are_asked_for_expressly(books: CompanyFile) -> None:
    made = done(books, CustomerAdd(name="Sleeping", is_active=False))
    assert made.list_id not in {one.list_id for one in ask(books, CustomerQueryRq()).rets}
    inactive = CustomerQueryRq(active_status=ActiveStatus.INACTIVE_ONLY)
    assert done(books, inactive).list_id == made.list_id
    assert done(books, CustomerQueryRq(full_names=("sleeping",))).list_id == made.list_id


# -- deletion --------------------------------------------------------------------------------------


def test_what_is_in_use_cannot_be_deleted(books: CompanyFile) -> None:
    made = done(books, invoice())
    for tag, identity in (
        (ListDelType.CUSTOMER, made.customer.list_id),
        (ListDelType.ITEM_SERVICE, made.lines[0].item.list_id),
        (ListDelType.ACCOUNT, made.ar_account.list_id),
    ):
        assert ask(books, ListDelRq(list_del_type=tag, list_id=identity)).code == 3160


def test_what_is_not_in_use_is_deleted_and_remembered(books: CompanyFile) -> None:
    made = done(books, CustomerAdd(name="Short Lived"))
    clock_of(books).forward()
    delete = ListDelRq(list_del_type=ListDelType.CUSTOMER, list_id=made.list_id)
    assert done(books, delete).full_name == "Short Lived"
    assert ask(books, delete).code == 3120
    noted = done(books, ListDeletedQueryRq(list_del_types=(ListDelType.CUSTOMER,)))
    assert (noted.list_id, noted.full_name) == (made.list_id, "Short Lived")
    assert done(books, CustomerAdd(name="Short Lived")).list_id != made.list_id
    wrong = ListDelRq(list_del_type=ListDelType.VENDOR, list_id=books.customers[0].list_id)
    assert ask(books, wrong).code == 3120


# -- balances --------------------------------------------------------------------------------------


def test_balances_are_those_of_the_ledger(books: CompanyFile) -> None:
    done(books, invoice(line(amount="30.00")))
    done(books, invoice(line(amount="12.00"), customer="Kern Lighting:Showroom"))
    kern = done(books, CustomerQueryRq(full_names=("Kern Lighting",)))
    assert (kern.balance, kern.total_balance) == (D("30.00"), D("42.00"))
    income = done(books, AccountQueryRq(full_names=("Service Income",)))
    assert income.balance == D("42.00")


def test_the_items_come_in_one_answer(books: CompanyFile) -> None:
    rets = ask(books, ItemQueryRq(active_status=ActiveStatus.ALL)).rets
    assert len(rets) == len(books.items) == 14
    group = next(one for one in rets if type(one).__name__ == "ItemGroupRet")
    assert [one.item.full_name for one in group.item_group_lines] == ["Coffee Beans 1kg", "Filter Papers"]


# -- custom fields ---------------------------------------------------------------------------------

OWNER = UUID("90a44fb7-33d9-4815-ac85-ac86a7e7d1eb")


def test_a_custom_field_is_defined_filled_changed_and_emptied(books: CompanyFile) -> None:
    kern = books.customers[0]
    target = {"list_data_ext_type": ListDataExtType.CUSTOMER, "list_obj": name(kern.full_name)}
    field = {"owner_id": CUSTOM_FIELDS, "data_ext_name": "Region"}
    add = DataExtAdd(**field, **target, data_ext_value="North")  # type: ignore[arg-type]
    assert ask(books, add).code == 3121
    definition = DataExtDefAdd(
        owner_id=CUSTOM_FIELDS,
        data_ext_name="Region",
        data_ext_type=DataExtType.STR255_TYPE,
        assign_to_objects=(AssignToObject.CUSTOMER,),
    )
    assert [ask(books, definition).code, ask(books, definition).code] == [0, 3100]
    assert done(books, add).data_ext_value == "North"
    got = ask(books, add)
    assert got.code == 3180
    assert "lock" not in got.message
    done(books, DataExtMod(**field, **target, data_ext_value="South"))  # type: ignore[arg-type]
    query = CustomerQueryRq(list_ids=(kern.list_id,), owner_ids=(CUSTOM_FIELDS,))
    assert done(books, query).data_ext_rets[0].data_ext_value == "South"
    assert done(books, CustomerQueryRq(list_ids=(kern.list_id,))).data_ext_rets == ()
    assert ask(books, DataExtDel(**field, **target)).code == 0  # type: ignore[arg-type]
    assert ask(books, DataExtDel(**field, **target)).code == 3121  # type: ignore[arg-type]
    assert done(books, query).data_ext_rets == ()


def test_private_data_belongs_to_its_owner(books: CompanyFile) -> None:
    made = done(books, invoice())
    done(
        books,
        DataExtDefAdd(
            owner_id=OWNER,
            data_ext_name="Key",
            data_ext_type=DataExtType.STR255_TYPE,
            assign_to_objects=(AssignToObject.INVOICE, AssignToObject.COMPANY),
        ),
    )
    on_invoice = DataExtAdd(
        owner_id=OWNER,
        data_ext_name="Key",
        txn_data_ext_type=TxnDataExtType.INVOICE,
        txn_id=made.txn_id,
        data_ext_value="shop-1",
    )
    on_company = DataExtAdd(
        owner_id=OWNER, data_ext_name="Key", other_data_ext_type=OtherDataExtType.COMPANY, data_ext_value="here"
    )
    assert [ask(books, on_invoice).code, ask(books, on_company).code] == [0, 0]
    query = InvoiceQueryRq(txn_ids=(made.txn_id,), owner_ids=(OWNER,))
    assert done(books, query).data_ext_rets[0].data_ext_value == "shop-1"
    assert done(books, CompanyQueryRq(owner_ids=(OWNER,))).data_ext_rets[0].data_ext_value == "here"
    assert done(books, CompanyQueryRq(owner_ids=(UUID(int=5),))).data_ext_rets == ()


def test_a_job_can_move_to_another_customer(books: CompanyFile) -> None:
    job = next(one for one in books.customers if one.name == "Showroom")
    move = CustomerMod(list_id=job.list_id, edit_sequence=job.edit_sequence, parent=name("Bluebird Cafe"))
    assert done(books, move).full_name == "Bluebird Cafe:Showroom"
    kern = next(one for one in books.customers if one.name == "Kern Lighting")
    assert ask(books, ListDelRq(list_del_type=ListDelType.CUSTOMER, list_id=kern.list_id)).code == 0
    missing = CustomerMod(list_id="80009999-1", edit_sequence="1")
    assert ask(books, missing).code == 3120


def test_a_renamed_vendor_shows_in_the_items_that_prefer_it(books: CompanyFile) -> None:
    vendor = next(one for one in books.vendors if one.name == "Cascade Roasters")
    books.books.rename(vendor, "Cascade & Sons", None)
    beans = done(books, ItemQueryRq(full_names=("Coffee Beans 1kg",)))
    assert beans.sales_and_purchase.pref_vendor.full_name == "Cascade & Sons"


def test_names_that_are_none(books: CompanyFile) -> None:
    assert ask(books, CustomerAdd(name="  ")).code == 3090
    assert ask(books, VendorAdd(name="Owed", open_balance=D("7.00"))).code == 0
    assert books.trial_balance() == {"Accounts Payable": D("-7.00"), "Opening Balance Equity": D("7.00")}


def test_custom_fields_only_where_they_belong(books: CompanyFile) -> None:
    made = done(books, invoice())
    done(
        books,
        DataExtDefAdd(
            owner_id=OWNER,
            data_ext_name="Key",
            data_ext_type=DataExtType.STR255_TYPE,
            assign_to_objects=(AssignToObject.INVOICE, AssignToObject.CUSTOMER),
        ),
    )

    def codes(**target: Any) -> list[int]:
        common = {"owner_id": OWNER, "data_ext_name": "Key", **target}
        return [ask(books, kind(**common, data_ext_value="v")).code for kind in (DataExtMod, DataExtAdd)]

    on_line = {"txn_data_ext_type": TxnDataExtType.INVOICE, "txn_id": made.txn_id}
    assert codes(**on_line, txn_line_id=made.lines[0].txn_line_id) == [3121, 0]
    assert codes(**on_line, txn_line_id="FFFF-1") == [3120, 3120]
    nobody = {"list_data_ext_type": ListDataExtType.CUSTOMER, "list_obj": name("Nobody")}
    assert codes(**nobody) == [3140, 3140]
    assert codes(other_data_ext_type=OtherDataExtType.COMPANY) == [3121, 3121]
    long = DataExtAdd(owner_id=OWNER, data_ext_name="Key", **on_line, data_ext_value="x" * 256)
    assert ask(books, long).code == 3070
