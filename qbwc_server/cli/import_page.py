"""What came of an import, in lines for the person at the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from qbwc_server.channels.files.formats import FORMATS
from qbwc_server.channels.report import Counts, Finding, ImportReport
from qbwc_server.cli.output import counted, moment, paragraph, plain, say

_SHOWN = 20  # different things that are said
_LINES_SHOWN = 5  # of one thing


def show_import(report: ImportReport, zone: str) -> None:
    """Counts, remarks, and each thing that was found once, with its lines; advice is not repeated."""
    say(f"{plain(report.file)} ({FORMATS[report.format].title}): {counted(report.counts.documents, 'document')}")
    for line in _counts(report.counts):
        say(f"  {line}")
    if report.came_before is not None:
        paragraph(f"  Note: The same file came in before, {moment(report.came_before, zone)}.")
    for remark in report.remarks:
        paragraph(f"  Note: {remark}")
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in report.findings:
        alike.setdefault((finding.outcome, finding.problem.message, finding.problem.advice), []).append(finding)
    told: set[str] = set()
    for (outcome, message, advice), findings in list(alike.items())[:_SHOWN]:
        paragraph(f"  {_lines(findings)}{outcome.replace('_', ' ')}: {message}")
        if advice and advice not in told:
            paragraph(f"      {advice}")
        told.add(advice)
    left = sum(len(findings) for findings in list(alike.values())[_SHOWN:]) + report.findings_left_out
    if left:
        say(f"  and {left:,} more; --json lists them")


def _counts(counts: Counts) -> list[str]:
    parts = {
        "added": counts.added,
        "there already": counts.same,
        "revised": counts.revised,
        "skipped": counts.skipped,
        "with problems": counts.problems,
    }
    lines = [", ".join(f"{n} {what}" for what, n in parts.items() if n) or "nothing in it"]
    if counts.open_work:
        lines.append(f"{counts.open_work} of them left for you to see to: qbwc-server open-work list")
    if counts.added or counts.revised:
        unknown = f", without {counts.without_total} that only QuickBooks can price" if counts.without_total else ""
        lines.append(
            f"{counts.submitted} submitted, {counts.for_review} for review; they come to {counts.total:,.2f}{unknown}"
        )
    return lines


def _lines(findings: Sequence[Finding]) -> str:
    """``Line 2,`` or ``Lines 2, 8, 14 and 13 more,``: where the same was found."""
    numbers = list(dict.fromkeys(one.line_number for one in findings if one.line_number is not None))
    if not numbers:
        return ""
    shown = ", ".join(str(number) for number in numbers[:_LINES_SHOWN])
    more = f" and {len(numbers) - _LINES_SHOWN:,} more" if len(numbers) > _LINES_SHOWN else ""
    return f"Line{'s' if len(numbers) > 1 else ''} {shown}{more}, "
