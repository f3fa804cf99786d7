"""Offers and organisations of a distributor in a browser: what each stands for, and whether it is billed."""

from __future__ import annotations

from typing import Any

from flask import Response

from qbwc_server.billing_runs.keeping import NoBillingSettings, charge_connections
from qbwc_server.billing_runs.models import LONGEST_OFFER, LONGEST_ORGANISATION
from qbwc_server.billing_runs.switches import makes_named, switch
from qbwc_server.billing_runs.words import offers_of, words_billed
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.channels.connections.finding import channel_of
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.jobs.asked_for import ask_for_run
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.reports.billing import word_record
from qbwc_server.shortening import storable
from qbwc_server.tenancy.permissions import Permission

_PAGE = 50
_SWITCHED = {"on": True, "off": False}


def words(visit: Visit, problem: QbwcError | None = None) -> Response:
    """The offers, or the organisations, that were charged lately; those that stand for nothing first."""
    said = visit.request.values
    kind = WordKind.CUSTOMER if said.get("kind") == WordKind.CUSTOMER else WordKind.ITEM
    first = _number(said.get("from")) or 0
    with visit.looking() as (db, standing):
        connections = charge_connections(db, standing.company.id)
        try:
            found = words_billed(db, standing.company.id, visit.now)
        except NoBillingSettings:
            found = None
    of_kind = [] if found is None else [one for one in found if one.said.kind is kind]
    of_kind.sort(key=lambda one: (one.entry is not None or not one.synchronise, (one.said.title or one.key).lower()))
    page: dict[str, Any] = {
        "problem": problem,
        "kind": kind,
        "is_said": found is not None,
        "connections": connections,
        "words": [word_record(one) for one in of_kind[first : first + _PAGE]],
        "first": first,
        "total": len(of_kind),
        "next": first + _PAGE if len(of_kind) > first + _PAGE else None,
    }
    return show(visit, "billing_words.html", 200 if problem is None else 409, **page)


def organisation(visit: Visit, problem: QbwcError | None = None) -> Response:
    """The offers of one organisation, each with its switch."""
    said = visit.request.values
    key, connection = storable(said.get("organisation", ""))[:LONGEST_ORGANISATION], _number(said.get("connection"))
    with visit.looking() as (db, standing):
        offers = [] if connection is None else offers_of(db, standing.company.id, connection, key, visit.now)
    if not offers:
        raise NotFound("No such organisation was charged for anything lately.")
    page = {"key": key, "connection": connection, "offers": offers, "problem": problem}
    return show(visit, "billing_organisation.html", 200 if problem is None else 409, **page)


def switch_it(visit: Visit) -> Response:
    """Bill something or not; of an organisation, make invoices or update those that are there."""
    form = visit.request.form
    key, offer = text_field(visit.request, "organisation", LONGEST_ORGANISATION), form.get("offer", "")
    connection = _number(form.get("connection"))
    back = organisation if form.get("back") == "organisation" else words
    try:
        if connection is None:
            raise Invalid("It was not said which distributor is meant.")
        with visit.changing() as (db, standing):
            switch(
                db,
                standing.company,
                connection,
                organisation=key,
                offer=storable(offer)[: LONGEST_OFFER + 1],
                synchronise=_SWITCHED.get(form.get("synchronise", "")),
                makes=makes_named(form.get("makes") or None),
                by=visit.by,
                now=visit.now,
            )
    except (Conflict, Invalid) as problem:
        return back(visit, problem)
    if back is organisation:
        return go_to("portal.billing_organisation", code=visit.code, connection=connection, organisation=key)
    return go_to("portal.billing_words", code=visit.code, kind=form.get("kind"), **{"from": form.get("from")})


def synchronise(visit: Visit) -> Response:
    """Have the distributor asked and the lists of QuickBooks read, as soon as both can be."""
    try:
        with visit.changing() as (db, standing):
            for connection in charge_connections(db, standing.company.id):
                if not channel_of(connection).is_uploaded:
                    ask_for_run(db, connection, now=visit.now)
            if standing.may(Permission.MAP):
                refresh_lists(db, standing.company.id, now=visit.now)
    except Conflict as problem:
        return words(visit, problem)
    return go_to("portal.billing", code=visit.code, asked="yes")


def _number(said: str | None) -> int | None:
    if said is None or not (said.isascii() and said.isdigit() and len(said) < 20):
        return None
    return min(int(said), LARGEST_ID)
