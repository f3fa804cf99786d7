"""One random schedule: acts of programs, people and machines one after the other, then quiet, then the verdict."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import timedelta

from bench.soak import ending
from bench.soak.acts import ACTS, choose
from bench.soak.office import Office
from bench.soak.person import Person
from bench.soak.records import FIRST_DAY
from bench.soak.stage import Crew, Rows, Stage, listen_to
from bench.soak.story import Story
from bench.soak.upstream import bring
from bench.soak.verdict import Violation, judge
from bench.soak.wishes import Intent, NotMade, Wishes
from bench.soak.witness import Copy, Witness
from qbwc_server.simulator import NeverEnding
from qbwc_server.simulator.faults import Fine, FineOpen

SPREAD = 1_000_003  # of the dice of the acts
_PEOPLE_NEED_S = 3.0


@dataclass
class Outcome:
    """What one schedule brought."""

    seed: int
    documents: int = 0
    sessions: int = 0
    questions: int = 0  # to people
    asked_about: int = 0  # documents that people were asked about
    happened: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    acts: list[int] = field(default_factory=list)  # the acts that were played, by number


class Schedule:
    """Plays one schedule on a stage of its own; the same seed gives the same schedule.

    Args:
        outside: whether the world outside takes part: people in QuickBooks, copies, restores, sleeping PCs.
        only: numbers of the acts that are played, all others are left out.
    """

    def __init__(self, servers: Crew, seed: int, *, outside: bool = True, only: list[int] | None = None) -> None:
        self.seed, self.only = seed, only
        self.dice = random.Random(seed)
        self.servers, self.clock = servers, servers.clock
        self.turns_time = servers.keeps_time
        self.outside = outside and self.turns_time
        self.outcome = Outcome(seed)
        self.code = f"s{seed}"
        self.first_day = FIRST_DAY
        self.copies: list[Copy] = []
        self.newest: Copy | None = None  # kept aside while an older one is in use
        self.judged = 0  # how often there was a verdict
        self.file_restored = self.server_restored = self.slept = False
        self._kept: tuple[Rows, dict[str, Intent]] | None = None

    def run(self) -> Outcome:
        """All of it."""
        listen_to(self.servers)
        self.servers.clean()
        before = Counter(self.servers.happened)
        self.servers.errors.clear()
        self._set_up()
        try:
            self._acts()
            self.wind_up()
        except NeverEnding as error:
            self.violation("a session never ends", str(error))
        except NotMade as error:
            self.violation("the harness could not make a document", str(error))
        finally:
            self.stage.close()
        self.outcome.documents = len(self.wishes.all)
        self.outcome.questions, self.outcome.asked_about = self.person.questions, len(self.person.seen)
        self._server_errors()
        self.outcome.happened = Counter(self.servers.happened) - before + self.story.happened
        self._quickbooks_faults()
        self.outcome.story = self.story.lines
        return self.outcome

    def _set_up(self) -> None:
        dice = self.dice
        self.stage = Stage(self.servers, self.code, dice)
        self.story = Story(self.clock)
        self.wishes = Wishes(self.code)
        self.witness = Witness(self.stage.file)
        self.office = Office(self.servers.database, self.code, self.clock)
        careless = dice.choice((0.0, 0.0, 0.1)) if self.outside else 0.0
        self.person = Person(self.office, self.witness, self.wishes, self.story, careless=careless)
        file = self.stage.file
        if self.outside:
            for pc in self.stage.pcs:
                pc.clock_offset = timedelta(hours=dice.choice((0, 0, 0, 0, -20, 20, 3, -30 * 24)))
        file.switches = with_changes(
            file.switches,
            unparsable_executes_prefix=dice.random() < 0.5,
            payment_changes_edit_sequence=dice.random() < 0.5,
            coarse_edit_sequence=dice.random() < 0.5,
        )
        if self.outside and dice.random() < 0.05:
            self.stage.pcs[0].open_other(self.stage.other)
            self.story.tell("the .qwc file is added while another company file is open")
            self.story.count("company file: .qwc added with another one open")
        self.stage.add_qwc()
        self.stage.right_file()

    def _acts(self) -> None:
        """Each act has dice of its own, so that leaving one out changes the others as little as possible."""
        count = self.dice.randrange(6, 19)
        numbers = range(count + 1)
        self.outcome.acts = [number for number in numbers if self.only is None or number in self.only]
        for number in self.outcome.acts:
            dice = random.Random(self.seed * SPREAD + number)
            if number == 0:
                bring(self, dice, most=6)
            else:
                self.act(dice)

    def act(self, dice: random.Random, *, nested: bool = False) -> None:
        """Whatever happens next."""
        name = choose(dice, outside=self.outside, real_time=not self.turns_time, nested=nested)
        act = ACTS[name]
        if act.outside and self.turns_time:
            self.clock.advance(_PEOPLE_NEED_S)  # nobody acts within the second in which we wrote
        act.act(self, dice)

    def wind_up(self) -> None:
        """Everything comes to rest: PCs awake, the right file open, a person who answers; then the verdict."""
        ending.rest(self)
        self.outcome.violations += judge(self)

    # what acts need

    def right_file(self) -> bool:
        """See to it that the right company file is open everywhere."""
        return self.stage.right_file()

    def keep_server(self) -> None:
        """Back our own database up."""
        self._kept = self.servers.keep(), deepcopy(self.wishes.all)

    def restore_server(self) -> bool:
        """Restore our own database; upstream brings what is not known any more once again."""
        if self._kept is None:
            return False
        rows, known = self._kept
        self._kept = None
        self.servers.put_back(rows)
        self.server_restored = True
        later = [one for origin, one in self.wishes.all.items() if origin not in known]
        self.wishes.all.update(deepcopy(known))
        for intent in later:
            intent.excluded = intent.void = False
            intent.left_out = ""
        self.office.bring([intent.document for intent in later])
        return True

    def after_a_restore(self, intent: Intent, what: str) -> None:
        """Something that can only be so because our database was restored."""
        if not self.server_restored:
            self.violation("forgotten", f"{intent.named()}: {what}")

    def violation(self, what: str, detail: str) -> None:
        """A promise that was not kept."""
        self.outcome.violations.append(Violation(what, detail))

    def _server_errors(self) -> None:
        seen = {
            repr(error)
            for error in self.servers.errors
            if error.get("error") != "DiskFull" and error.get("cause") != "DiskFull"
        }
        for error in sorted(seen):
            self.violation("the server failed", error[:1500])

    def _quickbooks_faults(self) -> None:
        for fault in self.stage.file.faults.happened:
            if not isinstance(fault, Fine | FineOpen):
                self.outcome.happened[f"QuickBooks: {type(fault).__name__}"] += 1
        if unreadable := sum(pc.unreadable for pc in self.stage.pcs):
            self.outcome.happened["QuickBooks: set not readable"] += unreadable
