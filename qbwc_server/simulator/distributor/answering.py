"""The APIs of the simulated distributor: a request in, an answer out, refusals as the real gateway words them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from qbwc_server.simulator.distributor.charging import Charging

TOKEN, DISTRIBUTOR, SERVICE_PROVIDER = "/auth/oidc/connect/token", "/distributor/v1", "/service-provider/v1"
_GATEWAY_KEY = "ocp-apim-subscription-key"
_PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Request:
    """A request; names of headers in small letters."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Distributor:
    """Answers for what ``charging`` holds. Its switches may be turned at any moment.

    Args:
        token_lasts_s: how long a token is good.
        packs: whether answers come as gzip where that is taken.
        other_integration: another billing integration is on: receivable charges are not to be had.
        rename: how names of fields are written, such as ``str.upper``.
    """

    def __init__(
        self,
        charging: Charging,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.charging = charging
        self.client_id, self.client_secret, self.gateway_key = "kern-it", "first-secret", "first-gateway-key"
        self.scopes = {"distributor", "service-provider"}  # that the client may have
        self.token_lasts_s = 3600
        self.packs = False
        self.other_integration = False
        self.rename: Callable[[str], str] = str
        self._clock = clock
        self._tokens: dict[str, tuple[str, datetime]] = {}  # scope, and until when

    def options(self, address: str) -> dict[str, object]:
        """With what it is connected where it stands at ``address``."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "gateway_key": self.gateway_key,
            "token_address": f"{address}{TOKEN}",
            "distributor_address": f"{address}{DISTRIBUTOR}",
            "service_provider_address": f"{address}{SERVICE_PROVIDER}",
        }

    def take_back_tokens(self) -> None:
        """No token that was given is good any more."""
        self._tokens.clear()

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        if request.path == TOKEN:
            return self._token(request)
        for beginning, scope in ((DISTRIBUTOR, "distributor"), (SERVICE_PROVIDER, "service-provider")):
            if request.path.startswith(f"{beginning}/"):
                return self._refusal(request, scope) or self._packed(
                    request, self._asked(request, request.path.removeprefix(beginning), scope)
                )
        return _gateway(404, "Resource not found")

    def _token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if request.method != "POST" or form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, status=400)
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return _json({"error": "invalid_client"}, status=400)
        if (scope := form.get("scope", "")) not in self.scopes:
            return _json({"error": "invalid_scope"}, status=400)
        token = f"token-{scope}-{len(self._tokens) + 1}-{self._clock().timestamp()}"
        self._tokens[token] = scope, self._clock() + timedelta(seconds=self.token_lasts_s)
        return _json({"access_token": token, "expires_in": self.token_lasts_s, "token_type": "Bearer"})

    def _refusal(self, request: Request, scope: str) -> Reply | None:
        """The gateway looks at its key first, and words what it refuses in its own way."""
        if request.headers.get(_GATEWAY_KEY) != self.gateway_key:
            return _gateway(401, "Access denied due to missing or invalid subscription key.")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        held, until = self._tokens.get(token, ("", datetime.min.replace(tzinfo=UTC)))
        if held != scope or self._clock() >= until:
            return _problem(401, "Unauthorized", "The token is missing, has expired, or is for another API.")
        return None

    def _asked(self, request: Request, path: str, scope: str) -> Reply:
        if scope == "distributor" and path == "/billing/payable-charges":
            return self._payable(request)
        if scope == "service-provider" and path == "/customers":
            return self._told({"items": list(self.charging.organisations.values())})
        if scope == "service-provider" and path == "/billing/receivable-charges":
            return self._receivable(request)
        return _problem(404, "Not Found", "There is no such operation.")

    def _payable(self, request: Request) -> Reply:
        asked = request.params.get("date", self._clock().date().isoformat())
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            return _problem(400, "One or more validation errors occurred.", f"The value '{asked}' is not valid.")
        return self._told(self.charging.payable(day))

    def _receivable(self, request: Request) -> Reply:
        if self.other_integration:
            return _problem(400, "Bad Request", "Receivable charges are unavailable: another integration is enabled.")
        if request.params.get("customerId") not in self.charging.organisations:
            return _problem(404, "Not Found", "There is no such customer.")
        return self._told({"charges": []})

    def _told(self, value: object) -> Reply:
        return _json(_renamed(value, self.rename))

    def _packed(self, request: Request, reply: Reply) -> Reply:
        if not self.packs or "gzip" not in request.headers.get("accept-encoding", ""):
            return reply
        return Reply(reply.status, {**reply.headers, "Content-Encoding": "gzip"}, gzip.compress(reply.body))


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if rename is str:
        return value
    if isinstance(value, dict):
        return {rename(name): _renamed(one, rename) for name, one in value.items()}
    return [_renamed(one, rename) for one in value] if isinstance(value, list) else value


def _json(value: object, status: int = 200, kind: str = "application/json; charset=utf-8") -> Reply:
    return Reply(status, {"Content-Type": kind}, json.dumps(value, default=_number).encode())


def _number(value: object) -> float:
    """Numbers leave as doubles, as the real ones do."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _problem(status: int, title: str, detail: str) -> Reply:
    """As RFC 7807 words it."""
    return _json({"type": "about:blank", "title": title, "status": status, "detail": detail}, status, _PROBLEM)


def _gateway(status: int, message: str) -> Reply:
    return _json({"statusCode": status, "message": message}, status)
