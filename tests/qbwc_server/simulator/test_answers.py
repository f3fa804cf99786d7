"""Every kind of answer: valid against Intuit's schema, and read back by the library without a remainder."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from qbwc_server.simulator.answers import HANDLERS
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.list_queries import LIST_QUERIES
from qbwc_server.simulator.switches import Edition, Switches
from qbwc_server.simulator.transactions import TXN_KINDS
from qbxml.answers import read_answers
from qbxml.message import IteratorStep, MetaData, Request
from qbxml.messages import MESSAGES
from qbxml.messages.account import AccountAdd, AccountQueryRq, AccountType
from qbxml.messages.bill import BillAdd, BillItemLineAdd, BillQueryRq
from qbxml.messages.check import CheckAdd, CheckQueryRq
from qbxml.messages.company import CompanyQueryRq, HostQueryRq, IncludeListMetaData, PreferencesQueryRq
from qbxml.messages.credit_card import CreditCardChargeAdd, CreditCardCreditAdd
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd, CreditMemoQueryRq
from qbxml.messages.customer import CustomerAdd, CustomerMod, CustomerQueryRq
from qbxml.messages.data_ext import (
    AssignToObject,
    DataExtAdd,
    DataExtDefAdd,
    DataExtDel,
    DataExtMod,
    OtherDataExtType,
)
from qbxml.messages.deposit import CashBackInfoAdd, DepositAdd, DepositLineAdd, DepositQueryRq
from qbxml.messages.estimate import EstimateAdd, EstimateLineAdd, EstimateMod
from qbxml.messages.invoice import InvoiceAdd, InvoiceLineGroupAdd, InvoiceMod, InvoiceQueryRq
from qbxml.messages.item import (
    ItemDiscountAdd,
    ItemInventoryAdd,
    ItemNonInventoryAdd,
    ItemOtherChargeAdd,
    ItemQueryRq,
    ItemServiceAdd,
    SalesAndPurchase,
    SalesOrPurchase,
)
from qbxml.messages.journal_entry import JournalCreditLine, JournalDebitLine, JournalEntryAdd, JournalEntryQueryRq
from qbxml.messages.lists import ClassQueryRq, PaymentMethodAdd, PaymentMethodQueryRq, TermsQueryRq
from qbxml.messages.purchase_lines import ExpenseLineAdd, ItemGroupLineAdd, ItemLineAdd
from qbxml.messages.receive_payment import ReceivePaymentAdd, ReceivePaymentQueryRq
from qbxml.messages.sales_order import SalesOrderAdd, SalesOrderLineAdd
from qbxml.messages.sales_receipt import SalesReceiptAdd, SalesReceiptLineAdd, SalesReceiptMod, SalesReceiptQueryRq
from qbxml.messages.tax import ItemSalesTaxAdd, ItemSalesTaxQueryRq, SalesTaxCodeQueryRq
from qbxml.messages.transaction import (
    ListDeletedQueryRq,
    ListDelRq,
    ListDelType,
    TransactionQueryRq,
    TxnDeletedQueryRq,
    TxnDelRq,
    TxnDelType,
    TxnVoidRq,
    TxnVoidType,
)
from qbxml.messages.vendor import VendorAdd, VendorQueryRq
from qbxml.shared import ActiveStatus, AdditionalNotes, Address, Contacts, DataExtType
from tests.qbxml.schema import faults

from .asking import company, document, invoice, line, name

D = Decimal
OWNER = UUID("90a44fb7-33d9-4815-ac85-ac86a7e7d1eb")
GUID = UUID("6a0c4d1e-0000-4000-8000-000000000001")
SEAT: dict[str, Any] = {"item": name("Seat"), "quantity": D(2)}
ADDRESS = Address(addr1="Müller & Söhne", addr2="1 Way", city="Bend", state="OR", postal_code="97701", country="USA")


def steps(books: CompanyFile) -> Iterator[Any]:
    """Requests of every kind, each made when those before it have been answered."""
    expenses = (ExpenseLineAdd(account=name("Utilities"), amount=D("5.00"), class_=name("Store"), memo="m"),)
    bought = (
        ItemLineAdd(item=name("Grinder"), quantity=D(3), amount=D("10.00"), customer=name("Bluebird Cafe")),
        ItemGroupLineAdd(item_group=name("Starter Set")),
    )
    one = SalesOrPurchase(desc="a", price=D("2.50"), account=name("Sales"))
    both = SalesAndPurchase(
        sales_price=D("3"), income_account=name("Sales"), expense_account=name("Cost of Goods Sold")
    )
    yield HostQueryRq(include_list_meta_data=IncludeListMetaData(include_max_capacity=True))
    yield PreferencesQueryRq()
    yield CustomerAdd(
        name="Whole",
        company_name="Whole Ltd",
        bill_address=ADDRESS,
        ship_address=ADDRESS,
        email="a@b.example",
        terms=name("Net 15"),
        contacts=(Contacts(first_name="Ann"),),
        additional_notes=(AdditionalNotes(note="hello"),),
        open_balance=D("5.00"),
        sales_tax_code=name("Tax"),
        item_sales_tax=name("Sales Tax"),
        preferred_payment_method=name("Visa"),
        external_guid=GUID,
    )
    whole = books.customers[-1]
    yield CustomerMod(list_id=whole.list_id, edit_sequence=whole.edit_sequence, phone="1", is_active=True)
    yield VendorAdd(name="Maker", vendor_address=ADDRESS, notes="n")
    yield AccountAdd(name="Petty Cash", account_type=AccountType.BANK, open_balance=D("8.00"), desc="d")
    yield PaymentMethodAdd(name="Barter")
    yield ItemServiceAdd(name="S", sales_or_purchase=one, external_guid=GUID)
    yield ItemNonInventoryAdd(name="N", sales_and_purchase=both, manufacturer_part_number="p")
    yield ItemOtherChargeAdd(name="O", sales_or_purchase=one)
    yield ItemDiscountAdd(name="D", discount_rate_percent=D("5"), account=name("Sales Discounts"))
    yield ItemSalesTaxAdd(name="T", tax_rate=D("1.5"), tax_vendor=name("Maker"))
    yield ItemInventoryAdd(
        name="I",
        sales_price=D("4"),
        income_account=name("Sales"),
        cogs_account=name("Cost of Goods Sold"),
        asset_account=name("Inventory Asset"),
        quantity_on_hand=D(3),
        total_value=D("10.00"),
    )
    yield invoice(
        line("Grinder", quantity="3", rate="1.23456"),
        line("Ten Percent Off"),
        line("Subtotal"),
        line("I"),
        customer="Whole",
        ref_number="é-1",
        external_guid=GUID,
        class_=name("Store"),
        memo='5 < 6 & "7"',
    )
    yield InvoiceAdd(
        customer=name("Kern Lighting"), lines=(InvoiceLineGroupAdd(item_group=name("Starter Set"), quantity=D(2)),)
    )
    made = books.invoices[-1]
    yield InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="changed")
    yield SalesReceiptAdd(customer=name("Whole"), payment_method=name("Visa"), lines=(SalesReceiptLineAdd(**SEAT),))
    receipt = books.sales_receipts[-1]
    yield SalesReceiptMod(txn_id=receipt.txn_id, edit_sequence=receipt.edit_sequence, check_number="7")
    yield CreditMemoAdd(customer=name("Whole"), lines=(CreditMemoLineAdd(**SEAT),))
    yield EstimateAdd(customer=name("Whole"), lines=(EstimateLineAdd(**SEAT),))
    estimate = books.transactions[-1]
    yield EstimateMod(txn_id=estimate.txn_id, edit_sequence=estimate.edit_sequence, is_active=False)
    yield SalesOrderAdd(customer=name("Whole"), lines=(SalesOrderLineAdd(**SEAT),))
    yield ReceivePaymentAdd(
        customer=name("Whole"),
        total_amount=D("20.00"),
        is_auto_apply=True,
        payment_method=name("Check"),
        ref_number="C",
    )
    yield DepositAdd(
        deposit_to_account=name("Checking"),
        memo="d",
        cash_back_info_add=CashBackInfoAdd(account=name("Owner's Equity"), amount=D("1.00")),
        deposit_line_adds=(
            DepositLineAdd(payment_txn_id=receipt.txn_id),
            DepositLineAdd(account=name("Interest Income"), amount=D("2.00"), memo="i"),
        ),
    )
    yield CheckAdd(
        account=name("Checking"), payee_entity=name("Maker"), address=ADDRESS, expense_line_adds=expenses, lines=bought
    )
    yield CreditCardChargeAdd(account=name("Company Credit Card"), expense_line_adds=expenses, lines=bought)
    yield CreditCardCreditAdd(account=name("Company Credit Card"), expense_line_adds=expenses)
    yield BillAdd(
        vendor=name("Maker"),
        expense_line_adds=expenses,
        lines=(BillItemLineAdd(item=name("Grinder"), quantity=D(1)),),
        ref_number="B-1",
    )
    debit = JournalDebitLine(account=name("Accounts Receivable"), amount=D("1.00"), entity=name("Whole"), memo="j")
    yield JournalEntryAdd(lines=(debit, JournalCreditLine(account=name("Sales"), amount=D("1.00"))))
    field: dict[str, Any] = {"owner_id": OWNER, "data_ext_name": "Key"}
    on_company: dict[str, Any] = {**field, "other_data_ext_type": OtherDataExtType.COMPANY}
    yield DataExtDefAdd(**field, data_ext_type=DataExtType.STR255_TYPE, assign_to_objects=(AssignToObject.COMPANY,))
    yield DataExtAdd(**on_company, data_ext_value="v")
    yield DataExtMod(**on_company, data_ext_value="w")
    yield CompanyQueryRq(owner_ids=(OWNER,))
    yield DataExtDel(**on_company)
    everything = {"include_line_items": True, "include_linked_txns": True}
    yield InvoiceQueryRq(**everything)  # type: ignore[arg-type]
    yield InvoiceQueryRq(txn_ids=(made.txn_id, "FFFF-1"))
    yield InvoiceQueryRq(iterator=IteratorStep.START, max_returned=1, meta_data=MetaData.META_DATA_AND_RESPONSE_DATA)
    yield CreditMemoQueryRq(**everything)  # type: ignore[arg-type]
    yield CheckQueryRq(**everything)  # type: ignore[arg-type]
    yield BillQueryRq(**everything)  # type: ignore[arg-type]
    yield SalesReceiptQueryRq(include_line_items=True)
    yield ReceivePaymentQueryRq(include_line_items=True)
    yield DepositQueryRq(include_line_items=True)
    yield JournalEntryQueryRq(include_line_items=True)
    yield TransactionQueryRq()
    yield CustomerQueryRq(full_names=("Nobody",))
    for query in (CustomerQueryRq, VendorQueryRq, AccountQueryRq, ItemQueryRq, ItemSalesTaxQueryRq, ClassQueryRq):
        yield query(active_status=ActiveStatus.ALL)
    yield from (TermsQueryRq(), PaymentMethodQueryRq(), SalesTaxCodeQueryRq())
    yield TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id=made.txn_id)
    yield TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id)
    yield TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id)
    yield TxnDeletedQueryRq(txn_del_types=(TxnDelType.INVOICE,))
    barter = books.entries("PaymentMethod")[-1]
    yield ListDelRq(list_del_type=ListDelType.PAYMENT_METHOD, list_id=barter.list_id)
    yield ListDeletedQueryRq(list_del_types=(ListDelType.PAYMENT_METHOD,))


ASKED_ELSEWHERE = {f"{tag}{verb}Rq" for tag in TXN_KINDS for verb in ("Add", "Mod", "Query")} | set(LIST_QUERIES)
ASKED_ELSEWHERE |= {"ReceivePaymentToDepositQueryRq"}  # in those of inquiries
ASKED_ELSEWHERE |= {f"Item{kind}ModRq" for kind in ("Service", "NonInventory", "Inventory", "OtherCharge")}
"""In the tests of every kind of transaction, of every list, and of the costs of items."""


@pytest.fixture
def conversation() -> list[tuple[str, str]]:
    """Requests and answers, and each writing one again from memory."""
    books = company(sales_tax=True, switches=Switches(edition=Edition.PREMIER))
    found = []
    for number, step in enumerate(steps(books)):
        text = document(step, new_message_set_id=f"set-{number}")
        found.append((text, books.process(text)))
        found.append((text, books.process(text)))
    return found


def test_every_kind_of_transaction_is_added_changed_and_looked_for() -> None:
    requests = {tag for tag, cls in MESSAGES.items() if issubclass(cls, Request)}
    of_transactions = {f"{tag}{verb}Rq" for tag in TXN_KINDS for verb in ("Add", "Mod", "Query")}
    assert requests & of_transactions == set(HANDLERS) & of_transactions


def test_the_conversation_asks_for_everything(conversation: list[tuple[str, str]]) -> None:
    asked = {element.tag for text, _ in conversation for element in etree.fromstring(text.encode())[0]}
    assert set(HANDLERS) - asked - ASKED_ELSEWHERE == set()


def test_answers_are_read_back_without_a_remainder(conversation: list[tuple[str, str]]) -> None:
    codes = set()
    for _, answer in conversation:
        for one in read_answers(answer):
            for ret in one.rets:
                assert ret.unknown == ()
            assert one.unknown == ()
            codes.add(one.status_code)
    assert codes == {0, 500, 3120}


def test_answers_are_valid_against_the_schema(conversation: list[tuple[str, str]]) -> None:
    for text, answer in conversation:
        assert faults(text) == []
        assert faults(answer) == []
