"""Which facts of a shop are drafted together: the orders of a place and day, the fees of a day, a drawer's sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from qbwc_server.channels.contract import BrokenPage, Fact, Page, Window
from qbwc_server.channels.shopify.admin.drafts import PART, parts, terms_of
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.shop.cash import session_of
from qbwc_server.shop.days import day_of
from qbwc_server.shop.payouts import balance_transaction_of

_OF = "@"  # no id of the shop has it


def order_of_key(key: str) -> str:
    """The id of the order that a fact is of, or is a part of."""
    return key.partition(_OF)[0]


class Grouping:
    """Puts the facts of one pull into their groups; an order becomes one fact for each place and day it has part in."""

    def __init__(self, options: ShopOptions, window: Window) -> None:
        self.options, self.window = options, window
        self._put = self._of(window.stream)

    def page(self, page: Page | BrokenPage) -> Page | BrokenPage:
        """A page with its facts in their groups."""
        if self._put is None or isinstance(page, BrokenPage) or not page.facts:
            return page
        return replace(page, facts=tuple(one for fact in page.facts for one in self._put(fact)))

    def _of(self, stream: str) -> Callable[[Fact], Iterable[Fact]] | None:
        if stream == "orders":
            return self._parts if self.options.documents is Mode.SUMMARY else None
        return {"balance_transactions": self._day, "cash_sessions": self._register}.get(stream)

    def _parts(self, fact: Fact) -> Iterator[Fact]:
        """Parts that were known and are none any more are gone; of what is gone, all are."""
        left = set(self._known.get(fact.key, ()))
        if not fact.gone:
            for group, part in parts(fact.body, self.options):
                key = f"{fact.key}{_OF}{group}"
                left.discard(key)
                yield replace(fact, key=key, body={**fact.body, PART: part}, group=group)
        for key in sorted(left):
            yield replace(fact, key=key, body={}, group=key.partition(_OF)[2], gone=True)

    @cached_property
    def _known(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self.window.known():
            found.setdefault(order_of_key(key), []).append(key)
        return found

    def _day(self, fact: Fact) -> Iterator[Fact]:
        one = None if fact.gone else balance_transaction_of(fact.body)
        day = day_of(one.at, terms_of(self.options, fact.body)).isoformat() if one is not None else None
        yield replace(fact, group=day)

    def _register(self, fact: Fact) -> Iterator[Fact]:
        one = None if fact.gone else session_of(fact.body)
        yield replace(fact, group=f"{one.place.id}:{one.register}" if one is not None else None)
