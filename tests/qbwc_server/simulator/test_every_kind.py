"""Every kind of transaction: entered, changed, looked for in every way, voided, deleted; the books balance."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.entering import ENTERING
from qbwc_server.simulator.switches import Edition, Switches
from qbwc_server.simulator.transactions import Transaction
from qbxml.aggregate import Aggregate
from qbxml.messages import MESSAGES
from qbxml.messages.transaction import TxnDeletedQueryRq, TxnDelRq, TxnDelType, TxnVoidRq, TxnVoidType
from qbxml.shared import ListFilter, ModifiedDateRangeFilter, TxnDateRangeFilter
from tests.qbxml.schema import faults

from .asking import Got, ask, clock_of, company, document, name, read
from .test_bookkeeper import stock_item

D = Decimal
DAY = date(2026, 3, 1)
GUID = UUID("6a0c4d1e-0000-4000-8000-000000000001")
MODS = [tag for tag in ENTERING if f"{tag}ModRq" in MESSAGES]
VOIDED = [tag for tag in ENTERING if tag in set(TxnVoidType)]
DELETED = [tag for tag in ENTERING if tag in set(TxnDelType)]


def aggregate(tag: str) -> type[Aggregate]:
    """The class of what is added or modified, e.g. ``BillMod``."""
    return MESSAGES[f"{tag}Rq"]._plan.by_tag[tag].class_of(tag)


def line_class(cls: type[Aggregate], beginning: str) -> tuple[str, type[Aggregate]]:
    """The field and the class of the lines whose tag begins so."""
    for slot in cls._plan.elements:
        for tag in slot.tags:
            if tag.startswith(beginning) and slot.many:
                return slot.name, slot.class_of(tag)
    raise AssertionError(f"{cls.__name__} has no lines {beginning}")


def made(cls: Any, **fields: Any) -> Any:
    return cls(**{key: value for key, value in fields.items() if value is not None})


def to_add(books: CompanyFile, tag: str) -> Any:
    """An Add with header and lines."""
    cls = aggregate(f"{tag}Add")
    guid = GUID if "external_guid" in cls._plan.slots else None
    if tag == "ReceivePayment":
        return made(cls, customer=name("Kern Lighting"), txn_date=DAY, total_amount=D("30.00"), is_auto_apply=True)
    if tag == "ARRefundCreditCard":
        memo = Bookkeeper(books).enter("CreditMemo", customer="Kern Lighting", lines=[{"item": "Grinder"}])
        field, part = line_class(cls, "RefundAppliedToTxn")
        one = made(part, txn_id=memo.txn_id, refund_amount=D("30.00"))
        card = name("Company Credit Card")
        return made(cls, customer=name("Kern Lighting"), refund_from_account=card, txn_date=DAY, **{field: (one,)})
    if tag == "Transfer":
        ends = {"transfer_from_account": name("Checking"), "transfer_to_account": name("Savings")}
        return made(cls, **ends, txn_date=DAY, amount=D("30.00"), memo="m")
    if tag == "JournalEntry":
        lines = cls._plan.slots["lines"]
        debit, credit = lines.class_of("JournalDebitLine"), lines.class_of("JournalCreditLine")
        parts = (
            made(debit, account=name("Utilities"), amount=D("30.00")),
            made(credit, account=name("Checking"), amount=D("30.00")),
        )
        return made(cls, txn_date=DAY, lines=parts, external_guid=guid)
    if tag == "Deposit":
        field, part = line_class(cls, "DepositLine")
        one = made(part, account=name("Interest Income"), amount=D("30.00"))
        return made(
            cls, deposit_to_account=name("Checking"), txn_date=DAY, memo="m", external_guid=guid, **{field: (one,)}
        )
    if tag == "InventoryAdjustment":
        field, part = line_class(cls, "InventoryAdjustmentLine")
        quantity = part._plan.by_tag["QuantityAdjustment"].class_of("QuantityAdjustment")
        one = made(
            part, item=name(stock_item(Bookkeeper(books))), quantity_adjustment=made(quantity, new_quantity=D(3))
        )
        return made(cls, account=name("Rounding"), txn_date=DAY, memo="m", external_guid=guid, **{field: (one,)})
    header: dict[str, Any] = {"txn_date": DAY, "memo": "m", "external_guid": guid}
    if tag in ("Check", "CreditCardCharge", "CreditCardCredit"):
        account = "Checking" if tag == "Check" else "Company Credit Card"
        header |= {"account": name(account), "payee_entity": name("Amazon")}
    elif "vendor" in cls._plan.slots:
        header["vendor"] = name("Amazon")
    else:
        header["customer"] = name("Kern Lighting")
    field, part = line_class(cls, "ItemLine" if "ItemLineAdd" in cls._plan.by_tag else f"{tag}Line")
    return made(cls, **header, **{field: (made(part, item=name("Grinder"), quantity=D(3)),)})


def to_change(txn: Transaction, *, lines: bool) -> Any:
    """A Mod of memo or date; with ``lines`` it keeps the first line and adds one."""
    tag = txn.kind.tag
    cls = aggregate(f"{tag}Mod")
    fields: dict[str, Any] = {"txn_id": txn.txn_id, "edit_sequence": txn.edit_sequence}
    fields["memo" if "memo" in cls._plan.slots else "txn_date"] = "new" if "memo" in cls._plan.slots else DAY
    if not lines or not txn.lines:
        return made(cls, **fields)
    beginning = "ItemLine" if "ItemLineMod" in cls._plan.by_tag else f"{tag.removesuffix('Entry')}Line"
    field, part = line_class(cls, beginning)
    more: dict[str, Any] = {"item": name("Filter Papers"), "quantity": D(1)}
    if tag == "InventoryAdjustment":
        more = {"item": name("Kettle"), "quantity_difference": D(1)}
    elif tag == "Deposit":
        more = {"account": name("Merchant Fees"), "amount": D("-1.00")}
    elif tag == "JournalEntry":
        more = {"account": name("Utilities"), "amount": D("0.00"), "journal_line_type": "Debit"}
    kept = tuple(made(part, txn_line_id=line.txn_line_id) for line in txn.lines)
    return made(cls, **fields, **{field: (*kept, made(part, txn_line_id="-1", **more))})


def answered(books: CompanyFile, message: Any) -> Got:
    """The answer; request and answer are valid against Intuit's schema."""
    text = document(message)
    answer = books.process(text)
    assert faults(text) == []
    assert faults(answer) == []
    (got,) = read(answer)
    for ret in got.rets:
        assert ret.unknown == ()
    return got


