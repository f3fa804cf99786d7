"""Entries of a shop that are about accounts alone, as drafts."""

from __future__ import annotations

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.shopify.admin.names import Naming
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.written import as_draft, classed, given
from qbwc_server.documents.kinds import KINDS
from qbwc_server.shop.journals import Journal, Move
from qbwc_server.shop.terms import Terms


def journal(entry: Journal, options: ShopOptions, terms: Terms) -> Draft:
    """The draft of an entry. Raises pydantic.ValidationError."""
    naming = Naming(options, terms)
    lines = []
    for at, one in enumerate(entry.postings):
        side = "debit" if one.amount > 0 else "credit"
        line = {
            "account": naming.account(f"lines[{at}].account", one.account, entry.place),
            side: abs(one.amount),
            "memo": one.memo,
        }
        lines.append(classed(line, at, entry.place, naming))
    values = {"origin": entry.origin, "date": entry.day, "memo": entry.memo, "lines": lines}
    return as_draft(KINDS["journal_entry"].model_validate(values), naming, entry.reviews)


def transfer(move: Move, options: ShopOptions, terms: Terms) -> Draft:
    """The draft of a transfer. Raises pydantic.ValidationError."""
    naming = Naming(options, terms)
    values = {
        "origin": move.origin,
        "date": move.day,
        "memo": move.memo,
        "transfer_from": naming.account("transfer_from", move.source, move.place),
        "transfer_to": naming.account("transfer_to", move.target, move.place),
        "amount": move.amount,
        "class": naming.class_of("class", move.place),
    }
    return as_draft(KINDS["transfer"].model_validate(given(values)), naming, move.reviews)
