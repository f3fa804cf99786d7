"""Offers and organisations with what they stand for, and suggestions for those that stand for nothing."""

from __future__ import annotations

from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import switch
from qbwc_server.billing_runs.words import BilledWord, words_billed
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge


def words(distributed: Distributed) -> dict[str, BilledWord]:
    with distributed.database.reading() as db:
        return {one.key: one for one in words_billed(db, distributed.id, distributed.clock())}


def test_each_says_what_it_stands_for_or_may(distributed: Distributed) -> None:  # S4-23 to S4-27
    distributed.usual()
    distributed.sells("Azure", "1.00")
    distributed.knows("Tailspin Toys")
    distributed.names(("c-7", "Tailspin Toys"))
    distributed.brings(told_charge(), told_charge("Tailspin Toys", sku="Azure"))
    with distributed.database.transaction() as db:
        company, now = find_company(db, distributed.code), distributed.clock()
        scope = distributed.connection_id
        switch(db, company, scope, offer="M365", synchronise=False, by=ANN, now=now)
        switch(db, company, scope, organisation="id:c-7", makes=Makes.UPDATE, by=ANN, now=now)
    found = words(distributed)
    assert [*found] == ["Azure", "M365", "id:c-7", "name:Contoso"]
    assert (found["M365"].entry, found["M365"].synchronise, found["M365"].makes) == ("Licence", False, None)
    assert (found["name:Contoso"].entry, found["name:Contoso"].makes) == ("Contoso Ltd", Makes.CREATE)
    tailspin = found["id:c-7"]
    assert (tailspin.said.word, tailspin.said.title, tailspin.makes) == ("c-7", "Tailspin Toys", Makes.UPDATE)
    assert [one.entry.full_name for one in tailspin.suggestions] == ["Tailspin Toys"]
    assert found["Azure"].suggestions[0].entry.full_name == "Azure"


def test_what_is_not_charged_any_more_is_not_listed(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.clock.advance(days=120)
    assert words(distributed) == {}
