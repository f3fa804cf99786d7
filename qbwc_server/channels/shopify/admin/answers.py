"""What an answer of the Admin API says: data, errors beside status 200, and how much may be asked yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from qbwc_server.channels.http import (
    Answer,
    AnswerUnreadable,
    SignInRefused,
    UpstreamBusy,
    UpstreamError,
    UpstreamRefused,
)
from qbwc_server.channels.shopify.admin.scopes import denied
from qbwc_server.shortening import shortened

_LONGEST = 300  # characters of Shopify's own words
_BUSY = frozenset(("THROTTLED", "INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"))


class TooCostly(UpstreamRefused):
    """One query asks for more than Shopify gives at a time."""

    code: ClassVar[str] = "too_costly"
    advice = "Report it: what is asked of one order is too much for this shop."

    def __init__(self, message: str, share: float) -> None:
        super().__init__(message)
        self.share = share  # of what was asked that may be asked, at most


class ShopFrozen(UpstreamRefused):
    """The plan of the shop is not paid."""

    code: ClassVar[str] = "shop_frozen"
    advice = "Pay Shopify; then it goes on by itself."


class AppNotLetIn(UpstreamRefused):
    """The shop does not let the app in."""

    code: ClassVar[str] = "app_not_let_in"
    advice = "Look whether the app is still installed, and which scopes its token has: qbwc-server connection test"


class NoSuchShop(UpstreamRefused):
    """Nothing stands at the address."""

    code: ClassVar[str] = "no_such_shop"
    advice = "Correct the address: NAME.myshopify.com"


class ShopLocked(UpstreamRefused):
    """The shop is locked."""

    code: ClassVar[str] = "shop_locked"
    advice = "Ask Shopify to unlock it."


class TakenForAnAttack(UpstreamRefused):
    """Shopify rejects what it takes for an attack."""

    code: ClassVar[str] = "taken_for_an_attack"
    advice = "It is asked again at the next run. If it stays so, ask Shopify about the address of this server."


STATUSES: dict[int, tuple[type[UpstreamRefused], str]] = {
    402: (ShopFrozen, "The shop is frozen: its plan at Shopify is not paid."),
    403: (AppNotLetIn, "The shop does not let this app in."),
    404: (NoSuchShop, "There is no shop at this address."),
    423: (ShopLocked, "The shop is locked."),
    430: (TakenForAnAttack, "Shopify takes our questions for an attack."),
}


def as_sentence(error: UpstreamError) -> UpstreamError:
    """The same refusal, as a sentence where the status means something of its own to a shop."""
    if error.status not in STATUSES:
        return error
    kind, message = STATUSES[error.status]
    refusal = kind(f"{message} ({str(error).rstrip('.')})")
    refusal.status = error.status
    return refusal


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be asked: ``available`` points now, ``rate`` more each second, ``cost`` of what was just asked."""

    available: float
    rate: float
    cost: float

    def wait_for(self, cost: float) -> float:
        """Seconds until so many points are there."""
        return max(0.0, (cost - self.available) / self.rate) if self.rate > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that was understood.

    ``unseen``: what this token is not given, as (field, Shopify's words); it is null in the data.
    """

    data: Mapping[str, Any]
    room: Room | None
    version: str
    unseen: Sequence[tuple[str, str]] = ()


def understood(answer: Answer, what: str, optional: frozenset[str] = frozenset()) -> Told:
    """What an answer says.

    Args:
        what: was asked for, in words.
        optional: fields without which the books can stand.

    Raises:
        UpstreamBusy: later; with the pause that the answer itself implies.
        TooCostly, AccessDenied, SignInRefused, UpstreamRefused, AnswerUnreadable: as they say.
    """
    body = answer.json()
    if not isinstance(body, dict):
        raise AnswerUnreadable("The answer is no object.")
    room = _room(body)
    errors = body.get("errors") or []
    if isinstance(errors, str):
        raise _plain_error(errors)
    unseen = [] if not errors else list(_unseen(errors, room, what, optional))
    data = body.get("data")
    if not isinstance(data, dict):
        raise AnswerUnreadable("The answer holds no data.")
    return Told(data, room, answer.headers.get("x-shopify-api-version", ""), unseen)


def _plain_error(said: str) -> UpstreamError:
    if "access token" in said.casefold() or "api key" in said.casefold():
        return SignInRefused(f"The shop refuses the token: {shortened(said, _LONGEST)}")
    return UpstreamRefused(f"The shop refuses the question: {shortened(said, _LONGEST)}")


def _unseen(errors: Iterable[Any], room: Room | None, what: str, optional: frozenset[str]) -> Iterable[tuple[str, str]]:
    """The errors that the books can live with. Raises the others."""
    for error in errors:
        told = error if isinstance(error, dict) else {}
        said = shortened(str(told.get("message", error)), _LONGEST)
        more = told.get("extensions") or {}
        code = more.get("code")
        if code in _BUSY:
            raise _busy(code, said, room)
        if code == "MAX_COST_EXCEEDED":
            raise TooCostly(f"One question for {what} is too much for the shop: {said}", _share(more))
        if code != "ACCESS_DENIED":
            raise UpstreamRefused(f"The shop refuses the question for {what}: {said}")
        path = [one for one in told.get("path") or () if isinstance(one, str)][
            1:
        ]  # what was asked for itself is needed
        field = next((one for one in path if one in optional), None)
        if field is None:
            raise denied(f"{said} {more.get('requiredAccess', '')}", what)
        yield field, said


def _busy(code: str, said: str, room: Room | None) -> UpstreamBusy:
    if code == "THROTTLED":
        wait = None if room is None else room.wait_for(room.cost)
        return UpstreamBusy("The shop is asked too much at once.", wait or None)
    return UpstreamBusy(f"The shop is busy: {said}")


def _share(more: Mapping[str, Any]) -> float:
    """Which part of what was asked may be asked."""
    cost, most = _number(more.get("cost")), _number(more.get("maxCost"))
    return min(0.5, most / cost) if cost and most else 0.5


def _room(body: Mapping[str, Any]) -> Room | None:
    cost = (body.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    available, rate = _number(status.get("currentlyAvailable")), _number(status.get("restoreRate"))
    if available is None or rate is None:
        return None
    return Room(available, rate, _number(cost.get("requestedQueryCost")) or 0.0)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
