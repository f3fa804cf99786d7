"""Every kind of document goes through every story of failure: nothing is doubled, lost, or said that is not so.

The kinds go through each story together, so that it costs one world for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from bench.soak.stage import keep, put_back
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import WorkKind, open_work
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.options import options_of
from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import LastWriting, Mark, Writing
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, CrashDuring, Fault
from qbwc_server.simulator.transactions import Transaction as Booked
from qbxml import read_answers, render
from tests.kinds_examples import example, furnish, needed, revision, unmarked
from tests.sessions.odd_quickbooks import by_hand, quickbooks_says, quiet
from tests.sessions.people import go_on, say
from tests.sessions.world import World, invoice, receipt

KINDS = tuple(TRANSACTIONS)
CHANGEABLE = tuple(kind for kind in KINDS if TRANSACTIONS[kind].mod_message is not None)
TOLD_WHEN_DELETED = tuple(kind for kind in KINDS if TRANSACTIONS[kind].deleted_type is not None)
VOIDABLE = tuple(kind for kind in KINDS if TRANSACTIONS[kind].voidable)
GUID = UUID("6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f")
WRITES = re.compile(r"<(\w+(Add|Mod)|TxnVoid)Rq ")
Found = dict[str, object]


class Kinds:
    """One document of each kind, in a company file in which what they wait for is posted already."""

    def __init__(self, world: World) -> None:
        self.world, self.person = world, Bookkeeper(world.books)
        furnish(world.books)
        self.documents = {kind: example(kind) for kind in KINDS}
        world.hand_in(*needed(*self.documents.values()))
        quiet(world)
        self.before = {txn.txn_id for txn in world.books.transactions}

    # what happens

    def hand_in(self) -> None:
        """Bring them."""
        self.world.hand_in(*self.documents.values())

    def post(self) -> None:
        """Bring them, and let them be posted."""
        self.hand_in()
        quiet(self.world)
        assert self.states() == everywhere("posted")

    def revise(self) -> None:
        """Bring another content of each that can be changed."""
        self.documents |= {kind: revision(kind) for kind in CHANGEABLE}
        self.world.hand_in(*(self.documents[kind] for kind in CHANGEABLE), revise=True)

    def void(self) -> None:
        """Have those voided that QuickBooks voids."""
        for kind in VOIDABLE:
            self.world.void(self.documents[kind].origin)

    def break_off(self, crash: Fault) -> None:
        """QuickBooks dies over the first set that writes."""

        def respond(request: str, quickbooks: Callable[[str], str]) -> str:
            if WRITES.search(request) and not broken:
                broken.append(request)
                self.world.books.faults.add(crash)
            return quickbooks(request)

        broken: list[str] = []
        undo = quickbooks_says(self.world, respond)
        self.world.update()
        undo()
        assert broken

    def restore(self, copy: bytes) -> None:
        """Another copy of the file is opened, and noticed; what it lacks is to be entered again."""
        self.world.books.restore(copy)
        self.world.hand_in(invoice(f"noticed-{len(copy)}-{self.world.clock()}", number=f"noticed-{len(copy) % 97}"))
        assert "older backup" in self.world.update().status_line
        go_on(self.world, repost=True)
        quiet(self.world)

    def type_by_hand(self) -> None:
        """A person types each of them, from the same paper."""
        for kind, document in self.documents.items():
            by_hand(self.world, unmarked(kind, document, self.writing()))

    def say_what_was_never_there(self) -> None:
        """A person says it of what QuickBooks does not hold, where it does not tell whether somebody deleted it."""
        for kind in KINDS:
            if kind not in TOLD_WHEN_DELETED and not self.booked(kind):
                assert self.row(kind).reason == Reason.OUTCOME_UNKNOWN, kind
                say(self.world, self.documents[kind].origin, None)
        quiet(self.world)

    # what there is

    def writing(self, last: Document | None = None) -> Writing:
        """What is needed to write one of them."""
        with self.world.database.reading() as db:
            company_id = self.world.company(db).id
            options = options_of(db, company_id)
            origins = {origin for document in self.documents.values() for origin in document.waits_for()}
            txn_ids = {origin: row.txn_id or "" for origin, row in by_origin(db, company_id, origins).items()}
        return Writing(options, Texts(options.characters), txn_ids, None if last is None else LastWriting(last))

    def row(self, kind: str) -> DocumentRow:
        """The document of a kind as it stands now."""
        return self.world.row(self.documents[kind].origin)

    def states(self) -> Found:
        """Where each document stands, with what is said of it where it is not well."""
        rows = {kind: self.row(kind) for kind in KINDS}
        return {kind: row.state.value if row.message is None else row.message for kind, row in rows.items()}

    def told_of_edits(self) -> set[str]:
        """Of which documents a person is told that somebody edited them."""
        with self.world.database.reading() as db:
            work = open_work(db, self.world.company(db).id)
        told = {one.document_id for one in work if one.work is WorkKind.EDITED_IN_QUICKBOOKS}
        return {kind for kind in KINDS if self.row(kind).id in told}

    def booked(self, kind: str) -> list[Booked]:
        """What stands in the books of that kind, apart from what was there before."""
        tag = TRANSACTIONS[kind].txn_type.value
        return [
            txn
            for txn in self.world.books.transactions_of(tag)
            if txn.txn_id not in self.before and not (txn.ref_number or "").startswith("noticed")
        ]

    def numbers(self) -> Found:
        """How many transactions of each kind there are, apart from what was there before."""
        return {kind: len(self.booked(kind)) for kind in KINDS}

    def standing(self, kind: str) -> Standing:
        """The one transaction of that kind, as QuickBooks shows it when it is asked."""
        (txn,) = self.booked(kind)
        answer = by_hand(self.world, render(TRANSACTIONS[kind].by_id((txn.txn_id,), GUID)))
        return TRANSACTIONS[kind].standing(next(next(read_answers(answer)).rets))

    def differences(self) -> Found:
        """Where the books say something else than the documents."""
        return {
            kind: TRANSACTIONS[kind].differences(document, self.standing(kind), self.writing(document))
            for kind, document in self.documents.items()
        }


def everywhere(value: object, kinds: Iterable[str] = KINDS) -> Found:
    """The same of every kind."""
    return dict.fromkeys(kinds, value)


@pytest.fixture
def kinds(world: World) -> Kinds:
    return Kinds(world)


def test_posted(kinds: Kinds) -> None:
    kinds.post()
    assert kinds.numbers() == everywhere(1)
    assert kinds.differences() == everywhere([])
    for kind in KINDS:
        assert kinds.row(kind).txn_id == kinds.booked(kind)[0].txn_id, kind
        assert kinds.standing(kind).mark is not None, kind


@pytest.mark.parametrize("crash", [CrashAfter(), CrashBefore(), CrashDuring(4)])
def test_the_answer_is_lost(kinds: Kinds, crash: Fault) -> None:
    kinds.hand_in()
    kinds.break_off(crash)
    quiet(kinds.world)
    kinds.say_what_was_never_there()
    assert kinds.states() == everywhere("posted")
    assert kinds.numbers() == everywhere(1)
    assert kinds.differences() == everywhere([])


def test_typed_by_hand_while_it_was_lost(kinds: Kinds) -> None:
    """It was not executed, and somebody typed it meanwhile: only a person can know whether that is it."""
    kinds.hand_in()
    kinds.break_off(CrashBefore())
    kinds.type_by_hand()
    quiet(kinds.world)
    assert {kind: kinds.row(kind).state for kind in KINDS} == everywhere(State.HELD)
    assert {kind: kinds.row(kind).reason for kind in KINDS} == everywhere(Reason.OUTCOME_UNKNOWN.value)
    assert kinds.numbers() == everywhere(1)


def renumber(kinds: Kinds, kind: str, txn: Booked) -> None:
    if TRANSACTIONS[kind].document.number_limit:
        kinds.person.change(txn, ref_number="X-1")


def re_date(kinds: Kinds, kind: str, txn: Booked) -> None:
    kinds.person.change(txn, txn_date=txn.txn_date + timedelta(days=3))


def renumber_and_re_date(kinds: Kinds, kind: str, txn: Booked) -> None:
    renumber(kinds, kind, txn)
    re_date(kinds, kind, txn)


def change(kinds: Kinds, kind: str, txn: Booked) -> None:
    if kind == "journal_entry":
        kinds.person.save_unchanged(txn)
    else:  # whoever writes into a memo that bears our mark leaves the mark there, or a person is asked
        mark = f"{txn.memo[txn.memo.index('[') :]} " if TRANSACTIONS[kind].mark is Mark.MEMO else ""
        kinds.person.change(txn, memo=f"{mark}by hand")


EDITED: dict[Callable[[Kinds, str, Booked], None], set[str]] = {
    renumber: {kind for kind in KINDS if TRANSACTIONS[kind].document.number_limit},
    re_date: {*KINDS},
    renumber_and_re_date: {*KINDS},
    change: {*KINDS} - {"journal_entry"},
}


@pytest.mark.parametrize("correct", [renumber, re_date, renumber_and_re_date, change])
def test_a_person_corrects_what_was_lost(kinds: Kinds, correct: Callable[[Kinds, str, Booked], None]) -> None:
    kinds.hand_in()
    kinds.break_off(CrashAfter())
    kinds.world.clock.advance(minutes=1)
    for kind in KINDS:
        correct(kinds, kind, kinds.booked(kind)[0])
    quiet(kinds.world)
    assert kinds.states() == everywhere("posted")
    assert kinds.numbers() == everywhere(1)
    assert kinds.told_of_edits() == EDITED[correct]


@pytest.mark.parametrize("correct", [renumber, re_date, change])
def test_it_is_revised_after_a_person_corrected_what_was_lost(
    kinds: Kinds, correct: Callable[[Kinds, str, Booked], None]
) -> None:
    """The revision is written over the correction, and the person is told what it said."""
    kinds.hand_in()
    kinds.break_off(CrashAfter())
    kinds.world.clock.advance(minutes=1)
    for kind in CHANGEABLE:
        correct(kinds, kind, kinds.booked(kind)[0])
    kinds.revise()
    quiet(kinds.world)
    assert kinds.states() == everywhere("posted")
    assert kinds.numbers() == everywhere(1)
    assert kinds.told_of_edits() == EDITED[correct].intersection(CHANGEABLE)


def test_a_person_voids_what_was_lost(kinds: Kinds) -> None:
    kinds.hand_in()
    kinds.break_off(CrashAfter())
    for kind in VOIDABLE:
        kinds.person.void(kinds.booked(kind)[0])
    quiet(kinds.world)
    assert kinds.numbers() == everywhere(1)
    assert {kind: kinds.standing(kind).voided for kind in VOIDABLE} == everywhere(True, VOIDABLE)


def test_a_person_deletes_what_was_lost(kinds: Kinds) -> None:
    kinds.hand_in()
    kinds.break_off(CrashAfter())
    for kind in KINDS:
        kinds.person.delete(kinds.booked(kind)[0])
    quiet(kinds.world)
    assert {kind: kinds.row(kind).state for kind in KINDS} == everywhere(State.HELD)
    assert kinds.numbers() == everywhere(0)


def test_a_backup_is_restored(kinds: Kinds) -> None:
    copy = kinds.world.books.backup()
    kinds.post()
    kinds.restore(copy)
    assert kinds.states() == everywhere("posted")
    assert kinds.differences() == everywhere([])


def test_to_and_fro_between_two_copies(kinds: Kinds) -> None:
    older = kinds.world.books.backup()
    kinds.post()
    newer = kinds.world.books.backup()
    for copy in (older, newer):
        kinds.restore(copy)
    assert kinds.states() == everywhere("posted")
    assert kinds.numbers() == everywhere(1)


@pytest.mark.parametrize("crash", [None, CrashAfter(), CrashBefore()])
def test_revised(kinds: Kinds, crash: Fault | None) -> None:
    kinds.post()
    kinds.revise()
    if crash is not None:
        kinds.break_off(crash)
    quiet(kinds.world)
    assert kinds.states() == everywhere("posted")
    assert kinds.numbers() == everywhere(1)
    assert kinds.differences() == everywhere([])


def test_what_others_wrote_survives_a_revision(kinds: Kinds) -> None:
    kinds.post()
    added = {}
    for kind in KINDS:
        txn = kinds.booked(kind)[0]
        if "desc" in vars(txn.lines[0]) if txn.lines else False:
            kinds.person.add_line(txn, 1, desc="by hand")
            added[kind] = "by hand"
    assert added
    kinds.revise()
    quiet(kinds.world)
    assert kinds.states() == everywhere("posted")
    for kind in added:
        assert "by hand" in [line.description for line in kinds.standing(kind).lines], kind


@pytest.mark.parametrize("crash", [None, CrashAfter(), CrashBefore()])
def test_withdrawn(kinds: Kinds, crash: Fault | None) -> None:
    kinds.post()
    kinds.void()
    if crash is not None:
        kinds.break_off(crash)
    quiet(kinds.world)
    assert {kind: kinds.row(kind).state for kind in VOIDABLE} == everywhere(State.WITHDRAWN, VOIDABLE)
    assert {kind: kinds.standing(kind).voided for kind in VOIDABLE} == everywhere(True, VOIDABLE)
    assert kinds.numbers() == everywhere(1)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in VOIDABLE])
def test_what_quickbooks_does_not_void(kinds: Kinds, kind: str) -> None:
    kinds.post()
    with pytest.raises(NotNow, match="does not void"):
        kinds.world.void(kinds.documents[kind].origin)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in CHANGEABLE])
def test_what_quickbooks_does_not_change(kinds: Kinds, kind: str) -> None:
    kinds.post()
    (said,) = kinds.world.hand_in(revision(kind), revise=True).results
    assert isinstance(said, NotNow)
    assert "lets no program change" in str(said)
    quiet(kinds.world)
    assert kinds.states() == everywhere("posted")
    assert kinds.differences() == everywhere([])


def test_executed_again_by_a_pc_of_which_nobody_hears(kinds: Kinds) -> None:
    sets: list[str] = []

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        if WRITES.search(request):
            sets.append(request)
        return quickbooks(request)

    kinds.hand_in()
    undo = quickbooks_says(kinds.world, respond)
    quiet(kinds.world)
    undo()
    kinds.world.clock.advance(hours=1)
    for one in sets:
        kinds.world.books.open()
        kinds.world.books.process(one)
        kinds.world.books.close()
    twice = [kind for kind in KINDS if len(kinds.booked(kind)) == 2]
    assert set(KINDS) - set(twice) == {"deposit"}  # its payment is in a deposit already
    kinds.world.hand_in(receipt("other", number="noticed"))
    quiet(kinds.world)
    assert {kind: kinds.row(kind).reason for kind in twice} == everywhere(Reason.TWICE.value, twice)


@pytest.mark.parametrize("known", [True, False], ids=["queued", "forgotten"])
def test_our_database_is_restored(kinds: Kinds, known: bool) -> None:
    if known:
        kinds.hand_in()
    rows = keep(kinds.world.database.engine)
    kinds.post()
    kinds.world.database.engine.dispose()
    put_back(kinds.world.database.engine, rows)
    kinds.world.restart()
    kinds.hand_in()
    assert "older than the file" in kinds.world.update().status_line
    go_on(kinds.world, repost=False)
    quiet(kinds.world)
    assert kinds.numbers() == everywhere(1)
    wanted = State.POSTED if known else State.HELD
    assert {kind: kinds.row(kind).state for kind in KINDS} == everywhere(wanted)
