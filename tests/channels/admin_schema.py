"""What Shopify's Admin API knows: a question with a wrong name is refused by the shop of the tests as by Shopify."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema, parse, validate

KNOWN = ("2025-10", "2026-10")  # the oldest and the newest


@cache
def _schema(version: str) -> GraphQLSchema:
    path = Path(__file__).with_name(f"admin_api_{version}.graphql")
    return build_schema(path.read_text(encoding="utf-8"))


@cache
def wrong_in(question: str, version: str) -> tuple[str, ...]:
    """What is wrong with a question, in Shopify's words; versions between the two are not known to a field."""
    if version not in KNOWN:
        return ()
    return tuple(error.message for error in validate(_schema(version), parse(question)))
