"""Import a file: read it, keep its documents in batches, submit them, and say what became of every one.

Each batch is one transaction, so a crash loses at most the batch at work; importing the file again completes it and
adds nothing twice.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.channels.contract import (
    MAX_FILE_BYTES,
    Draft,
    FileOptions,
    FileRefused,
    FileTooLarge,
    Remark,
    RowProblem,
    Skipped,
)
from qbwc_server.channels.import_report import Finding, ImportReport, Kept, Progress
from qbwc_server.channels.registry import format_named, read_options, recognise
from qbwc_server.clock import Clock
from qbwc_server.clock import now as present
from qbwc_server.db import Database
from qbwc_server.documents.kinds import SalesReceipt
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import Saved, SaveResult, add_notes, by_origin, find
from qbwc_server.documents.totals import total
from qbwc_server.errors import Conflict
from qbwc_server.posting.submit import hand_in
from qbwc_server.posting.submit import submit as submit_rows
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

__all__ = ["BATCH", "Finding", "ImportReport", "Kept", "Progress", "import_file"]

BATCH = 500
_LARGEST_TOTAL = Decimal("99999999999.99")
_TRIES = 3
_NOT_POSTED = "invoice_not_posted"  # a payment that stands in the file before its invoice


def import_file(
    database: Database,
    company_code: str,
    path: Path,
    *,
    by: Actor,
    format: str | None = None,  # noqa: A002  # the word users type
    options: Mapping[str, object] | FileOptions | None = None,
    clock: Clock = present,
    revise: bool = False,
    submit: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Read ``path``, keep its documents for the company, submit them unless ``submit`` is off, and report.

    Args:
        format: code of the format; left out, the file is recognised by its beginning.
        options: of the format, as given by a user or ready made.
        revise: a document that is there already with another content becomes its next revision instead of a problem.
        on_progress: called after every batch.

    Raises:
        FileRefused: the file as a whole cannot be read (UnknownFormat, UnknownEncoding, WrongColumns, FileTooLarge).
            Batches before the place of trouble are kept.
        WrongOptions: an option cannot be used.
        NotFound: there is no such company.
    """
    with database.reading() as db:
        find_company(db, company_code)
    size = _size(path)
    with path.open("rb") as stream:
        file_format = format_named(format) if format else recognise(stream, path.name)
        chosen = read_options(file_format, options)
        work = _Import(
            database,
            company_code,
            ImportReport(path.name, file_format.code),
            by=by,
            clock=clock,
            revise=revise,
            submit=submit,
        )
        for outcome in file_format.read(stream, chosen):
            if isinstance(outcome, Remark):
                work.report.remarks.append(outcome.message)
            elif work.take(outcome) and on_progress is not None:
                on_progress(Progress(min(stream.tell(), size), size, work.report.documents))
        work.finish()
        work.report.findings.sort(key=lambda finding: finding.line_number)
        if on_progress is not None:
            on_progress(Progress(size, size, work.report.documents))
    return work.report


