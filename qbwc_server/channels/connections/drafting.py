"""Records to documents: group by group through the intake, and what became of the records in the same commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.edition import OrdersKept
from qbwc_server.channels.connections.figures import keep_figures
from qbwc_server.channels.connections.groups import Group, undrafted_groups
from qbwc_server.channels.connections.models import Connection, Record
from qbwc_server.channels.connections.pairs import keep_pairs
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.tax_once import TaxOnce
from qbwc_server.channels.contract import Channel, Draft, Figure, Outcome, RowProblem, Skipped
from qbwc_server.channels.gone import bring_back
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import Finding, IntakeReport, Kept
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import UNDECIDED, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.submitting.automatic import Automatic
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

log = structlog.get_logger(__name__)

RECORDS = 500  # that are drafted at a time
_AT_A_TIME = 500  # ids in one statement
_STRANGE = "word_not_declared"


class Drafting:
    """Drafts what is not drafted yet of one connection. ``step`` takes one batch, and says whether there was one."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        company_code: str,
        channel: Channel,
        options: Any,
        *,
        by: Actor,
        clock: Clock,
        guard: Callable[[Session], None],
        run_id: int,
    ) -> None:
        """``guard`` is called in every transaction, and raises when the run is not ours any more."""
        self.set_aside = 0
        self._database, self._connection, self._channel, self._options = database, connection, channel, options
        self._kinds = set(channel.words(options))
        self._guard, self._by, self._clock = guard, by, clock
        self._after_id = 0
        self._tax_once = TaxOnce(None, None, {})
        self._orders_kept = OrdersKept()
        self._groups: dict[str, Group] = {}  # of the batch
        self._group_of: dict[str, str] = {}  # by origin, of the batch
        self._figures: dict[str, list[Figure]] = {}  # by group, of the batch
        self._follow: set[str] = set()  # origins of what follows a document that is there, of the batch
        self._later: set[str] = set()  # groups whose document cannot be changed at this moment
        self._intake = Intake(
            database,
            company_code,
            IntakeReport(),
            by=by,
            clock=clock,
            revise=True,
            submit=connection.submits,
            accounts=channel.accounts(options),
            alongside=self._alongside,
            connection_id=connection.id,
            automatic=Automatic(connection.id, run_id),
        )

    @property
    def report(self) -> IntakeReport:
        """What became of the documents."""
        return self._intake.report

    def step(self) -> bool:
        """Draft the next batch of groups."""
        with self._database.reading() as db:
            groups, last = undrafted_groups(db, self._connection.id, self._after_id, RECORDS)
            self._tax_once = TaxOnce.of(db, self._connection.company_id)
            self._orders_kept = OrdersKept.of(db, self._connection.company_id)
        if last is None:
            return False
        self._after_id = last
        self._groups = {group.key: group for group in groups}
        self._group_of, self._figures, self._later, self._follow = {}, {}, set(), set()
        for group in groups:
            for outcome in self._outcomes(group):
                self._intake.take(outcome)
        self._intake.flush()
        with self._database.transaction() as db:
            self._guard(db)
            if self._channel.shop is not None:
                keep_figures(db, self._connection, self._figures)
            self._mark(db)
        return True

    def finish(self) -> None:
        """Take in what waited for other documents of the run."""
        self._intake.finish()

    def _outcomes(self, group: Group) -> Iterator[Draft | Skipped]:
        """What the channel makes of a group, and what it does not make any more."""
        if group.problem is not None:
            return
        try:
            drafted = (self._settled(one) for one in self._channel.draft(group.facts, self._options))
            made = [one for one in drafted if one is not None]
        except Exception as error:  # whatever a channel stumbles over costs this group, and no other
            log.exception("channel broke", code="channel_broke", connection_id=self._connection.id)
            # by its type alone: texts of exceptions hold data of customers
            group.problem = Problem("channel_broke", "", f"The channel broke on it ({type(error).__name__}).", "")
            return
        group.problem = next((one.problem for one in made if isinstance(one, RowProblem)), None) or self._strange(made)
        if group.problem is not None and group.problem.code == _STRANGE:
            return
        self._figures[group.key] = [one for one in made if isinstance(one, Figure)]
        told: set[str] = set()
        for one in made:
            if isinstance(one, Draft | Skipped):
                origin = _origin(one)
                told.add(origin)
                told.update(one.other_form if isinstance(one, Draft) else ())
                self._group_of[origin] = group.key
                yield one
        if group.problem is None:
            there = {_origin(one) for one in made if isinstance(one, Draft)}
            self._follow.update(origin for origin, named in group.follows.items() if named in there)
            left = (origin for origin in group.origins if origin not in told and group.follows.get(origin) not in told)
            yield from map(self._gone, left)

    def _settled(self, one: Outcome) -> Outcome | None:
        """A draft, and what follows it, as the company file can keep it, without a tax that the source has charged."""
        kept = self._orders_kept.settle(one) if isinstance(one, Draft) else None
        if kept is None:
            return None if isinstance(one, Draft) else one
        one = kept
        follow_ups = one.follow_ups
        if follow_ups is not None:
            settle = self._tax_once.settle
            one = replace(one, follow_ups=lambda stored: map(settle, follow_ups(stored)))
        return self._tax_once.settle(one)

    def _strange(self, made: Sequence[Outcome]) -> Problem | None:
        """Whether a word is of a kind that the channel does not declare: no face would offer it."""
        said = {word.kind for one in made if isinstance(one, Draft) for word in (one.words or {}).values()}
        strange = sorted(said - self._kinds)
        if not strange:
            return None
        return Problem(_STRANGE, "", f"The channel names words that it does not declare: {', '.join(strange)}.", "")

    def _gone(self, origin: str) -> Skipped:
        what = f"{self._connection.title} does not hold {origin} any more."
        return Skipped(Problem("gone_upstream", "origin", what, ""), origin, gone=True)

    def _alongside(
        self,
        db: Session,
        batch: Sequence[Draft | Skipped],
        findings: Sequence[Finding],
        waiting: Sequence[int],
        followed: Mapping[str, str],
    ) -> None:
        """In the transaction that keeps documents: the pairs, and which of the documents could not be kept.

        Payments that wait for their invoices are drafted again in the next run: they may find them then.
        """
        self._guard(db)
        self._group_of |= {origin: self._group_of[named] for origin, named in followed.items()}
        origins = [*(one.document.origin for one in batch if isinstance(one, Draft)), *followed]
        keep_pairs(db, self._connection, [(origin, self._group_of[origin]) for origin in origins], followed)
        company = db.get_one(Company, self._connection.company_id)
        bring_back(db, company, self._follow, by=self._by, now=self._clock())
        for origin in db.scalars(select(DocumentRow.origin).where(DocumentRow.id.in_(waiting))) if waiting else ():
            self._later.add(self._group_of.get(origin, ""))
        refused = {one.origin: one.problem for one in findings if one.outcome is Kept.PROBLEM and one.origin}
        for origin, row in by_origin(db, self._connection.company_id, refused).items():
            group = self._groups.get(self._group_of.get(origin, ""))
            if group is None or row.state is State.EXCLUDED:  # a person said: not into the books
                continue
            if _is_on_its_way(row):
                self._later.add(group.key)
            else:
                group.problem = group.problem or refused[origin]

    def _mark(self, db: Session) -> None:
        """What became of the records of the batch."""
        drafted = []
        for group in self._groups.values():
            if group.problem is not None:
                self.set_aside += group.fresh
                _say(db, group.waiting, RecordState.SET_ASIDE, group.problem)
            elif group.key in self._later:
                _say(db, group.waiting, RecordState.WAITING, None)
            else:
                drafted += group.waiting
        _say(db, drafted, RecordState.DRAFTED, None)


def _origin(one: Draft | Skipped) -> str:
    return one.document.origin if isinstance(one, Draft) else one.origin


def _is_on_its_way(row: DocumentRow) -> bool:
    """Whether what is refused now may be taken later without anybody's doing, or after a person has decided."""
    return row.state is State.SUBMITTED or row.reason in UNDECIDED


def _say(db: Session, ids: Sequence[int], state: RecordState, problem: Problem | None) -> None:
    code, message = (None, None) if problem is None else (problem.code, problem.message)
    for some in _pieces(ids):
        db.execute(update(Record).where(Record.id.in_(some)).values(state=state, code=code, message=message))


def _pieces(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _AT_A_TIME] for start in range(0, len(ids), _AT_A_TIME))
