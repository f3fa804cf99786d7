"""Rules, and what they make of an entry, as faces show them."""

from __future__ import annotations

from typing import Any

from qbwc_server.mapping.rules.rule import Booked, Rule


def rule_record(rule: Rule) -> dict[str, Any]:
    """A rule; amounts are text."""
    return {
        "id": rule.id,
        "text": rule.text,
        "match": rule.match.value,
        "direction": None if rule.direction is None else rule.direction.value,
        "least": None if rule.least is None else str(rule.least),
        "most": None if rule.most is None else str(rule.most),
        "source": rule.source,
        "reduced_tax": rule.reduced_tax,
        "account": rule.account,
        "class": rule.class_name,
        "description": rule.description,
        "splits": [
            {
                "account": one.account,
                "amount": None if one.amount is None else str(one.amount),
                "percent": None if one.percent is None else str(one.percent),
            }
            for one in rule.splits
        ],
    }


def booked_record(booked: Booked | None) -> dict[str, Any]:
    """The lines of an entry and what gave it them; ``why`` is null where a person has to say."""
    if booked is None:
        return {"why": None, "lines": []}
    return {
        "why": booked.why,
        "lines": [
            {
                "account": one.account,
                "amount": str(one.amount),
                "description": one.description,
                "class": one.class_name,
            }
            for one in booked.lines
        ],
    }