def _size(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise FileRefused(f"{path} cannot be opened: {error.strerror}.") from None
    if not stat.S_ISREG(status.st_mode):
        raise FileRefused(f"{path} is not a file.")
    if status.st_size > MAX_FILE_BYTES:
        raise FileTooLarge(f"{path.name} has {status.st_size} bytes; at most {MAX_FILE_BYTES} are possible.")
    return status.st_size


class _Import:
    """One import at work: drafts collect until a batch is full, then go in together."""

    def __init__(
        self,
        database: Database,
        company_code: str,
        report: ImportReport,
        *,
        by: Actor,
        clock: Clock,
        revise: bool,
        submit: bool,
    ) -> None:
        self.report = report
        self._database, self._company_code = database, company_code
        self._by, self._clock, self._revise, self._submit = by, clock, revise, submit
        self._batch: list[Draft | Skipped] = []
        self._origins: set[str] = set()
        self._refused_line = 0
        self._waiting: dict[int, int] = {}  # payments before their invoices: document id to line

    def take(self, outcome: Draft | RowProblem | Skipped) -> bool:
        """Take one outcome of the reader; True when a batch went in."""
        if isinstance(outcome, RowProblem):
            self._refuse(outcome)
            return False
        if isinstance(outcome, Draft):
            if found := _too_large(outcome):
                self._refuse(found)
                return False
            full = len(self._batch) >= BATCH or outcome.document.origin in self._origins
        else:
            full = len(self._batch) >= BATCH
        if full:
            self._flush()
        self._batch.append(outcome)
        self._origins.add(outcome.document.origin if isinstance(outcome, Draft) else outcome.origin)
        return full

    def finish(self) -> None:
        """The last batch, and payments that stood before their invoices."""
        self._flush()
        waiting = list(self._waiting.items())
        for start in range(0, len(waiting), BATCH):
            self._submit_again(waiting[start : start + BATCH])

    def _refuse(self, problem: RowProblem) -> None:
        if problem.document_line != self._refused_line:  # several mistakes of one document count as one document
            self._refused_line = problem.document_line
            self.report.documents += 1
            self.report.problems += 1
        self.report.note(
            Finding(
                problem.line_number,
                Kept.PROBLEM,
                problem.origin,
                problem.field,
                problem.code,
                problem.message,
                problem.advice,
            )
        )

    def _flush(self) -> None:
        if not self._batch:
            return
        for attempt in range(_TRIES):
            try:
                with self._database.transaction() as db:
                    outcome = self._store(db)
                break
            except IntegrityError:  # somebody else imports the same documents at this moment: next time they are known
                if attempt == _TRIES - 1:
                    raise
        outcome.add_to(self.report)
        self._waiting.update(outcome.waiting)
        self._batch.clear()
        self._origins.clear()

    def _store(self, db: Session) -> _Stored:
        company = find_company(db, self._company_code)
        now = self._clock()
        stored = _Stored()
        drafts = [one for one in self._batch if isinstance(one, Draft)]
        twins = _twins(db, company, drafts)
        plain: list[Draft] = []
        for draft in drafts:
            twin = twins.get(draft.document.origin)
            if twin is None:
                plain.append(draft)
            else:
                stored.problem(
                    draft,
                    "imported_under_another_key",
                    f"This sale is in already, as document {twin.id} with origin {twin.origin}.",
                    "Nothing to do if it is the same sale. Export with the same columns each time.",
                )
        self._hand_in(db, company, plain, stored, now)
        self._skip(db, company, [one for one in self._batch if isinstance(one, Skipped)], stored)
        return stored

    def _hand_in(self, db: Session, company: Company, drafts: list[Draft], stored: _Stored, now: datetime) -> None:
        """Keep the drafts in the order of the file, then submit those that no person has to see first."""
        if not drafts:
            return
        documents = [draft.document for draft in drafts]
        known = by_origin(db, company.id, {document.origin for document in documents})
        handed = hand_in(db, company, documents, by=self._by, now=now, revise=self._revise, submit_now=False)
        results = list(zip(drafts, handed.results, strict=True))
        if self._submit:
            ready = [
                result.row
                for draft, result in results
                if isinstance(result, SaveResult) and result.saved is not Saved.SAME and draft.review is None
            ]
            submit_rows(db, company, ready, by=self._by, now=now)
        for draft, result in results:
            if isinstance(result, SaveResult):
                add_notes(result.row, draft.notes)
                stored.take(draft, result, submit=self._submit)
            else:
                advice = _advice(draft, known.get(draft.document.origin), result)
                stored.problem(draft, result.code, str(result), advice)

    def _skip(self, db: Session, company: Company, skipped: Sequence[Skipped], stored: _Stored) -> None:
        """What is left out may stand in the books from an earlier import: then say so."""
        known = by_origin(db, company.id, {one.origin for one in skipped})
        for one in skipped:
            stored.skipped += 1
            message, advice = one.message, one.advice
            row = known.get(one.origin)
            if row is not None and row.state not in (State.EXCLUDED, State.WITHDRAWN):
                message += f" But it is document {row.id} here, {row.state.value.replace('_', ' ')}."
                advice = "Exclude the document, or withdraw it where it is posted; else enter a credit memo."
            stored.findings.append(Finding(one.line_number, Kept.SKIPPED, one.origin, "", one.code, message, advice))

    def _submit_again(self, waiting: Sequence[tuple[int, int]]) -> None:
        """Payments whose invoices came later in the file find them now."""
        with self._database.transaction() as db:
            company = find_company(db, self._company_code)
            rows = [find(db, company.id, document_id) for document_id, _ in waiting]
            rows = [row for row in rows if row.state is State.FOR_REVIEW]
            done = submit_rows(db, company, rows, by=self._by, now=self._clock())
            lines = dict(waiting)
            left = [_review_finding(row, lines[row.id]) for row in done.not_ready]
            submitted = len(done.submitted)
        self.report.submitted += submitted
        self.report.for_review += len(left)
        for finding in left:
            self.report.note(finding)


@dataclass
class _Stored:
    """What one batch came to; counted in the report only after its transaction has committed."""

    added: int = 0
    same: int = 0
    revised: int = 0
    submitted: int = 0
    for_review: int = 0
    skipped: int = 0
    problems: int = 0
    total: Decimal = Decimal(0)
    findings: list[Finding] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)

    def take(self, draft: Draft, result: SaveResult, *, submit: bool) -> None:
        """Count a document that is in."""
        row = result.row
        self.added += result.saved is Saved.ADDED
        self.same += result.saved is Saved.SAME
        self.revised += result.saved is Saved.REVISED
        self.total += total(draft.document) or Decimal(0)
        waits = submit and row.state is State.FOR_REVIEW and row.reason == _NOT_POSTED
        if waits:
            self.waiting[row.id] = draft.line_number
        if result.saved is Saved.SAME:
            return
        for note in draft.notes:
            self.findings.append(Finding(draft.line_number, Kept.NOTE, row.origin, "", "note", note, ""))
        if row.state is State.SUBMITTED:
            self.submitted += 1
        elif not waits:
            self.for_review += 1
            if draft.review is not None and not row.problems:
                _ask(row, draft.review)
            if submit or row.problems or draft.review is not None:
                self.findings.append(_review_finding(row, draft.line_number, draft.review))

    def problem(self, draft: Draft, code: str, message: str, advice: str) -> None:
        """Count a document that was refused for what is stored already."""
        self.problems += 1
        origin = draft.document.origin
        self.findings.append(Finding(draft.line_number, Kept.PROBLEM, origin, "origin", code, message, advice))

    def add_to(self, report: ImportReport) -> None:
        """Add this batch to the report."""
        report.documents += self.added + self.same + self.revised + self.skipped + self.problems
        report.added += self.added
        report.same += self.same
        report.revised += self.revised
        report.submitted += self.submitted
        report.for_review += self.for_review
        report.skipped += self.skipped
        report.problems += self.problems
        report.total += self.total
        for finding in self.findings:
            report.note(finding)


