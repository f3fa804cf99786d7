"""What an order becomes: what is no income is never booked as such, and what came after the sale follows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.channels.contract import Draft, RowProblem, Skipped, Stored
from qbwc_server.channels.shopify.options import ShopifyOptions, as_the_file_says
from qbwc_server.documents.kinds.card_refund import CardRefund
from qbwc_server.documents.kinds.check import Check
from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from tests.channels.shopify.export_file import export, line, order
from tests.channels.shopify.test_export import TEA, amounts, draft, outcomes, sale

CARD = line("Gift Card $25", "25.00", taxable="false")


def codes(found: Draft) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in found.reviews]


@pytest.mark.parametrize(
    ("values", "lines", "option"),
    [
        ({"Taxes": "2.00", "Tax_1_Name": "GST", "Tax_1_Value": "2.00"}, [TEA], "tax_item"),
        ({"Taxes": "2.00"}, [TEA], "tax_item"),
        ({}, [TEA, line("Tip", "2.00")], "tip_item"),
        ({"Duties": "2.00"}, [TEA], "duties_item"),
        ({}, [TEA, line("Gift Card $2", "2.00", taxable="false")], "gift_card_item"),
        ({}, [TEA, line("E-Geschenkgutschein 2 €", "2.00")], "gift_card_item"),
    ],
)
def test_what_is_no_income_needs_an_item_that_a_person_has_chosen(
    values: dict[str, str], lines: list[dict[str, str]], option: str
) -> None:
    rows = order("#1", "22.00", lines, **values)
    found = draft(rows, **{option: None})
    assert codes(found) == [("item_not_chosen", "lines[1].item")]
    assert option in found.reviews[0].advice
    assert [problem.code for problem in found.document.problems()] == ["line_without_item"]  # it cannot be submitted
    assert draft(rows).reviews == ()
    assert draft(rows).document.problems() == []


def test_a_rounding_difference_without_an_item_is_a_question() -> None:
    found = draft(order("#1", "20.03", [TEA]), rounding_item=None)
    assert codes(found) == [("item_not_chosen", "lines[1].item")]


def test_several_questions_about_one_order_are_all_asked() -> None:
    rows = order("#1", "25.00", [TEA, line("Tip", "2.00")], Taxes="3.00", Outstanding_Balance="1.00")
    found = draft(rows, tax_item=None, tip_item=None, sales_tax_on=None)
    assert [code for code, _ in codes(found)] == [
        "item_not_chosen", "item_not_chosen", "tax_may_be_added_twice", "paid_with_balance"
    ]  # fmt: skip


def test_a_gift_card_holder_is_a_product_like_any_other() -> None:
    assert amounts(sale(order("#1", "5.00", [line("Gift card holder", "5.00", taxable="true")]))) == [
        ("Shopify Sale", "5.00")
    ]
    mapped = sale(order("#1", "25.00", [CARD]), items={"Gift Card $25": "Vouchers"})
    assert amounts(mapped) == [("Vouchers", "25.00")]


def test_an_order_paid_with_a_gift_card_brings_no_money() -> None:
    receipt = sale(order("#1", "20.00", [TEA], Payment_Method="gift_card"))
    assert amounts(receipt) == [("TEA-1", "20.00"), ("Gift Cards", "-20.00")]
    assert (receipt.total, receipt.problems()) == (Decimal(0), [])
    part = draft(order("#1", "20.00", [TEA], Payment_Method="Shopify Payments + gift_card"))
    assert [code for code, _ in codes(part)] == ["paid_in_part_by_gift_card"]


@pytest.mark.parametrize(
    ("preferences", "options", "settled", "code"),
    [
        (None, {}, False, None),
        ({"sales_tax": True}, {}, False, None),
        ({"sales_tax": False}, {}, True, None),
        ({"sales_tax": True}, {"tax_code": "Non"}, False, "Non"),
        ({"sales_tax": True}, {"tax_code": "Non", "sales_tax_item": "Zero"}, True, "Non"),
        (None, {"tax_code": "Non", "sales_tax_item": "Zero"}, True, "Non"),
        ({"sales_tax": False}, {"tax_code": "Non", "sales_tax_item": "Zero"}, True, None),
        ({"sales_tax": True}, {"sales_tax_on": False}, True, None),
        ({}, {}, False, None),
    ],
)
def test_the_tax_of_the_shop_is_not_taxed_again(
    preferences: dict[str, Any] | None, options: dict[str, Any], settled: bool, code: str | None
) -> None:
    chosen = as_the_file_says(ShopifyOptions(**options), preferences)
    assert (chosen.tax_is_settled, chosen.line_tax_code) == (settled, code)
    values = {name: getattr(chosen, name) for name in ("sales_tax_on", "tax_code", "sales_tax_item")}
    found = draft(order("#1", "20.00", [TEA]), **values)
    assert ("tax_may_be_added_twice" in [code for code, _ in codes(found)]) is not settled
    assert isinstance(found.document, SalesReceipt)
    assert found.document.lines[0].tax_code == code
    assert (found.document.sales_tax_item is None) is (code is None or "sales_tax_item" not in options)


def follow_ups(found: Draft, *stored: Stored) -> list[Draft]:
    assert found.follow_ups is not None
    return list(found.follow_ups(stored))


def as_stored(found: Draft) -> Stored:
    return Stored(found.document.origin, found.document.kind, found.document.comes_to())


def origins(found: Sequence[Draft]) -> list[str]:
    return [one.document.origin.removeprefix("shopify:order:7700000000001") for one in found]


def test_a_refund_of_the_whole_order_is_a_credit_memo_with_its_lines() -> None:
    rows = order("#1", "31.00", [TEA, line("Cup", "5.00")], Shipping="4.00", Taxes="2.00", Financial_Status="refunded",
                 Refunded_Amount="31.00")  # fmt: skip
    found = draft(rows)
    credit, back = follow_ups(found, as_stored(found))
    assert isinstance(credit.document, CreditMemo)
    assert credit.document.lines == sale(rows).lines
    assert credit.document.comes_to() == 31
    assert isinstance(back.document, CardRefund)
    assert [(one.refunded, one.amount) for one in back.document.refunds] == [(credit.document.origin, Decimal(31))]
    for one in (credit, back):
        assert codes(one) == [("refund_to_check", "date")]  # the export does not say when


def test_cash_that_was_refunded_is_a_check_on_the_account_of_the_money() -> None:
    rows = order("#1", "20.00", [TEA], Refunded_Amount="20.00", Payment_Method="cash")
    found = draft(rows, deposit_to="Till")
    _, back = follow_ups(found, as_stored(found))
    assert isinstance(back.document, Check)
    assert back.document.bank_account == "Till"
    assert back.document.comes_to() == 20
    _, back = follow_ups(draft(rows), as_stored(found))
    assert isinstance(back.document, CardRefund)  # no account is chosen


def test_what_was_refunded_before_money_was_told_is_not_given_back_again() -> None:
    """An earlier version entered credit memos alone: who gave their money back by hand does not find it twice."""
    found = draft(order("#1", "20.00", [TEA], Refunded_Amount="20.00"))
    receipt = Stored("shopify:order:7700000000001", "sales_receipt", Decimal(20))
    credit = Stored("shopify:order:7700000000001:refund:1", "credit_memo", Decimal(20))
    assert follow_ups(found, receipt, credit) == []


def test_a_refund_of_a_part_is_one_sum_that_a_person_looks_at() -> None:
    found = draft(order("#1", "20.00", [TEA], Financial_Status="partially_refunded", Refunded_Amount="3.50"))
    credit, back = follow_ups(found, as_stored(found))
    assert isinstance(credit.document, CreditMemo)
    assert [(one.item, one.amount) for one in credit.document.lines] == [("Returns", Decimal("3.50"))]
    assert origins([credit, back]) == [":refund:1", ":back:1"]
    unchosen, _ = follow_ups(
        draft(order("#1", "20.00", [TEA], Refunded_Amount="3.50"), refund_item=None), as_stored(found)
    )
    assert codes(unchosen) == [("item_not_chosen", "lines[0].item"), ("refund_to_check", "date")]


def test_refunds_add_up_over_several_exports() -> None:
    found = draft(order("#1", "20.00", [TEA], Financial_Status="partially_refunded", Refunded_Amount="10.00"))
    earlier = Stored("shopify:order:7700000000001:refund:1", "credit_memo", Decimal("3.50"))
    credit, back = follow_ups(found, as_stored(found), earlier)
    assert (credit.document.comes_to(), back.document.comes_to()) == (Decimal("6.50"), Decimal("6.50"))
    assert origins([credit, back]) == [":refund:2", ":back:2"]
    second = Stored("shopify:order:7700000000001:refund:2", "credit_memo", Decimal("6.50"))
    assert follow_ups(found, as_stored(found), earlier, second) == []


def test_what_was_paid_of_an_open_order_is_a_payment() -> None:
    rows = order("#1", "20.00", [TEA], Financial_Status="partially_paid", Outstanding_Balance="15.00")
    found = draft(rows)
    assert isinstance(found.document, Invoice)
    (payment,) = follow_ups(found, as_stored(found))
    assert isinstance(payment.document, Payment)
    assert payment.document.amount == 5
    assert [(part.invoice, part.amount) for part in payment.document.applies_to] == [
        ("shopify:order:7700000000001", Decimal(5))
    ]
    assert codes(payment) == [("payment_to_check", "date")]


def test_an_invoice_that_is_paid_now_gets_the_rest_of_its_payment() -> None:
    paid = draft(order("#1", "20.00", [TEA], Paid_at="2026-03-09 10:00:00 -0500"), deposit_to="Bank")
    invoice = Stored("shopify:order:7700000000001", "invoice", Decimal(20))
    assert isinstance(paid.document, Invoice)  # what was paid on another day is a payment of that day
    at_once = draft(order("#1", "20.00", [TEA], Paid_at="2026-03-04 10:00:00 -0500"))
    for found, kind in ((at_once, "invoice"), (paid, "sales_receipt")):  # as earlier files told it, or understood it
        assert found.same_as is not None
        assert found.same_as(Stored(invoice.origin, kind, Decimal(20)))
        assert not found.same_as(Stored(invoice.origin, kind, Decimal(21)))
    first = Stored("shopify:order:7700000000001:payment:1", "payment", Decimal(5))
    (payment,) = follow_ups(paid, invoice, first)
    assert isinstance(payment.document, Payment)
    assert (payment.document.amount, payment.document.date) == (Decimal(15), date(2026, 3, 9))
    assert (payment.document.deposit_to, payment.reviews) == ("Bank", ())
    assert follow_ups(at_once, as_stored(at_once)) == []  # a sales receipt is its own payment
    assert follow_ups(paid, Stored(invoice.origin, "sales_receipt", Decimal(20))) == []
    assert [one.document.kind for one in follow_ups(at_once, invoice)] == ["payment"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Ann: Smith", "Ann Smith"),
        ("  Ann   Smith ", "Ann Smith"),
        ("Freight " * 9, "Freight Freight Freight Freight Freight"),
        ("語" * 30, None),
    ],
)
def test_names_fit_the_list_of_customers_and_what_was_changed_is_said(said: str, name: str | None) -> None:
    found = draft(order("#1", "20.00", [TEA], Billing_Name=said))
    assert found.document.party is not None
    assert name in (found.document.party.name, None)
    assert len(found.document.party.name) <= 41
    changed = " ".join(said.split()) != found.document.party.name
    assert (found.called == {found.document.party.name: " ".join(said.split())}) is changed
    assert (len(found.notes) == 1) is changed


def test_every_mistake_of_an_order_is_told() -> None:
    rows = order("#1", "x", [TEA, line("Cup", "y")], Shipping="1,5", Created_at="3/4/2026", Financial_Status="mystery")
    found = [one for one in outcomes(export(rows)) if isinstance(one, RowProblem)]
    assert [(one.line_number, one.problem.field) for one in found] == [
        (2, "Financial Status"),
        (2, "Created at"),
        (2, "Total"),
        (3, "Lineitem price"),
        (2, "Shipping"),
    ]
    assert all(one.problem.advice and "#1" in one.problem.message for one in found)


def test_money_kept_of_a_cancelled_order_is_told() -> None:
    (found,) = outcomes(export(order("#1", "20.00", [TEA], Cancelled_at="2026-03-05", Refunded_Amount="15.00")))
    assert isinstance(found, Skipped)
    assert found.money_kept == Decimal("5.00")
    assert "5.00 of it was received and not refunded" in found.problem.message


def test_money_that_was_all_given_back_is_not_kept() -> None:
    cancelled = {"Cancelled_at": "2026-03-05", "Refunded_Amount": "20.00"}
    (found,) = outcomes(export(order("#1", "20.00", [TEA], **cancelled)))
    assert isinstance(found, Skipped)
    assert found.money_kept == 0


def test_a_partly_paid_order_that_does_not_say_how_much_is_for_review() -> None:
    found = draft(order("#1", "20.00", [TEA], Financial_Status="partially_paid", Outstanding_Balance=""))
    assert isinstance(found.document, Invoice)
    assert codes(found) == [("paid_in_part_unknown", "total")]
    assert follow_ups(found, as_stored(found)) == []


def test_an_order_on_which_too_much_was_paid_is_for_review() -> None:
    found = draft(order("#1", "20.00", [TEA], Outstanding_Balance="-3.50"))
    assert codes(found) == [("paid_too_much", "total")]
    assert "3.50" in found.reviews[0].message


@pytest.mark.parametrize(
    ("cell", "text", "code"),
    [
        ("sku", "1.23E+11", "shortened"),
        ("sku", "'1.23e+11", "shortened"),
        ("sku", "#REF!", "spreadsheet_error"),
        ("name", "#N/A", "spreadsheet_error"),
        ("name", "4,5E+12", "shortened"),
    ],
)
def test_a_product_that_a_spreadsheet_has_spoilt_is_refused(cell: str, text: str, code: str) -> None:
    spoilt = {**TEA, f"Lineitem {cell}": text}
    (found,) = outcomes(export(order("#1", "20.00", [spoilt])))
    assert isinstance(found, RowProblem)
    assert (found.problem.code, found.problem.field) == (code, f"Lineitem {cell}")


def test_an_order_whose_name_a_spreadsheet_has_spoilt_is_refused() -> None:
    rows = [{**one, "Name": "1.001E+03"} for one in order("#1", "20.00", [TEA])]
    (found,) = outcomes(export(rows))
    assert isinstance(found, RowProblem)
    assert (found.problem.code, found.problem.field) == ("shortened", "Name")
