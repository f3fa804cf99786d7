"""A company file between runs: on disk, as a backup, as a copy."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.scenarios import demo_company, empty_company
from qbwc_server.simulator.state import StateError
from qbxml.messages.bill import BillAdd, BillItemLineAdd
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd
from qbxml.messages.customer import CustomerAdd, CustomerQueryRq
from qbxml.messages.deposit import DepositAdd, DepositLineAdd
from qbxml.messages.invoice import InvoiceAdd, InvoiceLineGroupAdd, InvoiceLineMod, InvoiceMod, InvoiceQueryRq
from qbxml.messages.item import ItemQueryRq
from qbxml.messages.receive_payment import ReceivePaymentAdd, ReceivePaymentQueryRq
from qbxml.messages.transaction import (
    ListDelRq,
    ListDelType,
    TransactionQueryRq,
    TxnDeletedQueryRq,
    TxnDelRq,
    TxnDelType,
    TxnVoidRq,
    TxnVoidType,
)
from qbxml.shared import SetCredit

from .asking import Clock, ask, clock_of, company, document, done, invoice, line, name

D = Decimal
OWNER = UUID("90a44fb7-33d9-4815-ac85-ac86a7e7d1eb")
FILE_ID = UUID("d9e6b8a0-0000-4000-8000-000000000001")


def work(books: CompanyFile) -> None:
    """Some of everything that has to survive."""
    books.register(OWNER, FILE_ID)
    done(books, CustomerAdd(name="Café New", parent=name("Kern Lighting")))
    gone = done(books, CustomerAdd(name="Gone"))
    done(books, ListDelRq(list_del_type=ListDelType.CUSTOMER, list_id=gone.list_id))
    first = done(books, invoice(line("Grinder"), line(amount="5.00", override_item_account=name("Interest Income"))))
    grouped = InvoiceAdd(customer=name("Bluebird Cafe"), lines=(InvoiceLineGroupAdd(item_group=name("Starter Set")),))
    second = done(books, grouped)
    clock_of(books).forward()
    lines = (CreditMemoLineAdd(item=name("Seat"), amount=D("30.00")),)
    memo = done(books, CreditMemoAdd(customer=name("Kern Lighting"), lines=lines))
    done(books, invoice(set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("10.00")),)))
    payment = done(
        books,
        ReceivePaymentAdd(customer=name("Kern Lighting"), total_amount=D("50.00"), is_auto_apply=True),
    )
    done(
        books,
        DepositAdd(
            deposit_to_account=name("Checking"), deposit_line_adds=(DepositLineAdd(payment_txn_id=payment.txn_id),)
        ),
    )
    done(
        books,
        BillAdd(vendor=name("Amazon"), lines=(BillItemLineAdd(item=name("Espresso Cup"), quantity=D(3)),)),
    )
    done(books, TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id=second.txn_id))
    deleted = done(books, invoice(ref_number="DEL"))
    done(books, TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=deleted.txn_id))
    clock_of(books).forward()
    now = done(books, InvoiceQueryRq(txn_ids=(first.txn_id,)))
    done(books, InvoiceMod(txn_id=first.txn_id, edit_sequence=now.edit_sequence, memo="changed"))
    books.process(document(invoice(ref_number="REC"), new_message_set_id="set-1"))


QUESTIONS = document(
    InvoiceQueryRq(include_line_items=True, include_linked_txns=True),
    ReceivePaymentQueryRq(include_line_items=True),
    TransactionQueryRq(),
    CustomerQueryRq(),
    ItemQueryRq(),
    TxnDeletedQueryRq(txn_del_types=(TxnDelType.INVOICE,)),
)


def seen(books: CompanyFile) -> tuple[object, ...]:
    """All that a program or a test can see of a company."""
    return (
        books.process(QUESTIONS),
        books.hcp_response(OWNER),
        books.trial_balance(),
        books.executed_writes,
        [txn.is_void for txn in books.transactions],
        {txn.txn_id: txn.deposited_in for txn in books.payments},
    )


def test_a_file_is_the_same_after_it_was_opened_again(tmp_path: Path) -> None:
    path, clock = tmp_path / "riverside.company", Clock()
    books = CompanyFile.open_file(path, now=clock, make=lambda: demo_company(now=clock))
    books.open()
    work(books)
    before = seen(books)
    books.close()
    again = CompanyFile.open_file(path, now=clock)
    again.open()
    assert seen(again) == before
    assert again.books.recomputed() == again.trial_balance()


def test_what_was_read_back_goes_on_as_before(tmp_path: Path) -> None:
    path, clock = tmp_path / "riverside.company", Clock()
    books = CompanyFile.open_file(path, now=clock, make=lambda: demo_company(now=clock))
    books.open()
    work(books)
    again = CompanyFile.open_file(path, now=clock)
    again.open()
    first = books.invoices[0]
    steps = [
        document(invoice(ref_number="REC"), new_message_set_id="set-1"),
        document(
            InvoiceMod(
                txn_id=first.txn_id,
                edit_sequence=first.edit_sequence,
                lines=tuple(InvoiceLineMod(txn_line_id=one.txn_line_id) for one in first.lines),
            ),
            invoice(),
            CustomerAdd(name="Next"),
        ),
        document(ReceivePaymentAdd(customer=name("Kern Lighting"), total_amount=D("9.00"), is_auto_apply=True)),
    ]
    for step in steps:
        assert again.process(step) == books.process(step)
    assert again.trial_balance() == books.trial_balance()


def test_what_was_answered_is_on_disk_without_any_closing(tmp_path: Path) -> None:
    path = tmp_path / "new.company"
    books = CompanyFile.open_file(path, now=Clock())
    books.open()
    done(books, CustomerAdd(name="Durable"))
    assert "Durable" in [one.name for one in CompanyFile.open_file(path, now=Clock()).customers]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StateError):
        CompanyFile.open_file(path)
    with pytest.raises(StateError):
        empty_company().restore(b"nonsense")


def test_a_restored_backup_lacks_what_came_later() -> None:
    books = company()
    books.register(OWNER, FILE_ID)
    done(books, invoice(ref_number="1"))
    before, backup = seen(books), books.backup()
    done(books, invoice(ref_number="2"))
    books.restore(backup)
    books.open()
    assert seen(books) == before
    assert [txn.ref_number for txn in books.invoices] == ["1"]
    assert done(books, invoice()).ref_number == "2"


def test_a_restored_backup_is_what_stays_on_disk(tmp_path: Path) -> None:
    books = CompanyFile.open_file(tmp_path / "a.company", now=Clock())
    backup = books.backup()
    books.open()
    done(books, CustomerAdd(name="Later"))
    books.restore(backup)
    assert CompanyFile.open_file(tmp_path / "a.company", now=Clock()).customers == []


def test_a_copy_has_the_same_file_id_and_a_life_of_its_own() -> None:
    books = company()
    books.register(OWNER, FILE_ID)
    twin = books.copy()
    twin.open()
    assert twin.hcp_response(OWNER) == books.hcp_response(OWNER)
    done(twin, invoice())
    assert (len(twin.invoices), len(books.invoices)) == (1, 0)


def test_another_file_knows_nothing_of_us() -> None:
    books = company()
    books.register(OWNER, FILE_ID)
    other = books.other_file("Elsewhere Ltd")
    other.open()
    assert str(FILE_ID) not in other.hcp_response(OWNER)
    assert "Elsewhere Ltd" in other.hcp_response(OWNER)
    assert ask(other, CustomerQueryRq()).code == 1
    with pytest.raises(Exception, match="0x8004040A"):
        other.open(books.path)


def test_the_closing_date_survives(tmp_path: Path) -> None:
    books = CompanyFile.open_file(tmp_path / "a.company", now=Clock())
    books.closing_date = date(2025, 12, 31)
    books.close()
    assert CompanyFile.open_file(tmp_path / "a.company", now=Clock()).closing_date == date(2025, 12, 31)
