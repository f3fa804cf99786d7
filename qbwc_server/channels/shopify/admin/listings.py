"""Lists of a shop, page by page; a page that costs too much is asked for in smaller ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qbwc_server.channels.http import AnswerUnreadable
from qbwc_server.channels.shopify.admin.answers import TooCostly
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import PAGE_INFO, Asking, Field, next_of, nodes_of, text_of

_MOST_INNER = 50  # nodes of an inner connection at a time, where it must become fewer


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection of the shop.

    Args:
        name: of the field.
        title: what it holds, in words.
        of: what is asked of its nodes.
        sort: the key it is sorted by.
        under: the field that it stands in, if any.
    """

    name: str
    title: str
    of: tuple[Field, ...]
    sort: str = ""
    under: str = ""

    def query(self, asking: Asking) -> str:
        """The text that asks for a page."""
        sort = f", sortKey: {self.sort}" if self.sort else ""
        page = f"{self.name}(first: $first, after: $after, query: $query{sort})"
        inside = f"{page} {{ nodes {{ {text_of(self.of, asking)} }} {PAGE_INFO} }}"
        whole = f"{self.under} {{ {inside} }}" if self.under else inside
        return f"query($first: Int!, $after: String, $query: String) {{ {whole} }}"

    def found(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The connection in an answer; None where the shop has nothing of the sort. Raises AnswerUnreadable."""
        if self.under and self.under in data and data[self.under] is None:
            return None
        inside = data.get(self.under) if self.under else data
        connection = inside.get(self.name) if isinstance(inside, dict) else None
        if not isinstance(connection, dict):
            raise AnswerUnreadable(f"The shop answers, but not with the {self.title} that it was asked for.")
        return connection


@dataclass(slots=True)
class Size:
    """How much is asked for at a time: ``page`` nodes, and ``most`` of each inner connection (None: as declared)."""

    page: int
    most: int | None = None

    def shrink(self, error: TooCostly) -> None:
        """Ask for less next time. Raises the error where there is no less."""
        if self.page > 1:
            self.page = max(1, int(self.page * error.share))
        elif self.most is None or self.most > 1:
            self.most = max(1, int((self.most or _MOST_INNER) * min(error.share, 0.5)))
        else:
            raise error


def pages(
    client: AdminClient, listing: Listing, query: str | None, size: Size, *, after: str | None = None
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The nodes of each page, as they are told. Raises UpstreamError.

    Args:
        query: which of them, in Shopify's search syntax.
        size: shrinks where a page costs too much.
    """
    seen: set[str] = set()
    while True:
        connection = listing.found(_page(client, listing, query, size, after))
        if connection is None:
            if seen:
                raise AnswerUnreadable(f"The shop breaks off within the {listing.title}.")
            return
        yield nodes_of(connection, listing.title)
        after = next_of(connection, listing.title)
        if after is None:
            return
        if after in seen:
            raise AnswerUnreadable(f"The shop leads back to a page of {listing.title} that was there already.")
        seen.add(after)


def _page(client: AdminClient, listing: Listing, query: str | None, size: Size, after: str | None) -> Mapping[str, Any]:
    def text(size: Size) -> str:
        return listing.query(replace(client.asking, most=size.most))

    return fitted(client, size, text, {"after": after, "query": query}, listing.title)


def fitted(
    client: AdminClient, size: Size, query: Callable[[Size], str], asked: Mapping[str, object], what: str
) -> Mapping[str, Any]:
    """The answer to a question about ``$first`` nodes, asked for less and less until it costs no more than it may."""
    while True:
        text = query(size)
        variables = {**asked, "first": size.page} if "$first" in text else asked
        try:
            return client.ask(text, variables, what)
        except TooCostly as error:
            size.shrink(error)
