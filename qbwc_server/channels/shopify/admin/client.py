"""Asks a shop: one question at a time, no faster than its answers allow, in a version that it speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from qbwc_server.channels.http import AnswerUnreadable, Upstream, UpstreamError
from qbwc_server.channels.shopify.admin import versions
from qbwc_server.channels.shopify.admin.answers import Room, Told, as_sentence, understood
from qbwc_server.channels.shopify.admin.fields import Asking, Field, text_of
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.scopes import denied, granted
from qbwc_server.channels.shopify.admin.selections import ALL, GRANTED, PERSONAL, SHOP
from qbwc_server.channels.spool import Limits

_NO_SUCH = 404
_LONGEST_PAUSE_S = 60.0  # that is kept within a run


def _scoped(fields: Iterable[Field]) -> Iterable[str]:
    for field in fields:
        if field.scope:
            yield field.name
        yield from _scoped(field.of)


_MONEY = frozenset(("transactions", "order"))  # the books do not stand without these, wherever they are
OPTIONAL = (PERSONAL | frozenset(_scoped(field for fields in ALL for field in fields))) - _MONEY


class AdminClient:
    """One shop, asked on behalf of one connection.

    ``shop``: its node; ``scopes``: of the token, None where the shop does not say; ``remarks``: for the bookkeeper.
    """

    def __init__(self, options: ShopOptions, upstream: Upstream) -> None:
        self.shop: Mapping[str, Any] = {}
        self.scopes: frozenset[str] | None = None
        self.version = ""
        self._remarks: dict[str, None] = {}
        self._options, self._upstream = options, upstream
        self._room: Room | None = None
        self._costs: dict[str, float] = {}

    @classmethod
    def open(cls, options: ShopOptions, upstream: Upstream) -> AdminClient:
        """Greet the shop: which version it speaks, what the token may see, what the shop is. Raises UpstreamError."""
        client = cls(options, upstream)
        client._greet()
        return client

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the bookkeeper should know of the shop as a whole."""
        return tuple(self._remarks)

    @property
    def asking(self) -> Asking:
        """How fields are asked of this shop."""
        return Asking(self.version, self.scopes)

    def remark(self, said: str) -> None:
        """Tell the bookkeeper something once."""
        self._remarks[said] = None

    def may(self, scope: str) -> bool:
        """Whether the token has a scope, as far as is known."""
        return self.scopes is None or scope in self.scopes

    def ask(self, query: str, variables: Mapping[str, object], what: str) -> Mapping[str, Any]:
        """The data of an answer. Raises UpstreamError, TooCostly and AccessDenied among its kinds."""
        return self._ask(self.version, query, variables, what).data

    def change(self, query: str, variables: Mapping[str, object], what: str) -> Mapping[str, Any]:
        """The data that answers a mutation, which is sent once. Raises UpstreamError."""
        answer = self._upstream.post(
            self._url(self.version), json={"query": query, "variables": variables}, headers=self._headers()
        )
        return understood(answer, what).data

    @contextmanager
    def download(self, url: str, limits: Limits) -> Iterator[IO[bytes]]:
        """A file that the shop has put somewhere else, without our token. Raises UpstreamError, AddressRefused."""
        with self._upstream.download(url, limits, headers={}) as file:
            yield file

    def pause(self, seconds: float) -> None:
        """Leave the shop alone for a while."""
        self._upstream.pause(seconds)

    def _greet(self) -> None:
        plain = Asking("9999")
        query = f"{{ shop {{ {text_of(SHOP, plain)} }} currentAppInstallation {{ {text_of(GRANTED, plain)} }} }}"
        told = self._first_version(query)
        self.shop = told.data.get("shop") or {}
        if not self.shop.get("ianaTimezone") or not self.shop.get("currencyCode"):
            raise AnswerUnreadable("The shop answers, but not with its time zone and its currency.")
        installation = told.data.get("currentAppInstallation")
        if installation is not None:
            self.scopes = granted(str(one["handle"]) for one in installation["accessScopes"])
        if not self.may("read_orders"):
            raise denied("read_orders", "orders")

    def _first_version(self, query: str) -> Told:
        """The answer of the newest version that is there."""
        candidates = versions.asked(self._options.version)
        for wanted in candidates:
            try:
                told = self._ask(wanted, query, {}, "the shop")
            except UpstreamError as error:
                if error.status != _NO_SUCH or wanted == candidates[-1]:
                    raise
                continue
            self.version = versions.speaks(wanted, told.version)
            if said := versions.remark(self._options.version, wanted, self.version):
                self.remark(said)
            return told
        raise AssertionError("the last version answers or raises")

    def _ask(self, version: str, query: str, variables: Mapping[str, object], what: str) -> Told:
        if self._room is not None:
            wait = self._room.wait_for(self._costs.get(query, self._room.cost))
            self._upstream.pause(min(wait, _LONGEST_PAUSE_S))
        found: list[Told] = []
        try:
            self._upstream.ask(
                self._url(version),
                json={"query": query, "variables": variables},
                headers=self._headers(),
                look=lambda answer: found.append(understood(answer, what, OPTIONAL)),
            )
        except UpstreamError as error:
            raise as_sentence(error) from None
        told = found[-1]
        self._room = told.room
        if told.room is not None:
            self._costs[query] = told.room.cost
        for field, said in told.unseen:
            self.remark(f"The shop does not give {field} to this token: {said}")
        return told

    def _url(self, version: str) -> str:
        return f"{self._options.shop}/admin/api/{version}/graphql.json"

    def _headers(self) -> dict[str, str]:
        return {"X-Shopify-Access-Token": self._options.token.get_secret_value()}
