"""What an object takes and what it refuses, and where it says the mistake is."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest

from qbxml import (
    BuildError,
    IteratorStep,
    MissingElement,
    QbxmlError,
    Ref,
    UseMacro,
    Version,
    VersionError,
    read_message,
    render,
    request_for,
)
from qbxml.aggregate import Aggregate
from qbxml.declaration import at_most_one, element
from qbxml.messages.customer import CreditCardInfo, CustomerAdd, CustomerAddRq
from qbxml.messages.data_ext import DataExtAdd, ListDataExtType
from qbxml.messages.deposit import DepositLineAdd
from qbxml.messages.estimate import EstimateLineGroupAdd
from qbxml.messages.invoice import (
    InvoiceAdd,
    InvoiceAddRq,
    InvoiceLineAdd,
    InvoiceLineGroupAdd,
    InvoiceQueryRq,
    InvoiceRet,
)
from qbxml.messages.item import ItemServiceAdd, SalesOrPurchase
from qbxml.messages.journal_entry import JournalCreditLine, JournalEntryAdd
from qbxml.messages.receive_payment import ReceivePaymentAdd
from qbxml.messages.transaction import TxnVoidRq, TxnVoidType
from qbxml.shared import BarCode, DateMacro, ModifiedDateRangeFilter, SetCredit, TxnDateRangeFilter

CUSTOMER = Ref(full_name="Kern Lighting")
BOTH = Ref(list_id="80000013-1416570432", full_name="Kern Lighting")
LOOSE: Any = InvoiceAdd  # the same classes without the type checker, to give them what it would refuse
LINE: Any = InvoiceLineAdd


@pytest.mark.parametrize(
    ("make", "path", "rule", "limit", "value"),
    [
        (LOOSE, "InvoiceAdd.customer", "required", None, None),
        (lambda: LOOSE(customer=None), "InvoiceAdd.customer", "required", None, None),
        (lambda: LOOSE(customer="Kern"), "InvoiceAdd.customer", "type", "Ref", "Kern"),
        (lambda: InvoiceLineAdd(desc="x" * 4096), "InvoiceLineAdd.desc", "max_length", 4095, "x" * 4096),
        (
            lambda: InvoiceAdd(customer=Ref(full_name="x" * 210)),
            "InvoiceAdd.customer.full_name",
            "max_length",
            209,
            None,
        ),
        (lambda: Ref(list_id="x" * 37), "Ref.list_id", "max_length", 36, "x" * 37),
        (lambda: InvoiceAdd(customer=BOTH), "InvoiceAdd.customer", "one_reference", None, BOTH),
        (lambda: InvoiceLineAdd(item=BOTH), "InvoiceLineAdd.item", "one_reference", None, BOTH),
        (
            lambda: ItemServiceAdd(name="Support", sales_or_purchase=SalesOrPurchase(account=BOTH)),
            "ItemServiceAdd.sales_or_purchase.account",
            "one_reference",
            None,
            BOTH,
        ),
        (
            lambda: JournalEntryAdd(lines=(JournalCreditLine(account=CUSTOMER), JournalCreditLine(account=BOTH))),
            "JournalEntryAdd.lines[1].account",
            "one_reference",
            None,
            BOTH,
        ),
        (lambda: LOOSE(customer=CUSTOMER, lines=(LINE(), CUSTOMER)), "InvoiceAdd.lines[1]", "type", None, CUSTOMER),
        (lambda: LOOSE(customer=CUSTOMER, lines=[LINE()]), "InvoiceAdd.lines", "type", "a tuple", None),
        (
            lambda: LOOSE(customer=CUSTOMER, lines=(EstimateLineGroupAdd(item_group=CUSTOMER),)),
            "InvoiceAdd.lines[0]",
            "type",
            "InvoiceLineAdd or InvoiceLineGroupAdd",
            None,
        ),
        (
            lambda: InvoiceAdd(customer=CUSTOMER, link_to_txn_ids=("C5-1", "x" * 37)),
            "InvoiceAdd.link_to_txn_ids[1]",
            "max_length",
            36,
            "x" * 37,
        ),
        (lambda: LINE(amount=12), "InvoiceLineAdd.amount", "type", "Decimal", 12),
        (lambda: LINE(amount=1.5), "InvoiceLineAdd.amount", "type", "Decimal", 1.5),
        (lambda: LINE(amount=Decimal("1.005")), "InvoiceLineAdd.amount", "decimals", 2, Decimal("1.005")),
        (lambda: LINE(amount=Decimal("NaN")), "InvoiceLineAdd.amount", "finite", None, None),
        (lambda: LINE(amount=Decimal(10000000000000)), "InvoiceLineAdd.amount", "digits", 13, None),
        (lambda: LINE(rate=Decimal("1.123456")), "InvoiceLineAdd.rate", "decimals", 5, None),
        (lambda: LINE(quantity=Decimal("Infinity")), "InvoiceLineAdd.quantity", "finite", None, None),
        (lambda: LINE(service_date="2026-01-01"), "InvoiceLineAdd.service_date", "type", "date", "2026-01-01"),
        (
            lambda: LINE(service_date=datetime(2026, 1, 1, tzinfo=UTC)),
            "InvoiceLineAdd.service_date",
            "type",
            None,
            None,
        ),
        (lambda: LOOSE(customer=CUSTOMER, is_pending="true"), "InvoiceAdd.is_pending", "type", "bool", "true"),
        (lambda: LOOSE(customer=CUSTOMER, external_guid="1"), "InvoiceAdd.external_guid", "type", "UUID", "1"),
        (lambda: CreditCardInfo(expiration_month=13), "CreditCardInfo.expiration_month", "max_value", 12, 13),
        (lambda: CreditCardInfo(expiration_month=0), "CreditCardInfo.expiration_month", "min_value", 1, 0),
        (
            lambda: cast("Any", CreditCardInfo)(expiration_month=True),
            "CreditCardInfo.expiration_month",
            "type",
            "int",
            True,
        ),
        (lambda: InvoiceQueryRq(max_returned=0), "InvoiceQueryRq.max_returned", "min_value", 1, 0),
        (
            lambda: cast("Any", TxnVoidRq)(txn_void_type="Estimate", txn_id="1"),
            "TxnVoidRq.txn_void_type",
            "enum",
            None,
            "Estimate",
        ),
        (lambda: InvoiceLineAdd(desc="Bell\x07"), "InvoiceLineAdd.desc", "characters", None, "\x07"),
        (lambda: InvoiceLineAdd(desc="one\r\ntwo"), "InvoiceLineAdd.desc", "characters", None, "\r"),
        (lambda: InvoiceLineAdd(desc="日本"), "InvoiceLineAdd.desc", "characters", None, None),
        (
            lambda: ModifiedDateRangeFilter(from_modified_date=datetime(2026, 1, 1)),  # noqa: DTZ001
            "ModifiedDateRangeFilter.from_modified_date",
            "time_zone",
            None,
            None,
        ),
        (
            lambda: InvoiceLineAdd(rate=Decimal(1), rate_percent=Decimal(2)),
            "InvoiceLineAdd.rate",
            "choice",
            "one of rate | rate_percent | price_level",
            "rate, rate_percent",
        ),
        (lambda: ReceivePaymentAdd(customer=CUSTOMER), "ReceivePaymentAdd.is_auto_apply", "choice", None, "none"),
        (
            lambda: InvoiceQueryRq(txn_ids=("1",), max_returned=5),
            "InvoiceQueryRq.txn_ids",
            "choice",
            None,
            "txn_ids, max_returned",
        ),
        (
            lambda: TxnDateRangeFilter(from_txn_date=date(2026, 1, 1), date_macro=DateMacro.TODAY),
            "TxnDateRangeFilter.from_txn_date",
            "choice",
            None,
            None,
        ),
        (
            lambda: DataExtAdd(
                owner_id=UUID(int=0),
                data_ext_name="Colour",
                data_ext_value="red",
                list_data_ext_type=ListDataExtType.CUSTOMER,
            ),
            "DataExtAdd.list_obj",
            "required",
            None,
            None,
        ),
        (lambda: DepositLineAdd(memo="x"), "DepositLineAdd.account", "required", None, None),
        (
            lambda: CustomerAddRq(customer_add=CustomerAdd(name="x"), request_id="x" * 51),
            "CustomerAddRq.request_id",
            "max_length",
            50,
            None,
        ),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    make: Callable[[], object], path: str, rule: str, limit: object, value: object
) -> None:
    with pytest.raises(BuildError) as caught:
        make()

    error = caught.value
    assert (error.path, error.rule) == (path, rule)
    assert limit is None or error.limit == limit
    assert value is None or error.value == value
    assert str(error).startswith(path)


def test_the_message_names_limit_and_value() -> None:
    with pytest.raises(BuildError, match=r"^CustomerAdd\.name may have 41 characters, but has 42: 'x+'$"):
        CustomerAdd(name="x" * 42)


def test_a_mistake_can_be_sent_between_processes() -> None:
    error = BuildError("InvoiceAdd.memo", "max_length", 3, "long")

    same = pickle.loads(pickle.dumps(error))

    assert (str(same), same.path, same.limit) == (str(error), "InvoiceAdd.memo", 3)


def test_an_unknown_field_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="InvoiceAdd has no field 'customr'"):
        LOOSE(customr=CUSTOMER)


def test_the_type_checker_knows_the_fields() -> None:
    """Under ``mypy --strict`` an ignore that is not needed is an error: each of these is seen by the checker."""
    with pytest.raises(BuildError):
        InvoiceAdd()  # type: ignore[call-arg]
    with pytest.raises(BuildError):
        InvoiceAdd(customer="Kern Lighting")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        InvoiceAdd(customer=CUSTOMER, refnumber="1")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        InvoiceAdd(CUSTOMER)  # type: ignore[call-arg, arg-type]
    made = InvoiceAdd(customer=CUSTOMER)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.memo = "x"  # type: ignore[misc]


def test_objects_are_values() -> None:
    one = InvoiceAdd(customer=CUSTOMER, lines=(InvoiceLineAdd(amount=Decimal("3.00")),), memo=None)
    same = InvoiceAdd(customer=Ref(full_name="Kern Lighting"), lines=(InvoiceLineAdd(amount=Decimal(3)),))

    assert one == same
    assert hash(one) == hash(same)
    assert one != InvoiceAdd(customer=CUSTOMER)
    assert one != "InvoiceAdd"
    assert repr(one) == (
        "InvoiceAdd(customer=Ref(full_name='Kern Lighting'), lines=(InvoiceLineAdd(amount=Decimal('3.00')),))"
    )
    assert one.memo is None
    assert one.set_credits == ()
    assert one.unknown == ()
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.memo


def test_a_changed_copy_is_checked_too() -> None:
    one = InvoiceAdd(customer=CUSTOMER, ref_number="1001")

    assert dataclasses.replace(one, ref_number="1002").ref_number == "1002"
    with pytest.raises(BuildError):
        dataclasses.replace(one, ref_number="x" * 12)


def test_words_of_an_enumeration_may_be_plain() -> None:
    assert cast("Any", TxnVoidRq)(txn_void_type="Invoice", txn_id="1").txn_void_type is TxnVoidType.INVOICE


def test_answers_carry_both_parts_of_a_reference() -> None:
    assert SalesOrPurchase(account=BOTH).account == BOTH


def test_what_is_left_by_include_ret_element_may_lack_required_elements() -> None:
    ret = read_message(render_ret())
    assert isinstance(ret, InvoiceRet)

    left = ret.only("TxnID", "Subtotal", "NoSuchElement")

    assert render(left) == f"<InvoiceRet><TxnID>C5-1</TxnID><Subtotal>{ret.subtotal}</Subtotal></InvoiceRet>"
    with pytest.raises(MissingElement, match="InvoiceRet came without EditSequence") as caught:
        _ = left.edit_sequence
    assert isinstance(caught.value, QbxmlError)
    assert getattr(left, "edit_sequence", None) is None
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        cast("Any", left).colour  # noqa: B018


def render_ret() -> str:
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    ret = InvoiceRet(
        txn_id="C5-1",
        time_created=moment,
        time_modified=moment,
        edit_sequence="1",
        customer=BOTH,
        txn_date=date(2026, 3, 1),
        subtotal=Decimal("10.00"),
    )
    return render(ret)


def test_a_macro_stands_for_an_id() -> None:
    credit = SetCredit(credit_txn_id=UseMacro("TxnID:first"), applied_amount=Decimal(5))

    assert render(credit) == (
        '<SetCredit><CreditTxnID useMacro="TxnID:first"/><AppliedAmount>5.00</AppliedAmount></SetCredit>'
    )


def test_an_aggregate_is_wrapped_in_its_request() -> None:
    add = InvoiceAdd(customer=CUSTOMER)

    assert request_for(add, request_id="7") == InvoiceAddRq(invoice_add=add, request_id="7")
    with pytest.raises(TypeError, match="no request carries Ref"):
        request_for(CUSTOMER)


def test_text_is_written_in_pure_ascii() -> None:
    line = InvoiceLineAdd(desc='1 < 2 & "é" €\n\tend')

    assert render(line) == '<InvoiceLineAdd><Desc>1 &lt; 2 &amp; "&#233;" &#8364;\n\tend</Desc></InvoiceLineAdd>'
    written = render(InvoiceAddRq(invoice_add=InvoiceAdd(customer=CUSTOMER), request_id='"é"\n<'))
    assert 'requestID="&quot;&#233;&quot;&#10;&lt;"' in written


def test_an_empty_text_is_written_because_it_clears_the_field() -> None:
    assert render(InvoiceLineAdd(desc="")) == "<InvoiceLineAdd><Desc></Desc></InvoiceLineAdd>"


def test_an_element_that_an_older_level_lacks_is_refused() -> None:
    line = InvoiceLineAdd(inventory_site_location=CUSTOMER)

    with pytest.raises(VersionError, match=r"InvoiceLineAdd\.inventory_site_location came with qbXML 12\.0; 11\.0"):
        render(line, level=Version(11, 0))
    assert render(line, level=Version(12, 0))
    with pytest.raises(VersionError, match=r"TxnVoidRq came with qbXML 1\.1"):
        render(TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id="1"), level=Version(1, 0))


def test_an_element_that_may_be_dropped_stays_away_from_an_older_level() -> None:
    request = InvoiceAddRq(invoice_add=InvoiceAdd(customer=CUSTOMER), include_ret_elements=("TxnID",))

    assert "<IncludeRetElement>TxnID</IncludeRetElement>" in render(request)
    assert "IncludeRetElement" not in render(request, level=Version(3, 0))


def test_a_wrong_declaration_fails_when_the_class_is_first_used() -> None:
    class WithChoice(Aggregate):
        """A choice of a field that is not there."""

        name: str | None = element("Name", default=None)
        choices = (at_most_one("name", "nothing"),)

    class WithTags(Aggregate):
        """More tags than classes."""

        bar_code: BarCode | None = element("BarCode", "QrCode", default=None)

    class WithFloat(Aggregate):
        """Money is never a float."""

        amount: float = element("Amount")

    for cls, said in (
        (WithChoice, "no such field in a choice: nothing"),
        (WithTags, "2 tags for 1 classes"),
        (WithFloat, "not a leaf type"),
    ):
        for _ in range(2):
            with pytest.raises(TypeError, match=said):
                _ = cls._plan


def test_line_groups_of_one_form_do_not_fit_another() -> None:
    group = InvoiceLineGroupAdd(item_group=CUSTOMER)
    assert InvoiceAdd(customer=CUSTOMER, lines=(group,)).lines == (group,)
    assert group != EstimateLineGroupAdd(item_group=CUSTOMER)


@pytest.mark.parametrize(
    ("call", "path", "rule"),
    [
        (Ref, "Ref", "empty_reference"),
        (lambda: Ref(list_id=None), "Ref", "empty_reference"),
        (lambda: InvoiceQueryRq(iterator=IteratorStep.START), "InvoiceQueryRq.iterator", "needs"),
        (lambda: InvoiceQueryRq(iterator=IteratorStep.START, txn_ids=("1-2",)), "InvoiceQueryRq.iterator", "needs"),
        (lambda: InvoiceQueryRq(iterator=IteratorStep.CONTINUE, max_returned=5), "InvoiceQueryRq.iterator", "needs"),
        (lambda: InvoiceQueryRq(iterator=IteratorStep.CONTINUE, iterator_id="x"), "InvoiceQueryRq.iterator", "needs"),
        (lambda: InvoiceQueryRq(iterator=IteratorStep.STOP), "InvoiceQueryRq.iterator", "needs"),
        (lambda: InvoiceQueryRq(iterator_id="x"), "InvoiceQueryRq.iterator_id", "needs"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], path: str, rule: str) -> None:
    with pytest.raises(BuildError) as refusal:
        call()
    assert (refusal.value.path, refusal.value.rule) == (path, rule)


def test_the_pages_of_a_query() -> None:
    first = InvoiceQueryRq(iterator=IteratorStep.START, max_returned=5)
    second = InvoiceQueryRq(iterator=IteratorStep.CONTINUE, iterator_id="{x}", max_returned=5)
    last = InvoiceQueryRq(iterator=IteratorStep.STOP, iterator_id="{x}")
    for query in (first, second, last):
        assert read_message(render(query)) == query
