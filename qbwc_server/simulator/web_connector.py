"""The simulated Web Connector: add an application from its .qwc file, then update as often as you like."""

import time
from collections.abc import Callable
from typing import Any, Self
from uuid import UUID

import qwc_templates
from qbwc_server.simulator.habits import DEFAULT_HABITS, Habits
from qbwc_server.simulator.quickbooks import CompanyToJoin, QuickBooks
from qbwc_server.simulator.soap_client import BodyStyle, CallFailed, Parameters, SoapClient
from qbwc_server.simulator.transports import HttpTransport, Transport
from qbwc_server.simulator.update import Application, OnProgress, Update, brief, make_call
from qbwc_server.simulator.update_report import Call, UpdateReport
from qbwc_server.simulator.wire_faults import NO_FAULTS, FaultCounter, Faults


class WebConnector:
    """The simulated Web Connector with one application in it.

    Args:
        owner_id: the OwnerID of the .qwc file.
        version: what clientVersion is told.
        faults: breaks, counted over all updates of this object.
        sleep: waits so many seconds; tests hand in something that returns at once.
        run_every_seconds: the schedule (Auto-Run), None when it is off. Only with a schedule does the Web Connector
            obey the third and fourth element of the answer to authenticate.
        max_steps: calls in one update after which it raises NeverEnding.
    """

    def __init__(
        self,
        transport: Transport,
        quickbooks: QuickBooks,
        *,
        user: str,
        password: str,
        owner_id: UUID,
        version: str = "2.3.0.215",
        faults: Faults = NO_FAULTS,
        habits: Habits = DEFAULT_HABITS,
        style: BodyStyle = BodyStyle.DOCUMENT,
        run_every_seconds: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        on_progress: OnProgress | None = None,
        max_steps: int = 10_000,
    ) -> None:
        self.application = Application(
            client=SoapClient(transport, style),
            quickbooks=quickbooks,
            user=user,
            password=password,
            owner_id=owner_id,
            version=version,
            habits=habits,
            run_every_seconds=run_every_seconds,
            sleep=sleep,
            on_progress=on_progress,
            max_steps=max_steps,
            faults=FaultCounter(faults),
        )

    @classmethod
    def from_qwc(
        cls,
        qwc: bytes,
        password: str,
        quickbooks: CompanyToJoin,
        *,
        transport: Transport | None = None,
        **options: Any,
    ) -> Self:
        """Add the application of a .qwc file, as a user does: its FileID is kept in the company file.

        Args:
            transport: None for HTTP to the AppURL.
            options: further keyword arguments of the constructor.

        Raises:
            QwcError: the file cannot be read or breaks a rule of the Web Connector.
        """
        file = qwc_templates.read(qwc)
        qwc_templates.check(file)
        quickbooks.register(file.owner_id, file.file_id)
        schedule = file.run_every_seconds
        if file.run_every_minutes is not None:
            schedule = file.run_every_minutes * 60
        options.setdefault("run_every_seconds", schedule)
        options.setdefault("style", BodyStyle.RPC if file.style is qwc_templates.Style.RPC else BodyStyle.DOCUMENT)
        return cls(
            transport or HttpTransport(file.app_url),
            quickbooks,
            user=file.user_name,
            password=password,
            owner_id=file.owner_id,
            **options,
        )

    def update(self, faults: Faults = NO_FAULTS) -> UpdateReport:
        """One update session, as after a click on Update Selected.

        Args:
            faults: further breaks, counted from the beginning of this session.

        Raises:
            ConnectorKilled: a break killed the Web Connector.
            FellAsleep: the PC fell asleep; :meth:`wake` goes on.
            NeverEnding: more than ``max_steps`` calls.
        """
        return Update(self.application, FaultCounter(faults)).run()

    def wake(self) -> tuple[UpdateReport, ...]:
        """The PC wakes up: QuickBooks executes the sets that it held, and their sessions go on where they were.

        Raises:
            ConnectorKilled, FellAsleep, NeverEnding: as :meth:`update`.
        """
        sleeping = list(self.application.asleep)
        self.application.asleep.clear()
        return tuple(update.go_on() for update in sleeping)

    def late(self) -> tuple[Call, ...]:
        """Make the calls that were held back, now, under their old tickets."""
        calls = list(self.application.held_back)
        self.application.held_back.clear()
        return tuple(Call(operation, self._late_result(operation, parameters)) for operation, parameters in calls)

    def _late_result(self, operation: str, parameters: Parameters) -> str:
        try:
            return brief(make_call(self.application.client, operation, parameters))
        except CallFailed as error:
            return f"failed: {error}"
