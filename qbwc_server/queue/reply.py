"""What came of one request: QuickBooks' answer as it was read, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol, Self
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Ended, Event, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Aggregate, Answer
from qbxml.outcome import Outcome, own_words
from qbxml.status import status
from qbxml.status_codes import REPORT, Status

_RESTART: Final = "Restart QuickBooks on that computer, then submit it again."
_WITHOUT_ANSWER: Final = {
    Ended.UNREADABLE: Status(0, "QuickBooks could not read the request.", Outcome.OURS, REPORT),
    Ended.SILENCE: Status(0, "QuickBooks never answered the question.", Outcome.TRY_AGAIN, _RESTART, doubtful=True),
    Ended.BREAKDOWN: Status(0, "The answer of QuickBooks could not be worked in.", Outcome.OURS, REPORT, doubtful=True),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, read to its end.

    Attributes:
        said: what it means.
        code: as QuickBooks gave it; None where it gave none.
        words: what goes with the code, as QuickBooks put it.
        rets: the objects in it that matter.
        shown: how many objects it holds.
        whole: whether all that matter were kept; of an answer beyond all bounds only the first ones are.
        recovered: the TxnID or ListID of what QuickBooks remembers of a request that it had done before.
        ended_by: why there is no answer.
        remaining: how many objects the pages to come hold, of an answer in pages.
        iterator_id: by which the next page is asked for.
    """

    said: Status
    code: int | None = None
    words: str = ""
    rets: tuple[Aggregate, ...] = ()
    shown: int = 0
    whole: bool = True
    recovered: str | None = None
    ended_by: Ended | None = None
    remaining: int | None = None
    iterator_id: str | None = None

    @classmethod
    def of(cls, answer: Answer, rets: tuple[Aggregate, ...], *, shown: int, whole: bool = True) -> Self:
        """An answer whose objects are read."""
        recovery = answer.error_recovery
        return cls(
            status(answer.status_code, answer.status_message),
            answer.status_code,
            answer.status_message,
            rets,
            shown,
            whole,
            None if recovery is None else recovery.txn_id or recovery.list_id,
            remaining=answer.iterator_remaining_count,
            iterator_id=answer.iterator_id,
        )

    @classmethod
    def none(cls, ended_by: Ended, words: str = "") -> Self:
        """There is no answer, nor will there be one."""
        return cls(replace(_WITHOUT_ANSWER[ended_by], words=own_words(words)), ended_by=ended_by)

    @property
    def first(self) -> Aggregate | None:
        """The first object, of an answer that holds one at most."""
        return self.rets[0] if self.rets else None

    @property
    def tells_all(self) -> bool:
        """Whether there is nothing else beside the entries of an answer."""
        return self.code is not None and self.whole and self.said.tells_all

    @property
    def proves_absence(self) -> bool:
        """Whether an answer says that something asked for is not there: status 0 without any entry says nothing."""
        return self.said.outcome is Outcome.NOTHING_FOUND and not self.said.doubtful

    @property
    def reason(self) -> str:
        """Why a document failed by it, as a code."""
        return f"quickbooks_{self.code}" if self.ended_by is None else self.ended_by.value


class Work(Protocol):
    """The answer document that is being worked in, as far as whoever asked a question needs it."""

    @property
    def db(self) -> Session: ...
    @property
    def company(self) -> Company: ...
    @property
    def now(self) -> datetime: ...
    @property
    def states(self) -> dict[UUID, RequestState]: ...
    def settle(
        self,
        row: RequestRow,
        event: Event,
        reply: Reply | None = None,
        *,
        words: str | None = None,
        result_id: str | None = None,
    ) -> bool:
        """Move a request; False when that no longer matters."""

    def put(self, request: NewRequest, *, instead_of: UUID | None = None) -> None:
        """Queue a consequence; what waited for ``instead_of`` waits for it."""

    def doubt(self, row: RequestRow) -> None:
        """The answer leaves open whether this write was executed."""


def request_id_of(answer: Answer) -> UUID | None:
    """Which request it answers, where it says so."""
    try:
        return UUID(answer.request_id) if answer.request_id else None
    except ValueError:
        return None
