"""One source, two ways: what files brought of days that a connection brings as well would stand in the books twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, RecordDocument
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.contract import Channel, Draft, Outcome, RowProblem, Stored
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Conflict

FollowUps = Callable[[Sequence[Stored]], Iterable[Draft]]


class BroughtByFile(Conflict):
    """Files have brought what this connection would bring as well."""

    code = "brought_by_file"


@dataclass(frozen=True, slots=True)
class ByConnection:
    """From which day on a connection brings what a file of the same source tells, too; None: from ever."""

    title: str
    origins: str  # how they begin
    begins: date | None

    def keep_out(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The outcomes of a file, without the documents that the connection brings."""
        for one in outcomes:
            mine = isinstance(one, Draft) and one.document.origin.startswith(self.origins)
            if mine and isinstance(one, Draft) and self._brings(one.document.date):
                line = one.line_number or 0
                yield RowProblem(self._problem(one.document.date), line, line, one.document.origin)
            elif mine and isinstance(one, Draft) and one.follow_ups is not None:
                yield replace(one, follow_ups=partial(self._before, one.follow_ups))
            else:
                yield one

    def _before(self, follow_ups: FollowUps, stored: Sequence[Stored]) -> Iterator[Draft]:
        """What followed an older document, but for what the connection brings; undated it may be either."""
        for one in follow_ups(stored):
            if not self._brings(one.document.date):
                yield replace(one, reviews=(*one.reviews, self._perhaps())) if one.reviews else one

    def _perhaps(self) -> Problem:
        return Problem(
            "comes_by_connection",
            "date",
            f"What happened since {self.begins} the connection {self.title} brings.",
            "Exclude it if it happened since then; else give it its date, and submit it.",
        )

    def _brings(self, day: date) -> bool:
        return self.begins is None or day >= self.begins

    def _problem(self, day: date) -> Problem:
        return Problem(
            "comes_by_connection",
            "date",
            f"{day} is a day that the connection {self.title} brings: by file it would stand in the books twice.",
            "Leave it to the connection; by file comes what is older than its start date.",
        )


def by_connection(db: Session, company_id: int, file_format: str) -> ByConnection | None:
    """Whether a connection brings the same as a file of this format; of several the earliest beginning counts."""
    also = {one.code: one.also_by_file for one in CHANNELS.values() if one.also_by_file is not None}
    rows = db.scalars(
        select(Connection).where(
            Connection.company_id == company_id,
            Connection.channel.in_([code for code, one in also.items() if one.file_format == file_format]),
            Connection.state != ConnectionState.DISCONNECTED,
        )
    ).all()
    if not rows:
        return None
    said = [row.options.get(also[row.channel].begins) for row in rows]
    begins = None if None in said else min(date.fromisoformat(str(one)) for one in said)
    return ByConnection(rows[0].title, also[rows[0].channel].origins, begins)


def refuse_twice(db: Session, company_id: int, channel: Channel, options: Any) -> None:
    """Raises BroughtByFile where files brought documents of days that this connection would bring."""
    also = channel.also_by_file
    if also is None:
        return
    mine = (
        select(RecordDocument.id)
        .join(Connection, Connection.id == RecordDocument.connection_id)
        .where(
            Connection.channel == channel.code,
            RecordDocument.company_id == DocumentRow.company_id,
            RecordDocument.origin == DocumentRow.origin,
        )
    )
    by_file = (
        DocumentRow.company_id == company_id,
        DocumentRow.origin.startswith(also.origins, autoescape=True),
        ~DocumentRow.origin.like(f"{also.origins}%:%"),  # what follows a document goes with it, and has no pair
        DocumentRow.state != State.EXCLUDED,
        ~mine.exists(),
    )
    latest = db.scalar(select(func.max(DocumentRow.date)).where(*by_file))
    begins: date | None = getattr(options, also.begins)
    if latest is not None and (begins is None or begins <= latest):
        raise BroughtByFile(
            f"Files have brought what {channel.title} tells until {latest}: it would stand in the books twice.",
            advice=f"Give {also.begins}={latest + timedelta(days=1)}, or exclude what the files brought.",
        )
