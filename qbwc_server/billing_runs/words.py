"""Offers and organisations that were charged lately: what each stands for, whether it is billed, what it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge
from qbwc_server.billing_runs.billed import names_billed
from qbwc_server.billing_runs.keeping import charge_connections, settings_of
from qbwc_server.billing_runs.models import ALL
from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import Switches, switches_of
from qbwc_server.billing_runs.targets import offer_word, organisation_word
from qbwc_server.billing_runs.told import names_of, sources_since, told_of
from qbwc_server.documents.problems import Problem
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.resolving import Resolved, resolve
from qbwc_server.mapping.said import Said
from qbwc_server.mapping.suggesting import Suggestion, suggestions_for

LATELY = timedelta(days=93)
_MOST_SUGGESTED = 200  # words for which the lists are searched
_AT_A_TIME = 200  # facts in memory


@dataclass(frozen=True, slots=True)
class BilledWord:
    """An offer or an organisation.

    Attributes:
        key: as the switches take it.
        entry: full name of what it stands for.
        problem: why it stands for nothing.
        makes: of an organisation, whether its invoices are made or updated.
    """

    connection_id: int
    said: Said
    key: str
    entry: str | None
    problem: Problem | None
    synchronise: bool
    makes: Makes | None
    suggestions: tuple[Suggestion, ...] = ()


def words_billed(db: Session, company_id: int, now: datetime, *, suggesting: bool = True) -> list[BilledWord]:
    """All of a company, offers first; with what each may be, where it is nothing yet. Raises NoBillingSettings."""
    default = settings_of(db, company_id).makes
    since = (now - LATELY).date()
    found: list[BilledWord] = []
    for connection in charge_connections(db, company_id):
        offers, organisations = _said(db, connection.id, since)
        switches = switches_of(db, [connection.id])[connection.id]
        for said in (offers, organisations):
            found += _listed(db, company_id, connection.id, said, switches, default)
    return _with_suggestions(db, company_id, found) if suggesting else found


@dataclass(frozen=True, slots=True)
class OfferOf:
    """An offer of one organisation, and whether it is billed there; ``own`` where that was said of the two."""

    said: Said
    synchronise: bool
    own: bool


def offers_of(db: Session, company_id: int, connection_id: int, organisation: str, now: datetime) -> list[OfferOf]:
    """What an organisation was charged for lately, by its key; nothing for one that was not."""
    if connection_id not in {one.id for one in charge_connections(db, company_id)}:
        return []
    charges = _charged(db, connection_id, (now - LATELY).date())
    offers = {one.offer: offer_word(one) for one in charges if one.organisation.key == organisation}
    switches = switches_of(db, [connection_id])[connection_id]
    return [
        OfferOf(said, switches.synchronises(organisation, offer), (organisation, offer) in switches.offers)
        for offer, said in sorted(offers.items())
    ]


def _charged(db: Session, connection_id: int, since: date) -> Iterator[Charge]:
    names = names_of(db, connection_id, names_billed(db, [connection_id]))
    sources = sources_since(db, connection_id, since)
    for start in range(0, len(sources), _AT_A_TIME):
        yield from told_of(db, connection_id, sources[start : start + _AT_A_TIME], names).charges.values()


def _said(db: Session, connection_id: int, since: date) -> tuple[dict[str, Said], dict[str, Said]]:
    """Offers, and organisations by their key."""
    offers: dict[str, Said] = {}
    organisations: dict[str, Said] = {}
    for one in _charged(db, connection_id, since):
        offers[one.offer] = offer_word(one)
        organisations[one.organisation.key] = organisation_word(one.organisation)
    return offers, organisations


def _listed(
    db: Session, company_id: int, connection_id: int, said: dict[str, Said], switches: Switches, default: Makes
) -> Iterator[BilledWord]:
    words = resolve(db, company_id, connection_id, list(said.values()))
    for key, one in sorted(said.items()):
        outcome = words[one.key]
        of_customer = one.kind is WordKind.CUSTOMER
        yield BilledWord(
            connection_id,
            one,
            key,
            outcome.name if isinstance(outcome, Resolved) else None,
            None if isinstance(outcome, Resolved) else outcome.problem,
            switches.synchronises(key, ALL) if of_customer else switches.synchronises(ALL, key),
            switches.makes.get(key, default) if of_customer else None,
        )


def _with_suggestions(db: Session, company_id: int, words: list[BilledWord]) -> list[BilledWord]:
    left = _MOST_SUGGESTED
    done: list[BilledWord] = []
    for word in words:
        if word.problem is None or left == 0:
            done.append(word)
            continue
        left -= 1
        done.append(replace(word, suggestions=tuple(suggestions_for(db, company_id, word.said))))
    return done
