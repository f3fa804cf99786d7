"""Which company file is written to: at first contact, when a person has accepted one, and when that was a mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.wrong_file import refuse_file
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.errors import Invalid
from qbwc_server.posting.people.resume import resume
from qbwc_server.simulator import Pc, UpdateReport, WebConnector
from qbwc_server.simulator.company_file import CompanyFile
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.wire import Wire
from tests.sessions.world import BY, World, invoice


@pytest.fixture
def stranger(world: World) -> CompanyFile:
    """Another client's company file, in which no .qwc file of ours was ever added."""
    return world.books.other_file("Lamb & Sons")


@pytest.fixture
def unmarked(world: World) -> CompanyFile:
    """The right company file under a Web Connector that leaves no FileID in it, or does not tell of it."""
    world.books = CompanyFile("Kern Lighting", now=world.clock)
    world.connector = world.new_connector(world.books)
    return world.books


@pytest.fixture
def wire(world: World) -> Wire:
    """A Web Connector call by call."""
    return Wire(world)


def updates(world: World, connector: WebConnector, rounds: int = 3) -> UpdateReport:
    """Several sessions; the last one's end."""
    for _ in range(rounds):
        world.clock.advance(minutes=10)
        report = connector.update()
    return report


def standing(world: World) -> list[HoldKind]:
    with world.database.reading() as db:
        return [hold.kind for hold in holds_of(db, world.company(db).id)]


def known_name(world: World) -> str | None:
    with world.database.reading() as db:
        facts = db.get(CompanyFacts, world.company(db).id)
        return None if facts is None else facts.company_name


def accept(world: World, name: str) -> None:
    with world.database.transaction() as db:
        resume(
            db,
            world.company(db),
            repost=False,
            by=BY,
            now=world.clock(),
            hold=HoldKind.OTHER_FILE,
            accept_file=name,
        )


def refuse(world: World, name: str) -> bool:
    with world.database.transaction() as db:
        return refuse_file(db, world.company(db), name, by=BY, now=world.clock()).new_qwc


def new_qwc_is_added(world: World, books: CompanyFile) -> None:
    """A person downloads the .qwc file again and adds it while this company file is open."""
    with world.database.reading() as db:
        login = world.login(db)
        owner, file = login.owner_id, login.file_id
    books.register(UUID(owner), UUID(file))


def test_the_wrong_file_is_open_at_the_very_first_update(world: World, stranger: CompanyFile) -> None:
    world.hand_in(invoice("i-1", number="1"))
    before = stranger.backup()
    report = updates(world, world.new_connector(stranger))
    assert not report.ok
    assert "Lamb & Sons" in report.status_line
    assert "Kern Lighting" in report.status_line
    assert stranger.executed_writes == 0
    assert (stranger.invoices, stranger.executed_sets) == ([], 0)
    assert before == stranger.backup()
    assert standing(world) == [HoldKind.OTHER_FILE]
    said = " ".join(world.report().lines())
    assert "Lamb & Sons" in said
    assert "Kern Lighting" in said
    assert "it bears no mark" in said
    assert not world.report().healthy
    assert known_name(world) is None
    quiet(world)  # the right file is opened: it goes on by itself
    assert world.row("i-1").state is State.POSTED
    assert standing(world) == []
    assert len(world.books.invoices) == 1


