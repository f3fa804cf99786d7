"""From the rules of Flask to the paths of OpenAPI: one for each name that stands for a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from werkzeug.routing import Map, Rule

_PART = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<said>[^)]*)\))?:)?(?P<name>\w+)>")
_WORDS = {"code": "Of the company.", "kind": "Of the list.", "list_id": "That QuickBooks gave the entry."}


@dataclass(frozen=True, slots=True)
class Address:
    """One path and method, the endpoint behind it, and what stands for the parts of the path."""

    path: str
    method: str
    endpoint: str
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)  # JSON schema by name
    chosen: tuple[str, ...] = ()


def addresses_of(urls: Map, before: str) -> Iterator[Address]:
    """Every address of endpoints that begin with ``before``, in the order of their rules."""
    for rule in urls.iter_rules():
        if rule.endpoint.startswith(before):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield from _addresses(rule, method)


def _addresses(rule: Rule, method: str) -> Iterator[Address]:
    found = list(_PART.finditer(rule.rule))
    choices = [_choices(part["said"]) for part in found if part["converter"] == "any"]
    for chosen in product(*choices):
        left = iter(chosen)
        path = _PART.sub(lambda part: next(left) if part["converter"] == "any" else f"{{{part['name']}}}", rule.rule)  # noqa: B023  # used at once
        parts = {part["name"]: _schema(part) for part in found if part["converter"] != "any"}
        yield Address(path, method, rule.endpoint, parts, chosen)


def _choices(said: str) -> list[str]:
    return [one.strip().strip("\"'") for one in said.split(",")]


def _schema(part: re.Match[str]) -> dict[str, Any]:
    if part["converter"] == "int":
        most = re.search(r"max=(\d+)", part["said"] or "")
        return {"type": "integer", "minimum": 0, **({"maximum": int(most[1])} if most else {})}
    return {"type": "string", "minLength": 1, "description": _WORDS.get(part["name"], "")}
