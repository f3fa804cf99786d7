"""Calls to Sherweb's APIs: a token that is renewed in time, and the headers that every call needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO, TypeVar

from qbwc_server.channels.http import Answer, AnswerUnreadable, SignInRefused, Upstream, UpstreamRefused
from qbwc_server.channels.sherweb.options import SherwebOptions

_LASTS_S = 3600  # a token of which nothing else is said
_LONGEST_S = 86_400
_EARLIER_S = 60  # that it is renewed before it ends; less where it does not last long
_KEYS = (
    "Compare client ID, secret and gateway key with the partner portal, Security, APIs, and give the connection the "
    "right ones: qbwc-server connection set COMPANY CONNECTION --secret client_secret --secret gateway_key"
)
_T = TypeVar("_T")


class Scope(StrEnum):
    """What a token is good for: each API wants its own."""

    DISTRIBUTOR = "distributor"
    SERVICE_PROVIDER = "service-provider"


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and from when on it is renewed."""

    value: str
    lasts_s: int
    renewed_at: datetime


class Api:
    """One of the APIs, signed in."""

    def __init__(self, options: SherwebOptions, upstream: Upstream, scope: Scope) -> None:
        self._options, self._upstream, self._scope = options, upstream, scope
        self._token: Token | None = None
        address = {
            Scope.DISTRIBUTOR: options.distributor_address,
            Scope.SERVICE_PROVIDER: options.service_provider_address,
        }[scope]
        self._address = address.rstrip("/")

    def get(self, path: str, **params: str) -> Answer:
        """What the API answers at ``path``. Raises UpstreamError."""
        url = f"{self._address}{path}"
        return self._signed_in(lambda headers: self._upstream.get(url, params=params, headers=headers))

    @contextmanager
    def download(self, path: str, **params: str) -> Iterator[IO[bytes]]:
        """The same in a temporary file, where it is large."""
        url, limits = f"{self._address}{path}", self._options.limits
        with ExitStack() as stack:
            yield self._signed_in(
                lambda headers: stack.enter_context(
                    self._upstream.download(url, limits, params=params, headers=headers)
                )
            )

    def token(self) -> Token:
        """A token that is good for a while. Raises UpstreamError."""
        if self._token is None or self._upstream.now() >= self._token.renewed_at:
            self._token = _new_token(self._options, self._upstream, self._scope)
        return self._token

    def _signed_in(self, ask: Callable[[Mapping[str, str]], _T]) -> _T:
        """Ask; once more with a new token where the one at hand is refused: it may have been taken back."""
        try:
            return ask(self._headers())
        except SignInRefused:
            self._token = None
        try:
            return ask(self._headers())
        except SignInRefused as refused:
            raise SignInRefused(str(refused), advice=_KEYS) from None

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token().value}",
            "Ocp-Apim-Subscription-Key": self._options.gateway_key.get_secret_value(),
            "Accept-Language": self._options.language,
            "Accept": "application/json",
        }


def _new_token(options: SherwebOptions, upstream: Upstream, scope: Scope) -> Token:
    form = {
        "grant_type": "client_credentials",
        "client_id": options.client_id,
        "client_secret": options.client_secret.get_secret_value(),
        "scope": scope.value,
    }
    gateway = {"Ocp-Apim-Subscription-Key": options.gateway_key.get_secret_value()}
    asked_at = upstream.now()
    try:
        said = upstream.ask_form(options.token_address, form, headers=gateway).json()
    except (SignInRefused, UpstreamRefused) as refused:
        if isinstance(refused, UpstreamRefused) and "(400)" not in str(refused):  # of OAuth 2, 400 speaks of the client
            raise
        raise SignInRefused(f"No token for the {scope} API: {refused}", advice=_KEYS) from None
    value = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(value, str) or not value:
        raise AnswerUnreadable("The answer holds no token.")
    upstream.hide(value)
    lasts = _lasts_s(said.get("expires_in"))
    return Token(value, lasts, asked_at + timedelta(seconds=lasts - min(_EARLIER_S, lasts // 10)))


def _lasts_s(told: object) -> int:
    known = isinstance(told, int) and not isinstance(told, bool) and told > 0
    return min(told, _LONGEST_S) if known and isinstance(told, int) else _LASTS_S