def test_the_right_file_bears_the_mark_of_the_qwc_and_is_taken_without_a_question(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    assert world.update().ok
    assert standing(world) == []
    assert world.row("i-1").state is State.POSTED


def test_the_mark_of_another_qwc_is_no_mark_of_ours(world: World, stranger: CompanyFile) -> None:
    stranger.register(world.owner_id, uuid4())
    world.hand_in(invoice("i-1", number="1"))
    report = updates(world, world.new_connector(stranger))
    assert "the mark of another .qwc file" in report.status_line
    assert stranger.executed_sets == 0


def test_a_file_that_never_bears_a_mark_is_used_once_a_person_has_accepted_it(
    world: World, unmarked: CompanyFile, stranger: CompanyFile
) -> None:
    world.hand_in(invoice("i-1", number="1"))
    updates(world, world.connector)
    assert unmarked.executed_sets == 0
    with pytest.raises(Invalid, match=r"Kern Lighting, not Lamb & Sons"):
        accept(world, "Lamb & Sons")
    accept(world, " kern  lighting ")
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    world.hand_in(invoice("i-2", number="2"))
    report = updates(world, world.new_connector(stranger))
    assert "until now that was Kern Lighting" in report.status_line
    assert stranger.executed_sets == 0
    quiet(world)
    assert [world.row("i-2").state, standing(world)] == [State.POSTED, []]


def test_what_is_accepted_is_the_file_that_was_seen_last(
    world: World, unmarked: CompanyFile, stranger: CompanyFile
) -> None:
    updates(world, world.connector, 1)
    updates(world, world.new_connector(stranger), 1)
    with pytest.raises(Invalid, match="Lamb & Sons, not Kern Lighting"):
        accept(world, "Kern Lighting")
    assert standing(world) == [HoldKind.OTHER_FILE]


def test_a_file_of_the_same_company_under_another_name_is_not_the_one_that_was_accepted(
    world: World, unmarked: CompanyFile
) -> None:
    world.hand_in(invoice("i-1", number="1"))
    updates(world, world.connector, 1)
    accept(world, "Kern Lighting")
    quiet(world)
    archive = CompanyFile("Kern Lighting", path="D:\\Archive\\Kern 2019.qbw", now=world.clock)
    world.hand_in(invoice("i-2", number="2"))
    report = updates(world, world.new_connector(archive))
    assert "another Kern Lighting (D:\\Archive\\Kern 2019.qbw)" in report.status_line
    assert archive.executed_sets == 0
    unmarked.path = "\\\\OFFICE\\Books\\KERN LIGHTING.QBW"  # another PC calls the folder otherwise
    quiet(world)
    assert world.row("i-2").state is State.POSTED


def test_a_file_that_was_accepted_without_a_mark_may_get_it(world: World, unmarked: CompanyFile) -> None:
    updates(world, world.connector, 1)
    accept(world, "Kern Lighting")
    updates(world, world.connector, 1)
    unmarked.register(world.owner_id, world.file_id)
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert world.row("i-1").state is State.POSTED


def test_a_person_was_mistaken_and_takes_it_back(world: World, stranger: CompanyFile) -> None:
    world.hand_in(invoice("i-1", number="1"))
    wrong = world.new_connector(stranger)
    updates(world, wrong, 1)
    accept(world, "Lamb & Sons")
    updates(world, wrong)
    assert world.row("i-1").state is State.POSTED  # in the wrong books
    world.hand_in(invoice("i-2", number="2"))
    report = updates(world, world.connector, 1)
    assert "Kern Lighting open" in report.status_line  # the right file alone does not undo what a person said
    with pytest.raises(Invalid, match="Lamb & Sons, not Kern"):
        refuse(world, "Kern")
    assert refuse(world, "lamb & sons") is False
    writes = stranger.executed_writes
    updates(world, wrong)
    assert stranger.executed_writes == writes
    report = updates(world, world.connector, 1)
    assert HoldKind.OTHER_FILE not in standing(world)
    assert standing(world) == [HoldKind.RESTORED_BACKUP]  # what was posted is not in the right books
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=True, by=BY, now=world.clock())
    quiet(world)
    assert sorted(str(one.ref_number) for one in world.books.invoices) == ["1", "2"]


def test_it_is_taken_back_while_a_session_is_writing(world: World, stranger: CompanyFile) -> None:
    world.hand_in(invoice("i-1", number="1"))
    updates(world, world.new_connector(stranger), 1)
    accept(world, "Lamb & Sons")
    pc = Pc(stranger)

    def thinks_again() -> None:
        refuse(world, "Lamb & Sons")

    pc.before_a_set = thinks_again
    updates(world, world.new_connector(pc))
    assert stranger.executed_writes == 0
    assert standing(world) == [HoldKind.OTHER_FILE]


def test_the_qwc_was_added_while_the_wrong_file_was_open(world: World, stranger: CompanyFile) -> None:
    stranger.register(world.owner_id, world.file_id)
    right = CompanyFile("Kern Lighting", now=world.clock)
    wrong = world.new_connector(stranger)
    world.hand_in(invoice("i-1", number="1"))
    updates(world, wrong, 1)
    assert refuse(world, "Lamb & Sons") is True
    writes = stranger.executed_writes
    world.hand_in(invoice("i-2", number="2"))
    updates(world, wrong)
    assert stranger.executed_writes == writes  # the old mark is no mark of ours any more
    new_qwc_is_added(world, right)
    world.books, world.connector = right, world.new_connector(right)
    world.update()
    assert HoldKind.OTHER_FILE not in standing(world)
    assert known_name(world) == "Kern Lighting"


