"""Lines, totals, tax and modifications of sales documents."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.simulator.books import CompanyFacts
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.switches import ENTERPRISE, Edition, Switches
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd
from qbxml.messages.estimate import EstimateAdd, EstimateLineAdd, EstimateLineMod, EstimateMod
from qbxml.messages.invoice import (
    InvoiceAdd,
    InvoiceLineAdd,
    InvoiceLineGroupAdd,
    InvoiceLineGroupMod,
    InvoiceLineMod,
    InvoiceMod,
    InvoiceQueryRq,
)
from qbxml.messages.sales_order import SalesOrderAdd, SalesOrderLineAdd
from qbxml.messages.sales_receipt import SalesReceiptAdd, SalesReceiptLineAdd, SalesReceiptLineMod, SalesReceiptMod
from qbxml.shared import Address, Ref

from .asking import Clock, ask, ask_all, clock_of, company, document, done, invoice, line, name, read

D = Decimal


@pytest.fixture
def books() -> CompanyFile:
    return company()


# -- lines -----------------------------------------------------------------------------------------


def test_quantity_and_rate_give_the_amount_half_a_cent_up(books: CompanyFile) -> None:
    ret = done(books, invoice(line(quantity="3", rate="0.335")))
    assert ret.lines[0].amount == D("1.01")  # 1.005
    assert ret.lines[0].rate == D("0.335")


def test_quantity_and_amount_give_the_rate_to_five_places(books: CompanyFile) -> None:
    ret = done(books, invoice(line(quantity="3", amount="10.00")))
    assert (ret.lines[0].rate, ret.lines[0].amount) == (D("3.33333"), D("10.00"))


def test_rate_is_ignored_with_a_warning_when_the_amount_is_given_too(books: CompanyFile) -> None:
    got = ask(books, invoice(line(quantity="2", rate="99", amount="10.00")))
    assert (got.code, got.severity) == (530, "Warn")
    assert (got.ret.lines[0].rate, got.ret.lines[0].amount) == (D("5.00"), D("10.00"))


def test_the_price_of_the_item_stands_in_for_what_is_missing(books: CompanyFile) -> None:
    ret = done(books, invoice(line("Grinder"), line("Grinder", quantity="2"), line("Grinder", rate="5")))
    assert [(one.quantity, one.rate, one.amount) for one in ret.lines] == [
        (D(1), D("79.00"), D("79.00")),
        (D(2), D("79.00"), D("158.00")),
        (None, D("5.00"), D("5.00")),
    ]
    assert ret.lines[0].desc == "Hand grinder, steel"


def test_a_line_may_be_words_only_but_money_needs_an_item(books: CompanyFile) -> None:
    ret = done(books, invoice(line(amount="1.00"), InvoiceLineAdd(desc="delivered in two boxes")))
    assert (ret.lines[1].desc, ret.lines[1].amount) == ("delivered in two boxes", None)
    assert ask(books, invoice(InvoiceLineAdd(desc="x", amount=D("5.00")))).code == 3150


def test_a_discount_takes_away_whichever_sign_it_is_given(books: CompanyFile) -> None:
    ret = done(
        books,
        invoice(
            line(amount="100.00"),
            line("Ten Percent Off"),
            line("Discount", amount="5.00"),
            line("Discount", amount="-5.00"),
        ),
    )
    assert [one.amount for one in ret.lines] == [D("100.00"), D("-10.00"), D("-5.00"), D("-5.00")]
    assert ret.lines[1].rate_percent == D(-10)
    assert ret.subtotal == D("80.00")


def test_a_percentage_after_a_subtotal_is_of_the_subtotal(books: CompanyFile) -> None:
    ret = done(
        books,
        invoice(line(amount="60.00"), line(amount="40.00"), line("Subtotal"), line("Ten Percent Off")),
    )
    assert [one.amount for one in ret.lines] == [D("60.00"), D("40.00"), D("100.00"), D("-10.00")]
    assert ret.subtotal == D("90.00")
    assert books.trial_balance()["Service Income"] == D("-100.00")


def test_a_group_brings_its_members(books: CompanyFile) -> None:
    add = InvoiceAdd(
        customer=name("Kern Lighting"),
        lines=(InvoiceLineGroupAdd(item_group=name("Starter Set"), quantity=D(2)),),
    )
    ret = done(books, add)
    group = ret.lines[0]
    assert group.total_amount == D("83.50")  # 4 x 18.50 + 2 x 4.75
    assert [(one.item.full_name, one.quantity) for one in group.invoice_line_rets] == [
        ("Coffee Beans 1kg", D(4)),
        ("Filter Papers", D(2)),
    ]


def test_single_lines_may_be_negative_but_not_the_total(books: CompanyFile) -> None:
    assert done(books, invoice(line(amount="10.00"), line(amount="-10.00"))).subtotal == 0
    got = ask(books, invoice(line(amount="10.00"), line(amount="-10.01")))
    assert got.code == 3210
    receipt = SalesReceiptAdd(lines=(SalesReceiptLineAdd(item=name("Seat"), amount=D("-1.00")),))
    assert ask(books, receipt).code == 3210
    memo = CreditMemoAdd(
        customer=name("Kern Lighting"), lines=(CreditMemoLineAdd(item=name("Seat"), amount=D("-1.00")),)
    )
    assert ask(books, memo).code == 3210
    assert len(books.transactions) == 1


def test_an_invoice_without_lines_is_refused(books: CompanyFile) -> None:
    got = ask(books, InvoiceAdd(customer=name("Kern Lighting")))
    assert got.code == 3180
    assert "in use" not in got.message
    assert books.transactions == []


def test_an_amount_beyond_thirteen_digits_is_refused(books: CompanyFile) -> None:
    assert ask(books, invoice(line(quantity="9999999999", rate="9999999999"))).code == 3110
    assert ask(books, invoice(line(amount="9999999999999.99"), line(amount="0.01"))).code == 3110


def test_unknown_references_are_named(books: CompanyFile) -> None:
    got = ask(books, invoice(customer="Joe Smith"))
    assert got.code == 3140
    assert got.message == (
        'There is an invalid reference to QuickBooks Customer "Joe Smith" in the Invoice.  '
        "QuickBooks error message: Invalid argument.  The specified record does not exist in the list."
    )
    got = ask(books, invoice(line("sooo wrong", amount="1.00")))
    assert got.code == 3140
    assert '"sooo wrong" in the Invoice line' in got.message


def test_names_are_found_in_any_case_and_the_id_wins(books: CompanyFile) -> None:
    ret = done(books, invoice(customer="KERN lighting:showroom"))
    assert ret.customer.full_name == "Kern Lighting:Showroom"
    by_id = InvoiceAdd(customer=Ref(list_id=ret.customer.list_id), lines=(line(amount="1.00"),))
    assert done(books, by_id).customer == ret.customer


def test_an_inactive_customer_is_refused_unless_the_switch_lets_it_through(books: CompanyFile) -> None:
    entry = next(one for one in books.customers if one.name == "Bluebird Cafe")
    entry.is_active = False
    assert ask(books, invoice(customer="Bluebird Cafe")).code == 3140
    books.switches = Switches(refuse_inactive_references=False)
    assert ask(books, invoice(customer="Bluebird Cafe")).code == 0


# -- header ----------------------------------------------------------------------------------------


def test_numbers_are_drawn_blank_ones_stay_blank_and_duplicates_are_taken(books: CompanyFile) -> None:
    numbers = [done(books, invoice(ref_number=given)).ref_number for given in (None, "SW-0099", None, "", "SW-0099")]
    assert numbers == ["1", "SW-0099", "SW-0100", None, "SW-0099"]
    assert len(books.find_by_ref("sw-0099")) == 2


def test_the_same_external_guid_makes_two_transactions(books: CompanyFile) -> None:
    guid = UUID("6a0c4d1e-0000-4000-8000-000000000001")
    first = done(books, invoice(external_guid=guid))
    second = done(books, invoice(external_guid=guid))
    assert first.external_guid == second.external_guid == guid
    assert [txn.txn_id for txn in books.find_by_guid(guid)] == [first.txn_id, second.txn_id]


def test_terms_and_address_come_from_the_customer(books: CompanyFile) -> None:
    ret = done(books, invoice())
    assert (ret.terms.full_name, ret.due_date) == ("Net 30", date(2026, 3, 31))
    assert ret.bill_address_block.addr3 == "Portland, OR 97201"
    assert ret.is_paid is False
    assert (ret.applied_amount, ret.balance_remaining) == (D("0.00"), D("100.00"))


def test_to_be_emailed_needs_an_address(books: CompanyFile) -> None:
    assert ask(books, invoice(is_to_be_emailed=True)).code == 0
    assert ask(books, invoice(is_to_be_emailed=True, customer="Web Shop Customers")).code == 3180


def test_what_is_not_switched_on_is_refused() -> None:
    plain = CompanyFile(facts=CompanyFacts(class_tracking=False), now=Clock())
    plain.open()
    plain.books.create("Customer", "Kern Lighting")
    plain.books.create("Class", "Web")
    plain.books.create("ItemSalesTax", "County")
    for fields in ({"class_": name("Web")}, {"exchange_rate": D("1.1")}, {"item_sales_tax": name("County")}):
        assert ask(plain, invoice(**fields)).code == 3250


def test_sales_orders_need_premier() -> None:
    order = SalesOrderAdd(
        customer=name("Kern Lighting"), lines=(SalesOrderLineAdd(item=name("Seat"), amount=D("5.00")),)
    )
    assert ask(company(), order).code == 3250
    premier = company(switches=Switches(edition=Edition.PREMIER))
    assert done(premier, order).total_amount == D("5.00")
    assert premier.trial_balance() == {}
    assert ask(company(switches=ENTERPRISE), order).code == 0


def test_text_that_windows_1252_does_not_hold_becomes_question_marks(books: CompanyFile) -> None:
    text = document(invoice(memo="caf\u00e9 \u20ac5 MARK")).replace("MARK", "&#28450;&#x5B57;\u6f22")
    (got,) = read(books.process(text))
    assert got.ret.memo == "caf\u00e9 \u20ac5 ???"


# -- tax -------------------------------------------------------------------------------------------


def test_tax_is_on_taxable_lines_together_rounded_once() -> None:
    taxed = company(sales_tax=True)
    lines = [line("Espresso Cup", amount="0.06") for _ in range(3)]
    ret = done(taxed, invoice(*lines, line("Consulting", amount="50.00")))
    assert (ret.sales_tax_percentage, ret.sales_tax_total) == (D("8.25"), D("0.01"))  # 0.01485
    assert ret.item_sales_tax.full_name == "Sales Tax"
    assert ret.balance_remaining == D("50.19")
    assert taxed.trial_balance()["Sales Tax Payable"] == D("-0.01")


def test_half_a_cent_of_tax_goes_up() -> None:
    taxed = company(sales_tax=True)
    ret = done(taxed, invoice(line("Grinder", amount="2.00")))
    assert ret.sales_tax_total == D("0.17")  # 0.165


@pytest.mark.parametrize(
    "fields",
    [{"customer_sales_tax_code": Ref(full_name="Non")}, {"item_sales_tax": Ref(full_name="Out of State")}],
)
def test_no_tax_for_those_who_pay_none(fields: dict[str, Any]) -> None:
    ret = done(company(sales_tax=True), invoice(line("Grinder", amount="10.00"), **fields))
    assert (ret.sales_tax_total, ret.balance_remaining) == (D("0.00"), D("10.00"))


def test_a_line_can_be_made_non_taxable_and_a_discount_lowers_the_tax() -> None:
    taxed = company(sales_tax=True)
    ret = done(
        taxed,
        invoice(
            line("Grinder", amount="100.00"),
            line("Discount", amount="20.00"),
            line("Grinder", amount="30.00", sales_tax_code=name("Non")),
        ),
    )
    assert ret.sales_tax_total == D("6.60")
    assert ret.balance_remaining == D("116.60")


def test_with_sales_tax_off_every_line_is_non_taxable(books: CompanyFile) -> None:
    ret = done(books, invoice(line("Grinder", amount="10.00", sales_tax_code=name("Tax"))))
    assert ret.lines[0].sales_tax_code.full_name == "Non"
    assert ret.sales_tax_total == 0


# -- ledger ----------------------------------------------------------------------------------------


def test_every_document_posts_to_its_accounts(books: CompanyFile) -> None:
    done(books, invoice(line("Grinder", amount="79.00"), line("Shipping", amount="6.00")))
    done(books, SalesReceiptAdd(lines=(SalesReceiptLineAdd(item=name("Seat"), amount=D("12.00")),)))
    done(
        books,
        CreditMemoAdd(
            customer=name("Kern Lighting"), lines=(CreditMemoLineAdd(item=name("Grinder"), amount=D("9.00")),)
        ),
    )
    done(
        books,
        EstimateAdd(customer=name("Kern Lighting"), lines=(EstimateLineAdd(item=name("Seat"), amount=D("7.00")),)),
    )
    assert books.trial_balance() == {
        "Accounts Receivable": D("76.00"),
        "Sales": D("-70.00"),
        "Service Income": D("-12.00"),
        "Shipping Income": D("-6.00"),
        "Undeposited Funds": D("12.00"),
    }
    assert books.balance_of("Kern Lighting") == D("76.00")


def test_a_pending_invoice_posts_nothing(books: CompanyFile) -> None:
    assert done(books, invoice(is_pending=True)).is_pending is True
    assert books.trial_balance() == {}


def test_a_line_can_go_to_another_account(books: CompanyFile) -> None:
    done(books, invoice(line(amount="5.00", override_item_account=name("Interest Income"))))
    assert books.trial_balance()["Interest Income"] == D("-5.00")


# -- modification ----------------------------------------------------------------------------------


def test_a_mod_without_lines_leaves_them(books: CompanyFile) -> None:
    made = done(books, invoice(line("Grinder"), line("Ten Percent Off"), memo="before"))
    ret = done(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="after", po_number="77"))
    assert (ret.memo, ret.po_number) == ("after", "77")
    assert ret.lines == made.lines
    assert ret.external_guid == made.external_guid


def test_a_mod_with_lines_drops_those_it_does_not_mention(books: CompanyFile) -> None:
    made = done(books, invoice(line("Grinder"), line("Espresso Cup"), line("Filter Papers")))
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(
            InvoiceLineMod(txn_line_id=made.lines[2].txn_line_id),
            InvoiceLineMod(txn_line_id=made.lines[0].txn_line_id, quantity=D(3)),
            InvoiceLineMod(txn_line_id="-1", item=name("Seat"), quantity=D(2), rate=D("12.50")),
        ),
    )
    ret = done(books, mod)
    assert [(one.item.full_name, one.amount) for one in ret.lines] == [
        ("Filter Papers", D("4.75")),
        ("Grinder", D("237.00")),
        ("Seat", D("25.00")),
    ]
    assert ret.lines[0] == made.lines[2]
    assert ret.lines[2].txn_line_id not in {one.txn_line_id for one in made.lines}
    assert ret.subtotal == D("266.75")
    assert books.trial_balance() == {
        "Accounts Receivable": D("266.75"),
        "Sales": D("-241.75"),
        "Service Income": D("-25.00"),
    }


def test_a_changed_line_works_out_what_was_not_said(books: CompanyFile) -> None:
    made = done(books, invoice(line("Grinder", quantity="2", rate="10"), line("Espresso Cup", amount="6.00")))
    first, second = (one.txn_line_id for one in made.lines)
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(
            InvoiceLineMod(txn_line_id=first, rate=D(11)),
            InvoiceLineMod(txn_line_id=second, item=name("Filter Papers"), quantity=D(4)),
        ),
    )
    ret = done(books, mod)
    assert (ret.lines[0].quantity, ret.lines[0].rate, ret.lines[0].amount) == (D(2), D("11.00"), D("22.00"))
    assert (ret.lines[1].rate, ret.lines[1].amount) == (D("4.75"), D("19.00"))
    assert ret.lines[1].desc == "Filter papers, box of 100"


def test_a_kept_percentage_follows_the_line_above(books: CompanyFile) -> None:
    made = done(books, invoice(line("Grinder", amount="100.00"), line("Ten Percent Off")))
    first, second = (one.txn_line_id for one in made.lines)
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(InvoiceLineMod(txn_line_id=first, amount=D("50.00")), InvoiceLineMod(txn_line_id=second)),
    )
    assert done(books, mod).subtotal == D("45.00")


def test_a_kept_line_goes_on_posting_to_its_account(books: CompanyFile) -> None:
    made = done(books, invoice(line(amount="5.00", override_item_account=name("Interest Income"))))
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(InvoiceLineMod(txn_line_id=made.lines[0].txn_line_id, amount=D("7.00")),),
    )
    done(books, mod)
    assert books.trial_balance()["Interest Income"] == D("-7.00")


def test_a_group_can_be_kept_resized_or_changed_inside(books: CompanyFile) -> None:
    add = InvoiceAdd(
        customer=name("Kern Lighting"), lines=(InvoiceLineGroupAdd(item_group=name("Starter Set")), line())
    )
    made = done(books, add)
    group_id = made.lines[0].txn_line_id
    kept = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(InvoiceLineGroupMod(txn_line_id=group_id),),
    )
    after = done(books, kept)
    assert after.lines == made.lines[:1]
    resized = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=after.edit_sequence,
        lines=(InvoiceLineGroupMod(txn_line_id=group_id, quantity=D(3)),),
    )
    after = done(books, resized)
    assert (after.lines[0].txn_line_id, after.lines[0].total_amount) == (group_id, D("125.25"))
    member = after.lines[0].invoice_line_rets[0]
    inside = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=after.edit_sequence,
        lines=(
            InvoiceLineGroupMod(
                txn_line_id=group_id,
                invoice_line_mods=(InvoiceLineMod(txn_line_id=member.txn_line_id, amount=D("10.00")),),
            ),
        ),
    )
    after = done(books, inside)
    assert [one.amount for one in after.lines[0].invoice_line_rets] == [D("10.00")]
    assert after.subtotal == D("10.00")


def test_a_line_of_another_invoice_is_not_found(books: CompanyFile) -> None:
    first, second = done(books, invoice()), done(books, invoice())
    mod = InvoiceMod(
        txn_id=first.txn_id,
        edit_sequence=first.edit_sequence,
        lines=(InvoiceLineMod(txn_line_id=second.lines[0].txn_line_id),),
    )
    assert ask(books, mod).code == 3120
    assert books.invoices[0].total == D("100.00")


def test_a_stale_edit_sequence_is_refused(books: CompanyFile) -> None:
    made = done(books, invoice())
    clock_of(books).forward()
    done(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="one"))
    got = ask(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="two"))
    assert got.code == 3200
    assert got.message.startswith(f'The provided edit sequence "{made.edit_sequence}" is out-of-date.')
    assert books.invoices[0].memo == "one"


def test_two_changes_in_one_second_look_alike_unless_the_switch_says_otherwise(books: CompanyFile) -> None:
    made = done(books, invoice())
    mod = InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="one")
    assert [ask(books, mod).code, ask(books, mod).code] == [0, 0]
    fine = company(switches=Switches(coarse_edit_sequence=False))
    made = done(fine, invoice())
    mod = InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="one")
    assert [ask(fine, mod).code, ask(fine, mod).code] == [0, 3200]


def test_an_empty_element_clears_and_some_cannot_be_cleared(books: CompanyFile) -> None:
    made = done(books, invoice(memo="x", po_number="9", class_=name("Store")))
    mod = InvoiceMod(
        txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="", ref_number="", class_=Ref(full_name="")
    )
    ret = done(books, mod)
    assert (ret.memo, ret.ref_number, ret.class_, ret.po_number) == (None, None, None, "9")
    bad = InvoiceMod(txn_id=made.txn_id, edit_sequence=ret.edit_sequence, customer=Ref(full_name=""))
    assert ask(books, bad).code == 3153


def test_a_mod_of_what_is_not_there(books: CompanyFile) -> None:
    got = ask(books, InvoiceMod(txn_id="FFFF-1", edit_sequence="1", memo="x"))
    assert got.code == 3120
    assert 'Object "FFFF-1"' in got.message


def test_receipts_and_estimates_can_be_modified_too(books: CompanyFile) -> None:
    receipt = done(books, SalesReceiptAdd(lines=(SalesReceiptLineAdd(item=name("Seat"), amount=D("12.00")),)))
    mod = SalesReceiptMod(
        txn_id=receipt.txn_id,
        edit_sequence=receipt.edit_sequence,
        lines=(SalesReceiptLineMod(txn_line_id=receipt.lines[0].txn_line_id, amount=D("20.00")),),
    )
    assert done(books, mod).total_amount == D("20.00")
    assert books.trial_balance()["Undeposited Funds"] == D("20.00")
    estimate = done(
        books,
        EstimateAdd(customer=name("Kern Lighting"), lines=(EstimateLineAdd(item=name("Seat"), amount=D("7.00")),)),
    )
    change = EstimateMod(
        txn_id=estimate.txn_id,
        edit_sequence=estimate.edit_sequence,
        lines=(EstimateLineMod(txn_line_id="-1", item=name("Grinder")),),
    )
    assert done(books, change).total_amount == D("79.00")


def test_the_tax_follows_a_modification() -> None:
    taxed = company(sales_tax=True)
    made = done(taxed, invoice(line("Grinder", amount="100.00")))
    mod = InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, item_sales_tax=name("Out of State"))
    assert done(taxed, mod).sales_tax_total == 0
    assert taxed.trial_balance() == {"Accounts Receivable": D("100.00"), "Sales": D("-100.00")}


# -- closed period ---------------------------------------------------------------------------------


def test_nothing_is_entered_or_changed_on_or_before_the_closing_date(books: CompanyFile) -> None:
    made = done(books, invoice(txn_date=date(2026, 2, 28)))
    books.closing_date = date(2026, 2, 28)
    assert ask(books, invoice(txn_date=date(2026, 2, 28))).code == 3171
    assert ask(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="x")).code == 3171
    later = done(books, invoice(txn_date=date(2026, 3, 1)))
    back = InvoiceMod(txn_id=later.txn_id, edit_sequence=later.edit_sequence, txn_date=date(2026, 2, 1))
    assert ask(books, back).code == 3171
    assert books.invoices[1].txn_date == date(2026, 3, 1)


def test_one_refused_request_leaves_its_set_mates_alone(books: CompanyFile) -> None:
    codes = [got.code for got in ask_all(books, invoice(), invoice(customer="Nobody"), invoice())]
    assert codes == [0, 3140, 0]
    assert len(books.invoices) == 2
    assert ask(books, InvoiceQueryRq()).code == 0


def test_links_to_other_documents_are_refused_rather_than_forgotten(books: CompanyFile) -> None:
    made = done(books, invoice())
    assert ask(books, invoice(link_to_txn_ids=(made.txn_id,))).code == 3250


def test_a_mod_changes_number_address_and_customer(books: CompanyFile) -> None:
    made = done(books, invoice(ref_number="OLD"))
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        customer=name("Bluebird Cafe"),
        ref_number="NEW-7",
        bill_address=Address(addr1="Elsewhere", country="USA"),
    )
    ret = done(books, mod)
    assert (ret.bill_address_block.addr1, ret.bill_address_block.addr2) == ("Elsewhere", "USA")
    assert (books.find_by_ref("old"), len(books.find_by_ref("new-7"))) == ([], 1)
    assert (books.balance_of("Kern Lighting"), books.balance_of("Bluebird Cafe")) == (D("0.00"), D("100.00"))
    assert done(books, invoice()).ref_number == "NEW-8"


def test_a_quantity_that_outgrows_its_field_is_refused_and_nothing_changes(books: CompanyFile) -> None:
    add = InvoiceAdd(
        customer=name("Kern Lighting"),
        lines=(InvoiceLineGroupAdd(item_group=name("Starter Set"), quantity=D(9_999_999_999)),),
    )
    assert ask(books, add).code == 3110
    assert (books.transactions, books.trial_balance()) == ([], {})


def test_a_percentage_can_replace_a_rate(books: CompanyFile) -> None:
    made = done(books, invoice(line(amount="200.00"), line("Shipping", rate="5")))
    first, second = (one.txn_line_id for one in made.lines)
    mod = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=made.edit_sequence,
        lines=(InvoiceLineMod(txn_line_id=first), InvoiceLineMod(txn_line_id=second, rate_percent=D("2.5"))),
    )
    ret = done(books, mod)
    assert (ret.lines[1].rate, ret.lines[1].rate_percent, ret.lines[1].amount) == (None, D("2.5"), D("5.00"))


def test_a_receivable_account_and_a_posting_account_are_needed(books: CompanyFile) -> None:
    assert ask(books, invoice(ar_account=name("Checking"))).code == 3210
    books.books.create("ItemService", "Nowhere")
    assert ask(books, invoice(line("Nowhere", amount="1.00"))).code == 3270
    assert ask(books, invoice(line(price_level=name("Wholesale")))).code == 3140
