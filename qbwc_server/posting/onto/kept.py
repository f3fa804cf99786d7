"""Lines of others with an item of ours stay on the invoice that was found: a person sees them, and says so."""

from __future__ import annotations

from collections.abc import Sequence

from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind, ended_by_a_person
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.transactions.standing import Standing

_ADVICE = (
    "Look at the invoice in QuickBooks before it is sent: change there what is not to be billed. "
    "Dismiss this where the lines are meant."
)


def tell_kept(work: Work, document: DocumentRow, found: Standing, remarks: Sequence[str]) -> None:
    """Open work about one invoice; what a person has dismissed is told again only when it is something else."""
    key = str(document.id)
    if not remarks:
        work.settled_work.append((WorkKind.KEPT_ON_INVOICE, key))
        return
    where = f"Invoice {found.number or found.txn_id} of {document.party}: "
    finding = Finding(
        WorkKind.KEPT_ON_INVOICE,
        key,
        where + " ".join(remarks),
        _ADVICE,
        document.id,
        {"txn_id": found.txn_id, "lines": list(remarks)},
    )
    if not ended_by_a_person(work.db, work.company.id, finding):
        work.findings.append(finding)
