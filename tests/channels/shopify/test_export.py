"""The orders export: every order becomes a document, a skipped order or a problem, and documents foot."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem, Skipped
from qbwc_server.channels.files.contract import Beginning
from qbwc_server.channels.shopify.export import MissingColumns, read, recognises
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from tests.channels.shopify.export_file import COLUMNS, export, line, order

TEA = line("Green Tea", "10.00", "2", sku="TEA-1")
CUP = line("Cup", "5.00")


CHOSEN: dict[str, Any] = {
    "sales_tax_on": False,
    "tax_item": "Sales Tax Collected",
    "tip_item": "Tips",
    "duties_item": "Duties",
    "gift_card_item": "Gift Cards",
    "refund_item": "Returns",
    "rounding_item": "Rounding",
}


def outcomes(content: bytes, **options: Any) -> list[Outcome]:
    found = read(io.BytesIO(content), ShopifyOptions(**{**CHOSEN, **options}))
    return [one for one in found if not isinstance(one, Remark)]


def draft(*rows: list[dict[str, str]], **options: Any) -> Draft:
    (found,) = outcomes(export(*rows), **options)
    assert isinstance(found, Draft), found
    return found


def sale(*rows: list[dict[str, str]], **options: Any) -> SalesReceipt | Invoice:
    document = draft(*rows, **options).document
    assert isinstance(document, SalesReceipt | Invoice)
    return document


def told(*rows: list[dict[str, str]], **options: Any) -> RowProblem:
    (found,) = outcomes(export(*rows), **options)
    assert isinstance(found, RowProblem), found
    return found


def amounts(document: SalesReceipt | Invoice) -> list[tuple[str | None, str]]:
    return [(one.item, str(one.amount)) for one in document.lines]


def test_the_file_has_as_many_columns_as_the_shop_writes() -> None:
    assert len(COLUMNS) == 79


def test_a_paid_order_is_a_sales_receipt() -> None:
    found = draft(
        order("#1001", "31.00", [TEA, CUP], Shipping="4.00", Taxes="2.00", Tax_1_Name="GST 8%", Tax_1_Value="2.00",
              Payment_Method="Stripe", Subtotal="25.00", Shipping_Method="Express")
    )  # fmt: skip
    receipt = found.document
    assert isinstance(receipt, SalesReceipt)
    assert (receipt.origin, receipt.number, receipt.total) == ("shopify:order:7700000001001", "1001", Decimal(31))
    assert amounts(receipt) == [
        ("TEA-1", "20.00"),
        ("Shopify Sale", "5.00"),
        ("Shipping", "4.00"),
        ("Sales Tax Collected", "2.00"),
    ]
    assert [one.description for one in receipt.lines] == ["Green Tea", "Cup", "Shipping: Express", "GST 8%"]
    assert receipt.lines[0].quantity == 2
    assert receipt.memo == "Shopify order #1001, Stripe"
    assert receipt.payment_method is None
    assert (found.line_number, found.notes, found.reviews) == (2, (), ())
    assert receipt.problems() == []


def test_the_day_is_the_shops_own() -> None:
    assert sale(order("#1", "20.00", [TEA])).date == date(2026, 3, 4)  # already the 5th in UTC


@pytest.mark.parametrize("status", ["pending", "unpaid", "authorized", "partially_paid", "Partially paid", "overdue"])
def test_an_open_order_is_an_invoice(status: str) -> None:
    invoice = sale(
        order("#1", "20.00", [TEA], Financial_Status=status, Outstanding_Balance="20.00",
              Next_Payment_Due_At="2026-04-01 00:00:00 -0500"), ar_account="Shop A/R",
    )  # fmt: skip
    assert isinstance(invoice, Invoice)
    assert (invoice.due_date, invoice.ar_account) == (date(2026, 4, 1), "Shop A/R")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Financial_Status": "voided"}, "voided"),
        ({"Financial_Status": "expired"}, "expired"),
        ({"Financial_Status": "paid", "Cancelled_at": "2026-03-05 10:00:00 -0500"}, "cancelled"),
    ],
)
def test_what_is_no_sale_any_more_is_skipped_and_told(values: dict[str, str], code: str) -> None:
    (found,) = outcomes(export(order("#1", "20.00", [TEA], **values)))
    assert isinstance(found, Skipped)
    assert (found.problem.code, found.line_number) == (code, 2)
    assert "#1" in found.problem.message


def test_a_paid_order_with_a_balance_waits_for_a_person() -> None:
    found = draft(order("#1", "20.00", [TEA], Outstanding_Balance="5.00"))
    assert [one.code for one in found.reviews] == ["paid_with_balance"]


def test_the_discount_is_one_line_however_the_file_shows_it() -> None:
    lines = [line("Tea", "10.00", "2", discount="3.00"), line("Cup", "5.00", discount="1.00")]
    receipt = sale(order("#1", "21.00", lines, Subtotal="21.00", Discount_Amount="4.00", Discount_Code="SPRING"))
    assert amounts(receipt)[-1] == ("Discount", "-4.00")
    assert receipt.lines[-1].description == "Discount SPRING"
    assert receipt.adds_up_to() == 21


def test_an_order_that_costs_nothing_is_posted() -> None:
    receipt = sale(order("#1", "0.00", [TEA], Subtotal="0.00", Discount_Amount="20.00"))
    assert amounts(receipt) == [("TEA-1", "20.00"), ("Discount", "-20.00")]


def test_several_taxes_each_to_its_own_item() -> None:
    receipt = sale(
        order("#1", "22.40", [TEA], Taxes="2.40", Tax_1_Name="GST 5%", Tax_1_Value="1.00", Tax_2_Name="PST 7%",
              Tax_2_Value="1.40"),
        tax_items={"PST 7%": "PST Payable"},
    )  # fmt: skip
    assert amounts(receipt)[1:] == [("Sales Tax Collected", "1.00"), ("PST Payable", "1.40")]


def test_tax_without_a_name_still_has_a_line() -> None:
    assert amounts(sale(order("#1", "22.40", [TEA], Taxes="2.40")))[1:] == [("Sales Tax Collected", "2.40")]


def test_tax_inside_the_prices_is_taken_out_of_the_sales() -> None:
    receipt = sale(
        order("#1", "20.00", [TEA], Subtotal="20.00", Taxes="3.33", Tax_1_Name="VAT 20%", Tax_1_Value="3.33")
    )
    assert amounts(receipt)[1:] == [("Sales Tax Collected", "3.33"), ("Tax Included in Prices", "-3.33")]
    assert receipt.adds_up_to() == 20


def test_tips_and_duties_have_items_of_their_own() -> None:
    receipt = sale(order("#1", "25.00", [TEA, line("Tip", "2.00")], Duties="3.00", Subtotal="22.00"))
    assert amounts(receipt)[1:] == [("Tips", "2.00"), ("Duties", "3.00")]


def test_a_small_difference_goes_to_rounding_with_a_note() -> None:
    found = draft(order("#1", "20.05", [TEA]))
    assert isinstance(found.document, SalesReceipt)
    assert amounts(found.document)[-1] == ("Rounding", "0.05")
    assert found.reviews == ()
    assert "0.05" in found.notes[0]


@pytest.mark.parametrize("options", [{}, {"sales_tax_on": True, "tax_code": "Non", "sales_tax_item": "Out of State"}])
def test_beyond_the_cap_the_order_waits_and_says_by_how_much(options: dict[str, Any]) -> None:
    assert draft(order("#1058", "20.00", [TEA]), **options).reviews == ()
    (problem,) = draft(order("#1058", "29.99", [TEA]), **options).reviews
    assert (problem.code, problem.field) == ("does_not_foot", "total")
    assert "come to 20.00, and its total is 29.99: 9.99 off" in problem.message


def test_two_readings_wait_for_a_person() -> None:
    found = draft(order("#1", "22.00", [TEA], Subtotal="20.00", Shipping="2.00", Taxes="1.00", Discount_Amount="1.00"))
    assert [one.code for one in found.reviews] == ["two_readings"]


def test_lines_taken_out_of_the_order_are_left_out() -> None:
    assert amounts(sale(order("#1", "20.00", [TEA, line("Cup", "5.00", "0")]))) == [("TEA-1", "20.00")]


def test_items_by_sku_by_name_or_the_one_for_all() -> None:
    lines = [line("Tea", "1.00", sku="'0012"), line("Cup", "1.00", sku="CUP"), line("Pot", "1.00")]
    rows = order("#1", "3.00", lines)
    assert [item for item, _ in amounts(sale(rows))] == ["0012", "CUP", "Shopify Sale"]
    mapped = sale(rows, items={"0012": "Tea:Green", "Pot": "Pots"}, use_sku=False, product_item="Goods")
    assert [item for item, _ in amounts(mapped)] == ["Tea:Green", "Goods", "Pots"]


def test_several_gateways_in_one_cell_are_not_split() -> None:
    rows = order("#1", "20.00", [TEA], Payment_Method="Stripe + Clover Payments + manual")
    receipt = sale(rows, payment_methods={"Stripe": "Visa"})
    assert isinstance(receipt, SalesReceipt)
    assert receipt.payment_method is None
    assert receipt.memo is not None
    assert "Stripe + Clover Payments + manual" in receipt.memo


def test_a_named_gateway_is_the_payment_method() -> None:
    rows = order("#1", "20.00", [TEA], Payment_Method="Stripe", Location="Main St")
    receipt = sale(rows, payment_methods={"Stripe": "Visa"}, deposit_to="Stripe Clearing", classes={"Main St": "Store"})
    assert isinstance(receipt, SalesReceipt)
    assert (receipt.payment_method, receipt.deposit_to, receipt.class_name) == ("Visa", "Stripe Clearing", "Store")


def test_tax_code_and_tax_item_go_everywhere() -> None:
    receipt = sale(
        order("#1", "22.00", [TEA], Shipping="2.00"), tax_code="Non", sales_tax_item="Zero", sales_tax_on=True
    )
    assert {one.tax_code for one in receipt.lines} == {"Non"}
    assert receipt.sales_tax_item == "Zero"


PERSON = {
    "Billing_Name": "山田: 太郎",
    "Email": "taro@example.com",
    "Billing_Address1": "千代田 1-2",
    "Billing_City": "東京",
    "Billing_Zip": "'0100",
    "Billing_Province": "-",
    "Shipping_Name": "Zoë",
    "Shipping_Street": "12 Rue des Lilas",
    "Phone": "'+81 3 555 0100",
}


def test_the_customer_is_the_billing_name_with_both_addresses() -> None:
    customer = sale(order("#1", "20.00", [TEA], **PERSON)).customer
    assert customer.name == "山田 太郎"  # a colon would name a job
    assert (customer.email, customer.phone) == ("taro@example.com", "+81 3 555 0100")
    assert customer.billing_address is not None
    assert (customer.billing_address.lines, customer.billing_address.postal_code) == (("千代田 1-2",), "0100")
    assert customer.billing_address.state is None
    assert customer.shipping_address is not None
    assert customer.shipping_address.lines == ("12 Rue des Lilas",)


def test_one_customer_for_the_shop_keeps_nothing_personal() -> None:
    receipt = sale(order("#1", "20.00", [TEA], **PERSON), customers="single", single_customer="Web Shop")
    assert receipt.customer.model_dump(exclude_none=True) == {"name": "Web Shop"}
    text = receipt.model_dump_json()
    assert not any(value in text for value in PERSON.values() if value != "-")


def test_an_order_that_names_nobody_goes_to_the_one_customer() -> None:
    assert sale(order("#1", "20.00", [TEA], Billing_Name="")).customer.name == "Shopify Customer"


def test_without_id_the_name_is_the_origin() -> None:
    rows = order("#1001", "20.00", [TEA])
    (found,) = outcomes(export(rows, columns=[c for c in COLUMNS if c != "Id"]))
    assert isinstance(found, Draft)
    assert found.document.origin == "shopify:order:#1001"
    assert found.twin is not None
    assert found.twin("shopify:order:7700000001001")
    assert not found.twin("shopify:order:#1001")
    with_id = draft(rows)
    assert with_id.twin is not None
    assert with_id.twin("shopify:order:#1001")
    assert not with_id.twin("shopify:order:7700000009999")


def test_an_id_spoilt_by_a_spreadsheet_is_not_used() -> None:
    assert sale(order("#1001", "20.00", [TEA], Id="7.7E+12")).origin == "shopify:order:#1001"


def test_control_characters_become_blanks() -> None:
    receipt = sale(order("#1\x00", "20.00", [line("Te\x00a", "20.00", sku="A\x1b1")], Id="77", Billing_Name="A\x07n"))
    assert "\\u00" not in receipt.model_dump_json()
    assert receipt.lines[0].description == "Te a"


def test_a_long_name_is_no_number_but_stays_in_the_memo() -> None:
    found = draft(order("#WHOLESALE-100", "20.00", [TEA]))
    assert found.document.number is None
    assert found.document.memo == "Shopify order #WHOLESALE-100"
    assert "#WHOLESALE-100" in found.notes[0]


@pytest.mark.parametrize(
    ("values", "column", "code"),
    [
        ({"Total": ""}, "Total", "order_values_missing"),
        ({"Financial_Status": ""}, "Financial Status", "order_values_missing"),
        ({"Created_at": ""}, "Created at", "order_values_missing"),
        ({"Created_at": "3/4/2026 4:16"}, "Created at", "bad_date"),
        ({"Created_at": "2026-02-30 04:16:23 +0500"}, "Created at", "bad_date"),
        ({"Financial_Status": "mystery"}, "Financial Status", "unknown_status"),
        ({"Shipping": "1,5"}, "Shipping", "bad_number"),
        ({"Shipping": "1.555"}, "lines[1].amount", "too_many_decimals"),
        ({"Total": "$20"}, "Total", "bad_number"),
        ({"Lineitem_price": ""}, "Lineitem price", "bad_number"),
        ({"Lineitem_quantity": "two"}, "Lineitem quantity", "bad_number"),
    ],
)
def test_a_mistake_keeps_the_order_out_and_names_the_column(values: dict[str, str], column: str, code: str) -> None:
    rows = order("#1", "20.00", [TEA])
    rows[0].update({key.replace("_", " "): value for key, value in values.items()})
    good = order("#2", "20.00", [TEA])
    found = outcomes(export(rows, good))
    assert isinstance(found[0], RowProblem)
    assert (found[0].line_number, found[0].problem.field, found[0].problem.code) == (2, column, code)
    assert "#1" in found[0].problem.message
    assert isinstance(found[-1], Draft)


def test_a_mistake_in_a_further_line_names_its_row() -> None:
    found = told(order("#1", "25.00", [TEA, line("Cup", "x")]))
    assert (found.line_number, found.document_line, found.problem.field) == (3, 2, "Lineitem price")


def test_another_currency_is_a_problem() -> None:
    usd, eur = order("#1", "20.00", [TEA]), order("#2", "20.00", [TEA], Currency="EUR")
    found = outcomes(export(usd, eur))
    assert [type(one) for one in found] == [Draft, RowProblem]
    found = outcomes(export(usd, eur), currency="eur")
    assert [type(one) for one in found] == [RowProblem, Draft]


def test_the_currency_is_told_unless_it_was_named() -> None:
    content = export(order("#1", "20.00", [TEA]))
    remarks = [one for one in read(io.BytesIO(content), ShopifyOptions()) if isinstance(one, Remark)]
    assert ["USD" in remark.message for remark in remarks] == [True]
    named = ShopifyOptions(currency="USD")
    assert not [one for one in read(io.BytesIO(content), named) if isinstance(one, Remark)]


def test_two_orders_of_one_name_are_not_mixed() -> None:
    second = order("#1", "20.00", [CUP], Id="8800000000001")
    assert told(order("#1", "20.00", [TEA]) + second).problem.code == "two_orders"


def test_orders_torn_apart_by_sorting_are_refused() -> None:
    one, two = order("#1", "25.00", [TEA, CUP]), order("#2", "20.00", [TEA])
    found = outcomes(export([one[0], *two, one[1]]))
    assert [type(o) for o in found] == [RowProblem, Draft, RowProblem]
    assert {o.problem.code for o in found if isinstance(o, RowProblem)} == {"rows_not_adjacent"}


def test_a_broken_row_costs_its_order_only() -> None:
    good = export(order("#1", "20.00", [TEA]), order("#2", "20.00", [TEA]), order("#3", "20.00", [TEA])).decode()
    found = outcomes(good.replace("#2,", '#2,"oops"x').encode())
    assert [type(one) for one in found] == [Draft, RowProblem, Draft]


@pytest.mark.parametrize("missing", [("Lineitem price", "Total"), ("Total",), ("Name",)])
def test_missing_columns_are_named(missing: tuple[str, ...]) -> None:
    content = export(order("#1", "20.00", [TEA]), columns=[c for c in COLUMNS if c not in missing])
    with pytest.raises(MissingColumns) as refused:
        outcomes(content)
    assert all(name in str(refused.value) for name in missing)


def test_recognised_without_its_price_columns() -> None:
    columns = [c for c in COLUMNS if c not in ("Lineitem price", "Total", "Subtotal", "Taxes", "Shipping")]
    assert recognises(Beginning("", (tuple(columns),)))
    assert not recognises(Beginning("", (("kind", "origin", "date"),)))


def test_the_fewest_columns_do() -> None:
    columns = (
        "Name",
        "Financial Status",
        "Created at",
        "Total",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
    )
    (found,) = outcomes(export(order("#1", "25.00", [TEA, CUP]), columns=columns))
    assert isinstance(found, Draft)
    assert found.reviews == ()


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("utf-8", "\r\n")])
def test_multi_line_cells_in_any_encoding(encoding: str, newline: str) -> None:
    notes = 'Please ring twice,\nthen "wait"\r\nありがとう'
    rows = [order(f"#{n}", "25.00", [TEA, CUP], Notes=notes, Note_Attributes="a: b\nc: d") for n in (1, 2)]
    found = outcomes(export(*rows, encoding=encoding, newline=newline))
    assert [one.line_number for one in found if isinstance(one, Draft)] == [2, 7]


def test_windows_1252_is_read_with_a_remark() -> None:
    content = export(order("#1", "20.00", [line("Crème brûlée", "20.00")]), encoding="cp1252")
    remark, *_, found = read(io.BytesIO(content), ShopifyOptions(currency="USD"))
    assert isinstance(remark, Remark)
    assert isinstance(found, Draft)
    assert isinstance(found.document, SalesReceipt)
    assert found.document.lines[0].description == "Crème brûlée"


cents = st.integers(0, 50_000).map(lambda n: Decimal(n).scaleb(-2))


@settings(max_examples=80)
@given(
    st.lists(st.tuples(cents, st.integers(1, 9)), min_size=1, max_size=4),
    cents, cents, st.integers(0, 100), st.booleans(), st.integers(-5, 5), st.booleans(),
)  # fmt: skip
def test_every_order_foots_to_its_total(
    goods: list[tuple[Decimal, int]],
    shipping: Decimal,
    taxes: Decimal,
    percent: int,
    tax_included: bool,
    rounding: int,
    shown_on_lines: bool,
) -> None:
    gross = sum((price * quantity for price, quantity in goods), Decimal(0))
    off = (gross * percent / 100).quantize(Decimal("0.01"))
    total = gross - off + shipping + (0 if tax_included else taxes) + Decimal(rounding).scaleb(-2)
    lines = [line(f"Product {n}", str(price), str(quantity)) for n, (price, quantity) in enumerate(goods)]
    if shown_on_lines:
        lines[0]["Lineitem discount"] = str(off)
    found = draft(
        order("#1", str(total), lines, Subtotal=str(gross - off), Discount_Amount=str(off), Shipping=str(shipping),
              Taxes=str(taxes), Tax_1_Name="VAT", Tax_1_Value=str(taxes))
    )  # fmt: skip
    assert isinstance(found.document, SalesReceipt)
    assert found.document.adds_up_to() == total == found.document.total
    assert [one.code for one in found.reviews] in ([], ["two_readings"])
