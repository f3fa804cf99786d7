"""What an import says in the end: counts, findings with their lines, and how far it is meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

MOST_FINDINGS = 1000  # kept in the report; the rest is counted


class Kept(StrEnum):
    """What a finding is about."""

    PROBLEM = "problem"  # not taken: something is wrong with it
    SKIPPED = "skipped"  # left out on purpose
    FOR_REVIEW = "for_review"  # taken, and waits for a person
    NOTE = "note"  # taken; something to know


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the file that a person should read, with its line."""

    line_number: int
    outcome: Kept
    origin: str | None
    field: str
    code: str
    message: str
    advice: str

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "line": self.line_number,
            "outcome": self.outcome.value,
            "origin": self.origin,
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "advice": self.advice,
        }


@dataclass
class ImportReport:
    """What became of every document in the file.

    ``documents`` is the sum of added, same, revised, skipped and problems. ``submitted`` and ``for_review`` say where
    the added and revised ones stand now. ``total`` is the sum of the totals of all that were taken.
    """

    file: str
    format: str
    documents: int = 0
    added: int = 0
    same: int = 0
    revised: int = 0
    submitted: int = 0
    for_review: int = 0
    skipped: int = 0
    problems: int = 0
    total: Decimal = Decimal(0)
    remarks: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0

    @property
    def needs_a_person(self) -> bool:
        """Whether something was refused, or waits for review although it was to be submitted."""
        return bool(self.problems) or any(f.outcome is Kept.FOR_REVIEW for f in self.findings)

    def note(self, finding: Finding) -> None:
        """Keep a finding, or count it when there are very many."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.findings_left_out += 1

    def as_record(self) -> dict[str, object]:
        """JSON-ready, with stable keys."""
        return {
            "file": self.file,
            "format": self.format,
            "documents": self.documents,
            "added": self.added,
            "same": self.same,
            "revised": self.revised,
            "submitted": self.submitted,
            "for_review": self.for_review,
            "skipped": self.skipped,
            "problems": self.problems,
            "total": f"{self.total:.2f}",
            "needs_a_person": self.needs_a_person,
            "remarks": list(self.remarks),
            "findings": [finding.as_record() for finding in self.findings],
            "findings_left_out": self.findings_left_out,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes of the file read, its size, documents seen."""

    bytes_read: int
    bytes_total: int
    documents: int
