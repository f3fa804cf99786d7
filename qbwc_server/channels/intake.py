"""Drafts to documents, in batches, with a report: the one way in for files and for channels that ask the network.

Each batch is one transaction, so a crash loses at most the batch at work; the same source taken again completes it and
adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.channels.contract import Draft, Figure, Outcome, Remark, RowProblem, Skipped
from qbwc_server.channels.families import as_stored, families, in_another_form
from qbwc_server.channels.gone import GONE, bring_back, take_away
from qbwc_server.channels.report import Counts, Finding, IntakeReport, Kept
from qbwc_server.channels.waiting import Waiting
from qbwc_server.channels.wanted import LeftOut
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.kinds.fields import LARGEST_AMOUNT
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import Saved, SaveResult, add_notes, by_origin, find
from qbwc_server.errors import Notice
from qbwc_server.mapping.documents import WordedDocument, leave_out_never, put_entries
from qbwc_server.mapping.models import ALL_CONNECTIONS
from qbwc_server.mapping.resolving import NEVER
from qbwc_server.mapping.rules.applying import Ruled, apply_rules, is_settled
from qbwc_server.posting.entries.ensure import declare_items
from qbwc_server.posting.submitting.automatic import Automatic, try_again
from qbwc_server.posting.submitting.hand_in import Aside, hand_in
from qbwc_server.posting.submitting.submit import lock, submit
from qbwc_server.posting.transactions.writing import NOT_POSTED
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

BATCH = 500
Alongside = Callable[
    [Session, Sequence["Draft | Skipped"], Sequence["Finding"], Sequence[int], Mapping[str, str]], None
]
_TRIES = 3


class Intake:
    """One intake at work: outcomes collect until a batch is full, then go in together. ``finish`` ends it."""

    def __init__(
        self,
        database: Database,
        company_code: str,
        report: IntakeReport,
        *,
        by: Actor,
        clock: Clock,
        revise: bool = False,
        submit: bool = True,
        accounts: Mapping[str, str | None] | None = None,
        alongside: Alongside | None = None,
        connection_id: int = ALL_CONNECTIONS,
        automatic: Automatic | None = None,
        may_bring: Callable[[str], bool] | None = None,
    ) -> None:
        """``accounts``: items that are no income, each with the account under which it may be added, if any.

        ``connection_id``: whose words they are, where the drafts name words to be mapped.
        ``automatic``: nobody asks for it; what speaks against submitting is looked at.
        ``may_bring``: whether ``by`` may bring documents of a kind; left out, of every kind.
        ``alongside`` is called in the transaction of every batch, with the batch, what was found about it, the ids of
        documents that wait for others, and by origin of what followed from the batch, what it follows.
        """
        self.report = report
        self._database, self._company_code = database, company_code
        self._by, self._clock, self._revise, self._submit = by, clock, revise, submit
        self._accounts = accounts or {}
        self._alongside = alongside
        self._connection_id, self._automatic, self._may_bring = connection_id, automatic, may_bring
        self._batch: list[Draft | Skipped] = []
        self._origins: set[str] = set()
        self._refused_line = 0
        self._waiting = Waiting()

    def take(self, outcome: Outcome) -> bool:
        """Take one outcome of the source; True when a batch went in."""
        if isinstance(outcome, Remark):
            self.report.remarks.append(outcome.message)
            return False
        if isinstance(outcome, Figure):
            return False
        if isinstance(outcome, Draft) and (found := _too_large(outcome)):
            outcome = found
        if isinstance(outcome, RowProblem):
            self._refuse(outcome)
            return False
        origin = _origin(outcome)
        full = len(self._batch) >= BATCH or (isinstance(outcome, Draft) and origin in self._origins)
        if full:
            self.flush()
        self._batch.append(outcome)
        self._origins.add(origin)
        return full

    def finish(self) -> None:
        """Take in the last batch, and payments that came before their invoices; put the findings in order."""
        self.flush()
        for start in range(0, len(self._waiting), BATCH):
            self._submit_again(self._waiting.some(start, BATCH))
        self.report.findings.sort(key=lambda finding: finding.line_number or 0)

    def _refuse(self, mistake: RowProblem) -> None:
        if mistake.document_line != self._refused_line:  # several mistakes of one document count as one document
            self._refused_line = mistake.document_line
            self.report.counts.problems += 1
        self.report.note(Finding(Kept.PROBLEM, mistake.problem, mistake.line_number, mistake.origin))

    def flush(self) -> None:
        """Take in what has collected."""
        if not self._batch:
            return
        for attempt in range(_TRIES):
            try:
                with self._database.transaction() as db:
                    outcome = self._store(db)
                break
            except IntegrityError:  # somebody else takes in the same documents at this moment: next time they are known
                if attempt == _TRIES - 1:
                    raise
        self.report.counts.add(outcome.counts)
        for finding in outcome.findings:
            self.report.note(finding)
        self._waiting.add(outcome.waiting)
        self._batch.clear()
        self._origins.clear()

    def _store(self, db: Session) -> _Stored:
        company = find_company(db, self._company_code)
        lock(db, company)  # before anything is compared: another intake may bring the same sale at this moment
        now = self._clock()
        if self._accounts:
            declare_items(db, company, self._accounts, now)
        stored = _Stored()
        drafts = [one for one in self._batch if isinstance(one, Draft)]
        twins = _twins(db, company, drafts)
        plain: list[Draft] = []
        for draft in drafts:
            twin = twins.get(draft.document.origin)
            if twin is None:
                plain.append(draft)
            else:
                stored.refuse(draft, _same_sale(twin))
        other = in_another_form(db, company, plain)
        kept = [draft for draft in plain if draft.document.origin not in other]
        bring_back(db, company, {draft.document.origin for draft in kept}, by=self._by, now=now)
        self._hand_in(db, company, kept, stored, now)
        followed = self._follow_up(db, company, plain, stored, now)
        self._skip(db, company, [one for one in self._batch if isinstance(one, Skipped)], stored, now)
        if self._alongside is not None:
            self._alongside(db, self._batch, stored.findings, list(stored.waiting), followed)
        return stored

    def _hand_in(self, db: Session, company: Company, drafts: list[Draft], stored: _Stored, now: datetime) -> None:
        """Keep the drafts in their order, and submit those that no person has to see first."""
        drafts = [draft for draft in drafts if self._may(draft, stored)]
        known = by_origin(db, company.id, {draft.document.origin for draft in drafts})
        new: list[Draft] = []
        for draft in drafts:
            row = known.get(draft.document.origin)
            if row is not None and _is_same(draft, row):
                stored.counts.same += 1
            else:
                new.append(draft)
        if not new:
            return
        with_entries = self._with_entries(db, company, new)
        handed = hand_in(
            db,
            company,
            [one.document for one in with_entries],
            by=self._by,
            now=now,
            revise=self._revise,
            submit_now=self._submit,
            automatic=self._automatic,
            asides=[
                Aside(draft.reviews, draft.called, one.words, {**(draft.given or {}), **one.given}, one.entries)
                for draft, one in zip(new, with_entries, strict=True)
            ],
        )
        kept = [result.row for result in handed.results if isinstance(result, SaveResult)]
        leave_out_never(db, company, [row for row in kept if row.words], by=self._by, now=now)
        for draft, result in zip(new, handed.results, strict=True):
            if isinstance(result, SaveResult):
                add_notes(result.row, draft.notes)
                changed = handed.submitted.changed.get(result.row.id, ())
                stored.take(draft, result, changed, submit=self._submit)
            else:
                problem = Problem(result.code, "origin", str(result), result.advice)
                stored.refuse(draft, problem)

    def _may(self, draft: Draft, stored: _Stored) -> bool:
        kind = draft.document.kind
        if self._may_bring is None or self._may_bring(kind):
            return True
        said = f"You may not create and edit documents of the kind {kind}."
        stored.refuse(draft, Problem("not_allowed", "kind", said, "Ask an owner, or let a colleague upload the file."))
        return False

    def _with_entries(self, db: Session, company: Company, drafts: Sequence[Draft]) -> list[Ruled]:
        """The drafts with their words replaced by the entries that they are mapped to, and their lines by rules."""
        worded = [WordedDocument(one.document, one.words, one.reviews) for one in drafts if one.words]
        put = iter(put_entries(db, company.id, self._connection_id, worded, submits=self._submit) if worded else ())
        found = [Ruled(*(next(put) if one.words else (one.document, None))) for one in drafts]
        by_rules = [place for place, one in enumerate(drafts) if one.entries]
        told = [(drafts[at].document, found[at], drafts[at].entries or {}) for at in by_rules]
        for place, ruled in zip(by_rules, apply_rules(db, company.id, told) if told else (), strict=True):
            found[place] = ruled
        return found

    def _follow_up(
        self, db: Session, company: Company, drafts: list[Draft], stored: _Stored, now: datetime
    ) -> dict[str, str]:
        """Documents that follow from others, now that it is known what is here: by origin, what each follows."""
        asking = [draft for draft in drafts if draft.follow_ups is not None]
        here = families(db, company, [draft.document.origin for draft in asking])
        more: list[Draft] = []
        follows: dict[str, str] = {}
        for draft in asking:
            family = here.get(draft.document.origin, [])
            if draft.follow_ups is not None and family:
                found = list(draft.follow_ups(family))
                follows.update({one.document.origin: draft.document.origin for one in found})
                more.extend(found)
        self._hand_in(db, company, more, stored, now)
        return {origin: named for origin, named in follows.items() if origin != named}

    def _skip(self, db: Session, company: Company, skipped: Sequence[Skipped], stored: _Stored, now: datetime) -> None:
        """What is left out may stand in the books from an earlier intake: then say so, and keep it as open work."""
        gone = {one.origin: one for one in skipped if one.gone}
        for origin, row in by_origin(db, company.id, gone).items():
            take_away(db, company, [row], Notice(GONE, gone[origin].problem.message, ""), by=self._by, now=now)
        left_out = LeftOut(db, company, skipped)
        for one in skipped:
            stored.counts.skipped += 1
            stored.findings.append(Finding(Kept.SKIPPED, left_out.problem(one), one.line_number, one.origin))
        stored.counts.open_work += left_out.tell(now)

    def _submit_again(self, waiting: Sequence[tuple[int, int | None]]) -> None:
        """Payments whose invoices came later find them now."""
        with self._database.transaction() as db:
            company = find_company(db, self._company_code)
            rows = [find(db, company.id, document_id) for document_id, _ in waiting]
            rows = [row for row in rows if row.state is State.FOR_REVIEW]
            if self._automatic is None:
                done = submit(db, company, rows, by=self._by, now=self._clock(), answers=False)
            else:
                done = try_again(db, company, rows, self._automatic, by=self._by, now=self._clock())
            lines = dict(waiting)
            left = [finding for row in done.not_ready for finding in _review_findings(row, lines[row.id])]
            counts = Counts(submitted=len(done.submitted), for_review=len(done.not_ready))
        self.report.counts.add(counts)
        for finding in left:
            self.report.note(finding)


@dataclass
class _Stored:
    """What one batch came to; counted in the report only after its transaction has committed."""

    counts: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)
    waiting: dict[int, int | None] = field(default_factory=dict)

    def take(self, draft: Draft, result: SaveResult, changed: Sequence[str], *, submit: bool) -> None:
        """Count a document that is in. ``changed`` says what its texts become in QuickBooks."""
        row, saved, counts = result.row, result.saved, self.counts
        counts.added += saved is Saved.ADDED
        counts.same += saved is Saved.SAME
        counts.revised += saved is Saved.REVISED
        waits = submit and row.state is State.FOR_REVIEW and row.reason == NOT_POSTED
        if waits:
            self.waiting[row.id] = draft.line_number
        if saved is Saved.SAME:
            return
        comes_to = draft.document.comes_to()
        counts.total += comes_to or Decimal(0)
        counts.without_total += comes_to is None
        self.findings += [
            Finding(Kept.NOTE, Problem("note", "", note, ""), draft.line_number, row.origin)
            for note in dict.fromkeys((*draft.notes, *changed))
        ]
        if row.state is State.SUBMITTED:
            counts.submitted += 1
        elif row.state is State.EXCLUDED:  # it names a word that is never taken
            counts.skipped += 1
            told = Problem(row.reason or NEVER, "", row.message or "", row.advice or "")
            self.findings.append(Finding(Kept.SKIPPED, told, draft.line_number, row.origin))
        elif not waits:
            counts.for_review += 1
            if submit or row.reason is not None:
                self.findings += _review_findings(row, draft.line_number)

    def refuse(self, draft: Draft, problem: Problem) -> None:
        """Count a document that contradicts what is stored already."""
        self.counts.problems += 1
        self.findings.append(Finding(Kept.PROBLEM, problem, draft.line_number, draft.document.origin))


def _origin(outcome: Draft | Skipped) -> str:
    return outcome.document.origin if isinstance(outcome, Draft) else outcome.origin


def _is_same(draft: Draft, row: DocumentRow) -> bool:
    """Whether what is stored says the same in its own way, or rules alone would change what is settled."""
    said = draft.same_as is not None and draft.same_as(as_stored(row))
    return said or (bool(draft.entries) and is_settled(row, draft.document))


def _same_sale(twin: DocumentRow) -> Problem:
    return Problem(
        "imported_under_another_key",
        "origin",
        f"This sale is in already, as document {twin.id} with origin {twin.origin}.",
        "Nothing to do if it is the same sale. Export with the same columns each time.",
    )


def _review_findings(row: DocumentRow, line_number: int | None) -> list[Finding]:
    """Everything that a person has to see to before the document can be submitted."""
    problems = [Problem(**one) for one in (row.problems or {}).get("problems", [])]
    if not problems:
        message, advice = row.message or "It waits for a person.", row.advice or "Look at it and submit it."
        problems = [Problem(row.reason or "for_review", "", message, advice)]
    return [Finding(Kept.FOR_REVIEW, problem, line_number, row.origin) for problem in problems]


def _too_large(draft: Draft) -> RowProblem | None:
    amount = draft.document.comes_to()
    if amount is None or abs(amount) <= LARGEST_AMOUNT:
        return None
    problem = Problem(
        "too_large", "total", f"The document comes to {amount}, more than QuickBooks can hold.", "Correct the amounts."
    )
    line = draft.line_number or 0
    return RowProblem(problem, line, line, draft.document.origin)


def _twins(db: Session, company: Company, drafts: Sequence[Draft]) -> dict[str, DocumentRow]:
    """Drafts whose sale is stored already under another origin, by the draft's origin."""
    asking = [draft for draft in drafts if draft.twin is not None and draft.document.number is not None]
    if not asking:
        return {}
    rows: dict[str, list[DocumentRow]] = {}
    numbers = {draft.document.number for draft in asking}
    for row in db.scalars(
        select(DocumentRow).where(DocumentRow.company_id == company.id, DocumentRow.number.in_(numbers))
    ):
        rows.setdefault(row.number or "", []).append(row)
    found: dict[str, DocumentRow] = {}
    for draft in asking:
        for row in rows.get(draft.document.number or "", []):
            if draft.twin is not None and row.origin != draft.document.origin and draft.twin(row.origin):
                found[draft.document.origin] = row
    return found
