"""What counts as evidence: our mark, one that says the same, certain absence, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.settling import RequestRow
from qbxml import Answer, Ref
from qbxml.outcome import Outcome
from qbxml.status import status


@dataclass(frozen=True, slots=True)
class Sent:
    """By what an added transaction can be found again, in the words that QuickBooks was given."""

    number: str | None
    day: date | None
    customer: str | None


def read_sent(xml: str | None) -> Sent:
    """Read the text of an Add; of a text that QuickBooks could not read, whatever can be made out."""
    text = xml or ""
    day = _first("<TxnDate>([0-9]{4}-[0-9]{2}-[0-9]{2})</TxnDate>", text)
    return Sent(
        number=_first("<RefNumber>([^<]+)</RefNumber>", text),
        day=None if day is None else date.fromisoformat(day),
        customer=_first("<CustomerRef><FullName>([^<]+)</FullName>", text),
    )


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return None if found is None else unescape(found[1])


_TELLS_ALL = frozenset({0, 1, 500})


def tells_all(answer: Answer) -> bool:
    """Whether there is nothing else beside the entries of an answer."""
    return answer.status_code in _TELLS_ALL


def proves_absence(answer: Answer) -> bool:
    """Whether an answer says that something asked for is not there: status 0 without any entry says nothing."""
    said = status(answer.status_code, answer.status_message or "")
    return said.outcome is Outcome.NOTHING_FOUND and not said.doubtful


def same_name(wanted: str | None, found: Ref | None) -> bool:
    """Whether a reference is to ``wanted``; QuickBooks compares names without case. Nothing wanted fits everything."""
    if wanted is None:
        return True
    return found is not None and (found.full_name or "").lower() == wanted.lower()


def alike(kind: str, total: Decimal | None, customer: str | None, rets: Sequence[Any]) -> list[Any]:
    """Those without any mark that say what a document says."""
    return [
        ret
        for ret in rets
        if guid_of(ret) is None
        and same_name(customer, ret.customer)
        and (total is None or TRANSACTIONS[kind].total_of(ret) in (None, total))
    ]


def candidate(kind: str, ret: Any) -> dict[str, Any]:
    """A transaction as far as a person needs it to recognise it."""
    names = ("txn_id", "ref_number", "txn_date", "time_created", "time_deleted", "memo")
    shown = {name: str(value) for name in names if (value := getattr(ret, name, None)) is not None}
    customer = getattr(ret, "customer", None)
    if customer is not None and customer.full_name:
        shown["customer"] = customer.full_name
    if hasattr(ret, "customer"):
        total = TRANSACTIONS[kind].total_of(ret)
        if total is not None:
            shown["total"] = str(total)
    return shown


def guid_of(ret: Any) -> UUID | None:
    """The mark that a transaction bears, None where it bears none of ours."""
    value = ret.external_guid
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def sent_by(work: Work, about: RequestRow) -> Sent:
    """What this request said when it left."""
    return read_sent(work.db.get_one(QueuedRequest, about.id).xml)
