"""Facts of a shop become documents of QuickBooks; in both modes they come to the balances of other code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.channels.contract import Draft, Fact, Figure, Outcome, Remark, RowProblem, Skipped, Stored
from qbwc_server.channels.shopify.admin.drafts import PART, parts
from qbwc_server.channels.shopify.admin.drafts import draft as everything
from qbwc_server.channels.shopify.admin.names import kinds_said
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.documents.kinds import Document, dump_document, load_document
from qbwc_server.documents.kinds.card_refund import CardRefund
from qbwc_server.documents.kinds.check import Check
from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.documents.kinds.estimate import Estimate
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.journal_entry import JournalEntry
from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.documents.kinds.sale import Sale
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.documents.kinds.transfer import Transfer
from qbwc_server.mapping.kinds import WordKind
from tests.qbwc_server.shop.generated import GATEWAYS, START, Story, booked, months
from tests.qbwc_server.shop.shopped import Node, back, back_line, bag, captured, item, order, paid

AT, LATER = "2026-03-02T17:00:00Z", "2026-03-05T17:00:00Z"
SHOP = {"ianaTimezone": "America/New_York", "currencyCode": "USD", "myshopifyDomain": "tea.myshopify.com"}
ITEMS = {
    "Shopify Sale": "sales",
    "Shopify Return": "sales",
    "Discount": "discounts",
    "Promotion": "promotion",
    "Shipping": "shipping",
    "Sales Tax Collected": "tax",
    "Tips": "tips",
    "Gift Card": "gift_cards",
    "Store Credit": "store_credit",
    "Cash Rounding": "cash_rounding",
    "Exchange Clearing": "exchange",
}
Balances = dict[tuple[date, str], Decimal]


def options(**more: Any) -> ShopOptions:
    """Options of a shop whose ways of payment have accounts of the same names."""
    known = {"shop": "tea", "token": "shpat_1", "gateways": {one: one for one in GATEWAYS}}
    return ShopOptions.model_validate({**known, **more})


DETAILED, SUMMARY = options(documents="detailed"), options()


def facts(chosen: ShopOptions, *nodes: Node) -> list[list[Fact]]:
    """The groups of facts of these orders."""
    groups: dict[str, list[Fact]] = {}
    for node in nodes:
        body, gid = {**node, "shop": SHOP}, str(node["id"])
        if chosen.documents is Mode.DETAILED:
            groups[gid] = [Fact(gid, datetime(2026, 4, 1, tzinfo=UTC), body)]
            continue
        for group, part in parts(body, chosen):
            fact = Fact(f"{gid}@{group}", datetime(2026, 4, 1, tzinfo=UTC), {**body, PART: part}, group=group)
            groups.setdefault(group, []).append(fact)
    return list(groups.values())


def draft(group: Sequence[Fact], chosen: ShopOptions) -> list[Outcome]:
    """All that is made of a group, but for figures."""
    return [one for one in everything(group, chosen) if not isinstance(one, Figure)]


def outcomes(chosen: ShopOptions, *nodes: Node) -> list[Outcome]:
    """All that is made of these orders, but for figures."""
    return [one for group in facts(chosen, *nodes) for one in draft(group, chosen)]


def drafts(chosen: ShopOptions, *nodes: Node) -> list[Draft]:
    """The drafts, when there is nothing else."""
    found = outcomes(chosen, *nodes)
    assert not [one for one in found if not isinstance(one, Draft)]
    made = [one for one in found if isinstance(one, Draft)]
    said = {word.kind for one in made for word in (one.words or {}).values()}
    assert said <= set(kinds_said(chosen))
    return made


def documents(chosen: ShopOptions, *nodes: Node) -> list[Document]:
    """The documents, each of which is whole by itself and survives being kept."""
    found = [one.document for one in drafts(chosen, *nodes)]
    assert len({one.origin for one in found}) == len(found)  # each once
    for one in found:
        assert not one.problems()
        assert load_document(dump_document(one)) == load_document(dump_document(load_document(dump_document(one))))
    return found


def balances(found: Iterable[Document]) -> Balances:
    """What QuickBooks makes of the documents, credits above zero, by day and account."""
    sums: Balances = {}

    def post(one: Document, account: str | None, amount: Decimal) -> None:
        assert account is not None
        sums[one.date, account] = sums.get((one.date, account), Decimal(0)) + amount

    for one in found:
        if isinstance(one, Sale):
            sign = -1 if isinstance(one, CreditMemo) else 1
            for line in one.lines:
                assert line.item is not None
                assert line.amount is not None
                post(one, ITEMS[line.item], sign * line.amount)
            paid_into = one.deposit_to if isinstance(one, SalesReceipt) else None
            post(one, paid_into or "owed", -sign * (one.total or Decimal(0)))
        elif isinstance(one, Payment):
            post(one, one.deposit_to, -one.amount)
            post(one, "owed", one.amount)
        elif isinstance(one, CardRefund):
            post(one, one.refund_from, one.adds_up_to())
            post(one, "owed", -one.adds_up_to())
        elif isinstance(one, Check):
            post(one, one.bank_account, one.expenses[0].amount)
            post(one, "owed", -one.expenses[0].amount)
        else:
            assert isinstance(one, JournalEntry)
            for each in one.lines:
                account = "owed" if each.customer else each.account
                post(one, account, (each.credit or Decimal(0)) - (each.debit or Decimal(0)))
    return {key: amount for key, amount in sums.items() if amount}


def by_month(found: Balances) -> dict[tuple[int, str], Decimal]:
    """The same by month."""
    sums: dict[tuple[int, str], Decimal] = {}
    for (day, account), amount in found.items():
        sums[day.month, account] = sums.get((day.month, account), Decimal(0)) + amount
    return {key: amount for key, amount in sums.items() if amount}


@settings(max_examples=60, deadline=None)
@given(months())
def test_both_modes_come_to_the_trial_balance_of_other_code(told: list[Story]) -> None:  # S3-14, S3-15, rule 12
    nodes = [one.node() for one in told]
    wanted = booked(told)
    single = balances(documents(DETAILED, *nodes))
    summed = balances(documents(SUMMARY, *nodes))
    assert single == wanted
    assert summed == wanted
    assert by_month(single) == by_month(summed) == by_month(wanted)


def test_every_capture_becomes_documents_that_foot_or_says_why_not() -> None:
    chosen = options(
        documents="detailed", include_test_orders=True, revenue_date="created", gateways={"manual": "Clearing"}
    )
    told = 0
    for name, told_so in captured():
        node = {"name": "#1", "createdAt": AT, **told_so}
        for one in outcomes(chosen, node):
            assert isinstance(one, Draft), name
            assert not one.document.problems(), name
        found = [one for one in outcomes(chosen, node) if isinstance(one, Draft)]
        assert found or "lineItems" not in node, name
        told += len(found)
    assert told > 10


def test_a_sale_at_the_till_in_detail() -> None:  # S3-15, S3-24, S3-26
    chosen = options(
        documents="detailed",
        customers="detailed",
        inventory="detailed",
        classes={"Main street": "Main"},
        gateways={"external_card": "Card clearing"},
        payment_methods={"external_card": "Visa"},
        tax_code="Non",
        sales_tax_item="Zero",
    )
    node = order(
        "20.0",
        [item(1, "10.0", 2)],
        retailLocation={"id": "gid://shopify/Location/7", "name": "Main street"},
        transactions=[paid(1, "20.0", AT, "external_card")],
        customer={"id": "gid://shopify/Customer/9", "displayName": "Ann: Lee"},
        email="ann@example.com",
    )
    (one,) = drafts(chosen, node)
    receipt = one.document
    assert isinstance(receipt, SalesReceipt)
    assert (receipt.origin, receipt.number, receipt.date) == ("shopify:order:1001", "1001", date(2026, 3, 2))
    assert (receipt.deposit_to, receipt.payment_method, receipt.class_name) == ("Card clearing", "Visa", "Main")
    assert [(line.item, line.quantity, line.amount, line.tax_code) for line in receipt.lines] == [
        ("SKU-1", Decimal(2), Decimal("20.00"), "Non")
    ]
    assert receipt.customer.name == "Ann Lee"
    assert one.words is not None
    said = one.words["customer"]
    assert (said.kind, said.word, said.title, said.email) == (
        WordKind.CUSTOMER,
        "customer 9",
        "Ann: Lee",
        "ann@example.com",
    )
    assert (one.words["lines[0].item"].word, one.words["lines[0].item"].title) == ("SKU-1", "Thing 1")
    assert one.given is not None
    assert one.given["deposit_to"] == "option gateways"


def exchange(returned: str, taken: str, money: str) -> Node:
    """An order of which something came back, on one day with what was taken instead."""
    sale = {
        "lineType": "PRODUCT", "quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/2", "name": "Thing 2"},
        "totalAmount": bag(taken), "totalTaxAmount": bag("0.0"),
    }  # fmt: skip
    swapped = {"__typename": "ReturnAgreement", "id": "gid://shopify/ReturnAgreement/1", "happenedAt": LATER}
    moved = [paid(1, returned, AT), *([paid(2, money, LATER)] if Decimal(money) else [])]
    return order(
        str(Decimal(returned) + Decimal(taken)), [item(1, returned, currentQuantity=0), item(2, taken)],
        transactions=moved, refunds=[back(5, [back_line(1, 1, returned)], [], LATER)],
        agreements=[{**swapped, "reason": "RETURN", "sales": [sale]}],
    )  # fmt: skip


@pytest.mark.parametrize("taken", ["20.0", "25.0"])
def test_an_exchange_is_a_credit_memo_and_a_sale_that_pay_each_other(taken: str) -> None:  # part b
    node = exchange("20.0", taken, str(Decimal(taken) - 20))
    found = documents(DETAILED, node)
    assert [(type(one), one.adds_up_to()) for one in found if isinstance(one, Sale)] == [
        (SalesReceipt, 20), (Invoice, Decimal(taken) - 20), (CreditMemo, 0),
    ]  # fmt: skip
    assert any(isinstance(one, Payment) and one.applies_to for one in found) is (taken == "25.0")
    assert balances(found) == balances(documents(SUMMARY, node))
    assert not [key for key in balances(found) if key[1] in ("owed", "exchange")]


def test_summary_keeps_no_names_and_no_quantities() -> None:  # S3-14, rule 15
    node = order("20.0", [item(1, "10.0", 2)], transactions=[paid(1, "20.0", AT)])
    node["customer"] = {"id": "gid://shopify/Customer/9", "displayName": "Ann"}
    (one,) = documents(SUMMARY, node)
    assert "Ann" not in dump_document(one)
    assert isinstance(one, SalesReceipt)
    assert one.customer.name == "Shopify Customer"
    assert [(line.item, line.quantity) for line in one.lines] == [("Shopify Sale", None)]
    assert one.origin == "shopify:day:tea:2026-03-02:shopify-payments"


def test_a_way_of_payment_without_an_account_is_asked_for() -> None:  # S3-19
    node = order("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT, "bitcoin")])
    (one,) = drafts(DETAILED, node)
    assert one.words is not None
    assert one.words["deposit_to"].word == "gateway: bitcoin"


def test_a_sale_that_stands_as_an_invoice_is_paid_and_not_sold_twice() -> None:  # rule 16
    node = order("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)])
    (one,) = drafts(DETAILED, node)
    stored = Stored("shopify:order:1001", "invoice", Decimal(10))
    assert one.same_as is not None
    assert one.same_as(stored)
    assert not one.same_as(Stored("shopify:order:1001", "sales_receipt", Decimal(10)))
    assert one.follow_ups is not None
    assert not list(one.follow_ups([Stored("shopify:order:1001", "sales_receipt", Decimal(10))]))
    invoice, payment = [found.document for found in one.follow_ups([stored])]
    assert isinstance(invoice, Invoice)
    assert isinstance(payment, Payment)
    assert payment.applies_to[0].invoice == invoice.origin


def test_a_refund_to_a_card_and_one_from_the_till() -> None:  # part b
    for gateway, kind in (("external_card", CardRefund), ("cash", Check)):
        refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, gateway, kind="REFUND")], LATER)
        node = order("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)], refunds=[refund])
        receipt, memo, given_back = documents(DETAILED, node)
        assert isinstance(receipt, SalesReceipt)
        assert isinstance(memo, CreditMemo)
        assert isinstance(given_back, kind)
        assert [line.item for line in memo.lines] == ["Shopify Return"]


def test_cost_of_goods_only_where_quickbooks_does_not_know_it() -> None:  # part b
    cost = {"inventoryItem": {"unitCost": {"amount": "4.00", "currencyCode": "USD"}}}
    node = order("10.0", [item(1, "10.0", variant=cost)], transactions=[paid(1, "10.0", AT)])
    accounts = {"cogs_account": "COGS", "inventory_account": "Stock"}
    for documents_as in ("detailed", "summary"):
        entry, _ = documents(options(documents=documents_as, **accounts), node)
        assert isinstance(entry, JournalEntry)
        assert [(line.account, line.debit) for line in entry.lines] == [("COGS", Decimal("4.00")), ("Stock", None)]
        chosen = options(documents=documents_as, inventory="detailed", **accounts)
        assert not [one for one in documents(chosen, node) if isinstance(one, JournalEntry)]


def test_money_before_revenue_stays_the_customers_until_its_invoice_is_there() -> None:  # part f
    open_order = order("10.0", [item(1, "10.0")], displayFulfillmentStatus="UNFULFILLED", fulfillments=[])
    open_order["transactions"] = [paid(1, "10.0", AT)]
    (payment,) = documents(DETAILED, open_order)
    assert isinstance(payment, Payment)
    assert payment.unapplied
    handed_over = {"displayFulfillmentStatus": "FULFILLED", "fulfillments": [{"createdAt": LATER}]}
    payment, invoice = documents(DETAILED, open_order | handed_over)
    assert isinstance(payment, Payment)
    assert [one.invoice for one in payment.applies_to] == [invoice.origin]
    assert payment.unapplied is None


def test_open_orders_where_the_edition_has_them() -> None:  # S3-24
    chosen = options(documents="detailed", open_orders="estimate")
    node = order("10.0", [item(1, "10.0")], displayFulfillmentStatus="UNFULFILLED")
    (one,) = documents(chosen, node)
    assert isinstance(one, Estimate)
    assert not documents(DETAILED, node)


def test_what_does_not_foot_waits_for_a_person_with_the_figures() -> None:  # rule 1
    node = order("12.0", [item(1, "10.0")], transactions=[paid(1, "12.0", AT)])
    for chosen in (DETAILED, SUMMARY):
        found = drafts(chosen, node)
        assert all("come to 10.00, and its total is 12.0" in one.reviews[0].message for one in found)


def test_test_orders_and_old_ones_are_left_out() -> None:  # S3-28, part c
    node = order("10.0", [item(1, "10.0")])
    for chosen in (DETAILED, SUMMARY):
        (left_out,) = outcomes(chosen, {**node, "test": True})
        assert isinstance(left_out, Skipped)
        assert left_out.gone
    assert not outcomes(options(documents="detailed", start_date="2026-03-03"), node)
    assert not outcomes(options(start_date="2026-03-03"), node)
    assert documents(options(documents="detailed", start_date="2026-03-02"), node)


@settings(max_examples=40, deadline=None)
@given(months(most=3), st.integers(0, 8))
def test_from_the_start_on_every_day_is_that_of_other_code(told: list[Story], after: int) -> None:  # rules 12 and 20
    start = (START + timedelta(days=after)).date()
    nodes = [one.node() for one in told]
    wanted = {key: amount for key, amount in booked(told).items() if key[0] >= start}
    for documents_are in ("detailed", "summary"):
        chosen = options(documents=documents_are, start_date=start.isoformat())
        assert balances(documents(chosen, *nodes)) == wanted


FULFILLED_LATER: Node = {"fulfillments": [{"createdAt": LATER, "status": "SUCCESS"}]}
REFUNDED_LATER: Node = {
    "refunds": [back(5, [back_line(1, 1, "10.0")], [paid(9, "10.0", LATER, "cash", kind="REFUND")], LATER)]
}


@pytest.mark.parametrize("documents_are", ["detailed", "summary"])
@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"transactions": [paid(1, "10.0", AT, "cash")]}, {}),
        ({"transactions": [paid(1, "10.0", LATER, "cash")]}, {"cash": -10, "owed": 10}),
        ({"transactions": [paid(1, "10.0", AT, "cash")], **REFUNDED_LATER}, {"cash": 10, "sales": -10}),
        ({"transactions": [paid(1, "10.0", AT, "cash")], **FULFILLED_LATER}, {"sales": 10, "owed": -10}),
        ({"transactions": [paid(1, "10.0", LATER, "cash")], **FULFILLED_LATER}, {"sales": 10, "cash": -10}),
    ],
)
def test_what_happens_after_the_start_counts_also_of_older_orders(
    documents_are: str, more: Node, wanted: dict[str, int]
) -> None:  # rule 20
    """What was sold and paid before the start is in the opening balances; a refund or payment since is not."""
    chosen = options(documents=documents_are, start_date="2026-03-03", open_orders="sales_order")
    node = order("10.0", [item(1, "10.0", currentQuantity=0 if "refunds" in more else 1)], **more)
    found = documents(chosen, node)
    assert balances(found) == {(date(2026, 3, 5), account): amount for account, amount in wanted.items()}
    origins = {one.origin for one in found}
    for one in found:  # nothing names what is not here
        assert set(one.waits_for()) <= origins
    sold = [one for one in drafts(chosen, node) if one.document.origin == "shopify:order:1001"]
    assert [problem.code for one in sold for problem in one.reviews] == ["placed_before_the_start"] * len(sold)
    assert bool(sold) is ("fulfillments" in more)


@pytest.mark.parametrize("documents_are", ["detailed", "summary"])
def test_each_drawer_is_an_account_of_its_own(documents_are: str) -> None:  # rule 11
    chosen = options(documents=documents_are, drawers={"Main St": "Till Main"}, cash_account="Petty Cash", gateways={})
    main = {"id": "gid://shopify/Location/1", "name": "Main St"}
    back_there = [paid(9, "10.0", LATER, "cash", kind="REFUND", location=main)]
    node = order(
        "10.0", [item(1, "10.0", currentQuantity=0)], transactions=[paid(1, "10.0", AT, "cash")],
        refunds=[back(5, [back_line(1, 1, "10.0")], back_there, LATER)],
    )  # fmt: skip
    found = documents(chosen, node)
    assert [one.deposit_to for one in found if isinstance(one, SalesReceipt)] == ["Petty Cash"]  # of the web
    assert [one.bank_account for one in found if isinstance(one, Check)] == ["Till Main"]
    session = {
        "id": "gid://shopify/CashTrackingSession/1", "registerName": "A", "location": main, "openingTime": AT,
        "closingTime": LATER, "openingBalance": {"amount": "50.0"}, "closingBalance": {"amount": "49.0"},
        "expectedClosingBalance": {"amount": "50.0"}, "shop": SHOP,
        "adjustments": [{"id": "gid://shopify/CashTrackingAdjustment/1", "time": LATER, "cash": {"amount": "-5.0"}}],
    }  # fmt: skip
    chosen = chosen.model_copy(
        update={"over_short_account": "Over", "pay_in_out_account": "Pays", "opening_account": "Equity"}
    )
    made = draft([Fact(str(session["id"]), None, session)], chosen)
    told = [one.document for one in made if isinstance(one, Draft)]
    entries = [line.account for one in told if isinstance(one, JournalEntry) for line in one.lines]
    assert sorted(entries) == ["Equity", "Over", "Till Main", "Till Main"]
    assert [(one.transfer_from, one.transfer_to) for one in told if isinstance(one, Transfer)] == [
        ("Till Main", "Pays")
    ]


def test_an_order_that_is_gone_is_drafted_no_more() -> None:
    assert not list(draft([Fact("gid://shopify/Order/1", None, {}, gone=True)], DETAILED))


def test_money_of_a_cancelled_order_is_told() -> None:
    node = order("10.0", [item(1, "10.0")], displayFulfillmentStatus="UNFULFILLED", cancelledAt=LATER)
    for chosen in (DETAILED, SUMMARY):
        found = outcomes(chosen, node | {"transactions": [paid(1, "10.0", AT)]})
        assert [type(one) for one in found] == [Remark, Draft]


def test_what_no_document_takes_is_told_and_the_rest_goes_on() -> None:
    node = order("10.0", [item(1, "10.0")], createdAt="1960-01-01T00:00:00Z", processedAt=None, fulfillments=[])
    (found,) = outcomes(DETAILED, node)
    assert isinstance(found, RowProblem)
    assert found.origin == "shopify:order:1001"


def other(kind: str, number: int, **said: Any) -> Fact:
    """A fact that is no order."""
    return Fact(f"gid://shopify/{kind}/{number}", None, {"id": f"gid://shopify/{kind}/{number}", "shop": SHOP, **said})


def money(amount: str) -> Node:
    """A plain amount."""
    return {"amount": amount, "currencyCode": "USD"}


def test_a_payout_is_a_transfer_to_the_bank() -> None:  # part f
    chosen = options(clearing_account="Clearing", bank_account="Bank")
    fact = other("ShopifyPaymentsPayout", 9, issuedAt=AT, status="PAID", net=money("96.80"))
    (one,) = draft([fact], chosen)
    assert isinstance(one, Draft)
    assert isinstance(one.document, Transfer)
    assert (one.document.transfer_from, one.document.transfer_to) == ("Clearing", "Bank")
    assert one.document.amount == Decimal("96.80")
    (unknown,) = draft([fact], options())
    assert isinstance(unknown, Draft)
    assert unknown.words is not None
    assert unknown.words["transfer_to"].kind is WordKind.BANK_ACCOUNT


def test_fees_are_an_entry_of_their_day() -> None:
    said = {
        "type": "CHARGE",
        "transactionDate": AT,
        "amount": money("100.00"),
        "fee": money("3.20"),
        "net": money("96.80"),
    }
    found = [other("ShopifyPaymentsBalanceTransaction", number, **said) for number in (1, 2)]
    (one,) = draft(found, options(clearing_account="Clearing", fees_account="Fees"))
    assert isinstance(one, Draft)
    assert isinstance(one.document, JournalEntry)
    assert [(line.account, line.debit, line.credit) for line in one.document.lines] == [
        ("Fees", Decimal("6.40"), None),
        ("Clearing", None, Decimal("6.40")),
    ]
    assert one.document.origin == "shopify:balance:tea:2026-03-02"


def test_sessions_of_one_register() -> None:  # rule 11
    said = {"openingTime": AT, "closingTime": LATER, "openingBalance": money("50.00")}
    fact = other("CashTrackingSession", 1, registerName="Front", **said)
    first_float, not_counted = draft([fact], options(cash_account="Till", opening_account="Equity"))
    assert isinstance(first_float, Draft)
    assert [one.code for one in first_float.reviews] == ["first_float"]
    assert isinstance(not_counted, Remark)


def test_a_card_that_was_given_away() -> None:  # part f
    fact = other("GiftCard", 5, createdAt=AT, initialValue=money("20.00"), order=None)
    (one,) = draft([fact], options(gift_card_account="Gift cards", promotion_account="Promotion"))
    assert isinstance(one, Draft)
    assert isinstance(one.document, JournalEntry)
    assert [line.account for line in one.document.lines] == ["Gift cards", "Promotion"]


@pytest.mark.parametrize("chosen", [DETAILED, SUMMARY])
def test_drafts_are_the_same_whenever_they_are_made(chosen: ShopOptions) -> None:
    refund = back(5, [back_line(1, 1, "10.0")], [paid(2, "10.0", LATER, "cash", kind="REFUND")], LATER)
    node = order("10.0", [item(1, "10.0")], transactions=[paid(1, "10.0", AT)], refunds=[refund])
    again = json.loads(json.dumps(node))
    assert [dump_document(one) for one in documents(chosen, node)] == [
        dump_document(one) for one in documents(chosen, again)
    ]
