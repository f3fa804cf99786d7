"""Mappings and the words that wait for one, as faces show them."""

from __future__ import annotations

from typing import Any

from qbwc_server.mapping.exchange import Change
from qbwc_server.mapping.going_on import WentOn
from qbwc_server.mapping.listing import Listed
from qbwc_server.mapping.models import Decision, WordMapping
from qbwc_server.mapping.resolving import Unmapped
from qbwc_server.mapping.taking import Suggested, Taken
from qbwc_server.mapping.waiting import WaitingWord


def mapping_record(row: WordMapping) -> dict[str, Any]:
    """What was said of a word."""
    return {
        "id": row.id,
        "kind": row.kind.value,
        "word": row.word,
        "connection": row.connection_id or None,
        "decision": row.decision.value,
        "list_id": row.list_id,
        "name": row.name,
        "by": str(row.by),
        "changed_at": row.changed_at.isoformat(),
    }


def listed_record(listed: Listed) -> dict[str, Any]:
    """The same, with the name that the entry has now, or why it cannot be used."""
    outcome = listed.outcome
    wrong = isinstance(outcome, Unmapped) and listed.row.decision is not Decision.NEVER
    return {
        **mapping_record(listed.row),
        "name_now": None if isinstance(outcome, Unmapped) else outcome.name,
        "problem": outcome.problem.as_record() if isinstance(outcome, Unmapped) and wrong else None,
    }


def waiting_record(one: WaitingWord) -> dict[str, Any]:
    """A word that keeps documents waiting."""
    return {
        "kind": one.said.kind.value,
        "word": one.said.word,
        "connection": one.connection_id or None,
        **one.said.hints,
        "documents": one.documents,
        "code": one.code,
        "message": one.message,
    }


def went_on_record(went: WentOn) -> dict[str, int]:
    """What became of the documents that waited."""
    return {"submitted": went.submitted, "waiting": went.waiting, "left_out": went.left_out}


def suggested_record(one: Suggested) -> dict[str, Any]:
    """The same with what it may stand for."""
    sure = one.sure
    entries = [
        {
            "list_id": each.entry.list_id,
            "name": each.entry.full_name,
            "reason": each.reason.value,
            "likeness": each.likeness,
            "sure": each is sure,
        }
        for each in one.suggestions
    ]
    return {**waiting_record(one.waiting), "entries": entries}


def taken_record(taken: Taken) -> dict[str, Any]:
    """What was said or taken back together, and what became of the documents."""
    went = [one.went for one in taken.mapped]
    total = WentOn(
        sum(one.submitted for one in went), sum(one.waiting for one in went), sum(one.left_out for one in went)
    )
    return {
        "batch": taken.batch,
        "mappings": [mapping_record(one.row) for one in taken.mapped],
        "documents": went_on_record(total),
    }


def change_record(change: Change) -> dict[str, Any]:
    """What a row of a file changes."""
    return {
        "line": change.line,
        "effect": change.effect.value,
        "kind": change.kind,
        "word": change.word,
        "before": change.before,
        "after": change.after,
        "problem": change.problem,
    }
