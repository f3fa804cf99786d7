"""Filters, counts, iterators, and what a query leaves out unless it is asked for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.date_macros import days_of
from qbxml import read_message
from qbxml.message import IteratorStep, MetaData
from qbxml.messages.account import AccountQueryRq, AccountType
from qbxml.messages.company import HostQueryRq, IncludeListMetaData, PreferencesQueryRq
from qbxml.messages.customer import CustomerAdd, CustomerQueryRq
from qbxml.messages.estimate import EstimateAdd, EstimateLineAdd
from qbxml.messages.invoice import InvoiceMod, InvoiceQueryRq
from qbxml.messages.lists import ClassQueryRq, PaymentMethodQueryRq, TermsQueryRq
from qbxml.messages.receive_payment import ReceivePaymentAdd
from qbxml.messages.tax import ItemSalesTaxQueryRq, SalesTaxCodeQueryRq
from qbxml.messages.transaction import (
    AccountTypeFilter,
    EntityTypeFilter,
    TransactionAccountFilter,
    TransactionEntityFilter,
    TransactionItemFilter,
    TransactionModifiedDateRangeFilter,
    TransactionPaidStatusFilter,
    TransactionPostingStatusFilter,
    TransactionQueryRq,
    TransactionTypeFilter,
    TxnTypeFilter,
)
from qbxml.messages.vendor import VendorQueryRq
from qbxml.shared import (
    ClassFilter,
    ComparisonOperator,
    CurrencyFilter,
    DateMacro,
    ListFilter,
    MatchCriterion,
    ModifiedDateRangeFilter,
    NameFilter,
    NameRangeFilter,
    PaidStatus,
    RefNumberFilter,
    RefNumberRangeFilter,
    TotalBalanceFilter,
    TxnDateRangeFilter,
)

from .asking import START, ask, ask_all, clock_of, company, document, done, invoice, line, name

D = Decimal


@pytest.fixture
def books() -> CompanyFile:
    """Five invoices, one a minute, dated the first to the fifth of March, numbers A-1 to A-5."""
    made = company()
    for day in range(1, 6):
        customer = "Bluebird Cafe" if day == 4 else "Kern Lighting"
        done(made, invoice(line(amount="10.00"), customer=customer, ref_number=f"A-{day}", txn_date=date(2026, 3, day)))
        clock_of(made).forward(60)
    return made


def numbers(books: CompanyFile, **filters: Any) -> list[str]:
    return [ret.ref_number for ret in ask(books, InvoiceQueryRq(**filters)).rets]


def test_lines_and_links_come_only_when_asked_for(books: CompanyFile) -> None:
    done(books, ReceivePaymentAdd(customer=name("Kern Lighting"), total_amount=D("10.00"), is_auto_apply=True))
    plain = done(books, InvoiceQueryRq(ref_numbers=("A-1",)))
    assert (plain.lines, plain.linked_txns, plain.is_paid) == ((), (), True)
    full = done(books, InvoiceQueryRq(ref_numbers=("A-1",), include_line_items=True, include_linked_txns=True))
    assert (len(full.lines), len(full.linked_txns)) == (1, 1)


def test_by_number_in_any_case_or_exactly(books: CompanyFile) -> None:
    assert numbers(books, ref_numbers=("a-2", "A-4")) == ["A-2", "A-4"]
    got = ask(books, InvoiceQueryRq(ref_numbers_case_sensitive=("a-2", "A-4")))
    assert [ret.ref_number for ret in got.rets] == ["A-4"]
    assert (got.code, got.severity) == (500, "Warn")
    assert got.message == (
        "The query request has not been fully completed. There was a required element "
        '("a-2") that could not be found in QuickBooks.'
    )


def test_a_filter_that_matches_nothing_is_status_one(books: CompanyFile) -> None:
    got = ask(books, InvoiceQueryRq(entity_filter=ListFilter(full_names=("Northwind Dental",))))
    assert (got.code, got.severity, got.rets) == (1, "Info", [])
    assert got.message == "A query request did not find a matching object in QuickBooks"
    assert ask(books, InvoiceQueryRq(txn_ids=("FFFF-1",))).code == 500


def test_by_date_of_thedocument(books: CompanyFile) -> None:
    span = TxnDateRangeFilter(from_txn_date=date(2026, 3, 2), to_txn_date=date(2026, 3, 3))
    assert numbers(books, txn_date_range_filter=span) == ["A-2", "A-3"]
    today = TxnDateRangeFilter(date_macro=DateMacro.TODAY)
    assert numbers(books, txn_date_range_filter=today) == ["A-2"]
    backwards = TxnDateRangeFilter(from_txn_date=date(2026, 3, 3), to_txn_date=date(2026, 3, 2))
    assert ask(books, InvoiceQueryRq(txn_date_range_filter=backwards)).code == 3030


def test_by_time_of_the_last_change(books: CompanyFile) -> None:
    since = ModifiedDateRangeFilter(from_modified_date=START + timedelta(minutes=3))
    assert numbers(books, modified_date_range_filter=since) == ["A-4", "A-5"]
    first = books.invoices[0]
    done(books, InvoiceMod(txn_id=first.txn_id, edit_sequence=first.edit_sequence, memo="touched"))
    assert numbers(books, modified_date_range_filter=since) == ["A-1", "A-4", "A-5"]
    until = ModifiedDateRangeFilter(to_modified_date=START + timedelta(minutes=1))
    assert numbers(books, modified_date_range_filter=until) == ["A-2"]


def test_a_clock_that_was_set_back_hides_no_change(books: CompanyFile) -> None:
    books.clock_offset = timedelta(hours=-1)
    done(books, invoice(ref_number="EARLY"))
    since = ModifiedDateRangeFilter(from_modified_date=START + timedelta(minutes=4))
    assert numbers(books, modified_date_range_filter=since) == ["A-5"]
    early = ModifiedDateRangeFilter(from_modified_date=START - timedelta(hours=2))
    assert len(numbers(books, modified_date_range_filter=early)) == 6


def test_by_customer_account_number_and_payment(books: CompanyFile) -> None:
    assert numbers(books, entity_filter=ListFilter(full_name_with_children="Bluebird Cafe")) == ["A-4"]
    assert len(numbers(books, account_filter=ListFilter(full_names=("Service Income",)))) == 5
    assert numbers(books, account_filter=ListFilter(full_names=("Checking",))) == []
    ends = RefNumberFilter(match_criterion=MatchCriterion.ENDS_WITH, ref_number="-3")
    assert numbers(books, ref_number_filter=ends) == ["A-3"]
    span = RefNumberRangeFilter(from_ref_number="a-4")
    assert numbers(books, ref_number_range_filter=span) == ["A-4", "A-5"]
    done(books, ReceivePaymentAdd(customer=name("Kern Lighting"), total_amount=D("10.00"), is_auto_apply=True))
    assert numbers(books, paid_status=PaidStatus.PAID_ONLY) == ["A-1"]
    assert len(numbers(books, paid_status=PaidStatus.NOT_PAID_ONLY)) == 4


def test_max_returned_cuts_and_meta_data_counts(books: CompanyFile) -> None:
    assert numbers(books, max_returned=2) == ["A-1", "A-2"]
    got = ask(books, InvoiceQueryRq(meta_data=MetaData.META_DATA_ONLY))
    assert (got.ret_count, got.rets) == (5, [])
    got = ask(books, CustomerQueryRq(meta_data=MetaData.META_DATA_AND_RESPONSE_DATA))
    assert (got.ret_count, len(got.rets)) == (7, 7)


def test_only_the_elements_asked_for(books: CompanyFile) -> None:
    answer = books.process(document(InvoiceQueryRq(ref_numbers=("A-1",), include_ret_elements=("TxnID", "RefNumber"))))
    body = answer[answer.index("<InvoiceRet>") : answer.index("</InvoiceRet>")]
    assert body == f"<InvoiceRet><TxnID>{books.invoices[0].txn_id}</TxnID><RefNumber>A-1</RefNumber>"


# -- iterators -------------------------------------------------------------------------------------


def page(step: IteratorStep, iterator_id: str | None = None, most: int = 2, **filters: Any) -> InvoiceQueryRq:
    return InvoiceQueryRq(iterator=step, iterator_id=iterator_id, max_returned=most, **filters)


def test_an_iterator_hands_out_page_after_page(books: CompanyFile) -> None:
    first = ask(books, page(IteratorStep.START))
    assert ([ret.ref_number for ret in first.rets], first.remaining) == (["A-1", "A-2"], 3)
    second = ask(books, page(IteratorStep.CONTINUE, first.iterator_id))
    last = ask(books, page(IteratorStep.CONTINUE, first.iterator_id))
    assert (second.remaining, [ret.ref_number for ret in last.rets], last.remaining) == (1, ["A-5"], 0)
    got = ask(books, page(IteratorStep.CONTINUE, first.iterator_id))
    assert (got.code, got.message) == (3391, f'The iteratorID "{first.iterator_id}" is not valid.')


def test_an_iterator_dies_with_its_session(books: CompanyFile) -> None:
    first = ask(books, page(IteratorStep.START))
    books.close()
    books.open()
    assert ask(books, page(IteratorStep.CONTINUE, first.iterator_id)).code == 3391


def test_an_iterator_wants_the_same_query_and_can_be_stopped(books: CompanyFile) -> None:
    first = ask(books, page(IteratorStep.START))
    other = page(IteratorStep.CONTINUE, first.iterator_id, paid_status=PaidStatus.PAID_ONLY)
    assert ask(books, other).code == 3391
    stop = ask(books, page(IteratorStep.STOP, first.iterator_id))
    assert (stop.code, stop.rets) == (0, [])
    assert ask(books, page(IteratorStep.CONTINUE, first.iterator_id)).code == 3391


def test_an_iterator_needs_a_page_size(books: CompanyFile) -> None:
    assert ask(books, read_message('<InvoiceQueryRq iterator="Start"/>')).code == 3150


# -- lists -----------------------------------------------------------------------------------------


def test_list_filters(books: CompanyFile) -> None:
    def names(request: Any) -> list[str]:
        return [ret.name for ret in ask(books, request).rets]

    contains = NameFilter(match_criterion=MatchCriterion.CONTAINS, name="KERN")
    assert names(CustomerQueryRq(name_filter=contains)) == ["Kern Lighting", "Showroom"]
    assert names(CustomerQueryRq(name_range_filter=NameRangeFilter(from_name="n", to_name="o"))) == ["Northwind Dental"]
    assert names(AccountQueryRq(account_types=(AccountType.BANK,))) == ["Checking", "Savings"]
    assert names(VendorQueryRq(full_names=("amazon",))) == ["Amazon"]
    assert names(ClassQueryRq()) == ["Web Shop", "Store", "Wholesale"]
    assert "Net 30" in names(TermsQueryRq())
    assert names(SalesTaxCodeQueryRq()) == ["Tax", "Non"]
    assert "Visa" in names(PaymentMethodQueryRq())
    assert ask(books, ItemSalesTaxQueryRq()).code == 1
    later = START + timedelta(hours=1)
    assert ask(books, CustomerQueryRq(from_modified_date=later)).code == 1
    assert len(names(CustomerQueryRq(to_modified_date=later))) == 7


def test_found_and_missing_names_together(books: CompanyFile) -> None:
    got = ask(books, CustomerQueryRq(full_names=("Kern Lighting", "bleech")))
    assert (got.code, len(got.rets)) == (500, 1)
    assert '("bleech")' in got.message


# -- all transactions ------------------------------------------------------------------------------


def test_transaction_query_looks_over_all_kinds(books: CompanyFile) -> None:
    done(
        books,
        EstimateAdd(
            customer=name("Kern Lighting"),
            ref_number="A-1",
            lines=(EstimateLineAdd(item=name("Seat"), amount=D("7.00")),),
        ),
    )
    got = ask(books, TransactionQueryRq(ref_numbers=("a-1",)))
    assert [(ret.txn_type, ret.amount) for ret in got.rets] == [("Invoice", D("10.00")), ("Estimate", D("7.00"))]
    assert got.rets[0].account.full_name == "Accounts Receivable"
    posting = TransactionQueryRq(transaction_posting_status_filter=TransactionPostingStatusFilter.NON_POSTING)
    assert done(books, posting).txn_type == "Estimate"
    typed = TransactionQueryRq(
        transaction_type_filter=TransactionTypeFilter(txn_type_filters=(TxnTypeFilter.INVOICE,)), max_returned=3
    )
    assert len(ask(books, typed).rets) == 3
    assert ask(books, TransactionQueryRq(txn_ids=("FFFF-1",))).code == 500
    paged = TransactionQueryRq(iterator=IteratorStep.START, max_returned=4)
    assert ask(books, paged).remaining == 2


# -- the file itself -------------------------------------------------------------------------------


def test_host_and_preferences(books: CompanyFile) -> None:
    host, preferences = ask_all(
        books,
        HostQueryRq(include_list_meta_data=IncludeListMetaData(include_max_capacity=True)),
        PreferencesQueryRq(),
    )
    assert host.ret.product_name == "QuickBooks Pro 2015"
    assert host.ret.supported_qbxml_versions[-1] == "13.0"
    assert host.ret.list_meta_data.entity_meta_data.max_capacity == 14_500
    assert preferences.ret.accounting_preferences.closing_date is None
    assert preferences.ret.sales_tax_preferences is None
    books.closing_date = date(2025, 12, 31)
    books.use_sales_tax()
    after = done(books, PreferencesQueryRq())
    assert after.accounting_preferences.closing_date == date(2025, 12, 31)
    assert after.sales_tax_preferences.default_item_sales_tax.full_name == "Sales Tax"


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("All", None, None),
        ("Yesterday", date(2026, 5, 12), date(2026, 5, 12)),
        ("ThisWeek", date(2026, 5, 10), date(2026, 5, 16)),
        ("LastWeekToDate", date(2026, 5, 3), date(2026, 5, 6)),
        ("ThisMonthToDate", date(2026, 5, 1), date(2026, 5, 13)),
        ("LastMonth", date(2026, 4, 1), date(2026, 4, 30)),
        ("NextCalendarQuarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("LastFiscalYear", date(2025, 1, 1), date(2025, 12, 31)),
        ("NextFourWeeks", date(2026, 5, 17), date(2026, 6, 13)),
    ],
)
def test_date_macros(macro: str, start: date | None, end: date | None) -> None:
    assert days_of(macro, date(2026, 5, 13)) == (start, end)  # a Wednesday


def test_every_date_macro_is_understood() -> None:
    today = datetime(2026, 1, 31, tzinfo=UTC).date()
    for macro in DateMacro:
        start, end = days_of(str(macro), today)
        assert start is None or end is None or start <= end


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"transaction_date_range_filter": TxnDateRangeFilter(from_txn_date=date(2026, 3, 5))}, ["A-5"]),
        (
            {"transaction_modified_date_range_filter": TransactionModifiedDateRangeFilter(date_macro=DateMacro.TODAY)},
            ["A-1", "A-2", "A-3", "A-4", "A-5"],
        ),
        (
            {
                "transaction_modified_date_range_filter": TransactionModifiedDateRangeFilter(
                    from_modified_date=START + timedelta(minutes=4)
                )
            },
            ["A-5"],
        ),
        ({"transaction_entity_filter": TransactionEntityFilter(full_names=("bluebird cafe",))}, ["A-4"]),
        (
            {
                "transaction_entity_filter": TransactionEntityFilter(entity_type_filter=EntityTypeFilter.VENDOR),
            },
            [],
        ),
        ({"transaction_account_filter": TransactionAccountFilter(full_names=("Checking",))}, []),
        (
            {
                "transaction_account_filter": TransactionAccountFilter(
                    account_type_filter=AccountTypeFilter.ACCOUNTS_RECEIVABLE
                ),
                "transaction_date_range_filter": TxnDateRangeFilter(to_txn_date=date(2026, 3, 1)),
            },
            ["A-1"],
        ),
        ({"transaction_item_filter": TransactionItemFilter(full_names=("Grinder",))}, []),
        ({"transaction_class_filter": ClassFilter(full_name_with_children="Store")}, []),
        ({"transaction_paid_status_filter": TransactionPaidStatusFilter.CLOSED}, []),
    ],
)
def test_filters_over_all_transactions(books: CompanyFile, filters: dict[str, Any], found: list[str]) -> None:
    got = ask(books, TransactionQueryRq(**filters))
    assert [ret.ref_number for ret in got.rets] == found
    assert got.code == (0 if found else 1)


def test_list_filters_by_balance_class_and_id(books: CompanyFile) -> None:
    def names(**filters: Any) -> list[str]:
        return [ret.name for ret in ask(books, CustomerQueryRq(**filters)).rets]

    for operator, found in (
        (ComparisonOperator.GREATER_THAN, ["Kern Lighting"]),
        (ComparisonOperator.EQUAL, ["Bluebird Cafe"]),
    ):
        assert names(total_balance_filter=TotalBalanceFilter(operator=operator, amount=D("10.00"))) == found
    done(books, CustomerAdd(name="Classy", class_=name("Store")))
    store = books.entries("Class")[1]
    assert names(class_filter=ClassFilter(list_ids=(store.list_id,))) == ["Classy"]
    starts = NameFilter(match_criterion=MatchCriterion.STARTS_WITH, name="blue")
    assert names(name_filter=starts) == ["Bluebird Cafe"]
    assert ask(books, CustomerQueryRq(currency_filter=CurrencyFilter(full_names=("Euro",)))).code == 3250
    assert ask(books, InvoiceQueryRq(currency_filter=CurrencyFilter(full_names=("Euro",)))).code == 3250


def test_an_iterator_over_nothing_has_no_id(books: CompanyFile) -> None:
    got = ask(books, page(IteratorStep.START, paid_status=PaidStatus.PAID_ONLY))
    assert (got.code, got.iterator_id) == (1, None)


def test_a_time_range_the_wrong_way_round(books: CompanyFile) -> None:
    span = ModifiedDateRangeFilter(from_modified_date=START, to_modified_date=START - timedelta(days=1))
    assert ask(books, InvoiceQueryRq(modified_date_range_filter=span)).code == 3030
