"""What an intake says in the end: counts, findings with their lines, and how far it is meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem

MOST_FINDINGS = 1000  # of each outcome that are kept in the report; the rest is counted


class Kept(StrEnum):
    """What a finding is about."""

    PROBLEM = "problem"  # not taken: something is wrong with it
    SKIPPED = "skipped"  # left out on purpose
    FOR_REVIEW = "for_review"  # taken, and waits for a person
    NOTE = "note"  # taken; something to know


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the source that a person should read, with its line."""

    outcome: Kept
    problem: Problem
    line_number: int | None = None
    origin: str | None = None

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "line": self.line_number,
            "outcome": self.outcome.value,
            "origin": self.origin,
            **self.problem.as_record(),
        }


@dataclass(slots=True)
class Counts:
    """What became of documents; each is one of added, same, revised, skipped and problems.

    ``submitted`` and ``for_review`` say where the added and revised ones stand now. ``total`` is the sum of the totals
    of the added and revised ones, as far as the documents tell them; ``without_total`` counts those that do not.
    """

    added: int = 0
    same: int = 0
    revised: int = 0
    skipped: int = 0
    problems: int = 0
    submitted: int = 0
    for_review: int = 0
    total: Decimal = Decimal(0)
    without_total: int = 0
    open_work: int = 0  # items that a person has to see to, of what was skipped

    @property
    def documents(self) -> int:
        """All of them."""
        return self.added + self.same + self.revised + self.skipped + self.problems

    def add(self, more: Counts) -> None:
        """Count what another batch came to."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))

    def as_record(self) -> dict[str, object]:
        """JSON-ready; the total has two decimals."""
        numbers = {one.name: getattr(self, one.name) for one in fields(self)}
        return {"documents": self.documents, **numbers, "total": f"{self.total:.2f}"}


@dataclass(kw_only=True)
class IntakeReport:
    """What became of every document of a source."""

    counts: Counts = field(default_factory=Counts)
    remarks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0
    _kept: Counter[Kept] = field(default_factory=Counter)

    @property
    def needs_a_person(self) -> bool:
        """Whether something was refused, waits for review although it was to be submitted, or is left for a person."""
        left = self.counts.problems or self.counts.open_work
        return bool(left) or any(finding.outcome is Kept.FOR_REVIEW for finding in self.findings)

    def note(self, finding: Finding) -> None:
        """Keep a finding, or count it when there are very many of its outcome."""
        self._kept[finding.outcome] += 1
        if self._kept[finding.outcome] <= MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.findings_left_out += 1

    def as_record(self) -> dict[str, object]:
        """JSON-ready, with stable keys."""
        return {
            **self.counts.as_record(),
            "needs_a_person": self.needs_a_person,
            "remarks": list(self.remarks),
            "findings": [finding.as_record() for finding in self.findings],
            "findings_left_out": self.findings_left_out,
        }


@dataclass(kw_only=True)
class ImportReport(IntakeReport):
    """What became of every document in a file."""

    file: str
    format: str = ""  # until it is known
    connection_id: int = 0
    run_id: int = 0
    came_before: datetime | None = None  # when the same bytes came in first

    def as_record(self) -> dict[str, object]:
        """JSON-ready, with stable keys."""
        before = None if self.came_before is None else self.came_before.isoformat()
        told = {"connection": self.connection_id, "run": self.run_id, "came_before": before}
        return {"file": self.file, "format": self.format, **told, **super().as_record()}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes of the file read, its size, documents seen."""

    bytes_read: int
    bytes_total: int
    documents: int
