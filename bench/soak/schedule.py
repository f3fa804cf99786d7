"""One random schedule: documents and changes of mind, sessions with faults, then quiet, then the verdict."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from bench.soak.intents import Intent, Wishes
from bench.soak.stage import Crew, Stage, listen_to
from bench.soak.verdict import Violation, judge
from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import UNDECIDED, NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import QbwcError
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.posting.people.resume import resume
from qbwc_server.posting.people.withdraw import withdraw
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.submitting.submit import SUBMITTABLE, submit
from qbwc_server.simulator import Bookkeeper, Break, ConnectorKilled, Faults, NeverEnding, WireFault
from qbwc_server.simulator.faults import Fine, FineOpen, Slow, random_fault
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

BY = Actor(ActorKind.COMMAND_LINE, "soak")
MOST_QUIET_SESSIONS = 40
OPERATIONS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
WORTH_TRYING = (  # a lock that lasted, or what came of one
    *("quickbooks_3175", "quickbooks_3176", "quickbooks_3180", Reason.LIST_ENTRY),
    *(Reason.CHANGED_MEANWHILE, "invoice_not_posted"),
)
AFTER_A_RESTORE = ("quickbooks_3120", "quickbooks_3140", "quickbooks_3210")  # written for a file that had more
PAUSES = (1, 5, 30, 61, 120, 299, 301, 607, 3_613, 86_413)  # seconds; a session is given up after 60 or 300


@dataclass
class Outcome:
    """What one schedule brought."""

    seed: int
    documents: int = 0
    sessions: int = 0
    restored: bool = False  # a backup of the company file
    disputed: int = 0  # documents that waited for a person because nobody could tell
    retried: int = 0  # documents that a person submitted again after a refusal
    happened: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)


class Schedule:
    """Plays one schedule on a stage of its own."""

    def __init__(self, servers: Crew, seed: int, *, restores: bool = False) -> None:
        """A schedule with ``restores`` puts an earlier copy in the company file's place."""
        self.dice = random.Random(seed)
        self.servers = servers
        self.outcome = Outcome(seed)
        self.stage = Stage(servers, f"s{seed}", self.dice)
        self.wishes = Wishes(self.dice, f"s{seed}")
        self.foreign: defaultdict[str, Decimal] = defaultdict(Decimal)  # accounts: what other people entered
        self.foreign_count = 0
        self.restores = restores
        self.backup: tuple[bytes, defaultdict[str, Decimal], int] | None = None

    def run(self) -> Outcome:
        """All of it."""
        listen_to(self.servers)
        before = Counter(self.servers.happened)
        self.servers.errors.clear()
        dice = self.dice
        file = self.stage.file
        file.clock_offset = timedelta(hours=dice.choice((0, 0, 0, -20, 20, 3)))
        file.switches = replace(
            file.switches,
            unparsable_executes_prefix=dice.random() < 0.5,
            payment_changes_edit_sequence=dice.random() < 0.5,
            coarse_edit_sequence=dice.random() < 0.5,
        )
        self._bring(dice.randrange(2, 9))
        try:
            for _ in range(dice.randrange(2, 7)):
                self._change_minds()
                self.servers.clock.advance(dice.choice(PAUSES))
                self._session_with_faults()
                if dice.random() < 0.3:
                    self._late()
                if self.restores:
                    self._back_up_or_restore()
            self._quiet()
            self._late()
            self._quiet()
        except NeverEnding as error:
            self._violation("a session never ends", str(error))
        finally:
            self.stage.close()
        self.outcome.documents = len(self.wishes.all)
        self.outcome.violations += judge(self.stage, self.wishes, dict(self.foreign), self.foreign_count)
        self._server_errors()
        self.outcome.happened = Counter(self.servers.happened) - before
        for fault in self.stage.file.faults.happened:
            if not isinstance(fault, Fine | FineOpen):
                self.outcome.happened[f"QuickBooks: {type(fault).__name__}"] += 1
        unreadable = sum(pc.unreadable for pc in self.stage.pcs)
        if unreadable:
            self.outcome.happened["QuickBooks: set not readable"] += unreadable
        return self.outcome

    # people

    def _bring(self, count: int) -> None:
        intents = [self.wishes.new() for _ in range(count)]
        for intent in intents:
            if intent.kind != "payment" and not intent.paid_by and self.dice.random() < 0.02:
                intent.poison = True
                for pc in self.stage.pcs:
                    pc.poison.add(intent.mark)
        with self.servers.database.transaction() as db:
            company = self._company(db)
            handed = hand_in(db, company, [intent.document for intent in intents], by=BY, now=self.servers.clock())
        for row in handed.submitted.not_ready:
            if row.reason != "invoice_not_posted":  # the invoice itself waits for a person
                self._violation("not accepted", f"{row.origin}: {row.message}")

    def _change_minds(self) -> None:
        dice = self.dice
        if dice.random() < 0.5:
            self._bring(dice.randrange(1, 5))
        for intent in list(self.wishes.all.values()):
            if intent.poison:
                continue
            chance = dice.random()
            if chance < 0.08 and intent.wanted and not intent.void and intent.kind != "payment":
                self._revise(intent)
            elif chance < 0.12 and intent.wanted and not intent.paid_by:
                self._withdraw(intent)
            elif chance < 0.15 and intent.wanted and not intent.paid_by and not self.outcome.restored:
                self._exclude(intent)  # not what was brought so that the older copy is noticed
            elif chance < 0.20:
                self._touch(intent)
            elif chance < 0.22 and intent.kind == "invoice" and intent.wanted and not intent.void:
                self._enter_by_hand(intent)

    def _revise(self, intent: Intent) -> None:
        record = self.wishes.revised(intent)
        with self.servers.database.transaction() as db:
            company = self._company(db)
            row = self._row(db, company, intent)
            if intent.kind == "credit_memo" and (row.txn_id is not None or row.state is not State.SUBMITTED):
                return  # QuickBooks does not change them
            copy = Intent(intent.origin, intent.kind, record)
            handed = hand_in(db, company, [copy.document], by=BY, now=self.servers.clock(), revise=True)
        result = handed.results[0]
        if not isinstance(result, QbwcError):
            self.wishes.accepted(intent, record)
            self.servers.happened["person: revised"] += 1

    def _withdraw(self, intent: Intent) -> None:
        try:
            with self.servers.database.transaction() as db:
                company = self._company(db)
                row = self._row(db, company, intent)
                if row.txn_id is None:
                    return
                withdraw(db, company, row, by=BY, now=self.servers.clock())
        except NotNow:
            return
        intent.void = True
        self.servers.happened["person: withdrawn"] += 1

    def _exclude(self, intent: Intent) -> None:
        try:
            with self.servers.database.transaction() as db:
                company = self._company(db)
                exclude(db, company, self._row(db, company, intent), by=BY, now=self.servers.clock())
        except NotNow:
            return
        intent.wanted = False
        if intent.kind == "payment":
            for one in self.wishes.all.values():
                if one.paid_by == intent.origin:
                    one.paid_by = None
        self.servers.happened["person: excluded"] += 1

    def _touch(self, intent: Intent) -> None:
        """Somebody opens it in QuickBooks and saves it as it is: its edit sequence moves."""
        for txn in self.stage.file.transactions:
            if intent.mark in txn.memo and not txn.is_void:
                self.stage.file.books.touch(txn)
                self.servers.happened["person: touched in QuickBooks"] += 1

    def _enter_by_hand(self, intent: Intent) -> None:
        """Somebody types the same invoice from paper, number and all."""
        file = self.stage.file
        if file.books.lists.named("name", intent.record["customer"]) is None:
            return
        if file.books.lists.named("item", "Seat") is None:
            return
        line = {"item": "Seat", "amount": intent.total}
        header = {"customer": intent.record["customer"], "txn_date": intent.record["date"]}
        Bookkeeper(file).enter("Invoice", ref_number=intent.record.get("number"), lines=[line], **header)
        self.foreign_count += 1
        self.foreign["Accounts Receivable"] += intent.total
        self.foreign["Sales"] -= intent.total
        self.servers.happened["person: typed the same by hand"] += 1

    def _back_up_or_restore(self) -> None:
        """Somebody keeps a copy of the company file, and puts it in place of the newest one later."""
        if self.backup is None:
            self.backup = self.stage.file.backup(), self.foreign.copy(), self.foreign_count
            self.servers.clock.advance(3)  # QuickBooks' times are in whole seconds
        elif self.dice.random() < 0.5:
            content, self.foreign, self.foreign_count = self.backup
            self.stage.file.restore(content)
            self.servers.clock.advance(61)  # that takes a while: no two transactions get the same TxnID
            self.restores = False  # once is enough
            self.servers.happened["person: restored a backup"] += 1
            self.outcome.restored = True
            self._bring(1)  # it is noticed when something is to be written

    def _decide(self) -> bool:
        """A person looks at what waits for one. Whether there was anything."""
        acted = False
        undecided = UNDECIDED if self.outcome.restored else (Reason.OUTCOME_UNKNOWN,)
        worth_trying = WORTH_TRYING + (AFTER_A_RESTORE if self.outcome.restored else ())
        with self.servers.database.transaction() as db:
            company = self._company(db)
            held = [hold.kind for hold in holds_of(db, company.id)]
            if HoldKind.RESTORED_BACKUP in held and self.outcome.restored:
                now, kind = self.servers.clock(), HoldKind.RESTORED_BACKUP
                resume(db, company, repost=True, by=BY, now=now, hold=kind)
                acted = True
            for intent in self.wishes.all.values():
                row = self._row(db, company, intent)
                if row.state is State.HELD and row.reason in undecided:
                    found = [t for t in self.stage.file.transactions if intent.mark in t.memo]
                    txn_id = found[0].txn_id if found else None
                    decide(db, company, row, posted_as=txn_id, by=BY, now=self.servers.clock())
                    self.outcome.disputed += 1
                    acted = True
                elif row.state is State.HELD and row.reason == Reason.MISSING and self.outcome.restored:
                    decide(db, company, row, posted_as=None, by=BY, now=self.servers.clock())
                    acted = True
                elif intent.poison:
                    continue
                elif row.reason in worth_trying and row.state in SUBMITTABLE:
                    done = submit(db, company, [row], by=BY, now=self.servers.clock())
                    acted |= bool(done.submitted)
                    self.outcome.retried += 1
        return acted

    # sessions

    def _faults(self) -> Faults:
        dice = self.dice
        plan = []
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            operation = dice.choices(OPERATIONS, weights=(1, 4, 6, 1))[0]
            kinds = [
                kind for kind in Break if operation == "receiveResponseXML" or not kind.value.startswith("response_")
            ]
            plan.append(WireFault(dice.choice(kinds), operation, dice.randint(1, 5)))
        return Faults(tuple(plan))

    def _session_with_faults(self) -> None:
        dice, stage = self.dice, self.stage
        file = stage.file
        if dice.random() < 0.6:
            plan: list[Any] = []
            for _ in range(dice.randrange(1, 5)):
                chance = dice.random()
                if chance < 0.45:
                    plan.append(random_fault(dice))
                elif chance < 0.55:
                    plan.append(Slow(dice.choice((20.0, 100.0, 400.0))))
                else:
                    plan.append(Fine())
            file.faults.clear()
            file.faults.add(*plan)
        chance = dice.choice((0.0, 0.0, 0.05, 0.15))
        stage.trouble(chance if self.servers.keeps_time else 2 * chance)
        if not self.servers.keeps_time and dice.random() < 0.4:
            self._both_at_once()
            stage.trouble(0.0)
            return
        one = dice.randrange(2)
        if dice.random() < 0.2:
            # between what QuickBooks did and the arrival of its answer, the other connector comes in
            pause = dice.choice(PAUSES)
            stage.pcs[one].after_a_set = lambda: self._interrupt(1 - one, pause)
        elif dice.random() < 0.1 and self.servers.keeps_time:
            # before QuickBooks does anything, but sooner than a session is given up: the other one must be kept out
            pause = dice.choice((1, 59, 299))
            stage.pcs[one].before_a_set = lambda: self._interrupt(1 - one, pause)
        self._update(one, self._faults())
        stage.pcs[one].before_a_set = stage.pcs[one].after_a_set = None
        stage.trouble(0.0)

    def _both_at_once(self) -> None:
        """Both Web Connectors press Update Selected in the same moment, while somebody brings more documents."""
        self.servers.happened["both connectors at once"] += 1
        with ThreadPoolExecutor(2) as pool:
            sessions = [pool.submit(self._update, number, self._faults()) for number in range(2)]
            self._bring(2)
            for session in sessions:
                session.result()

    def _interrupt(self, other: int, pause: float) -> None:
        self.servers.clock.advance(pause)
        self.servers.happened["second connector came in"] += 1
        self._update(other, self._faults() if self.dice.random() < 0.3 else Faults())

    def _update(self, number: int, faults: Faults) -> bool:
        """One session. Whether the server said that nothing waits."""
        self.outcome.sessions += 1
        try:
            report = self.stage.connectors[number].update(faults)
        except ConnectorKilled:
            return False
        return report.status_line == "No data exchange required"

    def _late(self) -> None:
        for connector in self.stage.connectors:
            connector.late()

    def _quiet(self) -> None:
        """Sessions without faults until nothing waits and nobody is needed."""
        self.stage.file.faults.clear()
        for _ in range(MOST_QUIET_SESSIONS):
            self.servers.clock.advance(601)
            nothing_waits = self._update(0, Faults())
            if not self._decide() and nothing_waits:
                return
        self._violation("never quiet", f"after {MOST_QUIET_SESSIONS} sessions without faults")

    # bookkeeping

    def _company(self, db: Session) -> Company:
        return find_company(db, self.stage.code)

    def _row(self, db: Session, company: Company, intent: Intent) -> DocumentRow:
        return store.by_origin(db, company.id, [intent.origin])[intent.origin]

    def _server_errors(self) -> None:
        seen = {
            repr(error)
            for error in self.servers.errors
            if error.get("error") != "DiskFull" and error.get("cause") != "DiskFull"
        }
        for error in sorted(seen):
            self._violation("the server failed", error[:1500])

    def _violation(self, what: str, detail: str) -> None:
        self.outcome.violations.append(Violation(what, detail))


def play(servers: Crew, seed: int) -> Outcome:
    """One schedule, the same for the same seed."""
    return Schedule(servers, seed).run()