def test_the_qwc_was_added_once_more_while_the_wrong_file_was_open(world: World, stranger: CompanyFile) -> None:
    world.update()
    assert known_name(world) == "Kern Lighting"
    stranger.register(world.owner_id, world.file_id)
    world.hand_in(invoice("i-1", number="1"))
    report = updates(world, world.new_connector(stranger))
    assert "Lamb & Sons open" in report.status_line
    assert stranger.executed_sets == 0
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 1


def test_what_was_refused_by_mistake_is_accepted_again(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert refuse(world, "Kern Lighting") is True
    with pytest.raises(NotNow):
        refuse(world, "Kern Lighting")
    world.hand_in(invoice("i-2", number="2"))
    updates(world, world.connector)
    assert world.row("i-2").state is State.SUBMITTED
    accept(world, "Kern Lighting")
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert len(world.books.invoices) == 2


def _blank(hcp: str) -> str:
    return ""


def _no_company(hcp: str) -> str:
    return re.sub("<CompanyQueryRs .*</CompanyQueryRs>", "", hcp, flags=re.DOTALL)


def _nameless(hcp: str) -> str:
    hcp = re.sub("<CompanyName>.*?</CompanyName>", "<CompanyName></CompanyName>", hcp)
    return re.sub("<DataExtRet>.*?</DataExtRet>", "", hcp, flags=re.DOTALL)


def _unmarked(hcp: str) -> str:
    return re.sub("<DataExtRet>.*?</DataExtRet>", "", hcp, flags=re.DOTALL)


def _unnamed_but_marked(hcp: str) -> str:
    return re.sub("<CompanyName>.*?</CompanyName>", "", hcp)


@pytest.mark.parametrize("told", [_nameless, _unmarked])
@pytest.mark.parametrize("file", ["", "C:\\Books\\Kern.qbw"])
def test_nothing_leaves_while_it_is_not_known_which_file_is_open(
    wire: Wire, told: Callable[[str], str], file: str
) -> None:
    wire.world.hand_in(invoice("i-1"))
    wire.world.books.open()
    hcp = wire.world.books.hcp_response(wire.world.owner_id)
    for _ in range(2):
        ticket = wire.login()
        assert wire.send(ticket, told(hcp), file) == ""
        assert "Kern" in wire.last_error(ticket) or "description of the company file" in wire.last_error(ticket)
        wire.close(ticket)
        wire.world.clock.advance(minutes=10)
    assert wire.world.row("i-1").state is State.SUBMITTED
    wire.world.books.close()
    quiet(wire.world)
    assert wire.world.row("i-1").state is State.POSTED


def asked(wire: Wire, told: Callable[[str], str] = _blank) -> tuple[str, str]:
    """A session whose first call described no company: its ticket, and what the server asks then."""
    ticket = wire.login()
    wire.world.books.open()
    hcp = told(wire.world.books.hcp_response(wire.world.owner_id))
    wire.world.books.close()
    question = wire.send(ticket, hcp, "")
    assert re.findall(r"<(\w+Query)Rq ", question) == ["HostQuery", "CompanyQuery", "PreferencesQuery"]
    return ticket, question


@pytest.mark.parametrize("told", [_blank, lambda _: " \n", lambda _: "<QBXML><QBXMLMsgsRs/></QBXML>", _no_company])
def test_where_nothing_is_told_of_the_company_the_server_asks(wire: Wire, told: Callable[[str], str]) -> None:
    wire.world.hand_in(invoice("i-1"))
    for _ in range(2):  # at first contact, and later
        ticket, question = asked(wire, told)
        assert 0 < wire.receive(ticket, wire.quickbooks(question)) < 100
        assert known_name(wire.world) == "Kern Lighting"
        done = 0
        while done < 100:
            done = wire.receive(ticket, wire.quickbooks(wire.send(ticket, "")))
        wire.close(ticket)
        wire.world.hand_in(invoice("i-2"))
    assert [row.state for row in wire.world.rows(["i-1", "i-2"])] == [State.POSTED, State.POSTED]
    assert len(wire.world.books.invoices) == 2


def test_what_is_answered_then_is_judged_as_always(wire: Wire, unmarked: CompanyFile) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket, question = asked(wire)
    assert wire.receive(ticket, wire.quickbooks(question)) < 0
    assert "bears no mark" in wire.last_error(ticket)
    assert wire.send(ticket, "") == ""
    assert standing(wire.world) == [HoldKind.OTHER_FILE]
    wire.close(ticket)
    accept(wire.world, "Kern Lighting")
    ticket, question = asked(wire)
    assert wire.receive(ticket, wire.quickbooks(question)) > 0


@pytest.mark.parametrize("answer", ["", "<html/>", "<QBXML><QBXMLMsgsRs/></QBXML>"])
def test_without_an_answer_nothing_leaves(wire: Wire, answer: str) -> None:
    wire.world.hand_in(invoice("i-1"))
    ticket, _ = asked(wire)
    assert wire.receive(ticket, answer) < 0
    assert "description of the company file could not be read" in wire.last_error(ticket)
    assert wire.send(ticket, "") == ""
    wire.close(ticket)
    assert known_name(wire.world) is None
    assert wire.finish(wire.login())[-1] == 100
    assert wire.world.row("i-1").state is State.POSTED


def test_quickbooks_does_not_take_the_question(wire: Wire) -> None:
    ticket, _ = asked(wire)
    assert wire.receive(ticket, "", "0x80040400", "QuickBooks found an error when parsing the provided XML.") < 0
    assert "0x80040400" in wire.last_error(ticket)
    assert wire.send(ticket, "") == ""


def test_a_file_that_never_answers_is_not_asked_for_ever(wire: Wire) -> None:
    ticket, _ = asked(wire)
    assert wire.send(ticket, "") != ""
    assert wire.send(ticket, "") != ""
    assert wire.send(ticket, "") == ""
    assert "description of the company file" in wire.last_error(ticket)


def test_a_file_without_a_mark_and_a_name_is_accepted_by_the_name_of_the_file(wire: Wire) -> None:
    wire.world.hand_in(invoice("i-1"))
    wire.world.books.open()
    hcp = _nameless(wire.world.books.hcp_response(wire.world.owner_id))
    for accepted in (False, True):
        ticket = wire.login()
        assert bool(wire.send(ticket, hcp, "C:\\Books\\Kern.qbw")) is accepted
        wire.close(ticket)
        if not accepted:
            accept(wire.world, "kern.QBW")
        wire.world.clock.advance(minutes=10)


def test_the_mark_of_the_qwc_is_enough_where_the_company_has_no_name(wire: Wire) -> None:
    wire.world.books.open()
    hcp = _unnamed_but_marked(wire.world.books.hcp_response(wire.world.owner_id))
    wire.world.hand_in(invoice("i-1"))
    ticket = wire.login()
    assert wire.send(ticket, hcp, "") != ""


def test_the_qwc_files_of_two_companies_were_added_to_one_file(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    other = World(world.settings, world.clock, code="lamb", app=world.app)
    world.books.register(other.owner_id, other.file_id)  # Kern's books were open when Lamb's .qwc was added
    other.hand_in(invoice("i-9", number="9"))
    writes = world.books.executed_writes
    report = updates(world, other.new_connector(world.books))
    assert not report.ok
    assert "kern" in report.status_line
    assert "lamb" in report.status_line
    assert world.books.executed_writes == writes
    assert standing(other) == [HoldKind.OTHER_FILE]
    quiet(other)  # its own file is opened, and bears the mark too
    assert other.row("i-9").state is State.POSTED


def test_two_companies_may_share_a_file_if_a_person_says_so(world: World) -> None:
    quiet(world)
    other = World(world.settings, world.clock, code="lamb", app=world.app)
    world.books.register(other.owner_id, other.file_id)
    other.hand_in(invoice("i-9", number="9"))
    connector = other.new_connector(world.books)
    updates(other, connector, 1)
    accept(other, "Kern Lighting")
    updates(other, connector)
    assert other.row("i-9").state is State.POSTED