def _advice(draft: Draft, row: DocumentRow | None, conflict: Conflict) -> str:
    """What to do about a contradiction; a sale that was open once and is paid now needs its payment only."""
    if row is None or row.kind != "invoice" or not isinstance(draft.document, SalesReceipt):
        return conflict.advice
    return (
        f"It came as an invoice first and is paid now: hand in a payment of {total(draft.document)} that applies to "
        f"{row.origin}, or receive the payment in QuickBooks."
    )


def _ask(row: DocumentRow, question: Problem) -> None:
    """Say on a complete document why it was not submitted; submitting it by hand answers the question."""
    row.reason, row.message, row.advice = question.code, question.message, question.advice


def _review_finding(row: DocumentRow, line_number: int, question: Problem | None = None) -> Finding:
    if question is None:
        listed = (row.problems or {}).get("problems", [])
        question = Problem(**listed[0]) if listed else None
    if question is None:
        question = Problem("for_review", "", "It waits for a person to submit it.", "Look at it and submit it.")
    return Finding(
        line_number, Kept.FOR_REVIEW, row.origin, question.field, question.code, question.message, question.advice
    )


def _too_large(draft: Draft) -> RowProblem | None:
    amount = total(draft.document)
    if amount is None or abs(amount) <= _LARGEST_TOTAL:
        return None
    return RowProblem(
        draft.line_number,
        "total",
        "too_large",
        f"The document comes to {amount}, more than QuickBooks can hold.",
        "Correct the amounts.",
        draft.line_number,
        draft.document.origin,
    )


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