@pytest.fixture
def books() -> Iterator[CompanyFile]:
    made_ = company(switches=Switches(edition=Edition.PREMIER, coarse_edit_sequence=False))
    yield made_
    assert sum(made_.trial_balance().values(), D(0)) == 0
    assert made_.trial_balance() == made_.books.recomputed()
    before = made_.trial_balance()
    made_.restore(made_.backup())
    assert made_.trial_balance() == before
    assert made_.books.recomputed() == before


def entered(books: CompanyFile, tag: str) -> Transaction:
    got = answered(books, to_add(books, tag))
    assert got.code == 0, got
    txn = books.books.transactions.get(got.ret.txn_id)
    assert txn is not None
    return txn


@pytest.mark.parametrize("tag", ENTERING)
def test_it_is_entered_with_its_effect_on_the_books(books: CompanyFile, tag: str) -> None:
    before = books.trial_balance()
    txn = entered(books, tag)
    assert (books.trial_balance() != before) is txn.kind.posts
    assert txn.txn_date == DAY
    assert txn.total != 0


@pytest.mark.parametrize("tag", MODS)
def test_a_mod_of_the_header_leaves_the_lines(books: CompanyFile, tag: str) -> None:
    txn = entered(books, tag)
    lines, total, balance = txn.lines, txn.total, books.trial_balance()
    clock_of(books).forward()
    assert answered(books, to_change(txn, lines=False)).code == 0
    assert [line.txn_line_id for line in txn.lines] == [line.txn_line_id for line in lines]
    assert (txn.total, books.trial_balance()) == (total, balance)
    assert txn.memo == "new" or "memo" not in txn.values


@pytest.mark.parametrize("tag", MODS)
def test_a_mod_with_lines_keeps_what_it_names_and_adds(books: CompanyFile, tag: str) -> None:
    txn = entered(books, tag)
    kept = [line.txn_line_id for line in txn.lines]
    clock_of(books).forward()
    got = answered(books, to_change(txn, lines=True))
    assert got.code == 0, got
    assert [line.txn_line_id for line in txn.lines][: len(kept)] == kept
    assert len(txn.lines) == (len(kept) + 1 if kept else 0)


