"""PCs of an office: two at one company file, one that falls asleep, one whose clock is wrong."""

from datetime import timedelta
from uuid import UUID
from wsgiref.validate import validator

import pytest

from qbwc_server.simulator import FellAsleep, HResultError, Pc, WebConnector, WsgiTransport
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.faults import CrashBefore
from qbwc_server.simulator.scenarios import demo_company

from .asking import Clock, clock_of, document, invoice, read
from .scripted_server import ScriptedServer

OWNER = UUID("5f3b4a1c-0000-4000-8000-00000000a11c")
FILE = UUID("5f3b4a1c-0000-4000-8000-0000000000f1")


@pytest.fixture
def books() -> CompanyFile:
    return demo_company(now=Clock())


def connector(server: ScriptedServer, pc: Pc) -> WebConnector:
    return WebConnector(
        WsgiTransport(validator(server)), pc, user="kern", password="p&ss", owner_id=OWNER, sleep=lambda _: None
    )


def test_each_pc_has_a_session_of_its_own(books: CompanyFile) -> None:
    left, right = Pc(books), Pc(books)
    left.open("")
    with pytest.raises(HResultError):
        right.process(document(invoice()))
    right.open("")
    left.close()
    assert read(right.process(document(invoice())))[0].code == 0
    with pytest.raises(HResultError):
        left.process(document(invoice()))


def test_a_crash_on_one_pc_ends_its_session_only(books: CompanyFile) -> None:
    left, right = Pc(books), Pc(books)
    left.open("")
    right.open("")
    books.faults.add(CrashBefore())
    with pytest.raises(HResultError):
        left.process(document(invoice()))
    assert read(right.process(document(invoice())))[0].code == 0


def test_a_restored_copy_ends_the_sessions_of_all(books: CompanyFile) -> None:
    pcs = [Pc(books), Pc(books)]
    older = books.backup()
    for pc in pcs:
        pc.open("")
    books.restore(older)
    for pc in pcs:
        with pytest.raises(HResultError):
            pc.process(document(invoice()))


def test_times_are_those_of_the_pc_that_writes(books: CompanyFile) -> None:
    right, wrong = Pc(books), Pc(books, clock_offset=timedelta(days=-30))
    for pc in (right, wrong):
        pc.open("")
        pc.process(document(invoice()))
    now = clock_of(books)()
    assert [txn.time_created for txn in books.invoices] == [now, now - timedelta(days=30)]
    assert books.clock_offset == timedelta(0)


def test_the_file_that_is_open_gets_the_file_id(books: CompanyFile) -> None:
    other = books.other_file("Stranger")
    pc = Pc(books)
    pc.register(OWNER, FILE)
    pc.open_other(other)
    pc.open("")
    assert "Stranger" in pc.hcp_response(OWNER)
    assert str(FILE) not in pc.hcp_response(OWNER)
    pc.open_other(books)
    pc.open("")
    assert str(FILE) in pc.hcp_response(OWNER)


def test_what_happens_before_and_after_a_set_happens_once(books: CompanyFile) -> None:
    pc, seen = Pc(books), []
    pc.open("")
    pc.before_a_set = lambda: seen.append(len(books.invoices))
    pc.after_a_set = lambda: seen.append(len(books.invoices))
    pc.process(document(invoice()))
    pc.process(document(invoice()))
    assert seen == [0, 1]


def test_a_sleeping_pc_executes_its_set_when_it_wakes_up(books: CompanyFile) -> None:
    server = ScriptedServer({"sendRequestXML": [document(invoice())], "receiveResponseXML": [50, 100]})
    pc = Pc(books)
    sleeper = connector(server, pc)
    pc.fall_asleep()
    with pytest.raises(FellAsleep) as asleep:
        sleeper.update()
    assert asleep.value.report.calls[-1].operation == "sendRequestXML"
    assert books.invoices == []
    clock_of(books).forward(7200)
    (report,) = sleeper.wake()
    assert (report.ok, report.rounds, len(books.invoices)) == (True, 2, 2)
    assert books.invoices[0].time_created == clock_of(books)()
    assert sleeper.wake() == ()


def test_a_pc_that_wakes_up_after_a_restore_has_no_session_any_more(books: CompanyFile) -> None:
    server = ScriptedServer({"sendRequestXML": [document(invoice())], "receiveResponseXML": [-1]})
    pc = Pc(books)
    sleeper = connector(server, pc)
    pc.fall_asleep()
    older = books.backup()
    with pytest.raises(FellAsleep):
        sleeper.update()
    books.restore(older)
    (report,) = sleeper.wake()
    assert (report.ok, books.invoices) == (False, [])
    assert server.calls("receiveResponseXML")[0]["hresult"] == "0x80040408"
