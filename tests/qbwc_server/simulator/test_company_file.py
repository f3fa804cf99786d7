"""Sessions, message sets, error recovery and faults of a simulated company file."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.simulator.company_file import CompanyFile, QuickBooksCrashed
from qbwc_server.simulator.documents import as_stored
from qbwc_server.simulator.faults import (
    CrashAfter,
    CrashBefore,
    CrashDuring,
    FaultPlan,
    Fine,
    FineOpen,
    InternalError,
    Locked,
    RefuseToOpen,
    RefuseToProcess,
    Slow,
    TruncatedAnswer,
)
from qbwc_server.simulator.hresult_error import HResultError
from qbwc_server.simulator.switches import ErrorRecovery, Switches
from qbwc_server.simulator.transactions import shown_lines
from qbxml.answers import read_answers
from qbxml.envelope import OnError, ResponseData
from qbxml.errors import ParseError
from qbxml.message import IteratorStep
from qbxml.messages import request_for
from qbxml.messages.company import CompanyQueryRq
from qbxml.messages.customer import CustomerAdd, CustomerQueryRq
from qbxml.messages.invoice import InvoiceQueryRq
from qbxml.messages.receive_payment import AppliedToTxnAdd, ReceivePaymentAdd
from qbxml.messages.transaction import TxnDelRq, TxnDelType
from qbxml.outcome import Outcome
from qbxml.status import status
from qbxml.values import UseMacro

from .asking import Clock, ask, ask_all, clock_of, company, document, done, invoice, line, name, read

OWNER = UUID("90a44fb7-33d9-4815-ac85-ac86a7e7d1eb")
FILE_ID = UUID("d9e6b8a0-0000-4000-8000-000000000001")


@pytest.fixture
def books() -> CompanyFile:
    return company()


# -- sessions --------------------------------------------------------------------------------------


def test_nothing_goes_without_a_session() -> None:
    closed = CompanyFile(now=Clock())
    with pytest.raises(HResultError, match="0x80040408"):
        closed.process(document(InvoiceQueryRq()))
    with pytest.raises(HResultError, match="0x80040408"):
        closed.hcp_response(OWNER)


def test_only_the_file_that_is_open_can_be_asked_for(books: CompanyFile) -> None:
    books.open(books.path.upper())
    with pytest.raises(HResultError) as caught:
        books.open("C:\\elsewhere\\other.qbw")
    assert caught.value.hresult == "0x8004040A"


def test_the_first_answer_tells_host_company_and_file_id(books: CompanyFile) -> None:
    books.register(OWNER, FILE_ID)
    host, about, preferences = read(books.hcp_response(OWNER))
    assert [one.request_id for one in (host, about, preferences)] == ["0", "1", "2"]
    assert host.ret.major_version == "25"
    fields = {ext.data_ext_name: ext.data_ext_value for ext in about.ret.data_ext_rets}
    assert fields["FileID"] == "{" + str(FILE_ID) + "}"
    assert fields["AppLock"].startswith("LOCKED:OFFICE-PC:")
    assert preferences.ret.current_app_access_rights is not None
    _, stranger, _ = read(books.hcp_response(UUID(int=7)))
    assert stranger.ret.data_ext_rets == ()


def test_country_and_level_are_those_of_the_switches(books: CompanyFile) -> None:
    assert (books.country, books.major, books.minor) == ("US", 13, 0)
    newer = company(switches=Switches(versions=("13.0", "CA3.0", "16.0")))
    assert (newer.major, newer.minor) == (16, 0)


# -- message sets ----------------------------------------------------------------------------------


def test_stop_on_error_leaves_the_rest_unprocessed(books: CompanyFile) -> None:
    got = ask_all(books, invoice(), invoice(customer="Nobody"), invoice(), InvoiceQueryRq(), on_error=OnError.STOP)
    assert [one.code for one in got] == [0, 3140, 3231, 3231]
    assert got[2].message == "The request has not been processed."
    assert len(books.invoices) == 1


def test_a_warning_does_not_stop(books: CompanyFile) -> None:
    got = ask_all(books, InvoiceQueryRq(txn_ids=("X-1",)), invoice(), on_error=OnError.STOP)
    assert [one.code for one in got] == [500, 0]


def test_status_only(books: CompanyFile) -> None:
    got = ask_all(books, invoice(), CustomerQueryRq(), response_data=ResponseData.NONE)
    assert [(one.code, one.rets) for one in got] == [(0, []), (0, [])]


def test_request_ids_come_back_and_quotes_are_escaped(books: CompanyFile) -> None:
    got = ask(books, request_for(invoice(customer='No "one" & <none>'), request_id='a"b'))
    assert got.request_id == 'a"b'
    assert 'Customer "No "one" & <none>" in' in got.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<RefNumber>", "<RefNumber>123456789012"),  # too long
        ("<TxnDate>2026-03-01</TxnDate>", "<TxnDate>1.3.2026</TxnDate>"),
        ("<InvoiceAdd>", "<InvoiceAdd><Nonsense>1</Nonsense>"),
        ("</CustomerRef>", "</CustomerRef><CustomerRef><FullName>x</FullName></CustomerRef>"),
        ("Kern Lighting", "Kern & Lighting"),
        ('version="13.0"', 'version="16.0"'),
        ("<Amount>100.00<", "<Amount>97.5<"),
    ],
)
def test_a_set_that_cannot_be_parsed_is_refused_as_a_whole(books: CompanyFile, before: str, after: str) -> None:
    good, bad = document(invoice(), invoice(ref_number="5")), document(invoice(ref_number="5"))
    assert before in bad
    bad = bad.replace(before, after)
    second = bad[bad.index("<InvoiceAddRq>") : bad.index("</QBXMLMsgsRq>")]
    two = good.replace("</QBXMLMsgsRq>", f"{second}</QBXMLMsgsRq>")
    if "version" in before:
        two = bad
    with pytest.raises(HResultError) as caught:
        books.process(two)
    assert caught.value.hresult == "0x80040400"
    assert books.executed_writes == 0
    assert books.invoices == []


def test_the_switch_executes_what_stands_before_the_mistake() -> None:
    books = company(switches=Switches(unparsable_executes_prefix=True))
    text = document(invoice(), invoice(), invoice())
    at = text.rindex("<TxnDate>")
    for bad in (text[:at] + "<Nonsense/>" + text[at:], text[:at] + "&" + text[at:]):
        before = len(books.invoices)
        with pytest.raises(HResultError):
            books.process(bad)
        assert len(books.invoices) - before == 2


def test_macros_stand_for_ids_of_the_same_set(books: CompanyFile) -> None:
    made, paid = ask_all(
        books,
        invoice(def_macro="TxnID:first"),
        ReceivePaymentAdd(
            customer=name("Kern Lighting"),
            total_amount=Decimal("100.00"),
            applied_to_txn_adds=(AppliedToTxnAdd(txn_id=UseMacro("TxnID:first"), payment_amount=Decimal("100.00")),),
        ),
    )
    assert paid.ret.applied_to_txn_rets[0].txn_id == made.ret.txn_id
    later = ReceivePaymentAdd(
        customer=name("Kern Lighting"),
        total_amount=Decimal("1.00"),
        applied_to_txn_adds=(AppliedToTxnAdd(txn_id=UseMacro("TxnID:first"), payment_amount=Decimal("1.00")),),
    )
    assert ask(books, later).code == 9102


def test_what_windows_1252_lacks_becomes_a_question_mark() -> None:
    assert as_stored("a é €") == "a é €"
    assert as_stored("漢&#28450;&#x6F22;&#233;&#38;&#9;") == "???&#233;&#38;&#9;"


# -- error recovery --------------------------------------------------------------------------------


def sent(books: CompanyFile, text: str) -> tuple[int | None, list[Any]]:
    """Code of the set and its answers."""
    answer = books.process(text)
    return read_answers(answer).message_set_status_code, read(answer)


def test_a_stored_set_is_not_executed_again(books: CompanyFile) -> None:
    text = document(invoice(), invoice(customer="Nobody"), new_message_set_id="set-1")
    code, first = sent(books, text)
    assert (code, first[0].code, first[0].recovery) == (0, 0, None)
    code, again = sent(books, text)
    assert (code, [one.code for one in again], again[0].rets) == (0, [0, 3140], [])
    made = first[0].ret
    recovery = again[0].recovery
    assert (recovery.txn_id, recovery.edit_sequence, recovery.txn_number) == (
        made.txn_id,
        made.edit_sequence,
        made.txn_number,
    )
    assert len(books.invoices) == 1


def test_full_answers_come_back_if_the_switch_says_so() -> None:
    books = company(switches=Switches(error_recovery=ErrorRecovery.FULL))
    text = document(invoice(), new_message_set_id="set-1")
    assert sent(books, text)[1][0].ret == sent(books, text)[1][0].ret
    off = company(switches=Switches(error_recovery=ErrorRecovery.OFF))
    assert [sent(off, text)[0] for _ in range(2)] == [None, None]
    assert len(off.invoices) == 2


def test_probes_never_execute(books: CompanyFile) -> None:
    probe = document(new_message_set_id="set-1", old_message_set_id="set-1")
    assert sent(books, probe) == (9002, [])
    sent(books, document(CustomerAdd(name="New One"), new_message_set_id="set-1"))
    code, answers = sent(books, probe)
    assert (code, answers[0].tag, answers[0].recovery.list_id) == (0, "CustomerAddRs", books.customers[-1].list_id)
    books.switches = Switches(unknown_probe_code=600)
    other = document(new_message_set_id="set-2", old_message_set_id="set-2")
    assert sent(books, other) == (600, [])


def test_other_requests_under_a_stored_id_are_refused(books: CompanyFile) -> None:
    sent(books, document(invoice(), new_message_set_id="set-1"))
    assert sent(books, document(invoice(), invoice(), new_message_set_id="set-1")) == (9001, [])
    assert len(books.invoices) == 1


def test_clearing(books: CompanyFile) -> None:
    clear = document(old_message_set_id="set-1")
    assert sent(books, clear) == (600, [])
    text = document(invoice(), new_message_set_id="set-1")
    sent(books, text)
    assert sent(books, clear) == (0, [])
    assert sent(books, text)[1][0].ret.txn_id != books.invoices[0].txn_id
    assert sent(books, document(old_message_set_id="ClearAllMessageSets")) == (0, [])
    assert sent(books, clear) == (600, [])


def test_only_the_newest_set_is_remembered(books: CompanyFile) -> None:
    first = document(invoice(), new_message_set_id="set-1")
    sent(books, first)
    sent(books, document(invoice(), new_message_set_id="set-2", old_message_set_id="set-1"))
    sent(books, first)
    assert len(books.invoices) == 3


def test_an_id_that_is_too_long_executes_nothing(books: CompanyFile) -> None:
    text = document(invoice(), new_message_set_id="set-1").replace('"set-1"', f'"{"x" * 24}"')
    assert sent(books, text) == (9004, [])
    assert books.invoices == []


def test_the_memory_of_another_file_is_empty(books: CompanyFile) -> None:
    sent(books, document(invoice(), new_message_set_id="set-1"))
    other = books.other_file()
    other.open()
    assert sent(other, document(old_message_set_id="set-1")) == (600, [])


# -- faults ----------------------------------------------------------------------------------------


def test_opening_can_be_refused_and_processing_waits_for_its_own_faults(books: CompanyFile) -> None:
    books.faults.add(RefuseToOpen("0x80040416", "not running"), FineOpen(), CrashBefore())
    assert ask(books, invoice()).code == 0
    with pytest.raises(HResultError) as caught:
        books.open()
    assert (caught.value.hresult, caught.value.message) == ("0x80040416", "not running")
    books.open()
    with pytest.raises(QuickBooksCrashed):
        books.process(document(invoice()))
    assert len(books.invoices) == 1
    assert len(books.faults) == 0


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        (CrashBefore(), 0),
        (CrashDuring(after=2), 2),
        (CrashDuring(after=9), 4),
        (CrashAfter(), 4),
    ],
)
def test_what_was_done_before_a_crash_stays_done(books: CompanyFile, fault: Any, written: int) -> None:
    books.faults.add(fault)
    text = document(invoice(), invoice(), invoice(), invoice(), new_message_set_id="set-1")
    with pytest.raises(QuickBooksCrashed) as caught:
        books.process(text)
    assert caught.value.hresult == "0x80040402"
    assert len(books.invoices) == books.executed_writes == written
    with pytest.raises(HResultError, match="0x80040408"):
        books.process(text)
    books.open()
    remembered = isinstance(fault, CrashAfter)
    books.process(text)
    assert len(books.invoices) == written + (0 if remembered else 4)


def test_a_set_that_was_not_remembered_is_executed_again(books: CompanyFile) -> None:
    books.faults.add(CrashAfter(remembered=False))
    text = document(invoice(), new_message_set_id="set-1")
    with pytest.raises(QuickBooksCrashed):
        books.process(text)
    books.open()
    books.process(text)
    assert len(books.invoices) == 2


def test_a_crash_ends_iterators(books: CompanyFile) -> None:
    first = ask(books, CustomerQueryRq(iterator=IteratorStep.START, max_returned=2))
    books.faults.add(CrashBefore())
    with pytest.raises(QuickBooksCrashed):
        books.process(document(InvoiceQueryRq()))
    books.open()
    step = CustomerQueryRq(iterator=IteratorStep.CONTINUE, iterator_id=first.iterator_id, max_returned=2)
    assert ask(books, step).code == 3391


@pytest.mark.parametrize("code", [3175, 3176, 3180])
def test_a_lock_is_worth_another_try(books: CompanyFile, code: int) -> None:
    books.faults.add(Locked(code=code, requests=2))
    got = ask_all(books, InvoiceQueryRq(), invoice(), invoice(), invoice())
    assert [one.code for one in got] == [1, code, code, 0]
    assert status(code, got[1].message).outcome is Outcome.TRY_AGAIN
    books.faults.add(Locked(code=code, requests=None))
    assert [one.code for one in ask_all(books, invoice(), invoice())] == [code, code]
    assert ask(books, invoice()).code == 0
    assert len(books.invoices) == 2


def test_other_refusals_under_the_same_code_are_not_taken_for_locks(books: CompanyFile) -> None:
    got = ask(books, invoice(is_to_be_emailed=True, customer="Web Shop Customers"))
    assert got.code == 3180
    assert status(3180, got.message).outcome is not Outcome.TRY_AGAIN


def test_a_truncated_answer_breaks_off_after_the_work_is_done(books: CompanyFile) -> None:
    books.faults.add(TruncatedAnswer(share=0.6))
    text = books.process(document(*[invoice() for _ in range(10)]))
    whole = []
    with pytest.raises(ParseError):
        for answer in read_answers(text):
            whole.append(list(answer.rets))
    assert len(books.invoices) == 10
    assert 0 < len(whole) < 10


@pytest.mark.parametrize("executed", [True, False])
def test_an_internal_error_does_not_say_whether_it_was_done(books: CompanyFile, executed: bool) -> None:
    books.faults.add(InternalError(request=1, executed=executed))
    got = ask_all(books, invoice(ref_number="1"), InvoiceQueryRq(), invoice(ref_number="2"), invoice(ref_number="3"))
    assert [one.code for one in got] == [0, 0, 1000, 0]
    assert got[2].rets == []
    assert [txn.ref_number for txn in books.invoices] == (["1", "2", "3"] if executed else ["1", "3"])


def test_slow_execution_passes_its_seconds_on() -> None:
    waited: list[float] = []
    slow = CompanyFile(now=Clock(), faults=FaultPlan([Fine(), Slow(40)]), sleep=waited.append)
    slow.open()
    ask(slow, CompanyQueryRq())
    assert waited == []
    ask(slow, CompanyQueryRq())
    assert waited == [40]


def test_random_plans_repeat_with_their_seed() -> None:
    plans = [list(FaultPlan.random(seed, 50, chance=0.5).faults) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]
    kinds = {type(fault) for seed in range(20) for fault in FaultPlan.random(seed, 50, chance=0.9).faults}
    assert {CrashBefore, CrashDuring, CrashAfter, Locked, TruncatedAnswer, InternalError, RefuseToOpen} <= kinds


# -- the same and other files ----------------------------------------------------------------------


def test_the_clock_of_the_pc_may_be_wrong(books: CompanyFile) -> None:
    books.clock_offset = timedelta(minutes=-90)
    made = done(books, invoice())
    assert made.time_created == clock_of(books).time - timedelta(minutes=90)
    assert made.edit_sequence == str(int(made.time_created.timestamp()))


def test_the_same_requests_at_the_same_times_give_the_same_ids() -> None:
    answers = []
    for _ in range(2):
        twin = company(now=Clock(datetime(2026, 1, 5, tzinfo=UTC)))
        answers.append([twin.process(document(CustomerAdd(name="A"), invoice())) for _ in range(2)])
    assert answers[0] == answers[1]


def test_counters_of_what_was_executed(books: CompanyFile) -> None:
    made = ask_all(books, invoice(), invoice(customer="Nobody"), InvoiceQueryRq())[0].ret
    assert (books.executed_writes, books.executed_sets) == (1, 1)
    ask(books, TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id))
    assert (books.executed_writes, books.executed_sets) == (2, 2)


def test_looking_inside(books: CompanyFile) -> None:
    done(books, invoice(line("Grinder", quantity="2"), memo="m", ref_number="R-1"))
    txn = books.invoices[0]
    assert (txn.customer, txn.ref_number, txn.memo, txn.total) == ("Kern Lighting", "R-1", "m", Decimal("158.00"))
    (one,) = shown_lines(txn)
    assert (one.item, one.quantity, one.amount) == ("Grinder", Decimal(2), Decimal("158.00"))
    assert txn.is_void is False


def test_processing_can_be_refused_without_a_crash(books: CompanyFile) -> None:
    books.faults.add(RefuseToProcess("0x80040401"))
    with pytest.raises(HResultError, match="0x80040401"):
        books.process(document(invoice()))
    assert books.invoices == []
    assert ask(books, invoice()).code == 0