@pytest.mark.parametrize("tag", MODS)
def test_a_stale_edit_sequence_and_an_unknown_transaction_are_refused(books: CompanyFile, tag: str) -> None:
    txn = entered(books, tag)
    stale = to_change(txn, lines=False)
    clock_of(books).forward()
    assert ask(books, stale).code == 0
    assert ask(books, stale).code == 3200
    assert ask(books, type(stale)(**{**vars(stale), "txn_id": "FFFF-1"})).code == 3120


@pytest.mark.parametrize("tag", ENTERING)
def test_it_is_found_in_every_way(books: CompanyFile, tag: str) -> None:
    txn = entered(books, tag)
    query: Any = MESSAGES[f"{tag}QueryRq"]
    slots = query._plan.slots
    now: datetime = clock_of(books)()
    hour = timedelta(hours=1)
    asked: list[dict[str, Any]] = [
        {"txn_ids": (txn.txn_id,)},
        {"txn_date_range_filter": TxnDateRangeFilter(from_txn_date=DAY, to_txn_date=DAY)},
        {"modified_date_range_filter": ModifiedDateRangeFilter(from_modified_date=now - hour)},
        {"max_returned": 5},
    ]
    if txn.ref_number:
        asked.append({"ref_numbers": (txn.ref_number.lower(),)})
    if txn.customer and "entity_filter" in slots:
        asked.append({"entity_filter": ListFilter(full_names=(txn.customer,))})
    if "account_filter" in slots and txn.postings:
        account = books.books.lists.entry(txn.postings[0].account).full_name
        asked.append({"account_filter": ListFilter(full_names=(account,))})
    for filters in asked:
        if not set(filters) <= set(slots):
            continue
        got = answered(books, query(**filters))
        assert txn.txn_id in [ret.txn_id for ret in got.rets], filters
    short = answered(books, query(txn_ids=(txn.txn_id,), include_ret_elements=("TxnID", "EditSequence")))
    assert set(vars(short.ret)) - {"unknown"} == {"txn_id", "edit_sequence"}
    assert ask(books, query(txn_ids=("FFFF-1",))).code == 500


@pytest.mark.parametrize("tag", VOIDED)
def test_a_voided_one_stays_and_comes_to_nothing(books: CompanyFile, tag: str) -> None:
    before = books.trial_balance()
    txn = entered(books, tag)
    for credit in books.credit_memos if tag == "ARRefundCreditCard" else ():
        assert credit.unused < credit.total
    lines = len(txn.lines)
    got = answered(books, TxnVoidRq(txn_void_type=TxnVoidType(tag), txn_id=txn.txn_id))
    assert got.code == 0
    assert (txn.is_void, txn.total, txn.postings, len(txn.lines)) == (True, D(0), (), lines)
    if tag != "ARRefundCreditCard":
        assert books.trial_balance() == before
    for credit in books.credit_memos if tag == "ARRefundCreditCard" else ():
        assert credit.unused == credit.total
    query: Any = MESSAGES[f"{tag}QueryRq"]
    assert answered(books, query(txn_ids=(txn.txn_id,))).code == 0


@pytest.mark.parametrize("tag", DELETED)
def test_a_deleted_one_is_told_of_for_ninety_days(books: CompanyFile, tag: str) -> None:
    txn = entered(books, tag)
    assert answered(books, TxnDelRq(txn_del_type=TxnDelType(tag), txn_id=txn.txn_id)).code == 0
    query = TxnDeletedQueryRq(txn_del_types=(TxnDelType(tag),))
    assert [ret.txn_id for ret in answered(books, query).rets] == [txn.txn_id]
    clock_of(books).forward(91 * 86_400)
    assert ask(books, query).code == 1


def test_what_can_be_voided_and_deleted_is_what_the_schema_says() -> None:
    assert set(ENTERING) - set(VOIDED) == {"Estimate", "SalesOrder", "ReceivePayment", "PurchaseOrder", "Transfer"}
    assert set(ENTERING) - set(DELETED) == {"Transfer"}
