"""What must be true when everything is at rest: what the server says is what the books hold, or somebody is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.soak.twin import Twin, differences
from bench.soak.wishes import Intent
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.simulator.transactions import Transaction

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule


@dataclass(frozen=True)
class Violation:
    """A promise that was not kept. ``what`` is one of a few words, so that they can be counted."""

    what: str
    detail: str


def judge(schedule: Schedule) -> list[Violation]:
    """Every promise that was not kept."""
    schedule.judged += 1
    return [*_company(schedule), *_documents(schedule), *_writing(schedule)]


def _company(schedule: Schedule) -> Iterator[Violation]:
    file = schedule.stage.file
    if holds := schedule.office.holds():
        yield Violation("held to the end", f"{holds}: {schedule.office.report().hold_detail}")
    if schedule.stage.other.executed_writes and not schedule.stage.misplaced:
        yield Violation("stranger's file", "something was written into another company's file")
    if file.books.recomputed() != file.trial_balance():
        yield Violation("simulator", "its ledger does not agree with its transactions")
    report = schedule.office.report()
    shown = schedule.office.shown()
    if report.healthy and shown:
        yield Violation("hidden", f"the report is healthy, and needs a person for {sorted(shown)}")


def _documents(schedule: Schedule) -> Iterator[Violation]:
    rows, shown = schedule.office.rows(), schedule.office.shown()
    intents = schedule.wishes.all
    fit = [one for one in intents.values() if one.wanted and len(schedule.witness.live(one.origin)) == 1]
    twin = Twin(schedule, fit) if fit else None
    for origin, intent in intents.items():
        row = rows.get(origin)
        if row is None:
            yield Violation("lost", f"{intent.named()}: the server has no such document")
            continue
        told = [*shown.get(origin, []), *sorted(intent.acknowledged)]
        behind = [one for one in intent.document.waits_for() if shown.get(one)]
        if row.state is State.SUBMITTED and behind:
            continue  # the report says that it waits for those, and that they need somebody
        yield from _document(schedule, intent, row, told, twin)


def _document(
    schedule: Schedule, intent: Intent, row: DocumentRow, told: list[str], twin: Twin | None
) -> Iterator[Violation]:
    """``told``: why a person is needed, or was, as far as the report says so."""
    witness = schedule.witness
    live = witness.live(intent.origin)
    words = f"{intent.named()} (document {row.id}, {row.state.value}, {row.reason}: {row.message})"
    if len(live) > 1:
        ids = [txn.txn_id for txn in live]
        if not told:
            yield Violation("doubled and hidden", f"{words}: {ids}")
        elif not (schedule.slept or schedule.file_restored or schedule.server_restored):
            yield Violation("doubled by us", f"{words}: {ids}, shown as {told}")
        return
    if told and row.state is not State.POSTED:
        return
    if row.state is State.SUBMITTED:
        yield Violation("stuck", words)
    elif row.state is State.POSTED:
        yield from _posted(schedule, intent, row, words, told, twin)
    elif live:
        yield Violation("unwanted", f"{words} stands in the books as {live[0].txn_id}")
    if intent.wanted and row.state in (State.EXCLUDED, State.WITHDRAWN):
        by = _touched(schedule, intent.origin)
        yield Violation(_whose_doing(schedule, intent), f"{words}: nobody asked for that; people: {by}")
    if not intent.wanted and not intent.left_out and row.state is State.POSTED and live:
        yield Violation("unwanted", f"{words}: excluded {intent.excluded}, void {intent.void}")


def _touched(schedule: Schedule, origin: str) -> list[list[str]]:
    """What people did to the transactions of a document since a program last wrote them."""
    witness = schedule.witness
    return [words for txn_id, words in witness.touched.items() if witness.origin_of(txn_id) == origin]


def _whose_doing(schedule: Schedule, intent: Intent) -> str:
    """What it is called that a document is not in the books: the world outside took it, or we lost it."""
    outside = _touched(schedule, intent.origin) or schedule.file_restored or schedule.server_restored
    return "hidden" if outside else "lost"


def _posted(
    schedule: Schedule, intent: Intent, row: DocumentRow, words: str, told: list[str], twin: Twin | None
) -> Iterator[Violation]:
    witness = schedule.witness
    live = witness.live(intent.origin)
    if not live:
        if not told:
            by, void = _touched(schedule, intent.origin), bool(witness.standing(intent.origin))
            yield Violation(
                _whose_doing(schedule, intent), f"{words}: not in the books; people: {by}, void there: {void}"
            )
        return
    (txn,) = live
    if row.txn_id != txn.txn_id and not told:
        yield Violation("wrong id", f"{words} says {row.txn_id}, the books say {txn.txn_id}")
    ought = twin.of(intent.origin) if twin is not None and intent.wanted else None
    if ought is not None and not told:
        wrong = differences(intent, txn, ought, witness, twin.witness) if twin is not None else []
        if wrong:
            by = _touched(schedule, intent.origin)
            what = "altered" if not by and not schedule.server_restored else "hidden"
            yield Violation(what, f"{words}: {'; '.join(wrong[:4])}{f' (people: {by})' if by else ''}")
    yield from _typed_beside(schedule, intent, txn, words, told)


def _typed_beside(
    schedule: Schedule, intent: Intent, txn: Transaction, words: str, told: list[str]
) -> Iterator[Violation]:
    """What people typed beside ours under the same number must be a question; what comes to zero looks like a void."""
    if told or not txn.ref_number:
        return
    for twin in schedule.witness.twins(intent.origin):
        comes_to_nothing = not twin.total and txn.total
        if twin.ref_number == txn.ref_number and twin.kind is txn.kind and not comes_to_nothing:
            yield Violation("typed beside", f"{words} is {txn.txn_id}, and {twin.txn_id} was typed by hand")


def _writing(schedule: Schedule) -> Iterator[Violation]:
    """What was written over, and what was written that is nobody's."""
    witness = schedule.witness
    for txn_id, what in witness.strangers:
        yield Violation("stranger's transaction", f"{what} of {txn_id}, which no document of ours is")
    rows = schedule.office.rows()
    for txn_id, edits in witness.overwritten:
        intent = schedule.wishes.all.get(witness.origin_of(txn_id))
        if intent is None or intent.origin not in rows:
            continue
        told = intent.origin in schedule.person.seen or WorkKind.EDITED_IN_QUICKBOOKS.value in intent.acknowledged
        kept = {"another number"} if "number" not in intent.record else set()  # what we do not say we do not change
        if not told and edits[-1] != "TxnVoid" and {*edits[:-1]} - kept:
            yield Violation("overwritten", f"{intent.named()} {txn_id}: {edits}, without a word")
