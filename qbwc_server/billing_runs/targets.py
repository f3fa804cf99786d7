"""Who is billed for a charge and with which item: by the mappings, the switches and what the lists say now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge, Organisation
from qbwc_server.billing_runs.settings import BillingSettings, Makes
from qbwc_server.billing_runs.switches import Switches
from qbwc_server.books.mirror.fate import became_of, by_name
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import file_facts
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.mapping.resolving import Key, Resolved, Unmapped, resolve
from qbwc_server.mapping.said import Said

_MOST_ITEMS = 5000
_HOME = {"US": "USD", "CA": "CAD", "UK": "GBP", "AU": "AUD"}  # of a file in which there is one currency only


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is billed: ``key`` is the ListID, or stands for the name of one who is still to be added."""

    key: str
    name: str
    entry: MirrorEntry | None
    level: MirrorEntry | None
    has_level: bool
    currency: str | None

    @property
    def keys(self) -> tuple[str, str]:
        """Its key, and that which it had as long as QuickBooks had told no ListID."""
        return self.key, _key_of_new(self.name)


@dataclass(frozen=True, slots=True)
class Item:
    """What is billed, as the lists have it."""

    name: str
    entry: MirrorEntry | None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a charge goes."""

    customer: Customer
    item: Item


def organisation_word(organisation: Organisation) -> Said:
    """An organisation as it is mapped: by its id, or, where the distributor gives none, by its name."""
    word = organisation.name if organisation.id is None else organisation.id
    return Said(WordKind.CUSTOMER, word, title=organisation.name)


def offer_word(charge: Charge) -> Said:
    """An offer as it is mapped."""
    return Said(WordKind.ITEM, charge.offer, title=charge.product)


def items_meant(db: Session, company_id: int, connection_id: int) -> tuple[str, ...]:
    """Full names of all items that offers of a connection stand for."""
    listed = mappings_of(db, company_id, kind=WordKind.ITEM, connection_id=connection_id)
    names = {one.outcome.name for one in listed if isinstance(one.outcome, Resolved)}
    return tuple(sorted(names))[:_MOST_ITEMS]


class Targets:
    """What the organisations and offers of one connection stand for at this moment."""

    def __init__(
        self,
        db: Session,
        company_id: int,
        connection_id: int,
        settings: BillingSettings,
        switches: Switches,
        charges: Iterable[Charge],
        ambiguous: frozenset[str],
    ) -> None:
        """Looks up all at once; ``ambiguous`` are names that several organisations have."""
        organisations = {one.organisation for one in charges}
        offers = {one.offer: offer_word(one) for one in charges}
        self._settings, self._ambiguous = settings, ambiguous
        self._said_before: dict[tuple[Organisation, str], tuple[Key, Key]] = {}
        self._payers: dict[Resolved, Customer] = {}
        self._switches = switches
        self._words = resolve(db, company_id, connection_id, [*map(organisation_word, organisations), *offers.values()])
        found = [(key[0], one) for key, one in self._words.items() if isinstance(one, Resolved)]
        self._customers = _entries(db, company_id, ListKind.CUSTOMER, [r for k, r in found if k is WordKind.CUSTOMER])
        self._items = _entries(db, company_id, ListKind.ITEM, [r for k, r in found if k is WordKind.ITEM])
        self._levels = _levels(db, company_id, self._customers.values())
        self._currencies = _Currencies(db, company_id)

    def of(self, charge: Charge) -> Target | Problem:
        """Where a charge goes, or why nowhere."""
        organisation = charge.organisation
        if organisation.id is None and organisation.name in self._ambiguous:
            return Problem(
                "same_name", "organisation", f"Several organisations are called {organisation.name!r} upstream.",
                "Ask the distributor to give them names of their own.",
            )  # fmt: skip
        if not self._switches.synchronises(organisation.key, charge.offer):
            return Problem("switched_off", "offer", f"{charge.product} is switched off for {organisation.name}.", "")
        payer, offer = self._said(charge)
        customer = self._words[payer]
        if isinstance(customer, Unmapped):
            return replace(customer.problem, field="organisation")
        item = self._words[offer]
        if isinstance(item, Unmapped):
            return replace(item.problem, field="offer")
        target = Target(self._customer(customer), Item(item.name, self._items.get(key_of(item))))
        return _other_currency(charge, target.customer) or target

    def _said(self, charge: Charge) -> tuple[Key, Key]:
        said = charge.organisation, charge.offer
        if said not in self._said_before:
            self._said_before[said] = organisation_word(charge.organisation).key, offer_word(charge).key
        return self._said_before[said]

    def makes(self, organisation: Organisation) -> Makes:
        """Whether its invoices are made or updated."""
        return self._switches.makes.get(organisation.key, self._settings.makes)

    def _customer(self, resolved: Resolved) -> Customer:
        if resolved not in self._payers:
            self._payers[resolved] = self._payer(resolved)
        return self._payers[resolved]

    def _payer(self, resolved: Resolved) -> Customer:
        entry = self._customers.get(key_of(resolved))
        reference = _reference(entry, "price_level")
        level = None if reference is None else self._levels.get(str(reference.get("list_id")))
        currency = self._currencies.of(_reference(entry, "currency"))
        return Customer(key_of(resolved), resolved.name, entry, level, reference is not None, currency)


def key_of(resolved: Resolved) -> str:
    """By what an entry is known: its ListID, or what stands for the name of one that is still to be added."""
    if resolved.list_id is not None:
        return resolved.list_id
    return _key_of_new(resolved.name)


def _key_of_new(name: str) -> str:
    return f"new:{sha256(name.lower().encode()).hexdigest()[:20]}"


def _entries(db: Session, company_id: int, kind: ListKind, resolved: Iterable[Resolved]) -> dict[str, MirrorEntry]:
    some = list(resolved)
    fates = became_of(db, company_id, kind, {one.list_id for one in some if one.list_id is not None})
    found = {list_id: fate.entry for list_id, fate in fates.items() if fate.entry is not None}
    for one in some:  # of those that are added from here QuickBooks tells the ListID later
        named = by_name(db, company_id, kind, one.name) if one.list_id is None else []
        if len(named) == 1:
            found[key_of(one)] = named[0]
    return found


def _levels(db: Session, company_id: int, customers: Iterable[MirrorEntry]) -> dict[str, MirrorEntry]:
    ids = {str(one.get("list_id")) for entry in customers if (one := _reference(entry, "price_level"))}
    fates = became_of(db, company_id, ListKind.PRICE_LEVEL, ids)
    return {list_id: fate.entry for list_id, fate in fates.items() if fate.entry is not None}


def _reference(entry: MirrorEntry | None, name: str) -> dict[str, Any] | None:
    told = None if entry is None else entry.rest.get(name)
    return told if isinstance(told, dict) else None


class _Currencies:
    """Codes of currencies by what the lists call them."""

    def __init__(self, db: Session, company_id: int) -> None:
        rows = db.scalars(
            select(MirrorEntry).where(MirrorEntry.company_id == company_id, MirrorEntry.kind == ListKind.CURRENCY)
        )
        self._codes = {row.full_name: str(row.rest.get("currency_code") or "") for row in rows}
        facts = db.get(CompanyFacts, company_id)
        home = file_facts(facts).preferences.home_currency
        self._home = self._codes.get(home or "") or (_HOME.get(facts.country) if facts is not None else None)

    def of(self, reference: dict[str, Any] | None) -> str | None:
        """The code, such as USD; None where the lists do not say it."""
        if reference is None:
            return self._home
        return self._codes.get(str(reference.get("full_name"))) or None


def entries_of_offers(
    db: Session, company_id: int, connection_id: int, offers: Iterable[str]
) -> dict[str, MirrorEntry]:
    """The items in the lists that these offers stand for, as far as they stand for any."""
    words = {offer: Said(WordKind.ITEM, offer) for offer in offers}
    found = resolve(db, company_id, connection_id, list(words.values()))
    items = {offer: one for offer, said in words.items() if isinstance(one := found[said.key], Resolved)}
    entries = _entries(db, company_id, ListKind.ITEM, items.values())
    return {offer: entries[key_of(one)] for offer, one in items.items() if key_of(one) in entries}


def home_currency(db: Session, company_id: int) -> str | None:
    """The code of the currency in which the company file is kept; None where the lists do not say it."""
    return _Currencies(db, company_id).of(None)


def _other_currency(charge: Charge, customer: Customer) -> Problem | None:
    if customer.currency is None or not charge.currency or customer.currency == charge.currency.upper():
        return None
    return Problem(
        "currency_differs",
        "currency",
        f"{charge.product} is charged in {charge.currency}, and {customer.name} is kept in {customer.currency}.",
        "Map the organisation to a customer of that currency.",
    )
