"""How the tests talk to a simulated company file: typed requests in, answers with their objects out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.scenarios import demo_company
from qbxml.answers import read_answers
from qbxml.envelope import OnError, message_set
from qbxml.messages import request_for
from qbxml.messages.invoice import InvoiceAdd, InvoiceLineAdd
from qbxml.rendering import render
from qbxml.shared import ErrorRecovery, Ref

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock whose hands the test moves."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float = 1) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Got:
    """One answer, read to its end."""

    tag: str
    code: int
    severity: str
    message: str
    rets: list[Any]
    recovery: ErrorRecovery | None
    ret_count: int | None
    iterator_id: str | None
    remaining: int | None
    request_id: str | None

    @property
    def ret(self) -> Any:
        """The only object in the answer."""
        assert len(self.rets) == 1, f"{self.tag} {self.code} {self.message}: {len(self.rets)} objects"
        return self.rets[0]


def company(**options: Any) -> CompanyFile:
    """The demo company with its session open; the clock is ``clock_of(company)``."""
    made = demo_company(now=options.pop("now", None) or Clock(), **options)
    made.open()
    return made


def clock_of(company: CompanyFile) -> Clock:
    clock = company.books.clock.now
    assert isinstance(clock, Clock)
    return clock


def document(*messages: Any, on_error: OnError = OnError.CONTINUE, **envelope: Any) -> str:
    """A message set; an Add or Mod is wrapped in its request."""
    requests = [one if type(one).__name__.endswith("Rq") else request_for(one) for one in messages]
    return message_set([render(one) for one in requests], on_error=on_error, **envelope)


def read(text: str) -> list[Got]:
    found = []
    for answer in read_answers(text):
        rets = list(answer.rets)
        found.append(
            Got(
                answer.tag,
                answer.status_code,
                answer.status_severity,
                answer.status_message,
                rets,
                answer.error_recovery,
                answer.ret_count,
                answer.iterator_id,
                answer.iterator_remaining_count,
                answer.request_id,
            )
        )
    return found


def ask_all(company: CompanyFile, *messages: Any, **envelope: Any) -> list[Got]:
    return read(company.process(document(*messages, **envelope)))


def ask(company: CompanyFile, message: Any) -> Got:
    """One request, one answer."""
    (got,) = ask_all(company, message)
    return got


def done(company: CompanyFile, message: Any) -> Any:
    """The object that a request gave, which must have gone well."""
    got = ask(company, message)
    assert got.code == 0, got
    return got.ret


def name(full_name: str) -> Ref:
    return Ref(full_name=full_name)


def line(item: str = "Seat", **fields: Any) -> InvoiceLineAdd:
    """A line of an invoice; numbers may be given as text."""
    for key in NUMBERS & fields.keys():
        fields[key] = Decimal(fields[key])
    return InvoiceLineAdd(item=name(item), **fields)


NUMBERS = frozenset({"quantity", "rate", "rate_percent", "amount"})


def invoice(*lines: InvoiceLineAdd, customer: str = "Kern Lighting", **fields: Any) -> InvoiceAdd:
    fields.setdefault("txn_date", date(2026, 3, 1))
    return InvoiceAdd(customer=name(customer), lines=lines or (line(amount="100.00"),), **fields)
