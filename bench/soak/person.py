"""The bookkeeper at her screen: reads what the report shows, looks in QuickBooks, and acts on it, on nothing else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.soak.office import Office
from bench.soak.story import Story
from bench.soak.wishes import Intent, Wishes
from bench.soak.witness import Witness
from qbwc_server.books.holds import HoldKind
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import OpenWork, WorkKind
from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.transactions import Transaction

MOST_TRIES = 4  # of the same answer about the same document, after which it is left to itself, and stays shown
GONE = frozenset({"missing", "vanished", WorkKind.GONE_FROM_QUICKBOOKS.value})


class Person:
    """Somebody who is careful, but has bad days: ``careless`` is her chance of naming the wrong transaction."""

    def __init__(
        self, office: Office, witness: Witness, wishes: Wishes, story: Story, *, careless: float = 0.0
    ) -> None:
        self.office, self.witness, self.wishes, self.story = office, witness, wishes, story
        self.careless = careless
        self.paused = False  # by her
        self.questions = 0
        self.seen: set[str] = set()  # documents that she was asked about
        self._tries: Counter[tuple[str, str]] = Counter()

    def acts(self, dice: random.Random, right_file: Callable[[], bool]) -> bool:
        """Go through what is shown. Whether there was anything to do.

        Args:
            right_file: sees to it that the right company file is open everywhere; false if it was already.
        """
        acted = self._hold(dice, right_file)
        for row in self.office.waiting_rows():
            intent = self.wishes.all.get(row.origin)
            if intent is not None and not intent.poison:
                acted |= self._document(intent, row, dice)
        for item in self.office.work():
            acted |= self._work(item, dice)
        return acted

    # holds

    def _hold(self, dice: random.Random, right_file: Callable[[], bool]) -> bool:
        acted = False
        for hold in self.office.holds():
            if hold is HoldKind.PAUSED:
                acted |= not self.paused and self._resume(dice, hold)
            elif hold is HoldKind.OTHER_FILE and right_file():
                self.story.tell("the person opens the right company file again")
                acted = True
            else:
                acted |= self._resume(dice, hold)
        return acted

    def _resume(self, dice: random.Random, hold: HoldKind) -> bool:
        repost = dice.random() < 0.6
        file = self.witness.file.name if hold is HoldKind.OTHER_FILE else None
        if not self.office.resume(hold, repost=repost, file=file):
            return False
        self.questions += 1
        self.story.count(f"person: resumed after {hold.words}")
        self.story.tell(f"the person resumes ({hold.words}), {'missing ones again' if repost else 'as the file is'}")
        if hold is HoldKind.RESTORED_BACKUP and not repost:
            for intent in self.wishes.all.values():
                if intent.revision and not intent.left_out and not self.witness.live(intent.origin):
                    intent.left_out = "maybe: the person took an older file as it is"
        return True

    # documents

    def _document(self, intent: Intent, row: DocumentRow, dice: random.Random) -> bool:
        reason = row.reason or row.state.value
        self._tries[intent.origin, reason] += 1
        if self._tries[intent.origin, reason] > MOST_TRIES:
            return False
        if intent.origin not in self.seen:
            self.seen.add(intent.origin)
            self.questions += 1
        if row.reason == Reason.CLOSING_DATE and dice.random() < 0.7 and self._re_date(intent):
            return True
        live = self.witness.live(intent.origin)
        while len(live) > 1:
            self._remove(live.pop())
        twins = self.witness.twins(intent.origin)
        if live:
            return self._found(intent, row, live[0].txn_id, dice)
        if twins and row.state is State.HELD:
            return self._typed_already(intent, row, twins[0], dice)
        if reason in GONE and dice.random() < 0.3 and self.office.exclude(intent.origin):
            self.story.tell(f"the person leaves {intent.named()} out: it is not in QuickBooks ({reason})")
            intent.left_out = "a person saw that it is gone"
            return True
        return self._again(intent, row, reason)

    def _re_date(self, intent: Intent) -> bool:
        document = self.office.re_date(intent.origin)
        if document is None:
            return False
        intent.record.update(date=document.date, memo=document.memo)
        self.story.count("person: dated anew for the closing date")
        self.story.tell(f"the person has {intent.named()} dated {document.date}: its day is closed")
        return True

    def _found(self, intent: Intent, row: DocumentRow, txn_id: str, dice: random.Random) -> bool:
        said = txn_id
        strangers = [txn for txn in self.witness.file.transactions if not self.witness.origin_of(txn.txn_id)]
        if strangers and dice.random() < self.careless:
            said = dice.choice(strangers).txn_id
            self.story.count("person: named the wrong transaction")
        if self.office.decide(intent.origin, said):
            self.story.count("person: said where it is")
            self.story.tell(f"the person says that {intent.named()} is {said} ({row.reason})")
            return True
        return self._again(intent, row, row.reason or row.state.value)

    def _typed_already(self, intent: Intent, row: DocumentRow, twin: Transaction, dice: random.Random) -> bool:
        """It was typed by hand: that one stays and is ours from now on, or it goes and ours is entered."""
        if dice.random() < 0.5 and self.office.decide(intent.origin, twin.txn_id):
            self.story.count("person: said that what was typed is it")
            self.story.tell(f"the person says that {intent.named()} is what was typed by hand, {twin.txn_id}")
            self.witness.made[twin.txn_id] = intent.origin
            self.witness.typed.pop(twin.txn_id)
            intent.acknowledged.add("typed by hand")
            return True
        self._remove(twin)
        return self._again(intent, row, row.reason or row.state.value)

    def _make_active(self, intent: Intent) -> None:
        """What the document names and somebody made inactive is made active again."""
        file = self.witness.file
        names = {self.witness.same_name(one.name) for one in intent.document.names()}
        for entry in (*file.customers, *file.vendors, *file.items):
            if not entry.is_active and self.witness.same_name(entry.full_name) in names:
                Bookkeeper(file).change_entry(entry.kind.tag, entry.full_name, is_active=True)
                self.story.tell(f"the person makes {entry.full_name} active again")

    def _again(self, intent: Intent, row: DocumentRow, reason: str) -> bool:
        self._make_active(intent)
        if self.office.decide(intent.origin, None):
            self.story.count("person: said that it is not there")
            self.story.tell(f"the person says that {intent.named()} is not in QuickBooks ({reason})")
            return True
        if self.office.submit(intent.origin):
            self.story.count("person: submitted again")
            self.story.tell(f"the person submits {intent.named()} again ({reason})")
            return True
        self.story.tell(f"the person can do nothing about {intent.named()}: {row.state.value}, {reason}: {row.message}")
        return False

    def _remove(self, txn: Transaction) -> None:
        """Void what is too many, or delete it where that is not possible."""
        ann = Bookkeeper(self.witness.file)
        self.story.tell(f"the person takes {txn.kind.tag} {txn.txn_id} out of QuickBooks: it is there twice")
        self.story.count("person: removed a double in QuickBooks")
        try:
            ann.delete(txn)
        except Refused:
            ann.void(txn)

    # open work

    def _work(self, item: OpenWork, dice: random.Random) -> bool:
        origin = next((one for one, row in self.office.rows().items() if row.id == item.document_id), None)
        intent = self.wishes.all.get(origin) if origin is not None else None
        self._tries[str(item.key), item.work.value] += 1
        if self._tries[str(item.key), item.work.value] > MOST_TRIES:
            return False
        self.questions += 1
        if intent is not None:
            intent.acknowledged.add(item.work.value)
            if item.work is WorkKind.GONE_FROM_QUICKBOOKS:
                return self._gone(intent, item, dice)
        self.story.count(f"person: saw to {item.work.value.replace('_', ' ')}")
        self.story.tell(f"the person sees to: {item.message}")
        return self.office.end_work(item, done=True)

    def _gone(self, intent: Intent, item: OpenWork, dice: random.Random) -> bool:
        if dice.random() < 0.5 and self.office.submit(intent.origin):
            self.story.tell(f"the person has {intent.named()} entered again: it is gone from QuickBooks")
            return True
        self.story.tell(f"the person leaves {intent.named()} out: it is gone from QuickBooks")
        intent.left_out = "a person saw that it is gone"
        return self.office.end_work(item, done=False)


def whatever(_: Any) -> bool:
    """For where there is but one company file."""
    return False
