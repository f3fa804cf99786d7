"""Documents become requests that QuickBooks accepts, or a problem that a person can correct."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.compiled import (
    agrees,
    compile_add,
    compile_change,
)
from qbwc_server.posting.transactions.sale import item_lines
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import LastWriting, Writing
from qbxml import CharacterPolicy, Ref, message_set, read_message_set
from qbxml.aggregate import as_read
from qbxml.messages.invoice import InvoiceLineGroupRet, InvoiceLineRet, InvoiceRet
from qbxml.messages.sales_receipt import SalesReceiptLineRet, SalesReceiptRet
from qbxml.shared import Address
from tests.qbwc_server.documents.strategies import AMOUNTS, DOCUMENTS, PRICES
from tests.qbxml.schema import faults

GUID = UUID("6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f")
DEFAULTS = PostingOptions.model_validate({})
WRITING = Writing(DEFAULTS, Texts(DEFAULTS.characters))

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "origin": "o-1",
    "number": "1001",
    "date": "2026-03-02",
    "customer": {
        "name": "Kern & Söhne:Office",
        "billing_address": {"lines": ["Dorfstr. 1", "2nd floor"], "city": "Zürich", "postal_code": "8000"},
    },
    "memo": "5 < 6",
    "class": "West",
    "due_date": "2026-04-01",
    "terms": "Net 30",
    "po_number": "PO 7",
    "lines": [
        {"item": "Seat", "description": "Seats", "quantity": "3", "rate": "9.99", "tax_code": "Tax"},
        {"description": "Thank you"},
        {"item": "Discount", "amount": "-1.5", "class": "East", "service_date": "2026-03-01"},
    ],
}
RECEIPT: dict[str, Any] = {
    "kind": "sales_receipt",
    "origin": "r-1",
    "date": "2026-03-02",
    "customer": "Shop",
    "payment_method": "Cash",
    "deposit_to": "Till",
    "check_number": "77",
    "lines": [{"item": "Lamp", "quantity": "1", "amount": "19.9"}],
}
CREDIT: dict[str, Any] = {
    "kind": "credit_memo",
    "origin": "c-1",
    "date": "2026-03-02",
    "customer": "Shop",
    "po_number": "PO 7",
    "ar_account": "A/R",
    "lines": [{"item": "Lamp", "quantity": "1", "amount": "19.9"}],
}
PAYMENT: dict[str, Any] = {
    "kind": "payment",
    "origin": "p-1",
    "number": "CHK-12345678901234",
    "date": "2026-03-02",
    "customer": "Acme",
    "amount": "30",
    "payment_method": "Check",
    "deposit_to": "Undeposited Funds",
    "memo": "thanks",
    "applies_to": [{"invoice": "o-1", "amount": "28.47"}],
}


def added(record: dict[str, Any], options: PostingOptions = DEFAULTS) -> etree._Element:
    """The Add element; its request carries our id."""
    compiled = compile_add(read_document(record), GUID, options, {"o-1": "5A-1"})
    rq = etree.fromstring(compiled.xml or "")
    assert rq.tag == f"{compiled.message}Rq"
    assert rq.get("requestID") == str(GUID)
    (add,) = rq
    return add


def texts(element: etree._Element, *paths: str) -> list[str | None]:
    return [element.findtext(path) for path in paths]


def test_an_invoice() -> None:
    add = added(INVOICE)
    assert add.tag == "InvoiceAdd"
    assert texts(add, "CustomerRef/FullName", "RefNumber", "TxnDate", "DueDate", "Memo", "TermsRef/FullName",
                 "PONumber", "ClassRef/FullName", "BillAddress/Addr2", "BillAddress/City", "ShipAddress") == [
        "Kern & Söhne:Office", "1001", "2026-03-02", "2026-04-01", "5 < 6", "Net 30",
        "PO 7", "West", "2nd floor", "Zürich", None,
    ]  # fmt: skip
    assert add.findtext("ExternalGUID") == f"{{{GUID}}}"
    first, words, discount = add.findall("InvoiceLineAdd")
    assert texts(first, "ItemRef/FullName", "Desc", "Quantity", "Rate", "Amount", "SalesTaxCodeRef/FullName") == [
        "Seat", "Seats", "3", "9.99", None, "Tax",
    ]  # fmt: skip
    assert [child.tag for child in words] == ["Desc"]
    assert texts(discount, "Quantity", "Rate", "Amount", "ClassRef/FullName", "ServiceDate") == [
        None, None, "-1.50", "East", "2026-03-01",
    ]  # fmt: skip


def test_a_sales_receipt() -> None:
    add = added(RECEIPT)
    assert add.tag == "SalesReceiptAdd"
    assert texts(add, "RefNumber", "CheckNumber", "PaymentMethodRef/FullName", "DepositToAccountRef/FullName") == [
        None, "77", "Cash", "Till",
    ]  # fmt: skip
    assert texts(add, "SalesReceiptLineAdd/Quantity", "SalesReceiptLineAdd/Rate", "SalesReceiptLineAdd/Amount") == [
        "1", None, "19.90",
    ]  # fmt: skip


def test_a_credit_memo() -> None:
    add = added(CREDIT)
    assert add.tag == "CreditMemoAdd"
    assert texts(add, "ARAccountRef/FullName", "PONumber", "CreditMemoLineAdd/Amount") == ["A/R", "PO 7", "19.90"]


def test_a_payment_names_the_transactions_it_pays() -> None:
    add = added(PAYMENT)
    assert add.tag == "ReceivePaymentAdd"
    assert texts(add, "RefNumber", "TotalAmount", "IsAutoApply") == ["CHK-12345678901234", "30.00", None]
    assert texts(add, "AppliedToTxnAdd/TxnID", "AppliedToTxnAdd/PaymentAmount") == ["5A-1", "28.47"]
    assert added({**PAYMENT, "applies_to": []}).findtext("IsAutoApply") == "true"
    assert added({**PAYMENT, "applies_to": [], "unapplied": True}).findtext("IsAutoApply") == "false"


@pytest.mark.parametrize(
    ("record", "options", "path", "wanted"),
    [
        (INVOICE, {"ar_account": "A/R 2"}, "ARAccountRef/FullName", "A/R 2"),
        ({**INVOICE, "ar_account": "Own"}, {"ar_account": "A/R 2"}, "ARAccountRef/FullName", "Own"),
        (INVOICE, {"sales_tax_item": "NY"}, "ItemSalesTaxRef/FullName", "NY"),
        ({**INVOICE, "sales_tax_item": "NJ"}, {"sales_tax_item": "NY"}, "ItemSalesTaxRef/FullName", "NJ"),
        ({**RECEIPT, "deposit_to": None}, {"deposit_to": "Bank"}, "DepositToAccountRef/FullName", "Bank"),
        (PAYMENT, {"deposit_to": "Bank"}, "DepositToAccountRef/FullName", "Undeposited Funds"),
        (CREDIT, {"deposit_to": "Bank"}, "DepositToAccountRef/FullName", None),
    ],
)
def test_options_fill_what_a_document_leaves_open(
    record: dict[str, Any], options: dict[str, Any], path: str, wanted: str | None
) -> None:
    assert added(record, PostingOptions.model_validate(options)).findtext(path) == wanted


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(DOCUMENTS, st.sampled_from(CharacterPolicy))
def test_whatever_comes_is_valid_for_quickbooks_or_refused_with_a_problem(
    document: Document, policy: CharacterPolicy
) -> None:
    invoices = dict.fromkeys(document.waits_for(), "5-1")
    try:
        compiled = compile_add(document, GUID, PostingOptions.model_validate({"characters": policy}), invoices)
    except CannotWrite as refusal:
        problem = refusal.problem
        assert problem.code in ("too_long", "characters", "not_for_quickbooks", "named_not_posted")
        assert problem.message
        assert problem.advice
        return
    text = message_set([compiled.xml or ""])
    assert text.isascii()
    assert faults(text) == []
    (request,) = read_message_set(text).requests
    assert request.request_id == str(GUID)


@given(st.fixed_dictionaries({"item": st.just("S")}, optional={"quantity": PRICES, "rate": PRICES, "amount": AMOUNTS}))
def test_quickbooks_cannot_compute_other_cents_than_ours(record: dict[str, str]) -> None:
    line = Line.model_validate(record)
    ours = line.comes_to()
    (said,) = item_lines([line], WRITING)
    assert said.amount == ours
    assert said.values.get("quantity") == line.quantity
    rate, amount = said.values.get("rate"), said.values.get("amount")
    assert rate is None or amount is None  # with both, QuickBooks ignores one
    if rate is not None:  # left to QuickBooks only where no way of rounding makes a difference
        assert said.values.get("quantity", Decimal(1)) * rate == ours
    else:
        assert amount == ours


@pytest.mark.parametrize(
    ("line", "quantity", "rate", "amount"),
    [
        ({"item": "S", "quantity": "3", "rate": "9.99"}, "3", "9.99", None),
        ({"item": "S", "quantity": "3", "rate": "0.335"}, "3", None, "1.01"),
        ({"item": "S", "quantity": "3", "rate": "3.33333", "amount": "10"}, "3", None, "10.00"),
        ({"item": "S", "quantity": "3", "rate": "10", "amount": "30"}, "3", "10", None),
        ({"item": "S", "quantity": "3"}, "3", None, None),
        ({"item": "S", "quantity": "0", "rate": "5"}, "0", "5", None),
        ({"description": "words"}, None, None, None),
    ],
)
def test_what_a_line_says(line: dict[str, str], quantity: str | None, rate: str | None, amount: str | None) -> None:
    (said,) = item_lines([Line.model_validate(line)], WRITING)
    assert tuple(said.values.get(name) for name in ("quantity", "rate", "amount")) == tuple(
        None if text is None else Decimal(text) for text in (quantity, rate, amount)
    )


def invoice_in_the_books(**changes: Any) -> Standing:
    """What QuickBooks would answer of ``INVOICE``."""
    values: dict[str, Any] = {
        "txn_id": "5-1",
        "edit_sequence": "1417118624",
        "customer": Ref(full_name="KERN & SÖHNE:Office"),  # names have no case there
        "txn_date": date(2026, 3, 2),
        "due_date": date(2026, 4, 1),
        "ref_number": "1001",
        "memo": "5 < 6",
        "po_number": "PO 7",
        "class_": Ref(full_name="West"),
        "terms": Ref(full_name="Net 30"),
        "bill_address": Address(addr1="Dorfstr. 1", addr2="2nd floor", city="Zürich", postal_code="8000"),
        "lines": (
            InvoiceLineRet(
                txn_line_id="1-1", item=Ref(full_name="Seat"), desc="Seats", quantity=Decimal(3),
                rate=Decimal("9.99"), amount=Decimal("29.97"), sales_tax_code=Ref(full_name="Tax"),
            ),
            InvoiceLineRet(txn_line_id="2-1", desc="Thank you"),
            InvoiceLineRet(
                txn_line_id="3-1", item=Ref(full_name="Discount"), amount=Decimal("-1.50"),
                class_=Ref(full_name="East"), service_date=date(2026, 3, 1),
            ),
        ),
    }  # fmt: skip
    return TRANSACTIONS["invoice"].standing(as_read(InvoiceRet, {**values, **changes}))


LINES: tuple[Any, ...] = tuple(line.ret for line in invoice_in_the_books().lines)


def wrote(record: dict[str, Any], *line_ids: str, others: tuple[str, ...] = ()) -> LastWriting:
    """What we wrote last."""
    return LastWriting(read_document(record), (line_ids,), others)


OURS = wrote(INVOICE, "1-1", "2-1", "3-1")


def test_what_stands_in_the_books_as_wanted_is_recognised() -> None:
    document = read_document(INVOICE)
    assert agrees(document, invoice_in_the_books(), DEFAULTS, OURS)
    assert agrees(document, invoice_in_the_books(), DEFAULTS, wrote(INVOICE))  # by content alone


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": Ref(full_name="Another")},
        {"customer": None},
        {"txn_date": date(2026, 3, 3)},
        {"due_date": date(2026, 4, 2)},
        {"ref_number": "1002"},
        {"ref_number": None},
        {"memo": None},
        {"memo": "5"},
        {"po_number": None},
        {"class_": Ref(full_name="East")},
        {"terms": None},
        {"bill_address": None},
        {"bill_address": Address(addr1="Dorfstr. 1", city="Zürich", postal_code="8000")},
        {"bill_address": Address(addr1="Dorfstr. 1", addr2="2nd floor", addr3="x", city="Zürich", postal_code="8000")},
        {"lines": ()},
        {"lines": LINES[:2]},
        {"lines": LINES[::-1]},
    ],
)
def test_what_stands_there_otherwise_is_not(changes: dict[str, Any]) -> None:
    assert not agrees(read_document(INVOICE), invoice_in_the_books(**changes), DEFAULTS, OURS)


def changed(record: dict[str, Any], found: Standing, last: LastWriting = OURS) -> etree._Element:
    compiled = compile_change(read_document(record), found, GUID, DEFAULTS, last)
    assert faults(message_set([compiled.xml or ""])) == []
    (mod,) = etree.fromstring(compiled.xml or "")
    return mod


def test_a_change_carries_the_present_edit_sequence_and_names_every_line_it_keeps() -> None:
    more = {**INVOICE, "memo": None, "lines": [*INVOICE["lines"], {"item": "Lamp", "amount": "5"}]}
    mod = changed(more, invoice_in_the_books())
    assert mod.tag == "InvoiceMod"
    assert texts(mod, "TxnID", "EditSequence", "Memo") == ["5-1", "1417118624", ""]  # empty: cleared
    lines = mod.findall("InvoiceLineMod")
    assert [line.findtext("TxnLineID") for line in lines] == ["1-1", "2-1", "3-1", "-1"]
    assert [len(line) for line in lines[:3]] == [1, 1, 1]  # as they are
    assert lines[3].findtext("ItemRef/FullName") == "Lamp"


@pytest.mark.parametrize(
    ("line", "line_id"),
    [
        ({"item": "seat", "description": "Seats", "quantity": "4", "rate": "9.99", "tax_code": "Tax"}, "1-1"),
        ({"item": "Seat", "quantity": "4", "rate": "9.99", "tax_code": "Tax"}, "1-1"),  # a text can be cleared
        ({"item": "Seat", "description": "Seats", "rate": "9.99", "tax_code": "Tax"}, "-1"),  # a quantity cannot
        ({"item": "Seat", "description": "Seats", "quantity": "3", "rate": "9.99"}, "-1"),  # nor a tax code
        ({"item": "Seat", "description": "Seats", "quantity": "3", "tax_code": "Tax"}, "-1"),  # nor a price
        ({"item": "Bench", "quantity": "3", "rate": "9.99"}, "-1"),  # another item is another line
        ({"description": "words"}, "2-1"),
    ],
)
def test_which_line_is_changed_and_which_replaced(line: dict[str, str], line_id: str) -> None:
    mod = changed({**INVOICE, "lines": [line]}, invoice_in_the_books())
    (only,) = mod.findall("InvoiceLineMod")
    assert only.findtext("TxnLineID") == line_id


def test_a_line_before_an_old_one_takes_nothing_from_it() -> None:
    plain = {"item": "Seat", "quantity": "1", "rate": "5"}
    mod = changed({**INVOICE, "lines": [plain, *INVOICE["lines"]]}, invoice_in_the_books())
    lines = mod.findall("InvoiceLineMod")
    assert [line.findtext("TxnLineID") for line in lines] == ["-1", "1-1", "2-1", "3-1"]
    assert [len(line) for line in lines[1:]] == [1, 1, 1]


FOREIGN = (
    InvoiceLineRet(txn_line_id="8-1", desc="Thank you for your patience"),
    as_read(
        InvoiceLineGroupRet,
        {"txn_line_id": "9-1", "item_group": Ref(full_name="Set"), "total_amount": Decimal(12),
         "invoice_line_rets": (InvoiceLineRet(txn_line_id="9-2", item=Ref(full_name="Seat"), amount=Decimal(12)),)},
    ),
)  # fmt: skip


def test_lines_of_others_stay_in_their_place() -> None:
    first, second = FOREIGN
    there = invoice_in_the_books(lines=(first, *LINES[:2], second, LINES[2]))
    mod = changed({**INVOICE, "lines": [*INVOICE["lines"][:2], {"item": "Lamp", "amount": "5"}]}, there)
    named = [(line.tag, line.findtext("TxnLineID")) for line in mod if line.find("TxnLineID") is not None]
    assert named == [
        ("InvoiceLineMod", "8-1"), ("InvoiceLineMod", "1-1"), ("InvoiceLineMod", "2-1"), ("InvoiceLineGroupMod", "9-1"),
        ("InvoiceLineMod", "-1"),
    ]  # fmt: skip
    assert [len(line) for line in mod.findall("InvoiceLineGroupMod")] == [1]
    compiled = compile_change(read_document(INVOICE), there, GUID, DEFAULTS, OURS)
    assert compiled.others == ("8-1", "9-1")
    assert agrees(read_document(INVOICE), there, DEFAULTS, OURS)


def test_a_change_that_was_executed_unheard_is_recognised() -> None:
    more = {**INVOICE, "lines": [*INVOICE["lines"], {"item": "Lamp", "amount": "5"}]}
    lamp = InvoiceLineRet(txn_line_id="7-1", item=Ref(full_name="Lamp"), amount=Decimal("5.00"))
    there = invoice_in_the_books(lines=(*LINES, lamp, FOREIGN[0]))
    assert agrees(read_document(more), there, DEFAULTS, wrote(INVOICE, "1-1", "2-1", "3-1", others=("8-1",)))
    not_sent = LastWriting(read_document(INVOICE), (("1-1", "2-1", "3-1"),))  # then the lamp is somebody else's
    assert not agrees(read_document(more), there, DEFAULTS, not_sent)


@pytest.mark.parametrize(
    ("field", "element"),
    [("memo", "Memo"), ("po_number", "PONumber"), ("class", "ClassRef"), ("terms", "TermsRef")],
)
def test_what_a_revision_takes_away_is_cleared(field: str, element: str) -> None:
    less = {**INVOICE, field: None}
    (cleared,) = changed(less, invoice_in_the_books()).findall(element)
    assert "".join(cleared.itertext()) == ""
    assert not agrees(read_document(less), invoice_in_the_books(), DEFAULTS, OURS)
    never_said = wrote(less, "1-1", "2-1", "3-1")  # QuickBooks filled it in by itself
    assert agrees(read_document(less), invoice_in_the_books(), DEFAULTS, never_said)


@pytest.mark.parametrize(("field", "words"), [("number", "1001"), ("due_date", "2026-04-01")])
def test_what_quickbooks_keeps_is_noted(field: str, words: str) -> None:
    compiled = compile_change(read_document({**INVOICE, field: None}), invoice_in_the_books(), GUID, DEFAULTS, OURS)
    (note,) = compiled.notes
    assert f"keeps {words}" in note


def test_a_receipt_is_changed_as_well() -> None:
    line = SalesReceiptLineRet(
        txn_line_id="1-1", item=Ref(full_name="Lamp"), quantity=Decimal(1), amount=Decimal("19.90")
    )
    found = TRANSACTIONS["sales_receipt"].standing(
        as_read(
            SalesReceiptRet,
            {"txn_id": "6-1", "edit_sequence": "2", "customer": Ref(full_name="Shop"), "txn_date": date(2026, 3, 2),
             "payment_method": Ref(full_name="Cash"), "check_number": "77", "deposit_to_account": Ref(full_name="Till"),
             "lines": (line,)},
        )
    )  # fmt: skip
    last = wrote(RECEIPT, "1-1")
    assert agrees(read_document(RECEIPT), found, DEFAULTS, last)
    for change in ({"payment_method": "Visa"}, {"deposit_to": "Bank"}, {"check_number": "78"}):
        assert not agrees(read_document({**RECEIPT, **change}), found, DEFAULTS, last)
    mod = changed({**RECEIPT, "lines": [{"item": "Lamp", "quantity": "2", "amount": "39.80"}]}, found, last)
    assert texts(mod, "SalesReceiptLineMod/TxnLineID", "SalesReceiptLineMod/Quantity") == ["1-1", "2"]


@pytest.mark.parametrize(
    ("kind", "ret", "total"),
    [
        ("invoice", {"subtotal": Decimal(10), "sales_tax_total": Decimal("0.80")}, Decimal("10.80")),
        ("invoice", {"subtotal": Decimal(10)}, Decimal(10)),
        ("invoice", {"sales_tax_total": Decimal(1)}, None),
        ("sales_receipt", {"total_amount": Decimal(10)}, Decimal(10)),
        ("credit_memo", {"total_amount": Decimal(10)}, Decimal(10)),
        ("payment", {"total_amount": Decimal(10)}, Decimal(10)),
        ("payment", {}, None),
    ],
)
def test_what_quickbooks_says_it_comes_to(kind: str, ret: dict[str, Decimal], total: Decimal | None) -> None:
    rules = TRANSACTIONS[kind]
    assert rules.standing(as_read(rules.ret, {"txn_id": "5-1", **ret})).total == total
