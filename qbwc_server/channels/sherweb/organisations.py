"""Organisations of the service-provider API: by them an organisation is known by its id, however it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qbwc_server.billing.charges import NotACharge
from qbwc_server.channels.contract import BrokenFact, BrokenPage, Fact, Page, Window
from qbwc_server.channels.http import Answer, AnswerUnreadable, Upstream
from qbwc_server.channels.sherweb.api import Api, Scope
from qbwc_server.channels.sherweb.fields import ORGANISATION_FIELDS, as_kept, by_name
from qbwc_server.channels.sherweb.options import SherwebOptions
from qbwc_server.documents.problems import Problem

CUSTOMERS = "/customers"
_LONGEST_ID = 150
_ADVICE = "Ask the distributor; the organisation is known by its name as long as this cannot be read."


def pull_organisations(options: SherwebOptions, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
    """All of them, where the service-provider API is used; nothing where it is not."""
    if options.service_provider:
        answer = Api(options, upstream, Scope.SERVICE_PROVIDER).get(CUSTOMERS)
        try:
            yield _page(customers(answer))
        except AnswerUnreadable as error:
            yield BrokenPage(Problem(error.code, "", str(error), error.advice))
    yield Page([], complete_until=window.until)


def customers(answer: Answer) -> list[Any]:
    """What the answer lists. Raises AnswerUnreadable."""
    said = answer.json()
    found = by_name(said, "items") if isinstance(said, dict) else None
    if not isinstance(found, list):
        raise AnswerUnreadable("The answer lists no organisations.")
    return found


def _page(told: list[Any]) -> Page:
    facts: list[Fact] = []
    broken: list[BrokenFact] = []
    for one in told:
        try:
            facts.append(_fact(one))
        except NotACharge as error:
            problem = Problem("not_an_organisation", error.problem.field, str(error), _ADVICE)
            broken.append(BrokenFact(problem, str(one)))
    return Page(facts, broken, all_of=None if broken else "")


def _fact(told: object) -> Fact:
    if not isinstance(told, dict):
        raise NotACharge("", "What stands among the organisations is no object.")
    kept = as_kept(told)
    number, name = kept.get("id"), kept.get("displayName")
    if not isinstance(number, str) or not 0 < len(number) <= _LONGEST_ID:
        raise NotACharge("id", "The organisation has no id.")
    if not isinstance(name, str) or not name.strip():
        raise NotACharge("displayName", f"The organisation {number} has no name.")
    body = {field: kept.get(field) for field in ORGANISATION_FIELDS}
    return Fact(number, None, {**body, "displayName": " ".join(name.split())})
