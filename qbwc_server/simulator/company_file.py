"""A company file that behaves like QuickBooks Desktop, for as far as programs can see through qbXML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from threading import RLock
from uuid import UUID

from qbwc_server.simulator import company_facts, extensions, state
from qbwc_server.simulator.answers import (
    Desk,
    answer,
    is_writing,
)
from qbwc_server.simulator.books import CompanyFacts, CustomField
from qbwc_server.simulator.charts import default_lists, switch_on_sales_tax
from qbwc_server.simulator.documents import as_stored, readable_prefix, with_old_characters
from qbwc_server.simulator.faults import (
    LOCK_TEXTS,
    CrashAfter,
    CrashBefore,
    CrashDuring,
    Fault,
    FaultPlan,
    InternalError,
    Locked,
    RefuseToOpen,
    RefuseToProcess,
    Slow,
    TruncatedAnswer,
)
from qbwc_server.simulator.hresult_error import HResultError
from qbwc_server.simulator.inspection import Inspection
from qbwc_server.simulator.keeping import Kept
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.numbering import PcClock, system_clock
from qbwc_server.simulator.queries import Iterators
from qbwc_server.simulator.refusals import Remark
from qbwc_server.simulator.switches import Switches
from qbwc_server.simulator.writing import Answered, not_processed, write, write_recovered
from qbxml.envelope import MessageSet, OnError, ResponseData, read_message_set
from qbxml.errors import BuildError, QbxmlError
from qbxml.message import Request
from qbxml.versions import Version

PARSE_ERROR = "0x80040400"
CRASHED = "0x80040402"
NO_SESSION = "0x80040408"
OTHER_FILE_OPEN = "0x8004040A"
FAILED = Remark(1000, "Error", "There has been an internal error when processing the request.")


OnWrite = Callable[[Request, Answered], None]
"""Told of every request of a program that changed the books, whether or not its answer ever arrives."""


class QuickBooksCrashed(HResultError):
    """QuickBooks died. The Web Connector reports it like any other failed call; the session is gone."""

    def __init__(self) -> None:
        super().__init__(CRASHED, "Unexpected error. Check the qbsdklog.txt file for possible, additional information.")


class CompanyFile(Inspection, Kept):
    """A company file in memory, or kept in a file.

    Args:
        name: of the company.
        path: under which QuickBooks knows it; for a Web Connector that asks for a certain file.
        switches: edition, versions, limits, and the answer wherever the documentation leaves it open.
        facts: what is switched on in the company; built from ``name`` if not given.
        now: the time, aware; the same times give the same ids.
        clock_offset: by how much the PC's clock is wrong.
        zone: time zone of the PC; that of ``now`` if not given.
        faults: what goes wrong, in order; more can be added while it runs.
        sleep: takes the seconds that a slow execution lasts; does nothing unless given.
        default_chart: whether a new file begins with accounts and the usual small lists.
    """

    country = "US"

    def __init__(
        self,
        name: str = "Sample Trading Company",
        *,
        path: str = "",
        switches: Switches | None = None,
        facts: CompanyFacts | None = None,
        now: Callable[[], datetime] = system_clock,
        clock_offset: timedelta = timedelta(0),
        zone: tzinfo | None = None,
        faults: FaultPlan | None = None,
        sleep: Callable[[float], None] | None = None,
        default_chart: bool = True,
    ) -> None:
        self.path = path or f"C:\\QuickBooks\\{name}.qbw"
        self.faults = faults if faults is not None else FaultPlan()
        self.executed_writes = 0  # requests that changed something, ever
        self.executed_sets = 0
        self.on_write: OnWrite = _nobody_watches
        self._sleep = sleep or _do_not_sleep
        self._file: state.StateFile | None = None
        self.sessions = {}
        self._pc: object = None  # on which the calls of this moment are made
        self._in_use = RLock()
        self._new_books(
            switches or Switches(), facts or CompanyFacts(company_name=name), PcClock(now, clock_offset, zone)
        )
        if default_chart:
            default_lists(self.books)

    # -- what the Web Connector needs --------------------------------------------------------------

    @property
    def major(self) -> int:
        """Of the newest qbXML level that this QuickBooks speaks."""
        return self._newest.major

    @property
    def minor(self) -> int:
        """Of the newest qbXML level that this QuickBooks speaks."""
        return self._newest.minor

    @property
    def _newest(self) -> Version:
        return max(Version.parse(text) for text in self.switches.versions if text[:1].isdigit())

    def open(self, path: str = "") -> None:
        """Begin a session. ``path`` is the file wanted, empty for the one that is open.

        Raises:
            HResultError: another file is open, or a fault was planned.
        """
        fault = self.faults.next(at_open=True)
        if isinstance(fault, RefuseToOpen):
            raise HResultError(fault.hresult, fault.message)
        if path and path.lower() != self.path.lower():
            raise HResultError(
                OTHER_FILE_OPEN, "A QuickBooks company data file is already open and it is not the one requested."
            )
        self.sessions[self._pc] = Iterators()

    def close(self) -> None:
        """End the session; its iterators are gone."""
        self.sessions.pop(self._pc, None)
        self.save()

    def hcp_response(self, owner_id: UUID) -> str:
        """Host, company and preferences as the Web Connector sends them with its first call.

        Raises:
            HResultError: no session is open.
        """
        self._require_session()
        return with_old_characters(company_facts.hcp_response(self.books, owner_id))

    def process(self, request: str) -> str:
        """Execute a message set.

        Raises:
            HResultError: the set cannot be parsed (nothing of it was executed), no session is open, or QuickBooks
                crashed as planned (what was done stays done).
        """
        session = self._require_session()
        fault = self.faults.next(at_open=False)
        if isinstance(fault, CrashBefore):
            raise self._crash()
        if isinstance(fault, RefuseToProcess):
            raise HResultError(fault.hresult, fault.message)
        if isinstance(fault, Slow):
            self._sleep(fault.seconds)
        text = as_stored(request)
        try:
            asked = read_message_set(text)
            if asked.version > self._newest:
                raise BuildError("qbxml.version", "version", str(asked.version), str(self._newest))
        except QbxmlError as problem:
            if isinstance(problem, BuildError) and problem.path.endswith("message_set_id"):
                return self.memory.invalid_id()
            if self.switches.unparsable_executes_prefix:
                self._execute_prefix(Desk(self.books, session), text)
            raise HResultError(
                PARSE_ERROR, "QuickBooks found an error when parsing the provided XML text stream."
            ) from problem
        remembered = self.memory.lookup(asked, request)
        if remembered is not None:
            self.save()
            return remembered
        return self._execute(Desk(self.books, session, "useMacro" in text), asked, request, fault)

    def register(self, owner_id: UUID, file_id: UUID, *, machine: str = "OFFICE-PC") -> None:
        """What adding a .qwc file does: FileID and AppLock are kept with the company, under the OwnerID."""
        owner = extensions.owner(owner_id)
        values = self.books.extensions.setdefault(extensions.COMPANY, {})
        lock = f"LOCKED:{machine}:{int(self.books.clock.time().timestamp() * 10**7)}"
        for name, value in (("FileID", "{" + str(file_id) + "}"), ("AppLock", lock)):
            self.books.custom_fields[owner, name] = CustomField(owner, name, "STR255TYPE", ("Company",))
            values[owner, name] = value
        self.save()

    @contextmanager
    def used_on(self, pc: object, clock_offset: timedelta | None = None) -> Iterator[None]:
        """Calls within are made on this PC: in a session of its own, by its own clock if that is given."""
        with self._in_use:
            before = self._pc, self.clock_offset
            self._pc = pc
            if clock_offset is not None:
                self.clock_offset = clock_offset
            try:
                yield
            finally:
                self._pc, self.clock_offset = before

    # -- execution ---------------------------------------------------------------------------------

    def _require_session(self) -> Iterators:
        session = self.sessions.get(self._pc)
        if session is None:
            raise HResultError(NO_SESSION, "There is no open session with QuickBooks.")
        return session

    def _crash(self) -> QuickBooksCrashed:
        self.sessions.pop(self._pc, None)
        self.save()
        return QuickBooksCrashed()

    def _execute(self, desk: Desk, asked: MessageSet, text: str, fault: Fault | None) -> str:
        full: list[str] = []
        brief: list[str] = []
        with_data = asked.response_data is ResponseData.ALL
        stopped = False
        writes = 0
        self.executed_sets += 1
        for number, request in enumerate(asked.requests):
            if isinstance(fault, CrashDuring) and number >= fault.after:
                raise self._crash()
            if stopped:
                full.append(not_processed(request))
                brief.append(full[-1])
                continue
            answered = self._one(desk, request, fault, writes)
            writes += is_writing(request)
            full.append(write(request, answered, with_data=with_data))
            brief.append(write_recovered(request, answered))
            stopped = asked.on_error is OnError.STOP and answered.remark.severity == "Error"
        if isinstance(fault, CrashDuring):
            raise self._crash()
        if not isinstance(fault, CrashAfter) or fault.remembered:
            self.memory.store(asked, text, full, brief)
        if isinstance(fault, CrashAfter):
            raise self._crash()
        self.save()
        document = with_old_characters(self.memory.envelope(asked, ["\n", *full]))
        if isinstance(fault, TruncatedAnswer):
            return document[: int(len(document) * fault.share)]
        return document

    def _one(self, desk: Desk, request: Request, fault: Fault | None, writes: int) -> Answered:
        """Carry out one request; ``writes`` writing ones came before it in the set."""
        if is_writing(request):
            if isinstance(fault, Locked) and (fault.requests is None or writes < fault.requests):
                return Answered(Remark(fault.code, "Error", LOCK_TEXTS[fault.code]))
            if isinstance(fault, InternalError) and writes == fault.request:
                if fault.executed:
                    self._count(request, answer(desk, request))
                return Answered(FAILED)
        answered = answer(desk, request)
        self._count(request, answered)
        return answered

    def _count(self, request: Request, answered: Answered) -> None:
        self.executed_writes += answered.wrote
        if answered.wrote:
            self.on_write(request, answered)

    def _execute_prefix(self, desk: Desk, text: str) -> None:
        """Execute the requests that stand before the first one that cannot be parsed."""
        for asked in readable_prefix(text):
            for request in asked.requests:
                self._count(request, answer(desk, request))
        self.save()

    # -- files on disk, and copies --------------------------------------------------------------------

    @classmethod
    def open_file(
        cls,
        path: str | Path,
        *,
        switches: Switches | None = None,
        now: Callable[[], datetime] = system_clock,
        clock_offset: timedelta = timedelta(0),
        faults: FaultPlan | None = None,
        sleep: Callable[[float], None] | None = None,
        make: Callable[[], CompanyFile] | None = None,
    ) -> CompanyFile:
        """The company kept in ``path``; every change is on disk before an answer is given.

        Args:
            make: makes the company where the file does not exist yet; a new one with the default chart if not given.

        Raises:
            StateError: the file is none of ours.
        """
        file = state.StateFile(Path(path))
        if file.is_new:
            company = make() if make is not None else cls(switches=switches, now=now, clock_offset=clock_offset)
        else:
            company = cls(switches=switches, now=now, clock_offset=clock_offset, default_chart=False)
            company._load(file.snapshot())
        company.faults = faults if faults is not None else company.faults
        company._sleep = sleep or company._sleep
        company._file = file
        if file.is_new:
            file.replace(company._snapshot())
            company._forget_changes()
        return company

    def copy(self) -> CompanyFile:
        """A copy of the file as the user makes it in Windows: the same FileID, and a life of its own."""
        twin = CompanyFile(switches=self.switches, now=self.books.clock.now, default_chart=False)
        twin.books.clock = replace(self.books.clock)
        twin.restore(self.backup())
        twin.path = self.path
        return twin

    def other_file(self, name: str = "Another Company") -> CompanyFile:
        """Another company on the same PC: other books, and no FileID of ours until it is registered."""
        return CompanyFile(name, switches=self.switches, now=self.books.clock.now)

    # -- settings that a test or a person changes ----------------------------------------------------

    @property
    def switches(self) -> Switches:
        """Edition, versions, limits and answers to open questions."""
        return self.books.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self.books.switches = switches
        self.books.lists.limits = switches.limits
        self.memory.switches = switches

    def use_sales_tax(self, item_name: str = "Sales Tax", rate: Decimal = Decimal("8.25")) -> Entry:
        """Switch sales tax on, with an item of ``rate`` percent as the default."""
        return switch_on_sales_tax(self.books, item_name, rate)

    @property
    def name(self) -> str:
        """Of the company."""
        return self.books.facts.company_name

    @property
    def closing_date(self) -> date | None:
        """On and before this day nothing can be changed, where a password protects it."""
        return self.books.facts.closing_date

    @closing_date.setter
    def closing_date(self, day: date | None) -> None:
        self.books.facts.closing_date = day

    @property
    def closing_date_password(self) -> bool:
        """Whether a password protects the closed period; without one, programs write into it."""
        return self.books.facts.closing_date_password

    @closing_date_password.setter
    def closing_date_password(self, is_set: bool) -> None:
        self.books.facts.closing_date_password = is_set

    @property
    def clock_offset(self) -> timedelta:
        """By how much the PC's clock is wrong."""
        return self.books.clock.offset

    @clock_offset.setter
    def clock_offset(self, offset: timedelta) -> None:
        self.books.clock.offset = offset


def _nobody_watches(_request: Request, _answered: Answered) -> None:
    """Nothing is done when a program has written."""


def _do_not_sleep(_seconds: float) -> None:
    """Virtual time: nobody waits."""
