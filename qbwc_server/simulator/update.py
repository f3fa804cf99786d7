"""One update session of the simulated Web Connector: its calls in their order, and what it makes of the answers.

Where the documents leave its behaviour open, :class:`Habits` says what it does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from qbwc_server.simulator.habits import Habits
from qbwc_server.simulator.hresult_error import HResultError
from qbwc_server.simulator.pc import PcAsleep
from qbwc_server.simulator.quickbooks import QuickBooks
from qbwc_server.simulator.soap_client import CallFailed, Parameters, SoapClient, SoapFault
from qbwc_server.simulator.update_report import Call, ConnectorKilled, FellAsleep, NeverEnding, UpdateReport
from qbwc_server.simulator.wire_faults import Break, FaultCounter, damaged

ERROR_OF_CALL = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}
"""What the Web Connector shows when a call fails. For the other operations no code is known."""

_REFUSALS = {
    "none": (True, "", "No data exchange required"),
    "nvu": (False, "QBWC1040", "Invalid password for username"),
    "busy": (False, "", "Application Busy"),
}
_POSTPONED = "Update postponed by application"
_BRIEF_LENGTH = 50  # characters of an answer that the Web Connector writes into its log


OnProgress = Callable[[int, str], None]
"""Called with the percentage and a few words after every step worth showing."""


@dataclass
class Application:
    """One application as the Web Connector keeps it between updates."""

    client: SoapClient
    quickbooks: QuickBooks
    user: str
    password: str = field(repr=False)
    owner_id: UUID
    version: str
    habits: Habits
    run_every_seconds: int | None  # raised when the server asks for it
    sleep: Callable[[float], None]
    on_progress: OnProgress | None
    max_steps: int
    faults: FaultCounter
    held_back: list[tuple[str, Parameters]] = field(default_factory=list)
    asleep: list[Update] = field(default_factory=list)


class _Stop(Exception):
    """The update is over: what the window shows, and whether closeConnection still comes."""

    def __init__(self, status_line: str, *, ok: bool = False, error: str = "", close: bool = True) -> None:
        super().__init__(status_line)
        self.status_line = status_line
        self.ok = ok
        self.error = error
        self.close = close


class Update:
    """One update session from the first call to the last."""

    def __init__(self, application: Application, faults: FaultCounter) -> None:
        self.application = application
        self.habits = application.habits
        self.quickbooks = application.quickbooks
        self.faults = faults
        self.calls: list[Call] = []
        self.ticket = ""
        self.percent = 0
        self.rounds = 0
        self.next_run_in = application.run_every_seconds
        self.opened = False  # a session with QuickBooks
        self.unanswered = ""  # the message set that QuickBooks has now

    def run(self) -> UpdateReport:
        """The session; QuickBooks' own session is ended whatever happens.

        Raises:
            FellAsleep: the PC did, with a message set in its hands.
        """
        return self.until_the_end(self.from_the_start)

    def go_on(self) -> UpdateReport:
        """The rest of the session, after the PC has woken up: its message set is executed now."""
        return self.until_the_end(lambda: self.converse("", self.unanswered))

    def from_the_start(self) -> NoReturn:
        self.greet()
        self.open_company(self.authenticate())
        self.opened = True
        self.exchange()

    def until_the_end(self, steps: Callable[[], NoReturn]) -> UpdateReport:
        closing_error = ""
        asleep = False
        try:
            try:
                steps()
            except _Stop as stop:
                ending = self.closed(stop) if stop.close else stop
        except PcAsleep:
            asleep = True
            self.application.asleep.append(self)
            raise FellAsleep(self.report(ok=False, status_line="", error="")) from None
        finally:
            if self.opened and not asleep:
                closing_error = self.leave_quickbooks()
        return self.report(ending.ok, ending.status_line, ending.error or closing_error)

    def report(self, ok: bool, status_line: str, error: str) -> UpdateReport:
        return UpdateReport(
            ok=ok,
            status_line=status_line,
            error=error,
            percent=self.percent,
            rounds=self.rounds,
            calls=tuple(self.calls),
            ticket=self.ticket,
            next_run_in=self.next_run_in,
        )

    # The calls in their order

    def greet(self) -> None:
        """serverVersion and clientVersion. A service without them is taken as it is."""
        with suppress(CallFailed):  # its text is only shown in a pop-up
            self.call("serverVersion", ())
        try:
            answer = str(self.call("clientVersion", (("strVersion", self.application.version),)))
        except SoapFault:
            return
        except CallFailed as error:
            raise _Stop(str(error), error=ERROR_OF_CALL["clientVersion"], close=False) from error
        kind, text = answer[:2], answer[2:]
        if kind == "W:" and self.habits.goes_on_after_warning:
            self.show(text)
        elif kind in ("W:", "E:", "O:"):
            raise _Stop(text, error="QBWC1037", close=False)
        elif answer:
            raise _Stop(f"clientVersion answered {answer[:50]!r}", error="QBWC1046", close=False)

    def authenticate(self) -> str:
        """The company file to open; "" for the one that is open."""
        who = (("strUserName", self.application.user), ("strPassword", self.application.password))
        answer = self.checked("authenticate", who, close=False)
        if len(answer) < 2:
            raise _Stop(
                f"authenticate answered {len(answer)} strings", error=ERROR_OF_CALL["authenticate"], close=False
            )
        self.ticket, company = str(answer[0]), str(answer[1])
        postponed = self.schedule([str(one) for one in answer[2:4]])
        if postponed:
            raise _Stop(_POSTPONED, ok=True, close=self.habits.closes_after_refusal)
        refusal = _REFUSALS.get(company.strip().lower())
        if refusal is not None:
            ok, error, status_line = refusal
            raise _Stop(status_line, ok=ok, error=error, close=self.habits.closes_after_refusal)
        return company

    def schedule(self, wishes: list[str]) -> bool:
        """Obey the wishes about the schedule: a postponement and a shortest interval, in seconds."""
        interval = self.application.run_every_seconds
        if interval is None:
            return False
        postpone, shortest = (self.seconds(one) for one in [*wishes, "", ""][:2])
        if shortest is not None and interval < shortest:
            interval = self.application.run_every_seconds = shortest
        self.next_run_in = interval if postpone is None else postpone
        return postpone is not None

    def seconds(self, text: str) -> int | None:
        if not text.strip():
            return None
        try:
            return int(text)
        except ValueError:
            raise _Stop(
                f"authenticate answered {text[:20]!r} for seconds", error=ERROR_OF_CALL["authenticate"], close=False
            ) from None

    def open_company(self, path: str) -> None:
        """Begin QuickBooks' session, asking the server what to do when that fails."""
        while True:
            try:
                self.quickbooks.open(path)
            except HResultError as error:
                trouble = (("ticket", self.ticket), ("hresult", error.hresult), ("message", error.message))
                path = str(self.checked("connectionError", trouble))
                if path.strip().lower() == "done":
                    raise _Stop(error.message, error="QBWC1013", close=self.habits.closes_after_done) from error
            else:
                return

    def exchange(self) -> NoReturn:
        """sendRequestXML and receiveResponseXML until the server ends it."""
        try:
            hcp = self.quickbooks.hcp_response(self.application.owner_id)
        except HResultError as error:
            raise _Stop(error.message, error="QBWC1014", close=self.habits.closes_after_failed_call) from error
        self.converse(hcp, "")

    def converse(self, hcp: str, request: str) -> NoReturn:
        """Message sets, beginning with ``request`` if there is one already."""
        while True:
            request = request or str(self.checked("sendRequestXML", self.send_parameters(hcp)))
            hcp = ""
            if not request:
                self.ask_why()
                continue
            self.unanswered = request
            progress = int(self.checked("receiveResponseXML", self.receive_parameters(request)))
            request = self.unanswered = ""
            if progress < 0:
                raise _Stop(self.last_error())
            if progress > 100:
                raise _Stop(f"progress of {progress} %", error=ERROR_OF_CALL["receiveResponseXML"])
            self.percent = progress
            self.show(f"message set {self.rounds} answered")
            if progress == 100:
                raise _Stop("", ok=True)

    def send_parameters(self, hcp: str) -> Parameters:
        quickbooks = self.quickbooks
        return (
            ("ticket", self.ticket),
            ("strHCPResponse", hcp),
            ("strCompanyFileName", quickbooks.path),
            ("qbXMLCountry", quickbooks.country),
            ("qbXMLMajorVers", quickbooks.major),
            ("qbXMLMinorVers", quickbooks.minor),
        )

    def receive_parameters(self, request: str) -> Parameters:
        """What QuickBooks makes of a message set: a response, or an HRESULT with its message."""
        try:
            response, hresult, message = self.quickbooks.process(request), "", ""
        except HResultError as error:
            response, hresult, message = "", error.hresult, error.message
        self.rounds += 1
        return (("ticket", self.ticket), ("response", response), ("hresult", hresult), ("message", message))

    def ask_why(self) -> None:
        """After an empty sendRequestXML: pause, go interactive, or stop, as getLastError says."""
        reason = self.last_error()
        if reason == "NoOp":
            self.show("waiting for the server")
            self.application.sleep(self.habits.no_op_pause_s)
        elif reason == "Interactive mode":
            self.interactive()
        else:
            raise _Stop(reason)

    def interactive(self) -> None:
        """Hand over to the user's browser and wait; returns when the server wants to go on."""
        if not self.habits.allows_interactive:
            self.reject("the user declined interactive mode")
        url = self.checked("getInteractiveURL", (("wcTicket", self.ticket), ("sessionID", f"session-{self.ticket}")))
        if not url:
            raise _Stop("the server gave no address for interactive mode")
        self.show(f"interactive mode: {url}")
        for _ in range(self.habits.interactive_polls):
            self.application.sleep(self.habits.interactive_pause_s)
            answer = str(self.checked("interactiveDone", (("wcTicket", self.ticket),)))
            if answer.upper() == "CONTINUE":
                return
            if answer.upper() == "DONE":
                raise _Stop("", ok=True)
            if answer:
                raise _Stop(answer)
        self.reject("the user gave up interactive mode")

    def reject(self, reason: str) -> NoReturn:
        raise _Stop(str(self.checked("interactiveRejected", (("wcTicket", self.ticket), ("reason", reason)))))

    def last_error(self) -> str:
        return str(self.checked("getLastError", (("ticket", self.ticket),)))

    def closed(self, stop: _Stop) -> _Stop:
        """closeConnection; its text is the status line where there is no other."""
        try:
            text = str(self.call("closeConnection", (("ticket", self.ticket),)))
        except CallFailed as error:
            if not stop.ok:
                return stop
            return _Stop(str(error), error=ERROR_OF_CALL["closeConnection"])
        return _Stop(stop.status_line or text, ok=stop.ok, error=stop.error)

    def leave_quickbooks(self) -> str:
        """End QuickBooks' session; the code that is shown if that fails."""
        try:
            self.quickbooks.close()
        except HResultError:
            return "QBWC1015"
        return ""

    # One call

    def checked(self, operation: str, parameters: Parameters, *, close: bool | None = None) -> Any:
        """Make a call whose failure ends the update."""
        try:
            return self.call(operation, parameters)
        except CallFailed as error:
            raise _Stop(
                str(error),
                error=ERROR_OF_CALL.get(operation, ""),
                close=self.habits.closes_after_failed_call if close is None else close,
            ) from error

    def call(self, operation: str, parameters: Parameters) -> Any:
        """Make a call, with the breaks that are due."""
        if len(self.calls) >= self.application.max_steps:
            raise NeverEnding(f"still going after {self.application.max_steps} calls")
        said = str(dict(parameters).get("response", ""))
        breaks = self.faults.next_call(operation, said) | self.application.faults.next_call(operation, said)
        if operation == "receiveResponseXML":
            parameters = tuple(
                (name, damaged(str(value), breaks) if name == "response" else value) for name, value in parameters
            )
        if Break.HELD_BACK in breaks or Break.REPEATED_LATE in breaks:
            self.application.held_back.append((operation, parameters))
        if Break.HELD_BACK in breaks or Break.KILLED_BEFORE in breaks:
            self.die(operation, "killed before the call")
        if Break.REQUEST_LOST in breaks:
            self.calls.append(Call(operation, "request lost"))
            raise CallFailed(f"{operation}: the connection was closed unexpectedly")
        if Break.TWICE in breaks:
            with suppress(CallFailed):
                self.made(operation, parameters)
        result = self.made(operation, parameters)
        if Break.TWICE_FIRST_COUNTS in breaks:
            with suppress(CallFailed):
                self.made(operation, parameters)
        if Break.KILLED_AFTER in breaks:
            self.die(operation, "killed after the call")
        if Break.ANSWER_LOST in breaks:
            self.calls.append(Call(operation, "answer lost"))
            raise CallFailed(f"{operation}: the connection was closed unexpectedly")
        return result

    def made(self, operation: str, parameters: Parameters) -> Any:
        try:
            result = make_call(self.application.client, operation, parameters)
        except CallFailed as error:
            self.calls.append(Call(operation, f"failed: {error}"))
            raise
        self.calls.append(Call(operation, brief(result)))
        return result

    def die(self, operation: str, how: str) -> NoReturn:
        self.calls.append(Call(operation, how))
        raise ConnectorKilled(self.report(ok=False, status_line="", error=""))

    def show(self, text: str) -> None:
        if self.application.on_progress is not None:
            self.application.on_progress(self.percent, text)


def make_call(client: SoapClient, operation: str, parameters: Parameters) -> str | int | list[str]:
    """The result of an operation in the type that its signature promises."""
    if operation == "authenticate":
        return client.strings(operation, parameters)
    if operation == "receiveResponseXML":
        return client.number(operation, parameters)
    return client.text(operation, parameters)


def brief(result: str | int | list[str]) -> str:
    """The beginning of a result on one line; of authenticate's only what does not identify the session."""
    text = ", ".join(result[1:]) if isinstance(result, list) else str(result)
    return " ".join(text[:_BRIEF_LENGTH].split())
